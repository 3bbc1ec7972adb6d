//! Planning: (migrations, history, request) → what to do. Pure, and every policy is decided here.

mod actions;
mod adopt;
mod decision;
mod error;
mod meanwhile;
mod names;
mod request;
mod survey;
#[cfg(test)]
mod tests;
mod value;

pub(crate) use actions::decide;
pub(crate) use decision::{Action, Decision};
pub use error::PlanError;
pub(crate) use meanwhile::still_wanted;
pub(crate) use names::{Candidate, find};
pub(crate) use request::Settings;
pub use request::{Down, Policy, Request, Up};
pub use survey::State;
pub(crate) use survey::{Survey, Surveyed};
pub use value::{ActionKind, Plan, PlannedMigration, PlannedStep, Warning};
