//! The servers, and what they need: a folder, ports, a process that does not outlive the test's.

mod authority;
mod database;
mod folder;
mod galera;
mod http;
mod installed;
mod mariadb;
mod node;
mod pgbouncer;
mod ports;
mod postgres;
mod process;
mod rqlite;

pub use database::Database;
pub use galera::Galera;
pub use mariadb::MariaDb;
pub use pgbouncer::PgBouncer;
pub use postgres::Postgres;
pub use rqlite::Rqlite;
