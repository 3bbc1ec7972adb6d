//! The driver of MySQL on real servers of MariaDB.

mod basic;
