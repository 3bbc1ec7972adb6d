//! x

pub mod project;
