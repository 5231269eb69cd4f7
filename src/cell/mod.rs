//! One value, computed on first use. Who computes when many threads arrive at once?
//!
//! | cell | who computes | the others |
//! |---|---|---|
//! | [`RaceCell`], [`RaceArc`], [`RaceRef`], [`RaceWord`] | everyone who arrives before the publication | compute too; one result is published, the losers drop theirs |
//! | [`OnceCell`] | one | spin for as long as a park and a wake-up cost, then park |
//! | [`HedgedCell`] | one | wait no longer than the patience, then one of them computes too |
//! | [`TakeCell`] | nobody: the value is there | get `None`: it is handed out once |
//!
//! [`Lazy`] and [`TryLazy`] put a closure beside any of them, [`Counted`] counts how often the work
//! was done in vain, and [`InitCell`] is what they have in common.
//!
//! # The promise
//!
//! Nobody ever sees half a value: it is built in private and published whole, by one atomic step,
//! and whoever sees it sees everything that its initialiser did before. An initialiser that panics
//! or returns `Err` leaves the cell empty, and the next caller tries: there is no poison.
//!
//! # What each method's documentation says
//!
//! In this order: may it **block**, what happens to a **loser**'s value, what a **panic** in the
//! closure does, what **recursion** does, what it **costs**.

mod counted;
#[cfg(feature = "std")]
mod hedged_cell;
mod init_cell;
mod lazy;
#[cfg(feature = "std")]
mod once_cell;
#[cfg(feature = "alloc")]
mod race_arc;
#[cfg(feature = "alloc")]
mod race_cell;
mod race_ref;
mod race_word;
mod raw;
mod take_cell;
mod traits;
mod try_lazy;

#[cfg(feature = "std")]
pub(crate) use self::traits::debug;

pub use self::{
    counted::Counted,
    init_cell::{InitCell, InitCellMut},
    lazy::{DefaultCell, Lazy},
    race_ref::RaceRef,
    race_word::{RaceWord, Word},
    take_cell::TakeCell,
    try_lazy::TryLazy,
};
#[cfg(feature = "std")]
pub use self::{hedged_cell::HedgedCell, lazy::HedgedLazy, once_cell::OnceCell};
#[cfg(feature = "alloc")]
pub use self::{lazy::RaceLazy, race_arc::RaceArc, race_cell::RaceCell};
