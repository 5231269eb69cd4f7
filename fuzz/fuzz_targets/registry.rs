//! A registry whose keys and values panic, lie and use the registry.
#![no_main]

use libfuzzer_sys::fuzz_target;
use onset_fuzz::{
    item::Hashing,
    panics::install_hook,
    registry::{Op, Plain, run},
};

fuzz_target!(init: install_hook(), |input: (Hashing, bool, Vec<Op>)| {
    run::<Plain>(input.0, input.1, &input.2);
});
