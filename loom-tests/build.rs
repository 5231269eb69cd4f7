//! Switches `src/sync` to loom's primitives for this package alone, so that
//! plain `cargo test --workspace` runs the models.

fn main() {
    println!("cargo::rustc-cfg=onset_loom");
    println!("cargo::rerun-if-changed=build.rs");
}
