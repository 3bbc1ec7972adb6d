//! What extensions bring on PostgreSQL, beside functions: types, operator classes, languages.

use super::Findings;
use crate::{
    Code, Dialect, Finding,
    catalog::{
        Catalog, Relation,
        builtin::postgres::{self, Extension},
    },
    nearest,
    tree::{IndexPart, Name, Path, TypeName},
};

/// Where something comes from that PostgreSQL itself does not have.
enum Brought {
    /// From an extension that a migration has made.
    Here,
    /// From one that none has made.
    By(&'static str),
    /// Perhaps from one of which nobody knows what it brings.
    Perhaps,
    Nowhere,
}

/// The access methods that PostgreSQL itself has.
const METHODS: [&str; 6] = ["brin", "btree", "gin", "gist", "hash", "spgist"];

/// The languages that PostgreSQL itself has.
const LANGUAGES: [&str; 4] = ["c", "internal", "plpgsql", "sql"];

impl Catalog {
    fn brought(&self, has: impl Fn(&Extension) -> bool) -> Brought {
        let made: Vec<&str> = self.extensions().collect();
        let mut elsewhere = None;
        for extension in postgres::extensions().filter(|extension| has(extension)) {
            if made.contains(&extension.name) {
                return Brought::Here;
            }
            elsewhere = Some(extension.name);
        }
        let known = |name: &&str| *name == "plpgsql" || postgres::extension(name).is_some();
        match elsewhere {
            _ if !made.iter().all(known) => Brought::Perhaps,
            Some(name) => Brought::By(name),
            None => Brought::Nowhere,
        }
    }

    /// What to say of a type that neither PostgreSQL nor a migration has.
    pub(super) fn foreign_type(&self, ty: &TypeName) -> Option<Finding> {
        let path = &ty.path;
        let name = path.name.text.as_str();
        let brought = self.brought(|extension| extension.types.binary_search(&name).is_ok());
        match brought {
            Brought::Here | Brought::Perhaps => None,
            Brought::By(extension) => {
                let mut finding = self.no_such_type(path)?;
                if finding.code == Code::UnknownType && !self.closed {
                    finding.code = Code::UndeclaredName;
                }
                Some(finding.help(comes_with(extension, "types", &path.to_string())))
            }
            Brought::Nowhere => {
                let foreign = postgres::foreign_type(name).filter(|_| path.schema.is_none());
                let Some((of, instead)) = foreign else {
                    return self.no_such_type(path);
                };
                let message = format!("`{name}` is a type of {of}");
                let finding = Finding::new(Code::WrongDialect, message, path.range());
                Some(finding.help(format!("write `{instead}`")))
            }
        }
    }

    /// Checks the access method of an index and the operator classes of its parts.
    pub(super) fn check_method(
        &self,
        table: &Relation,
        method: Option<&str>,
        parts: &[IndexPart],
        findings: &mut Findings,
    ) {
        if self.dialect() != Dialect::Postgres {
            return;
        }
        let method = method.unwrap_or("btree");
        if !METHODS.contains(&method) {
            return;
        }
        let classes = parts.iter().filter_map(|part| part.operator_class.as_ref());
        for class in classes {
            findings.extend(self.operator_class_fault(table, method, class));
        }
    }

    fn operator_class_fault(
        &self,
        table: &Relation,
        method: &str,
        class: &Path,
    ) -> Option<Finding> {
        let name = class.name.text.as_str();
        if postgres::is_operator_class(method, name) != Some(false)
            || self.store.poisoned_since(name) > 0
        {
            return None;
        }
        let brings =
            |extension: &Extension| extension.operator_classes.binary_search(&name).is_ok();
        let message = format!("no such operator class for {method}: {class}");
        let finding = Finding::new(Code::NoSuchObject, message, class.range());
        match self.brought(brings) {
            Brought::Here | Brought::Perhaps => None,
            _ if class.schema.is_none() && self.column(table, name).is_some() => {
                Some(finding.help(format!("`{name}` is a column: is a `,` missing before it?")))
            }
            Brought::By(_) if self.closed => Some(finding),
            Brought::By(extension) => Some(Finding {
                code: Code::UndeclaredName,
                ..finding.help(comes_with(extension, "types", name))
            }),
            Brought::Nowhere => {
                let known = postgres::operator_classes(method).unwrap_or_default();
                Some(match nearest(name, known.iter().copied()) {
                    Some(near) => finding.help(format!("did you mean `{near}`?")),
                    None => finding.help(
                        "what stands behind a column without a comma is an operator class: is a `,` missing before it?",
                    ),
                })
            }
        }
    }

    /// What to say of a language that is probably misspelt.
    pub(super) fn language_fault(&self, language: &str, name: &Name) -> Option<Finding> {
        if self.dialect() != Dialect::Postgres
            || LANGUAGES.contains(&language)
            || self.extensions().any(|extension| extension == language)
        {
            return None;
        }
        let near = nearest(language, ["plpgsql", "sql"])?;
        let message = format!("no such language: {language}");
        let finding = Finding::new(Code::NoSuchObject, message, name.range.clone());
        Some(finding.help(format!("did you mean `{near}`?")))
    }
}

fn comes_with(extension: &str, setting: &str, name: &str) -> String {
    format!(
        "it comes with the extension `{extension}`: write `CREATE EXTENSION` first, or declare it: \
         `external.{setting} = [\"{name}\"]` in `[package.metadata.migrate]`"
    )
}
