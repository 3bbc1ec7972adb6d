//! What the extensions bring that come with PostgreSQL itself, in versions 15 to 18.

/// An extension of which all names are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extension {
    /// Its name.
    pub name: &'static str,
    /// Its functions, sorted.
    pub functions: &'static [&'static str],
    /// Its types, sorted.
    pub types: &'static [&'static str],
    /// Its operator classes, sorted.
    pub operator_classes: &'static [&'static str],
}

/// The extension of this name, if its names are known.
pub fn extension(name: &str) -> Option<&'static Extension> {
    let at = EXTENSIONS
        .binary_search_by(|extension| extension.name.cmp(name))
        .ok()?;
    EXTENSIONS.get(at)
}

/// Every extension whose names are known.
pub fn extensions() -> impl Iterator<Item = &'static Extension> {
    EXTENSIONS.iter()
}

#[rustfmt::skip]
const EXTENSIONS: &[Extension] = &[
    Extension {
        name: "adminpack",
        functions: &["pg_file_rename", "pg_file_sync", "pg_file_unlink", "pg_file_write", "pg_logdir_ls"],
        types: &[],
        operator_classes: &[],
    },
    Extension {
        name: "amcheck",
        functions: &["bt_index_check", "bt_index_parent_check", "gin_index_check", "verify_heapam"],
        types: &[],
        operator_classes: &[],
    },
    Extension {
        name: "autoinc",
        functions: &["autoinc"],
        types: &[],
        operator_classes: &[],
    },
    Extension {
        name: "bloom",
        functions: &["blhandler"],
        types: &[],
        operator_classes: &["int4_ops", "text_ops"],
    },
    Extension {
        name: "btree_gin",
        functions: &["gin_enum_cmp", "gin_numeric_cmp"],
        types: &[],
        operator_classes: &[
            "bit_ops", "bool_ops", "bpchar_ops", "bytea_ops", "char_ops", "cidr_ops", "date_ops", "enum_ops",
            "float4_ops", "float8_ops", "inet_ops", "int2_ops", "int4_ops", "int8_ops", "interval_ops",
            "macaddr8_ops", "macaddr_ops", "money_ops", "name_ops", "numeric_ops", "oid_ops", "text_ops", "time_ops",
            "timestamp_ops", "timestamptz_ops", "timetz_ops", "uuid_ops", "varbit_ops", "varchar_ops",
        ],
    },
    Extension {
        name: "btree_gist",
        functions: &[
            "cash_dist", "date_dist", "float4_dist", "float8_dist", "gbt_bit_compress", "gbt_bit_sortsupport",
            "gbt_bool_compress", "gbt_bool_fetch", "gbt_bool_sortsupport", "gbt_bpchar_compress",
            "gbt_bpchar_sortsupport", "gbt_bytea_compress", "gbt_bytea_sortsupport", "gbt_cash_compress",
            "gbt_cash_fetch", "gbt_cash_sortsupport", "gbt_date_compress", "gbt_date_fetch", "gbt_date_sortsupport",
            "gbt_decompress", "gbt_enum_compress", "gbt_enum_fetch", "gbt_enum_sortsupport", "gbt_float4_compress",
            "gbt_float4_fetch", "gbt_float4_sortsupport", "gbt_float8_compress", "gbt_float8_fetch",
            "gbt_float8_sortsupport", "gbt_inet_compress", "gbt_inet_sortsupport", "gbt_int2_compress",
            "gbt_int2_fetch", "gbt_int2_sortsupport", "gbt_int4_compress", "gbt_int4_fetch", "gbt_int4_sortsupport",
            "gbt_int8_compress", "gbt_int8_fetch", "gbt_int8_sortsupport", "gbt_intv_compress", "gbt_intv_decompress",
            "gbt_intv_fetch", "gbt_intv_sortsupport", "gbt_macad8_compress", "gbt_macad8_fetch",
            "gbt_macad8_sortsupport", "gbt_macad_compress", "gbt_macad_fetch", "gbt_macaddr_sortsupport",
            "gbt_numeric_compress", "gbt_numeric_sortsupport", "gbt_oid_compress", "gbt_oid_fetch",
            "gbt_oid_sortsupport", "gbt_text_compress", "gbt_text_sortsupport", "gbt_time_compress", "gbt_time_fetch",
            "gbt_time_sortsupport", "gbt_timetz_compress", "gbt_ts_compress", "gbt_ts_fetch", "gbt_ts_sortsupport",
            "gbt_tstz_compress", "gbt_uuid_compress", "gbt_uuid_fetch", "gbt_uuid_sortsupport", "gbt_var_decompress",
            "gbt_var_fetch", "gbt_varbit_sortsupport", "gbtreekey16_in", "gbtreekey16_out", "gbtreekey2_in",
            "gbtreekey2_out", "gbtreekey32_in", "gbtreekey32_out", "gbtreekey4_in", "gbtreekey4_out", "gbtreekey8_in",
            "gbtreekey8_out", "gbtreekey_var_in", "gbtreekey_var_out", "gist_translate_cmptype_btree", "int2_dist",
            "int4_dist", "int8_dist", "interval_dist", "oid_dist", "time_dist", "ts_dist", "tstz_dist",
        ],
        types: &["gbtreekey16", "gbtreekey2", "gbtreekey32", "gbtreekey4", "gbtreekey8", "gbtreekey_var"],
        operator_classes: &[
            "gist_bit_ops", "gist_bool_ops", "gist_bpchar_ops", "gist_bytea_ops", "gist_cash_ops", "gist_cidr_ops",
            "gist_date_ops", "gist_enum_ops", "gist_float4_ops", "gist_float8_ops", "gist_inet_ops", "gist_int2_ops",
            "gist_int4_ops", "gist_int8_ops", "gist_interval_ops", "gist_macaddr8_ops", "gist_macaddr_ops",
            "gist_numeric_ops", "gist_oid_ops", "gist_text_ops", "gist_time_ops", "gist_timestamp_ops",
            "gist_timestamptz_ops", "gist_timetz_ops", "gist_uuid_ops", "gist_vbit_ops",
        ],
    },
    Extension {
        name: "citext",
        functions: &[
            "citext", "citext_cmp", "citext_eq", "citext_ge", "citext_gt", "citext_hash", "citext_hash_extended",
            "citext_larger", "citext_le", "citext_lt", "citext_ne", "citext_pattern_cmp", "citext_pattern_ge",
            "citext_pattern_gt", "citext_pattern_le", "citext_pattern_lt", "citext_smaller", "citextin", "citextout",
            "citextrecv", "citextsend", "max", "min", "regexp_match", "regexp_matches", "regexp_replace",
            "regexp_split_to_array", "regexp_split_to_table", "replace", "split_part", "strpos", "texticlike",
            "texticnlike", "texticregexeq", "texticregexne", "translate",
        ],
        types: &["citext"],
        operator_classes: &["citext_ops", "citext_pattern_ops"],
    },
    Extension {
        name: "cube",
        functions: &[
            "cube", "cube_cmp", "cube_contained", "cube_contains", "cube_coord", "cube_coord_llur", "cube_dim",
            "cube_distance", "cube_enlarge", "cube_eq", "cube_ge", "cube_gt", "cube_in", "cube_inter",
            "cube_is_point", "cube_le", "cube_ll_coord", "cube_lt", "cube_ne", "cube_out", "cube_overlap",
            "cube_recv", "cube_send", "cube_size", "cube_subset", "cube_union", "cube_ur_coord", "distance_chebyshev",
            "distance_taxicab",
        ],
        types: &["cube"],
        operator_classes: &["cube_ops", "gist_cube_ops"],
    },
    Extension {
        name: "dblink",
        functions: &[
            "dblink", "dblink_build_sql_delete", "dblink_build_sql_insert", "dblink_build_sql_update",
            "dblink_cancel_query", "dblink_close", "dblink_connect", "dblink_connect_u", "dblink_current_query",
            "dblink_disconnect", "dblink_error_message", "dblink_exec", "dblink_fdw_validator", "dblink_fetch",
            "dblink_get_connections", "dblink_get_notify", "dblink_get_pkey", "dblink_get_result", "dblink_is_busy",
            "dblink_open", "dblink_send_query",
        ],
        types: &["dblink_pkey_results"],
        operator_classes: &[],
    },
    Extension {
        name: "dict_int",
        functions: &["dintdict_init"],
        types: &[],
        operator_classes: &[],
    },
    Extension {
        name: "dict_xsyn",
        functions: &["dxsyn_init"],
        types: &[],
        operator_classes: &[],
    },
    Extension {
        name: "earthdistance",
        functions: &[
            "earth", "earth_box", "earth_distance", "gc_to_sec", "geo_distance", "latitude", "ll_to_earth",
            "longitude", "sec_to_gc",
        ],
        types: &["earth"],
        operator_classes: &[],
    },
    Extension {
        name: "file_fdw",
        functions: &["file_fdw_handler", "file_fdw_validator"],
        types: &[],
        operator_classes: &[],
    },
    Extension {
        name: "fuzzystrmatch",
        functions: &[
            "daitch_mokotoff", "difference", "dmetaphone", "dmetaphone_alt", "levenshtein", "levenshtein_less_equal",
            "metaphone", "soundex", "text_soundex",
        ],
        types: &[],
        operator_classes: &[],
    },
    Extension {
        name: "hstore",
        functions: &[
            "akeys", "avals", "defined", "delete", "each", "exist", "exists_all", "exists_any", "fetchval",
            "ghstore_compress", "ghstore_decompress", "ghstore_in", "ghstore_options", "ghstore_out", "hs_concat",
            "hs_contained", "hs_contains", "hstore", "hstore_cmp", "hstore_eq", "hstore_ge", "hstore_gt",
            "hstore_hash", "hstore_hash_extended", "hstore_in", "hstore_le", "hstore_lt", "hstore_ne", "hstore_out",
            "hstore_recv", "hstore_send", "hstore_subscript_handler", "hstore_to_array", "hstore_to_json",
            "hstore_to_json_loose", "hstore_to_jsonb", "hstore_to_jsonb_loose", "hstore_to_matrix",
            "hstore_version_diag", "isdefined", "isexists", "populate_record", "skeys", "slice", "slice_array",
            "svals", "tconvert",
        ],
        types: &["ghstore", "hstore"],
        operator_classes: &["btree_hstore_ops", "gin_hstore_ops", "gist_hstore_ops", "hash_hstore_ops"],
    },
    Extension {
        name: "insert_username",
        functions: &["insert_username"],
        types: &[],
        operator_classes: &[],
    },
    Extension {
        name: "intagg",
        functions: &["int_agg_final_array", "int_agg_state", "int_array_aggregate", "int_array_enum"],
        types: &[],
        operator_classes: &[],
    },
    Extension {
        name: "intarray",
        functions: &[
            "_int_contained", "_int_contains", "_int_different", "_int_inter", "_int_overlap", "_int_same",
            "_int_union", "_intbig_in", "_intbig_out", "boolop", "bqarr_in", "bqarr_out", "g_int_compress",
            "g_int_decompress", "g_int_options", "g_intbig_compress", "g_intbig_decompress", "g_intbig_options",
            "icount", "idx", "intarray_del_elem", "intarray_push_array", "intarray_push_elem", "intset",
            "intset_subtract", "intset_union_elem", "querytree", "rboolop", "sort", "sort_asc", "sort_desc",
            "subarray", "uniq",
        ],
        types: &["intbig_gkey", "query_int"],
        operator_classes: &["gin__int_ops", "gist__int_ops", "gist__intbig_ops"],
    },
    Extension {
        name: "isn",
        functions: &[
            "btean13cmp", "btisbn13cmp", "btisbncmp", "btismn13cmp", "btismncmp", "btissn13cmp", "btissncmp",
            "btupccmp", "ean13_in", "ean13_out", "hashean13", "hashisbn", "hashisbn13", "hashismn", "hashismn13",
            "hashissn", "hashissn13", "hashupc", "is_valid", "isbn", "isbn13", "isbn13_in", "isbn_in", "ismn",
            "ismn13", "ismn13_in", "ismn_in", "isn_out", "isn_weak", "isneq", "isnge", "isngt", "isnle", "isnlt",
            "isnne", "issn", "issn13", "issn13_in", "issn_in", "make_valid", "upc", "upc_in",
        ],
        types: &["ean13", "isbn", "isbn13", "ismn", "ismn13", "issn", "issn13", "upc"],
        operator_classes: &[
            "ean13_ops", "isbn13_ops", "isbn_ops", "ismn13_ops", "ismn_ops", "issn13_ops", "issn_ops", "upc_ops",
        ],
    },
    Extension {
        name: "lo",
        functions: &["lo_manage", "lo_oid"],
        types: &["lo"],
        operator_classes: &[],
    },
    Extension {
        name: "ltree",
        functions: &[
            "_lt_q_regex", "_lt_q_rregex", "_ltq_extract_regex", "_ltq_regex", "_ltq_rregex", "_ltree_compress",
            "_ltree_extract_isparent", "_ltree_extract_risparent", "_ltree_gist_options", "_ltree_isparent",
            "_ltree_r_isparent", "_ltree_r_risparent", "_ltree_risparent", "_ltxtq_exec", "_ltxtq_extract_exec",
            "_ltxtq_rexec", "hash_ltree", "hash_ltree_extended", "index", "lca", "lquery_in", "lquery_out",
            "lquery_recv", "lquery_send", "lt_q_regex", "lt_q_rregex", "ltq_regex", "ltq_rregex", "ltree2text",
            "ltree_addltree", "ltree_addtext", "ltree_cmp", "ltree_compress", "ltree_decompress", "ltree_eq",
            "ltree_ge", "ltree_gist_in", "ltree_gist_options", "ltree_gist_out", "ltree_gt", "ltree_in",
            "ltree_isparent", "ltree_le", "ltree_lt", "ltree_ne", "ltree_out", "ltree_recv", "ltree_risparent",
            "ltree_send", "ltree_textadd", "ltxtq_exec", "ltxtq_in", "ltxtq_out", "ltxtq_recv", "ltxtq_rexec",
            "ltxtq_send", "nlevel", "subltree", "subpath", "text2ltree",
        ],
        types: &["lquery", "ltree", "ltree_gist", "ltxtquery"],
        operator_classes: &["gist__ltree_ops", "gist_ltree_ops", "hash_ltree_ops", "ltree_ops"],
    },
    Extension {
        name: "moddatetime",
        functions: &["moddatetime"],
        types: &[],
        operator_classes: &[],
    },
    Extension {
        name: "old_snapshot",
        functions: &["pg_old_snapshot_time_mapping"],
        types: &[],
        operator_classes: &[],
    },
    Extension {
        name: "pageinspect",
        functions: &[
            "brin_metapage_info", "brin_page_items", "brin_page_type", "brin_revmap_data", "bt_metap",
            "bt_multi_page_stats", "bt_page_items", "bt_page_stats", "fsm_page_contents", "get_raw_page",
            "gin_leafpage_items", "gin_metapage_info", "gin_page_opaque_info", "gist_page_items",
            "gist_page_items_bytea", "gist_page_opaque_info", "hash_bitmap_info", "hash_metapage_info",
            "hash_page_items", "hash_page_stats", "hash_page_type", "heap_page_item_attrs", "heap_page_items",
            "heap_tuple_infomask_flags", "page_checksum", "page_header", "tuple_data_split",
        ],
        types: &[],
        operator_classes: &[],
    },
    Extension {
        name: "pg_buffercache",
        functions: &[
            "pg_buffercache_evict", "pg_buffercache_evict_all", "pg_buffercache_evict_relation",
            "pg_buffercache_numa_pages", "pg_buffercache_pages", "pg_buffercache_summary",
            "pg_buffercache_usage_counts",
        ],
        types: &["pg_buffercache", "pg_buffercache_numa"],
        operator_classes: &[],
    },
    Extension {
        name: "pg_freespacemap",
        functions: &["pg_freespace"],
        types: &[],
        operator_classes: &[],
    },
    Extension {
        name: "pg_logicalinspect",
        functions: &["pg_get_logical_snapshot_info", "pg_get_logical_snapshot_meta"],
        types: &[],
        operator_classes: &[],
    },
    Extension {
        name: "pg_prewarm",
        functions: &["autoprewarm_dump_now", "autoprewarm_start_worker", "pg_prewarm"],
        types: &[],
        operator_classes: &[],
    },
    Extension {
        name: "pg_stat_statements",
        functions: &["pg_stat_statements", "pg_stat_statements_info", "pg_stat_statements_reset"],
        types: &["pg_stat_statements", "pg_stat_statements_info"],
        operator_classes: &[],
    },
    Extension {
        name: "pg_surgery",
        functions: &["heap_force_freeze", "heap_force_kill"],
        types: &[],
        operator_classes: &[],
    },
    Extension {
        name: "pg_trgm",
        functions: &[
            "gtrgm_compress", "gtrgm_decompress", "gtrgm_in", "gtrgm_options", "gtrgm_out", "set_limit", "show_limit",
            "show_trgm", "similarity", "similarity_dist", "similarity_op", "strict_word_similarity",
            "strict_word_similarity_commutator_op", "strict_word_similarity_dist_commutator_op",
            "strict_word_similarity_dist_op", "strict_word_similarity_op", "word_similarity",
            "word_similarity_commutator_op", "word_similarity_dist_commutator_op", "word_similarity_dist_op",
            "word_similarity_op",
        ],
        types: &["gtrgm"],
        operator_classes: &["gin_trgm_ops", "gist_trgm_ops"],
    },
    Extension {
        name: "pg_visibility",
        functions: &[
            "pg_check_frozen", "pg_check_visible", "pg_truncate_visibility_map", "pg_visibility", "pg_visibility_map",
            "pg_visibility_map_summary",
        ],
        types: &[],
        operator_classes: &[],
    },
    Extension {
        name: "pg_walinspect",
        functions: &[
            "pg_get_wal_block_info", "pg_get_wal_record_info", "pg_get_wal_records_info",
            "pg_get_wal_records_info_till_end_of_wal", "pg_get_wal_stats", "pg_get_wal_stats_till_end_of_wal",
        ],
        types: &[],
        operator_classes: &[],
    },
    Extension {
        name: "pgcrypto",
        functions: &[
            "armor", "crypt", "dearmor", "decrypt", "decrypt_iv", "digest", "encrypt", "encrypt_iv",
            "gen_random_bytes", "gen_random_uuid", "gen_salt", "hmac", "pgp_armor_headers", "pgp_key_id",
            "pgp_pub_decrypt", "pgp_pub_decrypt_bytea", "pgp_pub_encrypt", "pgp_pub_encrypt_bytea", "pgp_sym_decrypt",
            "pgp_sym_decrypt_bytea", "pgp_sym_encrypt", "pgp_sym_encrypt_bytea",
        ],
        types: &[],
        operator_classes: &[],
    },
    Extension {
        name: "pgrowlocks",
        functions: &["pgrowlocks"],
        types: &[],
        operator_classes: &[],
    },
    Extension {
        name: "pgstattuple",
        functions: &[
            "pg_relpages", "pgstatginindex", "pgstathashindex", "pgstatindex", "pgstattuple", "pgstattuple_approx",
        ],
        types: &[],
        operator_classes: &[],
    },
    Extension {
        name: "plpgsql",
        functions: &["plpgsql_call_handler", "plpgsql_inline_handler", "plpgsql_validator"],
        types: &[],
        operator_classes: &[],
    },
    Extension {
        name: "postgres_fdw",
        functions: &[
            "postgres_fdw_disconnect", "postgres_fdw_disconnect_all", "postgres_fdw_get_connections",
            "postgres_fdw_handler", "postgres_fdw_validator",
        ],
        types: &[],
        operator_classes: &[],
    },
    Extension {
        name: "refint",
        functions: &["check_foreign_key", "check_primary_key"],
        types: &[],
        operator_classes: &[],
    },
    Extension {
        name: "seg",
        functions: &[
            "seg_center", "seg_cmp", "seg_contained", "seg_contains", "seg_different", "seg_ge", "seg_gt", "seg_in",
            "seg_inter", "seg_le", "seg_left", "seg_lower", "seg_lt", "seg_out", "seg_over_left", "seg_over_right",
            "seg_overlap", "seg_right", "seg_same", "seg_size", "seg_union", "seg_upper",
        ],
        types: &["seg"],
        operator_classes: &["gist_seg_ops", "seg_ops"],
    },
    Extension {
        name: "sslinfo",
        functions: &[
            "ssl_cipher", "ssl_client_cert_present", "ssl_client_dn", "ssl_client_dn_field", "ssl_client_serial",
            "ssl_extension_info", "ssl_is_used", "ssl_issuer_dn", "ssl_issuer_field", "ssl_version",
        ],
        types: &[],
        operator_classes: &[],
    },
    Extension {
        name: "tablefunc",
        functions: &["connectby", "crosstab", "crosstab2", "crosstab3", "crosstab4", "normal_rand"],
        types: &["tablefunc_crosstab_2", "tablefunc_crosstab_3", "tablefunc_crosstab_4"],
        operator_classes: &[],
    },
    Extension {
        name: "tcn",
        functions: &["triggered_change_notification"],
        types: &[],
        operator_classes: &[],
    },
    Extension {
        name: "tsm_system_rows",
        functions: &["system_rows"],
        types: &[],
        operator_classes: &[],
    },
    Extension {
        name: "tsm_system_time",
        functions: &["system_time"],
        types: &[],
        operator_classes: &[],
    },
    Extension {
        name: "unaccent",
        functions: &["unaccent", "unaccent_init"],
        types: &[],
        operator_classes: &[],
    },
    Extension {
        name: "uuid-ossp",
        functions: &[
            "uuid_generate_v1", "uuid_generate_v1mc", "uuid_generate_v3", "uuid_generate_v4", "uuid_generate_v5",
            "uuid_nil", "uuid_ns_dns", "uuid_ns_oid", "uuid_ns_url", "uuid_ns_x500",
        ],
        types: &[],
        operator_classes: &[],
    },
    Extension {
        name: "xml2",
        functions: &[
            "xml_encode_special_chars", "xml_valid", "xpath_bool", "xpath_list", "xpath_nodeset", "xpath_number",
            "xpath_string", "xpath_table", "xslt_process",
        ],
        types: &[],
        operator_classes: &[],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_sorted() {
        assert!(EXTENSIONS.is_sorted_by(|left, right| left.name < right.name));
        for extension in EXTENSIONS {
            for names in [
                extension.functions,
                extension.types,
                extension.operator_classes,
            ] {
                assert!(names.is_sorted(), "{}", extension.name);
            }
        }
    }

    #[test]
    fn one_is_found_by_its_name() {
        let found = extension("uuid-ossp").unwrap();
        assert!(found.functions.contains(&"uuid_generate_v4"));
        assert_eq!(extension("postgis"), None);
    }
}
