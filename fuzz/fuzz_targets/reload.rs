//! A value that is kept up to date with a source that misbehaves.
#![no_main]

use libfuzzer_sys::fuzz_target;
use onset_fuzz::{
    panics::install_hook,
    reload::{Manner, Op, run},
};

fuzz_target!(init: install_hook(), |input: (Manner, Vec<Op>)| {
    run(input.0, &input.1);
});
