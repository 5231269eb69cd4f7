//! A process that ends in the middle of something: on most platforms its thread's copies are
//! dropped then, below the frames that still have guards. What these keep stays.

use std::{
    process::{abort, exit},
    sync::LazyLock,
};

use onset::SnapshotCell;

use super::Ending;
use crate::support::{Ledger, alone, catch, watchdog};

/// Any number that no test program ends with by itself.
const WELL: i32 = 7;

static LEDGER: LazyLock<&'static Ledger> = LazyLock::new(Ledger::new);
static CELL: SnapshotCell<Ending> = SnapshotCell::lazy(kept);

/// A value that must not be dropped, not even then.
fn kept() -> Ending {
    Ending::new(&LEDGER, 1, || abort())
}

fn ends() -> Ending {
    exit(WELL)
}

macro_rules! ends_well {
    ($($name:ident: $body:expr;)*) => {$(
        #[test]
        fn $name() {
            let _watch = watchdog();
            if let Some(output) = alone(module_path!(), stringify!($name), || $body) {
                assert_eq!(output.status.code(), Some(WELL), "{}", output.status);
            }
        }
    )*};
}

ends_well! {
    with_a_guard: {
        let guard = CELL.load();
        exit(WELL + i32::try_from(guard.id() - 1).unwrap());
    };
    with_a_guard_of_an_old_value: {
        let guard = CELL.load();
        CELL.store(kept());
        let newer = CELL.load();
        exit(WELL + i32::try_from(newer.id() - guard.id()).unwrap());
    };
    with_a_reader_of_an_old_value: {
        let reader = CELL.reader();
        CELL.store(kept());
        exit(WELL + i32::try_from(CELL.load().id() - reader.to_arc().id()).unwrap());
    };
    inside_an_update: drop(CELL.update(|_| ends()));
    inside_an_initialiser: {
        let lazy = SnapshotCell::lazy(ends);
        drop(CELL.load());
        drop(lazy.load());
    };
    inside_a_destructor: {
        let _guard = CELL.load();
        let cell = SnapshotCell::new(Ending::new(&LEDGER, 2, || drop(ends())));
        drop(cell.load());
        cell.store(Ending::quiet(&LEDGER, 3));
        drop(cell.load());
    };
}

/// The destructor of a copy that nobody keeps runs, or not; what it finds works.
#[test]
fn with_an_old_copy_that_uses_the_cell() {
    let _watch = watchdog();
    let end = || {
        let use_it = || {
            assert_eq!(CELL.load().id(), 1);
            drop(CELL.swap(Ending::quiet(&LEDGER, 2)));
        };
        // A panic would go no further, and nobody would know.
        let or_abort = move || catch(use_it).unwrap_or_else(|_| abort());
        CELL.store(Ending::new(&LEDGER, 0, or_abort));
        let old = CELL.load().id();
        CELL.store(Ending::quiet(&LEDGER, 1));
        exit(WELL + i32::try_from(old).unwrap())
    };
    if let Some(output) = alone(module_path!(), "with_an_old_copy_that_uses_the_cell", end) {
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(WELL), "{said}");
    }
}
