//! What a page of `docs/lints/` says.

use std::fmt::Write as _;

use crate::{Code, Level, settings::Product};

/// The text about a code, and the examples that prove it.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// The code.
    pub code: Code,
    /// The databases that it is for.
    pub products: &'static [Product],
    /// What is wrong, in a line.
    pub summary: &'static str,
    /// Why that is bad.
    pub why: &'static str,
    /// What to write instead.
    pub instead: &'static str,
    /// What shows it.
    pub examples: &'static [Example],
}

/// SQL (or Rust) that is found, and what is written in its place.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// The target, as in the settings: `sqlite`, `postgres>=15`. Empty for Rust.
    pub on: &'static str,
    /// The `up` of the migrations before, one each.
    pub given: &'static [&'static str],
    /// What is found.
    pub bad: &'static str,
    /// What is not.
    pub good: &'static str,
    /// The migration runs in a transaction.
    pub transaction: bool,
}

impl Example {
    /// An example in a migration with a transaction.
    pub const fn new(
        on: &'static str,
        given: &'static [&'static str],
        bad: &'static str,
        good: &'static str,
    ) -> Self {
        Self {
            on,
            given,
            bad,
            good,
            transaction: true,
        }
    }

    /// The same in a migration with `transaction = false`.
    #[must_use]
    pub const fn without_transaction(mut self) -> Self {
        self.transaction = false;
        self
    }

    /// An example in Rust, which is not run.
    pub const fn rust(bad: &'static str, good: &'static str) -> Self {
        Self::new("", &[], bad, good)
    }

    /// Whether it is SQL.
    pub const fn is_sql(&self) -> bool {
        !self.on.is_empty()
    }
}

impl Page {
    /// The page, in Markdown.
    pub fn markdown(&self) -> String {
        let mut out = format!(
            "# {}\n\n{}\n\n| level | databases |\n|---|---|\n| {} | {} |\n\n{}\n",
            self.code,
            self.summary,
            self.code.level(),
            databases(self.products),
            self.why,
        );
        for example in self.examples {
            example.markdown(&mut out);
        }
        let _ = write!(out, "\n## Instead\n\n{}\n", self.instead);
        // What Rust is written wrongly is an error whatever the settings say.
        if self.code.level() != Level::Deny || self.examples.iter().any(Example::is_sql) {
            // The level that it does not have, so that the example shows a change.
            let level = match self.code.level() {
                Level::Allow => "warn",
                Level::Warn | Level::Deny => "allow",
            };
            let _ = write!(
                out,
                "\n## Settings\n\nFor all migrations, in Cargo.toml:\n\n```toml\n[package.metadata.migrate.lints]\n{0} = \"{level}\"\n```\n\n\
                 For one:\n\n```rust\n#[migration(\"…\", allow({0}, reason = \"…\"))]\n```\n",
                self.code,
            );
        }
        out
    }
}

impl Example {
    /// The language of the text.
    fn language(&self) -> &'static str {
        if self.is_sql() || self.bad.starts_with("--") {
            "sql"
        } else if self.bad.starts_with("# Cargo.toml") {
            "toml"
        } else {
            "rust"
        }
    }

    fn markdown(&self, out: &mut String) {
        let language = self.language();
        let target = if self.is_sql() {
            format!(" ({})", self.on)
        } else {
            String::new()
        };
        let _ = write!(out, "\n## Example{target}\n");
        if !self.given.is_empty() {
            let _ = write!(out, "\nAfter\n\n```sql\n{};\n```\n", self.given.join(";\n"));
        }
        let end = if self.is_sql() && !self.bad.is_empty() {
            ";"
        } else {
            ""
        };
        let _ = write!(
            out,
            "\nthis is found:\n\n```{language}\n{}{end}\n```\n",
            self.bad
        );
        if !self.good.is_empty() {
            let end = if self.is_sql() { ";" } else { "" };
            let _ = write!(
                out,
                "\nand this is not:\n\n```{language}\n{}{end}\n```\n",
                self.good
            );
        }
        if !self.transaction {
            out.push_str("\nThe migration has `transaction = false`.\n");
        }
    }
}

fn databases(products: &[Product]) -> String {
    if products.len() == Product::ALL.len() {
        return "all".to_owned();
    }
    let titles: Vec<&str> = products.iter().map(|product| product.title()).collect();
    titles.join(", ")
}

/// The index of the pages, in Markdown.
pub fn index<'a>(pages: impl IntoIterator<Item = &'a Page>) -> String {
    let mut pages: Vec<&Page> = pages.into_iter().collect();
    pages.sort_by_key(|page| page.code.name());
    let mut out = String::from(
        "# Codes\n\nEverything that `#[migration]`, `sql!` and `cargo migrate lint` can find. Each code has a page that says what is wrong and what to write\n\
         instead. `deny` is an error, `warn` a warning; `allow` is silent unless the settings ask for it.\n\n\
         | code | level | databases | what |\n|---|---|---|---|\n",
    );
    for page in pages {
        let _ = writeln!(
            out,
            "| [{0}]({0}.md) | {1} | {2} | {3} |",
            page.code,
            page.code.level(),
            databases(page.products),
            page.summary.replace('|', "\\|"),
        );
    }
    out
}
