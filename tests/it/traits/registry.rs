//! The traits and sizes of `Registry`, of what it gives out, and of `Pending`.

use std::{
    cell::Cell,
    marker::{PhantomData, PhantomPinned},
    panic::{RefUnwindSafe, UnwindSafe},
    rc::Rc,
    slice,
    sync::{Mutex, MutexGuard, OnceLock, RwLock, mpsc::Receiver},
};

use onset::{
    Batch, BatchError, Pending, ProcessSeeded, Reason, Refused, Registry, Sealed, Snapshot,
    registry::Iter,
};

use super::markers::{alike, has};

type OfValues<T> = Registry<u8, T>;
type OfKeys<T> = Registry<T, u8>;

/// Values come in through `&`, from any thread, and go out by `&` to all of them.
#[test]
fn a_registry_as_a_once_lock() {
    alike!(OfValues and OnceLock: Send, Sync, Unpin);
    alike!(OfKeys and OnceLock: Send, Sync, Unpin);
    alike!(OfValues and RwLock: Send, Sync);
    assert!(has!(OfValues<u8>: Sync) && !has!(OfValues<Cell<u8>>: Sync));
    assert!(!has!(OfKeys<MutexGuard<'static, u8>>: Sync) && !has!(OfKeys<Rc<u8>>: Send));
}

/// A panic leaves nothing half done, so what the keys and values ask for will do.
#[test]
fn a_registry_unwinds_as_a_once_lock() {
    alike!(OfValues and OnceLock: UnwindSafe, RefUnwindSafe);
    alike!(OfKeys and OnceLock: UnwindSafe, RefUnwindSafe);
}

/// It is called through `&`, by any thread.
#[test]
fn a_registry_s_hasher_counts() {
    type HashedBy<T> = Registry<u8, u8, T>;
    type Tuple<T> = (u8, T);
    alike!(HashedBy and Tuple: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
}

#[test]
fn a_snapshot_as_a_reference_to_the_registry() {
    type Ours<T> = Snapshot<'static, T, T, ProcessSeeded>;
    type Reference<T> = &'static Registry<T, T>;
    alike!(Ours and Reference: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
    struct Dumb;
    fn copy<T: Copy>() {}
    copy::<Snapshot<'static, Dumb, Dumb, Dumb>>();
}

#[test]
fn an_iterator_as_a_slice_s() {
    type OfValues<T> = Iter<'static, u8, T>;
    type OfKeys<T> = Iter<'static, T, u8>;
    type Slice<T> = slice::Iter<'static, T>;
    alike!(OfValues and Slice: Send, Sync);
    alike!(OfKeys and Slice: Send, Sync);
}

/// It is made and used up within a closure, and holds what was not published.
#[test]
fn a_batch_stays_on_its_thread() {
    type Ours = Batch<'static, u8, u8, ProcessSeeded>;
    assert!(!has!(Ours: Send) && !has!(Ours: Sync));
}

/// Items are handed out, never lent.
#[test]
fn a_pending_as_a_mutex() {
    alike!(Pending and Mutex: Send, Sync);
    type HashedBy<T> = Pending<u8, T>;
    type Tuple<T> = (Mutex<u8>, T);
    alike!(HashedBy and Tuple: Send, Sync, Unpin);
}

#[test]
fn errors_are_what_they_hold() {
    type Refusal<T> = Refused<T, T>;
    type Failure<T> = BatchError<T, T, T>;
    type Parts<T> = (T, T);
    alike!(Refusal and Parts: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
    alike!(Failure and Parts: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
    fn all<T: Send + Sync + Copy + Eq + UnwindSafe + RefUnwindSafe>() {}
    all::<(Reason, Sealed)>();
}

/// A number and a reference: nothing is copied.
#[test]
fn sizes() {
    type Small = Snapshot<'static, [u64; 100], String, ProcessSeeded>;
    assert_eq!(
        size_of::<Small>(),
        8 + size_of::<&u8>().max(align_of::<u64>())
    );
    assert_eq!(size_of::<ProcessSeeded>(), 0);
    // The directory of chunks, mostly.
    assert!(size_of::<Registry<[u64; 100], String>>() <= 48 * size_of::<u64>());
    assert_eq!(
        size_of::<Registry<u8, u8>>(),
        size_of::<Registry<String, [u64; 100]>>()
    );
}
