//! Hands the compiler's version to the benchmarks: every table names the toolchain it was built by.

use std::{env, process::Command};

fn main() {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("--version").output().ok();
    let version = version.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let version = version.filter(|text| !text.is_empty());
    println!(
        "cargo::rustc-env=ONSET_BENCHES_RUSTC={}",
        version.as_deref().unwrap_or("rustc (unknown)")
    );
    println!("cargo::rerun-if-changed=build.rs");
}
