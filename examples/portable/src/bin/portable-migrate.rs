//! The migrations on the command line, on whichever database the URL names.

migrate_cli::main!(portable; default_database_url = "sqlite:portable.db");
