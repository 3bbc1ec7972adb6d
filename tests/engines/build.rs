//! The folder of SQL files that a test embeds.

fn main() {
    println!("cargo::rerun-if-changed=tests/postgres/undo");
}
