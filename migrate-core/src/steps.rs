//! The steps of a migration: what `up` and `down` say, and what the runner makes of it.

use std::borrow::Cow;

use migrate_schema::{
    Checksum, Dialect, StatementKind, listed, settings::Target, statement::rebuilds_a_table,
};

use crate::{
    native::{IntoNative, Native},
    sql::{IntoSql, Origin, Sql},
};
#[cfg(feature = "builder")]
use migrate_schema::model::Change;

/// What a migration says is to be done, in order.
///
/// ```
/// use migrate_core::prelude::*;
/// use migrate_core::rusqlite;
///
/// pub struct LowerCaseEmails;
///
/// #[migration("20260217_lower_case_emails", irreversible = "the old spelling is not kept")]
/// impl Migration for LowerCaseEmails {
///     fn up(&self, steps: &mut Steps) {
///         steps.sql(sql!("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL)"));
///         if steps.environment() == "development" {
///             steps.sql(sql!("INSERT INTO users (email) VALUES ('Ann@Example.org')"));
///         }
///         steps.run("lower-case emails", |tx: &rusqlite::Transaction<'_>| {
///             tx.execute("UPDATE users SET email = lower(email)", [])?;
///             Ok(())
///         });
///         steps.log("emails are lower case from now on");
///     }
/// }
/// # fn main() -> Result<(), migrate_core::Error> {
/// # let mut connection = rusqlite::Connection::open_in_memory().unwrap();
/// # Migrator::new().up(&mut connection)?;
/// # let email: String = connection.query_row("SELECT email FROM users", [], |r| r.get(0)).unwrap();
/// # assert_eq!(email, "ann@example.org");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Steps {
    environment: String,
    list: Vec<Step>,
    no_down: bool,
}

#[derive(Debug)]
pub(crate) enum Step {
    Sql(Sql),
    #[cfg(feature = "builder")]
    Change(Change),
    Run {
        label: String,
        native: Native,
    },
    Log(String),
}

impl Steps {
    pub(crate) fn new(environment: &str) -> Self {
        Self {
            environment: environment.to_owned(),
            list: Vec::new(),
            no_down: false,
        }
    }

    /// Runs SQL: `steps.sql(sql!("…"))`.
    pub fn sql(&mut self, sql: impl IntoSql) {
        self.list.extend(sql.into_sql().into_iter().map(Step::Sql));
    }

    /// Runs Rust code on the native connection, inside the migration's transaction.
    ///
    /// The closure takes `&rusqlite::Transaction<'_>` (with `transaction = false`: `&rusqlite::Connection`) and
    /// returns a [`StepResult`](crate::StepResult) of `()`, [`Sql`] or `Vec<Sql>`; that SQL is run next. The
    /// label is what a dry run, the progress and an error show.
    pub fn run<M>(&mut self, label: impl Into<String>, step: impl IntoNative<M>) {
        self.list.push(Step::Run {
            label: label.into(),
            native: step.into_native(),
        });
    }

    /// The environment of the run (`--env`), such as `development`.
    pub fn environment(&self) -> &str {
        &self.environment
    }

    /// Says something to whoever watches the run, when the steps before it are done.
    pub fn log(&mut self, message: impl Into<String>) {
        self.list.push(Step::Log(message.into()));
    }

    #[cfg(feature = "builder")]
    pub(crate) fn change(&mut self, change: Change) {
        self.list.push(Step::Change(change));
    }

    pub(crate) fn no_down(&mut self) {
        self.no_down = true;
    }

    /// The checksum of the steps, for a migration whose checksum the macro could not tell.
    pub(crate) fn checksum(&self, dialect: Dialect) -> String {
        let mut checksum = Checksum::new();
        for step in &self.list {
            match step {
                Step::Sql(sql) => {
                    // Without a text for this database the migration cannot have run on it.
                    if let Some((text, read_as)) = sql.counted(dialect) {
                        checksum.sql(text, read_as);
                    }
                }
                #[cfg(feature = "builder")]
                Step::Change(change) => checksum.change(&change.canonical()),
                Step::Run { .. } | Step::Log(_) => {}
            }
        }
        checksum.finish()
    }

    /// The steps as the runner takes them, one statement each.
    pub(crate) fn prepare(self, dialect: Dialect) -> Result<Prepared, StepFault> {
        let mut tasks = Vec::with_capacity(self.list.len());
        #[cfg_attr(
            not(feature = "builder"),
            allow(unused_mut, reason = "only a builder step does")
        )]
        let mut rebuilds = false;
        for step in self.list {
            match step {
                Step::Sql(sql) => push_sql(&mut tasks, &sql, dialect)?,
                #[cfg(feature = "builder")]
                Step::Change(change) => {
                    rebuilds |= matches!(change, Change::RebuildTable(_));
                    push_change(&mut tasks, change, dialect)?;
                }
                Step::Run { label, native } => tasks.push(Task::Run { label, native }),
                Step::Log(message) => tasks.push(Task::Log(message)),
            }
        }
        Ok(Prepared {
            tasks,
            no_down: self.no_down,
            stepwise: false,
            rebuilds,
        })
    }
}

/// One thing to do.
#[derive(Debug)]
pub(crate) enum Task {
    Statement {
        text: Cow<'static, str>,
        kind: StatementKind,
        origin: Option<Origin>,
    },
    Run {
        label: String,
        native: Native,
    },
    Log(String),
}

impl Task {
    /// The statement, or the label or message.
    pub(crate) fn what(&self) -> &str {
        match self {
            Self::Statement { text, .. } => text,
            Self::Run { label, .. } => label,
            Self::Log(message) => message,
        }
    }
}

/// Whether a statement does not work in a transaction.
pub(crate) fn is_outside(kind: StatementKind) -> bool {
    matches!(
        kind,
        StatementKind::OutsideTransaction | StatementKind::ForeignKeysPragma
    )
}

/// The tasks of one migration in one direction.
#[derive(Debug, Default)]
pub(crate) struct Prepared {
    pub(crate) tasks: Vec<Task>,
    pub(crate) no_down: bool,
    /// Whether they run one by one, outside a transaction.
    pub(crate) stepwise: bool,
    /// Whether a step makes a table again, of which no statement tells beforehand.
    pub(crate) rebuilds: bool,
}

/// A step that cannot be made into tasks.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StepFault {
    #[error("`Sql::unchecked` without a statement")]
    Empty,
    #[error("{}", no_text(*.dialect, .given, *.origin))]
    NoText {
        dialect: Dialect,
        /// The dialects that have one.
        given: Vec<Dialect>,
        origin: Option<Origin>,
    },
    #[error("`{0}` in a migration: the runner opens and closes the transaction; remove it")]
    TransactionControl(String),
    #[cfg(feature = "builder")]
    #[error(transparent)]
    Model(#[from] migrate_schema::model::ModelError),
    #[cfg(feature = "builder")]
    #[error(transparent)]
    Render(#[from] migrate_schema::render::RenderError),
}

fn no_text(dialect: Dialect, given: &[Dialect], origin: Option<Origin>) -> String {
    let given: Vec<&str> = given.iter().map(|on| on.name()).collect();
    let only = if given.is_empty() {
        "nothing".to_owned()
    } else {
        listed(&given)
    };
    let (title, name) = (Target::from(dialect).product.title(), dialect.name());
    let what =
        format!("its SQL has a text for {only}, and none for {title}, of which this database is");
    match origin {
        Some(Origin { file, line }) => {
            format!("{what}: write `{name}: \"…\"` into the `sql!` in {file}:{line}")
        }
        None => format!("{what}: add one to `Sql::unchecked_each`"),
    }
}

fn push_sql(tasks: &mut Vec<Task>, sql: &Sql, dialect: Dialect) -> Result<(), StepFault> {
    let given = sql.dialects();
    let Some(chosen) = sql.on(dialect) else {
        return Err(StepFault::NoText {
            dialect,
            given,
            origin: sql.origin(),
        });
    };
    let statements = chosen.split(dialect);
    // A text of its own may say that there is nothing to be done.
    if statements.is_empty() && given.is_empty() {
        return Err(StepFault::Empty);
    }
    for statement in statements.iter() {
        let text = chosen.slice(statement);
        if statement.kind == StatementKind::TransactionControl {
            return Err(StepFault::TransactionControl(text.into_owned()));
        }
        tasks.push(Task::Statement {
            text,
            kind: statement.kind,
            origin: sql.origin(),
        });
    }
    Ok(())
}

#[cfg(feature = "builder")]
fn push_change(tasks: &mut Vec<Task>, change: Change, dialect: Dialect) -> Result<(), StepFault> {
    change.validate()?;
    #[cfg(feature = "sqlite")]
    let change = match change {
        Change::RebuildTable(rebuild) if dialect == Dialect::Sqlite => {
            tasks.push(Task::Run {
                label: format!("rebuild table {}", rebuild.table.name),
                native: crate::rebuild::step(rebuild),
            });
            return Ok(());
        }
        other => other,
    };
    for text in migrate_schema::render::render(&change, dialect)? {
        push_sql(tasks, &Sql::unchecked(text), dialect)?;
    }
    Ok(())
}

impl Prepared {
    /// The tasks of SQL that a Rust step has returned.
    pub(crate) fn returned(sqls: &[Sql], dialect: Dialect) -> Result<Vec<Task>, StepFault> {
        let mut tasks = Vec::new();
        for sql in sqls {
            push_sql(&mut tasks, sql, dialect)?;
        }
        Ok(tasks)
    }

    /// Whether a table is made again that was removed.
    pub(crate) fn rebuilds(&self, dialect: Dialect) -> bool {
        let removes = |kind: StatementKind| {
            matches!(kind, StatementKind::DropTable | StatementKind::RenameTable)
        };
        let makes = |kind: StatementKind| {
            matches!(
                kind,
                StatementKind::CreateTable | StatementKind::RenameTable
            )
        };
        // Most migrations do not have both, and need no look at names.
        self.rebuilds
            || (self.kinds().any(removes)
                && self.kinds().any(makes)
                && rebuilds_a_table(self.statements(), dialect))
    }

    /// The statements, where they are all that is to be done.
    pub(crate) fn only_sql(&self) -> Option<Vec<&str>> {
        let all = self
            .tasks
            .iter()
            .all(|task| !matches!(task, Task::Run { .. }));
        (all && !self.no_down).then(|| self.statements().collect())
    }

    /// Whether one of the statements does not work in a transaction.
    pub(crate) fn needs_no_transaction(&self) -> bool {
        self.kinds().any(is_outside)
    }

    fn kinds(&self) -> impl Iterator<Item = StatementKind> {
        self.tasks.iter().filter_map(|task| match task {
            Task::Statement { kind, .. } => Some(*kind),
            _ => None,
        })
    }

    fn statements(&self) -> impl Iterator<Item = &str> {
        self.tasks.iter().filter_map(|task| match task {
            Task::Statement { text, .. } => Some(&**text),
            _ => None,
        })
    }
}
