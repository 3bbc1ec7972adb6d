//! What has to be there before what.

/// The numbers `0..count` in an order in which each stands behind those that it needs; else as they are. What needs itself by way of others
/// stands where it is met first.
pub(super) fn sorted(count: usize, needs: impl Fn(usize) -> Vec<usize>) -> Vec<usize> {
    let mut order = Vec::with_capacity(count);
    let mut seen = vec![false; count];
    // Without recursion, because a chain can be as long as a schema is large.
    let mut path: Vec<(usize, Vec<usize>)> = Vec::new();
    for start in 0..count {
        if seen[start] {
            continue;
        }
        seen[start] = true;
        path.push((start, reversed(needs(start))));
        while let Some((node, open)) = path.last_mut() {
            match open.pop() {
                Some(next) if next < count && !seen[next] => {
                    seen[next] = true;
                    path.push((next, reversed(needs(next))));
                }
                Some(_) => {}
                None => {
                    order.push(*node);
                    path.pop();
                }
            }
        }
    }
    order
}

fn reversed(mut list: Vec<usize>) -> Vec<usize> {
    list.sort_unstable_by(|left, right| right.cmp(left));
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_needed_comes_first() {
        let needs = [vec![2], vec![], vec![3], vec![]];
        assert_eq!(sorted(4, |at| needs[at].clone()), [3, 2, 0, 1]);
    }

    #[test]
    fn a_circle_ends() {
        assert_eq!(sorted(2, |at| vec![1 - at, at]), [1, 0]);
    }
}
