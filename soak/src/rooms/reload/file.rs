//! A world in a file.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use onset::{FileError, FileSource, FileStamp, Source};

use super::{Event, Version, World};
use crate::{
    dice::mix,
    faults::Failed,
    hand,
    tally::Tally,
    values::{Record, Value},
};

type Parse = Box<dyn Fn(&[u8]) -> Result<Version, Failed> + Send + Sync>;

/// Words per file, so that it takes more than one moment to write.
const WORDS: u64 = 64;

pub(crate) struct File {
    source: FileSource<Parse>,
    /// The newest version, and the right to write it.
    number: Mutex<u64>,
    tally: &'static Tally,
}

/// Where the files of this process are. Removed at the end.
pub(crate) fn directory() -> PathBuf {
    std::env::temp_dir().join(format!("soak-{}", process::id()))
}

/// The number, and words that belong to it.
fn content(number: u64) -> String {
    let words = (0..WORDS).map(|n| format!("{:016x}\n", mix(number << 8 | n)));
    format!("{number:016x}\n") + &words.collect::<String>()
}

/// The number, if all is there and belongs together.
fn number_of(content_read: &[u8]) -> Result<u64, Failed> {
    let text = std::str::from_utf8(content_read).map_err(|_| Failed)?;
    let first = text.lines().next().ok_or(Failed)?;
    let number = u64::from_str_radix(first, 16).map_err(|_| Failed)?;
    if text == content(number) {
        Ok(number)
    } else {
        Err(Failed)
    }
}

fn parse(bytes: &[u8]) -> Result<Version, Failed> {
    let value: Value = hand::run()?;
    number_of(bytes).map(|number| Version { value, number })
}

impl World for File {
    fn new(record: &Arc<Record>) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let file = NUMBER.fetch_add(1, Ordering::Relaxed);
        // If it cannot be created, no file can be written, and that is reported.
        let _ = fs::create_dir_all(directory());
        let parse: Parse = Box::new(parse);
        let world = Self {
            source: FileSource::new(directory().join(format!("{file}.txt")), parse),
            number: Mutex::new(0),
            tally: record.tally,
        };
        world.happen(Event::Changed);
        world
    }

    fn happen(&self, event: Event) {
        let mut number = self.number.lock().unwrap_or_else(PoisonError::into_inner);
        *number += 1;
        let path = self.source.path();
        let done = match event {
            Event::Gone => fs::remove_file(path),
            // In place, and not all of it.
            Event::Broken => fs::write(path, &content(*number)[..200]),
            // In place, or beside it and renamed.
            Event::Changed if *number % 2 == 0 => fs::write(path, content(*number)),
            Event::Changed => renamed(path, &content(*number)),
        };
        let harmless = |error: &io::Error| error.kind() == io::ErrorKind::NotFound;
        if let Err(error) = done {
            self.tally.require(
                event == Event::Gone && harmless(&error),
                "the file can be written",
                format_args!("{}: {error}", path.display()),
            );
        }
    }

    fn number(&self) -> u64 {
        *self.number.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn renamed(path: &Path, content: &str) -> io::Result<()> {
    let beside = path.with_extension("new");
    fs::write(&beside, content)?;
    fs::rename(beside, path)
}

impl Source for File {
    type Value = Version;
    type Stamp = FileStamp;
    type Error = FileError<Failed>;

    fn stamp(&self) -> Result<FileStamp, FileError<Failed>> {
        self.source.stamp()
    }

    fn load(&self) -> Result<Version, FileError<Failed>> {
        self.source.load()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = fs::remove_file(self.source.path());
    }
}
