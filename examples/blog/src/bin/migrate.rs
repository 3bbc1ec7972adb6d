//! The migrations of the blog on the command line: `cargo run --bin migrate -- up`.

migrate_cli::main!(blog; default_database_url = "sqlite:blog.db");
