//! What the schema has of that which a statement is about: by it can be seen afterwards whether the statement ran.

use mysql_async::Row;
use sha2::{Digest, Sha256};

use super::{
    error,
    link::{Line, list, literal, quote, text},
    server::hex,
    statement::{Sight, Target, Words},
};
use crate::engine::driver::{DriverError, Look, Settled};

/// What became of a statement.
pub(super) enum Found {
    Settled(Settled),
    /// A part of it is done; this does the rest.
    Partly(String),
}

pub(super) async fn look(connection: &mut Line, sql: &str) -> Result<Look, DriverError> {
    let words = Words::new(sql);
    match words.sight() {
        Sight::Repeatable => Ok(Look::Repeatable),
        Sight::Opaque => Ok(Look::Opaque),
        Sight::Database => {
            let there = database_is_there(connection, &words).await?;
            Ok(Look::Trace(if there { "there" } else { "gone" }.to_owned()))
        }
        Sight::Schema | Sight::DropsSeveral => {
            fingerprint(connection, &words).await.map(Look::Trace)
        }
    }
}

pub(super) async fn settle(
    connection: &mut Line,
    sql: &str,
    before: &str,
) -> Result<Found, DriverError> {
    let words = Words::new(sql);
    let settled = match words.sight() {
        Sight::Repeatable => Settled::NotDone,
        Sight::Opaque => Settled::Unknown,
        // One that is half emptied is dropped once more.
        Sight::Database if database_is_there(connection, &words).await? => Settled::NotDone,
        Sight::Database => Settled::Done,
        Sight::Schema => {
            if fingerprint(connection, &words).await? == before {
                Settled::NotDone
            } else {
                Settled::Done
            }
        }
        Sight::DropsSeveral => {
            if fingerprint(connection, &words).await? == before {
                Settled::NotDone
            } else {
                return rest_of_a_drop(connection, &words).await;
            }
        }
    };
    Ok(Found::Settled(settled))
}

/// Some of the tables are gone, so the statement had begun: those that are left go too.
async fn rest_of_a_drop(connection: &mut Line, words: &Words<'_>) -> Result<Found, DriverError> {
    let (kind, targets) = words.dropped();
    let mut left = Vec::new();
    for target in targets {
        if is_there(connection, &target).await? {
            let name = quote(&target.name);
            left.push(match &target.database {
                Some(database) => format!("{}.{name}", quote(database)),
                None => name,
            });
        }
    }
    Ok(if left.is_empty() {
        Found::Settled(Settled::Done)
    } else {
        Found::Partly(format!("DROP {kind} IF EXISTS {}", left.join(", ")))
    })
}

async fn is_there(connection: &mut Line, target: &Target) -> Result<bool, DriverError> {
    let database = match &target.database {
        Some(database) => literal(database),
        None => "DATABASE()".to_owned(),
    };
    let sql = format!(
        "SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = {database} AND TABLE_NAME = {}",
        literal(&target.name)
    );
    let rows = connection.rows(&sql).await.map_err(error::error)?;
    Ok(!rows.is_empty())
}

async fn database_is_there(connection: &mut Line, words: &Words<'_>) -> Result<bool, DriverError> {
    let sql = format!(
        "SELECT 1 FROM information_schema.SCHEMATA WHERE SCHEMA_NAME IN {}",
        list(&words.names())
    );
    let rows = connection.rows(&sql).await.map_err(error::error)?;
    Ok(!rows.is_empty())
}

/// A short name of all definitions of what the statement names, in this database and in those that it names.
async fn fingerprint(connection: &mut Line, words: &Words<'_>) -> Result<String, DriverError> {
    let names = words.names();
    let found = connection.rows(&objects(&names)).await;
    let found = found.map_err(error::error)?;
    let mut lines: Vec<String> = Vec::new();
    for row in &found {
        let [kind, database, name, definition] =
            [0, 1, 2, 3].map(|at| text(row, at).unwrap_or_default());
        let definition = match &*kind {
            "TABLE" | "VIEW" | "SEQUENCE" => shown(connection, &kind, &database, &name).await?,
            _ => definition,
        };
        lines.push(format!("{kind} {database}.{name} {definition}"));
    }
    // The server gives them in any order.
    lines.sort();
    let mut digest = Sha256::new();
    for line in lines {
        digest.update(line);
        digest.update([0]);
    }
    Ok(hex(&digest.finalize()[..16]))
}

/// Kind, database, name and, where it is not shown by a statement of its own, definition of everything of these names.
fn objects(names: &[String]) -> String {
    let list = list(names);
    let here = |column: &str| format!("({column} = DATABASE() OR {column} IN {list})");
    let definition = |columns: &str| format!("CONCAT_WS(CHAR(1), {columns})");
    let parts = [
        format!(
            "SELECT CASE TABLE_TYPE WHEN 'VIEW' THEN 'VIEW' WHEN 'SEQUENCE' THEN 'SEQUENCE' ELSE 'TABLE' END, \
             TABLE_SCHEMA, TABLE_NAME, '' FROM information_schema.TABLES WHERE {} AND TABLE_NAME IN {list}",
            here("TABLE_SCHEMA")
        ),
        format!(
            "SELECT 'TRIGGER', TRIGGER_SCHEMA, TRIGGER_NAME, {} FROM information_schema.TRIGGERS \
             WHERE {} AND (TRIGGER_NAME IN {list} OR EVENT_OBJECT_TABLE IN {list})",
            definition(
                "EVENT_OBJECT_TABLE, EVENT_MANIPULATION, ACTION_TIMING, ACTION_ORDER, ACTION_STATEMENT, DEFINER, SQL_MODE"
            ),
            here("TRIGGER_SCHEMA")
        ),
        format!(
            "SELECT ROUTINE_TYPE, ROUTINE_SCHEMA, ROUTINE_NAME, {} FROM information_schema.ROUTINES \
             WHERE {} AND ROUTINE_NAME IN {list}",
            definition(
                "DTD_IDENTIFIER, ROUTINE_DEFINITION, IS_DETERMINISTIC, SQL_DATA_ACCESS, SECURITY_TYPE, \
                 ROUTINE_COMMENT, DEFINER, SQL_MODE, (SELECT GROUP_CONCAT(CONCAT_WS(CHAR(2), ORDINAL_POSITION, \
                 PARAMETER_MODE, PARAMETER_NAME, p.DTD_IDENTIFIER) ORDER BY ORDINAL_POSITION) \
                 FROM information_schema.PARAMETERS p WHERE p.SPECIFIC_SCHEMA = ROUTINE_SCHEMA \
                 AND p.SPECIFIC_NAME = ROUTINES.SPECIFIC_NAME AND p.ROUTINE_TYPE = ROUTINES.ROUTINE_TYPE)"
            ),
            here("ROUTINE_SCHEMA")
        ),
        format!(
            "SELECT 'EVENT', EVENT_SCHEMA, EVENT_NAME, {} FROM information_schema.EVENTS WHERE {} AND EVENT_NAME IN {list}",
            definition(
                "EVENT_DEFINITION, EVENT_TYPE, EXECUTE_AT, INTERVAL_VALUE, INTERVAL_FIELD, STARTS, ENDS, STATUS, \
                 ON_COMPLETION, EVENT_COMMENT, DEFINER, SQL_MODE"
            ),
            here("EVENT_SCHEMA")
        ),
        format!(
            "SELECT 'DATABASE', SCHEMA_NAME, '', {} FROM information_schema.SCHEMATA WHERE SCHEMA_NAME IN {list} \
             OR SCHEMA_NAME = DATABASE()",
            definition("DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME")
        ),
    ];
    parts.join(" UNION ALL ")
}

/// The statement that would make it, without what changes by itself.
async fn shown(
    connection: &mut Line,
    kind: &str,
    database: &str,
    name: &str,
) -> Result<String, DriverError> {
    let sql = format!("SHOW CREATE {kind} {}.{}", quote(database), quote(name));
    let answer = connection.ask(&sql).await;
    match answer.error {
        None => {
            let row = answer.sets.first().and_then(|set| set.rows.first());
            let definition = row.and_then(|row: &Row| text(row, 1)).unwrap_or_default();
            Ok(without_counter(&definition))
        }
        // A view of what is not there any more, or one that the user may not see.
        Some(failed) => match error::code(&failed) {
            Some(code) => Ok(format!("error {code}")),
            None => Err(error::error(failed)),
        },
    }
}

/// `SHOW CREATE TABLE` without the next number, which every insert moves.
fn without_counter(definition: &str) -> String {
    let Some(options) = definition.rfind("\n) ") else {
        return definition.to_owned();
    };
    let (columns, options) = definition.split_at(options);
    let word = " AUTO_INCREMENT=";
    // A comment may say the same.
    let comment = options.find(" COMMENT='").unwrap_or(options.len());
    match options.find(word).filter(|at| *at < comment) {
        Some(at) => {
            let (before, counter) = options.split_at(at);
            let rest = counter[word.len()..].trim_start_matches(|c: char| c.is_ascii_digit());
            format!("{columns}{before}{rest}")
        }
        None => definition.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_number_does_not_count() {
        let with = "CREATE TABLE `t` (\n  `a` int\n) ENGINE=InnoDB AUTO_INCREMENT=17 DEFAULT CHARSET=utf8mb4";
        let without = "CREATE TABLE `t` (\n  `a` int\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4";
        assert_eq!(without_counter(with), without);
        assert_eq!(without_counter(without), without);
        let comment = "CREATE TABLE `t` (\n  `a` int\n) ENGINE=InnoDB COMMENT='x AUTO_INCREMENT=1'";
        assert_eq!(without_counter(comment), comment);
    }
}
