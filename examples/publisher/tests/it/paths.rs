//! What can be asked for: files below the root that are meant to be seen, and nothing else.

use std::{
    fs::{self, File},
    os::unix::fs::symlink,
    process::Command,
};

use super::support::{Files, exists};

const SECRET: &str = "not for visitors";

/// A site with something to be had beside it.
fn site() -> Files {
    let files = Files::new();
    for (name, text) in [
        ("site/index.html", "index"),
        ("site/below/page.txt", "page"),
        ("site/.hidden.txt", SECRET),
        ("site/.git/config.txt", SECRET),
        ("site/_parts/layout.html", SECRET),
        ("site/site.toml", "a = 1"),
        ("site/odd.exe", SECRET),
        ("site/no-extension", SECRET),
        ("secret.txt", SECRET),
        ("elsewhere/secret.txt", SECRET),
    ] {
        files.write(name, text);
    }
    files
}

#[test]
fn paths_that_lead_nowhere() {
    let files = site();
    let server = files.serve(&[]);
    assert_eq!(server.text("/below/page.txt"), "page");
    assert_eq!(server.text("/below%2Fpage.txt"), "page");
    let absolute = files.at("secret.txt").display().to_string();
    let long = format!("/{}.txt", "a".repeat(5000));
    for path in [
        "/../secret.txt",
        "/below/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/below/%2e%2e/%2e%2e/secret.txt",
        "/..%5csecret.txt",
        "/%252e%252e/secret.txt",
        "/.hidden.txt",
        "/.git/config.txt",
        "/_parts/layout.html",
        "/site.toml",
        "/odd.exe",
        "/no-extension",
        "/index.html%00.txt",
        "/%ff%fe.txt",
        "//secret.txt",
        "/below",
        "/below.txt/",
        &format!("/{absolute}"),
        &absolute,
        &long,
    ] {
        let answer = server.get(path);
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.text().contains(SECRET), "{path}");
    }
    assert_eq!(server.number("pages.known"), 1);
}

#[test]
fn symbolic_links_stay_within_the_root() {
    let files = site();
    let link = |to: &str, at: &str| symlink(to, files.at(at)).unwrap();
    link("below/page.txt", "site/within.txt");
    link("below", "site/directory");
    link("../secret.txt", "site/out.txt");
    link("../elsewhere", "site/elsewhere");
    link("nowhere.txt", "site/dangling.txt");
    link("round.txt", "site/round.txt");
    let absolute = files.at("secret.txt");
    symlink(&absolute, files.at("site/absolute.txt")).unwrap();
    let server = files.serve(&[]);
    assert_eq!(server.text("/within.txt"), "page");
    assert_eq!(server.text("/directory/page.txt"), "page");
    for path in [
        "/out.txt",
        "/absolute.txt",
        "/elsewhere/secret.txt",
        "/dangling.txt",
    ] {
        assert_eq!(server.code(path), 404, "{path}");
    }
    assert_ne!(server.code("/round.txt"), 200);
}

/// A page's place is taken by a link that leads out, and so is a directory's.
#[test]
fn a_link_that_comes_later() {
    let files = site();
    files.write("site/moved/secret.txt", "open to all");
    let server = files.serve(&[]);
    assert_eq!(server.text("/below/page.txt"), "page");
    assert_eq!(server.text("/moved/secret.txt"), "open to all");
    fs::remove_file(files.at("site/below/page.txt")).unwrap();
    symlink("../../secret.txt", files.at("site/below/page.txt")).unwrap();
    fs::remove_dir_all(files.at("site/moved")).unwrap();
    symlink("../elsewhere", files.at("site/moved")).unwrap();
    for path in ["/below/page.txt", "/moved/secret.txt"] {
        server.wait_for(path, |text| text == "there is no such page\n");
        assert_eq!(server.code(path), 404);
    }
}

/// A pipe has nothing to read, and whoever opens it waits for somebody who writes.
#[test]
fn a_pipe_is_no_page() {
    let files = site();
    let pipe = files.at("site/pipe.txt");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    assert!(exists(&pipe));
    let server = files.serve(&["--threads", "1"]);
    for _ in 0..3 {
        assert_eq!(server.code("/pipe.txt"), 404);
    }
    File::create(files.at("site/page.txt")).unwrap();
    assert_eq!(server.text("/page.txt"), "");
    fs::remove_file(files.at("site/page.txt")).unwrap();
    fs::rename(&pipe, files.at("site/page.txt")).unwrap();
    server.wait_for("/page.txt", |text| text == "there is no such page\n");
}

/// Only what asks for something.
#[test]
fn other_methods_are_refused() {
    let files = site();
    let server = files.serve(&[]);
    assert_eq!(server.post("/below/page.txt", "").status, 405);
    assert_eq!(server.post("/", "").status, 405);
}
