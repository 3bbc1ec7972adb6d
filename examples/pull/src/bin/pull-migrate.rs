//! The migrations on the command line.

migrate_cli::main!(pull; default_database_url = "sqlite:pull.db");
