//! Edits that go wrong: the last good version stays, and `/status` says what is wrong, and where.

use std::{fs, os::unix::fs::symlink};

use super::support::{Files, Server};

/// What is said of the one page that is broken.
fn complaint(server: &Server) -> String {
    server.wait_for_figure("pages.broken", |broken| {
        // A look at the page is what finds it broken.
        server.get("/");
        broken.as_array().unwrap().len() == 1
    });
    server.figure("pages.broken.0.error").to_string()
}

#[test]
fn a_page() {
    let files = Files::new();
    files.write("site/index.html", "one {{ 1 + 1 }}");
    let server = files.serve(&[]);
    assert_eq!(server.text("/"), "one 2");
    for (wrong, said) in [
        ("two\n{% if %}", "index.html:2"),
        ("two {{ 1 + 1", "index.html:1"),
        ("{% for x in %}", "syntax error"),
    ] {
        files.write("site/index.html", wrong);
        let complaint = complaint(&server);
        assert!(complaint.contains(said), "{complaint}");
        assert_eq!(server.text("/"), "one 2", "the last good one");
        files.write("site/index.html", "one {{ 1 + 1 }}");
        server.wait_for_figure("pages.broken", |broken| {
            server.get("/");
            broken.as_array().unwrap().is_empty()
        });
    }
    fs::write(files.at("site/index.html"), b"\xff").unwrap();
    assert!(complaint(&server).contains("utf-8"), "not a text");
    assert_eq!(server.text("/"), "one 2");
}

#[test]
fn a_part_of_pages() {
    let files = Files::new();
    files.write(
        "site/_parts/layout.html",
        "<{% block main %}{% endblock %}>",
    );
    let page = "{% extends 'layout.html' %}{% block main %}one{% endblock %}";
    files.write("site/index.html", page);
    let server = files.serve(&[]);
    assert_eq!(server.text("/"), "<one>");
    files.write("site/_parts/layout.html", "{% block main %}");
    assert!(complaint(&server).contains("layout.html:1"));
    assert_eq!(server.text("/"), "<one>");
    files.write(
        "site/_parts/layout.html",
        "[{% block main %}{% endblock %}]",
    );
    server.wait_for("/", |text| text == "[one]");
}

/// They are texts that stand in one directory; what else stands there does not matter.
#[test]
fn what_is_no_part() {
    let files = Files::new();
    files.write(
        "site/_parts/layout.html",
        "<{% block main %}{% endblock %}>",
    );
    files.write("site/_parts/below/other.html", "{% if %}");
    files.write("site/_parts/.hidden", "{% if %}");
    symlink("../../plugins", files.at("site/_parts/out.html")).unwrap();
    let page = "{% extends 'layout.html' %}{% block main %}one{% endblock %}";
    files.write("site/index.html", page);
    files.write("plugins/README.md", "no plug-in");
    let server = files.serve(&[]);
    assert_eq!(server.text("/"), "<one>");
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
fn the_variables_of_a_directory() {
    let files = Files::new();
    files.write("site/site.toml", "a = 'top'\nb = 'top'");
    files.write("site/below/site.toml", "b = 'below'");
    files.write("site/below/index.html", "{{ site.a }} {{ site.b }}");
    let server = files.serve(&[]);
    assert_eq!(server.text("/below/"), "top below");
    files.write("site/site.toml", "a = 'top'\nb = \n");
    server.wait_for_figure("variables.broken", |broken| {
        assert_eq!(server.text("/below/"), "top below");
        broken.to_string().contains("line 2")
    });
    files.write("site/site.toml", "a = 'new'");
    server.wait_for("/below/", |text| text == "new below");
    fs::remove_file(files.at("site/below/site.toml")).unwrap();
    server.wait_for("/below/", |text| text == "new ");
    server.wait_for_figure("variables.broken", |broken| {
        broken.as_array().unwrap().is_empty()
    });
}

/// One that never was right is an error, and is there as soon as it is mended.
#[test]
fn a_page_that_is_wrong_from_the_start() {
    let files = Files::new();
    files.write("site/index.html", "{{ 1 +");
    let server = files.serve(&[]);
    for _ in 0..3 {
        assert_eq!(server.code("/"), 500);
    }
    server.log.wait_for("index.html:1");
    assert_eq!(server.number("pages.known"), 0, "it leaves nothing behind");
    server.wait_for_figure("complaints", |all| all.to_string().contains("index.html:1"));
    files.write("site/index.html", "{{ 1 + 1 }}");
    assert_eq!(server.text("/"), "2", "at once");
}

/// What only rendering finds out concerns that request.
#[test]
fn a_page_whose_filter_does_not_exist() {
    let files = Files::new();
    files.write(
        "site/index.html",
        "{% if site.now %}{{ 'a'|nothing }}{% endif %}fine",
    );
    let server = files.serve(&[]);
    assert_eq!(server.text("/"), "fine");
    files.write("site/site.toml", "now = true");
    server.wait_for("/", |text| text.contains("went wrong"));
    assert_eq!(server.code("/"), 500);
    files.write("site/site.toml", "now = false");
    server.wait_for("/", |text| text == "fine");
}
