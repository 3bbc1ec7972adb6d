//! What a folder of SQL files can have wrong.

use crate::{
    Code,
    lint::{ALL, Example, Page},
};

const fn page(
    code: Code,
    summary: &'static str,
    why: &'static str,
    instead: &'static str,
    bad: &'static [Example],
) -> Page {
    Page {
        code,
        products: ALL,
        summary,
        why,
        instead,
        examples: bad,
    }
}

pub(super) const PAGES: &[Page] = &[
    page(
        Code::DownWithoutUp,
        "A file of SQL with `down` for which there is no `up`.",
        "Nothing runs it. Mostly one of the two files was renamed, and the other forgotten.",
        "Give both files the same name in front of `.up.sql` and `.down.sql`, or remove this one.",
        &[Example::rust(
            "// 0001_create_users.up.sql\n// 0001_create_user.down.sql",
            "// 0001_create_users.up.sql\n// 0001_create_users.down.sql",
        )],
    ),
    page(
        Code::StrayFile,
        "An SQL file that belongs to no migration.",
        "Its name has no place in the order, so no tool runs it.",
        "Give it a version, as the other files have, or move it out of the folder.",
        &[Example::rust(
            "// 0001_create_users.sql\n// users.sql",
            "// 0001_create_users.sql\n// 0002_users.sql",
        )],
    ),
    page(
        Code::MixedLayouts,
        "Files in the layouts of several tools, in one folder.",
        "Each tool reads its own files and passes over the others, so none runs all of them.",
        "Write all files in one layout, or keep those of each tool in a folder of their own.",
        &[Example::rust(
            "// V1__create_users.sql\n// 0002_create_posts.up.sql",
            "// V1__create_users.sql\n// V2__create_posts.sql",
        )],
    ),
    page(
        Code::Marker,
        "A marker such as `-- +goose Up` that is missing, misspelt, there twice, or at the wrong place.",
        "The tool takes it for a comment: the `down` part of the file is run as a part of `up`, or not at all.",
        "Write the marker on a line of its own, as the message has it.",
        &[Example::rust(
            "-- +goose Up\nCREATE TABLE users (id INTEGER);\n-- +goose Dwon\nDROP TABLE users;",
            "-- +goose Up\nCREATE TABLE users (id INTEGER);\n-- +goose Down\nDROP TABLE users;",
        )],
    ),
    page(
        Code::NotUtf8,
        "A file that is not UTF-8.",
        "Most tools and databases refuse anything else, and what they make of it is not what was written.",
        "Save the file as UTF-8.",
        &[],
    ),
    page(
        Code::Folder,
        "The folder of `migrations!`: not there, empty, or watched by nobody.",
        "Without a build script that watches the folder, Cargo does not compile the crate again when a file is added to it: \
         the migration would be missing from the program without a word.",
        "Write the folder as it is called from where Cargo.toml is, and a `build.rs` with \
         `println!(\"cargo::rerun-if-changed=migrations\");`.",
        &[Example::rust(
            "migrate_core::migrations!(\"migratoins\");",
            "migrate_core::migrations!(\"migrations\");",
        )],
    ),
];
