//! `Send`, `Sync`, `Unpin`, `UnwindSafe` and `RefUnwindSafe`: exactly where std's types have them.
//!
//! `docs/bounds.md` shows what the compiler says where they are missing.

use std::{
    cell::Cell,
    marker::{PhantomData, PhantomPinned},
    panic::{AssertUnwindSafe, RefUnwindSafe, UnwindSafe},
    rc::Rc,
    slice,
    sync::{Arc, LazyLock, Mutex, MutexGuard, OnceLock, mpsc::Receiver},
    vec,
};

use onset::{
    AccessError, Counted, HedgedCell, HedgedLazy, Lazy, OnceCell, PerThread, RaceArc, RaceCell,
    RaceLazy, RaceRef, RaceWord, ScopeError, TakeCell, TryLazy,
    per_thread::{IntoIter, IterMut},
};

/// Whether a type has a trait, as a constant: the inherent constant hides the trait's where its
/// bound holds.
macro_rules! has {
    ($type:ty: $trait:path) => {{
        #[allow(dead_code, reason = "unused where every type has the trait")]
        trait Otherwise {
            const HAS: bool = false;
        }
        struct Probe<T>(PhantomData<T>);
        impl<T> Otherwise for Probe<T> {}
        #[allow(dead_code, reason = "unused where no type has the trait")]
        impl<T: $trait> Probe<T> {
            const HAS: bool = true;
        }
        Probe::<$type>::HAS
    }};
}

/// That one type has the traits that another one has, for each of the values that tell them apart.
macro_rules! alike {
    ($ours:ident and $std:ident: $($trait:path),*) => {
        alike! { @values $ours and $std: [$($trait),*]
            u8, Cell<u8>, Rc<u8>, &'static u8, &'static mut u8, &'static Cell<u8>, *const u8,
            MutexGuard<'static, u8>, Receiver<u8>, Mutex<u8>, PhantomPinned
        }
    };
    (@values $ours:ident and $std:ident: $traits:tt $($value:ty),*) => {
        $(alike! { @traits $ours<$value>, $std<$value>: $traits })*
    };
    (@traits $ours:ty, $std:ty: [$($trait:path),*]) => {
        $(assert_eq!(
            has!($ours: $trait),
            has!($std: $trait),
            "{}: {}", stringify!($ours), stringify!($trait)
        );)*
    };
}

pub(super) use {alike, has};

#[test]
fn the_probe_tells_yes_from_no() {
    assert!(has!(u8: Send) && !has!(Rc<u8>: Send) && !has!(Cell<u8>: Sync));
    assert!(has!(Cell<u8>: UnwindSafe) && !has!(Cell<u8>: RefUnwindSafe));
    assert!(has!(MutexGuard<'static, u8>: Sync) && !has!(MutexGuard<'static, u8>: Send));
    assert!(!has!(&'static mut u8: UnwindSafe) && !has!(PhantomPinned: Unpin));
}

#[test]
fn owning_cells_as_a_once_lock() {
    alike!(OnceCell and OnceLock: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
    alike!(RaceCell and OnceLock: Send, Sync, UnwindSafe, RefUnwindSafe);
    alike!(HedgedCell and OnceLock: Send, Sync, UnwindSafe, RefUnwindSafe);
}

#[test]
fn a_counted_cell_as_the_cell_inside() {
    type CountedOnce<T> = Counted<OnceCell<T>>;
    type CountedArc<T> = Counted<RaceArc<T>>;
    alike!(CountedOnce and OnceCell: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
    alike!(CountedArc and RaceArc: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
}

#[test]
fn an_arc_cell_as_a_once_lock_of_an_arc() {
    type OnceLockArc<T> = OnceLock<Arc<T>>;
    alike!(RaceArc and OnceLockArc: Send, Sync, Unpin);
}

/// A `RaceArc` shares its value with the `Arc`s that it gave out, and so is as safe to unwind past
/// as they are.
#[test]
fn an_arc_cell_unwinds_as_an_arc() {
    type OnceLockArc<T> = OnceLock<Arc<T>>;
    alike!(RaceArc and OnceLockArc: UnwindSafe, RefUnwindSafe);
}

#[test]
fn a_reference_cell_as_a_once_lock_of_a_reference() {
    type Ours<T> = RaceRef<'static, T>;
    type OnceLockRef<T> = OnceLock<&'static T>;
    alike!(Ours and OnceLockRef: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
}

#[test]
fn a_take_cell_as_a_mutex() {
    alike!(TakeCell and Mutex: Send, Sync, Unpin);
}

/// A value goes out whole or not at all: to hold the cell is to hold the value, through `&` as
/// well.
#[test]
fn a_take_cell_unwinds_as_its_value() {
    type Value<T> = (T, AssertUnwindSafe<()>);
    type Borrowed<T> = &'static TakeCell<T>;
    alike!(TakeCell and Value: UnwindSafe);
    alike!(Borrowed and Value: UnwindSafe);
}

#[test]
fn lazies_as_a_lazy_lock() {
    type TryOnce<T> = TryLazy<T, ()>;
    alike!(Lazy and LazyLock: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
    alike!(RaceLazy and LazyLock: Send, Sync, UnwindSafe, RefUnwindSafe);
    alike!(HedgedLazy and LazyLock: Send, Sync, UnwindSafe, RefUnwindSafe);
    alike!(TryOnce and LazyLock: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
}

/// An error is returned, not stored, so its type takes nothing away.
#[test]
fn a_try_lazy_does_not_hold_its_error() {
    type Errs<E> = TryLazy<u8, E>;
    type Fine<E> = PhantomData<fn() -> E>;
    alike!(Errs and Fine: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
}

/// The initialiser stays, and is called through `&`: it counts as a part.
#[test]
fn a_closure_counts() {
    type Captures<T> = Lazy<u8, OnceCell<u8>, T>;
    type Tuple<T> = (OnceCell<u8>, T);
    alike!(Captures and Tuple: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
}

#[test]
fn words_have_all_of_them() {
    fn all<T: Send + Sync + Unpin + UnwindSafe + RefUnwindSafe>() {}
    all::<(RaceWord<u32>, RaceWord<bool>, RaceWord<char>, RaceWord<f32>)>();
    // A `fn` pointer says nothing about threads, whatever it takes and returns.
    all::<RaceWord<fn(Rc<u8>) -> *const u8>>();
}

/// Each thread has its own value, so sharing the object shares none: `Send` will do, as for a
/// mutex. (`for_each` asks for more.)
#[test]
fn values_per_thread_as_in_a_mutex() {
    alike!(PerThread and Mutex: Send, Sync);
    fn unpin<T: Unpin>() {}
    unpin::<PerThread<PhantomPinned>>();
}

/// To hold the object is to hold its values.
#[test]
fn values_per_thread_unwind_as_values() {
    type Value<T> = (T, fn() -> T);
    alike!(PerThread and Value: UnwindSafe, RefUnwindSafe);
}

/// The initialiser is called through `&`, by any thread.
#[test]
fn an_initialiser_per_thread_counts() {
    type Captures<T> = PerThread<u8, T>;
    type Tuple<T> = (Mutex<u8>, T);
    alike!(Captures and Tuple: Send, Sync, Unpin, UnwindSafe);
}

#[test]
fn iterators_over_threads() {
    type Ours<T> = IterMut<'static, T>;
    type Slice<T> = slice::IterMut<'static, T>;
    type Vector<T> = vec::IntoIter<T>;
    alike!(Ours and Slice: Send);
    alike!(IntoIter and Vector: Send);
}

#[test]
fn errors_are_what_they_hold() {
    type Ours<T> = ScopeError<T, T>;
    type Parts<T> = (AccessError, T, T);
    alike!(Ours and Parts: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
    fn all<T: Send + Sync + Copy + Eq + std::hash::Hash + UnwindSafe + RefUnwindSafe>() {}
    all::<AccessError>();
}
