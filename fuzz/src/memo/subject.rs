//! What the operations do to cells and maps.

use std::time::Duration;

use onset::{Counted, HedgedCell, InitCellMut, OnceCell, OnceMap, RaceCell, RaceMap};

use super::model::{Out, PLACES, Recursion};
use crate::item::{Hashing, Item};

/// It was not made.
pub struct Failed;

/// Makes the value, or fails.
pub type Closure<'f> = &'f mut dyn FnMut() -> Result<Item, Failed>;

/// Several cells, or a map.
pub trait Subject: Sized + Send + Sync + 'static {
    const RULES: Recursion;
    /// So many items are alive for each value that is there.
    const ITEMS: usize;

    fn new(hashing: Hashing) -> Self;
    fn get(&self, place: &Item) -> Option<u64>;
    /// The same, by the way of those who wait for no time at all.
    fn wait(&self, place: &Item) -> Option<u64>;
    fn ask(&self, place: Item, f: Closure<'_>) -> Result<u64, Failed>;
    fn insert(&self, place: Item, value: Item) -> Out;
    fn remove(&mut self, place: &Item) -> Option<u64>;
    fn clear(&mut self);
    /// By hand, with the values that are there.
    fn rebuild(self, hashing: Hashing) -> Self;
    /// In the order of publication, if there is one.
    fn pairs(&self) -> Vec<(u64, u64)>;
}

pub trait Rules {
    const RULES: Recursion;
}

macro_rules! rules {
    ($($cell:ty: $rules:ident,)*) => {
        $(impl Rules for $cell {
            const RULES: Recursion = Recursion::$rules;
        })*
    };
}

rules! {
    RaceCell<Item>: Harmless,
    OnceCell<Item>: Refused,
    HedgedCell<Item>: RefusedUnlessPut,
    Counted<OnceCell<Item>>: Refused,
}

/// A cell for each place.
pub struct Cells<C>([C; PLACES as usize]);

impl<C> Cells<C> {
    fn at(&self, place: &Item) -> &C {
        &self.0[place.id() as usize]
    }
}

impl<C: InitCellMut<Value = Item> + Rules + Send + Sync + 'static> Subject for Cells<C> {
    const RULES: Recursion = C::RULES;
    const ITEMS: usize = 1;

    fn new(_: Hashing) -> Self {
        Self([C::EMPTY; PLACES as usize])
    }

    fn get(&self, place: &Item) -> Option<u64> {
        self.at(place).get().map(Item::id)
    }

    fn wait(&self, place: &Item) -> Option<u64> {
        self.get(place)
    }

    fn ask(&self, place: Item, f: Closure<'_>) -> Result<u64, Failed> {
        self.at(&place).get_or_try_init(f).map(Item::id)
    }

    fn insert(&self, place: Item, value: Item) -> Out {
        let id = value.id();
        match self.at(&place).set(value) {
            Ok(()) => Out::Value(id),
            Err(value) => Out::Back(value.id()),
        }
    }

    fn remove(&mut self, place: &Item) -> Option<u64> {
        let taken = self.0[place.id() as usize].take();
        taken.map(|value| value.id())
    }

    fn clear(&mut self) {
        *self = Self::new(Hashing::default());
    }

    fn rebuild(self, hashing: Hashing) -> Self {
        let new = Self::new(hashing);
        for (mut old, new) in self.0.into_iter().zip(&new.0) {
            if let Some(value) = old.take() {
                assert!(new.set(value).is_ok(), "it is empty");
            }
        }
        new
    }

    fn pairs(&self) -> Vec<(u64, u64)> {
        let all = self.0.iter().zip(0..);
        all.filter_map(|(cell, place)| Some((place, cell.get()?.id())))
            .collect()
    }
}

macro_rules! maps {
    ($($map:ident: $rules:ident, |$this:ident, $place:ident| $wait:expr;)*) => {
        $(impl Subject for $map<Item, Item, Hashing> {
            const RULES: Recursion = Recursion::$rules;
            const ITEMS: usize = 2;

            fn new(hashing: Hashing) -> Self {
                Self::with_hasher(hashing)
            }

            fn get(&self, place: &Item) -> Option<u64> {
                let found = self.get(place).map(Item::id);
                assert_eq!(self.contains_key(place.number()), self.get(place.number()).is_some());
                found
            }

            fn wait(&self, $place: &Item) -> Option<u64> {
                let $this = self;
                $wait
            }

            fn ask(&self, place: Item, f: Closure<'_>) -> Result<u64, Failed> {
                self.get_or_try_init(place, |_| f()).map(Item::id)
            }

            fn insert(&self, place: Item, value: Item) -> Out {
                let id = value.id();
                match self.insert(place, value) {
                    Ok(value) => {
                        assert_eq!(value.id(), id);
                        Out::Value(id)
                    }
                    Err((_, value)) => Out::Back(value.id()),
                }
            }

            fn remove(&mut self, place: &Item) -> Option<u64> {
                self.remove(place).map(|(_, value)| value.id())
            }

            fn clear(&mut self) {
                self.clear();
                assert!(self.is_empty());
            }

            fn rebuild(self, hashing: Hashing) -> Self {
                let new = Self::new(hashing);
                for (place, value) in self {
                    // A key that lied may be there twice.
                    let _ = new.insert(place, value);
                }
                new
            }

            fn pairs(&self) -> Vec<(u64, u64)> {
                let pairs: Vec<_> = self.iter().map(|(k, v)| (k.id(), v.id())).collect();
                assert_eq!(pairs.len(), self.len());
                pairs
            }
        })*
    };
}

maps! {
    OnceMap: Refused, |map, place| map.wait(place, Duration::ZERO).map(Item::id);
    RaceMap: Harmless, |map, place| map.get(place).map(Item::id);
}
