//! Paths that do not exist leave nothing behind.

use std::fs;

use super::support::{Files, Server};

const PATHS: usize = 100_000;
const CLIENTS: usize = 8;

/// What no page has: another directory, extension and name each time, some of which are refused at
/// once.
fn path(number: usize) -> String {
    let scattered = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    match number % 8 {
        0 => format!("/{scattered:x}"),
        1 => format!("/{scattered:x}/"),
        2 => format!("/below/{scattered:x}.txt"),
        3 => format!("/{scattered:x}/{number}/a.html"),
        4 => format!("/below/../{scattered:x}"),
        5 => format!("/below/.{scattered:x}"),
        6 => format!("/a.{scattered:x}"),
        _ => format!("/%2e%2e/{scattered:x}.css"),
    }
}

fn ask(server: &Server, numbers: std::ops::Range<usize>) {
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let numbers = numbers.clone().skip(client).step_by(CLIENTS);
            let address = server.address;
            server.runtime.spawn(async move {
                let mut client = publisher::client::Client::connect(address).await.unwrap();
                for number in numbers {
                    let answer = client.get(&path(number)).await.unwrap();
                    assert_eq!(answer.status, 404, "{}", path(number));
                }
            })
        })
        .collect();
    for client in clients {
        server.runtime.block_on(client).unwrap();
    }
}

/// In kilobytes; none where the system does not say.
fn memory(server: &Server) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", server.process())).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

#[test]
fn a_hundred_thousand_of_them() {
    let files = Files::new();
    files.write("site/index.html", "here");
    files.write("site/below/index.html", "here");
    let server = files.serve(&["--threads", "4"]);
    server.text("/");
    ask(&server, 0..PATHS / 10);
    let before = memory(&server);
    ask(&server, PATHS / 10..PATHS);
    let after = memory(&server);
    if let (Some(before), Some(after)) = (before, after) {
        assert!(after < before + 2048, "from {before} kB to {after}");
    }
    let known = ["pages.known", "variables.known"].map(|figure| server.number(figure));
    assert_eq!(known, [1, 1]);
    assert_eq!(server.figure("requests.by_class.4"), PATHS);
    assert_eq!(server.text("/below/"), "here");
}
