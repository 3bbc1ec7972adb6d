//! The picture itself.

use std::fmt::Write as _;

use super::{
    diagram::{Diagram, Entity, Kind, Relation, Row},
    escape::{cells, short, xml},
    layout::{Block, Layout, Line, Piece, Placed, Route, STUB, layout},
};

/// Letters are equally wide, because nobody here knows the font; of 12 pixels they are so wide.
const LETTER: f64 = 7.3;
const HEAD: f64 = 28.0;
const ROW: f64 = 20.0;
const FOOT: f64 = 5.0;
/// Between the side of a box and its text.
const PAD: f64 = 10.0;
/// Around everything.
const MARGIN: f64 = 24.0;
/// What is longer is cut, and shown whole as a hint.
const NAME: usize = 44;
const TYPE: usize = 26;

/// The colours, in light and in dark.
const STYLE: &str = "\
.paper{fill:#ffffff}.box{fill:#ffffff;stroke:#8c959f}.head{fill:#ddf4ff}.view .head{fill:#eaeef2}.view .box{stroke-dasharray:4 3}\
text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,'Liberation Mono','DejaVu Sans Mono',monospace;fill:#1f2328;white-space:pre}\
.name{font-weight:bold}.type{fill:#57606a}.mark{fill:#0969da;font-size:10px}\
.line{fill:none;stroke:#6e7781;stroke-width:1.3}.part .way{stroke-dasharray:6 4}.reads .way{stroke-dasharray:2 4}\
@media(prefers-color-scheme:dark){.paper{fill:#0d1117}.box{fill:#161b22;stroke:#6e7681}.head{fill:#12324f}.view .head{fill:#2d333b}\
text{fill:#e6edf3}.type{fill:#9198a1}.mark{fill:#58a6ff}.line{stroke:#8b949e}}";

/// For whom it is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// A file of its own, with its colours.
    Alone,
    /// A part of the page, which has the colours, and wants to know what is what.
    InPage,
}

pub(super) fn svg(diagram: &Diagram<'_>, purpose: Use) -> String {
    let boxes: Vec<Block> = diagram.entities.iter().map(block).collect();
    let lines: Vec<Line> = diagram.relations.iter().map(line).collect();
    let layout = layout(&boxes, &lines);
    let (width, height) = (layout.width + 2.0 * MARGIN, layout.height + 2.0 * MARGIN);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"{}\" aria-label=\"{} tables and views, {} relations\">\n",
        // What is in a picture cannot be reached by the keyboard.
        if purpose == Use::Alone {
            "img"
        } else {
            "group"
        },
        diagram.entities.len(),
        diagram.relations.len()
    );
    if purpose == Use::Alone {
        let _ = writeln!(text, "<style>{STYLE}</style>");
        text.push_str("<rect class=\"paper\" width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
    }
    let _ = writeln!(text, "<g transform=\"translate({MARGIN} {MARGIN})\">");
    draw(&mut text, diagram, &layout, purpose);
    text.push_str("</g>\n</svg>\n");
    text
}

fn draw(text: &mut String, diagram: &Diagram<'_>, layout: &Layout, purpose: Use) {
    for (at, (relation, route)) in diagram.relations.iter().zip(&layout.routes).enumerate() {
        self::relation(text, diagram, (at, relation), route, purpose);
    }
    for (at, (entity, &placed)) in diagram.entities.iter().zip(&layout.blocks).enumerate() {
        self::entity(text, (at, entity), placed, purpose);
    }
}

/// How wide the marks of an entity are.
fn mark_width(entity: &Entity<'_>) -> f64 {
    let most = entity.rows.iter().map(|row| row.marks().join(" ").len());
    match most.max().unwrap_or(0) {
        0 => 0.0,
        letters => letters as f64 * 6.1 + 8.0,
    }
}

fn type_of(row: &Row<'_>) -> String {
    let null = match row.column.nullable && !row.is_primary {
        true => "?",
        false => "",
    };
    format!("{}{null}", short(&row.column.data_type, TYPE))
}

fn block(entity: &Entity<'_>) -> Block {
    let width = |text: &str| cells(text) as f64 * LETTER;
    let marks = mark_width(entity);
    let rows = entity.rows.iter().map(|row| {
        let name = width(&short(&row.column.name, NAME));
        marks + name + 2.0 * LETTER + width(&type_of(row))
    });
    // Bold letters may be wider.
    let head = width(&short(&entity.name.to_string(), NAME)) * 1.04;
    let widest = rows.fold(head.max(90.0), f64::max);
    Block {
        width: (widest + 2.0 * PAD).ceil(),
        height: HEAD + ROW * shown_rows(entity) + FOOT,
    }
}

fn shown_rows(entity: &Entity<'_>) -> f64 {
    let more = usize::from(entity.is_open);
    (entity.rows.len() + more) as f64
}

fn line(relation: &Relation<'_>) -> Line {
    let y = |row: Option<usize>| match row {
        Some(row) => HEAD + ROW * (row as f64 + 0.5),
        None => HEAD / 2.0,
    };
    Line {
        from: relation.from,
        from_y: y(relation.from_row),
        to: relation.to,
        to_y: y(relation.to_row),
    }
}

fn entity(text: &mut String, (at, entity): (usize, &Entity<'_>), placed: Placed, purpose: Use) {
    let Placed {
        x,
        y,
        width,
        height,
    } = placed;
    let name = entity.name.to_string();
    let kind = if entity.is_view { "view" } else { "table" };
    let _ = write!(text, "<g class=\"entity {kind}\"");
    if purpose == Use::InPage {
        let label = xml(&name);
        let _ = write!(
            text,
            " data-entity=\"{at}\" tabindex=\"0\" role=\"button\" aria-label=\"{kind} {label}\""
        );
    }
    let _ = writeln!(
        text,
        " transform=\"translate({x} {y})\"><rect class=\"box\" width=\"{width}\" height=\"{height}\" rx=\"6\"/>\
         <path class=\"head\" d=\"M.5 {HEAD}V6a5.5 5.5 0 0 1 5.5-5.5H{}a5.5 5.5 0 0 1 5.5 5.5V{HEAD}Z\"/>\
         <text class=\"name\" x=\"{PAD}\" y=\"18\">{}{}</text>",
        width - 6.0,
        hint(entity.comment, &name, NAME),
        xml(&short(&name, NAME))
    );
    let (marks, right) = (mark_width(entity), width - PAD);
    for (at, row) in entity.rows.iter().enumerate() {
        self::row(text, row, HEAD + ROW * at as f64 + 14.0, marks, right);
    }
    if entity.is_open {
        let y = HEAD + ROW * entity.rows.len() as f64 + 14.0;
        let _ = writeln!(text, "<text class=\"type\" x=\"{PAD}\" y=\"{y}\">…</text>");
    }
    text.push_str("</g>\n");
}

fn row(text: &mut String, row: &Row<'_>, y: f64, marks: f64, right: f64) {
    let column = row.column;
    let mark = row.marks().join(" ");
    if !mark.is_empty() {
        let _ = write!(
            text,
            "<text class=\"mark\" x=\"{PAD}\" y=\"{y}\">{mark}</text>"
        );
    }
    let _ = write!(
        text,
        "<text x=\"{}\" y=\"{y}\">{}{}</text>",
        PAD + marks,
        hint(column.comment.as_deref(), &column.name, NAME),
        xml(&short(&column.name, NAME))
    );
    let data_type = type_of(row);
    if !data_type.is_empty() {
        let _ = write!(
            text,
            "<text class=\"type\" x=\"{right}\" y=\"{y}\" text-anchor=\"end\">{}{}</text>",
            hint(None, &column.data_type, TYPE),
            xml(&data_type)
        );
    }
    text.push('\n');
}

/// What is shown where the pointer rests: the comment, and what was cut.
fn hint(comment: Option<&str>, whole: &str, most: usize) -> String {
    let is_cut = whole.chars().nth(most).is_some();
    let words: Vec<&str> = is_cut.then_some(whole).into_iter().chain(comment).collect();
    match words.is_empty() {
        true => String::new(),
        false => format!("<title>{}</title>", xml(&words.join("\n"))),
    }
}

fn relation(
    text: &mut String,
    diagram: &Diagram<'_>,
    (at, relation): (usize, &Relation<'_>),
    route: &Route,
    purpose: Use,
) {
    let kind = match relation.kind {
        Kind::ForeignKey { .. } => "",
        Kind::Child => " part",
        Kind::Reads => " reads",
    };
    let name = |at: usize| {
        let entity = diagram.entities.get(at);
        entity.map_or_else(String::new, |entity| entity.name.to_string())
    };
    let title = format!(
        "{}: {} → {}",
        name(relation.from),
        relation.label(),
        name(relation.to)
    );
    let _ = write!(text, "<g class=\"relation{kind}\"");
    if purpose == Use::InPage {
        let _ = write!(text, " data-relation=\"{at}\"");
    }
    let (way, sign) = way(relation, route);
    let _ = writeln!(
        text,
        "><title>{}</title><path class=\"line way\" fill=\"none\" d=\"{way}\"/><path class=\"line\" fill=\"none\" d=\"{sign}\"/></g>",
        xml(&title)
    );
}

/// The line, and the signs at its ends.
fn way(relation: &Relation<'_>, route: &Route) -> (String, String) {
    let mut path = format!("M{} {}", round(route.start.x), round(route.start.y));
    let mut before = route.start;
    let mut end_direction = 1.0;
    for piece in &route.pieces {
        match *piece {
            Piece::Along(x) => {
                if x != before.x {
                    let _ = write!(path, "H{}", round(x));
                    end_direction = (x - before.x).signum();
                }
                before.x = x;
            }
            Piece::Curve { handle, to } => {
                let handle = round(handle);
                let (x, y) = (round(to.x), round(to.y));
                let _ = write!(path, "C{handle} {} {handle} {y} {x} {y}", round(before.y));
                before = to;
            }
        }
    }
    let start_direction = match route.pieces.first() {
        Some(Piece::Along(x)) => (x - route.start.x).signum(),
        _ => 1.0,
    };
    let start = (route.start.x, route.start.y, start_direction);
    // Away from the box.
    let end = (before.x, before.y, -end_direction);
    (path, signs(relation, start, end))
}

fn signs(relation: &Relation<'_>, start: End, end: End) -> String {
    let mut path = String::new();
    match relation.kind {
        Kind::ForeignKey {
            is_optional,
            is_single,
            ..
        } => {
            if is_single {
                bar(&mut path, start, 7.0);
            } else {
                foot(&mut path, start);
            }
            circle(&mut path, start, 13.0);
            bar(&mut path, end, 6.0);
            if is_optional {
                circle(&mut path, end, 12.0);
            } else {
                bar(&mut path, end, 10.0);
            }
        }
        Kind::Child | Kind::Reads => arrow(&mut path, end),
    }
    path
}

type End = (f64, f64, f64);

fn foot(path: &mut String, (x, y, direction): End) {
    let tip = round(x + direction * 10.0);
    let (x, above, below, y) = (round(x), round(y - 5.5), round(y + 5.5), round(y));
    let _ = write!(path, "M{x} {above}L{tip} {y}L{x} {below}");
}

fn bar(path: &mut String, (x, y, direction): End, distance: f64) {
    let _ = write!(
        path,
        "M{} {}v11",
        round(x + direction * distance),
        round(y - 5.5)
    );
}

fn circle(path: &mut String, (x, y, direction): End, distance: f64) {
    debug_assert!(
        distance + 3.0 <= STUB,
        "signs stand where the line is straight"
    );
    let left = round(x + direction * distance - 3.0);
    let _ = write!(path, "M{left} {}a3 3 0 1 0 6 0a3 3 0 1 0-6 0", round(y));
}

fn arrow(path: &mut String, (x, y, direction): End) {
    let back = round(x + direction * 8.0);
    let _ = write!(
        path,
        "M{back} {}L{} {}L{back} {}",
        round(y - 4.0),
        round(x),
        round(y),
        round(y + 4.0)
    );
}

/// To a tenth: what is finer nobody sees, and the text is the same on every machine.
fn round(value: f64) -> f64 {
    let tenths = (value * 10.0).round() / 10.0;
    // Without `-0`.
    if tenths == 0.0 { 0.0 } else { tenths }
}
