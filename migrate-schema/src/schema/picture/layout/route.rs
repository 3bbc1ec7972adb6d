//! The way of each line, once all cells have their places.

use super::{GUTTER, Line, Piece, Placed, Point, Route, STUB, order::Grid};

/// Where the columns are.
#[derive(Debug)]
pub(super) struct Columns {
    /// Left and right side.
    pub(super) sides: Vec<(f64, f64)>,
    /// The whole width.
    pub(super) width: f64,
}

impl Columns {
    /// As wide as their widest boxes. Where many lines run, there is more room between.
    pub(super) fn new(grid: &Grid, widths: &[f64]) -> Self {
        let mut lines = vec![0_u32; grid.columns.len()];
        for join in &grid.joins {
            lines[grid.cells[join.left].column] += 1;
        }
        let (mut x, mut sides) = (0.0, Vec::with_capacity(lines.len()));
        for (column, lines) in grid.columns.iter().zip(lines) {
            let boxes = column.iter().filter_map(|&at| widths.get(at));
            let width = boxes.copied().fold(0.0, f64::max);
            sides.push((x, x + width));
            x += width + GUTTER + f64::from(lines.min(30)) * 2.5;
        }
        let width = sides.last().map_or(0.0, |(_, right)| *right);
        Self { sides, width }
    }
}

/// The way of a line from what refers.
pub(super) fn route(
    line: Line,
    way: &[usize],
    grid: &Grid,
    columns: &Columns,
    blocks: &[Placed],
) -> Route {
    let (from, to) = (blocks[line.from], blocks[line.to]);
    let (start_y, end_y) = (from.y + line.from_y, to.y + line.to_y);
    let (from_column, to_column) = (grid.cells[line.from].column, grid.cells[line.to].column);
    if from_column == to_column {
        return beside(start_y, end_y, (from, to), columns.sides[from_column].1);
    }
    let to_the_left = from_column > to_column;
    let direction = if to_the_left { -1.0 } else { 1.0 };
    let near = |placed: Placed, left: bool| {
        if left {
            placed.x
        } else {
            placed.x + placed.width
        }
    };
    // What a line meets of a column first and last.
    let sides = |column: usize| match (columns.sides[column], to_the_left) {
        ((left, right), true) => (right, left),
        ((left, right), false) => (left, right),
    };
    let start = Point {
        x: near(from, to_the_left),
        y: start_y,
    };
    let mut pieces = vec![Piece::Along(sides(from_column).1 + direction * STUB)];
    let mut x = sides(from_column).1 + direction * STUB;
    for &pass in way {
        let (first, last) = sides(grid.cells[pass].column);
        let to = Point {
            x: first,
            y: grid.cells[pass].y,
        };
        pieces.push(curve(x, to));
        pieces.push(Piece::Along(last));
        x = last;
    }
    let end = near(to, !to_the_left);
    let before = sides(to_column).0 - direction * STUB;
    pieces.push(curve(
        x,
        Point {
            x: before,
            y: end_y,
        },
    ));
    pieces.push(Piece::Along(end));
    Route { start, pieces }
}

/// Both ends are in one column: out on the right, and back there.
fn beside(start_y: f64, end_y: f64, (from, to): (Placed, Placed), right: f64) -> Route {
    let out = right + STUB;
    // A curve reaches three quarters of the way to its handles.
    let reach = (12.0 + (end_y - start_y).abs() / 5.0).min(GUTTER - 2.0 * STUB);
    let curve = Piece::Curve {
        handle: out + reach,
        to: Point { x: out, y: end_y },
    };
    Route {
        start: Point {
            x: from.x + from.width,
            y: start_y,
        },
        pieces: vec![Piece::Along(out), curve, Piece::Along(to.x + to.width)],
    }
}

fn curve(x: f64, to: Point) -> Piece {
    Piece::Curve {
        handle: (x + to.x) / 2.0,
        to,
    }
}
