//! Panics, errors in the middle of a transaction, threads that end: nothing is committed by halves,
//! and what comes next works.

use tokio::task::JoinSet;

use super::support::{Files, Server};

const BOOK: &str = "{{ total }}:{% for entry in entries %} {{ entry.name }}{% endfor %}";

fn book(settings: &str) -> Files {
    let files = Files::new();
    files.write("site/guestbook.html", BOOK);
    files.write("settings.toml", settings);
    files
}

fn sign(server: &Server, name: &str) -> u16 {
    let form = format!("name={name}&text=hello");
    server.post("/guestbook", &form).status.as_u16()
}

#[test]
fn a_panic_in_the_middle_of_a_transaction() {
    let files = book("");
    let server = files.serve(&["--threads", "1", "--faults"]);
    assert_eq!(sign(&server, "Ada"), 303);
    for round in 0..3 {
        let answer = server.post("/faults/panic-in-transaction", "");
        assert_eq!(answer.status, 500);
        assert_eq!(files.entries(), (round + 1, round + 1));
        assert_eq!(sign(&server, "Ada"), 303, "the same thread, which works");
    }
    assert_eq!(server.text("/guestbook"), "4: Ada Ada Ada Ada");
    assert_eq!(
        server.number("connections.opened"),
        1,
        "on the same connection"
    );
    assert_eq!(server.number("connections.in_use"), 0);
    server.log.wait_for("a planned fault");
}

/// The entry is written, and then there is no room to count it.
#[test]
fn an_error_in_the_middle_of_a_transaction() {
    let files = book("[guest_book]\nroom = 2");
    let server = files.serve(&["--threads", "1", "--check-every", "600000"]);
    let codes = ["a", "b", "c", "d"].map(|name| sign(&server, name));
    assert_eq!(codes, [303, 303, 409, 409]);
    assert_eq!(files.entries(), (2, 2));
    files.write("settings.toml", "[guest_book]\nroom = 3");
    server.hang_up();
    assert_eq!([sign(&server, "e"), sign(&server, "f")], [303, 409]);
    assert_eq!(files.entries(), (3, 3));
    assert_eq!(server.text("/guestbook"), "3: e b a");
    assert_eq!(server.number("connections.opened"), 1);
}

#[test]
fn an_entry_that_is_refused() {
    let files = book("");
    let server = files.serve(&[]);
    let long = "x".repeat(101);
    for (name, code) in [("", 422), ("+++", 422), (&long, 422), ("x", 303)] {
        assert_eq!(sign(&server, name), code, "{name}");
    }
    assert_eq!(server.post("/guestbook", "name=x").status, 422, "no text");
    assert_eq!(files.entries(), (1, 1));
    files.write("settings.toml", "[guest_book]\nopen = false");
    server.hang_up();
    assert_eq!(sign(&server, "late"), 403);
    assert_eq!(files.entries(), (1, 1));
}

/// Entries are escaped, and so is everything else.
#[test]
fn a_name_is_no_markup() {
    let files = book("");
    let server = files.serve(&[]);
    assert_eq!(sign(&server, "%3Cscript%3E"), 303);
    assert_eq!(server.text("/guestbook"), "1: &lt;script&gt;");
}

#[test]
fn a_panic_on_a_thread_that_answers() {
    let files = Files::new();
    files.write("site/index.html", "fine");
    let server = files.serve(&["--threads", "1", "--faults"]);
    for _ in 0..3 {
        assert_eq!(server.code("/faults/panic-at-once"), 500);
        assert_eq!(server.text("/"), "fine");
    }
    assert_eq!(server.number("requests.in_flight"), 1, "this one");
}

/// Requests that wait for each other, so that each has a thread, and a connection, of its own.
fn together(server: &Server, number: usize) {
    let path = format!("/faults/together/{number}");
    server.runtime.block_on(async {
        let mut asking = JoinSet::new();
        for _ in 0..number {
            let (mut client, path) = (server.connect().await, path.clone());
            asking.spawn(async move { client.get(&path).await.unwrap().status });
        }
        assert!(asking.join_all().await.iter().all(|status| *status == 204));
    });
}

#[test]
fn connections_go_with_their_threads() {
    let files = book("");
    let server = files.serve(&["--threads", "4", "--keep-alive", "2000", "--faults"]);
    // Of one answer: the threads wait for work for so long, and then go.
    let connections = || {
        let report = server.figure("connections");
        ["open", "in_use", "opened", "closed"].map(|name| report[name].as_u64().unwrap())
    };
    assert_eq!(connections(), [0; 4], "nobody needs one");
    for round in 1..=2 {
        together(&server, 4);
        assert_eq!(connections(), [4, 0, 4 * round, 4 * (round - 1)]);
        // Besides those that answer.
        assert_eq!(server.number("threads.living"), 4 + 4);
        assert_eq!(sign(&server, "Ada"), 303);
        let of_those = [4, 0, 4 * round, 4 * (round - 1)];
        assert_eq!(connections(), of_those, "on one of those");
        server.wait_for_figure("threads.living", |living| *living == 4);
        server.wait_for_figure("connections.open", |open| *open == 0);
        assert_eq!(connections(), [0, 0, 4 * round, 4 * round]);
    }
}
