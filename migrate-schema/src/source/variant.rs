//! The texts of a step that has one for each dialect: `sql!(sqlite: "…", postgres: "…")`, and what is wrong with their names.

use super::{Text, conditions::parts, lexer::Tokens, steps::text};
use crate::{
    Code, Dialect, Finding, listed, nearest_or_longer,
    settings::{Product, Settings},
};

/// The text for one dialect.
#[derive(Clone, Debug)]
pub struct Variant {
    /// The name before it, as it is written.
    pub name: String,
    /// The first byte of the name in the source.
    pub start: usize,
    /// The text.
    pub text: Text,
}

impl Variant {
    /// The dialect that it is for; none where the name is none.
    pub fn dialect(&self) -> Option<Dialect> {
        Product::named(&self.name).map(Product::dialect)
    }
}

// Where something stands makes no difference to what it is.
impl PartialEq for Variant {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.text == other.text
    }
}

/// The texts between two tokens, each behind its name and a sign; none where something else stands there.
pub fn variants(tokens: &Tokens<'_>, start: usize, end: usize, sign: &str) -> Option<Vec<Variant>> {
    let one = |&(from, to): &(usize, usize)| {
        let name = tokens
            .word(from)
            .filter(|_| to == from + 3 && tokens.is(from + 1, sign))?;
        Some(Variant {
            name: name.to_owned(),
            start: tokens.start(from),
            text: text(tokens, from + 2)?,
        })
    };
    let parts = parts(tokens, start, end);
    (!parts.is_empty()).then(|| parts.iter().map(one).collect())?
}

/// What is wrong with the names of the texts of a step, each with the index of the name that it is about, or none where
/// that is all of them. `sign` stands between a name and its text.
pub fn misnamed(names: &[&str], settings: &Settings, sign: &str) -> Vec<(Option<usize>, Finding)> {
    let mut found = Vec::new();
    let mut served: Vec<(Dialect, &str)> = Vec::new();
    for (at, name) in names.iter().enumerate() {
        let Some(product) = Product::named(name) else {
            found.push((Some(at), unknown(name)));
            continue;
        };
        let dialect = product.dialect();
        if let Some((_, first)) = served.iter().find(|(known, _)| *known == dialect) {
            found.push((Some(at), twice(name, first)));
        } else if let Some(finding) = not_meant(product, settings) {
            found.push((Some(at), finding));
        }
        served.push((dialect, name));
    }
    // Who has misspelt a name has not left it out.
    let is_right = found.is_empty();
    for target in settings.targets.iter().filter(|_| is_right) {
        let dialect = target.dialect();
        if !served.iter().any(|(known, _)| *known == dialect) {
            let name = name_of(dialect, settings);
            served.push((dialect, name));
            let title = target.product.title();
            let message = format!("there is no text for {title}, which the migrations are for");
            found.push((
                None,
                wrong(message).help(format!(
                    "write `{name}{sign}\"…\"` too; `\"\"` says that nothing is to be done there"
                )),
            ));
        }
    }
    found
}

fn wrong(message: String) -> Finding {
    Finding::new(Code::SqlDialects, message, 0..0)
}

fn unknown(name: &str) -> Finding {
    let all = Dialect::ALL.map(Dialect::name);
    let known = format!("the dialects are {}", listed(&all));
    let finding = wrong(format!("`{name}` is no dialect of SQL"));
    finding.help(match nearest_or_longer(name, &all) {
        Some(near) => format!("did you mean `{near}`? {known}"),
        None => known,
    })
}

fn twice(name: &str, first: &str) -> Finding {
    if name == first {
        return wrong(format!("there are two texts for `{name}`")).help("keep one of the two");
    }
    wrong(format!("`{name}` and `{first}` are the same dialect"))
        .help("keep one text, which both take")
}

/// Why there is nothing to be said for a product.
fn not_meant(product: Product, settings: &Settings) -> Option<Finding> {
    let dialect = product.dialect();
    let name = product.name();
    let mut of_dialect = settings
        .targets
        .iter()
        .filter(|target| target.dialect() == dialect);
    let mut products: Vec<&str> = of_dialect
        .by_ref()
        .map(|target| target.product.title())
        .collect();
    if name == dialect.name() && !products.is_empty() {
        return None;
    }
    products.dedup();
    let own = wrong_product(product, settings);
    match products.as_slice() {
        [only] if *only == product.title() => None,
        [] => {
            let mut names: Vec<String> = settings
                .targets
                .iter()
                .map(|target| format!("\"{target}\""))
                .collect();
            names.push(format!("\"{name}\""));
            let message = format!("the migrations are not for {}", product.title());
            Some(wrong(message).help(format!(
                "remove the text, or name the database below `[package.metadata.migrate]` in Cargo.toml: `dialects = [{}]`",
                names.join(", ")
            )))
        }
        _ => Some(own),
    }
}

fn wrong_product(product: Product, settings: &Settings) -> Finding {
    let dialect = product.dialect();
    let on = settings
        .targets
        .iter()
        .filter(|target| target.dialect() == dialect);
    let titles: Vec<&str> = on.map(|target| target.product.title()).collect();
    let message = format!(
        "`{}` has no text of its own: one text is for the whole dialect",
        product.name()
    );
    wrong(message).help(format!(
        "write it as `{}`, for {}",
        name_of(dialect, settings),
        titles.join(" and ")
    ))
}

/// What the text of a dialect is called: as its only product, or as itself.
fn name_of(dialect: Dialect, settings: &Settings) -> &'static str {
    let mut on = settings
        .targets
        .iter()
        .filter(|target| target.dialect() == dialect);
    match (on.next(), on.next()) {
        (Some(only), None) => only.product.name(),
        _ => dialect.name(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(names: &[&str], targets: &[&str]) -> Vec<String> {
        let settings = Settings {
            targets: targets.iter().map(|one| one.parse().unwrap()).collect(),
            ..Settings::default()
        };
        let all = misnamed(names, &settings, ": ").into_iter();
        all.map(|(at, finding)| {
            let at = at.map_or("-".to_owned(), |at| at.to_string());
            format!(
                "{at} {}; {}",
                finding.message,
                finding.help.unwrap_or_default()
            )
        })
        .collect()
    }

    #[test]
    fn names_are_those_of_the_databases_that_are_meant() {
        for (names, targets) in [
            (&["sqlite", "postgres"][..], &["sqlite", "postgres>=15"][..]),
            (
                &["postgres", "sqlite"],
                &["sqlite", "postgres", "cockroach"],
            ),
            (&["rqlite", "mariadb"], &["rqlite", "mariadb"]),
            (&["sqlite", "mysql"], &["rqlite", "mariadb"]),
            (&["mysql"], &["mysql", "mariadb"]),
        ] {
            assert_eq!(found(names, targets), [""; 0], "{names:?}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_name_is_said() {
        let two = &["sqlite", "postgres"][..];
        let dialects = "the dialects are `sqlite`, `postgres` and `mysql`";
        for (names, targets, said) in [
            (
                &["sqlite", "postgress"][..],
                two,
                format!("1 `postgress` is no dialect of SQL; did you mean `postgres`? {dialects}"),
            ),
            (
                &["sqlite", "postgres", "sqlite"],
                two,
                "2 there are two texts for `sqlite`; keep one of the two".to_owned(),
            ),
            (
                &["mysql", "mariadb"],
                &["mysql", "mariadb"],
                "1 `mariadb` and `mysql` are the same dialect; keep one text, which both take".to_owned(),
            ),
            (
                &["postgres", "mysql"],
                &["postgres>=15"],
                "1 the migrations are not for MySQL; remove the text, or name the database below `[package.metadata.migrate]` in Cargo.toml: `dialects = [\"postgres>=15\", \"mysql\"]`".to_owned(),
            ),
            (
                &["cockroach"],
                &["postgres", "cockroach"],
                "0 `cockroach` has no text of its own: one text is for the whole dialect; write it as `postgres`, for PostgreSQL and CockroachDB".to_owned(),
            ),
            (
                &["mariadb", "sqlite"],
                &["mysql", "sqlite"],
                "0 `mariadb` has no text of its own: one text is for the whole dialect; write it as `mysql`, for MySQL".to_owned(),
            ),
            (
                &["sqlite"],
                &["sqlite", "mariadb"],
                "- there is no text for MariaDB, which the migrations are for; write `mariadb: \"…\"` too; `\"\"` says that nothing is to be done there".to_owned(),
            ),
        ] {
            assert_eq!(found(names, targets), [said], "{names:?}");
        }
        let both = found(&["sqlite"], &["sqlite", "mariadb", "postgres", "mysql"]);
        assert_eq!(both.len(), 2, "{both:?}");
        assert!(both[0].contains("write `mysql: "), "{both:?}");
    }

    #[test]
    fn texts_stand_behind_their_names() {
        let read = |source: &str, sign: &str| {
            let tokens = Tokens::read(source);
            let all = variants(&tokens, 0, tokens.len(), sign)?;
            let one = |one: Variant| {
                format!(
                    "{} {} {} {}",
                    one.name, one.start, one.text.sql, one.text.start
                )
            };
            Some(all.into_iter().map(one).collect::<Vec<_>>())
        };
        assert_eq!(
            read("sqlite: \"a\", other: r\"b\",", ":").unwrap(),
            ["sqlite 0 a 8", "other 13 b 20"]
        );
        assert_eq!(read("sqlite = \"a\"", "=").unwrap(), ["sqlite 0 a 9"]);
        for source in [
            "",
            "\"a\"",
            "sqlite",
            "sqlite: a",
            "sqlite: \"a\" \"b\"",
            "a::\"b\"",
            "sqlite: \"a\",,",
            "a: \"b\", \"c\"",
        ] {
            assert_eq!(read(source, ":"), None, "{source}");
        }
    }
}
