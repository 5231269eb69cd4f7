//! The server is asked to stop: requests in flight end, and connections close.

use std::{io::Write, net::TcpStream, thread};

use super::support::{Files, until};

fn stops_on(signal: i32) {
    let files = Files::new();
    files.write("site/guestbook.html", "{{ total }}");
    let mut server = files.serve(&["--threads", "2"]);
    assert_eq!(server.text("/guestbook"), "0");

    // Somebody else writes, and the request waits for its turn.
    let database = files.database();
    database.execute_batch("BEGIN IMMEDIATE").unwrap();
    thread::scope(|s| {
        let waiting = s.spawn(|| server.post("/guestbook", "name=Ada&text="));
        server.wait_for_figure("connections.in_use", |in_use| *in_use == 1);
        server.signal(signal);
        server.log.wait_for("stopping");
        until(
            || TcpStream::connect(server.address).is_err().then_some(()),
            || "it still takes requests".into(),
        );
        assert!(!waiting.is_finished(), "it waits");
        database.execute_batch("COMMIT").unwrap();
        assert_eq!(waiting.join().unwrap().status, 303);
    });
    assert_eq!(server.end().code(), Some(0));
    assert_eq!(files.entries(), (1, 1));
    let log = server.log.text();
    let figure = |name: &str| {
        let (_, rest) = log.split_once(&format!("{name}=")).expect("it is said");
        rest.split_whitespace().next().unwrap().to_string()
    };
    assert_ne!(figure("opened"), "0");
    assert_eq!(figure("opened"), figure("closed"));
}

#[test]
fn on_a_request_to_terminate() {
    stops_on(libc::SIGTERM);
}

#[test]
fn on_an_interrupt() {
    stops_on(libc::SIGINT);
}

/// Clients that keep their connections, but ask nothing, are not waited for.
#[test]
fn with_idle_clients() {
    let files = Files::new();
    files.write("site/index.html", "here");
    let mut server = files.serve(&[]);
    let clients = server.runtime.block_on(async {
        let mut clients = [server.connect().await, server.connect().await];
        for client in &mut clients {
            assert_eq!(client.get("/").await.unwrap().status, 200);
        }
        clients
    });
    server.signal(libc::SIGTERM);
    assert_eq!(server.end().code(), Some(0));
    drop(clients);
}

/// A client that never comes to the end of its request is waited for, until that is asked for again.
#[test]
fn with_half_a_request() {
    let files = Files::new();
    let mut server = files.serve(&[]);
    let mut client = TcpStream::connect(server.address).unwrap();
    let head = "POST /guestbook HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\
                Content-Type: application/x-www-form-urlencoded\r\n\r\n";
    client.write_all(head.as_bytes()).unwrap();
    // Besides the request that asks.
    server.wait_for_figure("requests.in_flight", |in_flight| *in_flight == 2);
    server.signal(libc::SIGTERM);
    server
        .log
        .wait_for("stopping: requests in flight end first");
    server.signal(libc::SIGTERM);
    assert_eq!(server.end().code(), Some(0));
    server.log.wait_for("stopping at once");
}
