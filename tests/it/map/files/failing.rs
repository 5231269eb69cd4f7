//! Files that are missing or broken.

use std::{fs, io};

use onset::{FileError, LoadError, Stale};

use super::{Cache, Directory, Malformed, Trouble};
use crate::support::run_together;

#[track_caller]
fn assert_missing(trouble: Trouble) {
    match trouble {
        LoadError::Failed(error) => match &*error {
            FileError::Read(_, error) => assert_eq!(error.kind(), io::ErrorKind::NotFound),
            other => panic!("{other:?}"),
        },
        LoadError::Panicked(text) => panic!("{text}"),
    }
}

#[test]
fn missing_files_leave_nothing_in_the_map() {
    let (directory, cache) = (Directory::new(), Cache::new(Stale::Serve));
    run_together(8, |thread| {
        for n in 0..100 {
            // Some by all of them, some by one.
            let path = directory.at(&format!("missing-{}", n + thread % 2 * 100));
            assert_missing(cache.module(&path).map(drop).unwrap_err());
        }
    });
    assert_eq!((cache.pages.len(), cache.pages.iter().count()), (0, 0));
    assert_eq!(cache.parsed.count(), 0);
    directory.publish("missing-1", 7);
    assert_eq!(
        cache.module(&directory.at("missing-1")).unwrap().version(),
        7
    );
}

#[test]
fn a_file_that_is_broken_from_the_start_leaves_nothing_either() {
    let (directory, cache) = (Directory::new(), Cache::new(Stale::Serve));
    let path = directory.at("a");
    for (text, malformed) in [
        ("version 1\n", Malformed::Torn),
        ("one\nend", Malformed::NotANumber),
    ] {
        directory.publish_text("a", text);
        match cache.module(&path).map(drop).unwrap_err() {
            LoadError::Failed(error) => {
                assert!(matches!(&*error, FileError::Parse(_, found) if *found == malformed));
            }
            LoadError::Panicked(text) => panic!("{text}"),
        }
        assert!(cache.pages.is_empty());
    }
    directory.publish("a", 2);
    assert_eq!(cache.module(&path).unwrap().version(), 2);
}

#[test]
fn a_broken_edit_keeps_the_last_good_version() {
    for stale in [Stale::Serve, Stale::Wait] {
        let (directory, cache) = (Directory::new(), Cache::new(stale));
        let path = directory.at("a");
        directory.publish("a", 1);
        assert_eq!(cache.module(&path).unwrap().version(), 1);
        directory.publish_text("a", "version 2\nversion");
        for _ in 0..3 {
            assert_eq!(cache.module(&path).unwrap().version(), 1);
        }
        assert!(cache.pages.get(&*path).unwrap().status().error.is_some());
        directory.publish("a", 3);
        assert_eq!(cache.module(&path).unwrap().version(), 3);
        assert!(cache.pages.get(&*path).unwrap().status().error.is_none());
        fs::remove_file(&path).unwrap();
        assert_eq!(
            cache.module(&path).unwrap().version(),
            3,
            "the last that there was"
        );
        assert_eq!((cache.opened.count(), cache.pages.len()), (1, 1));
    }
}
