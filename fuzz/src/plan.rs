//! What user code does besides, once, when it is called.

use std::{cell::RefCell, thread};

use arbitrary::Arbitrary;

use crate::panics::planned;

/// When user code is called.
#[derive(Arbitrary, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// A key is hashed.
    Hash,
    /// Two keys are compared.
    Eq,
    /// A key or value is dropped.
    Drop,
}

/// What it does.
pub enum Act {
    /// It panics.
    Panic,
    /// It tells the opposite of the truth. A destructor has nothing to say.
    Lie,
    /// It does something with the object.
    Do(Box<dyn FnOnce()>),
}

struct Plan {
    moment: Moment,
    others: u8,
    act: Act,
}

thread_local! {
    static PLAN: RefCell<Option<Plan>> = const { RefCell::new(None) };
}

/// Plans for this thread that `act` happens at such a moment, after so many `others`.
pub fn arm(moment: Moment, others: u8, act: Act) {
    PLAN.set(Some(Plan {
        moment,
        others,
        act,
    }));
}

/// Forgets the plan. Returns whether there still was one: it did not come to that.
pub fn disarm() -> bool {
    PLAN.take().is_some()
}

/// It is such a moment. Returns whether to lie.
pub(crate) fn reached(moment: Moment) -> bool {
    let Some(act) = due(moment) else { return false };
    match act {
        Act::Panic => planned(),
        Act::Lie => true,
        Act::Do(f) => {
            f();
            false
        }
    }
}

/// The act, if it is time. Nothing happens while a panic unwinds: a second one would abort the program,
/// and rightly so. A thread that is torn down has no plan.
fn due(moment: Moment) -> Option<Act> {
    if thread::panicking() {
        return None;
    }
    let taken = PLAN.try_with(|plan| {
        let mut plan = plan.borrow_mut();
        let planned = plan.as_mut().filter(|plan| plan.moment == moment)?;
        match planned.others.checked_sub(1) {
            Some(left) => {
                planned.others = left;
                None
            }
            None => plan.take(),
        }
    });
    taken.ok().flatten().map(|plan| plan.act)
}
