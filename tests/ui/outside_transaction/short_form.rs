use migrate_core::prelude::*;

#[migration("20260215_shrink", up = "DELETE FROM logs; VACUUM", irreversible = "the free pages are gone")]
struct Shrink;

fn main() {}
