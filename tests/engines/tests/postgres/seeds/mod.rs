//! What the tools promise that the project is measured by, line by line, on PostgreSQL: blocking and async.

mod seed_cryoprotect;
mod seed_manticore;

pub(crate) use seed_cryoprotect::register as numbered;
pub(crate) use seed_manticore::register as dated;

pub(crate) fn register() {
    dated();
    numbered();
}

/// Every test, blocking and async.
macro_rules! both_ways {
    ($($test:ident)+) => {
        mod blocking {
            $(#[test]
            fn $test() {
                super::$test::<crate::conformance::OnServer15>();
            })+
        }
        mod asynchronous {
            $(#[test]
            fn $test() {
                super::$test::<crate::conformance::OnClient>();
            })+
        }
    };
}
use both_ways;
