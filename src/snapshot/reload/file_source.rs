//! A file, as a source.

use alloc::vec::Vec;
use core::fmt;
use std::{
    fs::{File, Metadata},
    io::{self, Read},
    path::{Path, PathBuf},
    time::SystemTime,
};

use super::Source;

/// A file that is read whole and parsed by `parse`: a source for a [`Reload`](crate::Reload).
///
/// Its stamp is the file's identity (device and number, where the system has them), length and time
/// of modification, so that a replaced file, an edit of another length within the same second, and
/// a touched file are all seen. What is not seen is an edit in place that keeps the length, within
/// the time in which the file system's clock does not move (a few milliseconds) after the last
/// load.
///
/// A file that changes while it is read is an error ([`FileError::Changed`]). One that somebody has
/// only written half of, and then paused, can be told from a whole one by `parse` alone: so let
/// `parse` fail where something is missing, or better, write a new file beside the old one and
/// rename it.
pub struct FileSource<F> {
    path: PathBuf,
    parse: F,
}

impl<F> FileSource<F> {
    /// The file at `path`, parsed by `parse`; it need not exist yet.
    pub fn new<V, E>(path: impl Into<PathBuf>, parse: F) -> Self
    where
        F: Fn(&[u8]) -> Result<V, E>,
    {
        Self {
            path: path.into(),
            parse,
        }
    }

    /// Where the file is looked for.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Which version of a file it is: its identity, length and time of modification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileStamp {
    identity: Identity,
    len: u64,
    modified: Option<SystemTime>,
}

#[cfg(unix)]
type Identity = (u64, u64);
/// Elsewhere the time of creation tells a file from the one that took its place.
#[cfg(not(unix))]
type Identity = Option<SystemTime>;

#[cfg(unix)]
fn identity(metadata: &Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
fn identity(metadata: &Metadata) -> Identity {
    metadata.created().ok()
}

impl FileStamp {
    fn of(metadata: &Metadata) -> Self {
        Self {
            identity: identity(metadata),
            len: metadata.len(),
            modified: metadata.modified().ok(),
        }
    }
}

/// Why a file could not be loaded.
#[derive(Debug)]
#[non_exhaustive]
pub enum FileError<E> {
    /// The system could not read it.
    Read(PathBuf, io::Error),
    /// It changed while it was read.
    Changed(PathBuf),
    /// What stands in it is wrong, or half of it is missing.
    Parse(PathBuf, E),
}

impl<E: fmt::Display> fmt::Display for FileError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(path, error) => write!(f, "{} cannot be read: {error}", path.display()),
            Self::Changed(path) => write!(
                f,
                "{} changed while it was read; remedy: write a new file beside it and rename it",
                path.display()
            ),
            Self::Parse(path, error) => write!(f, "{} cannot be used: {error}", path.display()),
        }
    }
}

impl<E: core::error::Error + 'static> core::error::Error for FileError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Read(_, error) => Some(error),
            Self::Changed(_) => None,
            Self::Parse(_, error) => Some(error),
        }
    }
}

impl<F, V, E> Source for FileSource<F>
where
    F: Fn(&[u8]) -> Result<V, E>,
{
    type Value = V;
    type Stamp = FileStamp;
    type Error = FileError<E>;

    fn stamp(&self) -> Result<FileStamp, FileError<E>> {
        let metadata = std::fs::metadata(&self.path);
        metadata
            .map(|metadata| FileStamp::of(&metadata))
            .map_err(|error| FileError::Read(self.path.clone(), error))
    }

    fn load(&self) -> Result<V, FileError<E>> {
        let (text, changed) =
            read(&self.path).map_err(|error| FileError::Read(self.path.clone(), error))?;
        if changed {
            return Err(FileError::Changed(self.path.clone()));
        }
        (self.parse)(&text).map_err(|error| FileError::Parse(self.path.clone(), error))
    }
}

/// The file's content, and whether it changed while it was read.
fn read(path: &Path) -> io::Result<(Vec<u8>, bool)> {
    let mut file = File::open(path)?;
    let before = FileStamp::of(&file.metadata()?);
    let mut text = Vec::new();
    text.try_reserve_exact(usize::try_from(before.len).unwrap_or(usize::MAX))?;
    file.read_to_end(&mut text)?;
    let after = FileStamp::of(&file.metadata()?);
    Ok((text, before != after))
}

impl<F> fmt::Debug for FileSource<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileSource")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}
