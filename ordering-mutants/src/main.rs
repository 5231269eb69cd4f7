//! Shows that each atomic ordering and each wake-up of onset is needed: `ordering-mutants/README.md`.

mod scopes;
mod source;
mod trouble;

fn main() {}
