//! In which order boxes stand in their columns, so that few lines cross.

use std::collections::{BTreeMap, BTreeSet};

use super::{Block, GAP, Line};

/// Boxes, and the places where lines go past the columns between.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    /// The boxes first, then the passes.
    pub(super) cells: Vec<Cell>,
    /// The cells of each column, from the top.
    pub(super) columns: Vec<Vec<usize>>,
    /// What is to be joined, between neighbouring columns.
    pub(super) joins: Vec<Join>,
    /// The passes of each line, from what refers.
    pub(super) ways: Vec<Vec<usize>>,
}

/// Of each cell, what it is joined with on the left and on the right: the other cell, and how far below its top.
type Neighbours = Vec<[Vec<(usize, f64)>; 2]>;

/// A box or a pass.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    pub(super) column: usize,
    pub(super) height: f64,
    pub(super) is_pass: bool,
    /// Its top.
    pub(super) y: f64,
}

/// A piece of a line between two columns: cells, and how far below their tops.
#[derive(Clone, Copy, Debug)]
pub(super) struct Join {
    pub(super) left: usize,
    pub(super) left_y: f64,
    pub(super) right: usize,
    pub(super) right_y: f64,
}

/// How often all columns are put in order by their neighbours.
const SWEEPS: usize = 12;

impl Grid {
    pub(super) fn new(blocks: &[Block], lines: &[Line], columns: &[usize]) -> Self {
        let cell = |(block, &column): (&Block, &usize)| Cell {
            column,
            height: block.height,
            is_pass: false,
            y: 0.0,
        };
        let mut grid = Self {
            cells: blocks.iter().zip(columns).map(cell).collect(),
            columns: Vec::new(),
            joins: Vec::new(),
            ways: Vec::new(),
        };
        grid.lead(lines);
        let last = grid.cells.iter().map(|cell| cell.column).max().unwrap_or(0);
        grid.columns = vec![Vec::new(); last + 1];
        for (at, cell) in grid.cells.iter().enumerate() {
            grid.columns[cell.column].push(at);
        }
        grid.sort();
        grid
    }

    /// Makes the passes. Lines that end in one place share theirs.
    fn lead(&mut self, lines: &[Line]) {
        let mut passes: BTreeMap<(usize, u64, bool, usize), usize> = BTreeMap::new();
        let mut known = BTreeSet::new();
        for line in lines {
            let (from, to) = (self.cells[line.from].column, self.cells[line.to].column);
            let between: Vec<usize> = match from > to {
                true => (to + 1..from).rev().collect(),
                false => (from + 1..to).collect(),
            };
            let mut way = Vec::with_capacity(between.len());
            let mut before = (line.from, line.from_y);
            for column in between {
                let key = (line.to, line.to_y.to_bits(), from > to, column);
                let pass = *passes.entry(key).or_insert_with(|| {
                    self.cells.push(Cell {
                        column,
                        height: 0.0,
                        is_pass: true,
                        y: 0.0,
                    });
                    self.cells.len() - 1
                });
                self.join(before, (pass, 0.0), &mut known);
                before = (pass, 0.0);
                way.push(pass);
            }
            if from != to {
                self.join(before, (line.to, line.to_y), &mut known);
            }
            self.ways.push(way);
        }
    }

    fn join(
        &mut self,
        one: (usize, f64),
        other: (usize, f64),
        known: &mut BTreeSet<(usize, u64, usize, u64)>,
    ) {
        let is_left = self.cells[one.0].column < self.cells[other.0].column;
        let (left, right) = if is_left { (one, other) } else { (other, one) };
        if known.insert((left.0, left.1.to_bits(), right.0, right.1.to_bits())) {
            self.joins.push(Join {
                left: left.0,
                left_y: left.1,
                right: right.0,
                right_y: right.1,
            });
        }
    }

    /// How far apart two neighbours of a column are.
    pub(super) fn gap(&self, above: usize, below: usize) -> f64 {
        match (self.cells[above].is_pass, self.cells[below].is_pass) {
            (true, true) => 10.0,
            (false, false) => GAP,
            _ => 15.0,
        }
    }

    /// Puts the cells of a column below one another.
    fn stack(&mut self, column: usize) {
        let (mut y, mut above) = (0.0, None);
        for at in self.columns[column].clone() {
            if let Some(above) = above {
                y += self.gap(above, at);
            }
            self.cells[at].y = y;
            y += self.cells[at].height;
            above = Some(at);
        }
    }

    fn sort(&mut self) {
        for column in 0..self.columns.len() {
            self.stack(column);
        }
        let mut neighbours: Neighbours = vec![Default::default(); self.cells.len()];
        for join in &self.joins {
            neighbours[join.right][0].push((join.left, join.left_y));
            neighbours[join.left][1].push((join.right, join.right_y));
        }
        let mut best = (self.crossings(), self.columns.clone());
        for sweep in 0..SWEEPS {
            // To the right by what is on the left, and back.
            let side = sweep % 2;
            let mut order: Vec<usize> = (0..self.columns.len()).collect();
            if side == 1 {
                order.reverse();
            }
            for column in order {
                self.sort_column(column, &neighbours, side);
            }
            let crossings = self.crossings();
            if crossings < best.0 {
                best = (crossings, self.columns.clone());
            }
        }
        self.columns = best.1;
        for column in 0..self.columns.len() {
            self.stack(column);
        }
    }

    /// By the middle of what each cell is joined with on one side.
    fn sort_column(&mut self, column: usize, neighbours: &Neighbours, side: usize) {
        let wish = |at: usize| {
            let joined = &neighbours[at][side];
            let sum: f64 = joined
                .iter()
                .map(|(other, y)| self.cells[*other].y + y)
                .sum();
            match joined.len() {
                0 => self.cells[at].y + self.cells[at].height / 2.0,
                count => sum / count as f64,
            }
        };
        let mut sorted: Vec<(f64, usize)> = (self.columns[column].iter())
            .map(|&at| (wish(at), at))
            .collect();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
        self.columns[column] = sorted.into_iter().map(|(_, at)| at).collect();
        self.stack(column);
    }

    /// How often joins cross.
    fn crossings(&self) -> usize {
        let mut gaps: BTreeMap<usize, Vec<(f64, f64)>> = BTreeMap::new();
        for join in &self.joins {
            let left = self.cells[join.left].y + join.left_y;
            let right = self.cells[join.right].y + join.right_y;
            let gap = gaps.entry(self.cells[join.left].column).or_default();
            gap.push((left, right));
        }
        gaps.into_values().map(crossings).sum()
    }
}

/// How many pairs stand in another order on the right than on the left.
fn crossings(mut pairs: Vec<(f64, f64)>) -> usize {
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let mut rights: Vec<f64> = pairs.into_iter().map(|(_, right)| right).collect();
    let mut spare = rights.clone();
    inversions(&mut rights, &mut spare)
}

/// Sorts by merging, and counts what was out of order. The depth is the logarithm of the length.
fn inversions(values: &mut [f64], spare: &mut [f64]) -> usize {
    let half = values.len() / 2;
    if half == 0 {
        return 0;
    }
    let (left, right) = values.split_at_mut(half);
    let (spare_left, spare_right) = spare.split_at_mut(half);
    let mut count = inversions(left, spare_left) + inversions(right, spare_right);
    let (mut i, mut j) = (0, 0);
    for slot in spare.iter_mut() {
        let take_left = match (left.get(i), right.get(j)) {
            (Some(one), Some(other)) => one <= other,
            (one, _) => one.is_some(),
        };
        if take_left {
            *slot = left[i];
            i += 1;
        } else {
            count += left.len() - i;
            *slot = right[j];
            j += 1;
        }
    }
    values.copy_from_slice(spare);
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crossings_are_pairs_out_of_order() {
        let pairs = |rights: &[f64]| {
            let numbered = rights.iter().enumerate();
            numbered.map(|(at, &right)| (at as f64, right)).collect()
        };
        assert_eq!(crossings(pairs(&[])), 0);
        assert_eq!(crossings(pairs(&[1.0, 2.0, 3.0])), 0);
        assert_eq!(crossings(pairs(&[3.0, 2.0, 1.0])), 3);
        assert_eq!(crossings(pairs(&[2.0, 4.0, 1.0, 3.0])), 3);
        assert_eq!(crossings(pairs(&[1.0, 1.0, 1.0])), 0);
    }

    #[test]
    fn lines_that_need_not_cross_do_not() {
        let block = Block {
            width: 10.0,
            height: 30.0,
        };
        let line = |from, to| Line {
            from,
            from_y: 5.0,
            to,
            to_y: 5.0,
        };
        // 0, 1, 2 on the left; 3, 4, 5 refer to them the other way round.
        let lines = [line(3, 2), line(4, 1), line(5, 0)];
        let grid = Grid::new(&[block; 6], &lines, &[0, 0, 0, 1, 1, 1]);
        assert_eq!(grid.crossings(), 0);
    }

    #[test]
    fn lines_to_one_row_share_their_pass() {
        let block = Block {
            width: 10.0,
            height: 30.0,
        };
        let line = |from| Line {
            from,
            from_y: 5.0,
            to: 0,
            to_y: 5.0,
        };
        let grid = Grid::new(&[block; 4], &[line(2), line(3)], &[0, 1, 2, 2]);
        assert_eq!(grid.ways, [[4], [4]]);
        assert_eq!(grid.joins.len(), 3);
    }
}
