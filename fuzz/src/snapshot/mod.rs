//! A value that is replaced as a whole, against its number: closures that fail, panic and publish
//! themselves, destructors that panic and use the cell, on threads that come and go.

mod hand;
mod model;

use std::sync::Arc;

use onset::SnapshotCell;

use crate::item::{Item, Ledger};
use hand::{Hand, Own, Start, first};
use model::Model;
pub use model::{Deed, End, Goes, Init, Op, Slot};

/// So many operations are carried out.
const OPS: usize = 64;
/// The calling thread, and others.
const THREADS: usize = 3;
/// An operation brings values of so many numbers at most.
const NUMBERS: u64 = 100;

/// What a deed came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Out {
    Nothing,
    Value(u64),
    /// The published value, and the one that came back.
    Changed(u64, u64),
    Failed,
    Panicked,
    Refused,
}

/// Carries the operations out, and compares all that can be seen after each.
pub fn run(is_lazy: bool, ops: &[Op]) {
    let ledger = Ledger::default();
    let mut model = Model::default();
    let cell = if is_lazy {
        SnapshotCell::lazy(first)
    } else {
        model.publish(0);
        SnapshotCell::new(ledger.item(0))
    };
    let cell = Arc::new(cell);
    let mut hands: [Option<Hand>; THREADS] = Default::default();
    let mut own = Own::new(&cell, ledger.clone());
    for (op, number) in ops[..ops.len().min(OPS)].iter().zip(1..) {
        match *op {
            Op::Do(thread, deed, init, goes) => {
                let first = number * NUMBERS;
                let start = Start { first, init, goes };
                let before = model.clone();
                let expected = model.act(deed, start);
                let done = match usize::from(thread) % THREADS {
                    0 => own.obey(deed, start),
                    other => hands[other]
                        .get_or_insert_with(|| Hand::new(&cell, &ledger))
                        .obey(deed, start),
                };
                let shown = (shown(&cell), cell.generation());
                model.judge(&before, done, expected, shown, start);
            }
            Op::Exit(thread) => {
                if let Some(hand) = hands[usize::from(thread) % THREADS].take() {
                    hand.exit();
                }
            }
        }
        let shown = (shown(&cell), cell.generation());
        assert_eq!(shown, (model.current, model.generation));
    }
    drop(own);
    hands.into_iter().flatten().for_each(Hand::exit);
    drop(Arc::into_inner(cell).expect("nobody else has it"));
    assert_eq!(ledger.alive(), 0, "left over");
}

/// The number of the value, without a load, which would compute it.
fn shown(cell: &SnapshotCell<Item>) -> Option<u64> {
    let text = format!("{cell:?}");
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits.parse().ok()
}
