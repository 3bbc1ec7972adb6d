//! The options of a table, and its partitions.

use super::{
    definition,
    parser::{Parse, Parser},
    token::Kind,
};
use crate::{
    Code, Finding, nearest,
    tree::{Expression, ExpressionKind},
};

/// Options of InnoDB, MyISAM, Aria and MEMORY, and of the server itself. Other engines have more.
const OPTIONS: &[&str] = &[
    "auto_increment",
    "autoextend_size",
    "avg_row_length",
    "checksum",
    "comment",
    "compression",
    "connection",
    "delay_key_write",
    "encrypted",
    "encryption",
    "encryption_key_id",
    "engine",
    "engine_attribute",
    "fetch_mode",
    "insert_method",
    "key_block_size",
    "max_rows",
    "min_rows",
    "pack_keys",
    "page_checksum",
    "page_compressed",
    "page_compression_level",
    "password",
    "row_format",
    "secondary_engine",
    "secondary_engine_attribute",
    "sequence",
    "stats_auto_recalc",
    "stats_persistent",
    "stats_sample_pages",
    "storage",
    "table_checksum",
    "tablespace",
    "transactional",
    "type",
    "union",
    "itef_quotes",
    "ietf_quotes",
    "nodegroup",
];

const ROW_FORMATS: &[&str] = &[
    "default",
    "dynamic",
    "fixed",
    "compressed",
    "redundant",
    "compact",
    "page",
    "tokudb_uncompressed",
    "tokudb_zlib",
    "tokudb_snappy",
    "tokudb_quicklz",
    "tokudb_lzma",
    "tokudb_fast",
    "tokudb_small",
    "tokudb_default",
];

impl Parser<'_> {
    /// `ENGINE=InnoDB, DEFAULT CHARSET=utf8mb4 …`
    pub(super) fn table_options(&mut self, options: &mut Vec<(String, String)>) -> Parse<()> {
        let mut comma = None;
        loop {
            if !self.table_option(options)? {
                break;
            }
            comma = self.is_symbol(",").then_some(self.at);
            if comma.is_some() {
                self.advance();
            }
        }
        match comma {
            Some(_) => self.expected_here("an option of the table"),
            None => Ok(()),
        }
    }

    /// One option; false where none follows.
    pub(super) fn table_option(&mut self, options: &mut Vec<(String, String)>) -> Parse<bool> {
        let start = self.at;
        let default = self.word("default");
        if self.words(&["character", "set"]) || self.words(&["char", "set"]) || self.word("charset")
        {
            self.equals();
            let value = self.charset()?.text;
            options.push(("charset".to_owned(), value));
            return Ok(true);
        }
        if self.word("collate") {
            self.equals();
            let value = self.collation()?.text;
            options.push(("collate".to_owned(), value));
            return Ok(true);
        }
        if default {
            // `DEFAULT ENCRYPTION` is a database's.
            return self.unexpected();
        }
        if self.is_any(&["data", "index"]) && self.is_at(1, "directory") {
            self.back_to(self.at + 2);
            self.equals();
            self.string()?;
            return Ok(true);
        }
        if self.words(&["start", "transaction"]) || self.words(&["with", "system", "versioning"]) {
            return Ok(true);
        }
        if self.word("union") {
            self.equals();
            self.in_brackets(|p| p.list(|p| p.path("the name of a table")))?;
            return Ok(true);
        }
        self.named_option(start, options)
    }

    fn named_option(&mut self, start: usize, options: &mut Vec<(String, String)>) -> Parse<bool> {
        let written = self.text().trim_matches('`').to_ascii_lowercase();
        if !matches!(self.token().kind, Kind::Word | Kind::Quoted)
            || !OPTIONS.contains(&written.as_str())
        {
            if self.is_name_at(0) && self.symbol_at(1, "=") {
                return self.unknown_option(options);
            }
            self.is_any(OPTIONS);
            if self.at != start {
                self.back_to(start);
            }
            return Ok(false);
        }
        let name = written;
        self.advance();
        self.equals();
        let range = self.token().range();
        let value = if name == "row_format" {
            match self.one_of(ROW_FORMATS) {
                Some(format) => format.to_ascii_uppercase(),
                None => return self.unexpected(),
            }
        } else {
            self.option_value()?
        };
        if name == "tablespace"
            && self.word("storage")
            && self.one_of(&["disk", "memory"]).is_none()
        {
            return self.unexpected();
        }
        if name == "engine" {
            self.faults.extend(definition::of_engine(&value, range));
        }
        options.push((name, value));
        Ok(true)
    }

    /// An option that the common engines do not have.
    fn unknown_option(&mut self, options: &mut Vec<(String, String)>) -> Parse<bool> {
        let token = self.token();
        let name = self.text().trim_matches('`').to_ascii_lowercase();
        let common = options
            .iter()
            .find(|(name, _)| name == "engine")
            .is_none_or(|(_, engine)| is_common_engine(engine));
        if common {
            let finding = Finding::new(
                Code::SqlSyntax,
                format!("a table has no option `{name}`"),
                token.range(),
            );
            let near = nearest(&name, OPTIONS.iter().copied().chain(["charset", "collate"]));
            return self.refuse(match near {
                Some(near) => {
                    finding.help(format!("did you mean `{}`?", near.to_ascii_uppercase()))
                }
                None => finding,
            });
        }
        self.back_to(self.at + 2);
        let value = self.option_value()?;
        options.push((name, value));
        Ok(true)
    }

    /// Behind nothing: `PARTITION BY …` with all its partitions. Gives the columns and expressions.
    pub(super) fn partition_by(&mut self) -> Parse<Vec<Expression>> {
        self.expect_words(&["partition", "by"])?;
        let by = self.partition_function()?;
        if self.word("partitions") {
            self.number()?;
        }
        if self.word("subpartition") {
            self.expect("by")?;
            self.partition_function()?;
            if self.word("subpartitions") {
                self.number()?;
            }
        }
        if self.is_symbol("(") {
            self.partition_definitions()?;
        }
        Ok(by)
    }

    fn partition_function(&mut self) -> Parse<Vec<Expression>> {
        self.word("linear");
        if self.word("hash") {
            return Ok(vec![self.in_brackets(Self::expression)?]);
        }
        if self.word("key") {
            if self.word("algorithm") {
                self.expect_symbol("=")?;
                self.number()?;
            }
            return self.partition_columns();
        }
        if self.one_of(&["range", "list"]).is_some() {
            if self.word("columns") {
                return self.partition_columns();
            }
            return Ok(vec![self.in_brackets(Self::expression)?]);
        }
        if self.word("system_time") {
            // MariaDB: `INTERVAL 1 MONTH STARTS '…' AUTO`, `LIMIT 1000`.
            while !self.at_end()
                && !self.symbol_at(0, "(")
                && !self.any_at(0, &["partitions", "subpartition"])
            {
                self.advance();
            }
            return Ok(Vec::new());
        }
        self.unexpected()
    }

    fn partition_columns(&mut self) -> Parse<Vec<Expression>> {
        self.in_brackets(|p| {
            if p.symbol_at(0, ")") {
                return Ok(Vec::new());
            }
            let names = p.list(|p| p.name("the name of a column"))?;
            let column = |name: crate::tree::Name| Expression {
                range: name.range.clone(),
                kind: ExpressionKind::Column { table: None, name },
            };
            Ok(names.into_iter().map(column).collect())
        })
    }

    /// `(PARTITION p0 VALUES LESS THAN (10) ENGINE=InnoDB, …)`
    pub(super) fn partition_definitions(&mut self) -> Parse<()> {
        self.in_brackets(|p| p.list(Self::partition_definition))?;
        Ok(())
    }

    fn partition_definition(&mut self) -> Parse<()> {
        // MariaDB does without the word.
        self.word("partition");
        self.name("the name of a partition")?;
        if self.word("values") {
            if self.word("less") {
                self.expect("than")?;
                if !self.word("maxvalue") {
                    self.partition_values()?;
                }
            } else {
                self.expect("in")?;
                self.partition_values()?;
            }
        } else {
            self.one_of(&["history", "current", "default"]);
        }
        self.partition_options()?;
        if self.is_symbol("(") {
            self.in_brackets(|p| {
                p.list(|p| {
                    p.expect("subpartition")?;
                    p.name("the name of a partition")?;
                    p.partition_options()
                })
            })?;
        }
        Ok(())
    }

    fn partition_values(&mut self) -> Parse<()> {
        self.in_brackets(|p| {
            p.list(|p| {
                if p.word("maxvalue") {
                    Ok(())
                } else if p.is_symbol("(") {
                    // `VALUES IN ((1, 2), (3, 4))`
                    p.partition_values()
                } else {
                    p.expression().map(|_| ())
                }
            })
        })?;
        Ok(())
    }

    fn partition_options(&mut self) -> Parse<()> {
        let mut options = Vec::new();
        self.table_option_list(&mut options)
    }

    fn table_option_list(&mut self, options: &mut Vec<(String, String)>) -> Parse<()> {
        while self.table_option(options)? {}
        Ok(())
    }
}

fn is_common_engine(engine: &str) -> bool {
    let common = ["innodb", "myisam", "memory", "heap", "aria"];
    common.iter().any(|name| engine.eq_ignore_ascii_case(name))
}
