//! A package as the rules see it.

use std::{path::PathBuf, sync::Arc};

use crate::{facts::FileFacts, finding::Unread};

/// The sources of one package, read and taken apart.
#[derive(Debug, Default)]
pub struct Package {
    /// Its name, as other crates write it in paths (no hyphens).
    pub name: String,
    /// The folder of its manifest, or the folder that was named.
    pub root: PathBuf,
    /// Whether anything in it may be reached from other packages: it has a library target, or nobody
    /// knows.
    pub is_library: bool,
    /// Its files.
    pub files: Vec<File>,
    /// What could not be read.
    pub unread: Vec<Unread>,
}

/// A file that was read and parsed.
#[derive(Debug)]
pub struct File {
    /// Its path, as it is to be shown.
    pub path: PathBuf,
    /// Its text.
    pub text: Arc<str>,
    /// What is in it.
    pub facts: FileFacts,
}
