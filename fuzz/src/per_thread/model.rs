//! The operations, and what they do to a table of values by object and thread.

use arbitrary::Arbitrary;

use crate::panics::Panic;

pub(super) const OBJECTS: usize = 3;
/// The calling thread, and two that come and go.
pub(super) const THREADS: usize = 3;

/// One of the objects.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub struct Object(u8);

impl Object {
    pub(super) const fn index(self) -> usize {
        self.0 as usize % OBJECTS
    }
}

/// One of the threads.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub struct Thread(u8);

impl Thread {
    pub(super) const fn index(self) -> usize {
        self.0 as usize % THREADS
    }
}

/// How something ends.
#[derive(Arbitrary, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum End {
    #[default]
    Well,
    Fails,
    Panics,
}

/// How the hooks of a unit of work end.
#[derive(Arbitrary, Clone, Copy, Debug, Default)]
pub struct Hooks {
    pub begin: End,
    pub commit: End,
    pub rollback: End,
}

/// What a thread does, inside what it did before.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Deed {
    With(Object),
    TryWith(Object),
    ForEach(Object),
    Remove(Object),
    /// Whether the work succeeds, if it does not panic.
    Scope(Object, Hooks, bool),
}

/// What an initialiser does besides, once.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Init {
    Well,
    Panics,
    Asks(Object),
}

/// What a destructor does besides, once, after others.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Goes {
    Well,
    Panics(u8),
    Uses(u8, Object),
}

/// What the owner of an object does.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub enum Own {
    Clear,
    Replace,
    /// Takes so many values, and drops the others.
    IntoIter(u8),
    IterMut,
    /// A thread exits while the object is borrowed.
    IterMutAtExit(Thread),
}

/// An operation.
#[derive(Arbitrary, Clone, Debug)]
pub enum Op {
    Do(Thread, Vec<Deed>, End, Init, Goes),
    Own(Object, Own, Goes),
    Exit(Thread, Goes),
}

/// What was learned on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Note {
    Nothing,
    Value(u64),
    Values(Vec<u64>),
    InUse,
    Done,
    Begin,
    Work,
    Commit,
    Rollback,
    Panicked(Panic),
}

/// The number of a value says whose it is.
pub(super) const fn owner(id: u64) -> usize {
    id as usize % THREADS
}

#[derive(Clone, Default)]
pub(super) struct Model {
    pub(super) values: [[Option<u64>; THREADS]; OBJECTS],
    pub(super) next: u64,
    /// Of the thread that acts.
    readers: [u32; OBJECTS],
    is_out: [bool; OBJECTS],
}

/// A thread that acts.
pub(super) struct Actor<'m> {
    pub(super) model: &'m mut Model,
    pub(super) thread: usize,
    pub(super) init: Option<Init>,
    pub(super) log: Vec<Note>,
}

impl Model {
    pub(super) fn values_of(&self, object: usize) -> Vec<u64> {
        let mut values: Vec<_> = self.values[object].iter().flatten().copied().collect();
        values.sort_unstable();
        values
    }
}

impl Actor<'_> {
    /// The thread's value; made if there is none.
    fn value(&mut self, object: usize) -> Result<u64, Panic> {
        if let Some(value) = self.model.values[object][self.thread] {
            return Ok(value);
        }
        match self.init.take() {
            Some(Init::Panics) => return Err(Panic::Planned),
            Some(Init::Asks(other)) if other.index() == object => return Err(Panic::Refused),
            Some(Init::Asks(other)) => self.try_with(&[], End::Well, other.index())?,
            Some(Init::Well) | None => {}
        }
        let value = self.model.next * THREADS as u64 + self.thread as u64;
        self.model.next += 1;
        self.model.values[object][self.thread] = Some(value);
        Ok(value)
    }

    pub(super) fn act(&mut self, deeds: &[Deed], end: End) -> Result<(), Panic> {
        let [deed, inner @ ..] = deeds else {
            return match end {
                End::Panics => Err(Panic::Planned),
                _ => Ok(()),
            };
        };
        match *deed {
            Deed::With(object) if self.model.is_out[object.index()] => Err(Panic::Refused),
            Deed::With(object) | Deed::TryWith(object) => self.try_with(inner, end, object.index()),
            Deed::ForEach(object) => self.for_each(inner, end, object.index()),
            Deed::Remove(object) => self.remove(inner, end, object.index()),
            Deed::Scope(object, hooks, fine) => self.scope(inner, end, object.index(), hooks, fine),
        }
    }

    fn try_with(&mut self, inner: &[Deed], end: End, object: usize) -> Result<(), Panic> {
        if self.model.is_out[object] {
            self.log.push(Note::InUse);
            return Ok(());
        }
        let value = self.value(object)?;
        self.log.push(Note::Value(value));
        self.model.readers[object] += 1;
        let done = self.act(inner, end);
        self.model.readers[object] -= 1;
        done
    }

    fn for_each(&mut self, inner: &[Deed], end: End, object: usize) -> Result<(), Panic> {
        let is_out = self.model.is_out[object];
        let mut values = self.model.values_of(object);
        values.retain(|id| !(is_out && owner(*id) == self.thread));
        let reads = !is_out && self.model.values[object][self.thread].is_some();
        if !values.is_empty() {
            self.model.readers[object] += u32::from(reads);
            let done = self.act(inner, end);
            self.model.readers[object] -= u32::from(reads);
            done?;
        }
        self.log.push(Note::Values(values));
        Ok(())
    }

    fn remove(&mut self, inner: &[Deed], end: End, object: usize) -> Result<(), Panic> {
        if self.model.is_out[object] || self.model.readers[object] > 0 {
            return Err(Panic::Refused);
        }
        let removed = self.model.values[object][self.thread].take();
        self.log.push(removed.map_or(Note::Nothing, Note::Value));
        self.act(inner, end)
    }

    fn scope(
        &mut self,
        inner: &[Deed],
        end: End,
        object: usize,
        hooks: Hooks,
        fine: bool,
    ) -> Result<(), Panic> {
        if self.model.is_out[object] || self.model.readers[object] > 0 {
            self.log.push(Note::InUse);
            return Ok(());
        }
        self.value(object)?;
        if hooks.begin != End::Well {
            return self.gone(object, hooks.begin, Note::Begin);
        }
        self.model.is_out[object] = true;
        let worked = self.act(inner, end);
        self.model.is_out[object] = false;
        match worked {
            Ok(()) if fine && hooks.commit == End::Well => self.log.push(Note::Done),
            Ok(()) if fine => return self.gone(object, hooks.commit, Note::Commit),
            Ok(()) if hooks.rollback == End::Well => self.log.push(Note::Work),
            Ok(()) => return self.gone(object, hooks.rollback, Note::Rollback),
            Err(panic) => {
                if hooks.rollback != End::Well {
                    self.model.values[object][self.thread] = None;
                }
                return Err(panic);
            }
        }
        Ok(())
    }

    /// A hook failed, and the value was dropped.
    fn gone(&mut self, object: usize, hook: End, note: Note) -> Result<(), Panic> {
        self.model.values[object][self.thread] = None;
        if hook == End::Panics {
            return Err(Panic::Planned);
        }
        self.log.push(note);
        Ok(())
    }
}
