//! A migration whose SQL is known: what `pull` writes.

use jiff::{Timestamp, tz::TimeZone};
use migrate_schema::{Dialect, MigrationId};

use super::{
    Created, Package, ProjectError,
    folder::Folder,
    literal, name, number,
    render::{self, Body, MigrationFile, Step},
    write::Changes,
};

/// The statements of one way, without a `;` at their ends: for each dialect, where the package has several.
pub(crate) type Statements = Vec<(Dialect, Vec<String>)>;

/// What a migration is to do.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    /// What it is for, a line each: comments in `up`.
    pub(crate) notes: Vec<String>,
    /// What `up` does.
    pub(crate) up: Statements,
    /// What `down` does, or the reason why there is no way back.
    pub(crate) down: Result<Statements, String>,
    /// Some of it cannot run inside a transaction.
    pub(crate) alone: bool,
}

/// Every migration that the sources of the package speak of.
pub(crate) fn known(package: &Package) -> Result<Vec<MigrationId>, ProjectError> {
    let known = Folder::of(package).known()?;
    Ok(known.into_iter().map(|known| known.id).collect())
}

/// Writes a migration that does this: its file, and the line that makes it a module; all of it or nothing.
pub(crate) fn write_sql(
    package: &Package,
    name: &str,
    script: &Script,
) -> Result<Created, ProjectError> {
    let name = name::identifier(name)?;
    let folder = Folder::of(package);
    let known = known(package)?;
    let now = Timestamp::now().to_zoned(TimeZone::UTC).datetime();
    let id = number::next(&known, &name, now)?;
    let struct_name = render::struct_name(&id);
    let mut changes = Changes::default();
    let file = folder.file(&id);
    changes.create(file.clone(), text(&id, &struct_name, script));
    let module = folder.add_modules(std::slice::from_ref(&id), &mut changes)?;
    changes.apply()?;
    Ok(Created {
        behind: known.into_iter().max().filter(|last| *last > id),
        id,
        struct_name,
        file,
        module,
    })
}

fn text(id: &MigrationId, struct_name: &str, script: &Script) -> String {
    let mut options = Vec::new();
    if let Err(reason) = &script.down {
        options.push(format!("irreversible = {}", literal::string(reason)));
    }
    if script.alone {
        options.push("transaction = false".to_owned());
    }
    MigrationFile {
        id,
        struct_name,
        doc: &name::sentence(id.name()),
        options: &options,
        up: body(&script.notes.join("\n"), &script.up),
        down: script.down.as_ref().ok().map(|down| body("", down)),
    }
    .render()
}

fn body(comment: &str, statements: &Statements) -> Body {
    let step = match statements.as_slice() {
        [] => None,
        [(_, one)] => (!one.is_empty()).then(|| Step::Checked(literal::sql(&sql(one)))),
        several => Some(Step::Each(
            several
                .iter()
                .map(|(dialect, one)| (*dialect, literal::sql(&sql(one))))
                .collect(),
        )),
    };
    Body {
        comment: comment.to_owned(),
        step,
    }
}

/// One statement as it is, several each with its `;`.
fn sql(statements: &[String]) -> String {
    match statements {
        [] => String::new(),
        [one] if !one.contains('\n') => one.clone(),
        all => {
            let ended = all.iter().map(|one| match one.trim_end().ends_with(';') {
                true => format!("\n{}\n", one.trim_end()),
                false => format!("\n{one};\n"),
            });
            ended.collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn render(script: &Script) -> String {
        let id: MigrationId = "20260215_add_age".parse().unwrap();
        let text = text(&id, "AddAge", script);
        syn::parse_file(&text).unwrap();
        text
    }

    #[test]
    fn one_dialect() {
        let script = Script {
            notes: vec!["column users.age: added".to_owned()],
            up: vec![(
                Dialect::Sqlite,
                vec![
                    "ALTER TABLE users ADD COLUMN age INTEGER".to_owned(),
                    "CREATE INDEX \"i\" ON users (age)".to_owned(),
                ],
            )],
            down: Ok(vec![(
                Dialect::Sqlite,
                vec!["ALTER TABLE users DROP COLUMN age".to_owned()],
            )]),
            alone: false,
        };
        assert_eq!(
            render(&script),
            r###"//! Add age.

use migrate_core::prelude::*;

/// The migration `20260215_add_age`.
pub struct AddAge;

#[migration("20260215_add_age")]
impl Migration for AddAge {
    fn up(&self, steps: &mut Steps) {
        // column users.age: added
        steps.sql(sql!(
            r#"
ALTER TABLE users ADD COLUMN age INTEGER;

CREATE INDEX "i" ON users (age);
"#
        ));
    }

    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!(r#"ALTER TABLE users DROP COLUMN age"#));
    }
}
"###
        );
    }

    #[test]
    fn a_text_for_each_dialect_and_no_way_back() {
        let script = Script {
            notes: Vec::new(),
            up: vec![
                (Dialect::Sqlite, vec!["DROP TABLE a".to_owned()]),
                (Dialect::Postgres, Vec::new()),
            ],
            down: Err("the rows are gone".to_owned()),
            alone: true,
        };
        let text = render(&script);
        assert!(
            text.contains(
                r###"        steps.sql(sql!(
            sqlite: r#"DROP TABLE a"#,
            postgres: r#""#,
        ));
"###
            ),
            "{text}"
        );
        assert!(
            text.contains("irreversible = \"the rows are gone\""),
            "{text}"
        );
        assert!(text.contains("transaction = false"), "{text}");
    }
}
