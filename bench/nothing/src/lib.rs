//! The names of migrate-core, with macros that do nothing.
pub mod prelude {
    pub use nothing_macros::{migration, sql};

    pub trait Migration {
        fn up(&self, steps: &mut Steps);
        fn down(&self, steps: &mut Steps);
    }

    pub struct Steps;

    impl Steps {
        pub fn sql(&mut self, _: &'static str) {}
    }
}
