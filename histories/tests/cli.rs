//! The program as it is run.

use std::process::{Command, Output};

fn histories(args: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_histories");
    let output = Command::new(program).args(args).output();
    output.expect("the program was built")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("it writes UTF-8")
}

#[test]
fn a_few_rounds_of_one_primitive() {
    let args = [
        "--only",
        "OnceCell",
        "--rounds",
        "63",
        "--seed",
        "7",
        "--least-overlap",
        "0",
    ];
    let output = histories(&args);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let shown = text(&output.stdout);
    let mut lines = shown.lines();
    assert_eq!(lines.next(), Some("seed 7"));
    let row = lines.next_back().expect("the table has a row");
    let row: Vec<_> = row.split('|').map(str::trim).collect();
    assert_eq!((row[1], row[2], row[5]), ("OnceCell", "63", "linearizable"));
}

#[test]
fn without_overlap_nothing_is_proven() {
    let output = histories(&[
        "--only",
        "TakeCell",
        "--rounds",
        "8",
        "--least-overlap",
        "101",
    ]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("proves nothing"));
    let complaint = text(&output.stderr);
    assert!(complaint.contains("less than 101 %"), "{complaint}");
    assert!(complaint.contains("remedy: "), "{complaint}");
}

#[test]
fn wrong_usage() {
    for args in [
        ["--only", "Mutex"],
        ["--threads", "1"],
        ["--threads", "13"],
        ["--rounds", "x"],
    ] {
        assert_eq!(histories(&args).status.code(), Some(2), "{args:?}");
    }
}
