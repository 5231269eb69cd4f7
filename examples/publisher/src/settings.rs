//! What holds for the whole site, from a file: replaced as a whole, or not at all.

use std::{
    path::Path,
    sync::{Mutex, PoisonError},
};

use minijinja::{Value, value::Serde};
use onset::{FileError, FileSource, FileStamp, Guard, OptionalFile, SnapshotCell, Source};
use serde::{Deserialize, Serialize};

/// What stands in the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Plain {
    /// What the site is called.
    pub title: String,
    /// What stands below each page.
    pub footer: String,
    /// The guest book.
    pub guest_book: GuestBook,
}

/// How the guest book is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GuestBook {
    /// Whether it may be signed.
    pub open: bool,
    /// How many entries it has room for.
    pub room: u64,
    /// How many entries are shown, the newest ones.
    pub shown: u32,
}

impl Default for Plain {
    fn default() -> Self {
        Self {
            title: "A site".into(),
            footer: String::new(),
            guest_book: GuestBook::default(),
        }
    }
}

impl Default for GuestBook {
    fn default() -> Self {
        Self {
            open: true,
            room: 1_000_000,
            shown: 20,
        }
    }
}

/// Settings, in one version.
pub struct Settings {
    /// What stands in the file.
    pub plain: Plain,
    value: Value,
}

impl From<Plain> for Settings {
    fn from(plain: Plain) -> Self {
        let value = Value::from(Serde(&plain));
        Self { plain, value }
    }
}

impl Settings {
    /// As templates see them.
    #[must_use]
    pub fn value(&self) -> Value {
        self.value.clone()
    }
}

type Parse = fn(&[u8]) -> Result<Plain, toml::de::Error>;

fn parse(text: &[u8]) -> Result<Plain, toml::de::Error> {
    match std::str::from_utf8(text) {
        Ok(text) => toml::from_str(text),
        Err(error) => Err(serde::de::Error::custom(error)),
    }
}

/// The settings that hold, and the file that they come from.
pub struct Current {
    cell: SnapshotCell<Settings>,
    file: OptionalFile<Parse>,
    seen: Mutex<Seen>,
}

/// What the last look at the file found.
struct Seen {
    stamp: Option<FileStamp>,
    refused: Option<String>,
}

impl Current {
    /// The settings in a file; without one, the default ones.
    ///
    /// # Errors
    ///
    /// If the file is wrong: a site does not begin with settings that nobody wrote.
    pub fn new(path: &Path) -> Result<Self, FileError<toml::de::Error>> {
        let file = FileSource::new(path, parse as Parse).optional();
        let stamp = file.stamp()?;
        let settings = file.load()?.unwrap_or_default();
        Ok(Self {
            cell: SnapshotCell::new(settings.into()),
            file,
            seen: Mutex::new(Seen {
                stamp,
                refused: None,
            }),
        })
    }

    /// Those that hold at the moment.
    pub fn load(&self) -> Guard<'_, Settings> {
        self.cell.load()
    }

    /// How many versions there were.
    pub fn generation(&self) -> u64 {
        self.cell.generation()
    }

    /// Why the file is not what holds, if it is not.
    pub fn refused(&self) -> Option<String> {
        self.seen().refused.clone()
    }

    /// Looks at the file: if it has changed, or in any case if that is asked for, its settings hold
    /// from now on. A wrong one is refused, and what held goes on to hold.
    pub fn look(&self, in_any_case: bool) {
        let mut seen = self.seen();
        match self.file.stamp() {
            Ok(stamp) if stamp == seen.stamp && !in_any_case => return,
            // Before the file is read: what changes meanwhile is seen the next time.
            Ok(stamp) => seen.stamp = stamp,
            Err(_) => {}
        }
        seen.refused = match self.file.load() {
            Ok(Some(settings)) => {
                self.cell.store(settings.into());
                tracing::info!(generation = self.cell.generation(), "new settings");
                None
            }
            Ok(None) => Some("the file is gone".into()),
            Err(error) => Some(error.to_string()),
        };
        if let Some(reason) = &seen.refused {
            tracing::warn!("the settings stay as they are: {reason}");
        }
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
