//! A process that is killed while it writes.

use std::{collections::BTreeMap, sync::Mutex, thread};

use super::support::{Files, Server, until};

const ROUNDS: usize = 3;
const CLIENTS: usize = 4;
const ENOUGH: usize = 300;

/// Signs until there is no more answer.
async fn sign(server: &Server, who: String, acknowledged: &Mutex<BTreeMap<i64, String>>) {
    let mut client = server.connect().await;
    for number in 0.. {
        let name = format!("{who}-{number}");
        let Ok(answer) = client
            .post("/guestbook", &format!("name={name}&text=x"))
            .await
        else {
            break;
        };
        assert_eq!(answer.status, 303);
        let id = answer.headers["x-entry"].to_str().unwrap().parse().unwrap();
        let before = acknowledged.lock().unwrap().insert(id, name);
        assert_eq!(before, None, "a number of one's own");
    }
}

#[test]
fn every_acknowledged_entry_is_there() {
    let files = Files::new();
    files.write("site/guestbook.html", "{{ total }}");
    let acknowledged = Mutex::new(BTreeMap::new());
    for round in 0..ROUNDS {
        let server = files.serve(&["--threads", "4"]);
        let before = acknowledged.lock().unwrap().len();
        let is_enough = || acknowledged.lock().unwrap().len() > before + ENOUGH;
        thread::scope(|s| {
            for client in 0..CLIENTS {
                let sign = sign(&server, format!("{round}-{client}"), &acknowledged);
                let runtime = &server.runtime;
                s.spawn(move || runtime.block_on(sign));
            }
            until(|| is_enough().then_some(()), || server.log.text());
            server.signal(libc::SIGKILL);
        });
        server.kill();
        all_is_there(&files, &acknowledged.lock().unwrap());
    }
    let server = files.serve(&[]);
    let (total, _) = files.entries();
    assert_eq!(server.text("/guestbook"), total.to_string());
    assert_eq!(server.post("/guestbook", "name=last&text=").status, 303);
    assert_eq!(files.entries(), (total + 1, total + 1));
}

fn all_is_there(files: &Files, acknowledged: &BTreeMap<i64, String>) {
    let database = files.database();
    let whole = database.query_row("PRAGMA integrity_check", [], |row| row.get(0));
    assert_eq!(whole, Ok("ok".to_string()));
    let (entries, counted) = files.entries();
    assert_eq!(entries, counted, "nothing is half-written");
    let mut all = database.prepare("SELECT id, name FROM entries").unwrap();
    let all = all.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    let all: BTreeMap<i64, String> = all.unwrap().map(Result::unwrap).collect();
    for (id, name) in acknowledged {
        assert_eq!(all.get(id), Some(name), "an entry that was acknowledged");
    }
    // One of each client may have been committed without an answer.
    assert!(all.len() <= acknowledged.len() + ROUNDS * CLIENTS);
}
