use std::{
    collections::{BTreeSet, HashMap},
    path::Path,
};

use super::*;
use crate::model::{Action, Change};

struct Memory(HashMap<&'static str, String>);

impl Files for Memory {
    fn read(&mut self, path: &Path) -> Option<String> {
        self.0.get(path.to_str()?).cloned()
    }

    fn variable(&self, name: &str) -> Option<String> {
        (name == "OUT_DIR").then(|| "/out".to_owned())
    }

    fn list(&mut self, folder: &Path) -> Vec<String> {
        let below = |path: &&str| {
            let below = Path::new(*path).strip_prefix(folder).ok()?;
            Some(below.to_str()?.to_owned())
        };
        self.0.keys().filter_map(below).collect()
    }
}

/// Folders of SQL files are a part of the history.
#[test]
fn embedded_folders_are_read() {
    let files = [
        (
            "src/lib.rs",
            format!("migrate_core::migrations!(\"sql\");\n{}", short("2_b")),
        ),
        ("sql/1_a.up.sql", "CREATE TABLE a (b);\r\n".to_owned()),
        ("sql/1_a.down.sql", "DROP TABLE a;\n".to_owned()),
        ("sql/10_c.up.sql", "-- Nothing.\n".to_owned()),
        ("sql/x.up.sql", "SELECT 1;\n".to_owned()),
        ("other/3_d.up.sql", "SELECT 1;\n".to_owned()),
    ];
    let mut files = Memory(HashMap::from(files));
    let mut project = walk(Path::new("src/lib.rs"), &mut files, &Conditions::default());
    project.embed(&mut files, Path::new(""), crate::Dialect::Sqlite);
    let told: Vec<_> = project
        .migrations
        .iter()
        .map(|found| {
            let path = |file: usize| project.files[file].path.display().to_string();
            let Migration { id, up, down, .. } = &found.migration;
            let down = down.as_ref().map(Vec::len);
            (
                id.as_str(),
                up.len(),
                down,
                path(found.file),
                path(found.down_file),
            )
        })
        .collect();
    let at = |path: &str| path.to_owned();
    assert_eq!(
        told,
        [
            (
                "1_a",
                1,
                Some(1),
                at("sql/1_a.up.sql"),
                at("sql/1_a.down.sql")
            ),
            ("2_b", 1, None, at("src/lib.rs"), at("src/lib.rs")),
            (
                "10_c",
                0,
                None,
                at("sql/10_c.up.sql"),
                at("sql/10_c.up.sql")
            ),
        ]
    );
}

fn project(files: &[(&'static str, &str)]) -> Project {
    let files = files.iter().map(|(path, text)| (*path, (*text).to_owned()));
    let conditions = Conditions {
        test: Some(false),
        features: Some(BTreeSet::from(["on".to_owned()])),
        ..Conditions::default()
    };
    walk(
        Path::new("src/lib.rs"),
        &mut Memory(files.collect()),
        &conditions,
    )
}

/// A migration as the short form has it.
fn short(id: &str) -> String {
    format!("#[migration(\"{id}\", up = \"DROP TABLE a\", irreversible = \"b\")] pub struct X;")
}

fn ids(files: &[(&'static str, &str)]) -> Vec<String> {
    let project = project(files);
    assert_eq!(project.doubts, [""; 0]);
    let id = |found: &Found| {
        let mark = if found.migration.conditional { "?" } else { "" };
        format!("{}{mark}", found.migration.id)
    };
    project.migrations.iter().map(id).collect()
}

fn one(source: &str) -> Migration {
    let mut project = project(&[("src/lib.rs", source)]);
    assert_eq!(project.migrations.len(), 1, "{source}");
    project.migrations.remove(0).migration
}

fn up(body: &str) -> Vec<Step> {
    let head = "#[migration(\"1_a\")] impl Migration for X { fn up(&self, steps: &mut Steps) {";
    one(&format!("{head} {body} }} }}")).up
}

/// A short text for each step: `?` where it is conditional, `!` where it may do anything.
fn told(body: &str) -> Vec<String> {
    let one = |step: Step| {
        let text = match step.what {
            What::Sql(text) => text.sql,
            What::Each(all) => {
                let one = |one: Variant| format!("{}: {}", one.name, one.text.sql);
                all.into_iter().map(one).collect::<Vec<_>>().join(", ")
            }
            What::Change(change) => change.describe(),
            What::Rust(reach) if reach.everything => "!".to_owned(),
            What::Rust(reach) => format!("{} {}", reach.words.join(","), reach.elsewhere.join(",")),
        };
        format!("{}{text}", if step.conditional { "?" } else { "" })
    };
    up(body).into_iter().map(one).collect()
}

#[test]
fn modules_are_followed_and_folders_are_not_listed() {
    let (one, two, three) = (short("1_a"), short("20260215_b"), short("3_c"));
    assert_eq!(
        ids(&[
            (
                "src/lib.rs",
                "//! `mod no;`\nmod migrations; pub(crate) mod other { mod inner; }\n#[path = \"x/y.rs\"] mod z;"
            ),
            ("src/migrations/mod.rs", "pub mod one;\nmod two;"),
            ("src/migrations/one.rs", &one),
            ("src/migrations/two.rs", "mod deep;"),
            ("src/migrations/two/deep.rs", &two),
            ("src/migrations/orphan.rs", &short("9_orphan")),
            ("src/other/inner.rs", &three),
            ("src/x/y.rs", "mod beside;"),
            ("src/x/beside.rs", &short("4_d")),
        ]),
        ["1_a", "3_c", "4_d", "20260215_b"]
    );
}

#[test]
fn paths_and_includes_are_where_the_compiler_looks() {
    assert_eq!(
        ids(&[
            (
                "src/lib.rs",
                "mod a; include!(\"made.rs\"); mod out { include!(concat!(env!(\"OUT_DIR\"), \"/all.rs\")); }"
            ),
            (
                "src/a.rs",
                "mod inner { #[path = \"far.rs\"] mod b; } #[path = \"../near.rs\"] mod c;"
            ),
            ("src/a/inner/far.rs", &short("1_a")),
            ("near.rs", &short("2_b")),
            ("src/made.rs", &short("3_c")),
            ("/out/all.rs", &short("4_d")),
        ]),
        ["1_a", "2_b", "3_c", "4_d"]
    );
    let lost = project(&[(
        "src/lib.rs",
        "include!(concat!(env!(\"HOME\"), \"/x.rs\"));",
    )]);
    assert_eq!(lost.doubts.len(), 1);
}

#[test]
fn conditions_are_decided_where_they_can_be() {
    let (a, b, c, d) = (short("1_a"), short("2_b"), short("3_c"), short("4_d"));
    assert_eq!(
        ids(&[(
            "src/lib.rs",
            &format!(
                "#[cfg(test)] mod tests {{ {a} }} #[cfg(not(test))] mod real {{ {b} }}
                 #[cfg(feature = \"on\")] {c} #[cfg(unix)] mod unix {{ {d} }}
                 #[cfg_attr(feature = \"off\", migration(\"5_e\"))] struct E;
                 #[cfg_attr(feature = \"on\", migration(\"6_f\", up = \"a\"))] struct F;
                 #[cfg_attr(unix, migration(\"7_g\", up = \"a\"))] struct G;
                 mod inside {{ #![cfg(test)] {a} }}"
            )
        )]),
        ["2_b", "3_c", "4_d?", "6_f", "7_g?"]
    );
}

#[test]
fn what_macros_make_is_known_by_its_id_at_most() {
    let definition = "macro_rules! make { ($id:literal, $sql:literal) => { #[migration($id)] impl Migration for X { fn up(&self, s: &mut Steps) { s.sql(sql!($sql)); } } } }";
    let source = format!(
        "{definition} make!(\"2_b\", \"CREATE TABLE b (c)\"); {}",
        short("1_a")
    );
    let found = project(&[("src/lib.rs", &source)]);
    assert_eq!(found.doubts, [""; 0]);
    assert!(found.migrations[1].made && !found.migrations[0].made);
    let What::Rust(reach) = &found.migrations[1].migration.up[0].what else {
        panic!("unknown")
    };
    assert!(
        reach.words.contains(&"b".to_owned()) && !reach.everything,
        "{reach:?}"
    );

    for (source, count, doubts) in [
        // An id that stands in the definition, and one that is put together.
        (
            "macro_rules! m { () => { #[migration(\"1_a\")] struct X; } } m!();",
            1,
            0,
        ),
        (
            "macro_rules! m { ($n:ident) => { #[migration(concat!(\"1_\", stringify!($n)))] struct X; } } m!(a);",
            0,
            1,
        ),
        // From another crate, harmless and not.
        ("thread_local! { static A: u8 = 1; } lazy_static! { }", 0, 0),
        ("other::table!(\"20260215_a\", users);", 1, 0),
        // Given through.
        (
            "cfg_if! { if #[cfg(unix)] { #[migration(\"1_a\")] struct X; } }",
            1,
            0,
        ),
        ("use migrate_core::migration as m;", 0, 1),
        (
            "fn f() { run(|| { #[migration(\"1_a\")] struct X; }) }",
            0,
            1,
        ),
    ] {
        let found = project(&[("src/lib.rs", source)]);
        assert_eq!(
            (found.migrations.len(), found.doubts.len()),
            (count, doubts),
            "{source}"
        );
        assert!(found.migrations.iter().all(|m| m.made), "{source}");
    }
}

#[test]
fn all_three_forms_are_read() {
    let source = "
        #[migration(\"1_a\", up = r#\"CREATE TABLE a (b)\"#, down = \"DROP TABLE a\", transaction = false,
            allow(no_such_table, reason = \"x\"))]
        struct A;
        /// Docs.
        #[migrate_core::migration(\"2_b\", irreversible = \"x\")]
        #[allow(unused)]
        impl migrate_core::Migration for B { fn up(&self, s: &mut Steps) { s.sql(sql!(\"DROP TABLE b\")); } }
        #[migration(\"3_c\")] pub(crate) struct C;
        impl Migration for C { fn up(&self, steps: &mut Steps) {} fn down(&self, _: &mut Steps) {} }";
    let all: Vec<Migration> = project(&[("src/lib.rs", source)])
        .migrations
        .into_iter()
        .map(|found| found.migration)
        .collect();
    let [a, b, c] = all.as_slice() else {
        panic!("three")
    };
    let What::Sql(text) = &a.up[0].what else {
        panic!("SQL")
    };
    assert_eq!(text.sql, "CREATE TABLE a (b)");
    assert_eq!(&source[text.start..][..3], "r#\"");
    assert!(!a.transaction && a.down.is_some());
    assert_eq!(a.levels, [(Code::NoSuchTable, Level::Allow)]);
    assert!(b.irreversible && b.down.is_none() && b.up.len() == 1);
    assert_eq!((c.up.len(), c.down.as_deref()), (0, Some(&[][..])));
}

#[test]
fn steps_are_certain_only_where_they_are() {
    for (body, expected) in [
        (
            "steps.sql(sql!(\"A\")); steps.sql(migrate_core::sql!(\"B\",));",
            "A|B",
        ),
        (
            "steps.log(\"x\"); if steps.environment() == \"dev\" { steps.sql(sql!(\"A\")); } steps.sql(sql!(\"B\"))",
            "?A|B",
        ),
        (
            "for x in y { steps.sql(sql!(\"A\")) } match x { \"a\" | \"b\" => steps.sql(sql!(\"B\")), _ => {} }",
            "?A|?B",
        ),
        ("if x { return; } steps.sql(sql!(\"A\"));", "?A"),
        (
            "#[cfg(test)] steps.sql(sql!(\"A\")); #[cfg(unix)] steps.sql(sql!(\"B\")); #[cfg(feature = \"on\")] steps.sql(sql!(\"C\")); steps.sql(sql!(\"D\"));",
            "?B|C|D",
        ),
        ("let add = |sql| steps.sql(sql); add(sql!(\"A\"));", "?!"),
        (
            "println!(\"x\"); other!(steps); steps.sql(sql!(\"A\"))",
            "?!|A",
        ),
        ("let s = steps; s.sql(sql!(\"A\"));", "?!"),
        ("helper(steps);", "?!"),
        ("steps.sql(OTHER);", "!"),
        (
            "steps.sql(Sql::unchecked(\"DROP TABLE a\"));",
            "DROP,TABLE,a ",
        ),
        (
            "steps.run(\"x\", |tx: &Transaction<'_>| { tx.execute(\"UPDATE a SET b = 1\", [])?; Ok(()) });",
            "UPDATE,a,SET,b ",
        ),
        ("steps.run(\"x\", somewhere::fill);", "!"),
        ("steps.run(\"x\", |tx| { fill(tx)?; Ok(()) });", "!"),
        ("steps.future(\"x\");", "x "),
    ] {
        assert_eq!(told(body).join("|"), expected, "{body}");
    }
}

#[test]
fn a_text_for_each_dialect_is_read() {
    let each = "steps.sql(sql!(sqlite: \"a\", postgres: r\"b\",));";
    assert_eq!(told(each), ["sqlite: a, postgres: b"]);
    assert_eq!(
        told("steps.sql(migrate_core::sql!(other: \"a\")); steps.sql(sql!(sqlite: A));"),
        ["other: a", "a "]
    );
    let short = one(
        "#[migration(\"1_a\", up(sqlite = \"a\", mysql = \"b\"), down(sqlite = \"c\", mysql = \"d\"))] pub struct X;",
    );
    let text = |steps: &[Step], dialect| steps[0].text(dialect).map(|text| text.sql.clone());
    assert_eq!(text(&short.up, crate::Dialect::Mysql).as_deref(), Some("b"));
    assert_eq!(text(&short.up, crate::Dialect::Postgres), None);
    let down = short.down.unwrap();
    assert_eq!(text(&down, crate::Dialect::Sqlite).as_deref(), Some("c"));
}

#[test]
fn what_stands_elsewhere_in_the_file_is_followed() {
    let source = "const UP: Sql = sql!(\"CREATE TABLE a (b)\");
        fn fill(tx: &Transaction) { more(tx) } fn more(tx: &Transaction) { tx.execute(\"DELETE FROM c\", []) }
        #[migration(\"1_a\")] impl Migration for X { fn up(&self, steps: &mut Steps) { steps.sql(UP); steps.run(\"d\", fill); } }";
    let words = |step: &Step| match &step.what {
        What::Rust(reach) if !reach.everything => reach.words.join(" "),
        _ => "anything".to_owned(),
    };
    let migration = one(source);
    assert!(words(&migration.up[0]).contains("CREATE TABLE a b"));
    assert!(words(&migration.up[1]).contains("DELETE FROM c"));
}

#[test]
fn builders_are_read_by_the_builders_themselves() {
    let body = r#"
        steps.create_table("users", |t| {
            t.id();
            t.text("email").not_null().unique();
            t.string("nick", 40).default("anon");
            t.integer("age").check("age >= 0").default(-1);
            t.decimal("worth", 10, 2).default(0.5);
            t.column("at", ColumnType::custom("inet")).default_expression("now()");
            t.bigint("team").references("teams", "id").on_delete(Action::Cascade).on_update(model::Action::SetNull);
            t.timestamps();
            t.primary_key(["id"]);
            t.unique(&["nick", "age"]).named("u");
            t.check("c", "age > 1");
            t.foreign_key(["team"], "teams", vec!["id"]).on_delete(Action::Restrict).named("k");
        });
        steps.add_column("users", |c| c.boolean("on").not_null().default(true));
        steps.create_index("i", "users", |i| i.column("a").descending("b").unique().filter("a > 1"));
        steps.rename_table("a", "b");
        steps.drop_column("a", "b".to_owned());
        steps.rebuild_table("a", |t| {
            t.id();
            t.text("b").not_null();
            t.copy("b", "lower(c)");
            t.keep("d");
            t.check("e", "b <> ''");
            t.strict();
            t.without_rowid();
        });
    "#;
    let changes: Vec<Change> = up(body)
        .into_iter()
        .map(|step| match step.what {
            What::Change(change) => *change,
            other => panic!("{other:?}"),
        })
        .collect();
    let expected = [
        Change::create_table("users", |t| {
            t.id();
            t.text("email").not_null().unique();
            t.string("nick", 40).default("anon");
            t.integer("age").check("age >= 0").default(-1);
            t.decimal("worth", 10, 2).default(0.5);
            t.column("at", crate::model::ColumnType::custom("inet"))
                .default_expression("now()");
            t.bigint("team")
                .references("teams", "id")
                .on_delete(Action::Cascade)
                .on_update(Action::SetNull);
            t.timestamps();
            t.primary_key(["id"]);
            t.unique(["nick", "age"]).named("u");
            t.check("c", "age > 1");
            t.foreign_key(["team"], "teams", ["id"])
                .on_delete(Action::Restrict)
                .named("k");
        }),
        Change::add_column("users", |c| c.boolean("on").not_null().default(true)),
        Change::create_index("i", "users", |i| {
            i.column("a").descending("b").unique().filter("a > 1")
        }),
        Change::rename_table("a", "b"),
        Change::drop_column("a", "b"),
        Change::rebuild_table("a", |t| {
            t.id();
            t.text("b").not_null();
            t.copy("b", "lower(c)");
            t.keep("d");
            t.check("e", "b <> ''");
            t.strict();
            t.without_rowid();
        }),
    ];
    assert_eq!(changes, expected);
}

/// Every method of a builder is read as it is, or else nothing is said of the whole step. A method that is new is
/// found here: it is in the list that `builder/` gives, and is neither.
#[test]
fn every_method_of_a_builder_is_understood_or_unknown() {
    let sources = [
        ("table", include_str!("../builder/table.rs")),
        ("table", include_str!("../builder/mod.rs")),
        ("rebuild", include_str!("../builder/rebuild.rs")),
        ("column", include_str!("../builder/column.rs")),
        ("index", include_str!("../builder/index.rs")),
        ("constraint", include_str!("../builder/constraint.rs")),
    ];
    let arguments = |name: &str| match name {
        "column" => "(\"x\", ColumnType::Text)",
        "decimal" => "(\"x\", 5, 2)",
        "string" => "(\"x\", 5)",
        "check" | "references" => "(\"x\", \"y\")",
        "default" => "(1)",
        "on_delete" | "on_update" => "(Action::Cascade)",
        "primary_key" | "unique" | "columns" => "([\"x\"])",
        "foreign_key" => "([\"x\"], \"y\", [\"z\"])",
        "id" | "big_id" | "timestamps" => "()",
        _ => "(\"x\")",
    };
    let bare = [
        "not_null",
        "unique",
        "primary_key",
        "auto_increment",
        "default_now",
    ];
    for (kind, source) in sources {
        for line in source.lines().filter(|line| line.contains("pub fn ")) {
            let name = line.split("pub fn ").nth(1).unwrap();
            let name = name.split(['(', '<']).next().unwrap();
            let call = match kind {
                "table" => format!(
                    "create_table(\"t\", |t| {{ t.{name}{}; }})",
                    arguments(name)
                ),
                "rebuild" => {
                    let arguments = match name {
                        "copy" => "(\"x\", \"y\")",
                        "keep" => "(\"x\")",
                        _ => "()",
                    };
                    format!("rebuild_table(\"t\", |t| {{ t.{name}{arguments}; }})")
                }
                "column" if bare.contains(&name) => {
                    format!("create_table(\"t\", |t| {{ t.text(\"a\").{name}(); }})")
                }
                "column" if name == "check" => {
                    "create_table(\"t\", |t| { t.text(\"a\").check(\"x\"); })".to_owned()
                }
                "column" => format!(
                    "create_table(\"t\", |t| {{ t.text(\"a\").{name}{}; }})",
                    arguments(name)
                ),
                "index" if name == "unique" => {
                    "create_index(\"i\", \"t\", |i| i.unique())".to_owned()
                }
                "index" if name == "column" => {
                    "create_index(\"i\", \"t\", |i| i.column(\"x\"))".to_owned()
                }
                "index" => format!(
                    "create_index(\"i\", \"t\", |i| i.{name}{})",
                    arguments(name)
                ),
                _ => format!(
                    "create_table(\"t\", |t| {{ t.foreign_key([\"a\"], \"b\", [\"c\"]).{name}{}; }})",
                    arguments(name)
                ),
            };
            let steps = up(&format!("steps.{call};"));
            assert!(matches!(steps[0].what, What::Change(_)), "{call}");
        }
    }
    for unknown in [
        "create_table(\"t\", |t| { t.geometry(\"x\"); })",
        "create_table(\"t\", |t| { for n in names { t.text(n); } })",
        "create_table(\"t\", |t| { t.text(NAME); })",
        "create_table(\"t\", columns)",
        "create_table(name, |t| { t.id(); })",
        "create_table(\"t\", |t| { let c = t.id(); })",
        "add_column(\"t\", |c| c.text(\"a\").future())",
        "create_index(\"i\", \"t\", |i| i.column(name()))",
        "drop_table(\"a\", true)",
    ] {
        let steps = up(&format!("steps.{unknown};"));
        assert!(matches!(steps[0].what, What::Rust(_)), "{unknown}");
    }
}

#[test]
fn no_broken_source_makes_it_panic() {
    let alphabet = [
        "#[migration(\"1_a\")] ",
        "#[migration(\"1_a\", up = \"a\")]",
        "impl Migration for X {",
        "struct X;",
        "fn up(&self, steps: &mut Steps) {",
        "steps",
        ".sql(",
        "sql!(\"a\")",
        "}",
        ")",
        ";",
        "mod a",
        "#[cfg(",
        "#[path",
        "macro_rules! m",
        "m!",
        "|t|",
        ".create_table(\"a\", |t| {",
        "t.id()",
        "include!(",
        "run(\"a\", |tx|",
    ];
    let mut state = 7_u64;
    for _ in 0..3_000 {
        let mut source = String::new();
        for _ in 0..12 {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            source.push_str(alphabet[(state >> 33) as usize % alphabet.len()]);
        }
        project(&[("src/lib.rs", &source)]);
    }
    for part in ["{", "(", "#[a(", "steps.sql(", "if x {", "#[cfg(not("] {
        let head = "#[migration(\"1_a\")] impl Migration for X { fn up(&self, steps: &mut Steps) {";
        project(&[("src/lib.rs", &format!("{head}{}", part.repeat(20_000)))]);
        project(&[("src/lib.rs", &part.repeat(20_000))]);
    }
}
