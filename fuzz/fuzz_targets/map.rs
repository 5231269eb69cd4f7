//! Maps of values that are computed once per key.
#![no_main]

use libfuzzer_sys::{arbitrary::Arbitrary, fuzz_target};
use onset::{OnceMap, RaceMap};
use onset_fuzz::{
    item::{Hashing, Item},
    memo::{Op, run},
    panics::install_hook,
};

#[derive(Arbitrary, Debug)]
enum Which {
    Once,
    Race,
}

fuzz_target!(init: install_hook(), |input: (Which, Hashing, bool, Vec<Op>)| {
    let (which, hashing, lies, ops) = input;
    match which {
        Which::Once => run::<OnceMap<Item, Item, Hashing>>(hashing, lies, &ops),
        Which::Race => run::<RaceMap<Item, Item, Hashing>>(hashing, lies, &ops),
    }
});
