//! Plug-ins: all of one is there, or nothing; and what changes, changes by one step.

use std::{
    fs,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use super::support::{Files, Server, between};

fn plugin(files: &Files, name: &str, parts: &[(&str, &str)]) {
    for (file, text) in parts {
        files.write(&format!("plugins/{name}/{file}"), text);
    }
}

const EMPHASIS: (&str, &str) = ("filters/emphasis.html", "<em>{{ value }}</em>");
const NOTES: (&str, &str) = ("handlers/note.html", "[{{ page.text|upper }}]");
const GUESTS: (&str, &str) = (
    "listeners/guests.txt",
    "{% if event == 'signed' %}{{ name }} was here{% endif %}",
);

fn site() -> Files {
    let files = Files::new();
    files.write("site/a.note", "text & more");
    files.write("site/index.html", "{{ '<a>'|emphasis }}");
    files
}

fn refusal(server: &Server, name: &str) -> Option<String> {
    let plugins = server.figure("extensions.plugins");
    let all = plugins.as_array().unwrap().iter();
    let plugin = all.clone().find(|plugin| plugin["name"] == name);
    let refused = plugin.expect("it is known")["refused"].as_str();
    refused.map(str::to_string)
}

#[test]
fn one_that_is_there_from_the_start() {
    let files = site();
    plugin(&files, "notes", &[EMPHASIS, NOTES, GUESTS]);
    let server = files.serve(&[]);
    assert_eq!(server.text("/a.note"), "[TEXT &amp; MORE]");
    assert_eq!(server.text("/"), "<em>&lt;a&gt;</em>");
    assert_eq!(server.post("/guestbook", "name=Ada&text=").status, 303);
    server.log.wait_for("Ada was here");
}

#[test]
fn one_that_comes_changes_and_goes() {
    let files = site();
    let server = files.serve(&[]);
    let registered = server.number("extensions.registered");
    assert_eq!((server.code("/a.note"), server.code("/")), (404, 500));

    plugin(&files, "notes", &[EMPHASIS, NOTES, GUESTS]);
    server.hang_up();
    assert_eq!(server.text("/a.note"), "[TEXT &amp; MORE]");
    assert_eq!(
        server.text("/"),
        "<em>&lt;a&gt;</em>",
        "loaded or not: at once"
    );
    assert_eq!(server.number("extensions.registered"), registered + 3);
    assert_eq!(server.post("/guestbook", "name=Ada&text=").status, 303);
    server.log.wait_for("Ada was here");

    let version = server.number("extensions.version");
    server.hang_up();
    assert_eq!(
        server.number("extensions.version"),
        version,
        "nothing is new"
    );

    plugin(
        &files,
        "notes",
        &[("filters/emphasis.html", "<b>{{ value }}</b>")],
    );
    server.hang_up();
    assert_eq!(server.text("/"), "<b>&lt;a&gt;</b>");
    assert_eq!(server.number("extensions.version"), version + 1);

    fs::remove_dir_all(files.at("plugins/notes")).unwrap();
    server.hang_up();
    assert_eq!((server.code("/a.note"), server.code("/")), (404, 500));
    assert_eq!(server.post("/guestbook", "name=Bob&text=").status, 303);
    // What this says comes after what a listener would have said.
    server.hang_up();
    assert!(!server.log.text().contains("Bob was here"));
    assert_eq!(server.number("extensions.registered"), registered);
    assert_eq!(
        server
            .figure("extensions.plugins")
            .as_array()
            .unwrap()
            .len(),
        0
    );
}

#[test]
fn one_of_which_a_part_is_wrong_is_refused_as_a_whole() {
    let files = site();
    let server = files.serve(&[]);
    let registered = server.number("extensions.registered");
    for (wrong, said) in [
        (("filters/shout.txt", "{{ value }}"), "`shout`"),
        (("handlers/html.html", "mine"), "`html`"),
        (("handlers/zip.html", "one\n{% if %}"), "zip.html:2"),
    ] {
        plugin(&files, "notes", &[EMPHASIS, NOTES, wrong]);
        server.hang_up();
        let refused = refusal(&server, "notes").unwrap();
        assert!(refused.contains(said), "{refused}");
        assert!(server.text("/status").contains("It stays as it is"));
        assert_eq!(server.number("extensions.registered"), registered);
        assert_eq!(server.code("/a.note"), 404);
        fs::remove_file(files.at("plugins/notes").join(wrong.0)).unwrap();
    }
    server.hang_up();
    assert_eq!(refusal(&server, "notes"), None);
    assert_eq!(server.text("/a.note"), "[TEXT &amp; MORE]");

    // Later, it stays as it was.
    plugin(
        &files,
        "notes",
        &[("handlers/note.html", "{% if %}"), ("filters/new.txt", "")],
    );
    server.hang_up();
    assert!(refusal(&server, "notes").unwrap().contains("note.html:1"));
    assert_eq!(server.text("/a.note"), "[TEXT &amp; MORE]");
    assert_eq!(server.number("extensions.registered"), registered + 2);
}

/// One that is wrong does not keep others out, and of two with the same name the first one stays.
#[test]
fn each_is_on_its_own() {
    let files = site();
    plugin(&files, "a", &[NOTES]);
    plugin(&files, "b", &[("handlers/note.html", "b"), EMPHASIS]);
    plugin(&files, "c", &[("filters/c.txt", "{{")]);
    plugin(&files, "d", &[("handlers/d.txt", "d")]);
    let server = files.serve(&[]);
    assert_eq!(server.text("/a.note"), "[TEXT &amp; MORE]");
    assert_eq!(refusal(&server, "a"), None);
    assert!(refusal(&server, "b").unwrap().contains("`note`"));
    assert!(refusal(&server, "c").unwrap().contains("c.txt:1"));
    assert_eq!(refusal(&server, "d"), None);
    assert_eq!(server.code("/"), 500, "nothing of b is there");
}

/// Two filters and a handler that change together, and a plug-in after theirs that takes a while.
fn publish(files: &Files, version: u64) {
    let filter = format!("<v {version}>");
    let handler = format!("<v {version}>{{{{ page.text }}}}<v {version}>");
    plugin(
        files,
        "p",
        &[
            ("filters/first.txt", &filter),
            ("filters/second.txt", &filter),
            ("handlers/note.html", &handler),
        ],
    );
    let slow = format!("{version}{}", "{{ value }}".repeat(2000));
    plugin(files, "slow", &[("filters/slow.txt", &slow)]);
}

/// What a request sees of the plug-in is of one version, and what the next one sees is no older: not
/// even while pages that were compiled before are not loaded anew yet.
#[test]
fn a_change_under_load() {
    let files = site();
    let middle = "x".repeat(10_000);
    let page = format!("{{{{ ''|first|safe }}}}{middle}{{{{ ''|second|safe }}}}");
    files.write("site/index.html", &page);
    publish(&files, 0);
    let (server, over) = (files.serve(&[]), AtomicBool::new(false));
    let ask = async || {
        let (mut client, mut last) = (server.connect().await, 0_u64);
        for path in ["/a.note", "/"].into_iter().cycle() {
            if over.load(Ordering::Relaxed) {
                break;
            }
            let answer = client.get(path).await.unwrap();
            assert_eq!(answer.status, 200);
            let versions = between(answer.text(), "<v ", ">");
            assert_eq!(versions.len(), 2);
            assert_eq!(versions[0], versions[1], "one version");
            let version = versions[0].parse().unwrap();
            assert!(version >= last, "versions do not go back");
            last = version;
        }
    };
    thread::scope(|s| {
        for _ in 0..2 {
            s.spawn(|| server.runtime.block_on(ask()));
        }
        for version in 1..=50 {
            publish(&files, version);
            server.hang_up();
        }
        over.store(true, Ordering::Relaxed);
    });
    assert!(server.text("/").starts_with("<v 50>"));
    assert!(server.text("/a.note").starts_with("<v 50>"));
}
