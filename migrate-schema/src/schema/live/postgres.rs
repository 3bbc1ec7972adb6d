//! PostgreSQL tells of everything how it would make it; what it tells in parts is put together in the queries.
//!
//! Everything is asked in one round. An answer has rows of two values: the table that a statement is about, or nothing,
//! and the statement. Defaults, constraints and the like are statements of their own behind all tables, because a table
//! may have been given them when things were there that are younger than it.

use super::{Definitions, Inquiry, Next, Rows, Scope, Unreadable, answer, text};

/// Where names without a schema are looked for.
const HOME: &str = "SELECT coalesce(current_schema(), 'public')";

const NAMESPACES: &str = "SELECT NULL, format('CREATE SCHEMA %I', n.nspname) FROM pg_namespace n \
    WHERE {user} AND n.nspname NOT IN ('public', coalesce(current_schema(), 'public')) \
    AND {own:pg_namespace:n} ORDER BY n.oid";

const EXTENSIONS: &str = "SELECT NULL, format('CREATE EXTENSION IF NOT EXISTS %I', e.extname) \
    || CASE WHEN n.nspname = current_schema() THEN '' ELSE format(' WITH SCHEMA %I', n.nspname) END \
    FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace \
    WHERE e.extname <> 'plpgsql' ORDER BY e.oid";

/// Enums first: whatever else is made of types may be made of them.
const TYPES: &str = "SELECT NULL, CASE t.typtype \
    WHEN 'e' THEN format('CREATE TYPE %s AS ENUM (%s)', format_type(t.oid, NULL), \
        (SELECT coalesce(string_agg(quote_literal(l.enumlabel), ', ' ORDER BY l.enumsortorder), '') \
         FROM pg_enum l WHERE l.enumtypid = t.oid)) \
    WHEN 'c' THEN format('CREATE TYPE %s AS (%s)', format_type(t.oid, NULL), \
        (SELECT coalesce(string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' ORDER BY a.attnum), '') \
         FROM pg_attribute a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped)) \
    WHEN 'd' THEN format('CREATE DOMAIN %s AS %s', format_type(t.oid, NULL), format_type(t.typbasetype, t.typtypmod)) \
        || coalesce(' DEFAULT ' || t.typdefault, '') || CASE WHEN t.typnotnull THEN ' NOT NULL' ELSE '' END \
        || coalesce((SELECT string_agg(format(' CONSTRAINT %I %s', k.conname, pg_get_constraintdef(k.oid)), '' ORDER BY k.conname) \
            FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c'), '') \
    ELSE format('CREATE TYPE %s AS RANGE (subtype = %s)', format_type(t.oid, NULL), \
        (SELECT format_type(r.rngsubtype, NULL) FROM pg_range r WHERE r.rngtypid = t.oid)) END \
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid \
    WHERE {user} AND {own:pg_type:t} AND (t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'c' AND c.relkind = 'c')) \
    ORDER BY t.typtype <> 'e', t.oid";

/// The number says what has to be there first: 0 nothing, 1 tables, 2 views.
const ROUTINES: &str = "SELECT CASE \
    WHEN EXISTS (SELECT FROM {rows} AND rc.relkind IN ('v', 'm')) THEN '2' \
    WHEN EXISTS (SELECT FROM {rows} AND rc.relkind <> 'c') THEN '1' ELSE '0' END, \
    CASE WHEN p.prokind = 'a' THEN format('CREATE AGGREGATE %I.%I(%s) (SFUNC = %s, STYPE = %s%s)', \
        n.nspname, p.proname, pg_get_function_arguments(p.oid), g.aggtransfn::regproc, format_type(g.aggtranstype, NULL), \
        coalesce(', INITCOND = ' || quote_literal(g.agginitval), '')) \
    ELSE pg_get_functiondef(p.oid) END \
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace LEFT JOIN pg_aggregate g ON g.aggfnoid = p.oid \
    WHERE {user} AND {own:pg_proc:p} AND NOT EXISTS (SELECT FROM pg_depend i \
        WHERE i.classid = 'pg_proc'::regclass AND i.objid = p.oid AND i.deptype = 'i') \
    ORDER BY p.prokind = 'a', p.oid";

/// The row types that a routine takes or gives.
const ROW_TYPES: &str = "pg_type rt LEFT JOIN pg_type re ON re.oid = rt.typelem \
    JOIN pg_class rc ON rc.oid = CASE WHEN rt.typrelid <> 0 THEN rt.typrelid ELSE re.typrelid END \
    WHERE (rt.oid = p.prorettype OR rt.oid = ANY (coalesce(p.proallargtypes, p.proargtypes::oid[])))";

/// All but those of identity columns. Those that belong to a column are told to, later.
const SEQUENCES: &str = "SELECT NULL, format('CREATE SEQUENCE %s AS %s INCREMENT BY %s MINVALUE %s MAXVALUE %s START WITH %s CACHE %s', \
    c.oid::regclass, format_type(s.seqtypid, NULL), s.seqincrement, s.seqmin, s.seqmax, s.seqstart, s.seqcache) \
    || CASE WHEN s.seqcycle THEN ' CYCLE' ELSE '' END \
    FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
    LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass \
        AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i') \
    WHERE {user} AND {own:pg_class:c} AND d.deptype IS DISTINCT FROM 'i' ORDER BY c.oid";

const OWNERS: &str = "SELECT t.relname, format('ALTER SEQUENCE %s OWNED BY %s.%I', c.oid::regclass, t.oid::regclass, a.attname) \
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
    JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass \
        AND d.refobjsubid > 0 AND d.deptype = 'a' \
    JOIN pg_class t ON t.oid = d.refobjid JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid \
    WHERE {user} AND {own:pg_class:c} AND c.relkind = 'S' ORDER BY c.oid";

/// Parents before their children.
const TABLES: &str = "WITH RECURSIVE level(oid, depth) AS (\
        SELECT c.oid, 0 FROM pg_class c WHERE c.relkind IN ('r', 'p') \
        UNION ALL SELECT i.inhrelid, l.depth + 1 FROM pg_inherits i JOIN level l ON l.oid = i.inhparent) \
    SELECT c.relname, 'CREATE ' || CASE WHEN c.relpersistence = 'u' THEN 'UNLOGGED ' ELSE '' END || 'TABLE ' || c.oid::regclass \
    || CASE WHEN c.relispartition THEN format(' PARTITION OF %s %s', \
            (SELECT i.inhparent::regclass FROM pg_inherits i WHERE i.inhrelid = c.oid), pg_get_expr(c.relpartbound, c.oid)) \
        ELSE ' (' || coalesce((SELECT string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)) \
            || CASE WHEN a.attcollation <> 0 AND a.attcollation <> ty.typcollation THEN (SELECT ' COLLATE ' \
                || CASE WHEN cn.nspname = 'pg_catalog' THEN '' ELSE quote_ident(cn.nspname) || '.' END || quote_ident(co.collname) \
                FROM pg_collation co JOIN pg_namespace cn ON cn.oid = co.collnamespace WHERE co.oid = a.attcollation) ELSE '' END \
            || CASE a.attgenerated WHEN 's' THEN format(' GENERATED ALWAYS AS (%s) STORED', pg_get_expr(d.adbin, d.adrelid)) \
                WHEN 'v' THEN format(' GENERATED ALWAYS AS (%s) VIRTUAL', pg_get_expr(d.adbin, d.adrelid)) ELSE '' END \
            || CASE a.attidentity WHEN 'a' THEN ' GENERATED ALWAYS AS IDENTITY' \
                WHEN 'd' THEN ' GENERATED BY DEFAULT AS IDENTITY' ELSE '' END \
            || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END, ', ' ORDER BY a.attnum) \
            FROM pg_attribute a JOIN pg_type ty ON ty.oid = a.atttypid \
            LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum \
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attislocal), '') || ')' \
        || coalesce((SELECT format(' INHERITS (%s)', string_agg(i.inhparent::regclass::text, ', ' ORDER BY i.inhseqno)) \
            FROM pg_inherits i WHERE i.inhrelid = c.oid HAVING count(*) > 0), '') END \
    || CASE WHEN c.relkind = 'p' THEN ' PARTITION BY ' || pg_get_partkeydef(c.oid) ELSE '' END \
    || coalesce((SELECT format(' WITH (%s)', string_agg(o, ', ')) FROM unnest(c.reloptions) o HAVING count(*) > 0), '') \
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
    WHERE {user} AND {own:pg_class:c} AND c.relkind IN ('r', 'p') AND c.relpersistence <> 't' \
    ORDER BY (SELECT max(l.depth) FROM level l WHERE l.oid = c.oid), c.oid";

const DEFAULTS: &str = "SELECT c.relname, format('ALTER TABLE %s ALTER COLUMN %I SET DEFAULT %s', \
    c.oid::regclass, a.attname, pg_get_expr(d.adbin, d.adrelid)) \
    FROM pg_attrdef d JOIN pg_class c ON c.oid = d.adrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.adnum \
    WHERE {user} AND {own:pg_class:c} AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attgenerated = '' \
    ORDER BY c.oid, d.adnum";

const CONSTRAINTS: &str = "SELECT c.relname, format('ALTER TABLE %s ADD CONSTRAINT %I %s', \
    c.oid::regclass, k.conname, pg_get_constraintdef(k.oid)) \
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
    WHERE {user} AND {own:pg_class:c} AND c.relkind IN ('r', 'p') AND k.contype IN ('p', 'u', 'c', 'x') \
    AND k.conparentid = 0 AND NOT (c.relispartition AND k.coninhcount > 0) \
    ORDER BY c.oid, k.contype <> 'p', k.oid";

/// They refer to what a constraint or an index makes unique.
const FOREIGN_KEYS: &str = "SELECT c.relname, format('ALTER TABLE %s ADD CONSTRAINT %I %s', \
    c.oid::regclass, k.conname, pg_get_constraintdef(k.oid)) \
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
    WHERE {user} AND {own:pg_class:c} AND c.relkind IN ('r', 'p') AND k.contype = 'f' \
    AND k.conparentid = 0 AND NOT (c.relispartition AND k.coninhcount > 0) \
    ORDER BY c.oid, k.oid";

/// The views, and what each of them reads; their numbers tell them apart.
const VIEWS: &str = "SELECT c.relname, 'CREATE ' || CASE WHEN c.relkind = 'm' THEN 'MATERIALIZED ' ELSE '' END || 'VIEW ' \
    || c.oid::regclass || coalesce((SELECT format(' WITH (%s)', string_agg(o, ', ')) FROM unnest(c.reloptions) o HAVING count(*) > 0), '') \
    || ' AS ' || rtrim(pg_get_viewdef(c.oid), ';'), c.oid::text, \
    (SELECT string_agg(DISTINCT d.refobjid::text, ',') FROM pg_rewrite r JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass \
        AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> c.oid WHERE r.ev_class = c.oid) \
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
    WHERE {user} AND {own:pg_class:c} AND c.relkind IN ('v', 'm') AND c.relpersistence <> 't' ORDER BY c.oid";

/// Those that no constraint has made.
const INDEXES: &str = "SELECT t.relname, CASE WHEN c.relkind = 'I' THEN replace(pg_get_indexdef(c.oid), ' ON ONLY ', ' ON ') \
        ELSE pg_get_indexdef(c.oid) END \
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid \
    JOIN pg_namespace n ON n.oid = t.relnamespace \
    WHERE {user} AND {own:pg_class:t} AND t.relkind IN ('r', 'p', 'm') AND NOT c.relispartition \
    AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid AND k.conrelid = t.oid AND k.contype IN ('p', 'u', 'x')) \
    ORDER BY c.oid";

const TRIGGERS: &str = "SELECT c.relname, pg_get_triggerdef(g.oid) \
    FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
    WHERE {user} AND {own:pg_class:c} AND NOT g.tgisinternal AND NOT EXISTS (SELECT FROM pg_depend d \
        WHERE d.classid = 'pg_trigger'::regclass AND d.objid = g.oid AND d.refclassid = 'pg_trigger'::regclass) \
    ORDER BY g.oid";

const COMMENTS: &str = "SELECT c.relname, format('COMMENT ON %s IS %L', CASE WHEN d.objsubid > 0 \
        THEN format('COLUMN %s.%I', c.oid::regclass, a.attname) \
        ELSE CASE c.relkind WHEN 'v' THEN 'VIEW ' WHEN 'm' THEN 'MATERIALIZED VIEW ' WHEN 'i' THEN 'INDEX ' WHEN 'I' THEN 'INDEX ' \
            WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || c.oid::regclass END, d.description) \
    FROM pg_description d JOIN pg_class c ON d.classoid = 'pg_class'::regclass AND c.oid = d.objoid \
    JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.objsubid \
    WHERE {user} AND {own:pg_class:c} AND c.relkind IN ('r', 'p', 'v', 'm', 'i', 'I') \
    AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid AND c.relkind IN ('i', 'I')) ORDER BY c.oid, d.objsubid";

/// Tables of other servers, and types that C makes: known by their names alone.
const UNKNOWN: &str = "SELECT c.relname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
    WHERE {user} AND {own:pg_class:c} AND c.relkind = 'f' \
    UNION ALL SELECT NULL, t.typname FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace \
    WHERE {user} AND {own:pg_type:t} AND t.typtype = 'b' AND t.typcategory <> 'A'";

/// What is asked, in the order of what needs what.
const QUERIES: [&str; 16] = [
    HOME,
    NAMESPACES,
    EXTENSIONS,
    TYPES,
    ROUTINES,
    SEQUENCES,
    TABLES,
    OWNERS,
    DEFAULTS,
    CONSTRAINTS,
    VIEWS,
    INDEXES,
    FOREIGN_KEYS,
    TRIGGERS,
    COMMENTS,
    UNKNOWN,
];

/// A PostgreSQL database being read.
pub(super) struct Asked {
    scope: Scope,
}

impl Asked {
    pub(super) fn new(scope: &Scope) -> Self {
        Self {
            scope: scope.clone(),
        }
    }

    /// The statements of an answer.
    fn add(&self, rows: &Rows, statements: &mut Vec<String>) -> Result<(), Unreadable> {
        for row in rows {
            let table = row.first().and_then(Option::as_deref);
            if table.is_none_or(|table| self.scope.has(table)) {
                statements.push(text(row, 1)?.to_owned());
            }
        }
        Ok(())
    }

    fn definitions(&self, answers: &[Rows]) -> Result<Definitions, Unreadable> {
        let home = answer(answers, 0)?.first();
        let home = home.map(|row| text(row, 0)).transpose()?.map(str::to_owned);
        let mut definitions = Definitions {
            // What a function does may need what comes later.
            statements: vec!["SET check_function_bodies = false".to_owned()],
            home,
            ..Definitions::default()
        };
        let routines = answer(answers, 4)?;
        let of_stage = |stage: &str, statements: &mut Vec<String>| -> Result<(), Unreadable> {
            for row in routines {
                if text(row, 0)? == stage {
                    statements.push(text(row, 1)?.to_owned());
                }
            }
            Ok(())
        };
        let statements = &mut definitions.statements;
        for at in 1..4 {
            self.add(answer(answers, at)?, statements)?;
        }
        of_stage("0", statements)?;
        for at in 5..8 {
            self.add(answer(answers, at)?, statements)?;
        }
        of_stage("1", statements)?;
        for at in 8..10 {
            self.add(answer(answers, at)?, statements)?;
        }
        self.add(&in_order(answer(answers, 10)?)?, statements)?;
        of_stage("2", statements)?;
        for at in 11..15 {
            self.add(answer(answers, at)?, statements)?;
        }
        let mut unknown = Vec::new();
        self.add(answer(answers, 15)?, &mut unknown)?;
        definitions.unknown = unknown;
        Ok(definitions)
    }
}

impl Inquiry for Asked {
    fn next(&mut self, answers: &[Rows]) -> Result<Next, Unreadable> {
        if answers.is_empty() {
            return Ok(Next::Ask(
                QUERIES.iter().map(|query| filled(query)).collect(),
            ));
        }
        Ok(Next::Done(self.definitions(answers)?))
    }
}

/// A query with what several of them say: what is a user's, and what an extension has brought.
fn filled(query: &str) -> String {
    let mut query = query.replace("{rows}", ROW_TYPES).replace(
        "{user}",
        "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'",
    );
    for (class, alias) in [
        ("pg_namespace", "n"),
        ("pg_type", "t"),
        ("pg_proc", "p"),
        ("pg_class", "c"),
        ("pg_class", "t"),
    ] {
        let own = format!(
            "NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = '{class}'::regclass AND x.objid = {alias}.oid AND x.deptype = 'e')"
        );
        query = query.replace(&format!("{{own:{class}:{alias}}}"), &own);
    }
    query
}

/// Views such that each reads only what is before it: a view that was replaced may read one that is younger.
fn in_order(rows: &Rows) -> Result<Rows, Unreadable> {
    let mut waiting = Vec::new();
    for row in rows {
        let reads = row.get(3).and_then(Option::as_deref).unwrap_or_default();
        waiting.push((text(row, 2)?, reads.split(',').collect::<Vec<_>>(), row));
    }
    let mut ordered = Vec::with_capacity(rows.len());
    while !waiting.is_empty() {
        let left: Vec<&str> = waiting.iter().map(|(own, _, _)| *own).collect();
        let (ready, later): (Vec<_>, Vec<_>) = waiting
            .into_iter()
            .partition(|(_, reads, _)| !reads.iter().any(|read| left.contains(read)));
        // Views that read each other are in no order at all.
        let is_stuck = ready.is_empty();
        let (now, rest) = if is_stuck {
            (later, Vec::new())
        } else {
            (ready, later)
        };
        ordered.extend(now.into_iter().map(|(_, _, row)| row.clone()));
        waiting = rest;
    }
    Ok(ordered)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(values: &[&str]) -> Vec<Option<String>> {
        values
            .iter()
            .map(|value| (!value.is_empty()).then(|| (*value).to_owned()))
            .collect()
    }

    #[test]
    fn every_query_is_whole() {
        for query in QUERIES {
            assert!(!filled(query).contains(['{', '}']), "{}", filled(query));
        }
    }

    #[test]
    fn a_view_stands_behind_those_that_it_reads() {
        let rows = vec![
            row(&["a", "CREATE VIEW a", "1", "2,9"]),
            row(&["b", "CREATE VIEW b", "2", ""]),
            row(&["c", "CREATE VIEW c", "3", "4"]),
            row(&["d", "CREATE VIEW d", "4", "3"]),
        ];
        let ordered = in_order(&rows).unwrap();
        let names: Vec<&str> = ordered.iter().map(|row| text(row, 0).unwrap()).collect();
        assert_eq!(names, ["b", "a", "c", "d"]);
    }

    #[test]
    fn what_is_left_out_is_left_out_with_all_that_is_on_it() {
        let scope = Scope {
            left_out: vec!["_migrations*".to_owned()],
        };
        let mut answers = vec![Rows::new(); QUERIES.len()];
        answers[0] = vec![row(&["app"])];
        answers[6] = vec![
            row(&["_migrations", "CREATE TABLE _migrations (a int)"]),
            row(&["t", "CREATE TABLE t (a int)"]),
        ];
        answers[11] = vec![row(&[
            "_migrations_lock",
            "CREATE INDEX i ON _migrations_lock (a)",
        ])];
        let Ok(Next::Done(told)) = Asked::new(&scope).next(&answers) else {
            panic!("an answer to all");
        };
        assert_eq!(told.home.as_deref(), Some("app"));
        assert_eq!(told.statements[1..], ["CREATE TABLE t (a int)"]);
        assert!(Asked::new(&scope).next(&answers[..3]).is_err());
    }
}
