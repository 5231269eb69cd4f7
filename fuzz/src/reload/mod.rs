//! A value that is kept up to date with a source that fails, panics, and asks for the value.

mod model;

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
    time::Duration,
};

use onset::{Guard, LoadError, Reload, Source, Stale};

use crate::{
    item::{Item, Ledger},
    panics::{Panic, catch, planned},
    plan::{self, Act, Moment},
};
use model::Model;
pub use model::{Manner, Op, Says, Why};

/// So many operations are carried out.
const OPS: usize = 96;
/// So many values are held.
const HELD: usize = 4;
/// Longer than any input takes.
const HOUR: Duration = Duration::from_secs(3600);

/// Says what it is told to.
struct Script {
    ledger: Ledger,
    world: Cell<u64>,
    stamp: Cell<Says>,
    load: Cell<Says>,
    /// The number of what it brings.
    new: Cell<u64>,
    /// Where it is asked from.
    reload: RefCell<Weak<Reload<Self>>>,
}

impl Script {
    fn say(&self, says: Says) -> Result<(), Item> {
        let reload = self.reload.borrow().upgrade().expect("it asks");
        match says {
            Says::Well => {}
            Says::Fails => return Err(self.ledger.item(self.new.get())),
            Says::Panics => planned(),
            Says::Gets => {
                let _ = reload.get().map(|value| value.id());
            }
            Says::Invalidates => reload.invalidate(),
        }
        Ok(())
    }
}

impl Source for Script {
    type Value = Item;
    type Stamp = u64;
    type Error = Item;

    fn stamp(&self) -> Result<u64, Item> {
        let stamp = self.world.get();
        self.say(self.stamp.get()).map(|()| stamp)
    }

    fn load(&self) -> Result<Item, Item> {
        self.say(self.load.get())?;
        Ok(self.ledger.item(self.new.get()))
    }
}

fn why(error: &LoadError<Item>) -> Why {
    match error {
        LoadError::Failed(error) => Why::Failed(error.id()),
        LoadError::Panicked(_) => Why::Panicked,
    }
}

fn reload_of(manner: Manner, ledger: &Ledger) -> Rc<Reload<Script>> {
    let script = Script {
        ledger: ledger.clone(),
        world: Cell::default(),
        stamp: Cell::default(),
        load: Cell::default(),
        new: Cell::default(),
        reload: RefCell::default(),
    };
    let every = if manner.looks_once {
        HOUR
    } else {
        Duration::ZERO
    };
    let stale = if manner.waits {
        Stale::Wait
    } else {
        Stale::Serve
    };
    let reload = Reload::new(script)
        .check_every(every)
        .back_off(every)
        .stale(stale);
    let reload = Rc::new(reload);
    reload.source().reload.replace(Rc::downgrade(&reload));
    reload
}

/// Carries the operations out, and compares all that can be seen after each.
pub fn run(manner: Manner, ops: &[Op]) {
    let ledger = Ledger::default();
    let (reload, mut model) = (reload_of(manner, &ledger), Model::new(manner));
    let mut held: Vec<(u64, Guard<'_, Item>)> = Vec::new();
    for (op, new) in ops[..ops.len().min(OPS)].iter().zip(1..) {
        match *op {
            Op::Get(stamp, load, panics_after) => {
                let script = reload.source();
                script.stamp.set(stamp);
                script.load.set(load);
                script.new.set(new);
                script.world.set(model.world);
                let expected = model.get(stamp, load, new);
                // A destructor that panics where the source asks for the value is the source's panic.
                let asks = [stamp, load].contains(&Says::Gets);
                get(&reload, panics_after.filter(|_| !asks), expected, &mut held);
            }
            Op::Change => model.world += 1,
            Op::Back => model.world = model.world.saturating_sub(1),
            Op::Invalidate => {
                reload.invalidate();
                model.invalidate();
            }
            Op::LetGo(which) => {
                if let Some(which) = usize::from(which).checked_rem(held.len()) {
                    drop(held.swap_remove(which));
                }
            }
        }
        let status = reload.status();
        assert_eq!(status.generation, model.generation);
        assert_eq!(status.failures, model.failures);
        assert_eq!(status.error.as_ref().map(why), model.failure);
        for (id, guard) in &held {
            assert_eq!(guard.id(), *id, "what is held stays the same");
        }
        // The current one and the last error; what is held; and this thread's copy.
        assert!(
            ledger.alive() <= held.len() + 3,
            "what nobody holds is dropped"
        );
    }
    drop(held);
    drop(reload);
    assert_eq!(ledger.alive(), 0, "left over");
}

fn get<'r>(
    reload: &'r Reload<Script>,
    panics_after: Option<u8>,
    expected: Result<u64, Why>,
    held: &mut Vec<(u64, Guard<'r, Item>)>,
) {
    if let Some(others) = panics_after {
        plan::arm(Moment::Drop, others % 3, Act::Panic);
    }
    let got = catch(|| reload.get());
    let is_faulty = !plan::disarm() && panics_after.is_some();
    match got {
        Ok(got) => {
            let seen = got.as_ref().map(|guard| guard.id()).map_err(why);
            assert_eq!(seen, expected);
            if let Ok(guard) = got {
                held.truncate(HELD - 1);
                held.push((guard.id(), guard));
            }
        }
        Err(panic) => assert!(is_faulty && panic == Panic::Planned, "{panic:?}"),
    }
}
