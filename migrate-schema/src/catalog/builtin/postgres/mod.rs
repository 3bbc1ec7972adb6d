//! What every database of PostgreSQL has: functions, types, operator classes, and the extensions that come with it.

mod extensions;
mod functions;
mod settings;

pub use extensions::{Extension, extension, extensions};
pub(super) use functions::FUNCTIONS;
pub use settings::{is_setting, nearest_setting};

/// Whether there is an operator class of this name for an access method (`btree`, `gin`, …, in lower case).
///
/// `None` where the method is none of PostgreSQL's own.
pub fn is_operator_class(method: &str, name: &str) -> Option<bool> {
    let classes = operator_classes(method)?;
    Some(classes.binary_search(&name).is_ok())
}

/// The names of the operator classes of an access method, sorted.
pub fn operator_classes(method: &str) -> Option<&'static [&'static str]> {
    let found = OPERATOR_CLASSES.iter().find(|row| row.0 == method)?;
    Some(found.1)
}

/// A type that only another database has: whose it is, and what PostgreSQL writes instead.
pub fn foreign_type(name: &str) -> Option<(&'static str, &'static str)> {
    let found = FOREIGN_TYPES.iter().find(|row| row.0 == name)?;
    Some((found.1, found.2))
}

const FOREIGN_TYPES: &[(&str, &str, &str)] = &[
    ("bfile", "Oracle", "bytea"),
    ("binary", "MySQL", "bytea"),
    ("blob", "MySQL and SQLite", "bytea"),
    ("clob", "Oracle and SQLite", "text"),
    ("datetime", "MySQL and SQLite", "timestamp"),
    ("datetime2", "SQL Server", "timestamp"),
    ("double", "MySQL and SQLite", "double precision"),
    ("enum", "MySQL", "CREATE TYPE name AS ENUM (…)"),
    ("fixed", "MySQL", "numeric"),
    ("longblob", "MySQL", "bytea"),
    ("longtext", "MySQL", "text"),
    ("mediumblob", "MySQL", "bytea"),
    ("mediumint", "MySQL", "integer"),
    ("mediumtext", "MySQL", "text"),
    ("number", "Oracle", "numeric"),
    ("nvarchar", "SQL Server", "varchar"),
    ("nvarchar2", "Oracle", "varchar"),
    ("signed", "MySQL", "integer"),
    ("smalldatetime", "SQL Server", "timestamp"),
    ("string", "CockroachDB", "text"),
    ("tinyblob", "MySQL", "bytea"),
    ("tinyint", "MySQL", "smallint"),
    ("tinytext", "MySQL", "text"),
    ("uniqueidentifier", "SQL Server", "uuid"),
    ("unsigned", "MySQL", "integer"),
    ("varbinary", "MySQL", "bytea"),
    ("varchar2", "Oracle", "varchar"),
    ("year", "MySQL", "smallint"),
];

#[rustfmt::skip]
const OPERATOR_CLASSES: &[(&str, &[&str])] = &[
    ("brin", &[
        "bit_minmax_ops", "box_inclusion_ops", "bpchar_bloom_ops", "bpchar_minmax_ops", "bytea_bloom_ops",
        "bytea_minmax_ops", "char_bloom_ops", "char_minmax_ops", "date_bloom_ops", "date_minmax_multi_ops",
        "date_minmax_ops", "float4_bloom_ops", "float4_minmax_multi_ops", "float4_minmax_ops", "float8_bloom_ops",
        "float8_minmax_multi_ops", "float8_minmax_ops", "inet_bloom_ops", "inet_inclusion_ops",
        "inet_minmax_multi_ops", "inet_minmax_ops", "int2_bloom_ops", "int2_minmax_multi_ops", "int2_minmax_ops",
        "int4_bloom_ops", "int4_minmax_multi_ops", "int4_minmax_ops", "int8_bloom_ops", "int8_minmax_multi_ops",
        "int8_minmax_ops", "interval_bloom_ops", "interval_minmax_multi_ops", "interval_minmax_ops",
        "macaddr8_bloom_ops", "macaddr8_minmax_multi_ops", "macaddr8_minmax_ops", "macaddr_bloom_ops",
        "macaddr_minmax_multi_ops", "macaddr_minmax_ops", "name_bloom_ops", "name_minmax_ops", "numeric_bloom_ops",
        "numeric_minmax_multi_ops", "numeric_minmax_ops", "oid_bloom_ops", "oid_minmax_multi_ops", "oid_minmax_ops",
        "pg_lsn_bloom_ops", "pg_lsn_minmax_multi_ops", "pg_lsn_minmax_ops", "range_inclusion_ops", "text_bloom_ops",
        "text_minmax_ops", "tid_bloom_ops", "tid_minmax_multi_ops", "tid_minmax_ops", "time_bloom_ops",
        "time_minmax_multi_ops", "time_minmax_ops", "timestamp_bloom_ops", "timestamp_minmax_multi_ops",
        "timestamp_minmax_ops", "timestamptz_bloom_ops", "timestamptz_minmax_multi_ops", "timestamptz_minmax_ops",
        "timetz_bloom_ops", "timetz_minmax_multi_ops", "timetz_minmax_ops", "uuid_bloom_ops", "uuid_minmax_multi_ops",
        "uuid_minmax_ops", "varbit_minmax_ops",
    ]),
    ("btree", &[
        "array_ops", "bit_ops", "bool_ops", "bpchar_ops", "bpchar_pattern_ops", "bytea_ops", "char_ops", "cidr_ops",
        "date_ops", "enum_ops", "float4_ops", "float8_ops", "inet_ops", "int2_ops", "int4_ops", "int8_ops",
        "interval_ops", "jsonb_ops", "macaddr8_ops", "macaddr_ops", "money_ops", "multirange_ops", "name_ops",
        "numeric_ops", "oid_ops", "oidvector_ops", "pg_lsn_ops", "range_ops", "record_image_ops", "record_ops",
        "text_ops", "text_pattern_ops", "tid_ops", "time_ops", "timestamp_ops", "timestamptz_ops", "timetz_ops",
        "tsquery_ops", "tsvector_ops", "uuid_ops", "varbit_ops", "varchar_ops", "varchar_pattern_ops", "xid8_ops",
    ]),
    ("gin", &[
        "array_ops", "jsonb_ops", "jsonb_path_ops", "tsvector_ops",
    ]),
    ("gist", &[
        "box_ops", "circle_ops", "inet_ops", "multirange_ops", "point_ops", "poly_ops", "range_ops", "tsquery_ops",
        "tsvector_ops",
    ]),
    ("hash", &[
        "aclitem_ops", "array_ops", "bool_ops", "bpchar_ops", "bpchar_pattern_ops", "bytea_ops", "char_ops",
        "cid_ops", "cidr_ops", "date_ops", "enum_ops", "float4_ops", "float8_ops", "inet_ops", "int2_ops", "int4_ops",
        "int8_ops", "interval_ops", "jsonb_ops", "macaddr8_ops", "macaddr_ops", "multirange_ops", "name_ops",
        "numeric_ops", "oid_ops", "oidvector_ops", "pg_lsn_ops", "range_ops", "record_ops", "text_ops",
        "text_pattern_ops", "tid_ops", "time_ops", "timestamp_ops", "timestamptz_ops", "timetz_ops", "uuid_ops",
        "varchar_ops", "varchar_pattern_ops", "xid8_ops", "xid_ops",
    ]),
    ("spgist", &[
        "box_ops", "inet_ops", "kd_point_ops", "poly_ops", "quad_point_ops", "range_ops", "text_ops",
    ]),
];

/// Its types, sorted: the names in its catalog, and those that the grammar spells out.
#[rustfmt::skip]
pub(super) const TYPES: &[&str] = &[
    "_aclitem", "_bit", "_bool", "_box", "_bpchar", "_bytea", "_char", "_cid", "_cidr", "_circle", "_cstring",
    "_date", "_datemultirange", "_daterange", "_float4", "_float8", "_gtsvector", "_inet", "_int2", "_int2vector",
    "_int4", "_int4multirange", "_int4range", "_int8", "_int8multirange", "_int8range", "_interval", "_json",
    "_jsonb", "_jsonpath", "_line", "_lseg", "_macaddr", "_macaddr8", "_money", "_name", "_numeric", "_nummultirange",
    "_numrange", "_oid", "_oidvector", "_path", "_point", "_polygon", "_record", "_refcursor", "_regclass",
    "_regcollation", "_regconfig", "_regdictionary", "_regnamespace", "_regoper", "_regoperator", "_regproc",
    "_regprocedure", "_regrole", "_regtype", "_text", "_tid", "_time", "_timestamp", "_timestamptz", "_timetz",
    "_tsmultirange", "_tsquery", "_tsrange", "_tstzmultirange", "_tstzrange", "_tsvector", "_txid_snapshot", "_uuid",
    "_varbit", "_varchar", "_xid", "_xid8", "_xml", "aclitem", "any", "anyarray", "anycompatible",
    "anycompatiblearray", "anycompatiblemultirange", "anycompatiblenonarray", "anycompatiblerange", "anyelement",
    "anyenum", "anymultirange", "anynonarray", "anyrange", "bigint", "bigserial", "bit", "bit varying", "bool",
    "boolean", "box", "bpchar", "bytea", "char", "char varying", "character", "character varying", "cid", "cidr",
    "circle", "cstring", "date", "datemultirange", "daterange", "dec", "decimal", "double precision", "event_trigger",
    "fdw_handler", "float", "float4", "float8", "gtsvector", "index_am_handler", "inet", "int", "int2", "int2vector",
    "int4", "int4multirange", "int4range", "int8", "int8multirange", "int8range", "integer", "internal", "interval",
    "json", "jsonb", "jsonpath", "language_handler", "line", "lseg", "macaddr", "macaddr8", "money", "name",
    "national char", "national char varying", "national character", "national character varying", "nchar",
    "nchar varying", "numeric", "nummultirange", "numrange", "oid", "oidvector", "path", "pg_brin_bloom_summary",
    "pg_brin_minmax_multi_summary", "pg_ddl_command", "pg_dependencies", "pg_lsn", "pg_mcv_list", "pg_ndistinct",
    "pg_node_tree", "pg_snapshot", "point", "polygon", "real", "record", "refcursor", "regclass", "regcollation",
    "regconfig", "regdictionary", "regnamespace", "regoper", "regoperator", "regproc", "regprocedure", "regrole",
    "regtype", "serial", "serial2", "serial4", "serial8", "smallint", "smallserial", "table_am_handler", "text",
    "tid", "time", "time with time zone", "time without time zone", "timestamp", "timestamp with time zone",
    "timestamp without time zone", "timestamptz", "timetz", "trigger", "tsm_handler", "tsmultirange", "tsquery",
    "tsrange", "tstzmultirange", "tstzrange", "tsvector", "txid_snapshot", "unknown", "uuid", "varbit", "varchar",
    "void", "xid", "xid8", "xml",
];

/// Its collations are those of the operating system and of ICU: nobody knows them here.
pub(super) const COLLATIONS: &[&str] = &[];

/// Functions that give rows, and their columns.
#[rustfmt::skip]
pub(super) const TABLE_FUNCTIONS: &[(&str, &[&str])] = &[
    ("json_array_elements", &["value"]),
    ("json_array_elements_text", &["value"]),
    ("json_each", &["key", "value"]),
    ("json_each_text", &["key", "value"]),
    ("jsonb_array_elements", &["value"]),
    ("jsonb_array_elements_text", &["value"]),
    ("jsonb_each", &["key", "value"]),
    ("jsonb_each_text", &["key", "value"]),
    ("ts_debug", &["alias", "description", "token", "dictionaries", "dictionary", "lexemes"]),
    ("ts_parse", &["tokid", "token"]),
    ("ts_stat", &["word", "ndoc", "nentry"]),
    ("ts_token_type", &["tokid", "alias", "description"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operator_class_belongs_to_a_method() {
        assert_eq!(is_operator_class("btree", "text_pattern_ops"), Some(true));
        assert_eq!(is_operator_class("gin", "text_pattern_ops"), Some(false));
        assert_eq!(is_operator_class("bloom", "int4_ops"), None);
        for (_, classes) in OPERATOR_CLASSES {
            assert!(classes.is_sorted());
        }
    }
}
