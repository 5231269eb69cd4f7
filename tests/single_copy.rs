//! `single_copy!` as its users meet it: small programs in `tests/single_copy/`, built by cargo.

#![cfg(not(miri))]

use std::{
    path::Path,
    process::{Command, Output},
};

/// `cargo <verb>` of one program of a package in `tests/single_copy/`.
fn cargo(verb: &str, profile: &str, package: &str, program: &str) -> Output {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/single_copy");
    Command::new(env!("CARGO"))
        .args([verb, "--offline", "--profile", profile, "--bin", program])
        .arg("--manifest-path")
        .arg(fixtures.join(package).join("Cargo.toml"))
        .arg("--target-dir")
        .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join("single_copy"))
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("CARGO_BUILD_TARGET")
        .env("CARGO_TERM_COLOR", "never")
        .output()
        .expect("cargo starts")
}

/// The program links, and prints `said`.
fn links(profile: &str, package: &str, program: &str, said: &str) {
    let output = cargo("run", profile, package, program);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{profile}: {stderr}");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout).trim(),
        said,
        "{profile}"
    );
}

/// The program is refused when it is linked, for that name and for nothing else.
fn refused(profile: &str, package: &str, program: &str, name: &str) {
    let output = cargo("build", profile, package, program);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success(),
        "{profile}: it has `{name}` twice, and links"
    );

    let text = format!(
        "onset::single_copy!({name}) is in this program twice: see cargo tree --duplicates"
    );
    let errors: Vec<&str> = stderr
        .lines()
        .filter(|line| line.starts_with("error: "))
        .collect();
    // Fat LTO makes one object file of the whole program, before anything is linked: there it is
    // the assembler that finds the name twice.
    let expected = match profile {
        "fat" => format!("error: symbol '{text}' is already defined"),
        _ => "error: linking with ".to_string(),
    };
    assert_eq!(
        errors.len(),
        2,
        "that one, and cargo's that it could not compile: {stderr}"
    );
    assert!(errors[0].starts_with(&expected), "{profile}: {stderr}");
    assert!(stderr.contains(&text), "{profile}: {stderr}");
}

#[test]
fn one_version_reached_by_two_ways_links_and_counts_once() {
    for profile in ["dev", "release"] {
        links(profile, "once", "once", "1 2");
    }
}

#[test]
fn two_versions_do_not_link() {
    for profile in ["dev", "release", "thin", "fat"] {
        refused(profile, "twice", "used", "global::COUNT");
    }
}

/// Only without LTO, which reads all files, used or not.
#[test]
fn two_versions_of_which_nothing_is_used_do_not_link() {
    for profile in ["dev", "release"] {
        refused(profile, "twice", "linked", "global::COUNT");
    }
}

#[test]
fn different_names_in_one_crate_link() {
    links("dev", "names", "different", "linked");
}

#[test]
fn the_same_name_twice_in_one_crate_does_not_link() {
    refused("dev", "names", "same", "names::A");
}
