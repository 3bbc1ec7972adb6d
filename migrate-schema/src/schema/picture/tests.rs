//! Schemas made by hand, and what their pictures say.

use super::*;
use crate::{
    Dialect,
    schema::{Column, Deferrable, ForeignKey, Key, ObjectName, Table, View},
};

pub(super) fn table(name: &str, columns: &[(&str, &str)]) -> Table {
    let mut table = Table::new(ObjectName::bare(name));
    let column = |&(name, data_type): &(&str, &str)| {
        let (data_type, nullable) = match data_type.strip_suffix('?') {
            Some(data_type) => (data_type, true),
            None => (data_type, false),
        };
        Column {
            nullable,
            ..Column::new(name, data_type)
        }
    };
    table.columns = columns.iter().map(column).collect();
    if let Some((first, _)) = columns.first() {
        table.primary_key = Some(Key::on([*first]));
    }
    table
}

pub(super) fn refers(table: &mut Table, column: &str, to: &str, referred: &str) {
    table.foreign_keys.push(ForeignKey {
        name: None,
        columns: vec![column.to_owned()],
        table: ObjectName::bare(to),
        referred: vec![referred.to_owned()],
        on_delete: None,
        on_update: None,
        deferrable: Deferrable::No,
        not_valid: false,
    });
}

pub(super) fn blog() -> Schema {
    let users = table("users", &[("id", "integer"), ("email", "text")]);
    let mut posts = table(
        "posts",
        &[
            ("id", "integer"),
            ("author_id", "integer"),
            ("title", "text"),
        ],
    );
    refers(&mut posts, "author_id", "users", "id");
    let mut comments = table(
        "comments",
        &[
            ("id", "integer"),
            ("post_id", "integer"),
            ("answers", "integer?"),
        ],
    );
    refers(&mut comments, "post_id", "posts", "id");
    refers(&mut comments, "answers", "Comments", "ID");
    let mut profiles = table("profiles", &[("user_id", "integer"), ("bio", "text?")]);
    refers(&mut profiles, "user_id", "users", "id");
    let view = View {
        name: ObjectName::bare("authors"),
        materialized: false,
        columns: vec![Column::new("posts", "integer")],
        column_names: Vec::new(),
        query: "SELECT count(*) AS posts FROM posts".to_owned(),
        reads: vec![ObjectName::bare("posts")],
        indexes: Vec::new(),
        triggers: Vec::new(),
        comment: None,
        made_by: None,
    };
    Schema {
        tables: vec![users, posts, comments, profiles],
        views: vec![view],
        ..Schema::empty(Dialect::Sqlite)
    }
}

/// Names that mean something in each of the languages.
pub(super) fn strange() -> Schema {
    let names = [
        "</script><script>alert(1)</script>",
        "a \"quoted\" `name` 'here'",
        "two\nlines\r\n",
        "größe 表 😀",
        "100% \\ #quot; &amp; {x} [y]",
        "end",
        "",
        "\u{1b}[31m\u{0}\u{202e}",
    ];
    let mut tables: Vec<Table> = names
        .iter()
        .map(|name| table(name, &[("id", "integer"), (name, name), ("pk", "")]))
        .collect();
    for at in 1..names.len() {
        refers(&mut tables[at], names[at], names[at - 1], "id");
    }
    Schema {
        tables,
        ..Schema::empty(Dialect::Sqlite)
    }
}

#[test]
fn in_mermaid() {
    let expected = "\
erDiagram
    users {
        integer id PK
        text email
    }
    posts {
        integer id PK
        integer author_id FK
        text title
    }
    comments {
        integer id PK
        integer post_id FK
        integer answers FK \"null\"
    }
    profiles {
        integer user_id PK, FK
        text bio \"null\"
    }
    authors {
        integer posts \"null\"
    }
    users ||--o{ posts : \"author_id\"
    posts ||--o{ comments : \"post_id\"
    comments |o--o{ comments : \"answers\"
    users ||--o| profiles : \"user_id\"
    posts }o..o{ authors : \"reads\"
";
    assert_eq!(mermaid(&blog()), expected);
    assert_eq!(mermaid(&Schema::empty(Dialect::Sqlite)), "erDiagram\n");
}

/// Held against Mermaid's own grammar by hand: it takes all of these, and shows the names as they are.
#[test]
fn strange_names_in_mermaid() {
    let text = mermaid(&strange());
    for line in text.lines().skip(1) {
        let quotes = line.matches('"').count();
        assert_eq!(quotes % 2, 0, "{line}");
        let (mut inside, mut outside) = (String::new(), String::new());
        for (at, part) in line.split('"').enumerate() {
            if at % 2 == 1 {
                &mut inside
            } else {
                &mut outside
            }
            .push_str(part);
        }
        assert!(!inside.contains(['<', '>', '%', '\\', '`', '&']), "{line}");
        assert!(
            !outside.contains(['<', '>', '%', '\\', '`', '&', '#', '~', ';']),
            "{line}"
        );
    }
    let name = "\"#60;/script#62;#60;script#62;alert(1)#60;/script#62;\" {";
    assert!(text.contains(name), "{text}");
    assert!(text.contains("    \"end\" {"), "{text}");
    assert!(text.contains("any _pk \"pk\""), "{text}");
}

#[test]
fn in_dot() {
    let text = dot(&blog());
    assert!(
        text.contains("t1:l1:w -> t0:r0:e [arrowtail=crowodot, arrowhead=teetee]"),
        "{text}"
    );
    assert!(
        text.contains("t2:l2:w -> t2:r0:e [arrowtail=crowodot, arrowhead=teeodot]"),
        "{text}"
    );
    assert!(
        text.contains("t3:l0:w -> t0:r0:e [arrowtail=teeodot, arrowhead=teetee]"),
        "{text}"
    );
    assert!(
        text.contains("t4:head:w -> t1:head:e [style=dotted"),
        "{text}"
    );
}

/// Names stand in text alone, where markup has its own signs.
#[test]
fn strange_names_in_markup() {
    for text in [dot(&strange()), svg(&strange())] {
        assert!(!text.contains("<script"), "{text}");
        assert!(
            text.contains("&lt;/script&gt;&lt;script&gt;alert(1)"),
            "{text}"
        );
        assert!(
            text.contains("a &quot;quoted&quot; `name` &#39;here&#39;"),
            "{text}"
        );
        assert!(text.contains("100% \\ #quot; &amp;amp; {x} [y]"), "{text}");
        assert!(!text.contains(['\u{1b}', '\u{0}', '\u{202e}']), "{text}");
    }
}

#[test]
fn in_text() {
    let expected = "\
table users
  id     integer  not null
  email  text     not null
  primary key (id)

table posts
  id         integer  not null
  author_id  integer  not null
  title      text     not null
  primary key (id)
  foreign key (author_id) → users (id)
";
    let text = text(&blog());
    assert!(text.starts_with(expected), "{text}");
    assert!(
        text.ends_with("\nview authors\n  posts  integer\n  reads posts\n"),
        "{text}"
    );
    assert_eq!(super::text(&Schema::empty(Dialect::Sqlite)), "nothing\n");
    assert!(!super::text(&strange()).contains(['\u{1b}', '\r']));
}

/// Tags are closed in their order, and each box and line is there.
#[test]
fn the_svg_is_whole() {
    for schema in [blog(), strange(), Schema::empty(Dialect::Mysql)] {
        let text = svg(&schema);
        assert_eq!(text, svg(&schema));
        let mut open = Vec::new();
        for tag in text.split('<').skip(1) {
            let (tag, _) = tag.split_once('>').unwrap_or_default();
            match tag.strip_prefix('/') {
                Some(name) => assert_eq!(open.pop(), Some(name), "{text}"),
                None if tag.ends_with('/') => {}
                None => open.extend(tag.split(' ').next()),
            }
        }
        assert!(open.is_empty(), "{open:?}");
        let boxes = schema.tables.len() + schema.views.len();
        assert_eq!(text.matches("<g class=\"entity ").count(), boxes);
        assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
    }
    assert_eq!(svg(&blog()).matches("<g class=\"relation").count(), 5);
}

/// A name in another case is the same table on SQLite and another one on PostgreSQL.
#[test]
fn names_mean_what_the_engine_takes_them_for() {
    let mut schema = blog();
    assert!(mermaid(&schema).contains("comments |o--o{ comments"));
    schema.dialect = Dialect::Postgres;
    assert!(!mermaid(&schema).contains("comments |o--o{ comments"));
}

/// What is referred to and is not there is no line, and no fault.
#[test]
fn a_table_that_is_not_there() {
    let mut schema = blog();
    schema.tables.remove(0);
    assert!(!svg(&schema).contains("author_id →"));
    assert!(text(&schema).contains("foreign key (author_id) → users (id)"));
}

/// A schema of sixty tables is no line of boxes without end.
#[test]
fn sixty_tables_have_the_shape_of_a_page() {
    let mut tables: Vec<Table> = Vec::new();
    for at in 0..60_usize {
        let columns = [
            ("id", "bigint"),
            ("parent", "bigint"),
            ("tenant", "bigint"),
            ("name", "text"),
        ];
        let mut table = table(&format!("table_{at}"), &columns[..2 + at % 3]);
        if at > 0 {
            refers(
                &mut table,
                "parent",
                &format!("table_{}", at * 7 / 11),
                "id",
            );
        }
        if at % 3 > 0 {
            refers(&mut table, "tenant", "table_0", "id");
        }
        tables.push(table);
    }
    let schema = Schema {
        tables,
        ..Schema::empty(Dialect::Postgres)
    };
    let text = svg(&schema);
    let number = |name: &str| -> f64 {
        let (_, rest) = text.split_once(&format!(" {name}=\"")).unwrap();
        rest.split_once('"').unwrap().0.parse().unwrap()
    };
    let shape = number("width") / number("height");
    assert!((0.6..4.0).contains(&shape), "{shape}");
}
