//! What statements say of names that were changed.

use crate::{
    Dialect, grammar,
    schema::{ObjectName, diff::Hints},
    settings::Target,
    tree::{Action, Alter, Name, ObjectKind, Path},
};

/// The renames of a migration, first names and last names.
pub(super) fn renames<'a>(sql: impl IntoIterator<Item = &'a str>, target: &Target) -> Hints {
    let mut renames = Renames {
        dialect: target.dialect(),
        hints: Hints::default(),
    };
    for sql in sql {
        let parsed = grammar::parse(sql, target);
        let trees = parsed.statements.iter().filter_map(|one| one.tree.as_ref());
        for action in trees.flat_map(|tree| &tree.actions) {
            renames.action(action);
        }
    }
    renames.hints
}

struct Renames {
    dialect: Dialect,
    hints: Hints,
}

impl Renames {
    fn action(&mut self, action: &Action) {
        match action {
            Action::AlterTable(alter) => {
                let mut table = self.object(&alter.name);
                for change in &alter.changes {
                    match change {
                        Alter::RenameColumn { from, to } => {
                            self.column(&table, self.name(from), self.name(to));
                        }
                        Alter::RenameTo(to) => table = self.table(table, self.object(to)),
                        _ => {}
                    }
                }
            }
            Action::Rename(rename) if rename.target.kind == ObjectKind::Table => {
                let from = self.object(&rename.target.path);
                self.table(from, self.object(&rename.to));
            }
            _ => {}
        }
    }

    fn table(&mut self, from: ObjectName, mut to: ObjectName) -> ObjectName {
        if to.schema.is_none() {
            to.schema.clone_from(&from.schema);
        }
        for (table, _, _) in &mut self.hints.columns {
            if *table == from {
                table.clone_from(&to);
            }
        }
        let known = self.hints.tables.iter_mut().find(|(_, name)| *name == from);
        match known {
            Some((_, name)) => name.clone_from(&to),
            None => self.hints.tables.push((from, to.clone())),
        }
        to
    }

    fn column(&mut self, table: &ObjectName, from: String, to: String) {
        let mut all = self.hints.columns.iter_mut();
        match all.find(|(of, _, name)| of == table && *name == from) {
            Some((_, _, name)) => *name = to,
            None => self.hints.columns.push((table.clone(), from, to)),
        }
    }

    fn object(&self, path: &Path) -> ObjectName {
        let usual = match self.dialect {
            Dialect::Sqlite => "main",
            Dialect::Postgres => "public",
            Dialect::Mysql => "",
        };
        let schema = path.schema.as_ref().map(|schema| self.name(schema));
        ObjectName {
            schema: schema.filter(|schema| schema != usual),
            name: self.name(&path.name),
        }
    }

    fn name(&self, name: &Name) -> String {
        match self.dialect {
            Dialect::Postgres if !name.quoted => name.text.to_lowercase(),
            _ => name.text.clone(),
        }
    }
}

#[cfg(all(test, feature = "sqlite"))]
mod tests {
    use super::*;

    #[test]
    fn the_first_name_and_the_last() {
        let sql = [
            "ALTER TABLE a RENAME COLUMN x TO y; ALTER TABLE a RENAME TO b",
            "ALTER TABLE b RENAME TO c; ALTER TABLE c RENAME COLUMN y TO z",
        ];
        let hints = renames(sql, &Dialect::Sqlite.into());
        let name = ObjectName::bare;
        assert_eq!(hints.tables, [(name("a"), name("c"))]);
        assert_eq!(hints.columns, [(name("c"), "x".to_owned(), "z".to_owned())]);
    }
}
