//! What is asked for.

use std::{fs, io, path::Path};

use publisher::{Error, database::Database, guest_book};

/// A page, by the name that the figures give it.
#[derive(Clone, Copy)]
pub(crate) struct Page {
    pub(crate) name: &'static str,
    pub(crate) path: &'static str,
    /// Whether somebody edits it meanwhile.
    pub(crate) is_edited: bool,
    /// Whether it is about HTTP and what the threads share, and nothing else.
    pub(crate) is_plain: bool,
}

/// A template, a text as it is, a page with a query, and a template that takes some milliseconds to
/// compile, which is edited twenty times a second.
pub(crate) const PAGES: [Page; 4] = [
    Page::plain("template", "/"),
    Page::plain("text", "/style.css"),
    Page {
        is_plain: false,
        ..Page::plain("guest book", "/guestbook")
    },
    Page {
        is_plain: false,
        is_edited: true,
        ..Page::plain("edited", "/edited")
    },
];

impl Page {
    const fn plain(name: &'static str, path: &'static str) -> Self {
        Self {
            name,
            path,
            is_edited: false,
            is_plain: true,
        }
    }
}

/// The sample site, with a page to be edited, and a guest book with some entries.
pub(crate) fn prepare(directory: &Path) -> Result<(), Error> {
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/sample/site");
    copy(Path::new(sample), &directory.join("site"))?;
    edit(directory, 0)?;
    let database = Database::new(&directory.join("book.db"), guest_book::SCHEMA)?;
    for number in 0..20 {
        let (name, text) = (format!("Guest {number}"), "An entry of an ordinary length.");
        guest_book::sign(&database, 20, (&name, text), || ()).map_err(|no| no.to_string())?;
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to)?;
        } else {
            fs::copy(entry.path(), &to)?;
        }
    }
    Ok(())
}

/// Writes the page anew: beside it, and then in its place. Most of it is only compiled.
pub(crate) fn edit(directory: &Path, version: u64) -> io::Result<()> {
    let unused = "{{ 'a'|upper }}".repeat(10_000);
    let page = format!(
        "{{% macro unused() %}}{unused}{{% endmacro %}}\
         {{% extends 'layout.html' %}}{{% block main %}}version {version}{{% endblock %}}"
    );
    let beside = directory.join("beside");
    fs::write(&beside, page)?;
    fs::rename(beside, directory.join("site/edited.html"))
}
