//! Nodes that die while a run is at work.

use std::{
    sync::{
        Arc,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
};

use migrate_core::{Event, Observer};
use migrate_test_servers::{Rqlite, times};

use crate::{connection, of, rows};

/// Stops the run before its second migration until it is told to go on.
#[derive(Debug)]
struct Stops {
    reached: Sender<()>,
    go_on: Arc<std::sync::Mutex<Receiver<()>>>,
}

impl Observer for Stops {
    fn event(&self, event: &Event<'_>) {
        if let Event::MigrationStarted { id, .. } = event
            && *id == "20260102_create_posts"
        {
            // Once; the second try finds nobody there.
            let _ = self.reached.send(());
            let _ = self.go_on.lock().unwrap().recv();
        }
    }
}

#[test]
fn the_leader_dies_between_two_migrations() {
    let Some(cluster) = Rqlite::start() else {
        return;
    };
    let (reached, is_reached) = channel();
    let (go, go_on) = channel();
    let go_on = Arc::new(std::sync::Mutex::new(go_on));
    let migrator = of("plain").observer(Stops { reached, go_on });
    let report = thread::scope(|scope| {
        let run = scope.spawn(|| migrator.up(&mut connection(&cluster)).unwrap());
        is_reached.recv().unwrap();
        cluster.kill(cluster.leader());
        drop(go);
        run.join().unwrap()
    });
    assert_eq!(report.done.len(), 2);
    assert_eq!(
        rows(&cluster, "SELECT id, state FROM _migrations"),
        [
            r#""20260101_create_users","applied""#,
            r#""20260102_create_posts","applied""#
        ]
    );
}

/// Every node may be asked; what does not lead says who does.
#[test]
fn any_node_will_do() {
    let Some(cluster) = Rqlite::start() else {
        return;
    };
    for node in cluster.urls() {
        let url = node.replace("http://", "rqlite://");
        let mut connection = migrate_core::rqlite::connect(&url).unwrap();
        of("plain").up(&mut connection).unwrap();
        of("plain").down(&mut connection).unwrap();
    }
}

#[test]
fn over_tls() {
    let Some((cluster, authority)) = Rqlite::single_with_tls() else {
        return;
    };
    let at = cluster.url().replace("http://", "");
    let up = |url: &str| of("plain").up(&mut migrate_core::rqlite::connect(url)?);
    let trusted = authority.display();
    let report = up(&format!("rqlites://{at}?ca={trusted}")).unwrap();
    assert_eq!(report.done.len(), 2);
    // Neither who is not known is trusted, nor who does not encrypt.
    for (url, words) in [
        (format!("rqlites://{at}"), "certificate"),
        (format!("rqlite://{at}"), "to an HTTPS server"),
        (format!("rqlites://{at}?ca=/none.pem"), "No such file"),
    ] {
        let text = up(&url).unwrap_err().to_string();
        assert!(text.contains(words), "{text}");
    }
}

/// A leader that stalls is given up when it shows no sign of life, which takes some time.
#[test]
fn the_leader_stalls_between_two_migrations() {
    if times(0, 1) == 0 {
        return;
    }
    let Some(cluster) = Rqlite::start() else {
        return;
    };
    let (reached, is_reached) = channel();
    let (go, go_on) = channel();
    let go_on = Arc::new(std::sync::Mutex::new(go_on));
    let migrator = of("plain").observer(Stops { reached, go_on });
    let report = thread::scope(|scope| {
        let run = scope.spawn(|| migrator.up(&mut connection(&cluster)).unwrap());
        is_reached.recv().unwrap();
        let leader = cluster.leader();
        cluster.pause(leader);
        drop(go);
        let report = run.join().unwrap();
        cluster.resume(leader);
        report
    });
    assert_eq!(report.done.len(), 2);
    assert_eq!(rows(&cluster, "SELECT count(*) FROM _migrations"), ["2"]);
}
