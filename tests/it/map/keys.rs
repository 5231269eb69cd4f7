//! Keys and values that count their drops, and whose `Hash`, `Eq` and `Drop` panic when the test
//! says so.

use std::{
    cell::Cell,
    fmt,
    hash::{Hash, Hasher},
};

use equivalent::Equivalent;

use crate::support::{Ledger, Tracked, catch, is_planned, planned_panic};

/// Calls of user code by a map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Call {
    Hash,
    Eq,
    DropKey,
    DropValue,
}

thread_local! {
    /// The call of this thread that panics: of which kind, and how many come before it.
    static FUSE: Cell<Option<(Call, usize)>> = const { Cell::new(None) };
}

fn called(call: Call) {
    match FUSE.get() {
        Some((lit, 0)) if lit == call => {
            FUSE.set(None);
            planned_panic();
        }
        Some((lit, before)) if lit == call => FUSE.set(Some((lit, before - 1))),
        _ => {}
    }
}

/// One call that panics.
pub(crate) struct Fuse {
    call: Call,
    before: usize,
    blown: Cell<bool>,
}

impl Fuse {
    /// Runs `f`, in which the call panics if it comes to that. Then there is nothing.
    #[track_caller]
    pub(crate) fn lit<R>(&self, f: impl FnOnce() -> R) -> Option<R> {
        FUSE.set(Some((self.call, self.before)));
        let outcome = catch(f);
        let blown = FUSE.take().is_none();
        self.blown.set(blown);
        assert_eq!(outcome.is_err(), blown, "the panic reaches the caller");
        assert!(outcome.as_ref().err().is_none_or(is_planned));
        outcome.ok()
    }
}

/// Plays the scene over and over, each time with a later call that panics, until there is none.
/// Returns how many there were.
pub(crate) fn at_each(call: Call, scene: impl Fn(&Fuse)) -> usize {
    let goes_off = |before: &usize| {
        let fuse = Fuse {
            call,
            before: *before,
            blown: Cell::new(false),
        };
        scene(&fuse);
        fuse.blown.get()
    };
    (0..).take_while(goes_off).count()
}

/// Where keys and values are entered.
#[derive(Clone, Copy)]
pub(crate) struct Books {
    keys: &'static Ledger,
    values: &'static Ledger,
}

impl Books {
    pub(crate) fn new() -> Self {
        let (keys, values) = (Ledger::new(), Ledger::new());
        Self { keys, values }
    }

    pub(crate) fn key(self, id: u64) -> Key {
        Key(self.keys.value(id))
    }

    pub(crate) fn value(self, id: u64) -> Value {
        Value(self.values.value(id))
    }

    pub(crate) fn values_made(self) -> usize {
        self.values.made()
    }

    /// How many keys and how many values there are.
    #[track_caller]
    pub(crate) fn alive(self) -> (usize, usize) {
        (self.keys.alive(), self.values.alive())
    }
}

/// A key with a number, by which it is hashed and compared.
pub(crate) struct Key(Tracked);

impl Key {
    pub(crate) fn id(&self) -> u64 {
        self.0.id()
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        called(Call::Hash);
        state.write_u64(self.id());
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        called(Call::Eq);
        self.id() == other.id()
    }
}

impl Eq for Key {}

impl Drop for Key {
    fn drop(&mut self) {
        called(Call::DropKey);
    }
}

/// A number to look a key up by.
pub(crate) struct Id(pub(crate) u64);

impl Hash for Id {
    fn hash<H: Hasher>(&self, state: &mut H) {
        called(Call::Hash);
        state.write_u64(self.0);
    }
}

impl Equivalent<Key> for Id {
    fn equivalent(&self, key: &Key) -> bool {
        called(Call::Eq);
        self.0 == key.id()
    }
}

/// A value with a number.
pub(crate) struct Value(Tracked);

impl Value {
    pub(crate) fn id(&self) -> u64 {
        self.0.id()
    }
}

impl Drop for Value {
    fn drop(&mut self) {
        called(Call::DropValue);
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
