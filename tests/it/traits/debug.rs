//! `Debug`, which never blocks, and the small traits beside it.

use std::{fmt::Debug, sync::Arc, thread, time::Duration};

use onset::{
    Counted, HedgedCell, HedgedLazy, InitCell, Lazy, OnceCell, RaceArc, RaceCell, RaceLazy,
    RaceRef, RaceWord, TryLazy,
};

use crate::support::{Stall, hold, watchdog};

/// While another thread computes, nothing that only looks waits for it: if it did, the test would
/// hang.
fn looking_never_blocks<C>(empty: &str, full: &str)
where
    C: InitCell<Value = u64> + Sync + Debug + PartialEq + Clone,
{
    let (_watch, stall) = (watchdog(), Stall::new());
    let (cell, one_more) = (C::EMPTY, C::EMPTY);
    let compute_late = || {
        stall.stand();
        7
    };
    assert_eq!(format!("{cell:?}"), empty);
    thread::scope(|s| {
        let _first = hold(s, &stall, || cell.get_or_init(compute_late));
        assert_eq!(format!("{cell:?}"), empty);
        assert_eq!(cell.get(), None);
        assert!(cell == one_more && cell.clone() == one_more);
    });
    assert_eq!(format!("{cell:?}"), full);
    assert!(cell != one_more && cell.clone() == cell);
    let lines = full.replace('(', "(\n    ").replace(')', ",\n)");
    assert_eq!(format!("{cell:#?}"), lines);
}

#[test]
fn race_cells() {
    looking_never_blocks::<RaceCell<u64>>("RaceCell(<uninit>)", "RaceCell(7)");
    looking_never_blocks::<RaceArc<u64>>("RaceArc(<uninit>)", "RaceArc(7)");
}

#[test]
fn cells_that_wait() {
    looking_never_blocks::<OnceCell<u64>>("OnceCell(<uninit>)", "OnceCell(7)");
    looking_never_blocks::<HedgedCell<u64>>("HedgedCell(<uninit>)", "HedgedCell(7)");
}

/// Cells of every kind, all of them being computed: each shows that it has no value yet.
#[test]
fn all_that_hold_a_closure() {
    let (_watch, stalls) = (watchdog(), [const { Stall::new() }; 5]);
    let stall = |n: usize| {
        stalls[n].stand();
        7
    };
    let lazy: Lazy<u64, OnceCell<_>, _> = Lazy::new(|| stall(0));
    let race: RaceLazy<u64, _> = Lazy::new(|| stall(1));
    let hedged: HedgedLazy<u64, _> = Lazy::new(|| stall(2));
    let fallible: TryLazy<u64, (), OnceCell<_>, _> = TryLazy::new(|| Ok(stall(3)));
    let counted = Counted::new(OnceCell::new());
    let show = || format!("{lazy:?} {race:?} {hedged:?} {fallible:?} {counted:?}");
    thread::scope(|s| {
        let _computing = (
            hold(s, &stalls[0], || *lazy),
            hold(s, &stalls[1], || *race),
            hold(s, &stalls[2], || *hedged),
            hold(s, &stalls[3], || fallible.get()),
            hold(s, &stalls[4], || *counted.get_or_init(|| stall(4))),
        );
        let hidden = "Lazy(<uninit>) Lazy(<uninit>) Lazy(<uninit>) TryLazy(<uninit>)";
        let counts = "Counted { value: <uninit>, computations: 1, lost_races: 0 }";
        assert_eq!(show(), format!("{hidden} {counts}"));
        assert!(Lazy::get(&lazy).is_none() && fallible.peek().is_none());
    });
    let counts = "Counted { value: 7, computations: 1, lost_races: 0 }";
    let shown = "Lazy(7) Lazy(7) Lazy(7) TryLazy(7)";
    assert_eq!(show(), format!("{shown} {counts}"));
}

#[test]
fn words_and_references() {
    static NUMBER: u8 = 7;
    let (word, reference) = (RaceWord::<u8>::new(), RaceRef::new());
    let show = || format!("{word:?} {reference:?}");
    assert_eq!(show(), "RaceWord(<uninit>) RaceRef(<uninit>)");
    word.get_or_init(|| {
        reference.get_or_init(|| {
            assert_eq!(show(), "RaceWord(<uninit>) RaceRef(<uninit>)");
            &NUMBER
        });
        7
    });
    assert_eq!(show(), "RaceWord(7) RaceRef(7)");
}

#[test]
fn defaults() {
    assert!(OnceCell::<u8>::default().get().is_none() && RaceCell::<u8>::default().get().is_none());
    assert!(
        RaceArc::<u8>::default().get().is_none() && HedgedCell::<u8>::default().get().is_none()
    );
    assert!(RaceWord::<u8>::default().get().is_none());
    assert!(RaceRef::<u8>::default().get().is_none());
    assert!(Counted::<OnceCell<u8>>::default().get().is_none());
    let lazy: Lazy<Vec<u8>> = Lazy::default();
    let race: RaceLazy<String> = Lazy::default();
    assert!(Lazy::get(&lazy).is_none());
    assert!(lazy.is_empty() && race.is_empty() && Lazy::get(&lazy).is_some());
}

#[test]
fn conversions() {
    assert_eq!(OnceCell::from(1).into_inner(), Some(1));
    assert_eq!(
        RaceCell::from("a".to_string()).into_inner(),
        Some("a".to_string())
    );
    assert_eq!(RaceArc::from(1).into_inner(), Some(Arc::new(1)));
    assert_eq!(HedgedCell::from(1).into_inner(), Some(1));
    assert_eq!(RaceRef::from(&1).into_inner(), Some(&1));
    assert_eq!(RaceWord::from('a').into_inner(), Some('a'));
}

/// `Eq` where the value is, `PartialEq` where it is no more than that.
#[test]
fn comparisons() {
    fn is_eq<T: Eq>(_: &T) {}
    is_eq(&(OnceCell::from(1), RaceCell::from(1), RaceArc::from(1)));
    is_eq(&(HedgedCell::from(1), RaceRef::from(&1), RaceWord::from(1)));
    assert!(OnceCell::from(f32::NAN) != OnceCell::from(f32::NAN));
    assert!(RaceArc::from(1) == RaceArc::from(1) && RaceRef::from(&1) == RaceRef::from(&1));
    let patient = HedgedCell::<u8>::new(Duration::MAX);
    assert!(
        patient == HedgedCell::default(),
        "the patience is no part of the value"
    );
}
