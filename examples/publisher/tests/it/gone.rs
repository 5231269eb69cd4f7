//! Files that go, and come back.

use std::fs;

use super::support::Files;

#[test]
fn a_page_goes_with_its_file() {
    let files = Files::new();
    files.write("site/index.html", "here");
    let server = files.serve(&[]);
    for _ in 0..2 {
        assert_eq!(server.text("/"), "here");
        fs::remove_file(files.at("site/index.html")).unwrap();
        server.wait_for("/", |text| text == "there is no such page\n");
        assert_eq!(server.code("/"), 404);
        files.write("site/index.html", "here");
        server.wait_for("/", |text| text == "here");
    }
    assert_eq!(server.number("pages.known"), 1);
    assert_eq!(server.figure("pages.broken").as_array().unwrap().len(), 0);
}

#[test]
fn a_directory_goes() {
    let files = Files::new();
    files.write("site/below/site.toml", "a = 1");
    files.write("site/below/index.html", "{{ site.a }}");
    let server = files.serve(&[]);
    assert_eq!(server.text("/below/"), "1");
    fs::remove_dir_all(files.at("site/below")).unwrap();
    server.wait_for("/below/", |text| text == "there is no such page\n");
    files.write("site/below/site.toml", "a = 2");
    files.write("site/below/index.html", "{{ site.a }}");
    server.wait_for("/below/", |text| text == "2");
}

#[test]
fn what_is_there_already_is_not_sent_again() {
    let files = Files::new();
    files.write("site/a.css", "a {}");
    let server = files.serve(&[]);
    let first = server.get("/a.css");
    let tag = first.headers["etag"].to_str().unwrap().to_string();
    let ask = || {
        let request = axum::http::Request::get("/a.css")
            .header("host", "localhost")
            .header("if-none-match", &tag)
            .body(Default::default())
            .unwrap();
        let asked = async { server.connect().await.ask(request).await };
        server.runtime.block_on(asked).unwrap()
    };
    assert_eq!((ask().status.as_u16(), ask().text()), (304, ""));
    files.write("site/a.css", "b {}");
    server.wait_for("/a.css", |text| text == "b {}");
    assert_eq!((ask().status.as_u16(), ask().text()), (200, "b {}"));
    assert!(server.number("computations.began") > 0);
}
