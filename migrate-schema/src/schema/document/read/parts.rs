//! Members of objects whose form was looked at before: what is not there, or not as it should be, is as usual.

use super::{Reader, column_name, elements};
use crate::schema::{Deferrable, IndexOn, IndexPart, Key, document::check::Path, json::Json};

pub(super) fn optional(json: &Json, key: &str) -> Option<String> {
    json.get(key).and_then(Json::as_text).map(str::to_owned)
}

pub(super) fn text(json: &Json, key: &str) -> String {
    optional(json, key).unwrap_or_default()
}

pub(super) fn flag(json: &Json, key: &str) -> bool {
    json.get(key) == Some(&Json::Boolean(true))
}

pub(super) fn texts(json: &Json, key: &str) -> Vec<String> {
    let all = elements(json, key).iter();
    all.filter_map(Json::as_text).map(str::to_owned).collect()
}

pub(super) fn deferrable(json: &Json) -> Deferrable {
    match json.get("deferrable").and_then(Json::as_text) {
        Some("immediate") => Deferrable::Immediate,
        Some("deferred") => Deferrable::Deferred,
        _ => Deferrable::No,
    }
}

impl Reader<'_> {
    pub(super) fn key(&mut self, json: &Json, path: &Path<'_>) -> Key {
        Key {
            name: optional(json, "name"),
            parts: self.parts(json, path),
            include: texts(json, "include"),
            nulls_not_distinct: flag(json, "nulls_not_distinct"),
            deferrable: deferrable(json),
            on_conflict: optional(json, "on_conflict"),
        }
    }

    /// The parts of an index or a key.
    pub(super) fn parts(&mut self, json: &Json, path: &Path<'_>) -> Vec<IndexPart> {
        let here = path.key("columns");
        let all = elements(json, "columns").iter().enumerate();
        let parts: Vec<IndexPart> = all
            .filter_map(|(at, one)| self.part(one, &here.element(at)))
            .collect();
        if json
            .get("columns")
            .is_some_and(|all| all.elements().is_empty())
        {
            self.fault(&here, "this is on no column");
        }
        parts
    }

    fn part(&mut self, json: &Json, path: &Path<'_>) -> Option<IndexPart> {
        if let Json::Text(name) = json {
            // A name may have spaces in it here, because nothing else can stand here.
            return Some(IndexPart::column(name));
        }
        let on = match (optional(json, "column"), optional(json, "expression")) {
            (Some(column), None) => IndexOn::Column(column),
            (None, Some(expression)) => IndexOn::Expression(expression),
            _ => {
                self.fault(path, "this has to have one of `column` and `expression`");
                return None;
            }
        };
        Some(IndexPart {
            on,
            collation: optional(json, "collation"),
            operator_class: optional(json, "operator_class"),
            descending: flag(json, "descending"),
            nulls_first: (json.get("nulls").and_then(Json::as_text)).map(|word| word == "first"),
            length: match json.get("length") {
                Some(Json::Number(number)) => number.as_u64(),
                _ => None,
            },
        })
    }

    /// The columns of a foreign key, which are nothing but names.
    pub(super) fn plain_columns(&mut self, json: &Json, path: &Path<'_>) -> Vec<String> {
        let parts = self.parts(json, path);
        let here = path.key("columns");
        let all = parts.into_iter().enumerate();
        all.filter_map(|(at, part)| match part {
            IndexPart {
                on: IndexOn::Column(name),
                collation: None,
                operator_class: None,
                descending: false,
                nulls_first: None,
                length: None,
            } => Some(name),
            _ => {
                self.fault(
                    &here.element(at),
                    "a foreign key is on columns and nothing else",
                );
                None
            }
        })
        .collect()
    }

    /// A column by its short form.
    pub(super) fn short_column<'t>(&mut self, text: &'t str, path: &Path<'_>) -> &'t str {
        column_name(text, self, path)
    }
}
