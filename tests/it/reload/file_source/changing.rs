//! Changes that are seen.

use std::{fs, io, time::Duration};

use onset::FileError;

use super::{
    Directory, assert_unread, generation, moment, reload, text, touch, trouble, write, write_at,
};

#[test]
fn an_unchanged_file_is_read_once() {
    let directory = Directory::new();
    let path = directory.at("file");
    write(&path, "one.");
    let reload = reload(&path);
    assert_eq!([(); 4].map(|()| text(&reload)), ["one"; 4]);
    assert_eq!(generation(&reload), 1);
    assert_eq!(reload.source().path(), path);
}

/// The careful way: nobody ever sees a file that is not whole.
#[test]
fn a_file_that_takes_its_place() {
    let directory = Directory::new();
    let (path, new) = (directory.at("file"), directory.at("new"));
    write(&path, "one.");
    let reload = reload(&path);
    assert_eq!(text(&reload), "one");
    for content in ["two", "three", "four"] {
        write(&new, &format!("{content}."));
        assert_ne!(text(&reload), content);
        fs::rename(&new, &path).unwrap();
        assert_eq!(text(&reload), content);
    }
    assert_eq!(generation(&reload), 4);
}

/// Nothing but the identity tells the two apart.
#[test]
#[cfg(unix)]
fn a_file_of_the_same_length_and_time_that_takes_its_place() {
    let directory = Directory::new();
    let (path, new) = (directory.at("file"), directory.at("new"));
    write_at(&path, "one.", moment());
    let reload = reload(&path);
    assert_eq!(text(&reload), "one");
    write_at(&new, "two.", moment());
    fs::rename(&new, &path).unwrap();
    assert_eq!(text(&reload), "two");
}

/// The name stays, and leads to another file.
#[test]
#[cfg(unix)]
fn a_link_that_is_moved() {
    use std::os::unix::fs::symlink;
    let directory = Directory::new();
    let (path, link) = (directory.at("file"), directory.at("link"));
    for (name, content) in [("a", "one."), ("b", "two.")] {
        write_at(&directory.at(name), content, moment());
    }
    symlink(directory.at("a"), &path).unwrap();
    let reload = reload(&path);
    assert_eq!(text(&reload), "one");
    symlink(directory.at("b"), &link).unwrap();
    fs::rename(&link, &path).unwrap();
    assert_eq!(text(&reload), "two");
    write(&directory.at("b"), "three.");
    assert_eq!(
        text(&reload),
        "three",
        "what counts is the file it leads to"
    );
}

/// Nothing but the length tells the two apart: an edit within the same second, or whatever the file
/// system takes for the same moment.
#[test]
fn an_edit_of_another_length() {
    let directory = Directory::new();
    let path = directory.at("file");
    write_at(&path, "one.", moment());
    let reload = reload(&path);
    assert_eq!(text(&reload), "one");
    for content in ["three", "ten", ""] {
        write_at(&path, &format!("{content}."), moment());
        assert_eq!(text(&reload), content);
    }
}

/// Nothing but the time tells the two apart; it need not grow.
#[test]
fn an_edit_at_another_time() {
    let directory = Directory::new();
    let path = directory.at("file");
    write_at(&path, "one.", moment());
    let reload = reload(&path);
    assert_eq!(text(&reload), "one");
    let times = [
        ("two", moment() - Duration::from_secs(1)),
        ("six", moment()),
        ("ten", moment() + Duration::from_millis(10)),
    ];
    for (content, modified) in times {
        write_at(&path, &format!("{content}."), modified);
        assert_eq!(text(&reload), content);
    }
}

#[test]
fn a_touched_file_is_read_again() {
    let directory = Directory::new();
    let path = directory.at("file");
    write_at(&path, "one.", moment());
    let reload = reload(&path);
    assert_eq!((text(&reload), generation(&reload)), ("one".into(), 1));
    touch(&path, moment() + Duration::from_secs(1));
    assert_eq!((text(&reload), generation(&reload)), ("one".into(), 2));
}

/// What is not seen is told: `invalidate`.
#[test]
fn an_edit_that_leaves_no_trace() {
    let directory = Directory::new();
    let path = directory.at("file");
    write_at(&path, "one.", moment());
    let reload = reload(&path);
    assert_eq!(text(&reload), "one");
    write_at(&path, "two.", moment());
    reload.invalidate();
    assert_eq!(text(&reload), "two");
}

#[test]
fn a_file_that_comes_later() {
    let directory = Directory::new();
    let path = directory.at("file");
    let reload = reload(&path);
    for _ in 0..3 {
        assert!(reload.get().is_err());
        assert_unread(&reload, io::ErrorKind::NotFound);
    }
    write(&path, "one.");
    assert_eq!(text(&reload), "one");
    assert!(reload.status().error.is_none());
}

#[test]
fn a_file_that_goes_away_leaves_its_value() {
    let directory = Directory::new();
    let (path, aside) = (directory.at("file"), directory.at("aside"));
    write(&path, "one.");
    let reload = reload(&path);
    assert_eq!(text(&reload), "one");
    fs::rename(&path, &aside).unwrap();
    assert_eq!((text(&reload), text(&reload)), ("one".into(), "one".into()));
    assert_unread(&reload, io::ErrorKind::NotFound);
    fs::rename(&aside, &path).unwrap();
    assert_eq!(text(&reload), "one");
    assert!(reload.status().error.is_none());
    assert_eq!(generation(&reload), 1, "the same file is back");
    fs::remove_file(&path).unwrap();
    assert_eq!(text(&reload), "one");
    write(&path, "a second.");
    assert_eq!((text(&reload), generation(&reload)), ("a second".into(), 2));
}

/// `parse` can tell, and the old value stays until the rest is there.
#[test]
fn a_file_that_is_half_written() {
    let directory = Directory::new();
    let path = directory.at("file");
    write(&path, "one.");
    let reload = reload(&path);
    assert_eq!(text(&reload), "one");
    for half in ["", "t", "twi"] {
        write(&path, half);
        assert_eq!(text(&reload), "one");
        match &*trouble(&reload) {
            FileError::Parse(at, error) => {
                assert_eq!((at, error), (&path, &format!("{half:?} has no end")));
            }
            other => panic!("{other}"),
        }
    }
    write(&path, "twice.");
    assert_eq!((text(&reload), generation(&reload)), ("twice".into(), 2));
    assert!(reload.status().error.is_none());
}

#[test]
fn what_is_no_text_is_a_matter_of_the_parser() {
    let directory = Directory::new();
    let path = directory.at("file");
    fs::write(&path, b"\xff\x00.").unwrap();
    let reload = reload(&path);
    assert!(reload.get().is_err());
    assert!(matches!(&*trouble(&reload), FileError::Parse(..)));
    let bytes = |text: &[u8]| Ok::<_, ()>(text.to_vec());
    let raw = onset::Reload::new(onset::FileSource::new(&path, bytes));
    assert_eq!(*raw.get().unwrap(), *b"\xff\x00.");
}
