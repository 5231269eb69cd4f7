//! A registry with an error that must be found: `checks/fuzz` fails if it is not.
#![no_main]

use libfuzzer_sys::fuzz_target;
use onset_fuzz::{
    item::Hashing,
    panics::install_hook,
    registry::{Forgetful, Op, run},
};

fuzz_target!(init: install_hook(), |input: (Hashing, bool, Vec<Op>)| {
    run::<Forgetful>(input.0, input.1, &input.2);
});
