//! Everyone computes: one result is published, whole, and the losers' are dropped once.

use loom::{sync::Arc, thread};
use onset_modelled::{RaceArc, RaceCell, RaceRef, RaceWord};

use crate::generic::{Computed::ByAnyone, first_use, set_against_get_or_init};
use crate::support::{
    Aside, Maker, Whole, fails, model, model_of_three, panic_as_expected, shared, two,
};

#[test]
fn race_cell_first_use() {
    first_use("race_cell_first_use", RaceCell::new, ByAnyone);
}

#[test]
fn race_arc_first_use() {
    first_use("race_arc_first_use", RaceArc::new, ByAnyone);
}

/// Two who compute, and a third who only reads: all of the value, or nothing.
#[test]
fn race_cell_reader() {
    model_of_three("race_cell_reader", || {
        let maker = Maker::default();
        let cell = shared(RaceCell::new());
        let computing = [1, 2].map(|n| {
            let (cell, maker) = (Arc::clone(&cell), maker.clone());
            thread::spawn(move || cell.get_or_init(|| maker.make(n)).read())
        });
        let seen = cell.get().map(Whole::read);
        let [a, b] = computing.map(|t| t.join().unwrap());
        assert_eq!(a, b);
        assert!(seen.is_none_or(|seen| seen == a));
    });
}

#[test]
fn race_cell_set_against_get_or_init() {
    set_against_get_or_init("race_cell_set_against_get_or_init", RaceCell::new);
}

#[test]
fn race_cell_failure_and_panic() {
    model("race_cell_failure_and_panic", || {
        let maker = Maker::default();
        let cell = shared(RaceCell::new());
        let two_ = maker.clone();
        two(
            &cell,
            |cell| {
                assert!(
                    cell.get_or_try_init(|| Err(())).is_err_and(|()| true) || cell.get().is_some()
                );
                let panicked =
                    fails(|| cell.get_or_init(|| -> Whole { panic_as_expected() }).read());
                assert!(panicked.is_err() || panicked == Ok(2));
            },
            move |cell| assert_eq!(cell.get_or_init(|| two_.make(2)).read(), 2),
        );
        assert_eq!(maker.dropped(), 0);
    });
}

/// The inner call's value wins, and the outer one's is dropped, whatever a second thread does.
#[test]
fn race_cell_recursion() {
    model("race_cell_recursion", || {
        let maker = Maker::default();
        let cell = shared(RaceCell::new());
        let (one, two_) = (maker.clone(), maker.clone());
        let (a, b) = two(
            &cell,
            move |cell| {
                cell.get_or_init(|| {
                    cell.get_or_init(|| one.make(1));
                    one.make(3)
                })
                .read()
            },
            move |cell| cell.get_or_init(|| two_.make(2)).read(),
        );
        assert_eq!(a, b);
        assert_ne!(a, 3);
        drop(cell);
        assert_eq!(maker.dropped(), maker.made());
    });
}

/// A clone of the `Arc` outlives the cell.
#[test]
fn race_arc_kept() {
    model("race_arc_kept", || {
        let maker = Maker::default();
        let cell = shared(RaceArc::new());
        let one = maker.clone();
        let (kept, _) = two(
            &cell,
            move |cell| cell.get_arc_or_init(|| one.make(1)),
            |cell| cell.get_arc().map(|arc| assert_eq!(arc.read(), 1)),
        );
        drop(cell);
        assert_eq!((kept.read(), maker.dropped()), (1, 0));
        drop(kept);
        assert_eq!(maker.dropped(), 1);
    });
}

#[test]
fn race_ref_first_use() {
    model("race_ref_first_use", || {
        let maker = Maker::of_leaked();
        let cell = Arc::new(RaceRef::new());
        assert!(cell.get().is_none());
        let (one, two_) = (maker.clone(), maker.clone());
        let leak = |maker: &Maker, n| -> &'static Whole { Box::leak(Box::new(maker.make(n))) };
        let (a, b) = two(
            &cell,
            move |cell| cell.get_or_init(|| leak(&one, 1)).read(),
            move |cell| cell.get_or_init(|| leak(&two_, 2)).read(),
        );
        assert_eq!(a, b);
    });
}

/// The word itself cannot be torn; what the initialiser did besides must be seen too.
#[test]
fn race_word_effects() {
    model("race_word_effects", || {
        let cell = Arc::new((RaceWord::<u32>::new(), Aside::default()));
        assert!(cell.0.get().is_none());
        two(
            &cell,
            |(word, aside)| {
                word.get_or_init(|| {
                    aside.add_one();
                    7
                })
            },
            |(word, aside)| {
                if let Some(value) = word.get() {
                    assert_eq!((value, aside.read()), (7, 1));
                }
            },
        );
    });
}

/// The loser of the exchange is a reader too.
#[test]
fn race_word_loser() {
    model("race_word_loser", || {
        let cell = Arc::new((RaceWord::<bool>::new(), Aside::default()));
        assert!(cell.0.get().is_none());
        let (a, b) = two(
            &cell,
            |(word, aside)| {
                word.get_or_init(|| {
                    aside.add_one();
                    true
                })
            },
            |(word, aside)| {
                let value = word.get_or_init(|| false);
                assert!(!value || aside.read() == 1);
                value
            },
        );
        assert_eq!(a, b);
    });
}
