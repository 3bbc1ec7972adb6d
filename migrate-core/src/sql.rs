//! SQL that is known to be SQL.

use std::borrow::Cow;

use migrate_schema::{Dialect, Statement, statement};

/// SQL text for [`Steps::sql`](crate::Steps::sql), split into its statements.
///
/// There are two ways to one: [`sql!`](crate::sql), which checks the text while the program compiles, and
/// [`Sql::unchecked`] for text that exists only at run time, whose name can be searched for. In both ways there may be a
/// text for each dialect; a run takes that of its database.
///
/// ```
/// use migrate_core::{Sql, sql};
/// let checked = sql!("CREATE TABLE users (id INTEGER PRIMARY KEY); DROP TABLE users");
/// assert_eq!(checked.statements().count(), 2);
/// let table = "users";
/// let unchecked = Sql::unchecked(format!("DROP TABLE {table}"));
/// assert_eq!(unchecked.text(), "DROP TABLE users");
/// ```
#[derive(Clone, Debug)]
pub struct Sql {
    texts: Texts,
    /// Where it was checked.
    origin: Option<Origin>,
}

#[derive(Clone, Debug)]
enum Texts {
    /// One for every database, which nobody has checked.
    Unchecked(Cow<'static, str>),
    /// One for each of these dialects.
    UncheckedEach(Vec<(Dialect, Cow<'static, str>)>),
    Checked(Checked),
    /// One for each of the dialects that they name.
    CheckedEach(&'static [Checked]),
}

/// A text, and its dialect and statements in the short form of [`statement::encode`].
type Checked = (&'static str, &'static str);

/// Where a piece of a migration stands in the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) file: &'static str,
    pub(crate) line: u32,
}

/// The text for one database.
pub(crate) enum Chosen<'a> {
    Checked(Checked),
    Unchecked(&'a Cow<'static, str>),
}

impl Sql {
    /// SQL that nothing has checked. It is split when the migration is planned.
    pub fn unchecked(text: impl Into<Cow<'static, str>>) -> Self {
        Self {
            texts: Texts::Unchecked(text.into()),
            origin: None,
        }
    }

    /// The same, with a text for each dialect. The empty text says that nothing is to be done there; a run on a
    /// database whose dialect is not among them is refused when it is planned.
    ///
    /// ```
    /// use migrate_core::{Dialect, Sql};
    /// let table = "users";
    /// let sql = Sql::unchecked_each([
    ///     (Dialect::Sqlite, format!("DELETE FROM {table}")),
    ///     (Dialect::Postgres, format!("TRUNCATE {table}")),
    /// ]);
    /// assert_eq!(sql.text_on(Dialect::Postgres), Some("TRUNCATE users"));
    /// assert_eq!(sql.text_on(Dialect::Mysql), None);
    /// ```
    pub fn unchecked_each<T: Into<Cow<'static, str>>>(
        texts: impl IntoIterator<Item = (Dialect, T)>,
    ) -> Self {
        let texts = texts.into_iter().map(|(on, text)| (on, text.into()));
        Self {
            texts: Texts::UncheckedEach(texts.collect()),
            origin: None,
        }
    }

    /// The whole text; that of the first dialect, where each has its own.
    pub fn text(&self) -> &str {
        match &self.texts {
            Texts::Unchecked(text) => text,
            Texts::UncheckedEach(all) => all.first().map_or("", |(_, text)| text),
            Texts::Checked((text, _)) => text,
            Texts::CheckedEach(all) => all.first().map_or("", |(text, _)| text),
        }
    }

    /// The whole text for a dialect; none where each dialect has its own, and this one has none.
    pub fn text_on(&self, dialect: Dialect) -> Option<&str> {
        self.on(dialect).map(|chosen| match chosen {
            Chosen::Checked((text, _)) => text,
            Chosen::Unchecked(text) => text.as_ref(),
        })
    }

    /// The statements of the [`text`](Self::text), in order. Unchecked text is split as SQLite would.
    pub fn statements(&self) -> impl Iterator<Item = &str> {
        let dialect = self.dialects().into_iter().next();
        let dialect = dialect.or(self.dialect()).unwrap_or_default();
        let statements = self.on(dialect).map(|chosen| chosen.split(dialect));
        let text = self.text();
        let statements = statements.unwrap_or_default().into_iter();
        statements
            .map(move |statement| text.get(statement.start..statement.end).unwrap_or_default())
    }

    pub(crate) const fn checked(
        text: &'static str,
        statements: &'static str,
        origin: Origin,
    ) -> Self {
        Self {
            texts: Texts::Checked((text, statements)),
            origin: Some(origin),
        }
    }

    pub(crate) const fn checked_each(texts: &'static [Checked], origin: Origin) -> Self {
        Self {
            texts: Texts::CheckedEach(texts),
            origin: Some(origin),
        }
    }

    /// The text for a dialect.
    pub(crate) fn on(&self, dialect: Dialect) -> Option<Chosen<'_>> {
        match &self.texts {
            Texts::Unchecked(text) => Some(Chosen::Unchecked(text)),
            Texts::UncheckedEach(all) => {
                let own = all.iter().find(|(on, _)| *on == dialect);
                own.map(|(_, text)| Chosen::Unchecked(text))
            }
            Texts::Checked(checked) => Some(Chosen::Checked(*checked)),
            Texts::CheckedEach(all) => {
                let own = all.iter().find(|checked| dialect_of(checked) == dialect);
                own.map(|checked| Chosen::Checked(*checked))
            }
        }
    }

    /// The dialects that have a text of their own; none where one text is for every database.
    pub(crate) fn dialects(&self) -> Vec<Dialect> {
        match &self.texts {
            Texts::Unchecked(_) | Texts::Checked(_) => Vec::new(),
            Texts::UncheckedEach(all) => all.iter().map(|(on, _)| *on).collect(),
            Texts::CheckedEach(all) => all.iter().map(dialect_of).collect(),
        }
    }

    pub(crate) fn origin(&self) -> Option<Origin> {
        self.origin
    }

    /// The dialect that one text for every database was checked as first.
    fn dialect(&self) -> Option<Dialect> {
        match &self.texts {
            Texts::Checked(checked) => Some(dialect_of(checked)),
            _ => None,
        }
    }

    /// What counts for the checksum on a database: its text, and the dialect that this is read in. A text for every
    /// database is read in one dialect everywhere, so that its checksum is the same everywhere, and that of the macro.
    pub(crate) fn counted(&self, dialect: Dialect) -> Option<(&str, Dialect)> {
        let text = self.text_on(dialect)?;
        Some((text, self.dialect().unwrap_or(dialect)))
    }
}

fn dialect_of((_, statements): &Checked) -> Dialect {
    statement::decode_dialect(statements)
}

impl Chosen<'_> {
    /// The statements, as the dialect divides them. For the one that the text was checked as first, they are known.
    pub(crate) fn split(&self, dialect: Dialect) -> Vec<Statement> {
        match self {
            Self::Checked(checked) if dialect_of(checked) == dialect => {
                statement::decode(checked.1)
            }
            Self::Checked((text, _)) => statement::split(text, dialect),
            Self::Unchecked(text) => statement::split(text, dialect),
        }
    }

    /// The text of one of its statements, without a copy where the text is static.
    pub(crate) fn slice(&self, statement: &Statement) -> Cow<'static, str> {
        match self {
            Self::Checked((text, _)) | Self::Unchecked(Cow::Borrowed(text)) => {
                Cow::Borrowed(statement.text(text))
            }
            Self::Unchecked(Cow::Owned(text)) => Cow::Owned(statement.text(text).to_owned()),
        }
    }
}

/// What [`Steps::sql`](crate::Steps::sql) takes: an [`Sql`], or several.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not checked SQL [sql_unchecked]",
    label = "expected `sql!(\"…\")`",
    note = "write `steps.sql(sql!(\"…\"))`, which checks the SQL while this compiles",
    note = "for text that is made at run time, write `steps.sql(Sql::unchecked(text))`"
)]
pub trait IntoSql: sealed::Sealed {
    /// The SQL, in order.
    fn into_sql(self) -> Vec<Sql>;
}

impl IntoSql for Sql {
    fn into_sql(self) -> Vec<Sql> {
        vec![self]
    }
}

impl IntoSql for Vec<Sql> {
    fn into_sql(self) -> Vec<Sql> {
        self
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Sql {}
    impl Sealed for Vec<super::Sql> {}
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Origin = Origin {
        file: "src/a.rs",
        line: 1,
    };
    const EACH: Sql = Sql::checked_each(
        &[("SELECT 1; SELECT 2", "s0-8.,10-18."), ("VACUUM", "p0-6o")],
        PLACE,
    );

    #[test]
    fn each_dialect_has_its_text() {
        assert_eq!(EACH.text(), "SELECT 1; SELECT 2");
        assert_eq!(
            EACH.statements().collect::<Vec<_>>(),
            ["SELECT 1", "SELECT 2"]
        );
        assert_eq!(EACH.text_on(Dialect::Postgres), Some("VACUUM"));
        assert_eq!(EACH.text_on(Dialect::Mysql), None);
        assert_eq!(EACH.dialects(), [Dialect::Sqlite, Dialect::Postgres]);
        let each = EACH;
        let postgres = each.on(Dialect::Postgres).unwrap();
        let kinds: Vec<_> = postgres
            .split(Dialect::Postgres)
            .iter()
            .map(|one| one.kind)
            .collect();
        assert_eq!(kinds, [migrate_schema::StatementKind::OutsideTransaction]);
    }

    #[test]
    fn unchecked_texts_are_split_as_their_dialect_divides_them() {
        let body = "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END";
        let sql = Sql::unchecked_each([(Dialect::Postgres, body), (Dialect::Sqlite, "")]);
        assert_eq!(sql.statements().collect::<Vec<_>>(), [body]);
        assert_eq!(sql.on(Dialect::Sqlite).unwrap().split(Dialect::Sqlite), []);
        assert_eq!(Sql::unchecked_each::<&str>([]).text(), "");
    }

    /// So that a text which is common to all databases counts as it did when there was only one.
    #[test]
    fn a_common_text_counts_in_one_dialect_and_an_own_text_in_its_own() {
        let common = Sql::checked("SELECT 1", "s0-8.", PLACE);
        let counted = Some(("SELECT 1", Dialect::Sqlite));
        assert_eq!(common.counted(Dialect::Postgres), counted);
        assert_eq!(
            EACH.counted(Dialect::Postgres),
            Some(("VACUUM", Dialect::Postgres))
        );
        assert_eq!(EACH.counted(Dialect::Mysql), None);
        let unchecked = Sql::unchecked("SELECT 1");
        assert_eq!(
            unchecked.counted(Dialect::Mysql),
            Some(("SELECT 1", Dialect::Mysql))
        );
    }
}
