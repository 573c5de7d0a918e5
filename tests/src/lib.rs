//! What belongs to the tests as a whole. The tests themselves are in `tests/end_to_end/`; here is
//! what is made of their results.

pub mod conformance;
