//! `INSERT`, `REPLACE`, `UPDATE`, `DELETE`.

use super::{
    parser::{Parse, Parser, Stop},
    source::cross,
};
use crate::tree::{
    Action, Body, Conflict, ConflictAction, Cte, Delete, Expression, ExpressionKind, Insert, Name,
    Path, Query, Source, Update,
};

impl Parser<'_> {
    /// Behind `INSERT` or `REPLACE`.
    pub(super) fn insert(&mut self, replace: bool) -> Parse<Action> {
        self.one_of(&["low_priority", "delayed", "high_priority"]);
        if !replace {
            self.word("ignore");
        }
        self.word("into");
        let mut insert = Insert {
            with: Vec::new(),
            recursive: false,
            table: self.path("the name of a table")?,
            alias: None,
            columns: Vec::new(),
            rows: None,
            set: false,
            conflicts: Vec::new(),
            returning: Vec::new(),
        };
        if self.is_at(0, "partition") {
            self.advance();
            self.names_in_brackets("the name of a partition")?;
        }
        if self.is_symbol("(") && !self.query_at(0) {
            self.insert_columns(&mut insert)?;
        }
        self.inserted_rows(&mut insert)?;
        if self.is_at(0, "as") || (self.is_name_at(0) && !self.is_at(0, "returning")) {
            self.row_alias(&mut insert)?;
        }
        if !replace && self.word("on") {
            self.on_duplicate_key(&mut insert)?;
        }
        if self.word("returning") {
            insert.returning = self.outputs()?;
        }
        Ok(Action::Insert(Box::new(insert)))
    }

    fn insert_columns(&mut self, insert: &mut Insert) -> Parse<()> {
        insert.columns = self.in_brackets(|p| {
            if p.symbol_at(0, ")") {
                return Ok(Vec::new());
            }
            // A column may have its table before it.
            p.list(Self::column_name)
        })?;
        Ok(())
    }

    fn inserted_rows(&mut self, insert: &mut Insert) -> Parse<()> {
        let start = self.start();
        if self.is_any(&["values", "value"]) && !self.is_at(1, "row") {
            self.advance();
            let rows = self.list(|p| {
                p.in_brackets(|p| {
                    if p.symbol_at(0, ")") {
                        return Ok(Vec::new());
                    }
                    p.list(Self::value)
                })
            })?;
            insert.rows = Some(query_of(self.since(start), Body::Values(rows)));
        } else if insert.columns.is_empty() && self.word("set") {
            let assignments = self.list(Self::assignment)?;
            let mut row = Vec::new();
            for (target, value) in assignments {
                insert.columns.push(target.name);
                row.push(value);
            }
            insert.set = true;
            insert.rows = Some(query_of(self.since(start), Body::Values(vec![row])));
        } else if self.query_at(0) {
            insert.rows = Some(self.query()?);
        } else {
            self.is_any(&["select", "set"]);
            return self.unexpected();
        }
        Ok(())
    }

    /// A value: an expression, `DEFAULT`, MariaDB's `IGNORE`.
    pub(super) fn value(&mut self) -> Parse<Expression> {
        if self.is_at(0, "ignore") {
            let range = self.token().range();
            self.advance();
            return Ok(Expression {
                range,
                kind: ExpressionKind::Default,
            });
        }
        self.expression()
    }

    /// `AS new`, `AS new (a, b)`
    fn row_alias(&mut self, insert: &mut Insert) -> Parse<()> {
        self.expect("as")?;
        insert.alias = Some(self.name("the name of the new row")?);
        if self.is_symbol("(") {
            // Other names for the columns: what `ON DUPLICATE KEY UPDATE` says of them is not followed.
            self.names_in_brackets("the name of a column")?;
            return Err(Stop::Opaque);
        }
        Ok(())
    }

    fn on_duplicate_key(&mut self, insert: &mut Insert) -> Parse<()> {
        self.expect_words(&["duplicate", "key", "update"])?;
        let assignments = self.list(Self::assignment)?;
        let assignments = assignments
            .into_iter()
            .map(|(target, value)| (vec![target.name], value))
            .collect();
        insert.conflicts.push(Conflict {
            columns: Vec::new(),
            constraint: None,
            predicate: None,
            action: ConflictAction::Update {
                assignments,
                filter: None,
            },
        });
        Ok(())
    }

    /// `a = e`, `t.a = DEFAULT`
    fn assignment(&mut self) -> Parse<(Path, Expression)> {
        let mut path = self.path("the name of a column")?;
        if self.symbol_at(0, ".") {
            self.advance();
            let column = self.take_name();
            path = Path {
                schema: Some(path.name),
                name: column,
            };
        }
        if !self.symbol(":=") {
            self.expect_symbol("=")?;
        }
        Ok((path, self.value()?))
    }

    /// Behind `UPDATE`.
    pub(super) fn update(&mut self, recursive: bool, with: Vec<Cte>) -> Parse<Action> {
        self.word("low_priority");
        self.word("ignore");
        let target = cross(self.sources()?);
        self.expect("set")?;
        let assignments = self.list(Self::assignment)?;
        let mut update = Update {
            with,
            recursive,
            target,
            assignments: assignments
                .into_iter()
                .map(|(target, value)| (vec![target], value))
                .collect(),
            from: Vec::new(),
            filter: None,
            rest: Vec::new(),
            returning: Vec::new(),
        };
        if self.word("where") {
            update.filter = Some(self.expression()?);
        }
        self.order_and_limit(&mut update.rest)?;
        Ok(Action::Update(Box::new(update)))
    }

    fn order_and_limit(&mut self, rest: &mut Vec<Expression>) -> Parse<()> {
        if self.word("order") {
            self.expect("by")?;
            rest.extend(self.order_items()?);
        }
        if self.word("limit") {
            rest.push(self.simple_expression()?);
        }
        Ok(())
    }

    /// Behind `DELETE`.
    pub(super) fn delete(&mut self, recursive: bool, with: Vec<Cte>) -> Parse<Action> {
        while self.one_of(&["low_priority", "quick", "ignore"]).is_some() {}
        // MariaDB: `DELETE HISTORY FROM t BEFORE …`
        if self.is_at(0, "history") && self.is_at(1, "from") {
            return Err(Stop::Opaque);
        }
        let mut delete = Delete {
            with,
            recursive,
            targets: Vec::new(),
            using: Vec::new(),
            filter: None,
            rest: Vec::new(),
            returning: Vec::new(),
        };
        if self.word("from") {
            self.delete_from(&mut delete)?;
        } else {
            delete.targets = self.delete_targets()?;
            self.expect("from")?;
            delete.using = self.sources()?;
        }
        if self.word("where") {
            delete.filter = Some(self.expression()?);
        }
        if delete.using.is_empty() {
            self.order_and_limit(&mut delete.rest)?;
            if self.word("returning") {
                delete.returning = self.outputs()?;
            }
        }
        Ok(Action::Delete(Box::new(delete)))
    }

    fn delete_from(&mut self, delete: &mut Delete) -> Parse<()> {
        let at = self.at;
        let targets = self.delete_targets()?;
        if self.word("using") {
            delete.targets = targets;
            delete.using = self.sources()?;
            return Ok(());
        }
        self.back_to(at);
        delete.targets = vec![self.source()?];
        Ok(())
    }

    /// `a, b.*`
    fn delete_targets(&mut self) -> Parse<Vec<Source>> {
        self.list(|p| {
            let first = p.name("the name of a table")?;
            let mut names: Vec<Name> = vec![first];
            while p.symbol_at(0, ".") {
                p.advance();
                if p.symbol("*") {
                    break;
                }
                names.push(p.take_name());
            }
            let name = match names.pop() {
                Some(name) => name,
                None => return p.unexpected(),
            };
            Ok(Source::Table {
                name: Path {
                    schema: names.pop(),
                    name,
                },
                alias: None,
                columns: Vec::new(),
                indexes: Vec::new(),
            })
        })
    }
}

fn query_of(range: std::ops::Range<usize>, body: Body) -> Query {
    Query {
        range,
        recursive: false,
        with: Vec::new(),
        body,
        order_by: Vec::new(),
        limit: Vec::new(),
    }
}
