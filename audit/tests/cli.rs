//! The program from outside: what it prints, and how it exits.

use std::process::{Command, Stdio};

use serde_json::Value;

mod tree;

use tree::{COUNTER, PLAIN, Tree, text};

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
fn what_is_denied_counts_even_if_nobody_reads_on() {
    let many: String = (0..2_000)
        .map(|n| {
            COUNTER
                .replace("HITS", &format!("H{n}"))
                .replace("hit", &format!("h{n}"))
        })
        .collect();
    let tree = Tree::of(&[("a.rs", many.as_bytes())]);
    let mut program = Command::new(env!("CARGO_BIN_EXE_onset-audit"))
        .args(["a.rs", "--deny", "R1"])
        .current_dir(tree.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(program.stdout.take());
    assert_eq!(program.wait().unwrap().code(), Some(1));
}

#[test]
fn labels_far_apart_are_shown_in_parts() {
    let (head, rest) = COUNTER.split_once('\n').unwrap();
    let far = format!("{head}\n{}{rest}", "// between\n".repeat(2_000));
    let tree = Tree::of(&[("a.rs", far.as_bytes())]);
    let shown = text(&tree.run(&["a.rs"]));
    assert!(shown.contains("--> a.rs:1:1"), "{shown}");
    assert!(shown.contains("HITS += 1"), "{shown}");
    assert!(shown.contains("::: a.rs:2002:"), "{shown}");
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
    let idle = format!("{PLAIN}// onset-audit: allow(R1): nothing\n");
    let tree = Tree::of(&[
        ("a b.rs", COUNTER.as_bytes()),
        ("allowed.rs", allowed.as_bytes()),
        ("broken.rs", b"fn {"),
        ("idle.rs", idle.as_bytes()),
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
    assert_eq!(uri(0), "a%20b.rs");
    assert!(results[0].suppressions.is_none());
    assert_eq!(
        results[1].suppressions.as_ref().unwrap()[0]
            .justification
            .as_deref(),
        Some("a single thread")
    );
    let invocation = &run.invocations.as_ref().unwrap()[0];
    let notifications = invocation.tool_execution_notifications.as_ref().unwrap();
    let said: Vec<&str> = notifications
        .iter()
        .map(|notification| notification.message.text.as_deref().unwrap())
        .collect();
    assert_eq!(said.len(), 2);
    assert!(
        said[0].contains("broken.rs") && said[1].contains("not found"),
        "{said:?}"
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
    let bare = format!("// onset-audit: allow(R1)\n{COUNTER}");
    let tree = Tree::of(&[("a.rs", bare.as_bytes())]);
    let page = text(&tree.run(&["a.rs", "--format", "markdown"]));
    assert!(
        page.contains("- `a.rs:1:1` a comment that allows gives no reason"),
        "{page}"
    );
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
