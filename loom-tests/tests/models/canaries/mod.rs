//! Broken copies of the protocols. Each must fail, and its twin, which differs in nothing but the
//! mistake, must pass: so the models would see the same mistake in the crate.

mod cells;
mod many;
mod snapshots;
mod threads;

use std::process::Command;

/// Runs `f` in a process of its own, which must fail and say `expected`: when loom finds a deadlock
/// it panics while the model's threads still hold its objects, and their destructors abort the
/// process.
fn must_fail(module: &str, name: &str, expected: &str, f: impl FnOnce()) {
    const VARIABLE: &str = "ONSET_CANARY";
    let (_package, module) = module.split_once("::").expect("the module's path");
    let test = format!("{module}::{name}");
    if std::env::var(VARIABLE).is_ok_and(|chosen| chosen == test) {
        return f();
    }
    let run = Command::new(std::env::current_exe().expect("the test binary"))
        .args(["--exact", &test, "--nocapture"])
        .env(VARIABLE, &test)
        .output()
        .expect("the test binary runs again");
    let said = String::from_utf8_lossy(&run.stderr);
    assert!(
        !run.status.success(),
        "the broken copy passed: the models would miss this mistake"
    );
    assert!(
        said.contains(expected),
        "it failed, but not by `{expected}`: {said}"
    );
}
