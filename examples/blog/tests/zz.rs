use std::sync::{Barrier, Mutex};
use migrate_core::{Migrator, Observer, Event};
migrate_core::link!(blog);
static LOG: Mutex<Vec<String>> = Mutex::new(Vec::new());
struct P;
impl Observer for P { fn event(&self, e: &Event<'_>) { LOG.lock().unwrap().push(format!("{:?} {}", std::thread::current().id(), format!("{e:?}").chars().take(150).collect::<String>())); } }
#[test]
fn zz() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("blog.db");
    let start = Barrier::new(2);
    let open = || {
        start.wait();
        let mut c = rusqlite::Connection::open(&path).unwrap();
        Migrator::new().observer(P).up(&mut c).map(|_| ()).map_err(|e| e.to_string())
    };
    std::thread::scope(|s| { let a = s.spawn(open); let b = s.spawn(open); println!("{:?}\n{:?}", a.join().unwrap(), b.join().unwrap()); });
    for l in LOG.lock().unwrap().iter() { println!("{l}"); }
}
