//! The program from outside: what it reads, what it leaves out, and what it cannot read.

use std::{fs, path::Path};

mod tree;

use tree::{COUNTER, PLAIN, Tree, manifest, text};

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
    let references = format!("type A = {}u8;\n", "&".repeat(100_000));
    let chain = format!("fn f() {{ x{}; }}\n", ".a()".repeat(100_000));
    let in_text = format!("pub const A: &str = \"{}\";\n", "[".repeat(20_000));
    let tree = Tree::of(&[
        ("brackets.rs", brackets.as_bytes()),
        ("chain.rs", chain.as_bytes()),
        ("deep.rs", deep.as_bytes()),
        ("references.rs", references.as_bytes()),
        ("text.rs", in_text.as_bytes()),
    ]);
    let (report, code) = tree.json(&["."]);
    assert_eq!(code, 2);
    let refused: Vec<(&str, &str)> = report["unread"]
        .as_array()
        .unwrap()
        .iter()
        .map(|unread| {
            (
                unread["path"].as_str().unwrap(),
                unread["why"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(refused.len(), 3, "{refused:?}");
    assert_eq!(refused[0].0, "brackets.rs");
    assert!(refused[0].1.contains("nested"));
    assert_eq!((refused[1].0, refused[2].0), ("chain.rs", "references.rs"));
    assert!(refused[1].1.contains("tokens") && refused[2].1.contains("tokens"));
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
    let shown = text(&tree.run(&["."]));
    assert!(shown.contains("static mut \u{e4}"));
    assert!(!shown.contains(['\r', '\u{240d}']), "{shown}");
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
fn a_workspace_excludes_relative_to_itself() {
    let workspace = |exclude: &str| {
        format!(
            "[workspace]\nmembers = [\"one\"]\nresolver = \"2\"\n[workspace.metadata.onset-audit]\n{exclude}\n"
        )
    };
    let tree = Tree::of(&[
        (
            "Cargo.toml",
            workspace("exclude = [\"one/fixtures/**\"]").as_bytes(),
        ),
        ("one/Cargo.toml", manifest("one").as_bytes()),
        ("one/src/lib.rs", COUNTER.as_bytes()),
        ("one/fixtures/a.rs", COUNTER.as_bytes()),
    ]);
    assert_eq!(tree.found_in(&["."]), [Path::new("one/src/lib.rs")]);
    assert_eq!(tree.found_in(&["one"]), [Path::new("one/src/lib.rs")]);
    for wrong in ["exclude = \"a\"", "exlude = []"] {
        fs::write(tree.path().join("Cargo.toml"), workspace(wrong)).unwrap();
        let (report, code) = tree.json(&["."]);
        assert_eq!(code, 2, "{wrong}");
        let why = report["unread"][0]["why"].as_str().unwrap();
        assert!(why.contains("metadata.onset-audit"), "{why}");
    }
}

#[cfg(unix)]
#[test]
fn a_link_to_a_package_is_that_package() {
    let tree = Tree::of(&[
        ("real/Cargo.toml", manifest("real").as_bytes()),
        ("real/src/lib.rs", COUNTER.as_bytes()),
    ]);
    std::os::unix::fs::symlink("real", tree.path().join("link")).unwrap();
    let absolute = tree.path().join("link");
    for path in ["link", absolute.to_str().unwrap()] {
        assert_eq!(tree.found_in(&[path]), [Path::new("link/src/lib.rs")]);
    }
}

#[test]
fn a_part_of_a_package_keeps_its_place_in_it() {
    let tree = Tree::of(&[
        ("some/Cargo.toml", manifest("some-name").as_bytes()),
        ("some/src/main.rs", b"mod a;\nfn main() {}\n"),
        ("some/src/a/b.rs", COUNTER.as_bytes()),
        ("loose/c.rs", COUNTER.as_bytes()),
    ]);
    let module = |args: &[&str]| tree.json(args).0["findings"][0]["row"]["module"].clone();
    assert_eq!(module(&["some"]), "some_name::a::b");
    assert_eq!(module(&["some/src"]), "some_name::a::b");
    assert_eq!(module(&["some/src/a"]), "some_name::a::b");
    assert_eq!(module(&["some/src/a/b.rs"]), "b");
    assert_eq!(module(&["loose"]), "loose::c");
    let absolute = tree.path().canonicalize().unwrap().join("some/src");
    assert_eq!(
        tree.found_in(&[absolute.to_str().unwrap()]),
        [Path::new("some/src/a/b.rs")],
        "shown from the current folder on"
    );
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
        [Path::new("loose.rs"), Path::new("some-1.0/src/lib.rs")]
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

#[test]
fn a_lock_file_that_cannot_be_read_is_reported_and_counts_as_no_source() {
    let lock = "version = 4\n\n[[package]]\nname = \"one\"\nversion = \"0.1.0\"\n";
    let tree = Tree::of(&[
        ("Cargo.toml", manifest("one").as_bytes()),
        ("Cargo.lock", lock.as_bytes()),
        ("src/lib.rs", PLAIN.as_bytes()),
    ]);
    let (report, code) = tree.json(&["."]);
    assert_eq!(code, 0);
    let counts = ["packages", "files", "lines"].map(|what| report[what].as_u64());
    assert_eq!(counts, [Some(1); 3]);
    fs::write(tree.path().join("Cargo.lock"), "not [ TOML").unwrap();
    let (report, code) = tree.json(&["."]);
    assert_eq!(code, 2);
    assert_eq!(report["unread"][0]["path"], "Cargo.lock");
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
