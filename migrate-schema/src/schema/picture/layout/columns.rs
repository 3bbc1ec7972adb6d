//! Which column a box stands in.

use super::{Block, GAP, GUTTER};

/// Wider than high, as screens are.
const SHAPE: f64 = 1.7;
/// So many columns are enough: a longer chain begins again on the left. Else the ways of its lines would have no end.
const MOST: usize = 100;

/// The column of each box. What is referred to stands left of what refers to it, as far as there is no circle; a column that is
/// high enough goes on in the next one.
pub(super) fn columns(blocks: &[Block], edges: &[(usize, usize)]) -> Vec<usize> {
    let mut parents = vec![Vec::new(); blocks.len()];
    for &(child, parent) in edges {
        if let Some(list) = parents.get_mut(child) {
            list.push(parent);
        }
    }
    let order = without_circles(&mut parents);
    let mut columns = fill(blocks, &parents, &order);
    draw_near(&mut columns, &parents, &order);
    columns.into_iter().map(|column| column % MOST).collect()
}

/// Takes out the edges that close a circle, and gives an order in which parents come before their children.
fn without_circles(parents: &mut [Vec<usize>]) -> Vec<usize> {
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        New,
        Open,
        Done,
    }
    let mut marks = vec![Mark::New; parents.len()];
    let mut order = Vec::with_capacity(parents.len());
    for root in 0..parents.len() {
        if marks[root] != Mark::New {
            continue;
        }
        marks[root] = Mark::Open;
        // Not by recursion: a chain of references may be as long as the schema is large.
        let mut path = vec![(root, 0)];
        while let Some((at, next)) = path.last_mut() {
            let child = *at;
            match parents[child].get(*next).copied() {
                Some(parent) if marks[parent] == Mark::Open => {
                    parents[child].remove(*next);
                }
                Some(parent) => {
                    *next += 1;
                    if marks[parent] == Mark::New {
                        marks[parent] = Mark::Open;
                        path.push((parent, 0));
                    }
                }
                None => {
                    marks[child] = Mark::Done;
                    order.push(child);
                    path.pop();
                }
            }
        }
    }
    order
}

fn fill(blocks: &[Block], parents: &[Vec<usize>], order: &[usize]) -> Vec<usize> {
    let mut levels = vec![0; blocks.len()];
    for &at in order {
        let above = parents[at].iter().map(|&parent| levels[parent] + 1);
        levels[at] = above.max().unwrap_or(0);
    }
    let mut sorted: Vec<usize> = order.to_vec();
    sorted.sort_by_key(|&at| (levels[at], at));
    let area: f64 = (blocks.iter())
        .map(|block| (block.width + GUTTER) * (block.height + GAP))
        .sum();
    let tallest = blocks.iter().map(|block| block.height).fold(0.0, f64::max);
    let limit = (area / SHAPE).sqrt().max(tallest + GAP);
    let (mut columns, mut heights) = (vec![0; blocks.len()], Vec::<f64>::new());
    for at in sorted {
        let first = parents[at].iter().map(|&parent| columns[parent] + 1);
        let mut column = first.max().unwrap_or(0);
        let height = blocks[at].height + GAP;
        while (heights.get(column)).is_some_and(|&used| used > 0.0 && used + height > limit) {
            column += 1;
        }
        if heights.len() <= column {
            heights.resize(column + 1, 0.0);
        }
        heights[column] += height;
        columns[at] = column;
    }
    columns
}

/// What refers to nothing, or to less than refers to it, moves beside the first that refers to it.
fn draw_near(columns: &mut [usize], parents: &[Vec<usize>], order: &[usize]) {
    let mut nearest = vec![usize::MAX; columns.len()];
    let mut children = vec![0; columns.len()];
    for &at in order.iter().rev() {
        if children[at] > parents[at].len() && nearest[at] != usize::MAX {
            columns[at] = columns[at].max(nearest[at].saturating_sub(1));
        }
        for &parent in &parents[at] {
            nearest[parent] = nearest[parent].min(columns[at]);
            children[parent] += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Block = Block {
        width: 100.0,
        height: 50.0,
    };

    #[test]
    fn what_refers_stands_behind_what_it_refers_to() {
        // 2 → 1 → 0, and 3 → 0.
        let found = columns(&[SMALL; 4], &[(2, 1), (1, 0), (3, 0)]);
        assert_eq!(found[..3], [0, 1, 2]);
        assert!(found[3] > 0);
    }

    #[test]
    fn a_circle_has_an_end() {
        let found = columns(&[SMALL; 3], &[(0, 1), (1, 2), (2, 0)]);
        assert_eq!(found, [2, 1, 0]);
    }

    #[test]
    fn many_that_refer_to_one_stand_in_several_columns() {
        let edges: Vec<(usize, usize)> = (1..60).map(|child| (child, 0)).collect();
        let found = columns(&[SMALL; 60], &edges);
        let last = found.iter().max().copied().unwrap_or(0);
        assert!((3..=10).contains(&last), "{last}");
    }

    #[test]
    fn a_long_chain_is_no_recursion() {
        let count = 20_000;
        let edges: Vec<(usize, usize)> = (1..count).map(|at| (at - 1, at)).collect();
        let found = columns(&vec![SMALL; count], &edges);
        assert_eq!(found[0], (count - 1) % MOST);
    }
}
