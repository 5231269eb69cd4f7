//! The program from outside: what it finds, and what it does not.

mod canaries;
mod sound;

use std::process::Command;

/// How a run ended.
struct Ended {
    code: Option<i32>,
    output: String,
    errors: String,
}

/// Runs the program with these arguments.
fn soak(arguments: &[&str]) -> Ended {
    let output = Command::new(env!("CARGO_BIN_EXE_soak"))
        .args(arguments)
        .output()
        .expect("the program can be run");
    Ended {
        code: output.status.code(),
        output: String::from_utf8_lossy(&output.stdout).into_owned(),
        errors: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
