//! `ALTER TABLE`.

use super::parser::{Parse, Parser, Stop};
use crate::tree::{Action, Alter, AlterTable, Behavior, ColumnChange, DropWhich, ObjectKind};

impl Parser<'_> {
    /// Behind `ALTER [ONLINE] [IGNORE] TABLE`.
    pub(super) fn alter_table(&mut self) -> Parse<Action> {
        let if_exists = self.if_exists()?;
        let mut alter = AlterTable {
            kind: ObjectKind::Table,
            name: self.path("the name of a table")?,
            if_exists,
            changes: Vec::new(),
            options: Vec::new(),
        };
        if self.word("wait") {
            self.number()?;
        } else {
            self.word("nowait");
        }
        if self.at_end() {
            return Ok(Action::AlterTable(alter));
        }
        loop {
            self.change(&mut alter)?;
            // `PARTITION BY` stands last, without a comma.
            if self.is_at(0, "partition") {
                continue;
            }
            if !self.symbol(",") {
                break;
            }
        }
        Ok(Action::AlterTable(alter))
    }

    fn change(&mut self, alter: &mut AlterTable) -> Parse<()> {
        if self.word("add") {
            return self.add(alter);
        }
        if self.word("drop") {
            return self.drop_from_table(alter);
        }
        let change = if self.word("modify") {
            self.word("column");
            let if_exists = self.if_exists()?;
            let mut column = self.column()?;
            column.position = self.position()?;
            Alter::Redefine {
                name: column.name.clone(),
                column: Box::new(column),
                if_exists,
            }
        } else if self.word("change") {
            self.word("column");
            let if_exists = self.if_exists()?;
            let name = self.name("the name of a column")?;
            let mut column = self.column()?;
            column.position = self.position()?;
            Alter::Redefine {
                name,
                column: Box::new(column),
                if_exists,
            }
        } else if self.word("rename") {
            self.rename_in_table()?
        } else if self.word("alter") {
            self.alter_in_table()?
        } else {
            return self.other_change(alter);
        };
        alter.changes.push(change);
        Ok(())
    }

    fn add(&mut self, alter: &mut AlterTable) -> Parse<()> {
        if self.word("partition") {
            return self.add_partition(alter);
        }
        if self.is_period() {
            self.period()?;
            alter.changes.push(other("ADD PERIOD"));
            return Ok(());
        }
        if self.is_at(0, "system") && self.is_at(1, "versioning") {
            self.back_to(self.at + 2);
            alter.changes.push(other("ADD SYSTEM VERSIONING"));
            return Ok(());
        }
        if self.is_constraint() {
            let constraint = self.constraint()?;
            alter.changes.push(Alter::AddConstraint(constraint));
            return Ok(());
        }
        self.word("column");
        let if_not_exists = self.if_not_exists()?;
        if self.is_symbol("(") {
            return self.add_columns(alter, if_not_exists);
        }
        let mut column = self.column()?;
        column.position = self.position()?;
        alter.changes.push(Alter::AddColumn {
            column: Box::new(column),
            if_not_exists,
        });
        Ok(())
    }

    /// `ADD (a INT, KEY (a))`
    fn add_columns(&mut self, alter: &mut AlterTable, if_not_exists: bool) -> Parse<()> {
        self.in_brackets(|p| {
            p.list(|p| {
                let change = if p.is_constraint() {
                    Alter::AddConstraint(p.constraint()?)
                } else {
                    let mut column = p.column()?;
                    column.position = p.position()?;
                    Alter::AddColumn {
                        column: Box::new(column),
                        if_not_exists,
                    }
                };
                alter.changes.push(change);
                Ok(())
            })
        })?;
        Ok(())
    }

    fn add_partition(&mut self, alter: &mut AlterTable) -> Parse<()> {
        self.if_not_exists()?;
        self.no_binlog();
        if self.word("partitions") {
            self.number()?;
        } else {
            self.partition_definitions()?;
        }
        alter.changes.push(other("ADD PARTITION"));
        Ok(())
    }

    /// `NO_WRITE_TO_BINLOG`, `LOCAL`
    pub(super) fn no_binlog(&mut self) {
        self.one_of(&["no_write_to_binlog", "local"]);
    }

    fn drop_from_table(&mut self, alter: &mut AlterTable) -> Parse<()> {
        let which = if self.words(&["primary", "key"]) {
            alter.changes.push(Alter::DropConstraint {
                name: None,
                which: DropWhich::PrimaryKey,
                if_exists: false,
                behavior: Behavior::Default,
            });
            return Ok(());
        } else if self.words(&["foreign", "key"]) {
            Some(DropWhich::ForeignKey)
        } else if self.one_of(&["index", "key"]).is_some() {
            Some(DropWhich::Index)
        } else if self.word("constraint") {
            Some(DropWhich::Constraint)
        } else if self.word("check") {
            Some(DropWhich::Check)
        } else {
            None
        };
        if let Some(which) = which {
            let if_exists = self.if_exists()?;
            let name = self.name(match which {
                DropWhich::Index => "the name of an index",
                _ => "the name of a constraint",
            })?;
            // The name may have the table's before it.
            let name = if which == DropWhich::ForeignKey && self.symbol(".") {
                self.name("the name of a constraint")?
            } else {
                name
            };
            alter.changes.push(Alter::DropConstraint {
                name: Some(name),
                which,
                if_exists,
                behavior: Behavior::Default,
            });
            return Ok(());
        }
        if self.word("partition") {
            self.if_exists()?;
            self.list(|p| p.name("the name of a partition"))?;
            alter.changes.push(other("DROP PARTITION"));
            return Ok(());
        }
        if self.words(&["system", "versioning"]) {
            alter.changes.push(other("DROP SYSTEM VERSIONING"));
            return Ok(());
        }
        if self.is_period() {
            self.expect("period")?;
            self.if_exists()?;
            self.expect("for")?;
            self.name("the name of a period")?;
            alter.changes.push(other("DROP PERIOD"));
            return Ok(());
        }
        self.drop_column(alter)
    }

    fn drop_column(&mut self, alter: &mut AlterTable) -> Parse<()> {
        self.word("column");
        let if_exists = self.if_exists()?;
        let name = self.name("the name of a column")?;
        let behavior = self.behavior();
        alter.changes.push(Alter::DropColumn {
            name,
            if_exists,
            behavior,
        });
        Ok(())
    }

    /// `RESTRICT`, `CASCADE`, which say nothing here.
    pub(super) fn behavior(&mut self) -> Behavior {
        match self.one_of(&["restrict", "cascade"]) {
            Some("restrict") => Behavior::Restrict,
            Some(_) => Behavior::Cascade,
            None => Behavior::Default,
        }
    }

    fn rename_in_table(&mut self) -> Parse<Alter> {
        if self.word("column") {
            self.if_exists()?;
            let from = self.name("the name of a column")?;
            self.expect("to")?;
            let to = self.name("the new name of the column")?;
            return Ok(Alter::RenameColumn { from, to });
        }
        if self.one_of(&["index", "key"]).is_some() {
            self.if_exists()?;
            let from = self.name("the name of an index")?;
            self.expect("to")?;
            let to = self.name("the new name of the index")?;
            return Ok(Alter::RenameIndex { from, to });
        }
        if self.one_of(&["to", "as"]).is_none() && self.symbol_at(0, "=") {
            self.advance();
        }
        Ok(Alter::RenameTo(self.path("the new name of the table")?))
    }

    fn alter_in_table(&mut self) -> Parse<Alter> {
        if self.one_of(&["index", "key"]).is_some() {
            self.if_exists()?;
            let name = self.name("the name of an index")?;
            if self.one_of(&["visible", "invisible", "ignored"]).is_none()
                && !self.words(&["not", "ignored"])
            {
                return self.unexpected();
            }
            return Ok(Alter::RequireIndex(name));
        }
        if self.one_of(&["check", "constraint"]).is_some() {
            let name = self.name("the name of a constraint")?;
            if !self.words(&["not", "enforced"]) {
                self.expect("enforced")?;
            }
            return Ok(Alter::AlterConstraint {
                name,
                deferrable: None,
            });
        }
        self.word("column");
        let if_exists = self.if_exists()?;
        let name = self.name("the name of a column")?;
        if if_exists {
            return Err(Stop::Opaque);
        }
        let change = if self.words(&["set", "default"]) {
            ColumnChange::SetDefault(self.default_value()?)
        } else if self.words(&["drop", "default"]) {
            ColumnChange::DropDefault
        } else if self.word("set") {
            match self.one_of(&["visible", "invisible"]) {
                Some(word) => ColumnChange::SetInvisible(word == "invisible"),
                None => return self.unexpected(),
            }
        } else {
            return self.unexpected();
        };
        Ok(Alter::AlterColumn { name, change })
    }

    fn other_change(&mut self, alter: &mut AlterTable) -> Parse<()> {
        if let Some(option) = self.one_of(&["algorithm", "lock"]) {
            self.equals();
            let value = self.way(option)?;
            alter.options.push((option.to_owned(), value));
            return Ok(());
        }
        let what = if self.words(&["convert", "to"]) {
            return self.convert(alter);
        } else if self.words(&["order", "by"]) {
            self.list(|p| {
                p.path("the name of a column")?;
                p.one_of(&["asc", "desc"]);
                Ok(())
            })?;
            "ORDER BY"
        } else if self.word("force") {
            "FORCE"
        } else if self.one_of(&["enable", "disable"]).is_some() {
            self.expect("keys")?;
            "KEYS"
        } else if self.one_of(&["discard", "import"]).is_some() {
            return self.tablespace(alter);
        } else if self.one_of(&["with", "without"]).is_some() {
            self.expect("validation")?;
            "VALIDATION"
        } else if self.is("partition") {
            self.partition_by()?;
            "PARTITION BY"
        } else if self.words(&["remove", "partitioning"]) {
            "REMOVE PARTITIONING"
        } else {
            return self.partitions_or_options(alter);
        };
        alter.changes.push(other(what));
        Ok(())
    }

    fn convert(&mut self, alter: &mut AlterTable) -> Parse<()> {
        // MariaDB: `CONVERT TABLE t TO PARTITION …` is opaque by its first word.
        if self.words(&["character", "set"]) || self.words(&["char", "set"]) || self.word("charset")
        {
            self.charset()?;
        } else {
            return self.unexpected();
        }
        if self.word("collate") {
            self.equals();
            self.collation()?;
        }
        alter.changes.push(other("CONVERT TO CHARACTER SET"));
        Ok(())
    }

    fn tablespace(&mut self, alter: &mut AlterTable) -> Parse<()> {
        if self.word("partition") {
            self.list(|p| p.name("the name of a partition"))?;
        }
        self.expect("tablespace")?;
        alter.changes.push(other("TABLESPACE"));
        Ok(())
    }

    fn partitions_or_options(&mut self, alter: &mut AlterTable) -> Parse<()> {
        let verbs = &[
            "truncate",
            "coalesce",
            "reorganize",
            "exchange",
            "analyze",
            "check",
            "optimize",
            "rebuild",
            "repair",
        ];
        if self.is_any(verbs) && self.is_at(1, "partition") {
            // What the partitions are called is not followed.
            return Err(Stop::Opaque);
        }
        if self.is_any(&["convert", "secondary_load", "secondary_unload"]) {
            return Err(Stop::Opaque);
        }
        let mut options = Vec::new();
        if !self.table_option(&mut options)? {
            return self.unexpected();
        }
        while self.table_option(&mut options)? {}
        for (name, value) in options {
            let what = format!("{}={value}", name.to_ascii_uppercase());
            alter.changes.push(Alter::Other { what });
        }
        if alter.changes.is_empty() {
            alter.changes.push(other("OPTION"));
        }
        Ok(())
    }
}

fn other(what: &str) -> Alter {
    Alter::Other {
        what: what.to_owned(),
    }
}
