//! `site.toml`: what holds for all pages below a directory.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use minijinja::{Value, value::Serde};
use onset::{
    FileError, FileSource, FileStamp, Guard, LoadError, OnceMap, OptionalFile, Reload, Source,
};

use crate::root::{Opener, Root};

/// What stands in a directory's `site.toml`, on top of what holds for its parent.
pub struct Variables {
    table: toml::Table,
    value: Value,
}

impl From<toml::Table> for Variables {
    fn from(table: toml::Table) -> Self {
        let value = Value::from(Serde(&table));
        Self { table, value }
    }
}

impl Variables {
    /// As templates see them.
    pub fn value(&self) -> Value {
        self.value.clone()
    }
}

/// A directory's variables.
pub type Shelf = Reload<VariablesSource>;

/// The variables of all directories that have pages.
pub struct AllVariables {
    root: Root,
    check_every: Duration,
    initialisations: AtomicU64,
    /// An `Arc`, for each directory has a hold on its parent's.
    by_directory: OnceMap<PathBuf, Arc<Shelf>>,
}

impl AllVariables {
    /// Of the directories below `root`.
    #[must_use]
    pub fn new(root: &Root, check_every: Duration) -> Self {
        Self {
            root: root.clone(),
            check_every,
            initialisations: AtomicU64::new(0),
            by_directory: OnceMap::new(),
        }
    }

    /// Those of a directory, if it is not yet time to look after them.
    pub fn ready(&self, directory: &Path) -> Option<Guard<'_, Variables>> {
        self.by_directory.get(directory)?.ready()
    }

    /// Those of a directory, which exists.
    pub fn of(&self, directory: &Path) -> &Shelf {
        self.shelf(directory)
    }

    fn shelf(&self, directory: &Path) -> &Arc<Shelf> {
        self.by_directory.get_or_init_ref(directory, |directory| {
            self.initialisations.fetch_add(1, Ordering::Relaxed);
            let parent = directory.parent().map(|parent| self.shelf(parent));
            let source = VariablesSource::new(&self.root, directory, parent.cloned());
            Arc::new(Reload::new(source).check_every(self.check_every))
        })
    }

    /// How often those of a directory were opened because they were not yet.
    pub fn initialisations(&self) -> u64 {
        self.initialisations.load(Ordering::Relaxed)
    }

    /// All that were asked for, with their directories.
    pub fn iter(&self) -> impl Iterator<Item = (&Path, &Shelf)> {
        self.by_directory
            .iter()
            .map(|(path, shelf)| (&**path, &**shelf))
    }
}

type Parse = fn(&[u8]) -> Result<toml::Table, toml::de::Error>;

fn parse(text: &[u8]) -> Result<toml::Table, toml::de::Error> {
    match std::str::from_utf8(text) {
        Ok(text) => text.parse(),
        Err(error) => Err(serde::de::Error::custom(error)),
    }
}

/// A `site.toml`, and the directory above.
pub struct VariablesSource {
    file: OptionalFile<Parse, Opener>,
    parent: Option<Arc<Shelf>>,
}

/// Why there are no variables.
#[derive(Debug)]
pub enum VariablesError {
    /// The directory's own file.
    Own(FileError<toml::de::Error>),
    /// That of a directory above.
    Above(LoadError<Self>),
}

impl fmt::Display for VariablesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own(error) => error.fmt(f),
            Self::Above(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for VariablesError {}

impl VariablesSource {
    /// That of a directory below `root`.
    #[must_use]
    pub fn new(root: &Root, directory: &Path, parent: Option<Arc<Shelf>>) -> Self {
        let file = FileSource::new(directory.join("site.toml"), parse as Parse);
        Self {
            file: file.opened_by(root.opener()).optional(),
            parent,
        }
    }

    /// What holds for the directory above.
    fn above(&self) -> Result<Option<Guard<'_, Variables>>, VariablesError> {
        let above = self.parent.as_ref().map(|parent| parent.get());
        above.transpose().map_err(VariablesError::Above)
    }
}

/// Its version is its own file's and that of the directory above.
impl Source for VariablesSource {
    type Value = Variables;
    type Stamp = (u64, Option<FileStamp>);
    type Error = VariablesError;

    fn stamp(&self) -> Result<Self::Stamp, VariablesError> {
        // The `get` looks after it, and then its generation tells.
        drop(self.above()?);
        let generation = self.parent.as_ref().map_or(0, |parent| parent.generation());
        let stamp = self.file.stamp().map_err(VariablesError::Own)?;
        Ok((generation, stamp))
    }

    fn load(&self) -> Result<Variables, VariablesError> {
        let mut table = match self.above()? {
            Some(above) => above.table.clone(),
            None => toml::Table::new(),
        };
        let own = self.file.load().map_err(VariablesError::Own)?;
        table.extend(own.unwrap_or_default());
        Ok(table.into())
    }
}
