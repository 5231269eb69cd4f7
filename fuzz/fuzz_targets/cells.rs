//! Cells whose value is computed on first use.
#![no_main]

use libfuzzer_sys::{arbitrary::Arbitrary, fuzz_target};
use onset::{Counted, HedgedCell, OnceCell, RaceCell};
use onset_fuzz::{
    item::{Hashing, Item},
    memo::{Cells, Op, run},
    panics::install_hook,
};

#[derive(Arbitrary, Debug)]
enum Which {
    Race,
    Once,
    Hedged,
    Counted,
}

fuzz_target!(init: install_hook(), |input: (Which, Vec<Op>)| {
    let (which, ops) = input;
    let hashing = Hashing::default();
    match which {
        Which::Race => run::<Cells<RaceCell<Item>>>(hashing, false, &ops),
        Which::Once => run::<Cells<OnceCell<Item>>>(hashing, false, &ops),
        Which::Hedged => run::<Cells<HedgedCell<Item>>>(hashing, false, &ops),
        Which::Counted => run::<Cells<Counted<OnceCell<Item>>>>(hashing, false, &ops),
    }
});
