//! What is said of a name that means nothing, or too much.

use super::{
    Resolver,
    expression::Place,
    scope::{Frame, Source},
};
use crate::{
    Code, Finding, nearest,
    tree::{Name, Path},
};

impl<'a> Resolver<'a> {
    /// A source does not have the column.
    pub(super) fn no_such_column(&mut self, source: &Source<'a>, name: &'a Name) {
        if let Some(relation) = source.relation {
            self.ask(|catalog| Some(catalog.no_such_column(relation, name)));
            return;
        }
        let of = source.name.map_or(String::new(), |own| format!("{own}."));
        let finding = Finding::new(
            Code::NoSuchColumn,
            format!("no such column: {of}{name}"),
            name.range.clone(),
        );
        self.say(did_you_mean(finding, name, source.columns.names()));
    }

    /// None of the sources has the column.
    pub(super) fn no_column_anywhere(
        &mut self,
        name: &'a Name,
        place: Place,
        frame: &Frame<'_, 'a>,
    ) {
        let candidates: Vec<&str> = frame
            .chain()
            .flat_map(|frame| &frame.sources)
            .filter(|source| !source.qualified_only)
            .flat_map(|source| source.columns.names())
            .chain(
                frame
                    .chain()
                    .flat_map(|frame| frame.parameters.iter().copied()),
            )
            .collect();
        let mut finding = Finding::new(
            Code::NoSuchColumn,
            format!("no such column: {name}"),
            name.range.clone(),
        );
        let beside = frame
            .chain()
            .flat_map(|frame| &frame.sources)
            .filter(|source| source.qualified_only)
            .find(|source| {
                source
                    .columns
                    .names()
                    .any(|column| self.same(column, &name.text))
            });
        finding = if let Some(source) = beside.and_then(|source| source.name) {
            finding.help(format!("write `{source}.{name}`"))
        } else if candidates.is_empty() {
            finding.help(format!(
                "no column can be named in {} here; text stands in single quotes",
                place.name
            ))
        } else {
            did_you_mean(finding, name, candidates)
        };
        self.say(finding);
    }

    /// `t.c` where `t` is not read.
    pub(super) fn no_source(&mut self, table: &'a Path, name: &'a Name, frame: &Frame<'_, 'a>) {
        let finding = self.not_read(table, format!("no such column: {table}.{name}"), frame);
        self.say(finding);
    }

    /// `t` or `t.*` where `t` is not read.
    pub(super) fn not_read(&self, table: &Path, message: String, frame: &Frame<'_, 'a>) -> Finding {
        let finding = Finding::new(
            Code::NoSuchColumn,
            format!("{message}: this query does not read `{table}`"),
            table.range(),
        );
        let all = || frame.chain().flat_map(|frame| &frame.sources);
        let hidden = all().find(|source| {
            source
                .relation
                .is_some_and(|relation| self.same(&relation.name, &table.name.text))
        });
        if let Some(alias) = hidden.and_then(|source| source.name) {
            return if self.same(alias, &table.name.text) {
                finding
            } else {
                finding.help(format!(
                    "it reads `{}` as `{alias}`: write `{alias}`",
                    table.name
                ))
            };
        }
        let names: Vec<&str> = all().filter_map(|source| source.name).collect();
        match nearest(&table.name.text, names.iter().copied()) {
            Some(near) => finding.help(format!("did you mean `{near}`?")),
            None if names.is_empty() => finding,
            None => finding.help(format!("it reads {}", listed(&names))),
        }
    }

    /// A column that several sources have.
    pub(super) fn ambiguous(&mut self, name: &'a Name, sources: &[&str]) {
        let finding = Finding::new(
            Code::AmbiguousName,
            format!("ambiguous column: {name}"),
            name.range.clone(),
        );
        let mut named: Vec<String> = sources
            .iter()
            .filter(|source| !source.is_empty())
            .map(|source| format!("`{source}.{name}`"))
            .collect();
        named.dedup();
        self.say(match named.as_slice() {
            [] | [_] => finding.help("it is there twice: give the two different names"),
            several => finding.help(format!("write {}", several.join(" or "))),
        });
    }
}

/// Adds the nearest name, if one is near.
pub(super) fn did_you_mean<'n>(
    finding: Finding,
    name: &Name,
    candidates: impl IntoIterator<Item = &'n str>,
) -> Finding {
    match nearest(&name.text, candidates) {
        Some(near) => finding.help(format!("did you mean `{near}`?")),
        None => finding,
    }
}

fn listed(names: &[&str]) -> String {
    let mut quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.dedup();
    quoted.join(", ")
}

/// `1 column`, `2 columns`.
pub(super) fn counted(count: usize, noun: &str) -> String {
    if count == 1 {
        format!("1 {noun}")
    } else {
        format!("{count} {noun}s")
    }
}
