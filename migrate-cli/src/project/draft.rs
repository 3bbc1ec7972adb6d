//! The first draft of a migration, made from what its name says.

use migrate_schema::{Dialect, grammar};

use super::{
    intent::{Intent, intent},
    literal,
    render::{Body, Step},
};

/// The bodies of a new migration, and why it cannot go back where the draft says so.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) up: Body,
    pub(super) down: Option<Body>,
    pub(super) irreversible: Option<String>,
}

/// The draft for a name in snake case. It always compiles: what the grammar would refuse is left out.
pub(super) fn draft(name: &str, dialect: Dialect) -> Draft {
    let drafted = match intent(name) {
        Intent::CreateTable { table } => create_table(&table, dialect),
        Intent::DropTable { table } => drop_table(&table, dialect),
        Intent::AddColumn { table, column } => add_column(&table, &column, dialect),
        Intent::DropColumn { table, column } => drop_column(&table, &column, dialect),
        Intent::Unknown => None,
    };
    drafted.unwrap_or_else(blank)
}

const DRAFTED: &str = "A first draft, made from the name: change it.";

fn create_table(table: &str, dialect: Dialect) -> Option<Draft> {
    let key = match dialect {
        Dialect::Postgres => "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
        Dialect::Mysql => "BIGINT AUTO_INCREMENT PRIMARY KEY",
        _ => "INTEGER PRIMARY KEY",
    };
    Some(Draft {
        up: step(DRAFTED, dialect, table, |table| {
            format!("CREATE TABLE {table} (\n                id {key}\n            )")
        })?,
        down: Some(step("", dialect, table, |table| {
            format!("DROP TABLE {table}")
        })?),
        irreversible: None,
    })
}

fn drop_table(table: &str, dialect: Dialect) -> Option<Draft> {
    let comment = format!(
        "{DRAFTED}\nTo make the table again on the way down, write `fn down` and take out `irreversible`."
    );
    Some(Draft {
        up: step(&comment, dialect, table, |table| {
            format!("DROP TABLE {table}")
        })?,
        down: None,
        irreversible: Some(format!("the rows of {table} are gone")),
    })
}

fn add_column(table: &str, column: &str, dialect: Dialect) -> Option<Draft> {
    Some(Draft {
        up: alter(DRAFTED, dialect, table, column, "ADD COLUMN", " TEXT")?,
        down: Some(alter("", dialect, table, column, "DROP COLUMN", "")?),
        irreversible: None,
    })
}

fn drop_column(table: &str, column: &str, dialect: Dialect) -> Option<Draft> {
    let comment = "The column comes back empty: give it the type that it had.";
    Some(Draft {
        up: alter(DRAFTED, dialect, table, column, "DROP COLUMN", "")?,
        down: Some(alter(
            comment,
            dialect,
            table,
            column,
            "ADD COLUMN",
            " TEXT",
        )?),
        irreversible: None,
    })
}

fn alter(
    comment: &str,
    dialect: Dialect,
    table: &str,
    column: &str,
    action: &str,
    kind: &str,
) -> Option<Body> {
    let column_of = |column: &str| {
        step(comment, dialect, table, |table| {
            format!("ALTER TABLE {table} {action} {column}{kind}")
        })
    };
    column_of(column).or_else(|| column_of(&quoted(column, dialect)))
}

/// A body with one statement about an object, whose name is quoted where the grammar asks for it.
fn step(
    comment: &str,
    dialect: Dialect,
    object: &str,
    sql: impl Fn(&str) -> String,
) -> Option<Body> {
    let sql = [sql(object), sql(&quoted(object, dialect))]
        .into_iter()
        .find(|sql| grammar::parse(sql, &dialect.into()).findings.is_empty())?;
    let literal = match sql.contains('"') {
        true => literal::sql(&sql),
        false => format!("\"{sql}\""),
    };
    Some(Body {
        comment: comment.to_owned(),
        step: Some(Step::Checked(literal)),
    })
}

fn quoted(name: &str, dialect: Dialect) -> String {
    match dialect {
        Dialect::Mysql => format!("`{name}`"),
        _ => format!("\"{name}\""),
    }
}

fn blank() -> Draft {
    let body = |what: &str| Body {
        comment: format!(
            "{what} Take the `_` off `_steps`, and write for example:\nsteps.sql(sql!(\"…\"));"
        ),
        step: None,
    };
    Draft {
        up: body("What the migration does."),
        down: Some(body("What takes it back.")),
        irreversible: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literals(name: &str, dialect: Dialect) -> Vec<String> {
        let draft = draft(name, dialect);
        let bodies = [Some(draft.up), draft.down];
        let steps = bodies.into_iter().flatten().filter_map(|body| body.step);
        steps
            .map(|step| match step {
                Step::Each(_) => panic!("a draft is for one dialect"),
                Step::Checked(literal) | Step::Unchecked(literal) => {
                    let text = syn::parse_str::<syn::LitStr>(&literal).unwrap().value();
                    text.split_whitespace().collect::<Vec<_>>().join(" ")
                }
            })
            .collect()
    }

    #[test]
    fn names_that_speak_give_a_draft() {
        for (name, up, down) in [
            (
                "create_users",
                "CREATE TABLE users ( id INTEGER PRIMARY KEY )",
                "DROP TABLE users",
            ),
            (
                "create_user_roles_table",
                "CREATE TABLE user_roles ( id INTEGER PRIMARY KEY )",
                "DROP TABLE user_roles",
            ),
            (
                "add_age_to_users",
                "ALTER TABLE users ADD COLUMN age TEXT",
                "ALTER TABLE users DROP COLUMN age",
            ),
            (
                "add_column_age_to_users_table",
                "ALTER TABLE users ADD COLUMN age TEXT",
                "ALTER TABLE users DROP COLUMN age",
            ),
            (
                "add_reply_to_to_posts",
                "ALTER TABLE posts ADD COLUMN reply_to TEXT",
                "ALTER TABLE posts DROP COLUMN reply_to",
            ),
            (
                "remove_age_from_users",
                "ALTER TABLE users DROP COLUMN age",
                "ALTER TABLE users ADD COLUMN age TEXT",
            ),
        ] {
            assert_eq!(literals(name, Dialect::Sqlite), [up, down], "{name}");
        }
        assert_eq!(
            literals("drop_users", Dialect::Sqlite),
            ["DROP TABLE users"]
        );
        assert_eq!(
            draft("drop_users", Dialect::Sqlite).irreversible.as_deref(),
            Some("the rows of users are gone")
        );
    }

    #[test]
    fn keywords_are_quoted() {
        assert_eq!(
            literals("create_order", Dialect::Sqlite),
            [
                "CREATE TABLE \"order\" ( id INTEGER PRIMARY KEY )",
                "DROP TABLE \"order\""
            ]
        );
        assert_eq!(
            literals("add_group_to_order", Dialect::Sqlite),
            [
                "ALTER TABLE \"order\" ADD COLUMN \"group\" TEXT",
                "ALTER TABLE \"order\" DROP COLUMN \"group\""
            ]
        );
    }

    #[test]
    fn every_draft_passes_the_check_in_every_dialect() {
        let subjects = [
            "users", "order", "select", "group", "2fa", "table", "to", "index_x", "from", "values",
        ];
        for subject in subjects {
            for name in [
                format!("create_{subject}"),
                format!("drop_{subject}"),
                format!("add_{subject}_to_{subject}"),
                format!("drop_{subject}_from_{subject}"),
            ] {
                for dialect in Dialect::ALL {
                    for sql in literals(&name, dialect) {
                        let findings = grammar::parse(&sql, &dialect.into()).findings;
                        assert_eq!(findings, [], "{name} {dialect}");
                    }
                }
            }
        }
    }
}
