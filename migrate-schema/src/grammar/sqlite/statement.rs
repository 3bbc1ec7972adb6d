//! Statements: which it is, and everything but tables and queries.

use sqlite3_parser::dialect::TokenType::*;

use super::cursor::{Cursor, Read, Unread, unquoted};
use crate::tree::{
    Action, Behavior, Conflict, ConflictAction, CreateIndex, CreateTrigger, CreateView, Cte,
    Delete, Drop, Expression, Insert, Name, ObjectKind, Path, Require, Source, Target, TriggerBody,
    TriggerEvent, TriggerTime, Update,
};

impl Cursor<'_> {
    /// What a whole statement does.
    pub(super) fn statement(&mut self) -> Read<Vec<Action>> {
        if self.eat(TK_EXPLAIN) {
            let _ = self.eat_both(TK_QUERY, TK_PLAN);
            let mut actions = self.command()?;
            // It is only prepared: what it names must be there, and nothing becomes of it.
            actions.retain(|action| matches!(action, Action::Query(_)));
            return Ok(actions);
        }
        self.command()
    }

    fn command(&mut self) -> Read<Vec<Action>> {
        let action = match self.peek() {
            TK_CREATE => self.create()?,
            TK_DROP => self.drop_statement()?,
            TK_ALTER => {
                self.next()?;
                self.expect(TK_TABLE)?;
                Action::AlterTable(self.alter_table()?)
            }
            TK_SELECT | TK_VALUES | TK_WITH | TK_INSERT | TK_REPLACE | TK_UPDATE | TK_DELETE => {
                self.rows()?
            }
            TK_PRAGMA => self.pragma()?,
            TK_REINDEX => self.require("REINDEX")?,
            TK_ANALYZE => self.require("ANALYZE")?,
            TK_ATTACH => return self.attach(),
            TK_BEGIN | TK_COMMIT | TK_END | TK_ROLLBACK | TK_SAVEPOINT | TK_RELEASE | TK_VACUUM
            | TK_DETACH => return Ok(Vec::new()),
            _ => return Err(Unread),
        };
        if self.at_end() {
            Ok(match action {
                // `REINDEX` and `ANALYZE` of everything.
                Action::Require(Require { targets, .. }) if targets.is_empty() => Vec::new(),
                action => vec![action],
            })
        } else {
            Err(Unread)
        }
    }

    fn create(&mut self) -> Read<Action> {
        self.next()?;
        let temporary = self.eat(TK_TEMP);
        Ok(match self.next()?.kind {
            TK_TABLE => Action::CreateTable(Box::new(self.create_table(temporary)?)),
            TK_VIRTUAL => {
                self.expect(TK_TABLE)?;
                Action::CreateTable(Box::new(self.create_virtual_table()?))
            }
            TK_UNIQUE => {
                self.expect(TK_INDEX)?;
                Action::CreateIndex(self.create_index(true)?)
            }
            TK_INDEX => Action::CreateIndex(self.create_index(false)?),
            TK_VIEW => Action::CreateView(self.create_view(temporary)?),
            TK_TRIGGER => Action::CreateTrigger(self.create_trigger(temporary)?),
            _ => return Err(Unread),
        })
    }

    fn create_index(&mut self, unique: bool) -> Read<CreateIndex> {
        let if_not_exists = self.if_not_exists()?;
        let name = self.path()?;
        self.expect(TK_ON)?;
        let table = Path::bare(self.name()?);
        Ok(CreateIndex {
            name: Some(name),
            if_not_exists,
            or_replace: false,
            unique,
            concurrently: false,
            table,
            method: None,
            parts: self.index_parts()?,
            include: Vec::new(),
            nulls_not_distinct: false,
            comment: None,
            predicate: self.filter()?,
        })
    }

    fn create_view(&mut self, temporary: bool) -> Read<CreateView> {
        let if_not_exists = self.if_not_exists()?;
        let name = self.path()?;
        let columns = self.optional_names()?;
        self.expect(TK_AS)?;
        Ok(CreateView {
            name,
            materialized: false,
            if_not_exists,
            or_replace: false,
            temporary,
            columns,
            query: self.query()?,
        })
    }

    fn create_trigger(&mut self, temporary: bool) -> Read<CreateTrigger> {
        let if_not_exists = self.if_not_exists()?;
        let name = self.path()?;
        let time = if self.eat(TK_AFTER) {
            TriggerTime::After
        } else if self.eat_both(TK_INSTEAD, TK_OF) {
            TriggerTime::InsteadOf
        } else {
            let _ = self.eat(TK_BEFORE);
            TriggerTime::Before
        };
        let event = match self.next()?.kind {
            TK_DELETE => TriggerEvent::Delete,
            TK_INSERT => TriggerEvent::Insert,
            TK_UPDATE if self.eat(TK_OF) => TriggerEvent::Update(self.list(Self::name)?),
            TK_UPDATE => TriggerEvent::Update(Vec::new()),
            _ => return Err(Unread),
        };
        self.expect(TK_ON)?;
        let table = self.path()?;
        if self.eat(TK_FOR) {
            self.expect(TK_EACH)?;
            self.expect(TK_ROW)?;
        }
        let when = if self.eat(TK_WHEN) {
            Some(self.expression()?)
        } else {
            None
        };
        self.expect(TK_BEGIN)?;
        let mut statements = Vec::new();
        while self.peek() != TK_END {
            statements.push(self.rows()?);
            self.expect(TK_SEMI)?;
        }
        self.next()?;
        Ok(CreateTrigger {
            name,
            if_not_exists,
            or_replace: false,
            temporary,
            constraint: false,
            time,
            events: vec![event],
            table,
            when,
            body: TriggerBody::Statements(statements),
        })
    }

    fn drop_statement(&mut self) -> Read<Action> {
        self.next()?;
        let kind = match self.next()?.kind {
            TK_TABLE => ObjectKind::Table,
            TK_VIEW => ObjectKind::View,
            TK_INDEX => ObjectKind::Index,
            TK_TRIGGER => ObjectKind::Trigger,
            _ => return Err(Unread),
        };
        let if_exists = self.eat_both(TK_IF, TK_EXISTS);
        Ok(Action::Drop(Drop {
            targets: vec![target(kind, self.path()?)],
            if_exists,
            behavior: Behavior::Default,
            concurrently: false,
        }))
    }

    /// `SELECT`, `INSERT`, `UPDATE`, `DELETE`.
    fn rows(&mut self) -> Read<Action> {
        let start = self.start();
        let with = self.with()?;
        Ok(match self.peek() {
            TK_INSERT | TK_REPLACE => Action::Insert(Box::new(self.insert(with)?)),
            TK_UPDATE => Action::Update(Box::new(self.update(with)?)),
            TK_DELETE => Action::Delete(Box::new(self.delete(with)?)),
            _ => Action::Query(Box::new(self.query_behind_with(start, with)?)),
        })
    }

    /// `OR REPLACE` and its kin.
    fn or_conflict(&mut self) -> Read<()> {
        if self.eat(TK_OR) {
            self.next()?;
        }
        Ok(())
    }

    /// `AS name` behind the table of a statement.
    fn table_alias(&mut self) -> Read<Option<Name>> {
        if self.eat(TK_AS) {
            Ok(Some(self.name()?))
        } else {
            Ok(None)
        }
    }

    fn insert(&mut self, with: Vec<Cte>) -> Read<Insert> {
        if self.next()?.kind == TK_INSERT {
            self.or_conflict()?;
        }
        self.expect(TK_INTO)?;
        let table = self.path()?;
        let alias = self.table_alias()?;
        let columns = if self.peek() == TK_LP {
            self.bracketed(Self::name)?
        } else {
            Vec::new()
        };
        let rows = if self.eat_both(TK_DEFAULT, TK_VALUES) {
            None
        } else {
            Some(self.query()?)
        };
        let mut conflicts = Vec::new();
        while self.eat_both(TK_ON, TK_CONFLICT) {
            conflicts.push(self.conflict()?);
        }
        Ok(Insert {
            recursive: !with.is_empty(),
            with,
            table,
            alias,
            columns,
            rows,
            set: false,
            conflicts,
            returning: self.returning()?,
        })
    }

    fn conflict(&mut self) -> Read<Conflict> {
        let mut columns = Vec::new();
        let mut predicate = None;
        if self.peek() == TK_LP {
            columns = self.conflict_target()?;
            predicate = self.filter()?;
        }
        self.expect(TK_DO)?;
        let action = if self.eat(TK_NOTHING) {
            ConflictAction::Nothing
        } else {
            self.expect(TK_UPDATE)?;
            self.expect(TK_SET)?;
            ConflictAction::Update {
                assignments: self.assignments()?,
                filter: self.filter()?.map(Box::new),
            }
        };
        Ok(Conflict {
            columns,
            constraint: None,
            predicate,
            action,
        })
    }

    fn assignments(&mut self) -> Read<Vec<(Vec<Name>, Expression)>> {
        self.list(|cursor| {
            let columns = if cursor.peek() == TK_LP {
                cursor.bracketed(Self::name)?
            } else {
                vec![cursor.name()?]
            };
            cursor.expect(TK_EQ)?;
            Ok((columns, cursor.expression()?))
        })
    }

    fn returning(&mut self) -> Read<Vec<crate::tree::Output>> {
        if self.eat(TK_RETURNING) {
            self.outputs()
        } else {
            Ok(Vec::new())
        }
    }

    /// The table of `UPDATE` and `DELETE`.
    fn changed_table(&mut self) -> Read<Source> {
        Ok(Source::Table {
            name: self.path()?,
            alias: self.table_alias()?,
            columns: Vec::new(),
            indexes: self.indexed_by()?,
        })
    }

    fn update(&mut self, with: Vec<Cte>) -> Read<Update> {
        self.next()?;
        self.or_conflict()?;
        let target = self.changed_table()?;
        self.expect(TK_SET)?;
        let assignments = self.assignments()?;
        let from = if self.eat(TK_FROM) {
            self.sources()?
        } else {
            Vec::new()
        };
        let filter = self.filter()?;
        let returning = self.returning()?;
        let (mut rest, limit) = self.order_and_limit()?;
        rest.extend(limit);
        Ok(Update {
            recursive: !with.is_empty(),
            with,
            target,
            assignments: assignments
                .into_iter()
                .map(|(names, value)| (names.into_iter().map(Path::bare).collect(), value))
                .collect(),
            from,
            filter,
            rest,
            returning,
        })
    }

    fn delete(&mut self, with: Vec<Cte>) -> Read<Delete> {
        self.next()?;
        self.expect(TK_FROM)?;
        let table = self.changed_table()?;
        let filter = self.filter()?;
        let returning = self.returning()?;
        let (mut rest, limit) = self.order_and_limit()?;
        rest.extend(limit);
        Ok(Delete {
            recursive: !with.is_empty(),
            with,
            targets: vec![table],
            using: Vec::new(),
            filter,
            rest,
            returning,
        })
    }

    fn pragma(&mut self) -> Read<Action> {
        self.next()?;
        let name = self.path()?.name.text.to_ascii_lowercase();
        let mut value = None;
        if self.eat(TK_EQ) || self.eat(TK_LP) {
            let start = self.start();
            let _ = self.eat(TK_PLUS) || self.eat(TK_MINUS);
            let end = self.next()?.end;
            value = Some(unquoted(self.text(start..end)));
            let _ = self.eat(TK_RP);
        }
        Ok(Action::Setting { name, value })
    }

    /// `REINDEX` and `ANALYZE`: the name can be that of a table, an index, a collation or a schema.
    fn require(&mut self, statement: &'static str) -> Read<Action> {
        self.next()?;
        let mut targets = Vec::new();
        if !self.at_end() {
            targets.push(target(ObjectKind::Other, self.path()?));
        }
        Ok(Action::Require(Require {
            targets,
            if_exists: false,
            statement,
            concurrently: false,
            comment: None,
        }))
    }

    /// What the database that is attached holds is not known.
    fn attach(&mut self) -> Read<Vec<Action>> {
        let words = self
            .tokens()
            .last()
            .map(|token| unquoted(self.text(token.range())))
            .into_iter()
            .collect();
        Ok(vec![Action::Opaque {
            words,
            everything: false,
        }])
    }
}

const fn target(kind: ObjectKind, path: Path) -> Target {
    Target {
        kind,
        path,
        on: None,
        arguments: None,
    }
}
