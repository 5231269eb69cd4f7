//! What threads do while they are torn down.

use std::cell::RefCell;

/// Runs its closures when the thread's storage is torn down.
struct AtExit(RefCell<Vec<Box<dyn FnOnce()>>>);

/// So that a thread does not keep too many objects alive.
const MOST: usize = 4;

thread_local! {
    static AT_EXIT: AtExit = const { AtExit(RefCell::new(Vec::new())) };
}

impl Drop for AtExit {
    fn drop(&mut self) {
        for closure in self.0.take() {
            closure();
        }
    }
}

/// Runs `f`, which must not panic, at the thread's exit.
pub(crate) fn at_exit(f: impl FnOnce() + 'static) {
    // While the thread is torn down already there is no later.
    let _ = AT_EXIT.try_with(|at_exit| {
        let mut closures = at_exit.0.borrow_mut();
        if closures.len() < MOST {
            closures.push(Box::new(f));
        }
    });
}
