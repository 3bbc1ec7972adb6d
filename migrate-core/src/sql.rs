//! SQL that is known to be SQL.

use std::borrow::Cow;

use migrate_schema::{Dialect, Statement, statement};

/// SQL text for [`Steps::sql`](crate::Steps::sql), split into its statements.
///
/// There are two ways to one: [`sql!`](crate::sql), which checks the text while the program compiles, and
/// [`Sql::unchecked`] for text that exists only at run time, whose name can be searched for.
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
    text: Cow<'static, str>,
    checked: Option<Checked>,
}

#[derive(Clone, Copy, Debug)]
struct Checked {
    /// The dialect and the statements, in the short form of [`statement::encode`].
    statements: &'static str,
    origin: Origin,
}

/// Where a piece of a migration stands in the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) file: &'static str,
    pub(crate) line: u32,
}

impl Sql {
    /// SQL that nothing has checked. It is split when the migration is planned.
    pub fn unchecked(text: impl Into<Cow<'static, str>>) -> Self {
        Self {
            text: text.into(),
            checked: None,
        }
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The statements of the text, in order. Unchecked text is split as SQLite would.
    pub fn statements(&self) -> impl Iterator<Item = &str> {
        let statements = self.split(self.dialect().unwrap_or_default());
        let text = &*self.text;
        (0..statements.len()).filter_map(move |at| Some(statements.get(at)?.text(text)))
    }

    pub(crate) const fn checked(
        text: &'static str,
        statements: &'static str,
        origin: Origin,
    ) -> Self {
        Self {
            text: Cow::Borrowed(text),
            checked: Some(Checked { statements, origin }),
        }
    }

    /// The statements, as the dialect divides them. For the one that the text was checked as first, they are known.
    pub(crate) fn split(&self, dialect: Dialect) -> Vec<Statement> {
        match &self.checked {
            Some(checked) if statement::decode_dialect(checked.statements) == dialect => {
                statement::decode(checked.statements)
            }
            _ => statement::split(&self.text, dialect),
        }
    }

    /// The text of one of its statements, without a copy where the text is static.
    pub(crate) fn slice(&self, statement: &Statement) -> Cow<'static, str> {
        match &self.text {
            Cow::Borrowed(text) => Cow::Borrowed(statement.text(text)),
            Cow::Owned(text) => Cow::Owned(statement.text(text).to_owned()),
        }
    }

    pub(crate) fn origin(&self) -> Option<Origin> {
        self.checked.as_ref().map(|checked| checked.origin)
    }

    pub(crate) fn dialect(&self) -> Option<Dialect> {
        let checked = self.checked.as_ref()?;
        Some(statement::decode_dialect(checked.statements))
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
