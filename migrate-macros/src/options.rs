//! The options of `#[migration(…)]`, each with the type that it takes.

use migrate_schema::{Code, Level, MigrationId, finding::CodeError, listed, nearest_or_longer};
use proc_macro2::{Delimiter, Ident, TokenTree};
use quote::ToTokens;
use syn::LitStr;

use crate::{
    literal,
    parse::{self, Argument, is_punct},
    report::Report,
    written::{self, Written},
};

/// An option that was given.
pub(crate) struct Given<T> {
    /// Its name, where errors about it point.
    pub(crate) name: Ident,
    pub(crate) value: T,
}

/// The options, with what each of them was given.
#[derive(Default)]
pub(crate) struct Options {
    pub(crate) up: Option<Given<Written>>,
    pub(crate) down: Option<Given<Written>>,
    pub(crate) irreversible: Option<Given<LitStr>>,
    pub(crate) transaction: Option<Given<bool>>,
    pub(crate) foreign_keys: Option<Given<bool>>,
    pub(crate) environments: Option<Given<Vec<LitStr>>>,
    pub(crate) description: Option<Given<LitStr>>,
    pub(crate) renamed_from: Option<Given<LitStr>>,
    pub(crate) after: Option<Given<Vec<LitStr>>>,
    pub(crate) feature: Option<Given<LitStr>>,
    /// How severe some codes are here.
    pub(crate) levels: Vec<(Code, Level)>,
    /// The options that may have been meant by what could not be read. What would follow from their absence is
    /// no error of its own.
    doubtful: Vec<&'static str>,
}

impl Options {
    /// Whether the option may have been meant by something that could not be read.
    pub(crate) fn is_doubtful(&self, name: &str) -> bool {
        self.doubtful.contains(&name)
    }
}

const NAMES: [&str; 13] = [
    "up",
    "down",
    "irreversible",
    "transaction",
    "foreign_keys",
    "environments",
    "description",
    "renamed_from",
    "after",
    "feature",
    "allow",
    "warn",
    "deny",
];

/// Options that may stand several times.
const LEVELS: [&str; 3] = ["allow", "warn", "deny"];

/// Reads every option; what is wrong with any of them is reported.
pub(crate) fn options(arguments: &[Argument], report: &mut Report) -> Options {
    let mut options = Options::default();
    let mut seen: Vec<&Ident> = Vec::new();
    for argument in arguments {
        let Some(name) = &argument.name else {
            no_option(argument, report);
            options.doubtful.extend(NAMES);
            continue;
        };
        let is_level = LEVELS.iter().any(|level| name == level);
        if seen.contains(&name) && !is_level {
            let message = format!("`{name}` is given twice");
            report.at(
                name.span(),
                Code::RepeatedOption,
                message,
                "keep one of the two",
            );
            continue;
        }
        seen.push(name);
        let before = report.len();
        let given = &Raw { name, argument };
        match name.to_string().as_str() {
            "up" => options.up = given.sql("CREATE TABLE …", report),
            "down" => options.down = given.sql("DROP TABLE …", report),
            "irreversible" => {
                options.irreversible = given.text("the reason", "the old values are gone", report);
            }
            "transaction" => options.transaction = given.boolean(report),
            "foreign_keys" => options.foreign_keys = given.boolean(report),
            "environments" => options.environments = given.environments(report),
            "description" => {
                options.description = given.text("a text", "the accounts of people", report);
            }
            "renamed_from" => options.renamed_from = given.renamed_from(report),
            "after" => options.after = given.after(report),
            "feature" => options.feature = given.text("the name of a feature", "billing", report),
            _ if is_level => options.levels.extend(given.levels(report)),
            _ => unknown(name, report),
        }
        if report.len() > before {
            let meant = nearest_or_longer(&name.to_string(), &NAMES);
            options.doubtful.extend(meant);
        }
    }
    options
}

fn no_option(argument: &Argument, report: &mut Report) {
    let help = format!(
        "an option is written `name = value`; the options are {}",
        listed(&NAMES)
    );
    if argument.tokens.is_empty() {
        let message = "an option is missing between two commas";
        report.at(
            proc_macro2::Span::call_site(),
            Code::UnknownOption,
            message,
            &help,
        );
    } else {
        let message = format!("`{}` is no option of `#[migration]`", argument.tokens);
        report.on(&argument.tokens, Code::UnknownOption, message, &help);
    }
}

fn unknown(name: &Ident, report: &mut Report) {
    let all = format!("the options are {}", listed(&NAMES));
    let help = match nearest_or_longer(&name.to_string(), &NAMES) {
        Some(near) => format!("did you mean `{near}`? {all}"),
        None => all,
    };
    let message = format!("`#[migration]` has no option `{name}`");
    report.at(name.span(), Code::UnknownOption, message, &help);
}

/// An option as it was written.
struct Raw<'a> {
    name: &'a Ident,
    argument: &'a Argument,
}

impl Raw<'_> {
    fn given<T>(&self, value: T) -> Given<T> {
        Given {
            name: self.name.clone(),
            value,
        }
    }

    fn wrong(&self, message: String, help: &str, report: &mut Report) {
        report.on(
            self.argument.tokens.to_token_stream(),
            Code::OptionValue,
            message,
            help,
        );
    }

    fn text(&self, what: &str, example: &str, report: &mut Report) -> Option<Given<LitStr>> {
        let name = self.name;
        let help = format!("write `{name} = \"{example}\"`");
        let Some(text) = literal::only(self.argument.value.clone()) else {
            let message = format!("`{name}` takes {what} as a string literal");
            self.wrong(message, &help, report);
            return None;
        };
        if text.value().trim().is_empty() {
            self.wrong(format!("`{name}` is empty"), &help, report);
            return None;
        }
        Some(self.given(text))
    }

    /// `up = "…"`, or `up(sqlite = "…", postgres = "…")`. Empty SQL is found where SQL is checked.
    fn sql(&self, example: &str, report: &mut Report) -> Option<Given<Written>> {
        let name = self.name;
        let trees = literal::flatten(self.argument.value.clone());
        if let [TokenTree::Group(group)] = trees.as_slice()
            && group.delimiter() == Delimiter::Parenthesis
        {
            let before = report.len();
            let each = written::each(&group.stream(), '=', report);
            if report.len() > before {
                return None;
            }
            if let Some(each) = each {
                return Some(self.given(Written::Each(each)));
            }
        } else if let Some(text) = literal::only(self.argument.value.clone()) {
            return Some(self.given(Written::One(text)));
        }
        let message = format!("`{name}` takes the SQL as a string literal");
        let help = format!(
            "write `{name} = \"{example}\"`; where each dialect has its own text, `{name}(sqlite = \"…\", postgres = \"…\")`"
        );
        self.wrong(message, &help, report);
        None
    }

    fn boolean(&self, report: &mut Report) -> Option<Given<bool>> {
        let name = self.name;
        match self.argument.value.to_string().as_str() {
            "true" => Some(self.given(true)),
            "false" => Some(self.given(false)),
            _ => {
                let message = format!("`{name}` takes `true` or `false`");
                self.wrong(message, &format!("write `{name} = false`"), report);
                None
            }
        }
    }

    /// `allow(no_such_table, reason = "why")`
    fn levels(&self, report: &mut Report) -> Vec<(Code, Level)> {
        let name = self.name.to_string();
        let help = format!("write `{name}(no_such_table, reason = \"another program makes it\")`");
        let trees = literal::flatten(self.argument.value.clone());
        let [TokenTree::Group(group)] = trees.as_slice() else {
            let message = format!("`{name}` takes codes in parentheses");
            self.wrong(message, &help, report);
            return Vec::new();
        };
        let Ok(level) = name.parse::<Level>() else {
            return Vec::new();
        };
        let mut levels = Vec::new();
        let mut reason = false;
        for argument in parse::arguments(group.stream()) {
            match (&argument.name, argument.value.is_empty()) {
                (Some(name), false) if name == "reason" => {
                    let text = literal::only(argument.value.clone());
                    reason = text.is_some_and(|text| !text.value().trim().is_empty());
                }
                (Some(code), true) => match code.to_string().parse() {
                    Ok(code) => levels.push((code, level)),
                    Err(error) => {
                        let text = CodeError::to_string(&error);
                        let (message, help) = text.split_once(": ").unwrap_or((&text, &help));
                        report.at(code.span(), Code::OptionValue, message, help);
                    }
                },
                _ => self.wrong(format!("`{name}` takes codes, and a reason"), &help, report),
            }
        }
        if levels.is_empty() && report.is_empty() {
            self.wrong(format!("`{name}` names no code"), &help, report);
        } else if level == Level::Allow && !reason {
            let message = "`allow` without a reason".to_owned();
            self.wrong(
                message,
                "add why it is right here: `reason = \"…\"`",
                report,
            );
        }
        levels
    }

    fn environments(&self, report: &mut Report) -> Option<Given<Vec<LitStr>>> {
        const HELP: &str = "write `environments = [\"development\"]`; without the option it runs in every environment";
        let Some(list) = list(self.argument).filter(|list| !list.is_empty()) else {
            let message = "`environments` takes a list of names in brackets".to_owned();
            self.wrong(message, HELP, report);
            return None;
        };
        for (at, environment) in list.iter().enumerate() {
            let name = environment.value();
            if name.trim().is_empty() {
                report.on(
                    environment,
                    Code::OptionValue,
                    "an environment without a name",
                    HELP,
                );
            } else if list[..at].iter().any(|earlier| earlier.value() == name) {
                let message = format!("the environment `{name}` is named twice");
                report.on(
                    environment,
                    Code::OptionValue,
                    message,
                    "keep one of the two",
                );
            }
        }
        Some(self.given(list))
    }

    fn renamed_from(&self, report: &mut Report) -> Option<Given<LitStr>> {
        const EXAMPLE: &str = "20260215_create_people";
        let given = self.text("the old id", EXAMPLE, report)?;
        let old = given.value.value();
        let (set, id) = old.rsplit_once('/').unwrap_or(("any", &old));
        if set.is_empty() || id.parse::<MigrationId>().is_err() {
            report.on(
                &given.value,
                Code::OptionValue,
                format!("`{old}` is not the id of a migration"),
                "write the id that it had, `renamed_from = \"20260215_create_people\"`, with its set before it if that has changed too: `\"old_set/20260215_create_people\"`",
            );
            return None;
        }
        Some(given)
    }

    fn after(&self, report: &mut Report) -> Option<Given<Vec<LitStr>>> {
        const HELP: &str =
            "write `after = \"accounts/20260215_create_users\"`, or a list of these in brackets";
        let one = literal::only(self.argument.value.clone()).map(|text| vec![text]);
        let Some(list) = one
            .or_else(|| list(self.argument))
            .filter(|list| !list.is_empty())
        else {
            let message = "`after` takes a string literal, or a list of them".to_owned();
            self.wrong(message, HELP, report);
            return None;
        };
        for text in &list {
            let value = text.value();
            let message = match value.split_once('/') {
                Some((set, id)) if !set.is_empty() && id.parse::<MigrationId>().is_ok() => continue,
                None if value.parse::<MigrationId>().is_ok() => format!(
                    "`{value}` is an id without its set; inside of a set the order follows from the ids"
                ),
                _ => format!("`{value}` is not `set/id`"),
            };
            report.on(text, Code::OptionValue, message, HELP);
        }
        Some(self.given(list))
    }
}

/// `["a", "b"]`
fn list(argument: &Argument) -> Option<Vec<LitStr>> {
    let trees = literal::flatten(argument.value.clone());
    let [TokenTree::Group(group)] = trees.as_slice() else {
        return None;
    };
    if group.delimiter() != Delimiter::Bracket {
        return None;
    }
    let elements = literal::flatten(group.stream());
    let mut parts: Vec<&[TokenTree]> = elements.split(|tree| is_punct(tree, ',')).collect();
    if parts.last().is_some_and(|part| part.is_empty()) {
        parts.pop();
    }
    parts
        .into_iter()
        .map(|part| literal::only(part.iter().cloned().collect()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;
    use proc_macro2::TokenStream;
    use quote::quote;

    fn read(tokens: TokenStream) -> (Options, Vec<String>) {
        let mut report = Report::default();
        let options = options(&parse::arguments(tokens), &mut report);
        (options, report.messages())
    }

    fn errors(tokens: TokenStream) -> Vec<String> {
        read(tokens).1
    }

    #[test]
    fn every_option_is_read() {
        let (options, errors) = read(quote! {
            up = "a", down = r"b", irreversible = "c", transaction = false, foreign_keys = true,
            environments = ["d", "e",], description = "f", renamed_from = "g/1_h", after = ["i/1_j", "j/2_k"],
            feature = "l"
        });
        assert_eq!(errors, Vec::<String>::new());
        let text = |given: Option<Given<LitStr>>| given.unwrap().value.value();
        let texts = |given: Option<Given<Vec<LitStr>>>| {
            given
                .unwrap()
                .value
                .iter()
                .map(LitStr::value)
                .collect::<Vec<_>>()
        };
        let sql = |given: Option<Given<Written>>| given.unwrap().value.texts()[0].value();
        assert_eq!(sql(options.up), "a");
        assert_eq!(sql(options.down), "b");
        assert_eq!(text(options.irreversible), "c");
        assert!(!options.transaction.unwrap().value);
        assert!(options.foreign_keys.unwrap().value);
        assert_eq!(texts(options.environments), ["d", "e"]);
        assert_eq!(text(options.description), "f");
        assert_eq!(text(options.renamed_from), "g/1_h");
        assert_eq!(texts(options.after), ["i/1_j", "j/2_k"]);
        assert_eq!(text(options.feature), "l");
        assert_eq!(texts(read(quote!(after = "i/1_j")).0.after), ["i/1_j"]);
    }

    #[test]
    fn wrong_values_are_named_with_the_right_ones() {
        for tokens in [
            quote!(irreversible),
            quote!(irreversible = true),
            quote!(irreversible = ""),
            quote!(irreversible("why")),
            quote!(up = sql!("a")),
            quote!(up = b"a"),
            quote!(up("a")),
            quote!(up()),
            quote!(down = -1),
            quote!(transaction),
            quote!(transaction = "false"),
            quote!(transaction = 0),
            quote!(environments = "a"),
            quote!(environments = []),
            quote!(environments = [a]),
            quote!(environments = [""]),
            quote!(environments = ["a", "a"]),
            quote!(environments = ("a")),
            quote!(renamed_from = "create_users"),
            quote!(renamed_from = "/1_a"),
            quote!(after = ""),
            quote!(after = []),
            quote!(after = ["a", 1]),
            quote!(after = "20260215_a"),
            quote!(after = "a"),
            quote!(after = "a/b"),
            quote!(after = "/20260215_a"),
            quote!(description = " "),
            quote!(feature = billing),
        ] {
            let found = errors(tokens.clone());
            assert_eq!(found.len(), 1, "{tokens}: {found:?}");
            assert!(found[0].contains("[option_value]"), "{tokens}: {found:?}");
        }
    }

    #[test]
    fn all_errors_come_at_once() {
        let found = errors(
            quote!(irreversable = "a", transaction = 1, description = "a", description = "b", "c", ,),
        );
        assert_eq!(found.len(), 5, "{found:#?}");
        assert!(found[0].contains("no option `irreversable` [unknown_option]"));
        assert!(found[0].contains("did you mean `irreversible`? the options are `up`, `down`,"));
        assert!(found[1].contains("`transaction` takes `true` or `false` [option_value]"));
        assert!(found[2].contains("`description` is given twice [repeated_option]"));
        assert!(found[3].contains("`\"c\"` is no option"));
        assert!(found[4].contains("missing between two commas"));
    }
}
