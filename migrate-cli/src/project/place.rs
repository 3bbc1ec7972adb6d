//! Where in a Rust file `mod` lines can be added.

use super::source::{Module, Source};

/// Where lines go, and what has to stand around them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) at: usize,
    before: Around,
    after: Around,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Around {
    Nothing,
    LineBreak,
    EmptyLine,
}

impl Place {
    /// The lines with what has to stand around them at this place of the text.
    pub(super) fn surround(&self, lines: &str, text: &str, line_break: &str) -> String {
        let before = match self.before {
            Around::Nothing => String::new(),
            Around::LineBreak => line_break.to_owned(),
            Around::EmptyLine if text[..self.at].ends_with('\n') => line_break.to_owned(),
            Around::EmptyLine => line_break.repeat(2),
        };
        let after = match self.after {
            Around::EmptyLine => line_break,
            Around::Nothing | Around::LineBreak => "",
        };
        format!("{before}{lines}{after}")
    }
}

/// Behind the line that a module ends on, or behind the module where another item begins on its line.
pub(super) fn behind(source: &Source<'_>, module: &Module) -> Place {
    match source.end_of_line(module.range.end) {
        Some(at) => whole_line(source, at),
        None => Place {
            at: module.range.end,
            before: Around::LineBreak,
            after: Around::Nothing,
        },
    }
}

/// A place at the start of a line, or at the end of a file whose last line is not ended.
fn whole_line(source: &Source<'_>, at: usize) -> Place {
    let open = at > 0 && !source.text[..at].ends_with('\n');
    Place {
        at,
        before: if open {
            Around::LineBreak
        } else {
            Around::Nothing
        },
        after: Around::Nothing,
    }
}

/// In front of the line on which something begins, where nothing else stands on that line before it.
pub(super) fn in_front_of(source: &Source<'_>, start: usize) -> Place {
    let line = source.text[..start]
        .rfind('\n')
        .map_or(source.head, |at| at + 1);
    let alone = source
        .text
        .get(line..start)
        .is_some_and(|before| before.trim().is_empty());
    Place {
        at: if alone { line } else { start },
        before: Around::Nothing,
        after: Around::Nothing,
    }
}

/// Behind the last of the modules that count, or where the first one would stand.
pub(super) fn behind_the_modules(source: &Source<'_>, counts: impl Fn(&Module) -> bool) -> Place {
    match source.modules.iter().rev().find(|module| counts(module)) {
        Some(last) => behind(source, last),
        None => at_the_start(source),
    }
}

/// Behind inner attributes and the comment at the top of the file, before the first item and its own comments.
fn at_the_start(source: &Source<'_>) -> Place {
    let text = source.text;
    let comments = source.comments(source.head..source.first_item.unwrap_or(text.len()));
    let Some(first_item) = source.first_item else {
        return Place {
            before: if text.trim().is_empty() {
                Around::Nothing
            } else {
                Around::EmptyLine
            },
            ..whole_line(source, text.len())
        };
    };
    if source.has_inner_attributes {
        return match source.end_of_line(source.head) {
            Some(at) => Place {
                before: Around::EmptyLine,
                after: if starts_empty_line(&text[at..]) {
                    Around::Nothing
                } else {
                    Around::EmptyLine
                },
                ..whole_line(source, at)
            },
            None => Place {
                at: source.head,
                before: Around::LineBreak,
                after: Around::Nothing,
            },
        };
    }
    let mut start = first_item;
    for comment in comments.iter().rev() {
        if text[comment.end..start].matches('\n').count() != 1 {
            break;
        }
        if text[source.head..comment.start].trim().is_empty() {
            // What stands at the top of the file, a licence for example, stays there.
            start = first_item;
            break;
        }
        start = comment.start;
    }
    Place {
        after: Around::EmptyLine,
        ..in_front_of(source, start)
    }
}

fn starts_empty_line(text: &str) -> bool {
    let line = text.split('\n').next().unwrap_or_default();
    line.trim().is_empty()
}
