//! Dropping everything in the schemas of the search path.

use tokio_postgres::Client;

use crate::engine::driver::DriverError;

use super::{
    error::{At, error},
    facts::Server,
    table::{Answers, Tables, ask, text},
};

/// Relations, types and routines, each as the statement that drops it. What stands on another one goes with that; what
/// belongs to an extension stays with it. The sequence of an identity column goes with its column alone.
const OBJECTS: &str = "
WITH own AS (
    SELECT oid, nspname FROM pg_catalog.pg_namespace
    WHERE nspname = ANY (current_schemas(false)) AND nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'
)
SELECT format('DROP %s IF EXISTS %I.%I CASCADE',
              CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'
                             WHEN 'f' THEN 'FOREIGN TABLE' WHEN 'c' THEN 'TYPE' ELSE 'TABLE' END,
              own.nspname, c.relname)
FROM pg_catalog.pg_class c JOIN own ON own.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'c') AND NOT (c.relname = <lock> AND own.nspname = <schema>)
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid
                    AND (d.deptype = 'e' OR (c.relkind = 'S' AND d.deptype = 'i')))
UNION ALL
SELECT format('DROP %s IF EXISTS %I.%I CASCADE', CASE t.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END, own.nspname, t.typname)
FROM pg_catalog.pg_type t JOIN own ON own.oid = t.typnamespace
WHERE t.typtype IN ('d', 'e', 'r')
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')
UNION ALL
SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', p.oid::regprocedure)
FROM pg_catalog.pg_proc p JOIN own ON own.oid = p.pronamespace
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                  WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')";

/// What else a schema can have. The server says itself what each is called.
const MORE_OBJECTS: &str = "
UNION ALL
SELECT format('DROP %s IF EXISTS %s CASCADE', identified.type, identified.identity)
FROM (
    SELECT 'pg_catalog.pg_collation'::regclass AS class, oid, collnamespace AS namespace FROM pg_catalog.pg_collation
    UNION ALL SELECT 'pg_catalog.pg_conversion'::regclass, oid, connamespace FROM pg_catalog.pg_conversion
    UNION ALL SELECT 'pg_catalog.pg_opfamily'::regclass, oid, opfnamespace FROM pg_catalog.pg_opfamily
    UNION ALL SELECT 'pg_catalog.pg_operator'::regclass, oid, oprnamespace FROM pg_catalog.pg_operator
    UNION ALL SELECT 'pg_catalog.pg_ts_config'::regclass, oid, cfgnamespace FROM pg_catalog.pg_ts_config
    UNION ALL SELECT 'pg_catalog.pg_ts_dict'::regclass, oid, dictnamespace FROM pg_catalog.pg_ts_dict
    UNION ALL SELECT 'pg_catalog.pg_ts_parser'::regclass, oid, prsnamespace FROM pg_catalog.pg_ts_parser
    UNION ALL SELECT 'pg_catalog.pg_ts_template'::regclass, oid, tmplnamespace FROM pg_catalog.pg_ts_template
) AS object
JOIN own ON own.oid = object.namespace,
LATERAL pg_catalog.pg_identify_object(object.class, object.oid, 0) AS identified
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                  WHERE d.classid = object.class AND d.objid = object.oid AND d.deptype = 'e')";

/// Drops it all but the lock, which is held.
pub(super) async fn wipe(
    client: &Client,
    tables: &Tables,
    server: Server,
) -> Result<(), DriverError> {
    let failed = |failed| error(failed, At::Undone);
    let schema = tables.schema.as_deref().unwrap_or_default();
    let mut sql = OBJECTS
        .replace("<lock>", &text(&tables.lock_name()))
        .replace("<schema>", &text(schema));
    if server == Server::Postgres {
        sql += MORE_OBJECTS;
    }
    let answers = ask(client, &sql).await.and_then(Answers::whole);
    let answers = answers.map_err(failed)?;
    let rows = answers.rows.iter().flatten();
    let drops: Vec<&str> = rows.filter_map(|row| row.get(0)).collect();
    client
        .batch_execute(&drops.join(";\n"))
        .await
        .map_err(failed)
}
