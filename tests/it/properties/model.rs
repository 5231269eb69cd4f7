//! The operations, what each does to a cell, and what it does to the model, which is an `Option`.

use super::subjects::Subject;
use crate::support::{catch, planned_panic};

/// What can be done to a cell by one thread. The numbers are the values that the operation brings
/// along.
#[derive(Clone, Copy, Debug)]
pub(super) enum Op {
    Get,
    Set(u64),
    TryInsert(u64),
    Init(u64),
    /// An initialiser that has made its value when it fails.
    InitFails(u64),
    InitPanics,
    /// An initialiser that computes the first value in the same cell, then returns the second.
    Recur(u64, u64),
    /// An initialiser that sets the first value, then returns the second.
    SetInside(u64, u64),
    /// Through `get_mut`.
    Write(u64),
    MutInit(u64),
    MutInitFails(u64),
    MutInitPanics,
    Take,
    /// The cell is replaced by its clone.
    Clone,
    /// `into_inner`, and a cell made from that.
    Rebuild,
}

/// What the caller learned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Outcome {
    Nothing,
    Value(u64),
    /// The value that was handed back, or the error.
    Refused(u64),
    /// The published value, and the one that was handed back.
    Both(u64, u64),
    Panicked,
}

/// What an initialiser that uses its own cell meets.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Recursion {
    /// The inner value wins.
    Harmless,
    /// It panics if it asks for the value; it may set one, which wins.
    PanicsUnlessItSets,
    Panics,
}

#[derive(Default)]
pub(super) struct Model(Option<u64>);

impl Model {
    pub(super) const fn value(&self) -> Option<u64> {
        self.0
    }

    pub(super) fn apply(&mut self, op: Op, rules: Recursion) -> Outcome {
        use Op::*;
        match (op, self.0) {
            (Take, value) => {
                self.0 = None;
                value.into()
            }
            (Get | Clone | Rebuild, value) => value.into(),
            (Set(new), Some(_)) => Outcome::Refused(new),
            (TryInsert(new), Some(old)) => Outcome::Both(old, new),
            (Write(new), Some(_)) => self.fill(new),
            (_, Some(old)) => Outcome::Value(old),

            (Write(_), None) => Outcome::Nothing,
            (InitPanics | MutInitPanics, None) => Outcome::Panicked,
            (InitFails(error) | MutInitFails(error), None) => Outcome::Refused(error),
            (Recur(inner, _), None) if rules == Recursion::Harmless => self.fill(inner),
            (SetInside(inner, _), None) if rules != Recursion::Panics => self.fill(inner),
            (Recur(..) | SetInside(..), None) => Outcome::Panicked,
            (Set(new) | TryInsert(new) | Init(new) | MutInit(new), None) => self.fill(new),
        }
    }

    fn fill(&mut self, value: u64) -> Outcome {
        self.0 = Some(value);
        Outcome::Value(value)
    }
}

/// Does it to the cell.
pub(super) fn carry_out<S: Subject>(op: Op, cell: &mut S) -> Outcome {
    let ledger = cell.ledger();
    let init = |cell: &S, id| cell.get_or_try_init(|| Ok(id));
    let act = || match op {
        Op::Get => cell.get().into(),
        Op::Set(id) => cell.set(id).map(|()| id).into(),
        Op::TryInsert(id) => match cell.try_insert(id) {
            Ok(id) => Outcome::Value(id),
            Err((published, mine)) => Outcome::Both(published, mine),
        },
        Op::Init(id) => init(cell, id).into(),
        Op::InitFails(id) => cell.get_or_try_init(|| Err(ledger.value(id).id())).into(),
        Op::InitPanics => cell.get_or_try_init(|| planned_panic()).into(),
        Op::Recur(inner, outer) => cell
            .get_or_try_init(|| init(cell, inner).map(|_| outer))
            .into(),
        Op::SetInside(inner, outer) => cell
            .get_or_try_init(|| cell.set(inner).map(|()| outer))
            .into(),
        Op::Write(id) => cell.write(id).then_some(id).into(),
        Op::MutInit(id) => cell.get_mut_or_try_init(|| Ok(id)).into(),
        Op::MutInitFails(id) => cell.get_mut_or_try_init(|| Err(id)).into(),
        Op::MutInitPanics => cell.get_mut_or_try_init(|| planned_panic()).into(),
        Op::Take => cell.take().into(),
        Op::Clone => {
            *cell = cell.copy();
            cell.get().into()
        }
        Op::Rebuild => {
            let taken = std::mem::replace(cell, S::new_in(ledger));
            *cell = taken.rebuild();
            cell.get().into()
        }
    };
    catch(act).unwrap_or(Outcome::Panicked)
}

impl From<Option<u64>> for Outcome {
    fn from(value: Option<u64>) -> Self {
        value.map_or(Self::Nothing, Self::Value)
    }
}

impl From<Result<u64, u64>> for Outcome {
    fn from(result: Result<u64, u64>) -> Self {
        result.map_or_else(Self::Refused, Self::Value)
    }
}
