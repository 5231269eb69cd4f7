//! The cells behind one interface, with numbers for values.

use std::sync::Arc;

use onset::{InitCellMut, RaceArc, RaceRef, RaceWord};

use crate::{
    conformance::{Cell, owning::Owning},
    support::{Ledger, Tracked},
};

type Tried = Result<u64, u64>;

pub(super) trait Subject: Sized {
    /// Whether its values are entered in the ledger.
    const COUNTED: bool = true;

    fn new() -> Self {
        Self::new_in(Ledger::new())
    }
    fn new_in(ledger: &'static Ledger) -> Self;
    fn ledger(&self) -> &'static Ledger;

    fn get(&self) -> Option<u64>;
    fn set(&self, id: u64) -> Result<(), u64>;
    fn get_or_try_init(&self, f: impl FnOnce() -> Tried) -> Tried;
    fn take(&mut self) -> Option<u64>;
    /// `false` if there is nothing to write to.
    fn write(&mut self, id: u64) -> bool;

    // What not every cell has, done with what every cell has.

    fn try_insert(&self, id: u64) -> Result<u64, (u64, u64)> {
        match self.set(id) {
            Ok(()) => Ok(id),
            Err(mine) => Err((self.get().unwrap(), mine)),
        }
    }
    fn get_mut_or_try_init(&mut self, f: impl FnOnce() -> Tried) -> Tried {
        self.get_or_try_init(f)
    }
    fn copy(&self) -> Self {
        let copy = Self::new_in(self.ledger());
        if let Some(id) = self.get() {
            copy.set(id).unwrap();
        }
        copy
    }
    fn rebuild(mut self) -> Self {
        let again = Self::new_in(self.ledger());
        if let Some(id) = self.take() {
            again.set(id).unwrap();
        }
        again
    }
}

/// A cell by its traits alone.
pub(super) struct Bare<C> {
    cell: C,
    ledger: &'static Ledger,
}

impl<C: Cell + InitCellMut> Subject for Bare<C> {
    fn new_in(ledger: &'static Ledger) -> Self {
        let cell = C::EMPTY;
        Self { cell, ledger }
    }
    fn ledger(&self) -> &'static Ledger {
        self.ledger
    }
    fn get(&self) -> Option<u64> {
        self.cell.get().map(Tracked::id)
    }
    fn set(&self, id: u64) -> Result<(), u64> {
        let outcome = self.cell.set(self.ledger.value(id));
        outcome.map_err(|back| back.id())
    }
    fn get_or_try_init(&self, f: impl FnOnce() -> Tried) -> Tried {
        let make = || f().map(|id| self.ledger.value(id));
        self.cell.get_or_try_init(make).map(Tracked::id)
    }
    fn take(&mut self) -> Option<u64> {
        self.cell.take().map(|v| v.id())
    }
    fn write(&mut self, id: u64) -> bool {
        self.cell.get_mut().map(|v| v.write(id)).is_some()
    }
}

/// A cell with all that it has.
pub(super) struct Owned<C>(Bare<C>);

impl<C: Owning> Subject for Owned<C> {
    fn new_in(ledger: &'static Ledger) -> Self {
        Self(Bare::new_in(ledger))
    }
    fn ledger(&self) -> &'static Ledger {
        self.0.ledger()
    }
    fn get(&self) -> Option<u64> {
        self.0.get()
    }
    fn set(&self, id: u64) -> Result<(), u64> {
        self.0.set(id)
    }
    fn get_or_try_init(&self, f: impl FnOnce() -> Tried) -> Tried {
        self.0.get_or_try_init(f)
    }
    fn take(&mut self) -> Option<u64> {
        self.0.take()
    }
    fn write(&mut self, id: u64) -> bool {
        self.0.write(id)
    }
    fn try_insert(&self, id: u64) -> Result<u64, (u64, u64)> {
        let outcome = self.0.cell.try_insert(self.ledger().value(id));
        outcome
            .map(Tracked::id)
            .map_err(|(there, mine)| (there.id(), mine.id()))
    }
    fn get_mut_or_try_init(&mut self, f: impl FnOnce() -> Tried) -> Tried {
        let ledger = self.ledger();
        let make = || f().map(|id| ledger.value(id));
        self.0.cell.get_mut_or_try_init(make).map(|v| v.id())
    }
    fn copy(&self) -> Self {
        let (cell, ledger) = (self.0.cell.clone(), self.ledger());
        assert!(cell == self.0.cell);
        Self(Bare { cell, ledger })
    }
    fn rebuild(self) -> Self {
        let Bare { cell, ledger } = self.0;
        let cell = cell.into_inner().map_or(C::EMPTY, C::with_value);
        Self(Bare { cell, ledger })
    }
}

pub(super) struct SharedArc {
    cell: RaceArc<Tracked>,
    ledger: &'static Ledger,
}

impl Subject for SharedArc {
    fn new_in(ledger: &'static Ledger) -> Self {
        let cell = RaceArc::new();
        Self { cell, ledger }
    }
    fn ledger(&self) -> &'static Ledger {
        self.ledger
    }
    fn get(&self) -> Option<u64> {
        assert_eq!(self.cell.get().is_some(), self.cell.get_arc().is_some());
        self.cell.get().map(Tracked::id)
    }
    fn set(&self, id: u64) -> Result<(), u64> {
        let outcome = self.cell.set_arc(Arc::new(self.ledger.value(id)));
        outcome.map_err(|back| back.id())
    }
    fn get_or_try_init(&self, f: impl FnOnce() -> Tried) -> Tried {
        let make = || f().map(|id| self.ledger.value(id));
        self.cell.get_or_try_init(make).map(Tracked::id)
    }
    fn take(&mut self) -> Option<u64> {
        self.cell.take().map(|v| v.id())
    }
    fn write(&mut self, id: u64) -> bool {
        self.cell.get_mut().map(|v| v.write(id)).is_some()
    }
    fn try_insert(&self, id: u64) -> Result<u64, (u64, u64)> {
        let outcome = self.cell.try_insert(self.ledger.value(id));
        outcome
            .map(Tracked::id)
            .map_err(|(there, mine)| (there.id(), mine.id()))
    }
    fn get_mut_or_try_init(&mut self, f: impl FnOnce() -> Tried) -> Tried {
        let make = || f().map(|id| self.ledger.value(id));
        let value = self.cell.get_mut_or_try_init(make)?;
        Ok(value.expect("nobody else has the `Arc`").id())
    }
    fn copy(&self) -> Self {
        let (cell, ledger) = (self.cell.clone(), self.ledger);
        assert!(cell == self.cell);
        Self { cell, ledger }
    }
    fn rebuild(self) -> Self {
        let cell = self
            .cell
            .into_inner()
            .map_or_else(RaceArc::new, RaceArc::with_arc);
        Self { cell, ..self }
    }
}

/// The two that return by value, and own nothing that could be counted.
macro_rules! by_value {
    ($($name:ident: $cell:ty, $id:ident => $to:expr, $value:ident => $from:expr;)*) => {$(
        pub(super) struct $name($cell, &'static Ledger);

        impl Subject for $name {
            const COUNTED: bool = false;

            fn new_in(ledger: &'static Ledger) -> Self {
                Self(<$cell>::new(), ledger)
            }
            fn ledger(&self) -> &'static Ledger {
                self.1
            }
            fn get(&self) -> Option<u64> {
                self.0.get().map(|$value| $from)
            }
            fn set(&self, $id: u64) -> Result<(), u64> {
                self.0.set($to).map_err(|$value| $from)
            }
            fn get_or_try_init(&self, f: impl FnOnce() -> Tried) -> Tried {
                self.0.get_or_try_init(|| f().map(|$id| $to)).map(|$value| $from)
            }
            fn take(&mut self) -> Option<u64> {
                self.0.take().map(|$value| $from)
            }
            fn write(&mut self, $id: u64) -> bool {
                self.0.take().is_some_and(|_| self.0.set($to).is_ok())
            }
            fn try_insert(&self, $id: u64) -> Result<u64, (u64, u64)> {
                let from = |$value| $from;
                self.0.try_insert($to).map(from).map_err(|(there, mine)| (from(there), from(mine)))
            }
            fn copy(&self) -> Self {
                let copy = self.0.clone();
                assert!(copy == self.0);
                Self(copy, self.1)
            }
            fn rebuild(self) -> Self {
                let again = self.0.into_inner().map_or_else(<$cell>::new, <$cell>::with_value);
                Self(again, self.1)
            }
        }
    )*};
}

static TARGETS: [u64; 4] = [0, 1, 2, 3];
static EXTREME: u64 = u32::MAX as u64;

fn target(id: u64) -> &'static u64 {
    usize::try_from(id)
        .ok()
        .and_then(|n| TARGETS.get(n))
        .unwrap_or(&EXTREME)
}

by_value! {
    Word: RaceWord<u32>, id => u32::try_from(id).unwrap(), value => u64::from(value);
    StaticRef: RaceRef<'static, u64>, id => target(id), value => u64::clone(value);
}
