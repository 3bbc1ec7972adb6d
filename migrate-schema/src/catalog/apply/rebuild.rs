//! A table that the builder makes again.

use std::sync::Arc;

use super::Findings;
use crate::{
    Code, Dialect, Finding,
    catalog::{Catalog, ConstraintKind, Key, Relation},
    tree::{Name, Rebuild},
};

impl Catalog {
    /// The table in its new form. What hangs on it stays, and so does what the builder has no words for.
    pub(super) fn rebuild(
        &self,
        key: &Key,
        draft: &mut Relation,
        rebuild: &Rebuild,
        findings: &mut Findings,
    ) {
        if self.dialect() != Dialect::Sqlite {
            findings.push(not_here(self, &rebuild.table.name.name));
            return;
        }
        let old = draft.clone();
        let mut new = self.new_relation(key, &rebuild.table.name.name);
        new.name.clone_from(&old.name);
        let mut table = rebuild.table.clone();
        table.strict |= old.strict;
        table.without_rowid |= old.without_rowid;
        self.fill_table(&mut new, &table, findings);
        for name in &rebuild.kept {
            self.keep(&old, &mut new, name, findings);
        }
        for column in &mut new.columns {
            let collation = (self.column(&old, &column.name)).and_then(|old| old.collation.clone());
            if column.collation.is_none() && collation.is_some() {
                let mut own = column.as_ref().clone();
                own.collation = collation;
                *column = Arc::new(own);
            }
        }
        self.indexes_stay(&old, &new, &rebuild.table.name.name, findings);
        *draft = Relation {
            columns: new.columns,
            constraints: new.constraints,
            strict: new.strict,
            without_rowid: new.without_rowid,
            open: old.open,
            uses: new.uses,
            ..old
        };
    }

    /// The column as it was, with what stood behind it.
    fn keep(&self, old: &Relation, new: &mut Relation, name: &Name, findings: &mut Findings) {
        let Some(column) = old
            .columns
            .iter()
            .find(|one| self.same(&one.name, &name.text))
        else {
            if !old.open {
                findings.push(self.no_such_column(old, name));
            }
            return;
        };
        for own in &mut new.columns {
            if self.same(&own.name, &column.name) {
                *own = column.clone();
            }
        }
        let behind = old.constraints.iter().filter(|one| {
            (one.column.as_ref()).is_some_and(|column| self.same(column, &name.text))
        });
        new.constraints.extend(behind.cloned());
    }

    /// An index on a column that is not there any more would be lost.
    fn indexes_stay(&self, old: &Relation, new: &Relation, name: &Name, findings: &mut Findings) {
        if old.open {
            return;
        }
        for index in &old.indexes {
            let gone = index.parts.iter().find_map(|part| {
                let column = part.expression.as_column()?;
                let was = self.column(old, &column.text).is_some();
                (was && self.column(new, &column.text).is_none()).then_some(column)
            });
            if let Some(column) = gone {
                let message = format!(
                    "the index `{}` is on the column `{}`, which `{}` would not have any more",
                    index.name, column.text, old.name
                );
                let help = format!("drop it first: `steps.drop_index(\"{}\", …)`", index.name);
                let range = name.range.clone();
                findings.push(Finding::new(Code::StillReferenced, message, range).help(help));
            }
        }
        let keys = new
            .constraints
            .iter()
            .filter(|one| matches!(one.kind, ConstraintKind::PrimaryKey(_)));
        if keys.count() > 1 {
            let message = format!("the table `{}` would have two primary keys", old.name);
            findings.push(
                Finding::new(Code::InvalidDefinition, message, name.range.clone())
                    .help("the column that is kept has one already: leave the other out"),
            );
        }
    }
}

fn not_here(catalog: &Catalog, name: &Name) -> Finding {
    let message = format!(
        "`rebuild_table` is for SQLite, and this is checked for {}",
        catalog.target().product.title()
    );
    Finding::new(Code::WrongDialect, message, name.range.clone()).help(
        "other databases change a table as it stands: write `ALTER TABLE` in `sql!`, with a text for each dialect",
    )
}

#[cfg(all(test, feature = "sqlite", feature = "postgres"))]
mod tests {
    use crate::{
        builder::RebuildBuilder, catalog::Catalog, grammar, model::Change, settings::Settings,
        settings::Target, tree,
    };

    const BEFORE: &str = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT COLLATE NOCASE, b INT AS (length(a)) CHECK (b < 9)) STRICT; \
                          CREATE INDEX i ON t (a); CREATE VIEW v AS SELECT a FROM t; \
                          CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM t WHERE a = new.a; END";

    /// What is wrong with it, and the catalog afterwards.
    fn rebuilt(
        target: &Target,
        define: impl FnOnce(&mut RebuildBuilder),
    ) -> (Vec<String>, Catalog) {
        let mut catalog = Catalog::new(target, &Settings::default());
        let before = match target.dialect() {
            crate::Dialect::Sqlite => BEFORE,
            _ => "CREATE TABLE t (id int, a text)",
        };
        for statement in grammar::parse(before, target).statements {
            for action in statement.tree.into_iter().flat_map(|tree| tree.actions) {
                assert_eq!(catalog.apply(&action, before), []);
            }
        }
        let change = Change::rebuild_table("t", define);
        let mut messages = Vec::new();
        for action in tree::from_change(&change, target) {
            let findings = catalog.apply(&action, "");
            messages.extend(findings.into_iter().map(|finding| finding.message));
        }
        (messages, catalog)
    }

    #[test]
    fn what_hangs_on_the_table_stays() {
        let (wrong, catalog) = rebuilt(&crate::Dialect::Sqlite.into(), |t| {
            t.id();
            t.text("a").not_null();
            t.keep("b");
            t.integer("c");
            t.copy("c", "(SELECT max(id) FROM t) + b");
        });
        assert_eq!(wrong, Vec::<String>::new());
        let relation = catalog.relations().find(|one| one.name == "t").unwrap();
        assert!(relation.strict);
        assert_eq!((relation.indexes.len(), relation.triggers.len()), (1, 1));
        assert_eq!(relation.columns[1].collation.as_deref(), Some("NOCASE"));
        assert!(relation.columns[2].generated.is_some());
        // The primary key, and the check of the column that was kept.
        assert_eq!(relation.constraints.len(), 2);
    }

    #[test]
    fn what_it_would_break_is_told() {
        let sqlite = crate::Dialect::Sqlite.into();
        let (wrong, _) = rebuilt(&sqlite, |t| {
            t.id();
            t.text("c");
            t.copy("c", "lower(aa)");
        });
        assert_eq!(
            wrong,
            [
                "no such column: t.aa",
                "the index `i` is on the column `a`, which `t` would not have any more",
            ]
        );
        let (wrong, _) = rebuilt(&sqlite, |t| {
            t.id();
            t.text("a");
            t.keep("bb");
        });
        assert_eq!(wrong, ["no such column: t.bb"]);
    }

    #[test]
    fn other_databases_have_no_need_of_it() {
        let (wrong, _) = rebuilt(&crate::Dialect::Postgres.into(), |t| {
            t.id();
        });
        assert_eq!(
            wrong,
            ["`rebuild_table` is for SQLite, and this is checked for PostgreSQL"]
        );
    }
}
