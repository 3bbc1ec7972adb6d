//! The words that are no names without quotes.

use crate::Dialect;

/// Where a name stands: what may stand there without quotes is not the same everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A table, a column, an index, a constraint, ….
    Usual,
    /// A type or a function.
    TypeOrFunction,
}

/// Whether the word is a keyword that is no name there. `word` is in lower case.
pub(super) fn is_keyword(word: &str, dialect: Dialect, place: Place) -> bool {
    let among = |words: &str| words.split_whitespace().any(|one| one == word);
    match dialect {
        Dialect::Sqlite => among(SQLITE),
        Dialect::Postgres => {
            among(POSTGRES) || (place == Place::TypeOrFunction && among(POSTGRES_NO_TYPES))
        }
        Dialect::Mysql => among(MYSQL),
    }
}

/// SQLite takes many of its keywords for names, where nothing else makes sense. Those that it always does are left out.
const SQLITE: &str = "add all alter analyze and as asc attach autoincrement begin between by case cast check collate \
    column commit constraint create cross current_date current_time current_timestamp default deferrable deferred \
    delete desc detach distinct do drop else end escape except exists explain filter for foreign from full glob group \
    having if in index indexed inner insert intersect into is isnull join left like limit match materialized natural \
    not nothing notnull null on or order outer over pragma primary raise recursive references regexp reindex rename \
    replace returning right rollback savepoint select set table temporary then to transaction trigger unbounded union \
    unique update using vacuum values when where window with within without";

/// Those that PostgreSQL calls reserved.
const POSTGRES: &str = "all analyse analyze and any array as asc asymmetric authorization binary both case cast check \
    collate collation column concurrently constraint create cross current_catalog current_date current_role \
    current_schema current_time current_timestamp current_user default deferrable desc distinct do else end except \
    false fetch for foreign freeze from full grant group having ilike in initially inner intersect into is isnull join \
    lateral leading left like limit localtime localtimestamp natural not notnull null offset on only or order outer \
    overlaps placing primary references returning right select session_user similar some symmetric system_user table \
    tablesample then to trailing true union unique user using variadic verbose when where window with";

/// Those that it calls "cannot be function or type name".
const POSTGRES_NO_TYPES: &str = "between bigint bit boolean char character coalesce dec decimal exists extract float \
    greatest grouping inout int integer interval json json_array json_arrayagg json_exists json_object json_objectagg \
    json_query json_scalar json_serialize json_table json_value least merge_action national nchar none normalize nullif \
    numeric out overlay position precision real row setof smallint substring time timestamp treat trim values varchar \
    xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable";

/// Reserved by MySQL 5.7 to 9, or by MariaDB.
const MYSQL: &str = "accessible add all alter analyze and as asc asensitive before between bigint binary blob both by \
    call cascade case change char character check collate column condition constraint continue convert create cross \
    cube cume_dist current_date current_role current_time current_timestamp current_user cursor database databases \
    day_hour day_microsecond day_minute day_second dec decimal declare default delayed delete delete_domain_id \
    dense_rank desc describe deterministic distinct distinctrow div do_domain_ids double drop dual each else elseif \
    empty enclosed escaped except exists exit explain false fetch first_value float float4 float8 for force foreign \
    from fulltext function general generated get grant group grouping groups having high_priority hour_microsecond \
    hour_minute hour_second if ignore ignore_domain_ids ignore_server_ids in index infile inner inout insensitive \
    insert int int1 int2 int3 int4 int8 integer intersect interval into io_after_gtids io_before_gtids is iterate join \
    json_table key keys kill lag last_value lateral lead leading leave left library like limit linear lines load \
    localtime localtimestamp lock long longblob longtext loop low_priority manual master_bind \
    master_demote_to_replica master_demote_to_slave master_heartbeat_period master_ssl_verify_server_cert match \
    maxvalue mediumblob mediumint mediumtext middleint minute_microsecond minute_second mod modifies natural \
    no_write_to_binlog not nth_value ntile null numeric of offset on optimize optimizer_costs option optionally or \
    order out outer outfile over page_checksum parallel parse_vcol_expr partition percent_rank portion precision \
    primary procedure purge qualify range rank read read_write reads real recursive ref_system_id references regexp \
    release rename repeat replace require resignal restrict return returning revoke right rlike row row_number rows \
    schema schemas second_microsecond select sensitive separator set sets show signal slow smallint spatial specific \
    sql sql_big_result sql_calc_found_rows sql_small_result sqlexception sqlstate sqlwarning ssl starting \
    stats_auto_recalc stats_persistent stats_sample_pages stored straight_join system table tablesample terminated \
    then tinyblob tinyint tinytext to trailing trigger true undo union unique unlock unsigned update usage use using \
    utc_date utc_time utc_timestamp values varbinary varchar varcharacter varying virtual when where while window with \
    write xor year_month zerofill";
