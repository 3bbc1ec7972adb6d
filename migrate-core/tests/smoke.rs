use migrate_core::prelude::*;
use migrate_core::{Request, Up};

pub struct A;
#[migration("20260215_create_users")]
impl Migration for A {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)"
        ));
        steps.run("seed", |tx: &rusqlite::Transaction<'_>| {
            tx.execute("INSERT INTO users (email) VALUES ('A@x')", [])?;
            Ok(())
        });
    }
    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP TABLE users"));
    }
}
pub struct V;
#[migration("20260216_vacuum", transaction = false)]
impl Migration for V {
    fn up(&self, steps: &mut Steps) {
        steps.sql(sql!("VACUUM; CREATE TABLE v (a)"));
        steps.run("look", |c: &rusqlite::Connection| {
            c.execute("INSERT INTO v VALUES (1)", [])?;
            Ok(vec![Sql::unchecked("INSERT INTO v VALUES (2)")])
        });
    }
    fn down(&self, steps: &mut Steps) {
        steps.sql(sql!("DROP TABLE v"));
    }
}

#[test]
fn smoke() {
    let mut c = rusqlite::Connection::open_in_memory().unwrap();
    let m = Migrator::new();
    println!("{:#?}", m.plan(&mut c, &Request::Up(Up::All)).unwrap());
    println!("{:?}", m.up(&mut c));
    println!("{:#?}", m.status(&mut c).unwrap());
    println!("{:?}", m.up(&mut c));
    println!(
        "{:?}",
        m.run(&mut c, &Request::Redo(migrate_core::Down::Count(1)))
    );
    println!("{:?}", m.down(&mut c));
    println!("{:?}", m.applied(&mut c));
}
