//! What the parts of a model say together: options that contradict each other, a missing `down`, and statements
//! that cannot run where the migration runs.

use migrate_schema::{
    Code, Dialect, Finding, Level, Statement, StatementKind,
    replay::Direction,
    settings::{Settings, Target},
    source::{Migration, Step, asks_for_option, is_mixed},
};
use proc_macro2::{Ident, Span};
use quote::ToTokens;

use crate::{
    beside::{self, Text},
    body,
    levels::Levels,
    literal,
    model::{Form, Id, Model},
    parsed::parsed,
    report::Report,
    sql,
    written::Written,
};

/// What a check of a model needs to know.
pub(crate) struct Context<'a> {
    /// How SQL is checked; none because the configuration is broken, so that SQL is not looked at.
    pub(crate) settings: Option<&'a Settings>,
    pub(crate) levels: Levels<'a>,
    /// What is missing is not to be told: `down` was derived, or follows from another error, or nobody can know.
    pub(crate) has_way_back: bool,
    /// What its source tells of it, if that is known.
    pub(crate) migration: Option<&'a Migration>,
}

/// Checks a model.
pub(crate) fn check(id: Option<&Id>, model: &Model, context: &Context<'_>, report: &mut Report) {
    renamed_from_itself(id, model, report);
    conflicts(model, report);
    without_sqlite(model, context.settings, report);
    let transaction = model.options.transaction.as_ref();
    let in_transaction =
        transaction.is_none_or(|t| t.value) && !model.options.is_doubtful("transaction");
    let statements = Statements {
        context,
        in_transaction,
    };
    match &model.form {
        Form::Impl {
            path,
            body,
            has_down,
            ..
        } => {
            let name = path.segments.last().map(|s| s.ident.to_string());
            let name = name.unwrap_or_default();
            Back::new(model, *has_down || context.has_way_back, name, None)
                .check(path, context, report);
            for (written, in_run) in body::written(body) {
                statements.check(&written, in_run, report);
            }
        }
        Form::Short {
            name,
            up,
            down: back,
        } => {
            let has_down = back.is_some() || context.has_way_back;
            Back::new(model, has_down, name.to_string(), None).check(name, context, report);
            let options = [("up", Some(up)), ("down", back.as_ref())];
            for (option, written) in options {
                let Some(written) = written else { continue };
                if let Some(settings) = context.settings {
                    let given = match option {
                        "up" => model.options.up.as_ref(),
                        _ => model.options.down.as_ref(),
                    };
                    let place = given.map_or_else(Span::call_site, |given| given.name.span());
                    written.check_names(settings, " = ", place, report);
                    sql::check(written, settings, &|code| context.levels.of(code), report);
                }
                statements.check(written, false, report);
            }
        }
        // `down` without `up` is a conflict already, and the `impl` may be yet to be written.
        Form::Beside { .. } if model.options.down.is_some() => {}
        Form::Beside { name } => beside(model, name, &statements, report),
    }
}

fn renamed_from_itself(id: Option<&Id>, model: &Model, report: &mut Report) {
    let Some((id, old)) = id.zip(model.options.renamed_from.as_ref()) else {
        return;
    };
    if old.value.value() == id.id.as_str() {
        report.on(
            &old.value,
            Code::OptionValue,
            format!("`{}` is renamed from itself", id.id),
            "write the id that it had before, or leave `renamed_from` out",
        );
    }
}

fn conflicts(model: &Model, report: &mut Report) {
    let options = &model.options;
    let mut conflict = |name: &Ident, message: &str, help: &str| {
        report.at(name.span(), Code::OptionConflict, message, help);
    };
    match &model.form {
        Form::Impl { .. } => {
            for option in [&options.up, &options.down].into_iter().flatten() {
                conflict(
                    &option.name,
                    &format!(
                        "`{}` is an option of the short form, and this is an `impl`",
                        option.name
                    ),
                    &format!(
                        "write `fn {}`, or put the attribute on the struct and remove the `impl`",
                        option.name
                    ),
                );
            }
        }
        Form::Beside { .. } => {
            if let Some(down) = &options.down
                && !options.is_doubtful("up")
            {
                conflict(
                    &down.name,
                    "`down` without `up`",
                    "write `up = \"…\"` too, or both functions in `impl Migration for …`",
                );
            }
        }
        Form::Short { .. } => {}
    }
    let off =
        |option: &Option<crate::options::Given<bool>>| option.as_ref().is_some_and(|o| !o.value);
    if let Some(foreign_keys) = options.foreign_keys.as_ref().filter(|o| !o.value)
        && off(&options.transaction)
    {
        conflict(
            &foreign_keys.name,
            "`foreign_keys = false` with `transaction = false`: the check before the commit has no commit to come before",
            "leave `foreign_keys` out and write `PRAGMA foreign_keys = OFF` and `ON` as steps",
        );
    }
}

/// What is for SQLite alone, where the migrations are for others.
fn without_sqlite(model: &Model, settings: Option<&Settings>, report: &mut Report) {
    let targets = settings.map_or(&[][..], |settings| &settings.targets);
    let is_sqlite = |target: &Target| target.dialect() == Dialect::Sqlite;
    if let Some(foreign_keys) = &model.options.foreign_keys
        && !targets.is_empty()
        && !targets.iter().any(is_sqlite)
    {
        let titles: Vec<&str> = targets.iter().map(|one| one.product.title()).collect();
        report.at(
            foreign_keys.name.span(),
            Code::OptionConflict,
            format!(
                "`foreign_keys` is about SQLite, and the migrations are for {}",
                titles.join(" and ")
            ),
            "remove it: only SQLite deletes children when a table is made anew",
        );
    }
}

/// Either `down` or a reason why there is none.
struct Back<'a> {
    model: &'a Model,
    has_down: bool,
    name: String,
    /// Names the `impl` where the error cannot point at it.
    place: Option<String>,
}

impl<'a> Back<'a> {
    fn new(model: &'a Model, has_down: bool, name: String, place: Option<String>) -> Self {
        Self {
            model,
            has_down,
            name,
            place,
        }
    }

    fn text(&self, message: &str, code: Code, help: &str) -> String {
        let place = self.place.as_ref().map(|p| format!("\n  --> {p}"));
        let place = place.unwrap_or_default();
        format!("{message} [{code}]{place}\n  = help: {help}")
    }

    fn check(&self, tokens: impl ToTokens, context: &Context<'_>, report: &mut Report) {
        let name = &self.name;
        let options = &self.model.options;
        match &options.irreversible {
            Some(irreversible) if self.has_down && !context.has_way_back => {
                let message = format!("`{name}` is `irreversible` and has `down`");
                let text = self.text(&message, Code::OptionConflict, "remove one of the two");
                report.rendered(irreversible.name.span(), text);
            }
            None if !self.has_down
                && !["irreversible", "down"]
                    .iter()
                    .any(|o| options.is_doubtful(o)) =>
            {
                let help = match self.model.form {
                    Form::Short { .. } => {
                        "write `down = \"…\"`, or say why it cannot be undone: `irreversible = \"the old values are gone\"`"
                    }
                    _ => {
                        "write `fn down(&self, steps: &mut Steps)`, or say why it cannot be undone: `#[migration(\"…\", irreversible = \"the old values are gone\")]`"
                    }
                };
                let message = format!(
                    "`{name}` has no `down`, and what would undo `up` cannot be told from it"
                );
                let text = self.text(&message, Code::MissingDown, help);
                match context.levels.of(Code::MissingDown) {
                    Level::Deny => report.rendered_on(tokens, text),
                    level => {
                        let first = tokens.to_token_stream().into_iter().next();
                        let span = first.map_or_else(Span::call_site, |tree| tree.span());
                        report.leveled(span, Code::MissingDown, text, level);
                    }
                }
            }
            _ => {}
        }
    }
}

/// The `impl` beside a struct, as far as the file shows it.
fn beside(model: &Model, name: &Ident, statements: &Statements<'_>, report: &mut Report) {
    let Some((file, found)) = beside::find(name) else {
        return;
    };
    let place = Some(format!("{file}:{}", found.line));
    Back::new(model, found.has_down, name.to_string(), place).check(
        name,
        statements.context,
        report,
    );
    for text in &found.texts {
        for finding in statements.findings(&text.value, text.dialect) {
            let level = statements.context.levels.of(finding.code);
            let rendered = render(&finding, text, &file);
            report.leveled(Span::call_site(), finding.code, rendered, level);
        }
    }
}

pub(crate) fn render(finding: &Finding, text: &Text, file: &str) -> String {
    finding.render(&text.value, |line, column| match text.prefix {
        Some(prefix) => {
            let place = literal::Place {
                file: file.to_owned(),
                line: text.line,
                column: text.column + prefix,
            };
            place.of(line, column)
        }
        None => format!(
            "line {line}, column {column} of the SQL in {file}:{}:{}",
            text.line, text.column
        ),
    })
}

/// What a migration that runs in a transaction cannot contain.
struct Statements<'a> {
    context: &'a Context<'a>,
    in_transaction: bool,
}

impl Statements<'_> {
    fn check(&self, written: &Written, in_run: bool, report: &mut Report) {
        let Some(settings) = self.context.settings else {
            return;
        };
        for (text, targets) in written.on_targets(settings) {
            for finding in self.on_targets(&text.value(), in_run, &targets) {
                report.finding(text, &finding, self.context.levels.of(finding.code));
            }
        }
    }

    /// The same for a text that the file alone shows.
    fn findings(&self, sql: &str, dialect: Option<Dialect>) -> Vec<Finding> {
        let settings = self.context.settings;
        let targets = settings.iter().flat_map(|settings| &settings.targets);
        let is_meant = |target: &&Target| dialect.is_none_or(|own| target.dialect() == own);
        self.on_targets(sql, false, &targets.filter(is_meant).collect::<Vec<_>>())
    }

    /// `in_run` says that a Rust step returns it, which never stands alone.
    fn on_targets(&self, sql: &str, in_run: bool, targets: &[&Target]) -> Vec<Finding> {
        let mut findings: Vec<Finding> = Vec::new();
        for target in targets.iter().filter(|_| self.in_transaction) {
            for parsed in &parsed(sql, target).statements {
                let Statement { kind, start, end } = parsed.statement;
                if kind == StatementKind::OutsideTransaction
                    && !self.is_beside_others(sql, in_run, target)
                {
                    continue;
                }
                let found = finding(kind, start..end);
                findings.extend(found.filter(|found| !findings.contains(found)));
            }
        }
        findings
    }

    /// Whether what has to stand alone surely does not.
    fn is_beside_others(&self, sql: &str, in_run: bool, target: &Target) -> bool {
        if !asks_for_option(target) {
            return false;
        }
        if in_run {
            return true;
        }
        let Some(migration) = self.context.migration else {
            return is_mixed(&parsed(sql, target));
        };
        let has = |steps: Option<&Vec<Step>>| {
            let mut texts = steps
                .into_iter()
                .flatten()
                .filter_map(|step| step.text(target.dialect()));
            texts.any(|text| text.sql == sql)
        };
        let ways = [
            (Direction::Up, has(Some(&migration.up))),
            (Direction::Down, has(migration.down.as_ref())),
        ];
        let mut in_ways = ways.into_iter().filter(|(_, has)| *has);
        is_mixed(&parsed(sql, target))
            || in_ways.any(|(way, _)| migration.runs_in_one(way, target, &mut parsed))
    }
}

/// Whether a statement cannot be in a migration that runs in a transaction.
pub(crate) fn is_refused_inside(kind: StatementKind) -> bool {
    finding(kind, 0..0).is_some()
}

fn finding(kind: StatementKind, range: std::ops::Range<usize>) -> Option<Finding> {
    match kind {
        StatementKind::ForeignKeysPragma => Some(
            Finding::new(
                Code::ForeignKeysPragma,
                "`PRAGMA foreign_keys` does nothing inside a transaction, and this migration runs in one",
                range,
            )
            .help("remove it: around the rebuild of a table foreign keys are switched off and checked by themselves; for other statements write `foreign_keys = false` on the migration"),
        ),
        StatementKind::OutsideTransaction => Some(
            Finding::new(
                Code::OutsideTransaction,
                "this statement cannot run inside a transaction, and this migration runs in one, because not all of its steps are of this kind",
                range,
            )
            .help("put it into a migration of its own, which then runs outside a transaction by itself; or write `transaction = false` on this one: then what ran before a failure stays, and the next run goes on behind it"),
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{config::Config, model, options, parse, tokens::Own};
    use migrate_schema::source::{Conditions, migration_in};
    use proc_macro2::TokenStream;
    use quote::quote;

    fn errors(arguments: TokenStream, item: TokenStream) -> Vec<String> {
        let mut report = Report::default();
        let written = arguments.clone();
        let mut arguments = parse::arguments(arguments);
        let id = model::id(&mut arguments, &mut report);
        let options = options::options(&arguments, &mut report);
        let model = model::model(options, &parse::item(item.clone()), &mut report).unwrap();
        let config = Config::default();
        let own = Own::migration(written, item);
        let migration = migration_in(&own.tokens, &Conditions::default());
        let context = Context {
            settings: config.settings().map(|settings| &**settings),
            levels: Levels::new(id.as_ref(), &model, &config),
            has_way_back: false,
            migration: migration.as_ref(),
        };
        check(id.as_ref(), &model, &context, &mut report);
        report.messages()
    }

    fn both(up: &str) -> TokenStream {
        quote!(impl Migration for X {
            fn up(&self, steps: &mut Steps) { steps.sql(sql!(#up)) }
            fn down(&self, steps: &mut Steps) {}
        })
    }

    fn one(found: &[String], code: &str) {
        assert_eq!(found.len(), 1, "{found:#?}");
        assert!(found[0].contains(&format!("[{code}]")), "{found:#?}");
    }

    #[test]
    fn either_down_or_a_reason() {
        let up = quote!(impl Migration for a::X { fn up(&self, steps: &mut Steps) {} });
        let found = errors(quote!("1_a"), up.clone());
        one(&found, "missing_down");
        assert!(found[0].starts_with("`X` has no `down`"), "{found:?}");
        assert!(errors(quote!("1_a", irreversible = "b"), up).is_empty());
        assert!(errors(quote!("1_a"), both("DROP TABLE a")).is_empty());
        one(
            &errors(quote!("1_a", irreversible = "b"), both("DROP TABLE a")),
            "option_conflict",
        );
        let made = quote!(impl Migration for X { both!(); });
        assert!(errors(quote!("1_a"), made).is_empty());

        let short = quote!(
            struct X;
        );
        let sql = "DROP TABLE a";
        one(
            &errors(quote!("1_a", up = #sql), short.clone()),
            "missing_down",
        );
        assert!(errors(quote!("1_a", up = #sql, down = #sql), short.clone()).is_empty());
        assert!(errors(quote!("1_a", up = #sql, irreversible = "b"), short.clone()).is_empty());
        one(
            &errors(
                quote!("1_a", up = #sql, down = #sql, irreversible = "b"),
                short.clone(),
            ),
            "option_conflict",
        );
        assert!(errors(quote!("1_a"), short).is_empty());
    }

    /// A slip is one error and not two.
    #[test]
    fn what_only_follows_from_another_error_is_not_said() {
        let up = quote!(impl Migration for X { fn up(&self, steps: &mut Steps) { steps.sql(sql!("DROP TABLE a; VACUUM")) } });
        one(
            &errors(
                quote!("1_a", irreversable = "b", transaction = false),
                up.clone(),
            ),
            "unknown_option",
        );
        one(
            &errors(
                quote!("1_a", irreversible = "b", transacton = false),
                up.clone(),
            ),
            "unknown_option",
        );
        one(
            &errors(quote!("1_a", irreversible, transaction = false), up.clone()),
            "option_value",
        );
        one(
            &errors(
                quote!("1_a", "DROP TABLE a", down = "DROP TABLE a"),
                quote!(
                    struct X;
                ),
            ),
            "unknown_option",
        );
        one(
            &errors(
                quote!("1_a", up = 1, down = "DROP TABLE a"),
                quote!(
                    struct X;
                ),
            ),
            "option_value",
        );
        assert_eq!(errors(quote!("1_a", author = "b"), up).len(), 3);
    }

    #[test]
    fn options_that_contradict() {
        let short = quote!(
            struct X;
        );
        for (arguments, item) in [
            (quote!("1_a", down = "DROP TABLE a"), short.clone()),
            (quote!("1_a", up = "DROP TABLE a"), both("DROP TABLE a")),
            (quote!("1_a", down = "DROP TABLE a"), both("DROP TABLE a")),
            (
                quote!("1_a", foreign_keys = false, transaction = false),
                short.clone(),
            ),
        ] {
            one(&errors(arguments, item), "option_conflict");
        }
        assert!(
            errors(
                quote!("1_a", foreign_keys = true, transaction = false),
                short.clone()
            )
            .is_empty()
        );
        assert!(errors(quote!("1_a", foreign_keys = false), short.clone()).is_empty());
        one(
            &errors(quote!("1_a", renamed_from = "1_a"), short.clone()),
            "option_value",
        );
        assert!(errors(quote!("1_a", renamed_from = "2_a"), short).is_empty());
    }

    #[test]
    fn what_is_for_sqlite_is_said_to_nobody_else() {
        let options = parse::arguments(quote!(foreign_keys = false));
        let mut report = Report::default();
        let options = options::options(&options, &mut report);
        let item = parse::item(quote!(
            struct X;
        ));
        let model = model::model(options, &item, &mut report).unwrap();
        for (targets, count) in [
            (&["sqlite"][..], 0),
            (&["rqlite", "mysql"], 0),
            (&["postgres", "mysql"], 1),
        ] {
            let mut report = Report::default();
            let settings = Settings {
                targets: targets.iter().map(|one| one.parse().unwrap()).collect(),
                ..Settings::default()
            };
            without_sqlite(&model, Some(&settings), &mut report);
            assert_eq!(report.messages().len(), count, "{targets:?}");
        }
    }

    #[test]
    fn statements_run_where_they_can() {
        for (sql, code) in [
            ("PRAGMA foreign_keys = OFF", "foreign_keys_pragma"),
            ("DROP TABLE a; VACUUM", "outside_transaction"),
            (
                "DROP TABLE a; PRAGMA journal_mode = WAL",
                "outside_transaction",
            ),
        ] {
            one(&errors(quote!("1_a"), both(sql)), code);
            assert!(errors(quote!("1_a", transaction = false), both(sql)).is_empty());
            let short = quote!(
                struct X;
            );
            one(
                &errors(
                    quote!("1_a", up = "DROP TABLE a", down = #sql),
                    short.clone(),
                ),
                code,
            );
            one(
                &errors(quote!("1_a", up = #sql, irreversible = "a"), short),
                code,
            );
        }
        // `sql!` says it itself.
        assert!(errors(quote!("1_a"), both("BEGIN")).is_empty());
        assert!(errors(quote!("1_a"), both("SELEC")).is_empty());
    }

    /// The runner sees that they stand alone, and runs them so.
    #[test]
    fn what_stands_alone_needs_no_option() {
        let with = |up: TokenStream, down: TokenStream| {
            quote!(impl Migration for X {
                fn up(&self, steps: &mut Steps) { #up }
                fn down(&self, steps: &mut Steps) { #down }
            })
        };
        let vacuum = || quote!(steps.sql(sql!("VACUUM")););
        let drop = || quote!(steps.sql(sql!("DROP TABLE a")););
        for right in [
            with(vacuum(), quote!()),
            with(vacuum(), drop()),
            with(
                quote!(steps.sql(sql!("VACUUM; PRAGMA journal_mode = WAL"));),
                vacuum(),
            ),
            with(
                quote!(steps.log("a"); if a { steps.sql(sql!("VACUUM")); }),
                quote!(),
            ),
            // What nobody sees is the runner's business.
            with(quote!(steps.sql(vec![sql!("VACUUM")]);), quote!()),
            with(
                quote!(steps.sql(sql!("VACUUM")); steps.sql(Sql::unchecked(a));),
                quote!(),
            ),
            with(
                quote!(if a {
                    steps.sql(sql!("VACUUM"));
                } else {
                    steps.sql(sql!("DROP TABLE a"));
                }),
                quote!(),
            ),
        ] {
            let found = errors(quote!("1_a"), right.clone());
            assert!(found.is_empty(), "{right}: {found:#?}");
        }
        let (drop, vacuum) = (drop(), vacuum());
        for wrong in [
            with(quote!(#drop #vacuum), quote!()),
            with(quote!(#vacuum if a { steps.log("a"); } #drop), quote!()),
            with(quote!(#vacuum steps.drop_table("a");), quote!()),
            with(quote!(#vacuum steps.run("a", |tx| Ok(()));), quote!()),
            with(quote!(steps.run("a", |tx| Ok(sql!("VACUUM")));), quote!()),
            with(quote!(), quote!(#drop if a { #vacuum })),
        ] {
            one(&errors(quote!("1_a"), wrong.clone()), "outside_transaction");
            assert!(errors(quote!("1_a", transaction = false), wrong).is_empty());
        }
    }

    #[test]
    fn the_short_form_is_checked_as_sql_is() {
        let found = errors(
            quote!("1_a", up = "SELEC 1", down = ""),
            quote!(
                struct X;
            ),
        );
        assert_eq!(found.len(), 2, "{found:#?}");
        assert!(found[0].contains("[sql_syntax]"));
        assert!(found[1].contains("[sql_empty]"));
        one(
            &errors(
                quote!("1_a", up = "BEGIN", down = "DROP TABLE a"),
                quote!(
                    struct X;
                ),
            ),
            "transaction_control",
        );
    }

    #[test]
    fn a_place_beside_is_told_as_exactly_as_it_is_known() {
        let finding = Finding::new(Code::OutsideTransaction, "a", 0..6);
        let text = |prefix| Text {
            value: "VACUUM".to_owned(),
            line: 4,
            column: 9,
            prefix,
            dialect: None,
        };
        assert!(render(&finding, &text(Some(1)), "src/a.rs").contains("--> src/a.rs:4:10\n"));
        assert!(
            render(&finding, &text(None), "src/a.rs")
                .contains("--> line 1, column 1 of the SQL in src/a.rs:4:9\n")
        );
    }
}
