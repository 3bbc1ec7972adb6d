//! The Rust file of a migration, laid out as rustfmt does.

use migrate_schema::{Dialect, MigrationId};

use super::{literal, name};

/// rustfmt's widths for the arguments of a call, of an attribute, and for a line.
const CALL: usize = 60;
const ATTRIBUTE: usize = 70;
const LINE: usize = 100;

/// What a migration's file is made from.
#[derive(Debug)]
pub(super) struct MigrationFile<'a> {
    pub(super) id: &'a MigrationId,
    pub(super) struct_name: &'a str,
    /// The module's documentation.
    pub(super) doc: &'a str,
    /// The options of the attribute: `transaction = false`.
    pub(super) options: &'a [String],
    pub(super) up: Body,
    /// None where `irreversible` is among the options.
    pub(super) down: Option<Body>,
}

/// The body of `up` or `down`.
#[derive(Debug, Default)]
pub(super) struct Body {
    /// Lines that become comments at its top.
    pub(super) comment: String,
    /// Its one step, if it has one.
    pub(super) step: Option<Step>,
}

/// A step of SQL, as a Rust literal.
#[derive(Debug)]
pub(super) enum Step {
    Checked(String),
    Unchecked(String),
    /// A literal for each dialect.
    Each(Vec<(Dialect, String)>),
}

impl MigrationFile<'_> {
    pub(super) fn render(&self) -> String {
        let id = self.id.as_str();
        let mut out = literal::module_doc(self.doc);
        if is_no_snake_case(id) {
            out += "// The module is named after the SQL file.\n#![allow(non_snake_case)]\n";
        }
        out += "\nuse migrate_core::prelude::*;\n\n";
        out += &format!(
            "/// The migration `{id}`.\npub struct {};\n\n",
            self.struct_name
        );
        out += &self.attribute();
        out += &format!("impl Migration for {} {{\n", self.struct_name);
        out += &self.up.render("up");
        if let Some(down) = &self.down {
            out += "\n";
            out += &down.render("down");
        }
        out + "}\n"
    }

    fn attribute(&self) -> String {
        let mut arguments = vec![literal::string(self.id.as_str())];
        arguments.extend_from_slice(self.options);
        let line = arguments.join(", ");
        let width = if self.options.is_empty() {
            LINE - "#[migration()]".len()
        } else {
            ATTRIBUTE
        };
        if line.chars().count() <= width {
            return format!("#[migration({line})]\n");
        }
        format!("#[migration(\n    {}\n)]\n", arguments.join(",\n    "))
    }
}

impl Body {
    fn render(&self, method: &str) -> String {
        let steps = if self.step.is_some() {
            "steps"
        } else {
            "_steps"
        };
        let mut out = format!("    fn {method}(&self, {steps}: &mut Steps) {{");
        if self.comment.is_empty() && self.step.is_none() {
            return out + "}\n";
        }
        out += "\n";
        out += &literal::comment(&self.comment, "        ");
        if let Some(step) = &self.step {
            out += &step.render();
        }
        out + "    }\n"
    }
}

impl Step {
    fn render(&self) -> String {
        let (function, literal, comma) = match self {
            Self::Checked(literal) => ("sql!", literal, ""),
            Self::Unchecked(literal) => ("Sql::unchecked", literal, ","),
            Self::Each(texts) => {
                let line = |(dialect, literal): &(Dialect, String)| {
                    format!("            {dialect}: {literal},\n")
                };
                let lines: String = texts.iter().map(line).collect();
                return format!("        steps.sql(sql!(\n{lines}        ));\n");
            }
        };
        let call = format!("{function}({literal})");
        if call.chars().count() <= CALL && !call.contains('\n') {
            return format!("        steps.sql({call});\n");
        }
        format!("        steps.sql({function}(\n            {literal}{comma}\n        ));\n")
    }
}

/// The type for a migration's name.
pub(super) fn struct_name(id: &MigrationId) -> String {
    name::type_name(id.name())
}

/// Whether rustc's lint `non_snake_case` speaks against a module `m<id>`.
fn is_no_snake_case(id: &str) -> bool {
    id.trim_end_matches('_').contains("__") || id.contains(|c: char| c.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn render(id: &str, options: &[&str], up: Body, down: Option<Body>) -> String {
        let id = id.parse().unwrap();
        let options: Vec<String> = options.iter().map(|o| (*o).to_owned()).collect();
        let file = MigrationFile {
            id: &id,
            struct_name: &struct_name(&id),
            doc: "Doc.",
            options: &options,
            up,
            down,
        };
        let text = file.render();
        syn::parse_file(&text).unwrap();
        text
    }

    fn step(sql: &str) -> Body {
        Body {
            step: Some(Step::Checked(literal::sql(sql))),
            ..Body::default()
        }
    }

    #[test]
    fn a_short_migration() {
        assert_eq!(
            render("1_a", &[], step("DROP TABLE a"), Some(Body::default())),
            r##"//! Doc.

use migrate_core::prelude::*;

/// The migration `1_a`.
pub struct A;

#[migration("1_a")]
impl Migration for A {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(r#"DROP TABLE a"#));
    }

    fn down(&self, _steps: &mut Steps) {}
}
"##
        );
    }

    #[test]
    fn a_long_one() {
        let body = Body {
            comment: "Two\nlines".to_owned(),
            step: Some(Step::Unchecked(literal::sql("SELECT 1;\n  SELECT 2;"))),
        };
        let text = render(
            "0001_V1__a",
            &[
                "irreversible = \"imported without a down script\"",
                "transaction = false",
            ],
            body,
            None,
        );
        assert_eq!(
            text,
            r##"//! Doc.
// The module is named after the SQL file.
#![allow(non_snake_case)]

use migrate_core::prelude::*;

/// The migration `0001_V1__a`.
pub struct V1A;

#[migration(
    "0001_V1__a",
    irreversible = "imported without a down script",
    transaction = false
)]
impl Migration for V1A {
    fn up(&self, steps: &mut Steps) {
        // Two
        // lines
        steps.sql(Sql::unchecked(
            r#"SELECT 1;
  SELECT 2;"#,
        ));
    }
}
"##
        );
    }

    #[test]
    fn lines_break_where_rustfmt_breaks_them() {
        let sql = |length: usize| "a".repeat(length - "sql!(r#\"\"#)".len());
        let text = render("1_a", &[], step(&sql(60)), Some(step(&sql(61))));
        assert!(text.contains("steps.sql(sql!(r#\"a"), "{text}");
        assert!(
            text.contains("steps.sql(sql!(\n            r#\"a"),
            "{text}"
        );
    }
}
