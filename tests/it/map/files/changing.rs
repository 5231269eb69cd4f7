//! Files that change while requests are in flight.

use onset::Stale;

use super::{Cache, Directory};
use crate::support::{Dice, Tally, run_together};

#[test]
fn a_guard_in_flight_keeps_its_version() {
    let (directory, cache) = (Directory::new(), Cache::new(Stale::Wait));
    let path = directory.at("a");
    let in_flight: Vec<_> = (1..6)
        .map(|version| {
            directory.publish("a", version);
            cache.module(&path).unwrap()
        })
        .collect();
    assert!(in_flight.iter().map(|module| module.version()).eq(1..6));
    assert_eq!((cache.opened.count(), cache.parsed.count()), (1, 5));
}

/// One thread publishes, eight read: nobody ever sees half of a version or an older one than before,
/// and whoever waits for checks sees what was published before the check.
fn readers_beside_a_writer(stale: Stale) {
    const VERSIONS: u64 = 60;
    const FILES: usize = 4;
    let (directory, cache) = (Directory::new(), Cache::new(stale));
    let names: Vec<_> = (0..FILES).map(|n| format!("{n}.txt")).collect();
    names.iter().for_each(|name| directory.publish(name, 1));
    let (published, progress) = ([const { Tally::new() }; FILES], Tally::new());
    run_together(9, |thread| {
        if thread == 0 {
            for version in 2..=VERSIONS {
                for (name, published) in names.iter().zip(&published) {
                    directory.publish(name, version);
                    published.add();
                }
                // The readers are at work.
                progress.wait_for(usize::try_from(4 * version).unwrap());
            }
            return;
        }
        let (mut dice, mut last) = (Dice::new(thread as u64), [0; FILES]);
        let mut in_flight = Vec::new();
        while last.iter().any(|version| *version < VERSIONS) {
            let n = usize::try_from(dice.roll(FILES as u64)).unwrap();
            let at_least = match stale {
                Stale::Wait => 1 + published[n].count() as u64,
                _ => 1,
            };
            let path = directory.at(&names[n]);
            // This one may have waited for a check that began earlier.
            drop(cache.module(&path).unwrap());
            let module = cache.module(&path).unwrap();
            let version = module.version();
            assert!(
                version >= last[n].max(at_least),
                "{version} after {last:?}, {at_least}"
            );
            last[n] = version;
            in_flight.push((module, version));
            if in_flight.len() > 5 {
                let (module, version) =
                    in_flight.swap_remove(usize::try_from(dice.roll(5)).unwrap());
                assert_eq!(module.version(), version, "it keeps its version");
            }
            progress.add();
        }
    });
    assert_eq!((cache.opened.count(), cache.pages.len()), (FILES, FILES));
    // At most once for each version of each file, however many wanted it.
    assert!(cache.parsed.count() as u64 <= FILES as u64 * VERSIONS);
}

#[test]
fn readers_that_wait_see_the_newest_version_whole() {
    readers_beside_a_writer(Stale::Wait);
}

#[test]
fn readers_that_do_not_wait_see_some_version_whole() {
    readers_beside_a_writer(Stale::Serve);
}
