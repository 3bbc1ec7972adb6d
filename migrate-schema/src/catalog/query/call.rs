//! Calls of functions.

use super::{Resolver, expression::Place, scope::Frame};
use crate::{
    Code, Dialect, Finding,
    catalog::{
        Class, Function, Lookup, Use,
        apply::names::path_in,
        builtin::{self, Arity},
    },
    tree::{Expression, ExpressionKind, FunctionKind, Literal, Path},
};

/// What is given to a function.
#[derive(Clone, Copy)]
struct Given<'a> {
    name: &'a Path,
    arguments: &'a [Expression],
    star: bool,
    special: bool,
}

impl<'a> Resolver<'a> {
    /// A call: its function and the number of its arguments, not what is inside of them.
    pub(super) fn call(&mut self, expression: &'a Expression, place: Place, frame: &Frame<'_, 'a>) {
        let ExpressionKind::Call {
            name,
            arguments,
            star,
            special,
            window,
            ..
        } = &expression.kind
        else {
            return;
        };
        if let Some(window) = window
            && !frame.window(self.dialect, &window.text)
        {
            self.say(
                Finding::new(
                    Code::NoSuchObject,
                    format!("no such window: {window}"),
                    window.range.clone(),
                )
                .help("name it in the WINDOW clause of this query"),
            );
        }
        if self.reread {
            return;
        }
        let given = Given {
            name,
            arguments,
            star: *star,
            special: *special,
        };
        match self.user_functions(name) {
            Some(Lookup::Known(functions)) => {
                for function in functions {
                    let key = (function.schema.clone(), function.name.clone());
                    self.uses.insert(Use::of(Class::Function, key));
                }
                if self.is_builtin(name).is_none() {
                    self.own_arguments(given, functions);
                }
            }
            Some(Lookup::Unknown) => self.perhaps_misspelt(given),
            Some(Lookup::Absent) | None => self.builtin_call(given, place, frame),
        }
    }

    /// After a statement that may have done anything, a name that nothing has written down is still no function if it is
    /// one letter away from a built-in one.
    fn perhaps_misspelt(&mut self, given: Given<'a>) {
        let name = given.name.name.text.as_str();
        let is_named = given.name.schema.is_some()
            || self.catalog.is_function_doubted(given.name)
            || self.catalog.has_unknown_extension();
        if is_named || given.special || name.len() < 3 || self.is_builtin(given.name).is_some() {
            return;
        }
        let lower = name.to_ascii_lowercase();
        let near = builtin::function_names(self.dialect).find(|known| {
            known.len().abs_diff(lower.len()) <= 1
                && strsim::osa_distance(known, &lower) == 1
                && builtin::function(self.dialect, known)
                    .is_some_and(|function| function.arity.takes(given.arguments.len()))
        });
        if let Some(near) = near {
            self.say(
                Finding::new(
                    Code::UnknownFunction,
                    format!("no such function: {name}"),
                    given.name.range(),
                )
                .help(format!("did you mean `{near}`?")),
            );
        }
    }

    /// The functions that migrations made.
    fn user_functions(&self, name: &Path) -> Option<Lookup<'a, Vec<Function>>> {
        (self.dialect != Dialect::Sqlite).then(|| self.catalog.functions(name))
    }

    fn is_builtin(&self, name: &Path) -> Option<builtin::Function> {
        let system = name
            .schema
            .as_ref()
            .is_none_or(|schema| schema.text.eq_ignore_ascii_case("pg_catalog"));
        if !system {
            return None;
        }
        builtin::function(self.dialect, &name.name.text)
    }

    fn builtin_call(&mut self, given: Given<'a>, place: Place, frame: &Frame<'_, 'a>) {
        let Some(function) = self.is_builtin(given.name) else {
            self.unknown_call(given, frame);
            return;
        };
        let count = given.arguments.len();
        let star_is_wrong = given.star
            && function.class == builtin::Class::Scalar
            && !function.arity.takes(0)
            && !given.name.name.text.eq_ignore_ascii_case("count");
        if star_is_wrong {
            self.say(Finding::new(
                Code::UnknownFunction,
                format!(
                    "{}() gathers no rows: `*` cannot be given to it",
                    given.name
                ),
                given.name.range(),
            ));
        } else if !given.special && !given.star && !function.arity.takes(count) {
            self.wrong_count(given, &function.arity.describe());
        }
        self.misplaced(given, function, place, frame);
        self.sequence(given);
    }

    /// `nextval('s')`: PostgreSQL looks the sequence up where the statement is read.
    fn sequence(&mut self, given: Given<'a>) {
        let name = given.name.name.text.as_str();
        if self.dialect != Dialect::Postgres || !matches!(name, "nextval" | "currval" | "setval") {
            return;
        }
        let Some(argument) = given.arguments.first() else {
            return;
        };
        let text = match &argument.kind {
            ExpressionKind::Literal(Literal::Text(text)) => text,
            ExpressionKind::Cast { expression, ty } if ty.path.name.text == "regclass" => {
                match &expression.kind {
                    ExpressionKind::Literal(Literal::Text(text)) => text,
                    _ => return,
                }
            }
            _ => return,
        };
        let Some(mut path) = path_in(text) else {
            return;
        };
        path.name.range = argument.range.clone();
        if let Some(schema) = &mut path.schema {
            schema.range = argument.range.clone();
        }
        match self.catalog.relation(&path) {
            Lookup::Known(relation) => self.use_relation(relation, None),
            Lookup::Unknown => {}
            Lookup::Absent => self.ask(|catalog| catalog.no_such_relation(&path, "sequence")),
        }
    }

    fn wrong_count(&mut self, given: Given<'a>, wanted: &str) {
        let count = given.arguments.len();
        let noun = if wanted == "1" {
            "argument"
        } else {
            "arguments"
        };
        let verb = if count == 1 { "is" } else { "are" };
        self.say(Finding::new(
            Code::UnknownFunction,
            format!(
                "{}() takes {wanted} {noun}, and {count} {verb} given",
                given.name
            ),
            given.name.range(),
        ));
    }

    /// Aggregates where no rows are gathered, functions that change where nothing may change.
    fn misplaced(
        &mut self,
        given: Given<'a>,
        function: builtin::Function,
        place: Place,
        frame: &Frame<'_, 'a>,
    ) {
        let range = given.name.range();
        let is_aggregate = function.class == builtin::Class::Aggregate || self.is_extreme(given);
        // In a query inside another, it may be the outer one's; not `count(*)`, which names none of its columns.
        let is_own = given.star || !frame.is_nested();
        if is_aggregate && !place.aggregates && is_own {
            self.say(
                Finding::new(
                    Code::InvalidDefinition,
                    format!(
                        "{}() gathers rows, which cannot be done in {}",
                        given.name, place.name
                    ),
                    range,
                )
                .help("use it in a query of its own, or in HAVING"),
            );
            return;
        }
        if self.dialect == Dialect::Sqlite && !place.volatile {
            let name = given.name.name.text.to_ascii_lowercase();
            if matches!(
                name.as_str(),
                "random" | "randomblob" | "changes" | "total_changes" | "last_insert_rowid"
            ) {
                self.say(Finding::new(
                    Code::InvalidDefinition,
                    format!(
                        "{}() gives something else each time, which cannot be in {}",
                        given.name, place.name
                    ),
                    range,
                ));
            }
        }
    }

    /// SQLite's `max(x)` and `min(x)`, which with more arguments are no aggregates.
    fn is_extreme(&self, given: Given<'_>) -> bool {
        self.dialect == Dialect::Sqlite
            && given.arguments.len() == 1
            && ["max", "min"]
                .iter()
                .any(|name| given.name.name.text.eq_ignore_ascii_case(name))
    }

    fn unknown_call(&mut self, given: Given<'a>, frame: &Frame<'_, 'a>) {
        if given.special || !builtin::functions_are_known(self.dialect) {
            return;
        }
        if self.dialect == Dialect::Postgres && self.is_other_call(given, frame) {
            return;
        }
        if self.dialect == Dialect::Sqlite {
            self.ask(|catalog| catalog.no_such_function(given.name, "function"));
            return;
        }
        let (brings, all_known) = self.extensions(&given.name.name.text);
        if brings.iter().any(|(_, installed)| *installed) {
            return;
        }
        self.ask(|catalog| {
            let mut finding = catalog.no_such_function(given.name, "function")?;
            if let Some((extension, _)) = brings.first() {
                finding.help = Some(format!(
                    "it comes with the extension `{extension}`: write `CREATE EXTENSION` first, or declare it: \
                     `external.functions = [\"{}\"]` in `[package.metadata.migrate]`",
                    given.name
                ));
                if !catalog.closed {
                    finding.code = Code::UndeclaredName;
                }
            } else if !all_known {
                finding.code = Code::UndeclaredName;
            } else if finding.code == Code::UndeclaredName {
                // There are no others than the built-in ones and those of migrations.
                finding.code = Code::UnknownFunction;
                finding.message = format!("no such function: {}", given.name);
            }
            Some(finding)
        });
    }

    /// The extensions that bring a function, and whether they were made; and whether all that were made are known.
    fn extensions(&self, function: &str) -> (Vec<(&'static str, bool)>, bool) {
        if self.dialect != Dialect::Postgres {
            return (Vec::new(), true);
        }
        let made: Vec<&str> = self.catalog.extensions().collect();
        let all_known = made
            .iter()
            .all(|name| *name == "plpgsql" || builtin::postgres::extension(name).is_some());
        let brings = builtin::postgres::extensions()
            .filter(|extension| extension.functions.binary_search(&function).is_ok())
            .map(|extension| (extension.name, made.contains(&extension.name)));
        (brings.collect(), all_known)
    }

    /// PostgreSQL: `type(x)` is a cast, and `c(t)` is the column `t.c`.
    fn is_other_call(&self, given: Given<'a>, frame: &Frame<'_, 'a>) -> bool {
        if given.name.schema.as_ref().is_some_and(|schema| {
            schema.text.starts_with("pg_") || schema.text == "information_schema"
        }) {
            return true;
        }
        let [argument] = given.arguments else {
            return false;
        };
        if builtin::is_type(self.dialect, &given.name.name.text) != Some(false)
            || !matches!(self.catalog.type_(given.name), Lookup::Absent)
        {
            return true;
        }
        match &argument.kind {
            ExpressionKind::Column { table: None, name } => {
                let (sources, unsure) = frame.sources_of(self.dialect, &Path::bare(name.clone()));
                // Of a whole row it may be a column.
                unsure
                    || sources.iter().any(|source| {
                        source.columns.open
                            || super::scope::column(
                                self.dialect,
                                &source.columns,
                                &given.name.name.text,
                            )
                            .is_some()
                    })
            }
            _ => false,
        }
    }

    /// A function that migrations made: whether any of its forms takes so many arguments.
    fn own_arguments(&mut self, given: Given<'a>, functions: &'a [Function]) {
        // MySQL counts them only when it calls it.
        if given.special || given.star || self.dialect == Dialect::Mysql {
            return;
        }
        let mut all = 0;
        for function in functions {
            if function.kind == FunctionKind::Aggregate {
                return;
            }
            all |= arity_of(function).0;
        }
        let arity = Arity(all);
        if !arity.takes(given.arguments.len()) {
            self.wrong_count(given, &arity.describe());
        }
    }
}

impl Resolver<'_> {
    /// Whether an expression surely has an aggregate or a window function in it, apart from the queries in it.
    pub(super) fn gathers(&self, expression: &Expression) -> bool {
        self.any_call(expression, |given| {
            self.is_extreme(given)
                || self
                    .is_builtin(given.name)
                    .is_some_and(|function| function.class != builtin::Class::Scalar)
        })
    }

    /// Whether an expression may have an aggregate in it: SQLite's functions may be the application's.
    pub(super) fn may_gather(&self, expression: &Expression) -> bool {
        self.gathers(expression)
            || self.any_call(expression, |given| self.is_builtin(given.name).is_none())
    }

    fn any_call(&self, expression: &Expression, test: impl Fn(Given<'_>) -> bool) -> bool {
        let mut tasks = vec![expression];
        while let Some(expression) = tasks.pop() {
            if let ExpressionKind::Call {
                name,
                arguments,
                star,
                special,
                ..
            } = &expression.kind
                && test(Given {
                    name,
                    arguments,
                    star: *star,
                    special: *special,
                })
            {
                return true;
            }
            expression.children(|child| tasks.push(child));
        }
        false
    }
}

fn arity_of(function: &Function) -> Arity {
    let inputs = || {
        function
            .arguments
            .iter()
            .filter(|argument| !argument.output)
    };
    let most = inputs().count();
    let least = inputs()
        .filter(|argument| !argument.has_default && !argument.variadic)
        .count();
    if most > 30 || inputs().any(|argument| argument.variadic) {
        return Arity::at_least(u32::try_from(least.min(30)).unwrap_or(0));
    }
    // A procedure is called with its outputs, too, on some versions.
    if function.kind == FunctionKind::Procedure {
        let all = function.arguments.len().min(30);
        return Arity::between(
            u32::try_from(least).unwrap_or(0),
            u32::try_from(all.max(most)).unwrap_or(30),
        );
    }
    Arity::between(
        u32::try_from(least).unwrap_or(0),
        u32::try_from(most).unwrap_or(30),
    )
}
