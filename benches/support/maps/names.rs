//! What the maps hold, and what they are asked for.

use super::WARM_UP;

pub(crate) type Entry = (String, u64);

/// Names that are in no map have numbers from here on.
const ABSENT: usize = 500_000;

/// A name of ten bytes.
pub(crate) fn name(number: usize) -> String {
    String::from(&*format!("key_{number:06}"))
}

/// So many entries in any order.
pub(crate) fn entries(count: usize) -> Vec<Entry> {
    let mut entries: Vec<_> = (0..count)
        .map(|number| (name(number), number as u64))
        .collect();
    fastrand::shuffle(&mut entries);
    entries
}

/// Names to look up, each allocated by itself, in an order that is too long to be learned. They
/// are all there, or none is.
pub(crate) struct Queries {
    names: Vec<String>,
    present: bool,
}

impl Queries {
    pub(crate) fn new(entries: usize, present: bool) -> Self {
        let mut numbers: Vec<_> = (0..entries.max(WARM_UP as usize)).collect();
        fastrand::shuffle(&mut numbers);
        let query = |number| {
            if present {
                name(number % entries)
            } else {
                name(ABSENT + number)
            }
        };
        Self {
            names: numbers.into_iter().map(query).collect(),
            present,
        }
    }

    /// How many of so many are there.
    pub(crate) fn found(&self, of: u64) -> u64 {
        if self.present { of } else { 0 }
    }

    /// From anywhere.
    pub(super) fn walk(&self) -> Walk<'_> {
        let names = &self.names[..];
        let next = fastrand::usize(..names.len());
        Walk { names, next }
    }
}

/// Goes round and round through the names.
pub(crate) struct Walk<'q> {
    names: &'q [String],
    next: usize,
}

impl<'q> Walk<'q> {
    #[inline(always)]
    pub(super) fn next(&mut self) -> &'q str {
        let name = &self.names[self.next];
        self.next += 1;
        if self.next == self.names.len() {
            self.next = 0;
        }
        name
    }
}
