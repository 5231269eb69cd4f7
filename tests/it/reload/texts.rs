//! What errors say, and what `Debug` shows.

use std::{error::Error, fmt, io, panic::resume_unwind, path::PathBuf, time::Duration};

use onset::{FileError, FileSource, LoadError, Reload, Stale};

use super::{By, World, eager, got};

/// Says why, and has no cause.
#[derive(Debug)]
struct Short(&'static str);

impl fmt::Display for Short {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for Short {}

fn failed() -> LoadError<Short> {
    let load = || -> Result<u8, Short> { Err(Short("out of milk")) };
    Reload::new(By(|| Ok(()), load)).get().unwrap_err()
}

fn panicked() -> LoadError<Short> {
    let load = || -> Result<u8, Short> { resume_unwind(Box::new("spilt it")) };
    Reload::new(By(|| Ok(()), load)).get().unwrap_err()
}

#[test]
fn a_load_error() {
    assert_eq!(
        failed().to_string(),
        "the value could not be loaded: out of milk"
    );
    assert_eq!(
        panicked().to_string(),
        "the source panicked while it loaded: spilt it"
    );
    assert_eq!(format!("{:?}", failed()), "Failed(Short(\"out of milk\"))");
    assert_eq!(format!("{:?}", panicked()), "Panicked(\"spilt it\")");
}

#[test]
fn a_load_error_has_the_source_s_as_its_cause() {
    let error: Box<dyn Error> = Box::new(failed());
    let cause = error.source().expect("the source's");
    assert_eq!(cause.to_string(), "out of milk");
    assert!(cause.is::<Short>());
    assert!(panicked().source().is_none());
    let copy = failed().clone();
    assert_eq!(copy.to_string(), failed().to_string());
    assert_eq!(panicked().clone().to_string(), panicked().to_string());
}

fn file_errors() -> [FileError<Short>; 3] {
    let path = PathBuf::from("dir/file");
    [
        FileError::Read(path.clone(), io::Error::other("no disk")),
        FileError::Changed(path.clone()),
        FileError::Parse(path, Short("no end")),
    ]
}

#[test]
fn a_file_error() {
    let texts = file_errors().map(|error| error.to_string());
    assert_eq!(
        texts,
        [
            "dir/file cannot be read: no disk",
            "dir/file changed while it was read; remedy: write a new file beside it and rename it",
            "dir/file cannot be used: no end",
        ]
    );
    let causes = file_errors().map(|error| error.source().map(ToString::to_string));
    assert_eq!(
        causes,
        [Some("no disk".into()), None, Some("no end".into())]
    );
}

/// All the way down.
#[test]
fn what_a_missing_file_says() {
    let path = std::env::temp_dir().join("onset-there-is-no-such-file");
    let parse = |_: &[u8]| -> Result<u8, Short> { unreachable!("there is nothing to parse") };
    let error = Reload::new(FileSource::new(&path, parse))
        .get()
        .unwrap_err();
    let because = std::fs::read(&path).unwrap_err();
    let expected = format!(
        "the value could not be loaded: {} cannot be read: {because}",
        path.display()
    );
    assert_eq!(error.to_string(), expected);
    let cause = error
        .source()
        .and_then(Error::source)
        .expect("the system's");
    assert!(cause.is::<io::Error>());
}

#[test]
fn a_reload_shows_its_value_and_how_it_is_doing() {
    let reload = eager(World::new(), Stale::Serve);
    let shown = format!("{reload:?}");
    assert_eq!(
        shown,
        "Reload { value: None, status: Status { generation: 0, loaded: None, checked: None, \
         error: None, failures: 0 }, .. }"
    );
    assert_eq!(got(&reload), 1);
    reload.source().spoil(2);
    assert_eq!(got(&reload), 1);
    let shown = format!("{reload:?}");
    assert!(shown.starts_with("Reload { value: Some(#1), status: Status { generation: 1, "));
    assert!(
        shown.ends_with("error: Some(Failed(Fault(2))), failures: 1 }, .. }"),
        "{shown}"
    );
}

#[test]
fn a_guard_shows_the_value() {
    let reload = Reload::new(By(|| Ok::<_, ()>(1), || Ok("a text")));
    let guard = reload.get().unwrap();
    assert_eq!(format!("{guard} {guard:?}"), "a text \"a text\"");
}

#[test]
fn a_file_source_shows_its_path() {
    let source = FileSource::new("dir/file", |_: &[u8]| Ok::<_, ()>(()));
    assert_eq!(
        format!("{source:?}"),
        "FileSource { path: \"dir/file\", .. }"
    );
}

#[test]
fn the_modes() {
    assert_eq!(
        format!("{:?} {:?}", Stale::Serve, Stale::Wait),
        "Serve Wait"
    );
    // A builder leaves the source where it is.
    let reload = eager(World::new(), Stale::Wait).check_every(Duration::ZERO);
    assert_eq!(reload.source().calls(), (0, 0));
}
