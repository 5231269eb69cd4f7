//! The traits of `SnapshotCell` and of what it gives out.

use std::{
    cell::Cell,
    marker::{PhantomData, PhantomPinned},
    panic::{RefUnwindSafe, UnwindSafe},
    rc::Rc,
    sync::{Arc, Mutex, MutexGuard, mpsc::Receiver},
};

use onset::{Changed, Guard, Reader, SnapshotCell};

use super::markers::{alike, has};

type StaticGuard<T> = Guard<'static, T>;
type StaticReader<T> = Reader<'static, T>;

/// A value that is shared with other threads may be dropped by any of them.
#[test]
fn a_cell_as_a_mutex_around_an_arc() {
    type MutexArc<T> = Mutex<Arc<T>>;
    alike!(SnapshotCell and MutexArc: Send, Sync, Unpin);
}

/// A panic leaves a whole value behind, and so what an `Arc` asks for will do.
#[test]
fn a_cell_unwinds_as_an_arc() {
    alike!(SnapshotCell and Arc: UnwindSafe);
    type CellRef<T> = &'static SnapshotCell<T>;
    alike!(CellRef and Arc: UnwindSafe);
}

/// It costs no atomic operation because it stays on its thread; what it shows may be shared.
#[test]
fn a_guard_stays_on_its_thread() {
    alike!(StaticGuard and Rc: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
    assert!(!has!(StaticGuard<u8>: Send) && !has!(StaticGuard<u8>: Sync));
}

#[test]
fn a_reader_goes_where_an_arc_goes() {
    alike!(StaticReader and Arc: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
    assert!(has!(StaticReader<u8>: Send) && has!(StaticReader<u8>: Clone));
}

#[test]
fn a_refusal_is_two_arcs() {
    type Pair<T> = (Arc<T>, Arc<T>);
    alike!(Changed and Pair: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
}

/// Without threads there is no need for values that may go to one.
#[test]
fn values_that_cannot_be_loaded_can_be_stored() {
    let (rc, borrowed) = (Rc::new(1), String::from("short"));
    let cell = SnapshotCell::new(Rc::clone(&rc));
    cell.store(Rc::new(2));
    assert_eq!((Rc::strong_count(&rc), cell.generation()), (1, 2));
    assert_eq!(format!("{cell:?}"), "SnapshotCell(2)");
    assert_eq!(
        format!("{:?}", SnapshotCell::from(&*borrowed)),
        "SnapshotCell(\"short\")"
    );
}

#[test]
fn debug_shows_the_value() {
    let cell = SnapshotCell::new(7);
    assert_eq!(format!("{cell:?}"), "SnapshotCell(7)");
    assert_eq!(format!("{cell:#?}"), "SnapshotCell(\n    7,\n)");
    let (guard, mut reader) = (cell.load(), cell.reader());
    cell.store(8);
    assert_eq!(
        format!("{cell:?} {guard:?} {reader:?}"),
        "SnapshotCell(8) 7 Reader(7)"
    );
    reader.load();
    assert_eq!(format!("{guard} {guard:>3} {reader:?}"), "7   7 Reader(8)");
    let lazy: SnapshotCell<u8> = SnapshotCell::lazy(|| 7);
    assert_eq!(format!("{lazy:?}"), "SnapshotCell(<uninit>)");
    drop(lazy.load());
    assert_eq!(format!("{lazy:?}"), "SnapshotCell(7)");
}

/// `Debug` that loads, stores and shows the cell again: no lock is held while it runs.
#[test]
fn debug_may_use_the_cell() {
    static CELL: SnapshotCell<Shows> = SnapshotCell::lazy(|| Shows(0));
    struct Shows(u8);
    impl std::fmt::Debug for Shows {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            if self.0 < 3 {
                CELL.store(Self(CELL.load().0 + 1));
                return write!(f, "{} {CELL:?}", self.0);
            }
            write!(f, "last")
        }
    }
    drop(CELL.load());
    let nested = "SnapshotCell(0 SnapshotCell(1 SnapshotCell(2 SnapshotCell(last))))";
    assert_eq!(format!("{CELL:?}"), nested);
}

#[test]
fn default_and_from() {
    let cell: SnapshotCell<Vec<u8>> = SnapshotCell::default();
    assert_eq!((&**cell.load(), cell.generation()), (&[][..], 1));
    assert_eq!(*SnapshotCell::from(7).load(), 7);
    let arc = Arc::new(7);
    let cell = SnapshotCell::<i32>::from(Arc::clone(&arc));
    assert!(Arc::ptr_eq(&cell.load_full(), &arc));
    assert_eq!((*cell.load(), cell.generation()), (7, 1));
}
