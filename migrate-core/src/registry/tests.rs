//! The order of the linked migrations, and what has none.

use super::*;
use crate::{
    migration::Migration,
    sql::{Origin, Sql},
};
use proptest::prelude::*;

struct Nothing;

impl Migration for Nothing {
    fn up(&self, _: &mut Steps) {}
}

fn at(set: &'static str, id: &'static str, file: &'static str) -> Registration {
    Registration::new(set, id, file, 3, &Nothing)
}

fn one(set: &'static str, id: &'static str) -> Registration {
    at(set, id, "src/a.rs")
}

fn behind(set: &'static str, id: &'static str, after: &'static [&'static str]) -> Registration {
    Registration {
        after,
        ..one(set, id)
    }
}

fn registry(all: impl IntoIterator<Item = Registration>) -> Result<Registry, RegistryError> {
    let leaked = all.into_iter().map(|one| &*Box::leak(Box::new(one)));
    Registry::new(leaked, None)
}

fn order(all: impl IntoIterator<Item = Registration>) -> Vec<String> {
    let registry = registry(all).unwrap();
    registry.iter().map(|one| format!("{one:?}")).collect()
}

fn refusal(all: impl IntoIterator<Item = Registration>) -> String {
    registry(all).unwrap_err().to_string()
}

/// A checksum that is computed is kept, and is still that of the environment that is asked for.
#[test]
fn a_computed_checksum_belongs_to_its_environment() {
    struct Asks;
    impl Migration for Asks {
        fn up(&self, steps: &mut Steps) {
            let table = steps.environment().to_owned();
            steps.sql(Sql::unchecked(format!("CREATE TABLE {table} (a)")));
        }
    }
    let registration = Registration::new("a", "001_x", "src/a.rs", 3, &Asks);
    let registry = registry([registration]).unwrap();
    let asked = registry.get(0).unwrap();
    let fresh = |environment| asked.up(environment).checksum(Dialect::Sqlite);
    for environment in ["one", "two", "one", "two"] {
        let checksum = asked.checksum(environment, Dialect::Sqlite);
        assert_eq!(checksum, fresh(environment));
    }
    assert_ne!(fresh("one"), fresh("two"));
}

#[test]
fn the_order_is_by_id_and_then_by_set() {
    let all = [
        one("b", "20260215_10_x"),
        one("a", "20260215_02_x"),
        one("b", "20260215_create_users"),
        one("a", "10_x"),
        one("a", "20260215_create_users"),
        one("b", "9_x"),
    ];
    assert_eq!(
        order(all),
        [
            "b/9_x",
            "a/10_x",
            "a/20260215_create_users",
            "b/20260215_create_users",
            "a/20260215_02_x",
            "b/20260215_10_x",
        ]
    );
}

#[test]
fn after_puts_one_behind_another() {
    // What comes behind it in its set waits with it; the other set goes on.
    let all = [
        one("a", "001_x"),
        behind("a", "002_x", &["b/002_x"]),
        one("a", "003_x"),
        one("b", "001_x"),
        one("b", "002_x"),
        one("b", "003_x"),
    ];
    assert_eq!(
        order(all),
        [
            "a/001_x", "b/001_x", "b/002_x", "a/002_x", "a/003_x", "b/003_x"
        ]
    );
    // Without a set it is one of its own, which says nothing new.
    assert_eq!(
        order([one("a", "001_x"), behind("a", "002_x", &["001_x"])]),
        ["a/001_x", "a/002_x"]
    );
}

#[test]
fn after_what_is_not_there() {
    assert_eq!(
        refusal([behind("a", "001_x", &["b/001_x"])]),
        "`a/001_x` is to run after `b/001_x`, which is not in this program; write `after = \"set/id\"` with a set \
         that is linked"
    );
    // Where one set is chosen, the others are not there to wait for.
    let leaked: &'static Registration = Box::leak(Box::new(behind("a", "001_x", &["b/001_x"])));
    assert_eq!(Registry::new([leaked], Some("a")).unwrap().len(), 1);
}

#[test]
fn a_circle_names_those_that_form_it() {
    let all = [
        one("a", "001_x"),
        behind("a", "002_x", &["b/002_x"]),
        one("a", "003_x"),
        behind("b", "001_x", &["a/002_x"]),
        one("b", "002_x"),
        one("b", "003_x"),
    ];
    assert_eq!(
        refusal(all),
        "the migrations `b/001_x`, `a/002_x`, `b/002_x` wait for each other: `after` and the order of their ids form \
         a circle"
    );
    assert!(refusal([behind("a", "001_x", &["001_x"])]).contains("`a/001_x` wait for each other"));
}

#[test]
fn two_of_one_version() {
    let text = "two migrations of the set `a` have the version 7: `007_x` (src/a.rs:3) and `7_y` (src/b.rs:3); give \
                one of them another version";
    let two = || [at("a", "007_x", "src/a.rs"), at("a", "7_y", "src/b.rs")];
    assert_eq!(refusal(two()), text);
    // Also where others stand between them.
    assert_eq!(refusal(two().into_iter().chain([one("b", "007_y")])), text);
    assert_eq!(
        refusal([
            at("a", "20260215_x", "src/a.rs"),
            at("a", "20260215_01_x", "src/b.rs")
        ]),
        "two migrations of the set `a` have the version 20260215_01: `20260215_01_x` (src/b.rs:3) and `20260215_x` \
         (src/a.rs:3); give one of them another version"
    );
    // The very same id, in two files.
    let twins = refusal([at("a", "001_x", "src/a.rs"), at("a", "001_x", "src/b.rs")]);
    assert!(
        twins.contains("`001_x` (src/a.rs:3) and `001_x` (src/b.rs:3)"),
        "{twins}"
    );
    assert_eq!(order([one("a", "001_x"), one("b", "001_x")]).len(), 2);
}

/// A module that is compiled into the library and into the program of one crate.
#[test]
fn the_same_item_twice_is_one() {
    let all = [
        one("a", "001_x"),
        one("b", "001_x"),
        one("a", "001_x"),
        one("a", "002_x"),
    ];
    assert_eq!(order(all), ["a/001_x", "b/001_x", "a/002_x"]);
}

#[test]
fn one_row_cannot_become_two() {
    let renamed = |id| Registration {
        renamed_from: Some("001_old"),
        ..one("a", id)
    };
    let text = "`002_x` (src/a.rs:3) and `003_x` (src/a.rs:3) both claim what the history has as `a/001_old`: remove \
                `renamed_from` from one of them";
    assert_eq!(refusal([renamed("002_x"), renamed("003_x")]), text);
    assert_eq!(
        refusal([one("a", "001_old"), renamed("003_x")]),
        "`001_old` (src/a.rs:3) and `003_x` (src/a.rs:3) both claim what the history has as `a/001_old`: remove \
         `renamed_from` from one of them"
    );
    // Another set may have the id.
    assert_eq!(order([one("b", "001_old"), renamed("003_x")]).len(), 2);
}

#[test]
fn an_id_that_is_none_names_its_place() {
    let text = refusal([one("a", "20260230_x")]);
    assert!(text.starts_with("src/a.rs:3: "), "{text}");
}

#[test]
fn nothing_is_never_up_to_date() {
    assert!(refusal([]).starts_with(
        "no migration is linked into this program. The linker leaves out a crate that the program never names"
    ));
    let error = Registry::new([], Some("blog")).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("no migration of the set `blog` is linked into this program")
    );
}

/// Ids in the order of their versions.
const IDS: [&str; 6] = [
    "1_a",
    "002_b",
    "20260101_c",
    "20260101_02_d",
    "20260101093000_e",
    "20260102_f",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Every set is in the order of its ids and everything behind what it names; where that cannot be, each
    /// of those that are named waits for another one of them.
    #[test]
    fn any_wishes_make_an_order_or_a_circle(
        shuffled in Just((0..18_usize).collect::<Vec<_>>()).prop_shuffle(),
        wishes in prop::collection::vec(prop::option::weighted(0.2, 0..18_usize), 18),
    ) {
        let name = |n: usize| (["a", "b", "c"][n / 6], IDS[n % 6]);
        let text = |n: usize| format!("{}/{}", name(n).0, name(n).1);
        let all = shuffled.iter().map(|n| {
            let after = wishes[*n].filter(|other| other != n);
            let after: Vec<&'static str> = after.map(|other| &*text(other).leak()).into_iter().collect();
            behind(name(*n).0, name(*n).1, after.leak())
        });
        let waits_for = |n: usize| {
            let before = (!n.is_multiple_of(6)).then(|| n - 1);
            before.into_iter().chain(wishes[n].filter(|other| *other != n))
        };
        match registry(all) {
            Ok(registry) => {
                let names: Vec<String> = registry.iter().map(|one| format!("{one:?}")).collect();
                let place = |n: usize| names.iter().position(|name| *name == text(n)).unwrap();
                prop_assert_eq!(names.len(), 18);
                for n in 0..18 {
                    prop_assert!(waits_for(n).all(|before| place(before) < place(n)));
                }
            }
            Err(RegistryError::Circle(names)) => {
                let stuck: Vec<usize> = (0..18).filter(|n| names.contains(&format!("`{}`", text(*n)))).collect();
                prop_assert!(!stuck.is_empty());
                for n in &stuck {
                    prop_assert!(waits_for(*n).any(|before| stuck.contains(&before)));
                }
            }
            Err(other) => prop_assert!(false, "{}", other),
        }
    }
}

/// What is written for one database makes no other say that it has changed; a text that all have counts as ever.
#[test]
fn the_checksum_is_that_of_the_text_for_the_database() {
    const PLACE: Origin = Origin {
        file: "src/a.rs",
        line: 3,
    };
    fn both(sqlite: &'static str, steps: &mut Steps) {
        let texts: &[_] = Box::leak(Box::new([(sqlite, "s"), ("SELECT $$;$$", "p0-12.")]));
        steps.sql(Sql::checked_each(texts, PLACE));
    }
    struct Before;
    impl Migration for Before {
        fn up(&self, steps: &mut Steps) {
            both("SELECT 1", steps);
        }
    }
    struct After;
    impl Migration for After {
        fn up(&self, steps: &mut Steps) {
            both("SELECT 2", steps);
        }
    }
    let registry = registry([
        Registration::new("a", "001_x", "src/a.rs", 3, &Before),
        Registration::new("b", "001_x", "src/a.rs", 3, &After),
    ]);
    let registry = registry.unwrap();
    let checksum = |at, dialect| registry.get(at).unwrap().checksum("", dialect);
    let of = |text, dialect| {
        let mut checksum = migrate_schema::Checksum::new();
        checksum.sql(text, dialect);
        checksum.finish()
    };
    assert_eq!(
        checksum(0, Dialect::Sqlite),
        of("SELECT 1", Dialect::Sqlite)
    );
    assert_eq!(
        checksum(1, Dialect::Sqlite),
        of("SELECT 2", Dialect::Sqlite)
    );
    for at in [0, 1] {
        assert_eq!(
            checksum(at, Dialect::Postgres),
            of("SELECT $$;$$", Dialect::Postgres)
        );
        assert_eq!(checksum(at, Dialect::Mysql), of("", Dialect::Mysql));
    }
}
