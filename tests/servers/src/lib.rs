//! Throw-away database servers for the tests, and programs that are killed on them.
//!
//! A server has a folder of its own under the temporary folder and listens on free ports of the loopback. It ends, and
//! its folder goes, when the value is dropped or the process of the test ends, however that ends. Nothing here relies
//! on a server that happens to run.
//!
//! ```ignore
//! #[test]
//! fn creates_a_table() {
//!     let Some(server) = Postgres::shared() else { return };    // has said what is not tested
//!     let database = server.database();                         // a new one, empty
//!     migrate(database.url());
//!     assert_eq!(database.run("SELECT count(*) FROM users"), "0");
//! }
//! ```
//!
//! Everything is blocking and uses no runtime, so that it serves blocking and async tests alike. What goes wrong here
//! is a panic that says what.
//!
//! - [`Postgres`] (with [`Postgres::standby`] and [`PgBouncer`]), [`MariaDb`], [`Galera`], [`Rqlite`]: the servers.
//! - [`Database`]: a database on one of them; its URLs, and a way to look at it that is not the one under test.
//! - [`Wire`]: a proxy for any of them, which counts round trips, and cuts, holds or refuses connections.
//! - [`CockroachLike`]: *simulates* what CockroachDB does otherwise than PostgreSQL.
//! - [`Program`]: a program as a process, that is stopped at a [place](reach), stalled or killed. [`Contest`]: many of them
//!   at once.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what goes wrong in a test's ground is a test that fails"
)]

mod place;
#[cfg(unix)]
mod programs;
#[cfg(unix)]
mod proxies;
#[cfg(unix)]
mod servers;

pub use place::{EVERYWHERE, GATE, STOP, reach};
#[cfg(unix)]
pub use programs::{Contest, Ended, Program, Random, Report, Running, times};
#[cfg(unix)]
pub use proxies::{CockroachLike, Fault, Toward, Wire};
#[cfg(unix)]
pub use servers::{Database, Galera, MariaDb, PgBouncer, Postgres, Rqlite};
