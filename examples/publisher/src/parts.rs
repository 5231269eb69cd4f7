//! The parts that pages are made with: layouts and the like, as one set.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use onset::{FileStamp, Source};

use crate::root::Root;

/// Texts by name.
#[derive(Default)]
pub struct Parts(BTreeMap<String, String>);

impl Parts {
    /// The names and the texts.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, text)| (&**name, &**text))
    }
}

/// All files of one directory. A page never sees parts of which some are older than others.
pub struct PartsSource {
    root: Root,
    directory: PathBuf,
}

impl PartsSource {
    /// Those of `_parts`.
    #[must_use]
    pub fn new(root: &Root) -> Self {
        Self::within(root, "_parts".into())
    }

    /// Those of another directory.
    #[must_use]
    pub fn within(root: &Root, directory: PathBuf) -> Self {
        Self {
            root: root.clone(),
            directory,
        }
    }

    fn files(&self) -> io::Result<Vec<(String, File)>> {
        let mut files = Vec::new();
        for name in self.root.names(&self.directory)? {
            match self.root.file(&self.directory.join(&name)) {
                Ok(file) => files.push((name, file)),
                // A directory, or gone.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(files)
    }
}

impl Source for PartsSource {
    type Value = Parts;
    type Stamp = Vec<(String, FileStamp)>;
    type Error = io::Error;

    fn stamp(&self) -> io::Result<Self::Stamp> {
        let stamp = |(name, file): (String, File)| Ok((name, FileStamp::from(&file.metadata()?)));
        self.files()?.into_iter().map(stamp).collect()
    }

    fn load(&self) -> io::Result<Parts> {
        let before = self.stamp()?;
        let read = |(name, mut file): (String, File)| {
            let mut text = String::new();
            file.read_to_string(&mut text)?;
            Ok((name, text))
        };
        let parts: io::Result<_> = self.files()?.into_iter().map(read).collect();
        if self.stamp()? != before {
            let path = Path::new(&self.directory).display();
            return Err(io::Error::other(format!(
                "{path} changed while it was read"
            )));
        }
        parts.map(Parts)
    }
}
