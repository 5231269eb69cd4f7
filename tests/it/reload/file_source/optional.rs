//! Files that need not exist, and files that are not opened by their names alone.

use std::{
    fs::{self, File},
    io,
    path::Path,
    time::Duration,
};

use onset::{FileSource, OptionalFile, Reload, Stale};

use super::{Directory, Parse, sentence, write};
use crate::support::Tally;

fn optional(path: &Path) -> Reload<OptionalFile<Parse>> {
    Reload::new(FileSource::new(path, sentence as Parse).optional())
        .check_every(Duration::ZERO)
        .back_off(Duration::ZERO)
        .stale(Stale::Wait)
}

#[track_caller]
fn text(reload: &Reload<OptionalFile<Parse>>) -> Option<String> {
    (*reload.get().expect("it is not a failure")).clone()
}

#[test]
fn it_comes_and_goes() {
    let directory = Directory::new();
    let path = directory.at("file");
    let reload = optional(&path);
    assert_eq!(reload.source().path(), path);
    for round in ["one", "two"] {
        assert_eq!((text(&reload), text(&reload)), (None, None));
        write(&path, &format!("{round}."));
        assert_eq!(text(&reload).as_deref(), Some(round));
        fs::remove_file(&path).unwrap();
    }
    assert_eq!(text(&reload), None);
    assert_eq!(reload.generation(), 5, "and nothing is loaded twice");
    assert!(reload.status().error.is_none());
}

#[test]
fn its_directory_comes_and_goes() {
    let directory = Directory::new();
    let within = directory.at("within");
    let path = within.join("file");
    let reload = optional(&path);
    assert_eq!(text(&reload), None);
    fs::create_dir(&within).unwrap();
    write(&path, "here.");
    assert_eq!(text(&reload).as_deref(), Some("here"));
    fs::remove_dir_all(&within).unwrap();
    assert_eq!(text(&reload), None);
    write(&within, "no directory.");
    assert_eq!(text(&reload), None);
    assert!(reload.status().error.is_none());
}

/// What is there, but wrong, is no reason to be without it.
#[test]
fn a_broken_one_is_a_failure() {
    let directory = Directory::new();
    let path = directory.at("file");
    let reload = optional(&path);
    write(&path, "half");
    assert!(reload.get().is_err());
    write(&path, "whole.");
    assert_eq!(text(&reload).as_deref(), Some("whole"));
    write(&path, "half again");
    assert_eq!(text(&reload).as_deref(), Some("whole"));
    assert!(reload.status().error.is_some());
    fs::remove_file(&path).unwrap();
    assert_eq!(text(&reload), None);
    fs::create_dir(&path).unwrap();
    assert_eq!(text(&reload), None);
    assert!(reload.status().error.is_some(), "a directory is no file");
}

#[test]
fn it_says_which_error_means_that_there_is_none() {
    let directory = Directory::new();
    let missing = |path: &str| {
        let reload = Reload::new(FileSource::new(directory.at(path), sentence as Parse));
        let error = reload.get().map(drop).unwrap_err();
        match error {
            onset::LoadError::Failed(error) => error.is_missing(),
            onset::LoadError::Panicked(text) => panic!("{text}"),
        }
    };
    write(&directory.at("half"), "half");
    assert_eq!(
        ["nothing", "half/of/it", "half", "."].map(missing),
        [true, true, false, false]
    );
}

/// At each check and at each load, by this function and no other.
#[test]
fn a_file_that_another_function_opens() {
    let directory = Directory::new();
    let (path, elsewhere) = (directory.at("file"), directory.at("elsewhere"));
    write(&path, "the wrong one.");
    let opened = Tally::new();
    let open = |asked: &Path| {
        opened.add();
        assert_eq!(asked, path);
        File::open(&elsewhere)
    };
    let source = FileSource::new(&path, sentence as Parse).opened_by(open);
    let reload = Reload::new(source.optional()).check_every(Duration::ZERO);
    assert_eq!(reload.get().unwrap().as_deref(), None);
    write(&elsewhere, "the right one.");
    let before = opened.count();
    assert_eq!(reload.get().unwrap().as_deref(), Some("the right one"));
    assert_eq!(opened.count(), before + 2, "one stamp, one load");
    assert_eq!(reload.get().unwrap().as_deref(), Some("the right one"));
    assert_eq!(opened.count(), before + 3, "one stamp");
}

#[test]
fn what_the_opening_function_says_is_the_error() {
    let forbidden = |_: &Path| Err(io::ErrorKind::PermissionDenied.into());
    let source = FileSource::new("/", sentence as Parse).opened_by(forbidden);
    let error = Reload::new(source.optional()).get().map(drop).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("/ cannot be read: permission denied"),
        "{error}"
    );
}

#[test]
fn it_shows_its_path() {
    let source = FileSource::new("dir/file", sentence as Parse).optional();
    assert_eq!(
        format!("{source:?}"),
        "OptionalFile { path: \"dir/file\", .. }"
    );
}
