//! What the site can do: template filters, page handlers by extension, and listeners.
//!
//! They stand in one registry, so that all that a plug-in brings appears by one step, and a request
//! works on one snapshot of it.

use std::{
    hash::{Hash, Hasher},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use equivalent::Equivalent;
use minijinja::{Error, Value};
use onset::{Batch, ProcessSeeded, Registry, Snapshot};
use serde::Serialize;

use crate::{
    complaints::complain,
    page::{Page, Request},
    template::Filter,
};

/// What kind of thing an extension is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Of a template's values.
    Filter,
    /// Of pages, by the extension of their files.
    Handler,
    /// Of events.
    Listener,
}

/// Names an extension.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// What it is.
    pub kind: Kind,
    /// Its name.
    pub name: String,
}

/// A key that is only looked up.
#[derive(PartialEq, Eq, Hash)]
struct Look<'a>(Kind, &'a str);

/// As that of a `Look`.
impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Look(self.kind, &self.name).hash(state);
    }
}

impl Equivalent<Key> for Look<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        *self == Look(key.kind, &key.name)
    }
}

/// An extension.
#[derive(Clone)]
pub enum Extension {
    /// Of a template's values.
    Filter(Filter),
    /// Of pages.
    Handler(Handler),
    /// Of events.
    Listener(Listener),
}

/// Makes a page's body.
pub type Respond = Arc<dyn Fn(&Request<'_>) -> Result<String, Error> + Send + Sync>;

/// Turns pages with one extension into responses.
#[derive(Clone)]
pub struct Handler {
    /// What the responses are.
    pub content_type: &'static str,
    /// Whether the page is a template, compiled when it is loaded.
    pub is_template: bool,
    /// Makes the body; none: it is the page's text.
    pub respond: Option<Respond>,
}

/// Is told what happens.
pub type Listener = Arc<dyn Fn(&Event<'_>) + Send + Sync>;

/// What has happened.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event<'a> {
    /// A request for a page was answered.
    Served {
        /// The page's path.
        path: &'a str,
        /// The status code.
        status: u16,
    },
    /// Somebody has signed the guest book.
    Signed {
        /// Who.
        name: &'a str,
    },
}

/// The registry of all extensions.
pub type Extensions = Registry<Key, Extension>;

/// What was registered at one moment.
pub type Known = Snapshot<'static, Key, Extension, ProcessSeeded>;

/// All extensions.
pub static EXTENSIONS: Extensions = Registry::with_builtins(built_ins);

type Text = fn(&str) -> String;

const FILTERS: [(&str, Text); 2] = [
    ("initials", |name| {
        name.split_whitespace()
            .filter_map(|word| word.chars().next())
            .collect()
    }),
    ("shout", |text| format!("{}!", text.to_uppercase())),
];

const AS_THEY_ARE: [(&str, &str); 4] = [
    ("css", "text/css; charset=utf-8"),
    ("js", "text/javascript; charset=utf-8"),
    ("svg", "image/svg+xml"),
    ("txt", "text/plain; charset=utf-8"),
];

fn built_ins(batch: &mut Batch<'_, Key, Extension, ProcessSeeded>) {
    for (name, filter) in built_in_filters() {
        batch.register(Key::new(Kind::Filter, name), Extension::Filter(filter));
    }
    for (name, content_type) in AS_THEY_ARE {
        let handler = Handler {
            content_type,
            is_template: false,
            respond: None,
        };
        batch.register(Key::new(Kind::Handler, name), Extension::Handler(handler));
    }
    let html = Handler {
        content_type: HTML,
        is_template: true,
        respond: Some(Arc::new(Page::render)),
    };
    batch.register(Key::new(Kind::Handler, "html"), Extension::Handler(html));
    let trace = |event: &Event<'_>| tracing::debug!(?event);
    batch.register(
        Key::new(Kind::Listener, "trace"),
        Extension::Listener(Arc::new(trace)),
    );
}

/// What HTML is called.
pub const HTML: &str = "text/html; charset=utf-8";

/// Those that the templates of plug-ins may use, too.
pub fn built_in_filters() -> impl Iterator<Item = (&'static str, Filter)> {
    FILTERS.into_iter().map(|(name, text)| {
        let filter: Filter = Arc::new(move |of| Ok(Value::from(text(of))));
        (name, filter)
    })
}

impl Key {
    /// Names an extension.
    #[must_use]
    pub fn new(kind: Kind, name: &str) -> Self {
        let name = name.into();
        Self { kind, name }
    }
}

/// The handler of pages with that extension.
#[must_use]
pub fn handler(known: &Known, extension: &str) -> Option<&'static Handler> {
    match known.get(&Look(Kind::Handler, extension))? {
        Extension::Handler(handler) => Some(handler),
        _ => None,
    }
}

/// All filters.
pub fn filters(known: &Known) -> impl Iterator<Item = (&'static str, Filter)> + use<> {
    known.iter().filter_map(|(key, extension)| match extension {
        Extension::Filter(filter) => Some((&*key.name, Arc::clone(filter))),
        _ => None,
    })
}

/// Tells all listeners. What has happened has happened: one that panics changes nothing about it.
pub fn tell<'k>(known: impl IntoIterator<Item = (&'k Key, &'k Extension)>, event: Event<'_>) {
    for (key, extension) in known {
        if let Extension::Listener(listener) = extension {
            let told = catch_unwind(AssertUnwindSafe(|| listener(&event)));
            if told.is_err() {
                complain(format!("the listener {} has panicked", key.name));
            }
        }
    }
}
