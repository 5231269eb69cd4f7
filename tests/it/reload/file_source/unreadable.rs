//! What cannot be read, or not to the end.

use std::{fs, io, io::ErrorKind};

use super::{Directory, assert_unread, generation, reload, text, write};

#[test]
fn a_directory_in_its_place() {
    let directory = Directory::new();
    let path = directory.at("file");
    fs::create_dir(&path).unwrap();
    let reload = reload(&path);
    assert!(reload.get().is_err());
    let expected = fs::read(&path).unwrap_err().kind();
    assert_unread(&reload, expected);
    fs::remove_dir(&path).unwrap();
    write(&path, "one.");
    assert_eq!(text(&reload), "one");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert_eq!(text(&reload), "one");
    assert_unread(&reload, expected);
}

/// Where a directory should be, there is a file.
#[test]
fn a_path_that_leads_nowhere() {
    let directory = Directory::new();
    write(&directory.at("file"), "one.");
    let path = directory.at("file").join("below");
    let reload = reload(&path);
    assert!(reload.get().is_err());
    assert_unread(&reload, fs::read(&path).unwrap_err().kind());
}

#[test]
fn no_path_at_all() {
    for path in ["", "a\0b"] {
        let reload = reload(path.as_ref());
        assert!(reload.get().is_err());
        assert_unread(&reload, fs::read(path).unwrap_err().kind());
    }
}

#[test]
#[cfg(unix)]
fn a_link_to_itself() {
    let directory = Directory::new();
    let path = directory.at("file");
    std::os::unix::fs::symlink(&path, &path).unwrap();
    let reload = reload(&path);
    assert!(reload.get().is_err());
    assert_unread(&reload, fs::read(&path).unwrap_err().kind());
}

/// Its owner may not read it, unless he may everything: it is read when `std` can read it.
#[test]
#[cfg(unix)]
fn a_file_that_is_forbidden() {
    use std::os::unix::fs::PermissionsExt;
    let directory = Directory::new();
    let path = directory.at("file");
    write(&path, "one.");
    let allow = |mode| fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    allow(0o000);
    let reload = reload(&path);
    let outcome = reload.get().map(|text| text.to_string());
    match fs::read(&path) {
        Ok(_) => assert_eq!(outcome.unwrap(), "one"),
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::PermissionDenied);
            assert_unread(&reload, ErrorKind::PermissionDenied);
        }
    }
    allow(0o600);
    assert_eq!(text(&reload), "one");
    allow(0o000);
    assert_eq!((text(&reload), generation(&reload)), ("one".into(), 1));
}

/// It can be opened, and asked for its length, and that is all.
#[test]
#[cfg(target_os = "linux")]
fn a_file_that_cannot_be_read() {
    let path = std::path::Path::new("/proc/self/mem");
    let reload = reload(path);
    assert!(reload.get().is_err());
    assert_unread(&reload, fs::read(path).unwrap_err().kind());
}

/// Files that do not know their length are read to their end.
#[test]
#[cfg(target_os = "linux")]
fn a_file_without_a_length() {
    let path = "/proc/sys/kernel/ostype";
    assert_eq!(fs::metadata(path).unwrap().len(), 0);
    let whole = |text: &[u8]| Ok::<_, ()>(text.to_vec());
    let reload = onset::Reload::new(onset::FileSource::new(path, whole));
    assert_eq!(*reload.get().unwrap(), fs::read(path).unwrap());
}

/// A pipe is a file that its writer changes under the reader's hands, at a moment that both know:
/// when the reader has taken the first part.
#[test]
#[cfg(unix)]
fn a_file_that_changes_while_it_is_read() -> io::Result<()> {
    use onset::FileError;
    use std::{fs::File, io::Write as _, process::Command, thread};
    let _watch = crate::support::watchdog();
    let directory = Directory::new();
    let path = directory.at("pipe");
    assert!(Command::new("mkfifo").arg(&path).status()?.success());
    let reload = reload(&path);
    thread::scope(|s| {
        let reader = s.spawn(|| reload.get().map(drop));
        let mut pipe = File::options().write(true).open(&path)?;
        // More than a pipe holds: so the reader is in the middle of it when this is written.
        pipe.write_all(&[b'a'; 1 << 20])?;
        pipe.set_modified(super::moment())?;
        drop(pipe);
        assert!(reader.join().unwrap().is_err());
        let error = super::trouble(&reload);
        assert!(
            matches!(&*error, FileError::Changed(at) if *at == path),
            "{error}"
        );
        Ok(())
    })
}
