//! A disk that is full: the error says so, nothing is recorded by half, and with more room the next run goes on.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crash_app::OUTSIDE;
use migrate_test_servers::{Program, times};
use tempfile::TempDir;

use crate::ground::{Ground, Journal, PROGRAM};

const ROWS: usize = 2000;
/// Kilobytes; the whole database has about 1,300.
const SMALLEST: usize = 64;
const STEP: usize = 240;

#[test]
fn of_a_small_disk_in_delete_mode() {
    small_disks(Journal::Delete);
}

#[test]
fn of_a_small_disk_in_wal_mode() {
    small_disks(Journal::Wal);
}

/// A disk of each size is filled, and then made larger.
fn small_disks(journal: Journal) {
    let Some(_) = Disk::new(SMALLEST) else {
        println!("no file system can be mounted here: the limit of a file's size has to do");
        return;
    };
    let undisturbed = Ground::new(journal, OUTSIDE, ROWS);
    undisturbed.run("up");
    let mut full = 0;
    for size in (SMALLEST..).step_by(STEP / times(1, 8)) {
        let disk = Disk::new(size).unwrap();
        let ground = Ground::in_folder(&disk.path(), journal, OUTSIDE, ROWS);
        let ended = ground.program("up").run();
        if ended.status.success() {
            break;
        }
        println!("{size} KB: {}", ended.errors);
        ended.failed(1, &["database or disk is full", "make room, and run again"]);
        ground.check();
        full += 1;
        disk.grow();
        ground.run("up");
        ground.check();
        assert_eq!(ground.dump(), undisturbed.dump());
    }
    assert!(full > 3, "{full} disks were too small");
}

/// A limit of the size of each file, which needs no rights.
#[test]
fn of_a_limit() {
    for journal in [Journal::Delete, Journal::Wal] {
        let undisturbed = Ground::new(journal, OUTSIDE, ROWS);
        undisturbed.run("up");
        let mut failed = 0;
        for kilobytes in (SMALLEST..).step_by(STEP / times(1, 8)) {
            let ground = Ground::new(journal, OUTSIDE, ROWS);
            let ended = limited(&ground, kilobytes).run();
            if ended.status.success() {
                break;
            }
            println!("{kilobytes} KB: {}", ended.errors);
            ended.failed(
                1,
                &[
                    "disk I/O error",
                    "whether there is room, and whether a limit or a broken disk",
                ],
            );
            failed += 1;
            ground.check();
            ground.run("up");
            ground.check();
            assert_eq!(ground.dump(), undisturbed.dump());
        }
        assert!(failed > 3, "{failed} limits were too small");
    }
}

/// `up` in a process that cannot write files larger than this. Without the signal that comes with it, a write fails.
fn limited(ground: &Ground, kilobytes: usize) -> Program {
    let script = format!("trap '' XFSZ; ulimit -f {}; exec \"$@\"", kilobytes * 2);
    let mut command = Command::new("sh");
    command.args(["-c", &script, "sh", PROGRAM]);
    ground.program_by(command, "up")
}

/// A file system in memory, of this size.
struct Disk {
    folder: TempDir,
}

impl Disk {
    /// Nothing where that needs rights that are not given.
    fn new(kilobytes: usize) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mounted = mount(&format!("size={kilobytes}k"), folder.path());
        mounted.then_some(Self { folder })
    }

    fn path(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    fn grow(&self) {
        assert!(mount("remount,size=64m", self.folder.path()));
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.folder.path()).status();
    }
}

fn mount(options: &str, folder: &Path) -> bool {
    let mut command = Command::new("mount");
    command
        .args(["-t", "tmpfs", "-o", options, "tmpfs"])
        .arg(folder);
    command.output().is_ok_and(|output| output.status.success())
}
