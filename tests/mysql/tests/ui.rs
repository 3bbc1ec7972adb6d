//! What the compiler says of Rust steps that are none. `TRYBUILD=overwrite` writes it anew.

#[test]
fn what_is_no_step_is_explained() {
    trybuild::TestCases::new().compile_fail("ui/*.rs");
}
