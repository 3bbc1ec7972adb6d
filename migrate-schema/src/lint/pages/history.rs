//! What the replay of a history refuses.

use crate::{
    Code,
    lint::{ALL, Example, Page},
};

pub(super) const PAGES: &[Page] = &[
    Page {
        code: Code::WrongOrder,
        products: ALL,
        summary: "Something that only a later migration makes.",
        why: "Migrations run in the order of their identifiers. On an empty database this one would come too early.",
        instead: "Give this migration a later identifier, or the other one an earlier.",
        examples: &[Example::rust(
            "// M20240101_000000_AddEmail\nALTER TABLE users ADD COLUMN email TEXT\n\n// M20240102_000000_CreateUsers\nCREATE TABLE users (id INTEGER PRIMARY KEY)",
            "// M20240102_000000_CreateUsers\nCREATE TABLE users (id INTEGER PRIMARY KEY)\n\n// M20240103_000000_AddEmail\nALTER TABLE users ADD COLUMN email TEXT",
        )],
    },
    Page {
        code: Code::DownDoesNotUndo,
        products: ALL,
        summary: "`down` leaves something behind, or loses something.",
        why: "After `up` and `down` the schema should be what it was before: else the next `up` fails, or the next migration meets a schema that nobody has tested.",
        instead: "The message lists what is left over and what is lost. Where it can be told from `up`, `down` can be left out.",
        examples: &[Example::rust(
            "-- up\nCREATE TABLE users (id INTEGER PRIMARY KEY);\nCREATE TABLE posts (id INTEGER PRIMARY KEY);\n\n-- down\nDROP TABLE users;",
            "-- up\nCREATE TABLE users (id INTEGER PRIMARY KEY);\nCREATE TABLE posts (id INTEGER PRIMARY KEY);\n\n-- down\nDROP TABLE posts;\nDROP TABLE users;",
        )],
    },
];
