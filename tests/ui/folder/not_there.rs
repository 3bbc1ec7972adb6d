//! The folder of `migrations!` is called otherwise.

migrate_core::migrations!("migratoins");

fn main() {}
