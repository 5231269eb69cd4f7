//! Loans that do not end in the order of a stack. A program gets them from coroutines with stacks
//! of their own, one of which is suspended inside a `with`; here they are made by hand, which Miri
//! can follow.

use alloc::boxed::Box;
use core::{cell::RefCell, ptr};
use std::thread;

use super::{Found, Lent, Slots, Unavailable, table};
use crate::{
    PerThread,
    sync::{AtomicPtr, Ordering},
    wait::computing::{Kind, Site},
};

/// On the heap, so that reading it after its drop is an error that Miri, or a sanitizer, sees.
type Value = Box<u8>;

fn lend(slots: &Slots<Value>) -> Lent<'_, Value> {
    slots
        .find()
        .unwrap_or_else(|| match slots.find_or_vacant() {
            Ok(Found::Value(lent)) => lent,
            Ok(Found::Nothing(vacant)) => vacant.fill(Box::new(7)),
            Err(_) => unreachable!("neither taken out nor torn down"),
        })
}

#[track_caller]
fn assert_in_use(slots: &Slots<Value>) {
    assert!(matches!(take_out(slots), Err(Unavailable::InUse)));
}

fn take_out(slots: &Slots<Value>) -> Result<Option<Value>, Unavailable> {
    const KIND: Kind = Kind::initialised("Slots", "none");
    let loan = slots.take_out(Site::of::<Value>(&KIND))?;
    Ok(loan.map(super::Loan::into_value))
}

/// Three loans end in every order; until the last one has, the value stays.
#[test]
fn in_every_order() {
    for [first, second, third] in [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ] {
        let slots = Slots::new();
        let mut loans = [(); 3].map(|()| Some(lend(&slots)));
        for ends in [first, second] {
            loans[ends] = None;
            assert_in_use(&slots);
            // One that begins in between, and ends before the others.
            assert_eq!(**lend(&slots), 7);
            assert_in_use(&slots);
        }
        let last = loans[third].take().expect("not ended yet");
        assert_eq!(**last, 7);
        drop(last);
        assert_eq!(take_out(&slots).ok(), Some(Some(Box::new(7))));
    }
}

/// The loan that a visitor finds ends while it visits: `remove` must not wait for it, on its own
/// thread.
#[test]
fn under_a_visitor() {
    let object = PerThread::<Value>::new(|| Box::new(7));
    let outer = RefCell::new(Some(lend(&object.slots)));
    object.for_each(|value| {
        drop(outer.take());
        assert_in_use(&object.slots);
        assert_eq!(**value, 7);
    });
    assert!(object.remove().is_some());
}

std::thread_local! {
    /// What is still lent when the thread exits: in a thread-local that is older than the table,
    /// and in one that is younger, because the order of their destructors differs by platform.
    static OLDER: RefCell<Option<Kept>> = const { RefCell::new(None) };
    static YOUNGER: RefCell<Option<Kept>> = const { RefCell::new(None) };
}

struct Kept(Option<Lent<'static, Value>>);

impl Drop for Kept {
    /// As a coroutine that is resumed, or unwound: it reads the value, and then ends its loan.
    fn drop(&mut self) {
        let lent = self.0.take().expect("it ends once");
        assert_eq!(**lent, 7);
        drop(lent);
    }
}

/// A thread that exits while two of three loans are in its thread-locals.
///
/// The table's chunk is leaked where one of them is noted in it; `leaked` points there, for a leak
/// checker that takes it for an accident.
fn exit_with(
    slots: &'static Slots<Value>,
    leaked: &'static AtomicPtr<()>,
    choose: fn([Lent<'static, Value>; 3]) -> [Kept; 2],
) {
    let uses = move || {
        OLDER.with_borrow(|none| assert!(none.is_none()));
        let [older, younger] = choose([(); 3].map(|()| lend(slots)));
        let place = slots.home.get().expect("it was used").place();
        let entry = table::entry(place).expect("it was used").as_ptr();
        leaked.store(entry.cast(), Ordering::Relaxed);
        OLDER.set(Some(older));
        YOUNGER.set(Some(younger));
    };
    thread::spawn(uses).join().expect("the value is there");
    // It stays until its object goes: nobody knows when the last loan ends.
    assert_eq!(slots.len(), 1);
}

/// With the noted one. That the loan ends in a chunk which is freed is seen by Miri, or by a
/// sanitizer.
#[test]
fn across_the_thread_s_exit() {
    static SLOTS: Slots<Value> = Slots::new();
    static LEAKED: AtomicPtr<()> = AtomicPtr::new(ptr::null_mut());
    exit_with(&SLOTS, &LEAKED, |[noted, inner, _]| {
        [noted, inner].map(Some).map(Kept)
    });
}

/// The one that is noted has ended.
#[test]
fn inner_ones_across_the_thread_s_exit() {
    static SLOTS: Slots<Value> = Slots::new();
    static LEAKED: AtomicPtr<()> = AtomicPtr::new(ptr::null_mut());
    exit_with(&SLOTS, &LEAKED, |[_, inner, another]| {
        [inner, another].map(Some).map(Kept)
    });
}
