//! A page that nobody has asked for yet, and then many do at once.

use std::sync::Arc;

use tokio::{sync::Barrier, task::JoinSet};

use super::support::{Files, Server};

const ASKING: usize = 64;

/// Large enough to take a while.
fn page(round: usize) -> String {
    let lines = (0..8000).map(|n| format!("{{{{ \"line {n}\"|upper }}}} of {round}\n"));
    format!("begin\n{}end of {round}\n", lines.collect::<String>())
}

/// What all get who ask at the same moment.
fn all_at_once(server: &Server, path: &'static str) -> Vec<String> {
    server.runtime.block_on(async {
        let ready = Arc::new(Barrier::new(ASKING));
        let mut asking = JoinSet::new();
        for _ in 0..ASKING {
            let (mut client, ready) = (server.connect().await, Arc::clone(&ready));
            asking.spawn(async move {
                ready.wait().await;
                let answer = client.get(path).await.expect("an answer");
                assert_eq!(answer.status, 200);
                answer.text().to_string()
            });
        }
        asking.join_all().await
    })
}

fn each_page_is_loaded_once(threads: &str) {
    const PAGES: [&str; 4] = ["/0", "/1", "/below/2", "/below/3"];
    let files = Files::new();
    for (round, path) in PAGES.into_iter().enumerate() {
        files.write(&format!("site{path}.html"), &page(round));
    }
    let server = files.serve(&["--threads", threads, "--check-every", "600000"]);
    for (round, path) in PAGES.into_iter().enumerate() {
        let texts = all_at_once(&server, path);
        assert!(texts[0].starts_with("begin\nLINE 0 of"));
        assert!(texts[0].ends_with(&format!("end of {round}")));
        assert!(texts.iter().all(|text| *text == texts[0]), "all the same");
        let loads = ["known", "initialisations", "reloads"]
            .map(|figure| server.number(&format!("pages.{figure}")));
        assert_eq!(loads, [round as u64 + 1, round as u64 + 1, 0]);
    }
    assert_eq!(server.number("variables.initialisations"), 2);
    assert_eq!(server.number("variables.reloads"), 0);
}

#[test]
fn with_two_threads() {
    each_page_is_loaded_once("2");
}

#[test]
fn with_more_threads_than_processors() {
    each_page_is_loaded_once("16");
}
