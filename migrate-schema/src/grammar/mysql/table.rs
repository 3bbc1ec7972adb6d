//! `CREATE TABLE`, and the keys and constraints that `ALTER TABLE` adds too.

use super::{
    definition,
    parser::{Parse, Parser},
};
use crate::{
    Code, Finding,
    tree::{
        Action, Constraint, ConstraintKind, CreateTable, ExpressionKind, IndexPart, Like, Name,
        Terms,
    },
};

/// What stands behind the parts of a key.
#[derive(Default)]
pub(super) struct IndexOptions {
    pub(super) method: Option<String>,
    pub(super) comment: Option<String>,
}

/// A key: its name, its parts, and what else is said of it.
type Key = (Option<Name>, Vec<IndexPart>, Option<Box<Terms>>);

impl Parser<'_> {
    /// Behind `CREATE [OR REPLACE] [TEMPORARY] TABLE`.
    pub(super) fn create_table(&mut self, or_replace: bool, temporary: bool) -> Parse<Action> {
        let faults = self.faults.len();
        let start = self.start();
        let if_not_exists = self.if_not_exists()?;
        if if_not_exists && or_replace {
            return self.refuse(
                Finding::new(
                    Code::SqlSyntax,
                    "OR REPLACE and IF NOT EXISTS exclude each other",
                    self.since(start),
                )
                .help("leave one of them out"),
            );
        }
        let mut table = CreateTable {
            if_not_exists,
            or_replace,
            temporary,
            ..CreateTable::new(self.path("the name of the table")?)
        };
        if self.word("like") {
            table.like.push(self.like()?);
            return Ok(Action::CreateTable(Box::new(table)));
        }
        if self.symbol_at(0, "(") && self.is_at(1, "like") {
            table.like = vec![self.in_brackets(|p| {
                p.expect("like")?;
                p.like()
            })?];
            return Ok(Action::CreateTable(Box::new(table)));
        }
        let query_follows = self.symbol_at(0, "(")
            && (self.any_at(1, &["select", "with"]) || self.symbol_at(1, "("));
        if self.is_symbol("(") && !query_follows {
            self.in_brackets(|p| p.table_elements(&mut table))?;
        }
        self.table_options(&mut table.options)?;
        if self.is("partition") {
            table.partitioned = true;
            let start = self.start();
            table.partition_by = self.partition_by()?;
            table.partition_range = Some(self.since(start));
        }
        self.table_query(&mut table)?;
        definition::of_table(&table, &mut self.faults);
        if table.if_not_exists {
            // Where the table is there already, its definition is hardly looked at.
            table.faults = self.faults.split_off(faults);
        }
        let empty = table.columns.is_empty() && table.query.is_none();
        if empty && !self.may_lack_columns(&table) {
            return self.unexpected();
        }
        Ok(Action::CreateTable(Box::new(table)))
    }

    /// Engines that read their columns from elsewhere (`CONNECT`, `FEDERATED`, `SPIDER`).
    fn may_lack_columns(&self, table: &CreateTable) -> bool {
        table.options.iter().any(|(name, value)| {
            name == "engine" && !["innodb", "myisam"].contains(&value.to_ascii_lowercase().as_str())
        })
    }

    fn like(&mut self) -> Parse<Like> {
        Ok(Like {
            table: self.path("the name of a table")?,
            including: vec!["all".to_owned()],
        })
    }

    fn table_query(&mut self, table: &mut CreateTable) -> Parse<()> {
        let conflicts = self.one_of(&["ignore", "replace"]).is_some();
        let named = self.word("as");
        let query = self.is_any(&["select", "with", "values", "table"]) || self.is_symbol("(");
        if query {
            table.query = Some(self.query()?);
        } else if conflicts || named {
            return self.unexpected();
        }
        Ok(())
    }

    /// `IF NOT EXISTS`
    pub(super) fn if_not_exists(&mut self) -> Parse<bool> {
        if !self.is_at(0, "if") {
            self.is("if");
            return Ok(false);
        }
        self.expect_words(&["if", "not", "exists"])?;
        Ok(true)
    }

    /// `IF EXISTS`
    pub(super) fn if_exists(&mut self) -> Parse<bool> {
        if !self.is_at(0, "if") {
            self.is("if");
            return Ok(false);
        }
        self.expect_words(&["if", "exists"])?;
        Ok(true)
    }

    fn table_elements(&mut self, table: &mut CreateTable) -> Parse<()> {
        loop {
            if self.is_constraint() {
                table.constraints.push(self.constraint()?);
            } else if self.is_period() {
                self.period()?;
            } else {
                table.columns.push(self.column()?);
            }
            if !self.symbol(",") {
                break;
            }
        }
        if !self.is_symbol(")") {
            return self.unexpected();
        }
        Ok(())
    }

    /// Whether a period of MariaDB's begins here, not a column of that name.
    pub(super) fn is_period(&self) -> bool {
        self.is_at(0, "period") && self.any_at(1, &["for", "if"])
    }

    /// MariaDB's `PERIOD FOR name (a, b)`.
    pub(super) fn period(&mut self) -> Parse<()> {
        self.expect("period")?;
        self.if_not_exists()?;
        self.expect("for")?;
        self.name("the name of a period")?;
        self.names_in_brackets("the name of a column")?;
        Ok(())
    }

    /// Whether a key or a constraint begins here.
    pub(super) fn is_constraint(&mut self) -> bool {
        let words = &[
            "constraint",
            "primary",
            "unique",
            "key",
            "index",
            "fulltext",
            "spatial",
            "foreign",
            "check",
        ];
        let vector = self.is_at(0, "vector") && self.any_at(1, &["key", "index"]);
        vector || self.is_any(words)
    }

    /// A key or a constraint, of `CREATE TABLE` and of `ALTER TABLE … ADD`.
    pub(super) fn constraint(&mut self) -> Parse<Constraint> {
        let start = self.start();
        let mut constraint = Constraint {
            name: None,
            kind: ConstraintKind::NotNull(Name {
                text: String::new(),
                quoted: false,
                range: start..start,
            }),
            terms: None,
            not_valid: false,
            if_not_exists: false,
            range: start..start,
        };
        let named = self.word("constraint");
        if named {
            constraint.if_not_exists = self.if_not_exists()?;
            let kinds = &["primary", "unique", "foreign", "check"];
            if !self.any_at(0, kinds) {
                constraint.name = Some(self.name("the name of the constraint")?);
            }
        }
        self.constraint_body(&mut constraint, named)?;
        constraint.range = self.since(start);
        Ok(constraint)
    }

    fn constraint_body(&mut self, constraint: &mut Constraint, named: bool) -> Parse<()> {
        if self.word("primary") {
            self.expect("key")?;
            constraint.if_not_exists |= self.if_not_exists()?;
            let (_, parts, _) = self.key(false)?;
            constraint.kind = ConstraintKind::PrimaryKey(parts);
        } else if self.word("unique") {
            self.one_of(&["key", "index"]);
            constraint.if_not_exists |= self.if_not_exists()?;
            let (name, parts, terms) = self.key(true)?;
            constraint.terms = terms;
            constraint.name = name.or(constraint.name.take());
            constraint.kind = ConstraintKind::Unique(parts);
        } else if self.word("foreign") {
            self.foreign_key(constraint)?;
        } else if self.word("check") {
            constraint.kind = ConstraintKind::Check(self.in_brackets(Self::expression)?);
            self.enforced();
        } else if named {
            return self.unexpected();
        } else {
            let method = self.one_of(&["fulltext", "spatial", "vector"]);
            if self.one_of(&["key", "index"]).is_none() && method.is_none() {
                return self.unexpected();
            }
            constraint.if_not_exists |= self.if_not_exists()?;
            let (name, parts, terms) = self.key(true)?;
            constraint.terms = terms;
            constraint.name = name;
            constraint.kind = ConstraintKind::Index {
                parts,
                method: method.map(str::to_owned),
            };
        }
        Ok(())
    }

    fn foreign_key(&mut self, constraint: &mut Constraint) -> Parse<()> {
        self.expect("key")?;
        constraint.if_not_exists |= self.if_not_exists()?;
        // The name of the index; without a name of the constraint MariaDB and old MySQL take it as that.
        let mut index = None;
        if !self.is_symbol("(") {
            index = Some(self.name("the name of the foreign key, or `(`,")?);
        }
        let columns = self.names_in_brackets("the name of a column")?;
        self.expect("references")?;
        if constraint.name.is_none() {
            constraint.name = index;
        }
        let key = self.references(constraint.name.clone(), columns)?;
        constraint.kind = ConstraintKind::ForeignKey(key);
        Ok(())
    }

    /// `[name] [USING BTREE] (parts) [options]`
    fn key(&mut self, may_be_named: bool) -> Parse<Key> {
        let mut name = None;
        if !self.is_symbol("(") && !self.is_any(&["using", "type"]) {
            // A primary key may be given a name too, which is ignored.
            let given = self.name("the name of the key, or `(`,")?;
            name = may_be_named.then_some(given);
        } else if self.is_at(0, "type") && !self.any_at(1, &["btree", "hash", "rtree"]) {
            name = Some(self.take_name());
        }
        self.index_type()?;
        let parts = self.index_parts()?;
        let terms = Terms {
            comment: self.index_options()?.comment,
            ..Terms::default()
        };
        Ok((name, parts, terms.boxed()))
    }

    /// `USING BTREE`
    pub(super) fn index_type(&mut self) -> Parse<Option<String>> {
        let using = self.is_any(&["using"])
            || (self.is_at(0, "type") && self.any_at(1, &["btree", "hash", "rtree"]));
        if !using {
            return Ok(None);
        }
        self.advance();
        match self.one_of(&["btree", "hash", "rtree"]) {
            Some(method) => Ok(Some(method.to_owned())),
            None => self.unexpected(),
        }
    }

    /// `(a, b(10) DESC, (c + 1))`
    pub(super) fn index_parts(&mut self) -> Parse<Vec<IndexPart>> {
        self.in_brackets(|p| p.list(Self::index_part))
    }

    fn index_part(&mut self) -> Parse<IndexPart> {
        let mut length = None;
        let expression = if self.is_symbol("(") {
            self.in_brackets(Self::expression)?
        } else {
            let name = self.name("a column")?;
            if self.symbol("(") {
                length = self.number()?.parse().ok();
                self.expect_symbol(")")?;
            }
            crate::tree::Expression {
                range: name.range.clone(),
                kind: ExpressionKind::Column { table: None, name },
            }
        };
        let descending = self.one_of(&["asc", "desc"]) == Some("desc");
        if self.word("without") {
            self.expect("overlaps")?;
        }
        Ok(IndexPart {
            expression,
            collation: None,
            operator_class: None,
            descending,
            nulls_first: None,
            length,
        })
    }

    /// What stands behind the parts of a key.
    pub(super) fn index_options(&mut self) -> Parse<IndexOptions> {
        let mut options = IndexOptions::default();
        loop {
            if let Some(found) = self.index_type()? {
                options.method = Some(found);
            } else if self.word("comment") {
                options.comment = Some(self.string()?);
            } else if self.word("key_block_size") {
                self.equals();
                self.number()?;
            } else if self.words(&["with", "parser"]) {
                self.name("the name of a parser")?;
            } else if self.one_of(&["visible", "invisible", "ignored"]).is_some()
                || self.words(&["not", "ignored"])
            {
            } else if self
                .one_of(&["engine_attribute", "secondary_engine_attribute"])
                .is_some()
            {
                self.equals();
                self.string()?;
            } else if self.is_name_at(0) && self.symbol_at(1, "=") && !self.is_at(0, "algorithm") {
                self.back_to(self.at + 2);
                self.option_value()?;
            } else {
                return Ok(options);
            }
        }
    }
}
