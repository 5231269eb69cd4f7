//! Each rule against small sources: what it must find, line by line, and what must leave it silent.
//!
//! `fixtures/rN/` has the cases of rule N: files, or folders that are packages. A comment says what is
//! expected on its line (`#~` in a `Cargo.lock`):
//!
//! | comment                   | means                                                  |
//! | ------------------------- | ------------------------------------------------------ |
//! | `//~ R1 once`             | a finding of rule 1 whose first verdict is `once`      |
//! | `//~ R1 once \| snapshot` | one of these comes first                               |
//! | `//~ R1 !never-written`   | any verdict may come first but this one                |
//! | `//~ R1 counter high`     | and its confidence is high                             |
//! | `//~ R1 counter "32-bit"` | and the finding says "32-bit" somewhere                |
//! | `//~? R7`                 | a finding of rule 7 may be there                       |
//!
//! What no comment expects must not be found. A file is named for what it shows, `hit_…` or
//! `near_miss_…`; a near miss of rule 1 may be a hit of another verdict.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use onset_audit::rule::Rule;
use serde_json::Value;

mod expected;

use expected::{Expected, Found, deviations};

/// A file or a package, and what is to be found in it.
struct Case {
    path: PathBuf,
    expected: Vec<Expected>,
}

impl Case {
    fn read(path: PathBuf) -> Self {
        let path = fs::canonicalize(path).unwrap();
        let mut expected = Vec::new();
        for file in sources(&path) {
            let text = fs::read_to_string(&file).unwrap();
            expected.extend(expected::read(&file, &text));
        }
        Self { path, expected }
    }

    fn is_named(&self, what: &str) -> bool {
        self.path
            .file_name()
            .unwrap()
            .to_string_lossy()
            .starts_with(what)
    }
}

/// The files below a path in which something may be expected.
fn sources(path: &Path) -> Vec<PathBuf> {
    if path.is_dir() {
        return entries(path)
            .iter()
            .flat_map(|entry| sources(entry))
            .collect();
    }
    let is_lock = path.file_name().is_some_and(|name| name == "Cargo.lock");
    let is_rust = path.extension().is_some_and(|extension| extension == "rs");
    if is_lock || is_rust {
        vec![path.to_owned()]
    } else {
        Vec::new()
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let read = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut entries: Vec<_> = read.map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}

fn folder_of(rule: Rule) -> PathBuf {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    fixtures.join(rule.code().to_lowercase())
}

fn cases_of(rule: Rule) -> Vec<Case> {
    entries(&folder_of(rule))
        .into_iter()
        .map(Case::read)
        .collect()
}

/// Runs the tool on a case.
fn audit(path: &Path) -> Result<Vec<Found>, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_onset-audit"));
    let output = command
        .args(["--format", "json"])
        .arg(path)
        .output()
        .unwrap();
    let report: Value = match serde_json::from_slice(&output.stdout) {
        Ok(report) if output.status.success() => report,
        _ => {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(format!("no report ({}): {said}", output.status));
        }
    };
    let findings = report["findings"].as_array().ok_or("no list of findings")?;
    let open = findings
        .iter()
        .filter(|finding| finding["allowed"].is_null());
    Ok(open.map(found).collect())
}

/// One finding of the tool's report.
fn found(finding: &Value) -> Found {
    let text = |value: &Value| {
        value
            .as_str()
            .unwrap_or_else(|| panic!("not as a finding should be: {finding}"))
            .to_owned()
    };
    let first = &finding["verdicts"][0];
    Found {
        rule: text(&finding["rule"]),
        path: fs::canonicalize(text(&finding["path"])).unwrap(),
        line: finding["line"].as_u64().unwrap() as usize,
        verdict: text(&first["name"]),
        confidence: text(&first["confidence"]),
        title: text(&finding["title"]),
        all: finding.to_string(),
    }
}

#[test]
fn the_rules_find_what_the_fixtures_expect_and_nothing_else() {
    let mut ran = 0;
    let mut wrong = Vec::new();
    for case in Rule::ALL.into_iter().flat_map(cases_of) {
        ran += 1;
        match audit(&case.path) {
            Ok(found) => wrong.extend(deviations(&case.expected, &found)),
            Err(error) => wrong.push(format!("{}: {error}", case.path.display())),
        }
    }
    assert!(ran > 0, "there are no fixtures");
    let root = format!("{}/tests/fixtures/", env!("CARGO_MANIFEST_DIR"));
    let lines = wrong.join("\n").replace(&root, "");
    assert!(
        wrong.is_empty(),
        "{} deviations in {ran} fixtures:\n{lines}",
        wrong.len()
    );
}

#[test]
fn every_rule_has_hits_and_near_misses() {
    for rule in Rule::ALL {
        let cases = cases_of(rule);
        let code = rule.code();
        for case in &cases {
            let path = case.path.display();
            let is_hit = case.is_named("hit_");
            assert!(
                is_hit || case.is_named("near_miss_"),
                "{path}: neither a hit nor a near miss"
            );
            assert!(
                !is_hit || !case.expected.is_empty(),
                "{path}: a hit where nothing is expected"
            );
        }
        let of_rule = |case: &Case| case.expected.iter().any(|expected| expected.rule == code);
        let hits = cases
            .iter()
            .filter(|case| case.is_named("hit_") && of_rule(case))
            .count();
        let silent = cases.iter().filter(|case| case.expected.is_empty()).count();
        assert!(hits > 0, "{code} has no hit");
        assert!(silent > 0, "{code} has no near miss that must be silent");
    }
}
