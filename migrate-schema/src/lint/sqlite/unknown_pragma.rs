use crate::{
    Code, Finding,
    lint::{Check, Context, Example, Lint, Page, SQLITE, text},
    nearest,
    tree::Action,
};

pub(super) const LINT: Lint = Lint {
    page: Page {
        code: Code::UnknownPragma,
        products: SQLITE,
        summary: "A `PRAGMA` that SQLite does not know.",
        why: "SQLite ignores a `PRAGMA` with a misspelt name, without a word.",
        instead: "Write the name as SQLite has it.",
        examples: &[Example::new(
            "sqlite",
            &[],
            "PRAGMA foreign_key_chek",
            "PRAGMA foreign_key_check",
        )],
    },
    down: false,
    check: Check::Action(check),
};

fn check(context: &Context<'_>, action: &Action, findings: &mut Vec<Finding>) {
    let Action::Setting { name, .. } = action else {
        return;
    };
    // Extensions have pragmas of their own: only what is nearly one of SQLite's is surely misspelt.
    if KNOWN.contains(&name.as_str()) {
        return;
    }
    let Some(near) = nearest(name, KNOWN.iter().copied()) else {
        return;
    };
    let range = text::word(context, name).unwrap_or_else(|| context.statement());
    findings.push(
        Finding::new(
            Code::UnknownPragma,
            format!("SQLite knows no `PRAGMA {name}`, and ignores it"),
            range.clone(),
        )
        .help(format!("did you mean `{near}`?"))
        .fix(range, near),
    );
}

const KNOWN: &[&str] = &[
    "analysis_limit",
    "application_id",
    "auto_vacuum",
    "automatic_index",
    "busy_timeout",
    "cache_size",
    "cache_spill",
    "case_sensitive_like",
    "cell_size_check",
    "checkpoint_fullfsync",
    "collation_list",
    "compile_options",
    "count_changes",
    "data_store_directory",
    "data_version",
    "database_list",
    "default_cache_size",
    "defer_foreign_keys",
    "empty_result_callbacks",
    "encoding",
    "foreign_key_check",
    "foreign_key_list",
    "foreign_keys",
    "freelist_count",
    "full_column_names",
    "fullfsync",
    "function_list",
    "hard_heap_limit",
    "ignore_check_constraints",
    "incremental_vacuum",
    "index_info",
    "index_list",
    "index_xinfo",
    "integrity_check",
    "journal_mode",
    "journal_size_limit",
    "legacy_alter_table",
    "legacy_file_format",
    "locking_mode",
    "max_page_count",
    "mmap_size",
    "module_list",
    "optimize",
    "page_count",
    "page_size",
    "parser_trace",
    "pragma_list",
    "query_only",
    "quick_check",
    "read_uncommitted",
    "recursive_triggers",
    "reverse_unordered_selects",
    "schema_version",
    "secure_delete",
    "short_column_names",
    "shrink_memory",
    "soft_heap_limit",
    "stats",
    "synchronous",
    "table_info",
    "table_list",
    "table_xinfo",
    "temp_store",
    "temp_store_directory",
    "threads",
    "trusted_schema",
    "user_version",
    "vdbe_addoptrace",
    "vdbe_debug",
    "vdbe_listing",
    "vdbe_trace",
    "wal_autocheckpoint",
    "wal_checkpoint",
    "writable_schema",
    "key",
    "rekey",
    "cipher",
];
