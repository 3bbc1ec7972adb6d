//! What has to be true of every layout.

use proptest::prelude::*;

use super::*;

fn graphs() -> impl Strategy<Value = (Vec<Block>, Vec<Line>)> {
    (1_usize..40).prop_flat_map(|count| {
        let block = (60_u16..400, 1_u16..12).prop_map(|(width, rows)| Block {
            width: f64::from(width),
            height: 33.0 + 20.0 * f64::from(rows),
        });
        let line = (0..count, 0..count, 0_u16..12, 0_u16..12);
        let lines = prop::collection::vec(line, 0..60);
        (prop::collection::vec(block, count), lines).prop_map(|(blocks, lines)| {
            let y = |at: usize, row: u16| {
                let rows = ((blocks[at].height - 33.0) / 20.0) as u16;
                38.0 + 20.0 * f64::from(row % rows)
            };
            let line = |(from, to, one, other): (usize, usize, u16, u16)| Line {
                from,
                from_y: y(from, one),
                to,
                to_y: y(to, other),
            };
            let lines = lines.into_iter().map(line).collect();
            (blocks, lines)
        })
    })
}

/// Points on the way, near together.
fn points(route: &Route) -> Vec<Point> {
    let (mut all, mut before) = (vec![route.start], route.start);
    for piece in &route.pieces {
        let (handle, to) = match *piece {
            Piece::Along(x) => ((before.x + x) / 2.0, Point { x, y: before.y }),
            Piece::Curve { handle, to } => (handle, to),
        };
        for step in 1..=24 {
            let t = f64::from(step) / 24.0;
            let s = 1.0 - t;
            let at = |a: f64, b: f64, c: f64, d: f64| {
                s * s * s * a + 3.0 * s * s * t * b + 3.0 * s * t * t * c + t * t * t * d
            };
            all.push(Point {
                x: at(before.x, handle, handle, to.x),
                y: at(before.y, before.y, to.y, to.y),
            });
        }
        before = to;
    }
    all
}

fn holds(block: &Placed, point: Point) -> bool {
    let (dx, dy) = (point.x - block.x, point.y - block.y);
    dx > 0.1 && dy > 0.1 && dx < block.width - 0.1 && dy < block.height - 0.1
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(80))]

    #[test]
    fn nothing_is_on_anything_else((blocks, lines) in graphs()) {
        let layout = layout(&blocks, &lines);
        prop_assert_eq!(layout.blocks.len(), blocks.len());
        for (at, one) in layout.blocks.iter().enumerate() {
            prop_assert!(one.width >= blocks[at].width && one.height == blocks[at].height);
            prop_assert!(one.x >= 0.0 && one.x + one.width <= layout.width);
            prop_assert!(one.y >= 0.0 && one.y + one.height <= layout.height);
            for other in &layout.blocks[..at] {
                let apart = one.x >= other.x + other.width || other.x >= one.x + one.width
                    || one.y >= other.y + other.height || other.y >= one.y + one.height;
                prop_assert!(apart, "{:?} {:?}", one, other);
            }
        }
        for (line, route) in lines.iter().zip(&layout.routes) {
            let points = points(route);
            let (from, to) = (layout.blocks[line.from], layout.blocks[line.to]);
            let first = points.first().copied().unwrap_or_default();
            let last = points.last().copied().unwrap_or_default();
            let on_side = |block: Placed, point: Point| {
                let (left, right) = (point.x - block.x, point.x - block.x - block.width);
                left.abs().min(right.abs()) < 0.1
            };
            prop_assert!(on_side(from, first) && (first.y - from.y - line.from_y).abs() < 0.1);
            prop_assert!(on_side(to, last) && (last.y - to.y - line.to_y).abs() < 0.1);
            for point in points {
                prop_assert!(point.x > -0.1 && point.x < layout.width + 0.1, "{:?}", point);
                prop_assert!(point.y > -0.1 && point.y < layout.height + 0.1, "{:?}", point);
                let through = layout.blocks.iter().find(|block| holds(block, point));
                prop_assert!(through.is_none(), "{:?} in {:?}", point, through);
            }
        }
    }
}

#[test]
fn nothing_comes_to_nothing() {
    let layout = layout(&[], &[]);
    assert_eq!((layout.width, layout.height), (0.0, 0.0));
}

/// A schema that somebody has made to be slow.
#[test]
fn many_lines_have_an_end() {
    let blocks = vec![
        Block {
            width: 120.0,
            height: 93.0,
        };
        900
    ];
    let lines: Vec<Line> = (1..900)
        .flat_map(|at| [at - 1, at / 3, at * 7 % 900])
        .enumerate()
        .map(|(place, to)| Line {
            from: place / 3 + 1,
            from_y: 38.0,
            to,
            to_y: 38.0,
        })
        .collect();
    let layout = layout(&blocks, &lines);
    assert_eq!(layout.routes.len(), lines.len());
}
