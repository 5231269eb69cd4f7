//! A test that needs a process to itself: it starts the test program again, for itself alone.

use std::{
    env,
    process::{Command, Output},
};

const ALONE: &str = "ONSET_TEST_ALONE";

/// What starts a test program that this system cannot start by itself: an emulator and its
/// arguments.
const RUNNER: &str = "ONSET_TEST_RUNNER";

/// This test program, not yet started.
fn this_program() -> Command {
    let this = env::current_exe().expect("the test program");
    let runner = env::var(RUNNER).unwrap_or_default();
    let mut words = runner.split_whitespace();
    let Some(emulator) = words.next() else {
        return Command::new(this);
    };
    let mut program = Command::new(emulator);
    program.args(words).arg(this);
    program
}

/// In the test's own process does `body` and returns nothing; in any other one starts that process,
/// and returns what became of it.
#[must_use]
pub(crate) fn alone(module: &str, test: &str, body: impl FnOnce()) -> Option<Output> {
    if env::var_os(ALONE).is_some() {
        body();
        return None;
    }
    let (_crate, module) = module.split_once("::").expect("a module of this crate");
    let mut program = this_program();
    program
        .args(["--exact", &format!("{module}::{test}"), "--nocapture"])
        .env(ALONE, "1")
        // An address sanitizer that keeps freed memory to itself looks like a leak; and a request
        // for more memory than there is must fail, not end the process.
        .env(
            "ASAN_OPTIONS",
            "quarantine_size_mb=0:thread_local_quarantine_size_kb=0:allocator_may_return_null=1",
        );
    Some(program.output().expect("it starts"))
}

/// That the test ran alone, and passed.
#[track_caller]
pub(crate) fn assert_passed(output: &Output) {
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
