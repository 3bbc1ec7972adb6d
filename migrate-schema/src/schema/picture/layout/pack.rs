//! What does not hang together stands side by side.

use super::{
    Layout, Line, Piece, Placed, Point, Route,
    sheet::{Members, Sheet},
};

/// Between two sheets.
const SPACE: f64 = 44.0;
/// Wider than high, as screens are.
const SHAPE: f64 = 1.6;

/// What hangs together by lines: members in ascending order, the largest first.
pub(super) fn components(count: usize, lines: &[Line]) -> Vec<Members> {
    let mut roots: Vec<usize> = (0..count).collect();
    for line in lines {
        let (one, other) = (root(&mut roots, line.from), root(&mut roots, line.to));
        roots[one.max(other)] = one.min(other);
    }
    let mut members = vec![Members::default(); count];
    for block in 0..count {
        let root = root(&mut roots, block);
        members[root].blocks.push(block);
    }
    for (at, line) in lines.iter().enumerate() {
        let root = root(&mut roots, line.from);
        members[root].lines.push(at);
    }
    members.retain(|one| !one.blocks.is_empty());
    members.sort_by_key(|one| std::cmp::Reverse(one.blocks.len()));
    members
}

fn root(roots: &mut [usize], mut at: usize) -> usize {
    while roots[at] != at {
        roots[at] = roots[roots[at]];
        at = roots[at];
    }
    at
}

/// Puts the sheets into rows, each as high as its highest.
pub(super) fn pack(blocks: usize, lines: usize, mut sheets: Vec<Sheet>) -> Layout {
    // Single boxes by their height, so that the rows are even.
    sheets.sort_by(|a, b| {
        let (several, others) = (a.members.blocks.len() > 1, b.members.blocks.len() > 1);
        others.cmp(&several).then(b.height.total_cmp(&a.height))
    });
    let area: f64 = (sheets.iter())
        .map(|sheet| (sheet.width + SPACE) * (sheet.height + SPACE))
        .sum();
    let widest = sheets.iter().map(|sheet| sheet.width).fold(0.0, f64::max);
    let limit = (area * SHAPE).sqrt().max(widest);
    let mut layout = Layout {
        blocks: vec![Placed::default(); blocks],
        routes: vec![Route::default(); lines],
        ..Layout::default()
    };
    let (mut x, mut y, mut height) = (0.0, 0.0, 0.0_f64);
    for sheet in sheets {
        if x > 0.0 && x + sheet.width > limit {
            (x, y, height) = (0.0, y + height + SPACE, 0.0);
        }
        layout.width = layout.width.max(x + sheet.width);
        layout.height = layout.height.max(y + sheet.height);
        let (right, lower) = (sheet.width, sheet.height);
        layout.take(sheet, Point { x, y });
        x += right + SPACE;
        height = height.max(lower);
    }
    layout
}

impl Layout {
    fn take(&mut self, sheet: Sheet, by: Point) {
        for (at, mut placed) in sheet.members.blocks.into_iter().zip(sheet.blocks) {
            placed.x += by.x;
            placed.y += by.y;
            self.blocks[at] = placed;
        }
        for (at, mut route) in sheet.members.lines.into_iter().zip(sheet.routes) {
            route.start.x += by.x;
            route.start.y += by.y;
            for piece in &mut route.pieces {
                match piece {
                    Piece::Along(x) => *x += by.x,
                    Piece::Curve { handle, to } => {
                        *handle += by.x;
                        to.x += by.x;
                        to.y += by.y;
                    }
                }
            }
            self.routes[at] = route;
        }
    }
}
