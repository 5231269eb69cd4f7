//! Shows that each atomic ordering and each wake-up of onset is needed: `ordering-mutants/README.md`.

mod find;
mod mutant;
mod scopes;
mod source;
mod trouble;

fn main() {
    let sources = find::sources(std::path::Path::new(".")).unwrap();
    match find::mutants(&sources) {
        Ok(m) => {
            for m in m {
                println!("{}", m.id)
            }
        }
        Err(t) => println!("{t}"),
    }
}
