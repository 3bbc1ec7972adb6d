//! What is written as most migrations are takes a shorter way through the macros, and on `cargo check` registers nothing. Nobody sees a difference.

use std::path::Path;

use super::Crate;

/// A migration with functions, beside its struct.
fn written(id: &str, name: &str, up: &str, down: &str) -> String {
    format!(
        "pub struct {name};\n\n#[migration(\"{id}\")]\nimpl Migration for {name} {{\n    fn up(&self, steps: &mut Steps) {{\n        \
         steps.sql(sql!(\"{up}\"));\n    }}\n    fn down(&self, steps: &mut Steps) {{\n        steps.sql(sql!(\"{down}\"));\n    }}\n}}\n"
    )
}

fn first() -> String {
    written(
        "1_create_users",
        "CreateUsers",
        "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)",
        "DROP TABLE users",
    )
}

fn second() -> String {
    written(
        "2_index_emails",
        "IndexEmails",
        "CREATE INDEX emails ON users (email)",
        "DROP INDEX emails",
    )
}

/// What is said of a program whose second migration was changed, on `check` and on `build` the same.
#[track_caller]
fn said(new: &Crate, from: &str, to: &str) -> (Option<i32>, String) {
    let changed = second().replacen(from, to, 1);
    assert!(from.is_empty() || changed != second(), "{from}");
    new.write("src/second.rs", &changed);
    let check = new.cargo("check");
    let build = new.cargo("build");
    assert_eq!(
        (check.code, &check.err),
        (build.code, &build.err),
        "{changed}"
    );
    (check.code, check.err)
}

fn program(name: &str) -> Crate {
    let new = Crate::new(name);
    new.write("src/main.rs", "mod first;\nmod second;\nfn main() {}");
    new.write("src/first.rs", &first());
    new
}

#[test]
fn a_check_takes_what_a_build_takes() {
    let new = program("replay_plain_right");
    let right = |from, to| assert_eq!(said(&new, from, to), (Some(0), String::new()), "{to}");
    right("", "");
    right("pub struct", "#[derive(Debug)]\nstruct");
    right("#[migration", "/// Finds them.\n#[migration");
    right("impl", "#[allow(clippy::all)]\nimpl");
    right("sql!(\"CREATE", "sql!(r\"CREATE");
    // Where nothing may be allowed, nothing is.
    new.0.write(
        "src/main.rs",
        "#![forbid(dead_code)]\nmod first;\nmod second;\nfn main() {}",
    );
    right("", "");
}

#[test]
fn a_check_refuses_what_a_build_refuses() {
    let new = program("replay_plain_wrong");
    let wrong = |from, to, text| {
        let (code, said) = said(&new, from, to);
        assert_eq!(code, Some(101), "{to}");
        assert!(said.contains(text), "{said}");
    };
    wrong(
        "struct IndexEmails;",
        "struct IndexEmails(u8);",
        "error[E0277]",
    );
    wrong(
        "struct IndexEmails;",
        "struct IndexEmails { _a: u8 }",
        "error[E0423]",
    );
    wrong("pub struct IndexEmails;", "", "error[E0425]");
    wrong(
        "pub struct",
        "trait Migration { fn up(&self, _: &mut Steps); fn down(&self, _: &mut Steps); }\npub struct",
        "error[E0277]",
    );
    wrong(
        "sql!(\"CREATE INDEX emails ON users (email)\")",
        "\"CREATE INDEX emails ON users (email)\"",
        "[sql_unchecked]",
    );
    wrong("&mut Steps) {", "&mut Steps) -> u8 {", "error[E0053]");
    wrong("CREATE INDEX", "CREATE INDX", "[sql_syntax]");
    wrong("users (email)", "users (emial)", "[no_such_column]");
    wrong(
        "DROP INDEX emails",
        "DROP INDEX emails; VACUUM",
        "[outside_transaction]",
    );
    wrong("2_index", "1_index", "[duplicate_id]");
}

#[test]
fn a_check_warns_of_what_a_build_warns_of() {
    let new = program("replay_plain_warned");
    let (code, said) = said(
        &new,
        "pub struct",
        "struct Unused;\nfn unused() {}\npub struct",
    );
    assert_eq!(code, Some(0));
    assert!(said.contains("struct `Unused` is never constructed"));
    assert!(said.contains("function `unused` is never used"));
    assert!(!said.contains("IndexEmails"), "{said}");
}

/// What is only warned of is told in the same words, at the same place and under the same attributes, either way.
#[test]
fn a_warning_is_told_the_same_either_way() {
    let new = program("replay_plain_warnings");
    let index = "CREATE INDEX emails ON users (email)";
    let told = |to: &str, settings: &str| {
        new.configure(&format!("[package.metadata.migrate]\n{settings}"));
        let up = format!("CREATE INDEX emails ON users (email); {to}");
        let (code, short) = said(&new, index, &up);
        let long = second().replacen(index, &up, 1);
        new.write("src/second.rs", &long.replacen("\")]", "\",)]", 1));
        for command in ["check", "build"] {
            let ran = new.cargo(command);
            assert_eq!((ran.code, &ran.err), (code, &short), "{up}");
        }
        (code, short)
    };
    for unknown in [
        "CREATE INDEX a ON strangers (a)",
        "\n  CREATE INDEX é ON strangers (a);\nCREATE INDEX b ON others (b)",
        "CREATE INDEX a\\n ON strangers (\\\"a\\\")",
    ] {
        let (code, said) = told(unknown, "");
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains("::undeclared_name`: no migration makes the table `strangers`"));
    }
    let wrong = "CREATE INDEX a ON users (wrong)";
    let (code, said) = told(wrong, "checked_since = \"3_later\"");
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("warning: use of deprecated"), "{said}");
    assert_eq!(told(wrong, "").0, Some(101));
    let strangers = "CREATE INDEX a ON strangers (a)";
    let lints = |level| format!("lints = {{ undeclared_name = \"{level}\" }}");
    assert_eq!(told(strangers, &lints("allow")), (Some(0), String::new()));
    assert_eq!(told(strangers, &lints("deny")).0, Some(101));
    new.configure("");
    let allowed = second().replace("#[migration", "#[allow(deprecated)]\n#[migration");
    let allowed = allowed.replacen("users (email)", "strangers (email)", 1);
    new.write("src/second.rs", &allowed);
    new.cargo("check").ends(0);
    assert_eq!(new.cargo("build").err, "");
}

/// What was registered by the shorter way is what any other way registers.
#[test]
fn what_is_registered_is_the_same() {
    let new = program("replay_plain_registered");
    let print = "fn main() { for one in migrate_core::Registry::linked(None).unwrap().iter() {
        println!(\"{}/{} {:?} {}:{} {:?}\", one.set(), one.id(), one.description(), one.file(), one.line(), one.unchecked());
        for down in [false, true] { println!(\"{:?}\", one.planned(down, \"\", Default::default())); }
    } }";
    new.write("src/main.rs", &format!("mod first;\nmod second;\n{print}"));
    new.write("src/second.rs", &second());
    let short = new.cargo("run");
    short.ends(0).has("2_index_emails").has("None");
    let literals = literals(&new);
    // A comma is enough to make it another one.
    new.write(
        "src/second.rs",
        &second().replace("emails\")]", "emails\",)]"),
    );
    new.write("src/first.rs", &first().replace("users\")]", "users\",)]"));
    let long = new.cargo("run");
    assert_eq!(short.out, long.out);
    assert_eq!(literals, self::literals(&new));
    assert!(literals.iter().all(|literal| literal.contains("v1:")));
}

/// What the program was told of its migrations, which has their checksums.
fn literals(new: &Crate) -> Vec<String> {
    let name = format!(
        "target/debug/replay_plain_registered{}",
        std::env::consts::EXE_SUFFIX
    );
    let program = std::fs::read(new.0.path(&name)).unwrap();
    let text = String::from_utf8_lossy(&program);
    let find = |id: &str| {
        let start = text.find(&format!("\u{1f}{id}\u{1f}")).unwrap();
        let checksum = start + text[start..].find("v1:").unwrap();
        text[start..checksum + 35].to_owned()
    };
    ["1_create_users", "2_index_emails"].map(find).into()
}

/// A macro of the user's may have the name of the library's: what it makes is what runs.
#[test]
fn what_another_macro_makes_is_run() {
    let new = Crate::new("replay_plain_shadowed");
    let print = "fn main() { for one in migrate_core::Registry::linked(None).unwrap().iter() {
        println!(\"{} {:?}\", one.id(), one.planned(false, \"\", Default::default()));
    } }";
    new.write("src/main.rs", &format!("mod first;\nmod second;\n{print}"));
    new.write("src/first.rs", &first());
    let other = "macro_rules! sql { ($text:literal) => { migrate_core::Sql::unchecked(concat!($text, \" WHERE id > 7\")) } }\n";
    new.write("src/second.rs", &format!("{other}{}", second()));
    let ran = new.cargo("run");
    ran.ends(0)
        .has("WHERE id > 7")
        .has("2_index_emails")
        .has("1_create_users");
}

/// The compiler makes an object file for each module that has functions of its own.
#[test]
fn the_functions_of_all_stand_in_one_object_file() {
    let new = Crate::new("replay_plain_objects");
    let mut program = String::new();
    for number in 1..=30 {
        program += &format!("mod m{number};\n");
        let table = written(
            &format!("{number}_t"),
            "Table",
            &format!("CREATE TABLE t{number} (a)"),
            &format!("DROP TABLE t{number}"),
        );
        new.write(&format!("src/m{number}.rs"), &table);
    }
    let print = "fn main() { println!(\"{}\", migrate_core::Registry::linked(None).unwrap().iter().count()); }";
    new.write("src/main.rs", &format!("{program}{print}"));
    new.cargo("run").ends(0).has("30");
    let incremental = new.0.build().join("debug/incremental");
    let inside = |folder: &Path| {
        std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
    };
    let own = inside(&incremental)
        .filter(|folder| folder.to_string_lossy().contains("replay_plain_objects-"));
    let sessions = own
        .flat_map(|folder| inside(&folder))
        .filter(|path| path.is_dir());
    let last = sessions.max_by_key(|session| session.metadata().unwrap().modified().unwrap());
    let objects =
        inside(&last.unwrap()).filter(|path| path.extension().is_some_and(|end| end == "o"));
    let count = objects.count();
    assert!((1..20).contains(&count), "{count}");
}

/// A table names its migrations from where it stands, and not all can be named there.
#[test]
fn all_are_registered_wherever_they_stand() {
    let new = Crate::new("replay_plain_everywhere");
    let table = |number: u32| {
        written(
            &format!("{number}_t"),
            &format!("T{number}"),
            &format!("CREATE TABLE t{number} (a)"),
            &format!("DROP TABLE t{number}"),
        )
    };
    let private = |number: u32| table(number).replace("pub struct", "struct");
    new.write(
        "src/main.rs",
        &format!(
            "mod one {{ pub mod deep; }}\nmod two;\n#[path = \"elsewhere.rs\"] pub(crate) mod three;\nmod r#type;\n\
             mod twice;\ninclude!(\"included.in.rs\");\n{}{}\n\
             fn main() {{ for one in migrate_core::Registry::linked(None).unwrap().iter() {{ println!(\"{{}} {{}}\", one.id(), one.file()); }} }}",
            table(1),
            private(2),
        ),
    );
    new.write("src/one/deep.rs", &table(3));
    new.write(
        "src/two.rs",
        &format!("mod inner;\npub mod outer;\n{}", table(4)),
    );
    new.write(
        "src/two/inner.rs",
        &format!("mod last;\n{}{}", table(5), private(6)),
    );
    new.write("src/two/inner/last.rs", &table(7));
    new.write("src/two/outer.rs", &table(8));
    new.write("src/elsewhere.rs", &table(9));
    new.write("src/type.rs", &table(10));
    new.0.write("src/included.in.rs", &table(11));
    new.write(
        "src/twice.rs",
        &format!("macro_rules! make {{ ($($all:tt)*) => {{ $($all)* }} }}\nmake! {{ {} }}\nmod inner {{ use super::*; {} }}", table(12), table(13)),
    );
    let ran = new.cargo("run");
    ran.ends(0);
    let ids: Vec<&str> = ran
        .out
        .lines()
        .filter_map(|line| line.split('_').next())
        .collect();
    let expected: Vec<String> = (1..=13).map(|number| number.to_string()).collect();
    assert_eq!(ids, expected, "{}", ran.out);
    ran.has("7_t src/two/inner/last.rs");
}
