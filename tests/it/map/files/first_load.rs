//! However many ask first, each file is opened and parsed once.

use onset::Stale;

use super::{Cache, Directory};
use crate::support::run_together;

#[test]
fn each_file_is_loaded_once() {
    let (directory, cache) = (Directory::new(), Cache::new(Stale::Serve));
    let names: Vec<_> = (0..20).map(|n| format!("{n}.txt")).collect();
    for (version, name) in (100..).zip(&names) {
        directory.publish(name, version);
    }
    run_together(8, |thread| {
        for turn in 0..names.len() {
            // Some side by side, some apart.
            let n = (turn + thread / 2 * 3) % names.len();
            let module = cache.module(&directory.at(&names[n])).unwrap();
            assert_eq!(module.version(), 100 + n as u64);
        }
    });
    assert_eq!((cache.opened.count(), cache.parsed.count()), (20, 20));
    assert_eq!(cache.pages.len(), 20);
}

#[test]
fn a_file_that_stays_is_not_read_again() {
    let (directory, cache) = (Directory::new(), Cache::new(Stale::Wait));
    directory.publish("a", 1);
    for _ in 0..50 {
        assert_eq!(cache.module(&directory.at("a")).unwrap().version(), 1);
    }
    assert_eq!((cache.opened.count(), cache.parsed.count()), (1, 1));
}
