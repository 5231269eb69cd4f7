//! A value that is replaced as a whole, on several threads.
#![no_main]

use libfuzzer_sys::fuzz_target;
use onset_fuzz::{
    panics::install_hook,
    snapshot::{Op, run},
};

fuzz_target!(init: install_hook(), |input: (bool, Vec<Op>)| {
    run(input.0, &input.1);
});
