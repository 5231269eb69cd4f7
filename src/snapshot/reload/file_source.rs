//! A file, as a source.

use alloc::vec::Vec;
use core::fmt;
use std::{
    fs::{self, File, Metadata},
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
/// [`optional`](Self::optional) makes a file that does not exist a value, not a failure, and
/// [`opened_by`](Self::opened_by) lets another function than [`File::open`] find it, one that never
/// leaves a directory, say.
///
/// A file that changes while it is read is an error ([`FileError::Changed`]). One that somebody has
/// only written half of, and then paused, can be told from a whole one by `parse` alone: so let
/// `parse` fail where something is missing, or better, write a new file beside the old one and
/// rename it.
pub struct FileSource<F, O = fn(&Path) -> io::Result<File>> {
    path: PathBuf,
    parse: F,
    /// None: by its name.
    open: Option<O>,
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
            open: None,
        }
    }
}

impl<F, O> FileSource<F, O> {
    /// The same, but `open` opens the file, at each check and at each load: for files that may be
    /// found only below one directory, wherever their names or links lead, or that are open already.
    ///
    /// ```
    /// use onset::{FileSource, Reload};
    /// use std::{fs::File, io, path::Path};
    ///
    /// fn regular(path: &Path) -> io::Result<File> {
    ///     let file = File::open(path)?;
    ///     let is_regular = file.metadata()?.is_file();
    ///     is_regular.then_some(file).ok_or(io::ErrorKind::InvalidInput.into())
    /// }
    ///
    /// let text = |bytes: &[u8]| String::from_utf8(bytes.into());
    /// let directory = Reload::new(FileSource::new("/", text).opened_by(regular));
    /// assert!(directory.get().is_err());
    /// ```
    #[must_use]
    pub fn opened_by<P>(self, open: P) -> FileSource<F, P>
    where
        P: Fn(&Path) -> io::Result<File>,
    {
        FileSource {
            path: self.path,
            parse: self.parse,
            open: Some(open),
        }
    }

    /// The same, but that there is no file is a value: `None`.
    ///
    /// The value then goes when the file goes, and comes when it comes.
    #[must_use]
    pub fn optional(self) -> OptionalFile<F, O> {
        OptionalFile { file: self }
    }

    /// Where the file is looked for.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// A file that need not exist: made by [`FileSource::optional`].
///
/// "Does not exist" is what the system says of the path, or of something on the way that is no
/// directory. All other errors are failures, as for a [`FileSource`].
///
/// ```
/// use onset::{FileSource, Reload};
/// use std::time::Duration;
///
/// let path = std::env::temp_dir().join(format!("onset-optional-{}", std::process::id()));
/// let text = |bytes: &[u8]| String::from_utf8(bytes.into());
/// let note = Reload::new(FileSource::new(&path, text).optional()).check_every(Duration::ZERO);
///
/// assert_eq!(*note.get().unwrap(), None);
/// std::fs::write(&path, "here").unwrap();
/// assert_eq!(note.get().unwrap().as_deref(), Some("here"));
/// std::fs::remove_file(&path).unwrap();
/// assert_eq!(*note.get().unwrap(), None);
/// ```
pub struct OptionalFile<F, O = fn(&Path) -> io::Result<File>> {
    file: FileSource<F, O>,
}

impl<F, O> OptionalFile<F, O> {
    /// Where the file is looked for.
    pub fn path(&self) -> &Path {
        self.file.path()
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

/// For a source of your own, over several files say. Take it from the open file
/// ([`File::metadata`]) before you read; if it is another one afterwards, the file changed meanwhile.
impl From<&Metadata> for FileStamp {
    fn from(metadata: &Metadata) -> Self {
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

impl<E> FileError<E> {
    /// Whether the system said that there is no such file.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        use io::ErrorKind::{NotADirectory, NotFound};
        matches!(self, Self::Read(_, error) if matches!(error.kind(), NotFound | NotADirectory))
    }
}

impl<F, O, V, E> Source for FileSource<F, O>
where
    F: Fn(&[u8]) -> Result<V, E>,
    O: Fn(&Path) -> io::Result<File>,
{
    type Value = V;
    type Stamp = FileStamp;
    type Error = FileError<E>;

    fn stamp(&self) -> Result<FileStamp, FileError<E>> {
        let metadata = match &self.open {
            // Not by opening it: that may block, where a pipe stands in its place.
            None => fs::metadata(&self.path),
            Some(open) => open(&self.path).and_then(|file| file.metadata()),
        };
        metadata
            .map(|metadata| FileStamp::from(&metadata))
            .map_err(|error| FileError::Read(self.path.clone(), error))
    }

    fn load(&self) -> Result<V, FileError<E>> {
        let file = match &self.open {
            None => File::open(&self.path),
            Some(open) => open(&self.path),
        };
        let (text, changed) = file
            .and_then(read)
            .map_err(|error| FileError::Read(self.path.clone(), error))?;
        if changed {
            return Err(FileError::Changed(self.path.clone()));
        }
        (self.parse)(&text).map_err(|error| FileError::Parse(self.path.clone(), error))
    }
}

impl<F, O, V, E> Source for OptionalFile<F, O>
where
    F: Fn(&[u8]) -> Result<V, E>,
    O: Fn(&Path) -> io::Result<File>,
{
    type Value = Option<V>;
    type Stamp = Option<FileStamp>;
    type Error = FileError<E>;

    fn stamp(&self) -> Result<Option<FileStamp>, FileError<E>> {
        unless_missing(self.file.stamp())
    }

    fn load(&self) -> Result<Option<V>, FileError<E>> {
        unless_missing(self.file.load())
    }
}

fn unless_missing<T, E>(found: Result<T, FileError<E>>) -> Result<Option<T>, FileError<E>> {
    match found {
        Err(error) if error.is_missing() => Ok(None),
        found => found.map(Some),
    }
}

/// The file's content, and whether it changed while it was read.
fn read(mut file: File) -> io::Result<(Vec<u8>, bool)> {
    let before = FileStamp::from(&file.metadata()?);
    let mut text = Vec::new();
    text.try_reserve_exact(usize::try_from(before.len).unwrap_or(usize::MAX))?;
    file.read_to_end(&mut text)?;
    let after = FileStamp::from(&file.metadata()?);
    Ok((text, before != after))
}

impl<F, O> fmt::Debug for FileSource<F, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileSource")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

impl<F, O> fmt::Debug for OptionalFile<F, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OptionalFile")
            .field("path", &self.file.path)
            .finish_non_exhaustive()
    }
}
