//! The settings: read when their file changes or on SIGHUP, as a whole or not at all.

use std::fs;

use super::support::Files;

const PAGE: &str = "{{ settings.title }}, {{ settings.footer }}";

#[test]
fn they_are_read_when_the_file_changes() {
    let files = Files::new();
    files.write("site/index.html", PAGE);
    files.write("settings.toml", "title = 'one'\nfooter = 'one'");
    let server = files.serve(&[]);
    assert_eq!(server.text("/"), "one, one");
    assert_eq!(server.number("settings.generation"), 1);
    files.write("settings.toml", "title = 'two'\nfooter = 'two'");
    server.wait_for("/", |text| text == "two, two");
    assert_eq!(server.number("settings.generation"), 2);

    files.write("settings.toml", "title = 'three'\nfooter = 'th");
    server.wait_for_figure("settings.refused", |refused| {
        assert_eq!(server.text("/"), "two, two");
        refused.to_string().contains("line 2")
    });
    files.write("settings.toml", "title = 'three'\nfooter = 'three'");
    server.wait_for("/", |text| text == "three, three");
    server.wait_for_figure("settings.refused", serde_json::Value::is_null);
    assert_eq!(server.number("settings.generation"), 3);
}

#[test]
fn they_are_read_at_once_on_a_signal() {
    let files = Files::new();
    files.write("site/index.html", PAGE);
    let server = files.serve(&["--check-every", "600000"]);
    assert_eq!(server.text("/"), "A site, ", "the default ones");
    for round in 0..3 {
        files.write("settings.toml", &format!("title = '{round}'"));
        server.hang_up();
        assert_eq!(server.text("/"), format!("{round}, "));
    }
}

#[test]
fn wrong_ones_are_refused_with_the_line_and_the_reason() {
    let files = Files::new();
    files.write("site/index.html", PAGE);
    files.write("settings.toml", "title = 'good'");
    let server = files.serve(&["--check-every", "600000"]);
    for (wrong, said) in [
        ("title = 'bad'\nfooter = ", "line 2"),
        ("title = 'bad'\n\nfooter = 7", "line 3"),
        ("title = 'bad'\nfoter = 'x'", "unknown field `foter`"),
        (
            "title = 'bad'\n[guest_book]\nopen = 'yes'",
            "expected a boolean",
        ),
    ] {
        files.write("settings.toml", wrong);
        server.hang_up();
        let refused = server.figure("settings.refused").to_string();
        assert!(refused.contains("settings.toml"), "{refused}");
        assert!(refused.contains(said), "{refused}");
        assert_eq!(server.text("/"), "good, ");
    }
    fs::remove_file(files.at("settings.toml")).unwrap();
    server.hang_up();
    assert_eq!(server.figure("settings.refused"), "the file is gone");
    assert_eq!(server.number("settings.generation"), 1);
    assert_eq!(server.text("/"), "good, ");
    files.write("settings.toml", "title = 'better'");
    server.hang_up();
    assert!(server.figure("settings.refused").is_null());
    assert_eq!(server.text("/"), "better, ");
}

#[test]
fn a_server_does_not_begin_with_wrong_ones() {
    let files = Files::new();
    files.write("settings.toml", "title = 'a'\n\nroom = 'large'");
    let said = files.refused(&[]);
    assert!(said.contains("settings.toml cannot be used"), "{said}");
    assert!(said.contains("line 3"), "{said}");
}

#[test]
fn a_server_does_not_begin_without_its_root_or_its_database() {
    for (option, name, said) in [
        ("--root", "nowhere", "the root"),
        ("--database", "plugins", "the database"),
    ] {
        let files = Files::new();
        let path = files.at(name);
        let arguments = [option, path.to_str().unwrap()];
        let text = files.refused(&arguments);
        assert!(text.contains(said) && text.contains(name), "{text}");
    }
}
