//! A registry whose keys and values panic, lie and use the registry, against a list.

mod model;
mod planted;
mod subject;

use std::{cell::Cell, mem, rc::Rc};

use onset::Snapshot;

use crate::{
    item::{Hashing, Item, Ledger},
    panics::{catch, caught},
    plan::{self, Act, Moment},
};
pub use model::{Ending, Fault, Key, Op, Out, What};
use model::{KEYS, Model, OTHERS};
pub use planted::Forgetful;
pub use subject::{Plain, Subject};

/// So many operations are carried out.
const OPS: usize = 96;
/// So many snapshots are kept.
const SNAPSHOTS: usize = 4;

struct World<S> {
    subject: Rc<S>,
    hashing: Hashing,
    ledger: Ledger,
    model: Model,
    /// Numbers of values.
    next: u64,
    /// Keys may lie.
    lies: bool,
    /// No key has lied yet.
    trusted: bool,
}

/// What an act of user code learned, if it came to that.
type Learned = Rc<Cell<Option<Out>>>;

/// Carries the operations out, and compares all that can be seen after each.
pub fn run<S: Subject>(hashing: Hashing, lies: bool, ops: &[Op]) {
    let mut world = World::<S> {
        subject: Rc::new(S::new(hashing)),
        hashing,
        ledger: Ledger::default(),
        model: Model::default(),
        next: 0,
        lies,
        trusted: true,
    };
    let is_end = |op: &Op| matches!(op, Op::Compact(_) | Op::Rebuild(_));
    let ops = &ops[..ops.len().min(OPS)];
    for part in ops.split_inclusive(is_end) {
        world.shared(part);
        match part.last() {
            Some(Op::Compact(fault)) => world.compact(*fault),
            Some(Op::Rebuild(fault)) => world.rebuild(*fault),
            _ => {}
        }
        world.check();
    }
    let ledger = world.ledger.clone();
    drop(world);
    assert_eq!(ledger.alive(), 0, "left over");
}

impl<S: Subject> World<S> {
    /// What is done while the registry is shared, and snapshots live.
    fn shared(&mut self, ops: &[Op]) {
        let subject = Rc::clone(&self.subject);
        let mut snapshots: Vec<(Snapshot<'_, _, _, _>, Model)> = Vec::new();
        for op in ops {
            match op {
                Op::One(what, key, fault) => self.one(*what, *key, *fault),
                Op::Batch(parts, ending, fault) => self.batch(parts, *ending, *fault),
                Op::Snapshot if snapshots.len() < SNAPSHOTS => {
                    snapshots.push((subject.plain().snapshot(), self.model.clone()));
                }
                Op::Seal(dice) if dice % 16 == 0 => {
                    subject.plain().seal();
                    self.model.sealed = true;
                }
                Op::Snapshot | Op::Seal(_) | Op::Compact(_) | Op::Rebuild(_) => {}
            }
            self.check();
        }
        for (newer, then) in &snapshots {
            self.shows(*newer, then);
            for (older, before) in &snapshots {
                let since: Vec<_> = newer.since(older).map(|(k, v)| (k.id(), v.id())).collect();
                if self.trusted {
                    assert_eq!(since, then.since(before), "between two snapshots");
                }
            }
        }
    }

    fn numbers(&mut self, so_many: usize) -> u64 {
        self.next += 100 + so_many as u64;
        self.next - so_many as u64
    }

    /// Plans what goes wrong; `inner` says which key user code uses.
    fn arm(&mut self, fault: Fault, inner: fn(Key) -> u64) -> (Learned, u64) {
        let learned = Learned::default();
        let number = self.numbers(1);
        match fault {
            Fault::None => {}
            Fault::Panic(moment, others) => plan::arm(moment, others % 8, Act::Panic),
            Fault::Lie(moment, others) => plan::arm(moment, others % 8, Act::Lie),
            Fault::Use(moment, others, what, key) => {
                let (subject, ledger) = (Rc::clone(&self.subject), self.ledger.clone());
                let told = Rc::clone(&learned);
                let act = move || {
                    told.set(Some(subject.one(what, inner(key), number, &ledger)));
                };
                plan::arm(moment, others % 8, Act::Do(Box::new(act)));
            }
        }
        (learned, number)
    }

    /// Compares with each order in which the operation and that of user code may have happened; or with
    /// what is left when user code panics or lies.
    fn judge(&mut self, out: Out, fault: Fault, used: Used, op: impl Fn(&mut Model) -> Out) {
        let happened = !plan::disarm();
        let (mut after, before) = (self.model.clone(), self.model.clone());
        let expected = op(&mut after);
        let candidates = match fault {
            Fault::Panic(Moment::Drop, _) if happened => {
                vec![(Out::Panicked, None, after), (Out::Panicked, None, before)]
            }
            Fault::Panic(..) if happened => vec![(Out::Panicked, None, before)],
            Fault::Lie(..) if happened => {
                self.trusted = false;
                return;
            }
            Fault::Use(.., what, _) if used.learned.get().is_some() => {
                let inner = |model: &mut Model| model.one(what, used.key, used.number);
                let (mut first, mut second) = (before, after);
                let earlier = inner(&mut first);
                let outer = op(&mut first);
                let later = inner(&mut second);
                vec![
                    (outer, Some(earlier), first),
                    (expected, Some(later), second),
                ]
            }
            _ => vec![(expected, None, after)],
        };
        if !self.trusted {
            return;
        }
        let actual = (out, used.learned.get(), self.pairs());
        let fits = candidates
            .iter()
            .find(|(out, inner, model)| (*out, *inner, model.pairs()) == actual);
        let Some((.., model)) = fits else {
            panic!("{actual:?} is none of {candidates:?}, under {fault:?}");
        };
        self.model = model.clone();
    }

    fn pairs(&self) -> Vec<(u64, u64)> {
        let all = self.subject.plain().iter();
        all.map(|(key, value)| (key.id(), value.id())).collect()
    }

    fn one(&mut self, what: What, key: Key, fault: Fault) {
        let fault = fault.allowed(self.lies);
        let number = self.numbers(1);
        let (learned, inner) = self.arm(fault, Key::id);
        let out = caught(|| self.subject.one(what, key.id(), number, &self.ledger));
        let used = Used::new(learned, fault, inner, Key::id);
        self.judge(out, fault, used, |model| model.one(what, key.id(), number));
    }

    fn batch(&mut self, parts: &[(What, Key)], ending: Ending, fault: Fault) {
        let fault = fault.allowed(self.lies);
        let parts = &parts[..parts.len().min(8)];
        let first = self.numbers(parts.len());
        let (learned, inner) = self.arm(fault, Key::other);
        let out = caught(|| self.subject.batch(parts, ending, first, &self.ledger));
        let used = Used::new(learned, fault, inner, Key::other);
        self.judge(out, fault, used, |model| model.batch(parts, ending, first));
    }

    /// The owner has it to himself, so that user code cannot use it.
    fn arm_alone(&mut self, fault: Fault) {
        if !matches!(fault, Fault::Use(..)) {
            self.arm(fault, Key::id);
        }
    }

    fn compact(&mut self, fault: Fault) {
        let fault = fault.allowed(self.lies);
        self.arm_alone(fault);
        let registry = Rc::get_mut(&mut self.subject)
            .expect("nobody uses it")
            .plain_mut();
        caught(|| {
            registry.compact();
            Out::Nothing
        });
        self.disarm_alone(fault);
        self.model.kept = self.model.entries.len();
    }

    fn disarm_alone(&mut self, fault: Fault) {
        if !plan::disarm() && matches!(fault, Fault::Lie(Moment::Hash | Moment::Eq, _)) {
            self.trusted = false;
        }
    }

    fn rebuild(&mut self, fault: Fault) {
        let fault = fault.allowed(self.lies);
        self.arm_alone(fault);
        let new = Rc::new(S::new(self.hashing));
        let old = mem::replace(&mut self.subject, new);
        let old = Rc::into_inner(old).expect("nobody uses it");
        let entries = catch(|| old.into_entries()).unwrap_or_default();
        self.disarm_alone(fault);
        let expected = mem::take(&mut self.model).pairs();
        let is_whole = !entries.is_empty() || self.ledger.alive() == 0;
        assert!(is_whole, "a destructor that panics leaves nothing behind");
        if self.trusted && !entries.is_empty() {
            let actual = entries.iter().map(|(key, value)| (key.id(), value.id()));
            assert!(actual.eq(expected), "the owned entries");
        }
        for (key, value) in entries {
            let (id, number) = (key.id(), value.id());
            if self.subject.plain().register(key, value).is_ok() {
                self.model.put(id, number);
            }
        }
    }

    fn check(&self) {
        let snapshot = self.subject.plain().snapshot();
        self.shows(snapshot, &self.model);
        if self.trusted {
            assert_eq!(self.ledger.alive(), 2 * self.model.kept, "items alive");
        }
    }

    fn shows(&self, snapshot: Snapshot<'_, Item, Item, Hashing>, then: &Model) {
        let shown: Vec<_> = snapshot.iter().map(|(k, v)| (k.id(), v.id())).collect();
        assert_eq!(shown.len(), snapshot.len());
        assert!(
            snapshot
                .iter()
                .rev()
                .map(|(k, _)| k.id())
                .eq(shown.iter().rev().map(|(k, _)| *k))
        );
        if !self.trusted {
            return;
        }
        assert_eq!(shown, then.pairs());
        assert_eq!(snapshot.version(), then.version);
        for key in 0..KEYS + OTHERS {
            assert_eq!(snapshot.get(&key).map(Item::id), then.get(key), "key {key}");
        }
    }
}

/// What user code did to the registry, if it came to that.
struct Used {
    learned: Learned,
    key: u64,
    number: u64,
}

impl Used {
    fn new(learned: Learned, fault: Fault, number: u64, inner: fn(Key) -> u64) -> Self {
        let key = match fault {
            Fault::Use(.., key) => inner(key),
            _ => 0,
        };
        Self {
            learned,
            key,
            number,
        }
    }
}
