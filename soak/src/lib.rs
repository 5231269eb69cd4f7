//! All of onset's primitives at once, under faults, for as long as you like, with invariants that
//! are checked meanwhile: see `README.md`.
//!
//! * `options`, `run`, `seat`, `watch`, `checker`, `table`: the run, its workers, who
//!   watches them, the end
//! * `dice`, `faults`, `hand`, `exits`: what an operation does, and what goes wrong in it on purpose
//! * `values`, `lingering`, `tally`, `violations`: the books
//! * `planting`: mistakes that are made on purpose, to see that they are found
//! * `room`, `rooms`: the primitives

mod checker;
mod dice;
mod exits;
mod faults;
mod hand;
mod lingering;
mod memory;
mod options;
mod planting;
mod room;
mod rooms;
mod run;
mod seat;
mod table;
mod tally;
mod values;
mod violations;
mod watch;

use std::{ffi::OsString, process::ExitCode};

use clap::Parser as _;

/// Runs the command line `arguments`, the program's name first.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let options = match options::Options::try_parse_from(arguments) {
        Ok(options) => options,
        Err(error) => error.exit(),
    };
    let Some(run) = run::Run::new(&options) else {
        let names: Vec<_> = rooms::ALL.iter().map(|(name, _)| *name).collect();
        eprintln!("there is no such room; the rooms are: {}", names.join(", "));
        return ExitCode::from(2);
    };
    run::run(run, &options)
}
