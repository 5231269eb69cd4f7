//! Templates, parts, variables and settings, each of them edited twenty times a second for half a
//! minute, while clients ask without pause.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use super::support::{Files, Server, between};

const EDITED_FOR: Duration = Duration::from_secs(30);
const EACH: Duration = Duration::from_millis(50);
const CLIENTS: usize = 4;

/// What is edited: the mark by which its versions are known in a page, its file, and what stands in
/// it.
type Edited = (&'static str, &'static str, fn(u64) -> String);

const EDITED: [Edited; 4] = [
    ("page", "site/index.html", |version| {
        let padding = "x".repeat(20_000);
        format!(
            "{{% extends 'layout.html' %}}{{% block main %}}<page {version}>{padding}\
             <page {version}>{padding}<page {version}>{{% endblock %}}"
        )
    }),
    ("part", "site/_parts/layout.html", |version| {
        format!(
            "<part {version}><settings {{{{ settings.title }}}}><site {{{{ site.a }}}}>\
             {{% block main %}}{{% endblock %}}\
             <site {{{{ site.b }}}}><settings {{{{ settings.footer }}}}><part {version}>end"
        )
    }),
    ("site", "site/site.toml", |version| {
        format!("a = {version}\nb = {version}")
    }),
    ("settings", "settings.toml", |version| {
        format!("title = '{version}'\nfooter = '{version}'")
    }),
];

/// The version of a file that a page was made of.
#[track_caller]
fn version(text: &str, mark: &str) -> u64 {
    let versions = between(text, &format!("<{mark} "), ">");
    assert!(versions.len() >= 2, "{mark} is not there: {versions:?}");
    assert!(
        versions.iter().all(|version| *version == versions[0]),
        "a mixture of two versions of {mark}: {versions:?}"
    );
    versions[0].parse().unwrap()
}

/// Writes one version after the other, and returns the last one.
fn edit(files: &Files, (_, file, text): Edited, over: &AtomicBool) -> u64 {
    for number in 1.. {
        files.write(file, &text(number));
        if over.load(Ordering::Relaxed) {
            return number;
        }
        thread::sleep(EACH);
    }
    unreachable!("there is always another number")
}

/// Asks again and again. How often, and which versions of each file there were.
async fn ask(server: &Server, over: &AtomicBool) -> (u64, [BTreeSet<u64>; 4]) {
    let mut client = server.connect().await;
    let (mut times, mut seen) = (0, [(); 4].map(|()| BTreeSet::new()));
    let mut last = [0; 4];
    while !over.load(Ordering::Relaxed) {
        let answer = client.get("/").await.expect("no request fails");
        let text = answer.text();
        assert_eq!(answer.status, 200, "no request fails: {text}");
        assert!(text.ends_with("end"), "all of it");
        for (number, (mark, ..)) in EDITED.into_iter().enumerate() {
            let version = version(text, mark);
            assert!(version >= last[number], "{mark} goes back to {version}");
            last[number] = version;
            seen[number].insert(version);
        }
        times += 1;
    }
    (times, seen)
}

#[test]
fn no_request_fails_and_none_sees_a_mixture() {
    let files = Files::new();
    for (_, file, text) in EDITED {
        files.write(file, &text(0));
    }
    let server = files.serve(&[]);
    let over = AtomicBool::new(false);
    let (written, seen) = thread::scope(|s| {
        let (files, over, server) = (&files, &over, &server);
        let editing = EDITED.map(|edited| s.spawn(move || edit(files, edited, over)));
        let asking = [(); CLIENTS].map(|()| s.spawn(|| server.runtime.block_on(ask(server, over))));
        let end = Instant::now() + EDITED_FOR;
        // Or until one of them has found something wrong.
        while Instant::now() < end && asking.iter().all(|client| !client.is_finished()) {
            thread::sleep(EACH);
        }
        over.store(true, Ordering::Relaxed);
        let written = editing.map(|editor| editor.join().unwrap());
        (written, asking.map(|client| client.join().unwrap()))
    });
    for (times, seen) in seen {
        assert!(times > 100, "a client that hardly asked: {times}");
        for (number, (mark, ..)) in EDITED.into_iter().enumerate() {
            let (versions, of) = (seen[number].len(), written[number]);
            // There is a check each 50 ms, and an edit each 50 ms.
            assert!(
                versions as u64 > of / 10,
                "{mark}: {versions} of {of} versions"
            );
        }
    }
    for ((mark, ..), last) in EDITED.into_iter().zip(written) {
        server.wait_for("/", |text| version(text, mark) == last);
    }
    assert_eq!(server.figure("pages.broken").as_array().unwrap().len(), 0);
}

/// Not only does the new version come: it comes with the next check, which is the next request.
#[test]
fn the_next_request_after_the_interval_has_the_new_version() {
    const EVERY: Duration = Duration::from_millis(200);
    let files = Files::new();
    for (_, file, text) in EDITED {
        files.write(file, &text(0));
    }
    let server = files.serve(&["--check-every", "200"]);
    server.text("/");
    for number in 1..4 {
        for (_, file, text) in EDITED {
            files.write(file, &text(number));
        }
        // A file's time may be late by a tick of the system's clock.
        thread::sleep(EVERY + Duration::from_millis(50));
        let text = server.text("/");
        for mark in ["page", "part", "site"] {
            assert_eq!(version(&text, mark), number, "{mark}");
        }
        // Somebody else looks after them, in his own time.
        server.wait_for("/", |text| version(text, "settings") == number);
    }
}
