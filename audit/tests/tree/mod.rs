//! Folders with sources in them, and the program run there.

// Each test program uses its part of this.
#![allow(dead_code)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;
use tempfile::TempDir;

/// A static that is found, and one that is not.
pub(crate) const COUNTER: &str =
    "static mut HITS: u32 = 0;\npub fn hit() { unsafe { HITS += 1 } }\n";
pub(crate) const PLAIN: &str = "pub static NAME: &str = \"plain\";\n";

/// A folder with files in it.
pub(crate) struct Tree(TempDir);

impl Tree {
    pub(crate) fn of(files: &[(&str, &[u8])]) -> Self {
        let tree = Self(tempfile::tempdir().unwrap());
        for (path, text) in files {
            let path = tree.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        tree
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Runs the program in the folder.
    pub(crate) fn run(&self, args: &[&str]) -> Output {
        self.run_as(env!("CARGO_BIN_EXE_onset-audit"), args)
    }

    pub(crate) fn run_as(&self, program: &str, args: &[&str]) -> Output {
        let mut command = Command::new(program);
        command
            .args(args)
            .current_dir(self.path())
            .output()
            .unwrap()
    }

    /// The report as JSON, and the exit code.
    pub(crate) fn json(&self, args: &[&str]) -> (Value, i32) {
        let output = self.run(&[&["--format", "json"], args].concat());
        let report = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {output:?}"));
        (report, output.status.code().unwrap())
    }

    /// The paths of the findings.
    pub(crate) fn found_in(&self, args: &[&str]) -> Vec<PathBuf> {
        let (report, _) = self.json(args);
        let findings = report["findings"].as_array().unwrap();
        findings
            .iter()
            .map(|finding| finding["path"].as_str().unwrap().into())
            .collect()
    }
}

pub(crate) fn manifest(name: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2021\"\n")
}

pub(crate) fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}
