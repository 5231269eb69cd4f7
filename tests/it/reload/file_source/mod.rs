//! Real files, in a directory of each test's own.
//!
//! Times of modification are set, not waited for.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, SystemTime},
};

use onset::{FileError, FileSource, LoadError, Reload, Stale};

mod changing;
mod optional;
mod too_long;
mod unreadable;

/// A directory that goes with the test.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Self {
        Self::within(&std::env::temp_dir())
    }

    fn within(parent: &Path) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = parent.join(format!("onset-it-{}-{number}", process::id()));
        // A process that died may have had the same number.
        let _ = fs::remove_dir_all(&path);
        fs::create_dir(&path).expect("a place for files");
        Self(path)
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

type Parse = fn(&[u8]) -> Result<String, String>;
type Text = Reload<FileSource<Parse>>;

/// A text that must end with a full stop, or it is only half of one.
fn sentence(text: &[u8]) -> Result<String, String> {
    let text = std::str::from_utf8(text).map_err(|error| error.to_string())?;
    let whole = text.strip_suffix('.');
    whole
        .map(str::to_string)
        .ok_or_else(|| format!("{text:?} has no end"))
}

/// It looks at each `get`.
fn reload(path: &Path) -> Text {
    Reload::new(FileSource::new(path, sentence as Parse))
        .check_every(Duration::ZERO)
        .back_off(Duration::ZERO)
        .stale(Stale::Wait)
}

#[track_caller]
fn text(reload: &Text) -> String {
    reload.get().expect("there is a text").to_string()
}

fn generation(reload: &Text) -> u64 {
    reload.status().generation
}

/// What is wrong at the moment.
#[track_caller]
fn trouble(reload: &Text) -> std::sync::Arc<FileError<String>> {
    match reload.status().error.expect("something is wrong") {
        LoadError::Failed(error) => error,
        LoadError::Panicked(text) => panic!("{text}"),
    }
}

/// That the system could not read it, and why.
#[track_caller]
fn assert_unread(reload: &Text, kind: io::ErrorKind) {
    match &*trouble(reload) {
        FileError::Read(path, error) => {
            assert_eq!(path, reload.source().path());
            assert_eq!(error.kind(), kind, "{error}");
        }
        other => panic!("{other}"),
    }
}

fn write(path: &Path, text: &str) {
    fs::write(path, text).expect("it can be written");
}

fn moment() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_600_000_000)
}

/// Writes it as of that moment.
fn write_at(path: &Path, text: &str, modified: SystemTime) {
    write(path, text);
    touch(path, modified);
}

fn touch(path: &Path, modified: SystemTime) {
    let file = File::options()
        .append(true)
        .open(path)
        .expect("it is there");
    file.set_modified(modified).expect("it can be set");
}
