//! The driver of MySQL on real servers of MariaDB.
#![cfg(unix)]

mod basic;
mod contest;
mod fenced;
mod given;
mod ground;
mod killed;
mod lost;
mod settings;
mod settled;
mod words;
