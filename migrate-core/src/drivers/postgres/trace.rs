//! Whether a statement that stands alone has run, of which nobody has heard: what was there before it tells.

use std::time::Duration;

use migrate_schema::{Dialect, statement::names};
use sha2::{Digest, Sha256};

use crate::engine::driver::{DriverError, DriverErrorKind, Look, Settled};

use super::{
    error::{At, error},
    facts::Server,
    session::Postgres,
    table::{Answers, ask, text},
};

/// How often it is looked whether a statement still runs.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// What a statement leaves, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    /// Nothing that twice would do harm.
    Repeatable,
    /// Indexes, made in several transactions: half way there is an invalid one.
    IndexMade,
    /// An index is gone; half way it is there, and invalid.
    IndexDropped,
    /// Other indexes in place of these: half way there are invalid ones beside them.
    IndexRemade,
    /// A partition is a table of its own; half way it is about to be.
    Detached,
    /// Something that the catalogs show.
    Shown,
}

fn effect(words: &[String], server: Server) -> Effect {
    let word = |at: usize| words.get(at).map(|word| word.to_ascii_lowercase());
    let (first, second) = (word(0).unwrap_or_default(), word(1).unwrap_or_default());
    let concurrently = words
        .iter()
        .any(|word| word.eq_ignore_ascii_case("concurrently"));
    match (&*first, &*second) {
        ("create", _) if concurrently && server == Server::Postgres => Effect::IndexMade,
        ("drop", _) if concurrently && server == Server::Postgres => Effect::IndexDropped,
        ("alter", "table") if concurrently => Effect::Detached,
        ("reindex", _) if concurrently => Effect::IndexRemade,
        ("alter", "system") | ("alter", "subscription") => Effect::Repeatable,
        ("create" | "drop" | "alter" | "truncate" | "import" | "restore", _) => Effect::Shown,
        _ => Effect::Repeatable,
    }
}

/// The names of a statement, as the server keeps them.
fn list(words: &[String]) -> String {
    let mut names: Vec<String> = Vec::new();
    for word in words {
        for name in [word.clone(), word.to_lowercase()] {
            let name = text(&name);
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names.join(", ")
}

/// The indexes of the tables and indexes that have one of these names.
fn indexes(list: &str) -> String {
    format!(
        "SELECT i.indexrelid AS oid, i.indisvalid AS valid, n.nspname AS schema, c.relname AS name \
         FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid \
         JOIN pg_catalog.pg_class t ON t.oid = i.indrelid \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         WHERE (c.relname IN ({list}) OR t.relname IN ({list}) OR n.nspname IN ({list})) \
         AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"
    )
}

/// Everything of these names that the catalogs show, one line each.
fn shown(list: &str, server: Server) -> String {
    // What only PostgreSQL itself has, and where only it has statements that stand alone on it.
    let more = match server {
        Server::Cockroach => String::new(),
        _ => format!(
            " UNION ALL SELECT 'tablespace ' || spcname || ' ' || oid FROM pg_catalog.pg_tablespace WHERE spcname IN ({list}) \
             UNION ALL SELECT 'space of ' || datname || ' ' || dattablespace FROM pg_catalog.pg_database WHERE datname IN ({list}) \
             UNION ALL SELECT 'subscription ' || subname || ' ' || oid FROM pg_catalog.pg_subscription WHERE subname IN ({list}) \
             UNION ALL SELECT 'trigger ' || tgname || ' ' || pg_get_triggerdef(oid) FROM pg_catalog.pg_trigger WHERE tgname IN ({list}) \
             UNION ALL SELECT 'policy ' || polname || ' ' || polrelid FROM pg_catalog.pg_policy WHERE polname IN ({list}) \
             UNION ALL SELECT 'extension ' || extname || ' ' || extversion FROM pg_catalog.pg_extension WHERE extname IN ({list})"
        ),
    };
    format!(
        "WITH named AS (SELECT c.oid, c.relname, c.relkind, n.nspname FROM pg_catalog.pg_class c \
         JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         WHERE c.relname IN ({list}) AND n.nspname NOT IN ('pg_catalog', 'information_schema')) \
         SELECT line FROM (\
         SELECT 'relation ' || nspname || ' ' || relname || ' ' || relkind::text || ' ' || oid::text AS line FROM named \
         UNION ALL SELECT 'column ' || a.attrelid::text || ' ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) \
           || ' ' || a.attnotnull::text || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '') \
           FROM pg_catalog.pg_attribute a JOIN named ON named.oid = a.attrelid \
           LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum \
           WHERE a.attnum > 0 AND NOT a.attisdropped \
         UNION ALL SELECT 'constraint ' || k.conname || ' ' || pg_get_constraintdef(k.oid) || ' ' || k.convalidated::text \
           FROM pg_catalog.pg_constraint k JOIN named ON named.oid = k.conrelid \
         UNION ALL SELECT 'index ' || pg_get_indexdef(i.indexrelid) FROM pg_catalog.pg_index i \
           JOIN named ON named.oid = i.indrelid \
         UNION ALL SELECT 'view ' || named.oid::text || ' ' || pg_get_viewdef(named.oid) FROM named WHERE relkind IN ('v', 'm') \
         UNION ALL SELECT 'type ' || t.typname || ' ' || t.typnamespace::text || ' ' || t.oid::text FROM pg_catalog.pg_type t WHERE t.typname IN ({list}) \
         UNION ALL SELECT 'label ' || e.enumlabel || ' ' || e.enumsortorder::text FROM pg_catalog.pg_enum e \
           JOIN pg_catalog.pg_type t ON t.oid = e.enumtypid WHERE t.typname IN ({list}) \
         UNION ALL SELECT 'schema ' || nspname || ' ' || oid::text FROM pg_catalog.pg_namespace WHERE nspname IN ({list}) \
         UNION ALL SELECT 'function ' || proname || ' ' || oid::text || ' ' || coalesce(prosrc, '') FROM pg_catalog.pg_proc p WHERE proname IN ({list}) \
           AND pronamespace <> (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = 'pg_catalog') \
         UNION ALL SELECT 'database ' || datname || ' ' || oid::text FROM pg_catalog.pg_database WHERE datname IN ({list}) \
         UNION ALL SELECT 'role ' || rolname FROM pg_catalog.pg_roles WHERE rolname IN ({list})\
         {more}) AS lines ORDER BY line"
    )
}

/// A short sign of some lines.
fn sign(lines: &[&str]) -> String {
    let mut hash = Sha256::new();
    for line in lines {
        hash.update(line.as_bytes());
        hash.update([0]);
    }
    let hash = hash.finalize();
    hash.iter()
        .take(12)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// How it can be seen later whether a statement has run.
pub(super) async fn look(driver: &mut Postgres, sql: &str) -> Result<Look, DriverError> {
    let words = names(sql, Dialect::Postgres);
    let list = list(&words);
    let effect = effect(&words, driver.state.server());
    let trace = match effect {
        Effect::Repeatable => return Ok(Look::Repeatable),
        Effect::IndexRemade | Effect::IndexMade | Effect::IndexDropped => {
            let found = lines(
                driver,
                &format!("SELECT oid FROM ({}) AS i ORDER BY oid", indexes(&list)),
            )
            .await?;
            format!("indexes {}", found.join(" "))
        }
        Effect::Detached => "attached".to_owned(),
        Effect::Shown => {
            let found = lines(driver, &shown(&list, driver.state.server())).await?;
            let found: Vec<&str> = found.iter().map(String::as_str).collect();
            sign(&found)
        }
    };
    driver.state.looked = Some(trace.clone());
    Ok(Look::Trace(trace))
}

/// Whether it has run, once it does not run any more.
pub(super) async fn settle(
    driver: &mut Postgres,
    sql: &str,
    before: &str,
) -> Result<Settled, DriverError> {
    driver.ready().await?;
    still(driver, sql).await?;
    let words = names(sql, Dialect::Postgres);
    let list = list(&words);
    let settled = |done| {
        if done {
            Settled::Done
        } else {
            Settled::NotDone
        }
    };
    match effect(&words, driver.state.server()) {
        Effect::Repeatable => Ok(Settled::NotDone),
        Effect::IndexRemade => {
            drop_invalid(driver, &list, before).await?;
            Ok(Settled::NotDone)
        }
        Effect::IndexMade => {
            drop_invalid(driver, &list, before).await?;
            let sql = format!("SELECT oid FROM ({}) AS i WHERE valid", indexes(&list));
            let now = lines(driver, &sql).await?;
            Ok(settled(now.iter().any(|oid| !is_known(before, oid))))
        }
        Effect::IndexDropped => {
            let sql = format!(
                "SELECT oid FROM ({}) AS i WHERE name IN ({list})",
                indexes(&list)
            );
            let now = lines(driver, &sql).await?;
            Ok(settled(!now.iter().any(|oid| is_known(before, oid))))
        }
        Effect::Detached => detached(driver, &list).await,
        Effect::Shown => {
            let now = lines(driver, &shown(&list, driver.state.server())).await?;
            let now: Vec<&str> = now.iter().map(String::as_str).collect();
            Ok(settled(sign(&now) != before))
        }
    }
}

/// Whether an index was there before.
fn is_known(before: &str, oid: &str) -> bool {
    before.split(' ').skip(1).any(|known| known == oid)
}

/// A statement that has failed may have left an invalid index: it would be in the way of the next try, and an `IF NOT
/// EXISTS` would take it for the one that is wanted.
pub(super) async fn clean_up(driver: &mut Postgres, sql: &str, failed: &mut DriverError) {
    let Some(before) = driver.state.looked.take() else {
        return;
    };
    let words = names(sql, Dialect::Postgres);
    let leaves = matches!(
        effect(&words, driver.state.server()),
        Effect::IndexMade | Effect::IndexRemade
    );
    if !leaves || failed.kind == DriverErrorKind::Unknown {
        return;
    }
    match drop_invalid(driver, &list(&words), &before).await {
        // The next try begins as this one did.
        Ok(()) => driver.state.looked = Some(before),
        Err(more) => {
            failed.message +=
                &format!("; and the invalid index that it left could not be dropped ({more})");
        }
    }
}

/// Drops the invalid indexes that were not there before.
async fn drop_invalid(driver: &Postgres, list: &str, before: &str) -> Result<(), DriverError> {
    let sql = format!(
        "SELECT oid || ' ' || format('%I.%I', schema, name) FROM ({}) AS i WHERE NOT valid",
        indexes(list)
    );
    for line in lines(driver, &sql).await? {
        let (oid, name) = line.split_once(' ').unwrap_or_default();
        if !is_known(before, oid) {
            driver
                .link
                .client()
                .batch_execute(&format!("DROP INDEX CONCURRENTLY IF EXISTS {name}"))
                .await
                .map_err(|failed| error(failed, At::Undone))?;
        }
    }
    Ok(())
}

/// Ends a detachment that was begun.
async fn detached(driver: &Postgres, list: &str) -> Result<Settled, DriverError> {
    let sql = format!(
        "SELECT i.inhdetachpending || ' ' || format('ALTER TABLE %s DETACH PARTITION %s FINALIZE', \
         i.inhparent::regclass, i.inhrelid::regclass) \
         FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class p ON p.oid = i.inhparent \
         JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid \
         WHERE p.relname IN ({list}) AND c.relname IN ({list})"
    );
    let found = lines(driver, &sql).await?;
    for line in &found {
        if let Some(finalize) = line.strip_prefix("true ") {
            let work = driver.link.client().batch_execute(finalize);
            work.await.map_err(|failed| error(failed, At::Undone))?;
            return Ok(Settled::Done);
        }
    }
    Ok(match found.is_empty() {
        true => Settled::Done,
        false => Settled::NotDone,
    })
}

/// The first column.
async fn lines(driver: &Postgres, sql: &str) -> Result<Vec<String>, DriverError> {
    let answers = ask(driver.link.client(), sql)
        .await
        .and_then(Answers::whole)
        .map_err(|failed| error(failed, At::Undone))?;
    let rows = answers.rows.iter().flatten();
    Ok(rows
        .filter_map(|row| row.get(0).map(str::to_owned))
        .collect())
}

/// Waits until no session is at this statement any more: the server goes on with one whose client is gone.
async fn still(driver: &Postgres, sql: &str) -> Result<(), DriverError> {
    if driver.state.server() == Server::Cockroach {
        return Ok(());
    }
    // What is shown of a long one is its beginning.
    let question = format!(
        "SELECT pid FROM pg_catalog.pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database() \
         AND state = 'active' AND (query = {sql} OR (octet_length(query) >= 1000 AND left({sql}, length(query)) = query))",
        sql = text(sql)
    );
    let started = driver.state.started.elapsed();
    loop {
        let found = lines(driver, &question).await?;
        let Some(pid) = found.first() else {
            return Ok(());
        };
        if driver.state.started.elapsed().saturating_sub(started) >= driver.state.settings.lock_ttl
        {
            let message = format!(
                "the server is still at the statement, for a run that is gone (process {pid}): run again when it has \
                 ended, or end it by SELECT pg_terminate_backend({pid})"
            );
            return Err(DriverError::new(DriverErrorKind::Other, message));
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(sql: &str) -> Effect {
        effect(&names(sql, Dialect::Postgres), Server::Postgres)
    }

    #[test]
    fn effects() {
        assert_eq!(of("VACUUM t"), Effect::Repeatable);
        assert_eq!(of("alter system set work_mem = 1"), Effect::Repeatable);
        assert_eq!(
            of("CREATE UNIQUE INDEX CONCURRENTLY i ON t (a)"),
            Effect::IndexMade
        );
        assert_eq!(of("drop index concurrently i"), Effect::IndexDropped);
        assert_eq!(
            of("REINDEX (VERBOSE) TABLE CONCURRENTLY t"),
            Effect::IndexRemade
        );
        assert_eq!(
            of("ALTER TABLE t DETACH PARTITION p CONCURRENTLY"),
            Effect::Detached
        );
        assert_eq!(of("CREATE DATABASE d"), Effect::Shown);
        let cockroach = effect(
            &names("CREATE INDEX CONCURRENTLY i ON t (a)", Dialect::Postgres),
            Server::Cockroach,
        );
        assert_eq!(cockroach, Effect::Shown);
    }

    #[test]
    fn an_index_is_known_by_its_number() {
        assert!(is_known("indexes 12 13", "13"));
        assert!(!is_known("indexes 12 13", "1"));
        assert!(!is_known("indexes ", "1"));
    }
}
