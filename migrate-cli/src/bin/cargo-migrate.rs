//! `cargo migrate`.

fn main() -> std::process::ExitCode {
    migrate_cli::cargo_migrate(std::env::args_os())
}
