//! The program from outside: what it reads, what it prints, how it exits.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;
use tempfile::TempDir;

/// A static that is found, and one that is not.
const COUNTER: &str = "static mut HITS: u32 = 0;\npub fn hit() { unsafe { HITS += 1 } }\n";
const PLAIN: &str = "pub static NAME: &str = \"plain\";\n";

/// A folder with files in it.
struct Tree(TempDir);

impl Tree {
    fn of(files: &[(&str, &[u8])]) -> Self {
        let tree = Self(tempfile::tempdir().unwrap());
        for (path, text) in files {
            let path = tree.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        tree
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Runs the program in the folder.
    fn run(&self, args: &[&str]) -> Output {
        self.run_as(env!("CARGO_BIN_EXE_onset-audit"), args)
    }

    fn run_as(&self, program: &str, args: &[&str]) -> Output {
        let mut command = Command::new(program);
        command
            .args(args)
            .current_dir(self.path())
            .output()
            .unwrap()
    }

    /// The report as JSON, and the exit code.
    fn json(&self, args: &[&str]) -> (Value, i32) {
        let output = self.run(&[&["--format", "json"], args].concat());
        let report = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {output:?}"));
        (report, output.status.code().unwrap())
    }

    /// The paths of the findings.
    fn found_in(&self, args: &[&str]) -> Vec<PathBuf> {
        let (report, _) = self.json(args);
        let findings = report["findings"].as_array().unwrap();
        findings
            .iter()
            .map(|finding| finding["path"].as_str().unwrap().into())
            .collect()
    }
}

fn manifest(name: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n")
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn exit_codes_say_what_was_denied_and_what_could_not_be_read() {
    let tree = Tree::of(&[
        ("a.rs", COUNTER.as_bytes()),
        ("b.rs", b"fn {"),
        ("c.rs", PLAIN.as_bytes()),
    ]);
    let code = |args: &[&str]| tree.run(args).status.code().unwrap();
    assert_eq!(code(&["a.rs"]), 0);
    assert_eq!(code(&["a.rs", "--deny", "R1"]), 1);
    assert_eq!(code(&["a.rs", "--deny", "static-mut,R2"]), 1);
    assert_eq!(code(&["a.rs", "--deny", "all"]), 1);
    assert_eq!(code(&["a.rs", "--deny", "R2"]), 0);
    assert_eq!(code(&["a.rs", "--deny", "R1", "--allow", "R1"]), 0);
    assert_eq!(code(&["b.rs"]), 2);
    assert_eq!(code(&["c.rs", "missing.rs"]), 2);
    assert_eq!(
        code(&[".", "--deny", "R1"]),
        1,
        "what is denied weighs more"
    );
    assert_eq!(code(&["--deny", "R99"]), 2, "there is no such rule");
}

#[test]
fn a_file_that_does_not_parse_is_reported_and_the_rest_goes_on() {
    let tree = Tree::of(&[
        ("a.rs", COUNTER.as_bytes()),
        ("broken.rs", b"fn f() {}\nfn g( {\n"),
        ("latin.rs", b"// caf\xe9\nstatic mut X: u8 = 0;\n"),
    ]);
    let (report, code) = tree.json(&["."]);
    assert_eq!(code, 2);
    assert_eq!(report["findings"].as_array().unwrap().len(), 1);
    let unread = report["unread"].as_array().unwrap();
    let of = |name: &str| {
        unread
            .iter()
            .find(|unread| unread["path"].as_str().unwrap().ends_with(name))
            .unwrap()
    };
    assert_eq!(of("broken.rs")["at"][0], 2);
    assert!(of("latin.rs")["why"].as_str().unwrap().contains("UTF-8"));
    assert_eq!(report["files"], 1);
}

#[test]
fn code_that_nests_too_deep_is_refused_not_a_crash() {
    let brackets = format!(
        "const A: u32 = {}1{};\n",
        "(".repeat(20_000),
        ")".repeat(20_000)
    );
    let deep = format!(
        "fn f(x: bool) {{ {} }}\n",
        "if x {} else ".repeat(1_000) + "{}"
    );
    let tree = Tree::of(&[
        ("brackets.rs", brackets.as_bytes()),
        ("deep.rs", deep.as_bytes()),
    ]);
    let (report, code) = tree.json(&["."]);
    assert_eq!(code, 2);
    let unread = report["unread"].as_array().unwrap();
    assert_eq!(unread.len(), 1);
    assert!(unread[0]["why"].as_str().unwrap().contains("nested"));
}

#[test]
fn what_editors_leave_in_files_does_no_harm() {
    let tree = Tree::of(&[
        ("empty.rs", b""),
        ("marked.rs", "\u{feff}static mut HITS: u32 = 0;\r\nfn f() { unsafe { HITS += 1 } }\r\n".as_bytes()),
        ("script.rs", b"#!/usr/bin/env run\nstatic mut HITS: u32 = 0;\nfn f() { unsafe { HITS += 1 } }\n"),
        ("wide.rs", "/* \u{65e5}\u{672c} */ static mut \u{e4}: u32 = 0;\tfn f() { unsafe { \u{e4} += 1 } }\n".as_bytes()),
    ]);
    let (report, code) = tree.json(&["."]);
    assert_eq!(code, 0);
    let place = |name: &str| {
        let findings = report["findings"].as_array().unwrap();
        let found = findings
            .iter()
            .find(|finding| finding["path"].as_str().unwrap().ends_with(name))
            .unwrap();
        (
            found["line"].as_u64().unwrap(),
            found["column"].as_u64().unwrap(),
        )
    };
    assert_eq!(place("marked.rs"), (1, 2), "the mark is a character");
    assert_eq!(place("script.rs"), (2, 1));
    assert_eq!(place("wide.rs"), (1, 10));
    assert!(text(&tree.run(&["."])).contains("static mut \u{e4}"));
}

#[test]
fn a_comment_with_a_reason_allows_and_one_without_does_not() {
    let allowed = format!("// onset-audit: allow(R1): a single thread\n{COUNTER}");
    let bare = format!("// onset-audit: allow(R1)\n{COUNTER}");
    let idle = format!("// onset-audit: allow(R5): none here\n{PLAIN}");
    let tree = Tree::of(&[
        ("allowed.rs", allowed.as_bytes()),
        ("bare.rs", bare.as_bytes()),
        ("idle.rs", idle.as_bytes()),
    ]);
    let reason = |name: &str| tree.json(&[name]).0["findings"][0]["allowed"].clone();
    assert_eq!(reason("allowed.rs"), "a single thread");
    assert_eq!(reason("bare.rs"), Value::Null);
    let said = |name: &str| {
        tree.json(&[name]).0["remarks"][0]["title"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    assert_eq!(said("allowed.rs"), "");
    assert!(said("bare.rs").contains("no reason"));
    assert!(said("idle.rs").contains("not found"));
    let code = |name: &str| tree.run(&[name, "--deny", "all"]).status.code().unwrap();
    assert_eq!((code("allowed.rs"), code("bare.rs")), (0, 1));
    let whole = format!(
        "{PLAIN}// onset-audit: allow-file(R1): a single thread\n{COUNTER}{}",
        COUNTER.replace("HITS", "MORE").replace("hit", "more")
    );
    let tree = Tree::of(&[("a.rs", whole.as_bytes())]);
    assert_eq!(tree.run(&["a.rs", "--deny", "all"]).status.code(), Some(0));
}

#[test]
fn a_workspace_is_read_member_by_member() {
    let nested = manifest("nested") + "[workspace]\n";
    let excluding =
        manifest("one") + "[package.metadata.onset-audit]\nexclude = [\"fixtures/**\"]\n";
    let tree = Tree::of(&[
        (
            "Cargo.toml",
            b"[workspace]\nmembers = [\"one\", \"two\"]\nresolver = \"2\"\n",
        ),
        ("one/Cargo.toml", excluding.as_bytes()),
        ("one/src/lib.rs", COUNTER.as_bytes()),
        ("one/fixtures/a.rs", COUNTER.as_bytes()),
        ("one/nested/Cargo.toml", nested.as_bytes()),
        ("one/nested/src/lib.rs", COUNTER.as_bytes()),
        ("two/Cargo.toml", manifest("two").as_bytes()),
        ("two/src/main.rs", b"mod part;\nfn main() { part::hit() }\n"),
        ("two/src/part.rs", COUNTER.as_bytes()),
        ("target/debug/build/out.rs", COUNTER.as_bytes()),
    ]);
    assert_eq!(
        tree.found_in(&["."]),
        [Path::new("one/src/lib.rs"), Path::new("two/src/part.rs")]
    );
    assert_eq!(tree.found_in(&["two"]), [Path::new("two/src/part.rs")]);
    assert_eq!(
        tree.found_in(&["two/Cargo.toml"]),
        [Path::new("two/src/part.rs")]
    );
    assert_eq!(
        tree.found_in(&[".", "--exclude", "src/part.rs"]),
        [Path::new("one/src/lib.rs")]
    );
    let (report, _) = tree.json(&["two"]);
    assert_eq!(report["findings"][0]["row"]["module"], "two::part");
}

#[test]
fn a_folder_without_a_manifest_is_read_as_it_is() {
    let tree = Tree::of(&[
        ("some-1.0/Cargo.toml", manifest("some").as_bytes()),
        ("some-1.0/src/lib.rs", COUNTER.as_bytes()),
        ("some-1.0/target/debug/x.rs", COUNTER.as_bytes()),
        ("loose.rs", COUNTER.as_bytes()),
        (".gitignore", b"loose.rs\n"),
    ]);
    let mut found = tree.found_in(&["."]);
    found.sort();
    assert_eq!(
        found,
        [Path::new("./loose.rs"), Path::new("./some-1.0/src/lib.rs")]
    );
}

#[test]
fn a_manifest_that_cargo_refuses_is_reported_and_its_folder_read() {
    let tree = Tree::of(&[
        ("Cargo.toml", b"[package]\nname = 1\n"),
        ("src/lib.rs", COUNTER.as_bytes()),
    ]);
    let (report, code) = tree.json(&["."]);
    assert_eq!(code, 2);
    assert!(
        report["unread"][0]["path"]
            .as_str()
            .unwrap()
            .ends_with("Cargo.toml")
    );
    assert_eq!(report["findings"].as_array().unwrap().len(), 1);
}

#[test]
fn a_manifest_allows_a_crate_to_be_there_twice() {
    let fixture =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/r8/hit_two_versions_by_path");
    let tree = Tree::of(&[]);
    copy(&fixture, tree.path());
    let denied = |tree: &Tree| tree.run(&[".", "--deny", "R8"]).status.code().unwrap();
    assert_eq!(denied(&tree), 1);
    let manifest = tree.path().join("Cargo.toml");
    let allowing = fs::read_to_string(&manifest).unwrap()
        + "# onset-audit: allow(R8, names): each has its own names\n";
    fs::write(&manifest, allowing).unwrap();
    assert_eq!(denied(&tree), 0);
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, target).unwrap();
        }
    }
}

#[test]
fn the_subcommand_of_cargo_is_the_same_program() {
    let tree = Tree::of(&[("a.rs", COUNTER.as_bytes())]);
    let output = tree.run_as(
        env!("CARGO_BIN_EXE_cargo-onset-audit"),
        &["onset-audit", "a.rs", "--deny", "R1"],
    );
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output).contains("R1"));
}

#[test]
fn people_get_a_diagnostic_and_a_table() {
    let tree = Tree::of(&[("a.rs", COUNTER.as_bytes())]);
    let all = text(&tree.run(&["a.rs"]));
    for part in [
        "warning[R1]: `static mut HITS`: a counter",
        "--> a.rs:1:1",
        "^^^^",
        "= help: use",
        "fetch_add",
        "incomplete initialisation",
        "1 finding (R1 1)",
    ] {
        assert!(all.contains(part), "{part} in {all}");
    }
    assert!(!all.contains('\u{1b}'), "no colours where no terminal is");
    assert!(text(&tree.run(&["a.rs", "--color", "always"])).contains('\u{1b}'));
    assert!(text(&tree.run(&["a.rs", "--deny", "R1"])).contains("error[R1]"));
    let summary = text(&tree.run(&["a.rs", "--summary"]));
    assert!(summary.contains("counter (high)") && !summary.contains("warning"));
}

#[test]
fn sarif_is_what_its_types_say() {
    let allowed = format!("// onset-audit: allow(R1): a single thread\n{COUNTER}");
    let tree = Tree::of(&[
        ("a b.rs", COUNTER.as_bytes()),
        ("allowed.rs", allowed.as_bytes()),
        ("broken.rs", b"fn {"),
    ]);
    let output = tree.run(&[".", "--format", "sarif", "--deny", "R1"]);
    let log: serde_sarif::sarif::Sarif = serde_json::from_slice(&output.stdout).unwrap();
    let run = &log.runs[0];
    assert_eq!(run.tool.driver.rules.as_ref().unwrap().len(), 8);
    let results = run.results.as_ref().unwrap();
    assert_eq!(results.len(), 2);
    let uri = |number: usize| {
        let location = &results[number].locations.as_ref().unwrap()[0];
        let file = location
            .physical_location
            .as_ref()
            .unwrap()
            .artifact_location
            .as_ref()
            .unwrap();
        file.uri.clone().unwrap()
    };
    assert_eq!(uri(0), "./a%20b.rs");
    assert!(results[0].suppressions.is_none());
    assert_eq!(
        results[1].suppressions.as_ref().unwrap()[0]
            .justification
            .as_deref(),
        Some("a single thread")
    );
    let invocation = &run.invocations.as_ref().unwrap()[0];
    assert_eq!(
        invocation
            .tool_execution_notifications
            .as_ref()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn markdown_has_a_row_and_a_section_for_each_finding() {
    let tree = Tree::of(&[("a.rs", COUNTER.as_bytes())]);
    let page = text(&tree.run(&["a.rs", "--format", "markdown"]));
    let rows = page
        .lines()
        .filter(|line| line.starts_with("| R1 |"))
        .count();
    let sections = page
        .lines()
        .filter(|line| line.starts_with("## `static mut HITS`"))
        .count();
    assert_eq!((rows, sections), (1, 1));
}

#[test]
fn rules_are_listed_and_explained() {
    let tree = Tree::of(&[]);
    let list = text(&tree.run(&["--list"]));
    assert_eq!(list.lines().count(), 8);
    for rule in 1..=8 {
        let page = text(&tree.run(&["--explain", &format!("r{rule}")]));
        assert!(
            page.starts_with("# ") && page.contains("onset-audit: allow"),
            "R{rule}"
        );
    }
}
