//! Shows that each atomic ordering and each wake-up of onset is needed: `ordering-mutants/README.md`.

mod baseline;
mod bench;
mod campaign;
mod cli;
mod copy;
mod find;
mod mutant;
mod report;
mod rooms;
mod said;
mod scopes;
mod self_check;
mod source;
mod survivors;
#[cfg(test)]
mod tests;
mod trouble;
mod verdict;
mod workers;

fn main() -> std::process::ExitCode {
    cli::run()
}
