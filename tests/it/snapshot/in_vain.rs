//! A destructor that panics in an `update`, or of a value that was made in vain: the panic goes on,
//! and what was published stays.

use std::sync::LazyLock;

use onset::SnapshotCell;

use super::{Ending, drops::Scene, seen};
use crate::support::{Ledger, catch, is_planned};

/// What an overtaken `update` has made in vain is dropped before the closure is called again.
#[test]
fn in_what_an_update_made_in_vain() {
    let ledger = Ledger::new();
    let cell = SnapshotCell::new(Ending::quiet(ledger, 1));
    let payload = catch(|| {
        cell.update(|_| {
            cell.store(Ending::quiet(ledger, 2));
            Ending::panics(ledger, 7)
        })
    });
    assert!(is_planned(&payload.err().unwrap()));
    assert_eq!((seen(&cell), ledger.alive(), ledger.made()), ((2, 2), 1, 3));
    cell.update(|old| Ending::quiet(ledger, old.id() + 1));
    assert_eq!((seen(&cell), ledger.alive()), ((3, 3), 1));
}

/// The update's own guard is the last to let go when the closure has put another value there. The
/// error, which the caller never gets, is dropped.
#[test]
fn in_an_update_that_fails() {
    let scene = Scene::new();
    let failed = catch(|| {
        scene.cell.try_update(|_| {
            scene.cell.store(scene.next());
            assert_eq!(seen(&scene.cell), (2, 2));
            Err(Ending::quiet(scene.ledger, 7))
        })
    });
    assert!(is_planned(&failed.err().unwrap()));
    scene.assert_sound();
}

/// The same where the update succeeds, because the closure has put the value back. What it
/// published stays.
#[test]
fn in_an_update_that_succeeds() {
    let ledger = Ledger::new();
    let cell = SnapshotCell::new(Ending::panics(ledger, 1));
    let updated = catch(|| {
        cell.update(|_| {
            let own = cell.swap(Ending::quiet(ledger, 2));
            drop(cell.load());
            cell.store_arc(own);
            Ending::quiet(ledger, 3)
        })
    });
    assert!(is_planned(&updated.err().unwrap()));
    assert_eq!((seen(&cell), ledger.alive()), ((3, 4), 1));
    cell.store(Ending::quiet(ledger, 5));
    assert_eq!(
        (seen(&cell), ledger.alive()),
        ((5, 5), 1),
        "the third one is gone"
    );
}

/// An initialiser whose value comes too late.
#[test]
fn in_a_load_whose_first_value_comes_too_late() {
    static LEDGER: LazyLock<&'static Ledger> = LazyLock::new(Ledger::new);
    static CELL: SnapshotCell<Ending> = SnapshotCell::lazy(|| {
        CELL.store(Ending::quiet(&LEDGER, 1));
        Ending::panics(&LEDGER, 7)
    });
    assert!(is_planned(&catch(|| seen(&CELL)).unwrap_err()));
    assert_eq!((seen(&CELL), LEDGER.alive(), LEDGER.made()), ((1, 1), 1, 2));
    CELL.store(Ending::quiet(&LEDGER, 2));
    assert_eq!((seen(&CELL), LEDGER.alive()), ((2, 2), 1));
}
