//! Writes as many migrations as `BENCH_MIGRATIONS` says, as a user would have written them.

use std::{env, fmt::Write, fs, path::Path};

fn main() {
    println!("cargo::rerun-if-env-changed=BENCH_MIGRATIONS");
    println!("cargo::rerun-if-changed=build.rs");
    let count: usize = env::var("BENCH_MIGRATIONS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(100);
    let mut source = format!("pub const COUNT: usize = {count};\n");
    for number in 1..=count {
        writeln!(
            source,
            "#[migration(\"{number:05}_create_t{number}\")]\n\
             impl Migration for M{number} {{\n\
                 fn up(&self, steps: &mut Steps) {{ steps.sql(sql!(\"{}\")); }}\n\
                 fn down(&self, steps: &mut Steps) {{ steps.sql(sql!(\"DROP TABLE t{number}\")); }}\n\
             }}\n\
             pub struct M{number};",
            create(number)
        )
        .unwrap();
    }
    let sql: Vec<String> = (1..=count)
        .map(|number| format!("{:?}", create(number)))
        .collect();
    writeln!(source, "pub static SQL: &[&str] = &[{}];", sql.join(",\n")).unwrap();
    let folder = env::var("OUT_DIR").unwrap();
    fs::write(Path::new(&folder).join("migrations.rs"), source).unwrap();
}

fn create(number: usize) -> String {
    format!("CREATE TABLE t{number} (id INTEGER PRIMARY KEY, name TEXT NOT NULL, made_at TEXT)")
}
