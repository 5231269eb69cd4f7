//! Units of work: each one is committed or rolled back, and never both.

use std::cell::Cell;

use onset::{Resource, ScopeError};

use super::{Place, own::Own};
use crate::{
    dice::Dice,
    faults::{Allowed, Caught, Closure, Failed},
    hand,
    options::Plant,
    room::Context,
    values::Kept,
};

/// How often each hook was called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Called {
    begin: u32,
    commit: u32,
    rollback: u32,
}

/// What the hooks do.
#[derive(Clone, Copy)]
struct Plan {
    begin: Closure,
    commit: Closure,
    rollback: Closure,
}

thread_local! {
    static CALLED: Cell<Called> = const { Cell::new(Called { begin: 0, commit: 0, rollback: 0 }) };
    static PLAN: Cell<Option<Plan>> = const { Cell::new(None) };
}

fn call(
    own: &Own,
    count: fn(&mut Called) -> &mut u32,
    which: fn(&Plan) -> Closure,
) -> Result<(), Failed> {
    let mut called = CALLED.get();
    *count(&mut called) += 1;
    CALLED.set(called);
    PLAN.get()
        .map_or(Ok(()), |plan| which(&plan).pass(own.tally()))
}

impl Resource for Own {
    type Error = Failed;

    fn begin(&mut self) -> Result<(), Failed> {
        self.check_owner();
        self.open = true;
        call(self, |called| &mut called.begin, |plan| plan.begin)
    }

    fn commit(&mut self) -> Result<(), Failed> {
        self.end();
        call(self, |called| &mut called.commit, |plan| plan.commit)
    }

    fn rollback(&mut self) -> Result<(), Failed> {
        self.end();
        call(self, |called| &mut called.rollback, |plan| plan.rollback)
    }
}

impl Own {
    fn end(&mut self) {
        self.require(
            self.open,
            "a unit ends once",
            format_args!("it is not open"),
        );
        self.open = false;
        self.check_owner();
    }
}

pub(super) fn unit(object: &Kept<Place>, dice: &mut Dice, context: &Context<'_>) {
    context.doing("scope");
    let [begin, commit, rollback, work, init] = std::array::from_fn(|_| Closure::draw(dice));
    PLAN.set(Some(Plan {
        begin,
        commit,
        rollback,
    }));
    CALLED.set(Called::default());
    let nested = dice.one_in(8);
    let work = |own: &mut Own| {
        own.check();
        if nested {
            refused_inside(object, context);
        }
        work.pass(context.tally)
    };
    let scope = || hand::closure(init, || object.values.scope(work));
    let outcome = context.caught(Allowed::Nothing, scope);
    let mut called = CALLED.get();
    if outcome.is_ok() && called.commit == 1 && context.planting.now(Plant::BothHooks) {
        called.rollback += 1;
    }
    judge(&outcome, called, context);
}

/// Inside a unit the value is taken.
fn refused_inside(object: &Kept<Place>, context: &Context<'_>) {
    let refused = object.values.try_with(|_| ());
    context.require(
        refused == Err(onset::AccessError::InUse),
        "inside a unit the value is taken",
        format_args!("{refused:?}"),
    );
}

fn judge(
    outcome: &Result<Result<(), ScopeError<Failed, Failed>>, Caught>,
    called: Called,
    context: &Context<'_>,
) {
    let of = |begin, commit, rollback| Called {
        begin,
        commit,
        rollback,
    };
    let fits = match outcome {
        Ok(Ok(()) | Err(ScopeError::Commit(_))) => called == of(1, 1, 0),
        Ok(Err(ScopeError::Work(_) | ScopeError::Rollback { .. })) => called == of(1, 0, 1),
        Ok(Err(ScopeError::Begin(_))) => called == of(1, 0, 0),
        // Of the initialiser, of a destructor, of any hook, or of the work.
        Err(_) => called.commit + called.rollback <= called.begin && called.begin <= 1,
        Ok(Err(_)) => false,
    };
    context.require(
        fits,
        "a unit is committed or rolled back",
        format_args!("{outcome:?} after {called:?}"),
    );
}
