//! What the tests of several engines share.
