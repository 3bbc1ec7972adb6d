//! The driver of MySQL on real servers of MariaDB.
#![cfg(unix)]

mod basic;
mod contest;
mod ground;
mod killed;
