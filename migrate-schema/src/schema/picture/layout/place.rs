//! How high boxes stand, so that lines run straight.

use super::order::Grid;

/// How often all columns are moved towards their neighbours.
const SWEEPS: usize = 16;

impl Grid {
    /// Gives each cell its `y`, without changing the order of a column.
    pub(super) fn place(&mut self) {
        let joined = self.joined();
        for sweep in 0..SWEEPS {
            let mut order: Vec<usize> = (0..self.columns.len()).collect();
            if sweep % 2 == 1 {
                order.reverse();
            }
            for column in order {
                self.place_column(column, &joined);
            }
        }
        let tops = self.cells.iter().map(|cell| cell.y);
        let top = tops.fold(f64::INFINITY, f64::min);
        for cell in &mut self.cells {
            cell.y = (cell.y - top).round();
        }
    }

    /// Of each cell: the other one, and by how much this one would have to be below it.
    fn joined(&self) -> Vec<Vec<(usize, f64)>> {
        let mut joined = vec![Vec::new(); self.cells.len()];
        for join in &self.joins {
            let difference = join.left_y - join.right_y;
            joined[join.right].push((join.left, difference));
            joined[join.left].push((join.right, -difference));
        }
        joined
    }

    fn place_column(&mut self, column: usize, joined: &[Vec<(usize, f64)>]) {
        let cells = self.columns[column].clone();
        let mut offset = 0.0;
        let mut wishes = Vec::with_capacity(cells.len());
        let mut offsets = Vec::with_capacity(cells.len());
        for (position, &at) in cells.iter().enumerate() {
            if position > 0 {
                offset += self.gap(cells[position - 1], at);
            }
            let all = joined[at].iter();
            let all = all.map(|&(other, difference)| self.cells[other].y + difference);
            let count = joined[at].len();
            let wish = match count {
                0 => self.cells[at].y,
                _ => all.sum::<f64>() / count as f64,
            };
            // A pass that bends is worse than a box that is a little off.
            let weight = if self.cells[at].is_pass { 3.0 } else { 1.0 };
            wishes.push((wish - offset, weight));
            offsets.push(offset);
            offset += self.cells[at].height;
        }
        for ((at, y), offset) in cells.into_iter().zip(ascending(&wishes)).zip(offsets) {
            self.cells[at].y = y + offset;
        }
    }
}

/// The numbers in ascending order that are nearest to these, by the sum of the squares, each with its weight.
fn ascending(wishes: &[(f64, f64)]) -> Vec<f64> {
    // Neighbours in the wrong order take their common mean, until there are none.
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    for &(wish, weight) in wishes {
        let mut pool = (wish * weight, weight, 1);
        while let Some(&(sum, mass, count)) = pools.last() {
            if sum / mass <= pool.0 / pool.1 {
                break;
            }
            pool = (pool.0 + sum, pool.1 + mass, pool.2 + count);
            pools.pop();
        }
        pools.push(pool);
    }
    let spread = |(sum, mass, count): (f64, f64, usize)| std::iter::repeat_n(sum / mass, count);
    pools.into_iter().flat_map(spread).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_order_stays_and_the_rest_meets() {
        let of = |wishes: &[f64]| {
            let equal: Vec<(f64, f64)> = wishes.iter().map(|&wish| (wish, 1.0)).collect();
            ascending(&equal)
        };
        assert_eq!(of(&[1.0, 2.0, 5.0]), [1.0, 2.0, 5.0]);
        assert_eq!(of(&[1.0, 6.0, 2.0, 7.0]), [1.0, 4.0, 4.0, 7.0]);
        assert_eq!(of(&[9.0, 6.0, 0.0]), [5.0, 5.0, 5.0]);
        assert_eq!(ascending(&[(4.0, 3.0), (0.0, 1.0)]), [3.0, 3.0]);
        assert!(of(&[]).is_empty());
    }
}
