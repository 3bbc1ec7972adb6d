//! Boxes that hang together, laid out by themselves.

use super::{
    Block, GUTTER, Line, Placed, Route, STUB,
    columns::columns,
    order::Grid,
    route::{Columns, route},
};

/// Boxes that hang together.
#[derive(Clone, Debug, Default)]
pub(super) struct Members {
    pub(super) blocks: Vec<usize>,
    pub(super) lines: Vec<usize>,
}

/// Their layout, from 0 on.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) members: Members,
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) blocks: Vec<Placed>,
    pub(super) routes: Vec<Route>,
}

impl Sheet {
    pub(super) fn new(all: &[Block], lines: &[Line], members: Members) -> Self {
        let blocks: Vec<Block> = members.blocks.iter().map(|&at| all[at]).collect();
        let own = |at: usize| members.blocks.binary_search(&at).unwrap_or_default();
        let lines: Vec<Line> = (members.lines.iter())
            .map(|&at| Line {
                from: own(lines[at].from),
                to: own(lines[at].to),
                ..lines[at]
            })
            .collect();
        let mut edges: Vec<(usize, usize)> =
            lines.iter().map(|line| (line.from, line.to)).collect();
        edges.retain(|(from, to)| from != to);
        edges.sort_unstable();
        edges.dedup();
        let mut grid = Grid::new(&blocks, &lines, &columns(&blocks, &edges));
        grid.place();
        let widths: Vec<f64> = blocks.iter().map(|block| block.width).collect();
        let columns = Columns::new(&grid, &widths);
        let placed = |(block, cell): (&Block, &super::order::Cell)| {
            let (left, right) = columns.sides[cell.column];
            Placed {
                x: left,
                y: cell.y,
                // All boxes of a column are as wide as the widest.
                width: right - left,
                height: block.height,
            }
        };
        let blocks: Vec<Placed> = blocks.iter().zip(&grid.cells).map(placed).collect();
        let routes = lines.iter().zip(&grid.ways);
        let routes = routes
            .map(|(&line, way)| route(line, way, &grid, &columns, &blocks))
            .collect();
        let last = grid.columns.len().saturating_sub(1);
        let is_beside = |line: &Line| {
            let column = grid.cells[line.from].column;
            column == last && grid.cells[line.to].column == last
        };
        // Such a line is drawn right of everything.
        let beside = match lines.iter().any(is_beside) {
            true => GUTTER - STUB,
            false => 0.0,
        };
        let bottoms = grid.cells.iter().map(|cell| cell.y + cell.height);
        Self {
            width: columns.width + beside,
            height: bottoms.fold(0.0, f64::max),
            members,
            blocks,
            routes,
        }
    }
}
