//! What the run knows of a room.

use std::sync::{Arc, Mutex, PoisonError};

use crate::{
    dice::Dice,
    faults::{self, Allowed, Caught},
    lingering::Lingering,
    planting::Planting,
    seat::Seat,
    tally::Tally,
    values::{Kept, Record},
};

/// What a room is given when it is furnished.
#[derive(Clone, Copy)]
pub(crate) struct Setting {
    pub(crate) tally: &'static Tally,
    pub(crate) lingering: &'static Lingering,
    pub(crate) planting: &'static Planting,
}

/// What an operation is given besides its dice.
pub(crate) struct Context<'a> {
    pub(crate) tally: &'static Tally,
    pub(crate) planting: &'static Planting,
    pub(crate) seat: &'a Seat,
}

impl Context<'_> {
    /// For the watchdog: what this worker is about to do.
    pub(crate) fn doing(&self, what: &'static str) {
        self.seat.doing(what);
    }

    pub(crate) fn caught<R>(&self, allowed: Allowed, f: impl FnOnce() -> R) -> Result<R, Caught> {
        faults::caught(self.tally, allowed, f)
    }

    pub(crate) fn require(&self, holds: bool, invariant: &str, detail: std::fmt::Arguments<'_>) {
        self.tally.require(holds, invariant, detail);
    }
}

/// One kind of primitive with its objects.
pub(crate) trait Room: Send + Sync {
    /// One operation on one of the objects.
    fn operate(&self, dice: &mut Dice, context: &Context<'_>);

    /// Looks over the objects from outside; called about every second, and at the end.
    fn check(&self, context: &Context<'_>);

    /// Drops the objects: all workers are gone.
    fn close(&self);
}

type Shared<T> = Mutex<Option<Arc<Kept<T>>>>;

/// The objects of a room. Each is replaced now and then, so that first uses and drops go on for as
/// long as the run does.
pub(crate) struct Slots<T> {
    slots: Vec<Shared<T>>,
    make: Box<dyn Fn() -> Kept<T> + Send + Sync>,
    /// One operation in so many replaces the object.
    life: u64,
}

impl<T> Slots<T> {
    pub(crate) fn new(
        number: usize,
        life: u64,
        make: impl Fn() -> Kept<T> + Send + Sync + 'static,
    ) -> Self {
        Self {
            slots: (0..number).map(|_| Mutex::new(None)).collect(),
            make: Box::new(make),
            life,
        }
    }

    /// Objects that have their values in them, and no others.
    pub(crate) fn of(
        setting: Setting,
        number: usize,
        life: u64,
        make: impl Fn(&Arc<Record>) -> T + Send + Sync + 'static,
    ) -> Self {
        Self::new(number, life, move || Kept::new(setting.tally, &make))
    }

    /// One of the objects; a new one if it is time.
    pub(crate) fn pick(&self, dice: &mut Dice) -> Arc<Kept<T>> {
        let slot = &self.slots[dice.index(self.slots.len())];
        let replaced = dice.one_in(self.life).then(|| lock(slot).take()).flatten();
        let object = {
            let mut slot = lock(slot);
            Arc::clone(slot.get_or_insert_with(|| Arc::new((self.make)())))
        };
        // Outside the lock: if this was the last one, its values are dropped here.
        drop(replaced);
        object
    }

    /// The object of a slot, taken out of it.
    pub(crate) fn remove(&self, dice: &mut Dice) -> Option<Arc<Kept<T>>> {
        lock(&self.slots[dice.index(self.slots.len())]).take()
    }

    pub(crate) fn each(&self, mut f: impl FnMut(&Kept<T>)) {
        for slot in &self.slots {
            let object = lock(slot).clone();
            if let Some(object) = object {
                f(&object);
            }
        }
    }

    pub(crate) fn close(&self) {
        for slot in &self.slots {
            let object = lock(slot).take();
            drop(object);
        }
    }
}

fn lock<T>(slot: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}
