//! The functions that work on a source tree, on real trees.

mod import;
mod locate;
mod make;
mod support;
