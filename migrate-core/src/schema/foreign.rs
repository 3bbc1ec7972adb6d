//! Tables of other tools.

use migrate_schema::schema::{ObjectName, Schema, Table};

/// A table that another tool keeps its own things in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Foreign {
    /// The table.
    pub table: String,
    /// Whose it is.
    pub tool: String,
}

/// The tables, in lower case, and the tools. Some tools share a name.
const TOOLS: [(&str, &str); 25] = [
    ("__diesel_schema_migrations", "diesel"),
    ("__drizzle_migrations", "drizzle"),
    ("__efmigrationshistory", "Entity Framework"),
    ("_migrations", "migrate"),
    ("_migrations_lock", "migrate"),
    ("_prisma_migrations", "Prisma"),
    ("_sqlx_migrations", "sqlx"),
    ("alembic_version", "Alembic"),
    ("ar_internal_metadata", "Rails"),
    ("atlas_schema_revisions", "Atlas"),
    ("databasechangelog", "Liquibase"),
    ("databasechangeloglock", "Liquibase"),
    ("django_migrations", "Django"),
    ("flyway_schema_history", "Flyway"),
    ("goose_db_version", "goose"),
    ("gopg_migrations", "go-pg"),
    ("gorp_migrations", "sql-migrate"),
    ("knex_migrations", "knex"),
    ("knex_migrations_lock", "knex"),
    ("refinery_schema_history", "refinery"),
    ("schema_migration", "pop"),
    ("schema_migrations", "golang-migrate, dbmate or Rails"),
    ("seaql_migrations", "SeaORM"),
    ("sequelizemeta", "Sequelize"),
    ("typeorm_metadata", "TypeORM"),
];

/// The tool whose table this is by its name.
fn tool(name: &ObjectName) -> Option<&'static str> {
    let name = name.name.to_lowercase();
    let found = TOOLS.binary_search_by(|(table, _)| (*table).cmp(&name));
    found.ok().map(|at| TOOLS[at].1)
}

/// Takes the tables of other tools out of a schema, apart from those that another one has too.
///
/// ```
/// use migrate_core::{Dialect, schema::{ObjectName, Schema, Table, without_foreign}};
/// let mut live = Schema::empty(Dialect::Sqlite);
/// live.tables.push(Table::new(ObjectName::bare("_sqlx_migrations")));
/// let foreign = without_foreign(&mut live, &Schema::empty(Dialect::Sqlite));
/// assert!(live.tables.is_empty());
/// assert_eq!(foreign[0].tool, "sqlx");
/// ```
pub fn without_foreign(live: &mut Schema, beside: &Schema) -> Vec<Foreign> {
    let wanted = |table: &Table| beside.tables.iter().any(|one| one.name == table.name);
    Foreign::take(live, wanted)
}

impl Foreign {
    /// Takes the tables of other tools out of a schema, apart from those that are wanted.
    fn take(live: &mut Schema, is_wanted: impl Fn(&Table) -> bool) -> Vec<Self> {
        let mut foreign = Vec::new();
        live.tables.retain(|table| match tool(&table.name) {
            Some(tool) if !is_wanted(table) => {
                foreign.push(Self {
                    table: table.name.to_string(),
                    tool: tool.to_owned(),
                });
                false
            }
            _ => true,
        });
        foreign
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use migrate_schema::Dialect;

    #[test]
    fn the_tools_are_found_by_name() {
        assert!(TOOLS.is_sorted());
        assert_eq!(tool(&ObjectName::bare("_sqlx_migrations")), Some("sqlx"));
        assert_eq!(
            tool(&ObjectName::bare("__EFMigrationsHistory")),
            Some("Entity Framework")
        );
        assert_eq!(tool(&ObjectName::bare("users")), None);
    }

    #[test]
    fn what_is_wanted_stays() {
        let table = |name: &str| Table::new(ObjectName::bare(name));
        let mut live = Schema::empty(Dialect::Sqlite);
        live.tables = vec![
            table("users"),
            table("schema_migrations"),
            table("alembic_version"),
        ];
        let foreign = Foreign::take(&mut live, |table| table.name.name == "alembic_version");
        assert_eq!(foreign.len(), 1);
        assert_eq!(
            (&*foreign[0].table, &*foreign[0].tool),
            ("schema_migrations", "golang-migrate, dbmate or Rails")
        );
        assert_eq!(live.tables.len(), 2);
    }
}
