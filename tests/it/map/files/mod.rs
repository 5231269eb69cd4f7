//! The cache with two levels of locks: a map that finds a file's `Reload`, which loads it.
//!
//! The files are real, in a directory of each test's own, and change as a careful editor changes
//! them: written beside, then renamed.

use std::{
    fs,
    path::{Path, PathBuf},
    process,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use onset::{FileError, FileSource, Guard, LoadError, OnceMap, Reload, Stale};

use crate::support::Tally;

mod changing;
mod failing;
mod first_load;

/// A directory that goes with the test.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("onset-map-{}-{number}", process::id()));
        // A process that died may have had the same number.
        let _ = fs::remove_dir_all(&path);
        fs::create_dir(&path).expect("a place for files");
        Self(path)
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Puts a version of the file in its place, whole.
    fn publish(&self, name: &str, version: u64) {
        self.publish_text(name, &text(version));
    }

    fn publish_text(&self, name: &str, text: &str) {
        let beside = self.at(&format!("{name}.new"));
        fs::write(&beside, text).expect("it can be written");
        fs::rename(&beside, self.at(name)).expect("it can be renamed");
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A version's text: long enough to be seen torn, and each line names the version.
fn text(version: u64) -> String {
    let mut text = format!("version {version}\n").repeat(2000);
    text.push_str("end");
    text
}

/// A file as it was parsed.
#[derive(Debug, PartialEq)]
struct Module {
    versions: Vec<u64>,
}

impl Module {
    /// The version, of which every line must be.
    #[track_caller]
    fn version(&self) -> u64 {
        let first = self.versions[0];
        assert!(
            self.versions.iter().all(|version| *version == first),
            "a mixture"
        );
        first
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Malformed {
    Torn,
    NotANumber,
}

fn parse(bytes: &[u8]) -> Result<Module, Malformed> {
    let text = std::str::from_utf8(bytes).map_err(|_| Malformed::Torn)?;
    let lines = text.strip_suffix("end").ok_or(Malformed::Torn)?.lines();
    let version = |line: &str| line.strip_prefix("version ")?.parse().ok();
    let versions = lines.map(|line| version(line).ok_or(Malformed::NotANumber));
    Ok(Module {
        versions: versions.collect::<Result<_, _>>()?,
    })
}

type Parse = Box<dyn Fn(&[u8]) -> Result<Module, Malformed> + Send + Sync>;
type Page = Reload<FileSource<Parse>>;
type Trouble = LoadError<FileError<Malformed>>;

/// The cache, and how often it parsed a file and opened one.
struct Cache {
    pages: OnceMap<PathBuf, Page>,
    parsed: Arc<Tally>,
    opened: Tally,
    stale: Stale,
}

impl Cache {
    fn new(stale: Stale) -> Self {
        Self {
            pages: OnceMap::new(),
            parsed: Arc::new(Tally::new()),
            opened: Tally::new(),
            stale,
        }
    }

    /// The module in the file, as new as it can be had.
    fn module(&self, path: &Path) -> Result<Guard<'_, Module>, Trouble> {
        if let Some(page) = self.pages.get(path) {
            return page.get();
        }
        self.pages
            .get_or_try_init(path.into(), |path| self.open(path))?
            .get()
    }

    fn open(&self, path: &Path) -> Result<Page, Trouble> {
        self.opened.add();
        let parsed = Arc::clone(&self.parsed);
        let parse: Parse = Box::new(move |bytes| {
            parsed.add();
            parse(bytes)
        });
        let page = Reload::new(FileSource::new(path, parse))
            .check_every(Duration::ZERO)
            .back_off(Duration::ZERO)
            .stale(self.stale);
        // A file that cannot be loaded leaves nothing in the map.
        drop(page.get()?);
        Ok(page)
    }
}
