//! One value per thread, for threads that come and go.
#![no_main]

use libfuzzer_sys::fuzz_target;
use onset_fuzz::{
    panics::install_hook,
    per_thread::{Op, run},
};

fuzz_target!(init: install_hook(), |ops: Vec<Op>| {
    run(&ops);
});
