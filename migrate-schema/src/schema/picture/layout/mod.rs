//! Where boxes stand and how lines run between them.
//!
//! Boxes stand in columns: what is referred to on the left, what refers to it on the right. A line that goes past a column
//! has a place of its own there, between the boxes, so that it never runs through one; lines to one row share that
//! place and join. The same schema gives the same picture, always.

mod columns;
mod order;
mod pack;
mod place;
mod route;
mod sheet;

use sheet::Sheet;

/// A box to be placed. Lengths are those of the picture.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    pub(super) width: f64,
    pub(super) height: f64,
}

/// A line between two boxes, and how far below their tops its ends are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub(super) from: usize,
    pub(super) from_y: f64,
    pub(super) to: usize,
    pub(super) to_y: f64,
}

/// A box that has its place.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Placed {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// The way of a line, from what refers to what is referred to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Route {
    pub(super) start: Point,
    /// Pieces, each from the end of the one before it.
    pub(super) pieces: Vec<Piece>,
}

/// A place.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
}

/// A piece of a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Piece {
    /// Straight to the side.
    Along(f64),
    /// A curve that begins and ends horizontally, with both its handles at this `x`.
    Curve { handle: f64, to: Point },
}

/// A finished layout.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) blocks: Vec<Placed>,
    pub(super) routes: Vec<Route>,
}

/// Between two boxes of a column.
const GAP: f64 = 26.0;
/// Between two columns, at the least.
const GUTTER: f64 = 84.0;
/// The straight piece at either end of a line, where its sign is drawn.
pub(super) const STUB: f64 = 16.0;

/// Places the boxes, and leads the lines.
pub(super) fn layout(blocks: &[Block], lines: &[Line]) -> Layout {
    let sheets = pack::components(blocks.len(), lines)
        .into_iter()
        .map(|members| Sheet::new(blocks, lines, members))
        .collect();
    pack::pack(blocks.len(), lines.len(), sheets)
}

#[cfg(test)]
mod tests;
