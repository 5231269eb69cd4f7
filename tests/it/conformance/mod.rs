//! What is true of every `InitCell`, run for each of them.
//!
//! The tests are functions over a cell type; the macro makes a module of `#[test]`s for each cell.
//! A function that it does not list is reported by the compiler as unused.

use std::time::Duration;

use onset::{Counted, HedgedCell, InitCell, InitCellMut, OnceCell, RaceArc, RaceCell};

use crate::support::{Tracked, watchdog};

mod drops;
mod exclusive;
mod failing;
mod first_use;
mod lazy;
pub(crate) mod owning;
mod racing;

/// A cell under test: shared between threads, with a value that counts its drops.
pub(crate) trait Cell: InitCell<Value = Tracked> + Send + Sync {}
impl<C: InitCell<Value = Tracked> + Send + Sync> Cell for C {}

/// A hedged cell whose patience belongs to its type; and an `InitCell` that is not one of the
/// crate's.
pub(crate) struct Hedged<T, const MICROS: u64>(HedgedCell<T>);

pub(crate) const ENDLESS: u64 = u64::MAX;

impl<T, const MICROS: u64> InitCell for Hedged<T, MICROS> {
    type Value = T;
    const EMPTY: Self = Self(HedgedCell::new(match MICROS {
        ENDLESS => Duration::MAX,
        _ => Duration::from_micros(MICROS),
    }));

    fn get(&self) -> Option<&T> {
        self.0.get()
    }

    fn get_or_try_init<F, E>(&self, f: F) -> Result<&T, E>
    where
        F: FnOnce() -> Result<T, E>,
    {
        self.0.get_or_try_init(f)
    }

    fn set(&self, value: T) -> Result<(), T> {
        self.0.set(value)
    }
}

impl<T, const MICROS: u64> InitCellMut for Hedged<T, MICROS> {
    fn get_mut(&mut self) -> Option<&mut T> {
        self.0.get_mut()
    }

    fn take(&mut self) -> Option<T> {
        self.0.take()
    }
}

macro_rules! conformance {
    (@tests $suite:ident $cell:ty: $($test:ident)*) => {
        mod $suite {
            use super::*;
            $(#[test] fn $test() {
                let _watch = watchdog();
                super::super::$suite::$test::<$cell>();
            })*
        }
    };
    (@shared) => {
        conformance! { @tests first_use Cell<Tracked>:
            an_empty_cell_has_no_value
            what_was_computed_stays
            each_use_of_the_constant_is_a_new_cell
            set_fills_and_then_hands_back
            set_and_get_or_init_meet
            an_initialiser_may_use_other_cells
        }
        conformance! { @tests failing Cell<Tracked>:
            an_error_leaves_it_empty
            a_panic_leaves_it_empty
            failures_in_any_order_end_with_a_value
            set_fills_after_a_failure
            others_get_a_value_when_the_first_fails
            others_get_a_value_when_the_first_panics
            one_of_many_succeeds
        }
        conformance! { @tests racing Cell<Tracked>:
            all_see_the_same_value
            a_reader_sees_all_or_nothing
            set_races_get_or_init
            what_came_before_is_seen
        }
        conformance! { @tests drops Cell<Tracked>:
            an_empty_cell_drops_nothing
            the_value_is_dropped_with_the_cell
            losers_are_dropped_before_they_return
            what_set_hands_back_is_alive
            a_failed_initialiser_leaks_nothing
            a_panic_above_drops_the_value
        }
        conformance! { @tests lazy Cell<Tracked>:
            a_lazy_computes_when_first_used
            a_lazy_retries_after_a_panic
            a_lazy_is_one_value_for_all
            a_try_lazy_stores_no_error
            a_try_lazy_retries_after_a_panic
            a_try_lazy_is_one_value_for_all
            forms_of_both
        }

        #[test]
        fn it_stands_in_a_static() {
            static CELL: Cell<u64> = InitCell::EMPTY;
            static LAZY: Lazy<u64, Cell<u64>> = Lazy::new(|| 8);
            static TRY: TryLazy<u64, u8, Cell<u64>> = TryLazy::new(|| Err(9));
            assert_eq!(CELL.get_or_init(|| 7), &7);
            assert_eq!(*LAZY, 8);
            assert_eq!(TRY.get(), Err(9));
        }

        #[test]
        fn a_value_without_size_is_a_value() {
            let cell: Cell<()> = InitCell::EMPTY;
            assert_eq!(cell.get(), None);
            assert_eq!(cell.get_or_init(|| ()), &());
            assert_eq!((cell.get(), cell.set(())), (Some(&()), Err(())));
        }

        #[test]
        fn a_value_with_a_large_alignment_is_aligned() {
            #[repr(align(128))]
            struct Wide(u8);
            let cells: [Cell<Wide>; 3] = [const { InitCell::EMPTY }; 3];
            for cell in &cells {
                let value = cell.get_or_init(|| Wide(3));
                assert_eq!((std::ptr::from_ref(value).addr() % 128, value.0), (0, 3));
            }
        }
    };
    (@exclusive) => {
        conformance! { @tests exclusive Cell<Tracked>:
            get_mut_reaches_the_value
            take_empties_it
            a_taken_cell_fills_again
            take_after_a_failure_is_none
            a_lazy_through_mut
            a_lazy_taken_computes_anew
            a_lazy_comes_apart
        }
    };
    (@owning) => {
        conformance! { @tests owning Cell<Tracked>:
            with_value_is_full
            try_insert_shows_both
            get_mut_or_init_computes_once
            get_mut_or_try_init_passes_errors_on
            into_inner_moves_out
            a_clone_is_a_cell_of_its_own
            a_clone_that_panics_changes_nothing
            equal_if_the_values_are
        }
    };
    ($($name:ident = $cell:ty: $($suite:ident)*;)*) => {$(
        mod $name {
            use onset::{InitCell, Lazy, TryLazy};
            use super::*;
            type Cell<T> = $cell;
            conformance! { @shared }
            $(conformance! { @$suite })*
        }
    )*};
}

conformance! {
    race_cell = RaceCell<T>: exclusive owning;
    race_arc = RaceArc<T>: ;
    once_cell = OnceCell<T>: exclusive owning;
    hedged_cell = HedgedCell<T>: exclusive owning;
    hedged_without_patience = Hedged<T, 0>: exclusive;
    hedged_with_endless_patience = Hedged<T, ENDLESS>: exclusive;
    counted_race_cell = Counted<RaceCell<T>>: exclusive;
    counted_race_arc = Counted<RaceArc<T>>: ;
    counted_once_cell = Counted<OnceCell<T>>: exclusive;
    counted_hedged_cell = Counted<HedgedCell<T>>: exclusive;
    counted_twice = Counted<Counted<OnceCell<T>>>: exclusive;
}
