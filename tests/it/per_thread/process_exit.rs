//! A process that ends while a value is in use: on most platforms its thread's destructors run
//! then, below the frames that still hold references.

use std::{
    process::{ExitStatus, abort, exit},
    thread,
};

use onset::{PerThread, Resource};

use super::OnDrop;
use crate::support::{Ledger, Tracked, Worker, alone, watchdog};

/// Any number that no test program ends with by itself.
const WELL: i32 = 7;

/// A value must not be dropped while it is in use, not even then: other threads may read it.
static IN_USE: PerThread<OnDrop> = PerThread::new(|| OnDrop::new(|| abort()));

impl Resource for OnDrop {
    type Error = ();
    fn commit(&mut self) -> Result<(), ()> {
        Ok(())
    }
    fn rollback(&mut self) -> Result<(), ()> {
        Ok(())
    }
}

#[track_caller]
fn assert_ended_well(status: ExitStatus) {
    assert_eq!(status.code(), Some(WELL), "{status}");
}

macro_rules! ends_well {
    ($($(#[$doc:meta])* $name:ident: $body:expr;)*) => {$(
        $(#[$doc])*
        #[test]
        fn $name() {
            let _watch = watchdog();
            if let Some(output) = alone(module_path!(), stringify!($name), || $body) {
                assert_ended_well(output.status);
            }
        }
    )*};
}

ends_well! {
    inside_with: IN_USE.with(|_| exit(WELL));
    inside_a_first_use_of_another_object: IN_USE.with(|_| {
        PerThread::<u8, _>::new(|| exit(WELL)).with(|_| ());
    });
    inside_for_each: {
        IN_USE.with(|_| ());
        IN_USE.for_each(|_| exit(WELL));
    };
    /// What is taken out stands in no list; in its place there is another thread's value.
    inside_a_scope: {
        let other = Worker::new();
        IN_USE.with(|_| ());
        other.run(|| IN_USE.with(|_| ()));
        let ended: Result<(), _> = IN_USE.scope(|_| -> Result<(), ()> { exit(WELL) });
        unreachable!("{ended:?}");
    };
    /// From another thread, which visits: the value's own thread goes on.
    inside_another_thread_s_for_each: IN_USE.with(|_| thread::scope(|s| {
        s.spawn(|| IN_USE.for_each(|_| exit(WELL)));
    }));
}

/// The values that nobody uses are dropped, or not; the process ends.
#[test]
fn outside() {
    static UNUSED: PerThread<Tracked> = PerThread::new(|| Ledger::new().value(1));
    let _watch = watchdog();
    let ends = || {
        UNUSED.with(Tracked::id);
        exit(WELL)
    };
    if let Some(output) = alone(module_path!(), "outside", ends) {
        assert_ended_well(output.status);
    }
}
