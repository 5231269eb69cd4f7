//! Panics that are part of an input, and those that are findings.
//!
//! `libfuzzer-sys` installs a hook that aborts at every panic, before anybody could catch it. Two sorts
//! must get past it: those that the input plans, which are raised without the hook, and onset's own,
//! by which it refuses recursion; each of them names a remedy. All others are findings: an assertion
//! of a model, an `expect` inside onset.

use std::panic::{
    AssertUnwindSafe, PanicHookInfo, catch_unwind, resume_unwind, set_hook, take_hook,
};

/// The payload of a planned panic.
struct Planned;

/// What a caught panic was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panic {
    /// The input planned it.
    Planned,
    /// Onset refused to do something.
    Refused,
}

/// For the target's `init`: it runs after `libfuzzer-sys` has installed its hook.
pub fn install_hook() {
    let aborting = take_hook();
    set_hook(Box::new(move |info| {
        if !is_refusal(info) {
            aborting(info);
        }
    }));
}

fn is_refusal(info: &PanicHookInfo<'_>) -> bool {
    info.payload_as_str()
        .is_some_and(|text| text.contains("remedy:"))
}

/// A panic that the hook does not see.
pub fn planned() -> ! {
    resume_unwind(Box::new(Planned))
}

/// What `f` returns, or how it panicked.
pub fn catch<R>(f: impl FnOnce() -> R) -> Result<R, Panic> {
    catch_unwind(AssertUnwindSafe(f)).map_err(|payload| {
        if payload.is::<Planned>() {
            Panic::Planned
        } else {
            Panic::Refused
        }
    })
}

/// What `f` returns, or what a panic of it comes to.
pub fn caught<R: From<Panic>>(f: impl FnOnce() -> R) -> R {
    catch(f).unwrap_or_else(R::from)
}

/// Goes on with a panic that was caught, on another thread perhaps.
pub fn go_on(panic: Panic) -> ! {
    match panic {
        Panic::Planned => planned(),
        Panic::Refused => resume_unwind(Box::new("refused")),
    }
}
