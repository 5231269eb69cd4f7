//! Files below a directory, and never beyond it.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use cap_std::{
    ambient_authority,
    fs::{Dir, OpenOptions},
};
use percent_encoding::percent_decode_str;

/// A directory, by which files are found below it: whatever a path or a symbolic link says, nothing
/// else is opened (on Linux the kernel sees to that).
#[derive(Clone)]
pub struct Root {
    dir: Arc<Dir>,
}

impl Root {
    /// The directory at `path`.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub fn open(path: &Path) -> io::Result<Self> {
        let dir = Dir::open_ambient_dir(path, ambient_authority())?;
        Ok(Self { dir: Arc::new(dir) })
    }

    /// A regular file. Never blocks on a pipe that stands there instead.
    ///
    /// # Errors
    ///
    /// If there is none, or if it stands elsewhere: both are [`io::ErrorKind::NotFound`], so that
    /// nobody learns what there is elsewhere.
    pub fn file(&self, path: &Path) -> io::Result<File> {
        let file = match self.dir.open_with(path, &reading()) {
            Ok(file) => file.into_std(),
            Err(error) if leads_out(&error) => return Err(io::ErrorKind::NotFound.into()),
            Err(error) => return Err(error),
        };
        if file.metadata()?.is_file() {
            Ok(file)
        } else {
            Err(io::ErrorKind::NotFound.into())
        }
    }

    /// [`file`](Self::file) as a function, for a `FileSource`.
    pub fn opener(&self) -> Opener {
        let root = self.clone();
        Box::new(move |path| root.file(path))
    }

    /// The names in a directory, in order, but for hidden ones; none if there is no such directory.
    ///
    /// # Errors
    ///
    /// If it cannot be read.
    pub fn names(&self, directory: &Path) -> io::Result<Vec<String>> {
        let entries = match self.dir.read_dir(directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) if leads_out(&error) => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut names = Vec::new();
        for entry in entries {
            // A name that is no text cannot be asked for.
            names.extend(entry?.file_name().into_string().ok());
        }
        names.retain(|name| !name.starts_with('.'));
        names.sort_unstable();
        Ok(names)
    }

    /// Whether it is a directory, or a link to one that stands below the root.
    #[must_use]
    pub fn is_directory(&self, path: &Path) -> bool {
        self.dir.metadata(path).is_ok_and(|of| of.is_dir())
    }
}

/// Refused by the root, not by the system.
fn leads_out(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::PermissionDenied && error.raw_os_error().is_none()
}

#[cfg(unix)]
fn reading() -> OpenOptions {
    use cap_std::fs::OpenOptionsExt;
    let mut options = OpenOptions::new();
    options.read(true).custom_flags(libc::O_NONBLOCK);
    options
}

#[cfg(not(unix))]
fn reading() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true);
    options
}

/// Opens files below a root.
pub type Opener = Box<dyn Fn(&Path) -> io::Result<File> + Send + Sync>;

/// The file that a URL's path stands for, relative to the root; none if it stands for none.
///
/// `/` is `index.html`, and what has no extension is a `.html`. No step may be empty, or begin with
/// a dot or an underscore: those are not for visitors.
#[must_use]
pub fn page_path(url: &str) -> Option<PathBuf> {
    let path = percent_decode_str(url).decode_utf8().ok()?;
    let steps = path.strip_prefix('/')?;
    let mut found = PathBuf::new();
    let (directories, name) = match steps.rsplit_once('/') {
        Some((directories, name)) => (Some(directories), name),
        None => (None, steps),
    };
    for step in directories.iter().flat_map(|all| all.split('/')) {
        found.push(public(step)?);
    }
    found.push(match name {
        "" => "index.html",
        name => public(name)?,
    });
    if found.extension().is_none() {
        found.set_extension("html");
    }
    Some(found)
}

/// What visitors may ask for.
fn public(step: &str) -> Option<&str> {
    let hidden = step.is_empty() || step.starts_with(['.', '_']);
    let odd = step.contains(|c: char| c.is_control() || c == '\\' || c == ':');
    (!hidden && !odd && step.len() <= 255).then_some(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_pages() {
        for (url, path) in [
            ("/", Some("index.html")),
            ("/about", Some("about.html")),
            ("/notes/", Some("notes/index.html")),
            ("/notes/a.txt", Some("notes/a.txt")),
            ("/n%6Ftes/%C3%A4", Some("notes/ä.html")),
            ("", None),
            ("about", None),
            ("//about", None),
            ("/a//b", None),
            ("/..", None),
            ("/a/../b", None),
            ("/a/%2e%2e/b", None),
            ("/%2e%2e%2fpasswd", None),
            ("/a%2f..%2f..%2fb", None),
            ("/a\\..\\b", None),
            ("/c:/b", None),
            ("/.git/config", None),
            ("/_parts/layout.html", None),
            ("/a%00.html", None),
            ("/%ff", None),
        ] {
            assert_eq!(page_path(url), path.map(PathBuf::from), "{url}");
        }
        assert_eq!(page_path(&format!("/{}", "a".repeat(256))), None);
    }
}
