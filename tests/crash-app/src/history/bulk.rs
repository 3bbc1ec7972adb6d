//! Many migrations of one kind, so that the moment between two of them is met often: each fills a table, and
//! adds to a sum.

use migrate_core::prelude::*;

use super::mark;

macro_rules! fill {
    ($($name:ident $id:literal;)+) => {
        $(
            /// Fills a table, and adds to a sum.
            #[migration($id)]
            struct $name;

            impl Migration for $name {
                fn up(&self, steps: &mut Steps) {
                    steps.sql(Sql::unchecked(format!("CREATE TABLE \"{}\" (a INTEGER NOT NULL, b TEXT NOT NULL)", $id)));
                    steps.sql(Sql::unchecked(format!(
                        "INSERT INTO \"{}\" (a, b) SELECT id, hex(email) FROM users ORDER BY id LIMIT 1 + (SELECT rows / 2 FROM size)",
                        $id
                    )));
                    steps.sql(sql!("UPDATE counter SET n = n + 1 WHERE name = 'filled'"));
                    mark(steps, "up", $id);
                }

                fn down(&self, steps: &mut Steps) {
                    steps.sql(Sql::unchecked(format!("DROP TABLE \"{}\"", $id)));
                    steps.sql(sql!("UPDATE counter SET n = n - 1 WHERE name = 'filled'"));
                    mark(steps, "down", $id);
                }
            }
        )+
    };
}

fill! {
    Fill010 "010_fill";
    Fill017 "017_fill";
    Fill018 "018_fill";
    Fill019 "019_fill";
    Fill020 "020_fill";
    Fill021 "021_fill";
    Fill022 "022_fill";
    Fill023 "023_fill";
    Fill024 "024_fill";
    Fill025 "025_fill";
    Fill026 "026_fill";
    Fill027 "027_fill";
    Fill028 "028_fill";
    Fill029 "029_fill";
}
