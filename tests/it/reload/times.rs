//! Intervals that pass. None of these says how long it takes, only that it comes.

use std::{
    thread,
    time::{Duration, Instant},
};

use onset::{Reload, Stale};

use super::{World, got, patient, refused};
use crate::support::watchdog;

fn until(mut done: impl FnMut() -> bool) {
    let _watch = watchdog();
    while !done() {
        thread::yield_now();
    }
}

/// By the precise clock, and by the coarse one.
#[test]
fn the_source_is_asked_again_when_it_is_time() {
    for every in [1, 49, 50, 60].map(Duration::from_millis) {
        let reload = Reload::new(World::new()).check_every(every);
        assert_eq!(got(&reload), 1);
        reload.source().set(2);
        until(|| got(&reload) == 2);
        assert_eq!(reload.source().loads.count(), 2);
    }
}

/// However often somebody asks: the time that has passed bounds the number of checks, be the
/// machine as slow as it likes.
#[test]
fn it_is_not_asked_more_often() {
    let every = Duration::from_millis(5);
    let begin = Instant::now();
    let reload = Reload::new(World::new()).check_every(every);
    until(|| {
        got(&reload);
        reload.source().asked.count() > 5
    });
    let most = begin.elapsed().as_nanos() / every.as_nanos() + 1;
    assert!(reload.source().asked.count() as u128 <= most);
}

#[test]
fn what_failed_is_tried_again() {
    let reload = Reload::new(World::new()).check_every(Duration::ZERO);
    reload.source().spoil(1);
    refused(&reload);
    until(|| {
        refused(&reload);
        reload.source().loads.count() == 2
    });
    assert!(
        reload.source().asked.count() > 2,
        "the version is asked for meanwhile"
    );
}

/// A later pause is a longer one: two tries that fail take 100 ms, three take 300.
#[test]
fn the_pauses_grow() {
    let begin = Instant::now();
    let reload = Reload::new(World::new()).check_every(Duration::ZERO);
    reload.source().spoil(1);
    until(|| {
        refused(&reload);
        reload.source().loads.count() == 3
    });
    assert!(begin.elapsed() >= Duration::from_millis(300));
}

/// A pause that `back_off` cuts short.
#[test]
fn no_pause_is_longer_than_one_says() {
    let reload = Reload::new(World::new())
        .check_every(Duration::ZERO)
        .back_off(Duration::from_millis(1));
    reload.source().spoil(1);
    until(|| {
        refused(&reload);
        reload.source().loads.count() == 20
    });
    assert_eq!(reload.status().failures, 20);
}

#[test]
fn the_status_knows_when() {
    let (reload, begin) = (patient(World::new(), Stale::Serve), Instant::now());
    assert_eq!(
        (reload.status().loaded, reload.status().checked),
        (None, None)
    );
    got(&reload);
    let first = reload.status();
    assert!(first.loaded >= Some(begin) && first.checked >= first.loaded);
    assert!(first.checked <= Some(Instant::now()));
}
