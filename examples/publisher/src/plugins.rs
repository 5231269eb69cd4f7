//! Plug-ins: directories of templates, each of which is an extension.
//!
//! `NAME/filters/x.txt` is the filter `x`: a template of `value`. `NAME/handlers/x.html` handles
//! pages whose files end in `.x`: a template of what every page sees, and of `page.text`.
//! `NAME/listeners/x.txt` is rendered for each event, and a line of the log unless it is empty. What
//! ends in `.html` escapes.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use minijinja::{Value, context, value::Serde};
use onset::{BatchError, Source};

use crate::{
    complaints::complain,
    extensions::{
        EXTENSIONS, Event, Extension, HTML, Handler, Key, Kind, Listener, built_in_filters,
    },
    page::Request,
    parts::{Parts, PartsSource},
    root::Root,
    template::Template,
};

/// The texts of a plug-in, by what they are and by their files' names.
type Texts = BTreeMap<Key, (String, String)>;

/// The plug-ins that are published.
pub struct Plugins {
    directory: PathBuf,
    known: Mutex<BTreeMap<String, Plugin>>,
}

#[derive(Default)]
struct Plugin {
    published: Texts,
    refused: Option<String>,
}

impl Plugins {
    /// Those in a directory; none are read yet.
    #[must_use]
    pub fn new(directory: &Path) -> Self {
        Self {
            directory: directory.into(),
            known: Mutex::default(),
        }
    }

    /// Reads all plug-ins. What has changed of one is published as one batch: its new extensions
    /// appear, its changed ones change and its old ones go by one step. If anything of it is wrong
    /// it stays as it was, and `refused` says why.
    pub fn read(&self) {
        let found = match self.find() {
            Ok(found) => found,
            Err(error) => {
                complain(format!(
                    "{} cannot be read: {error}",
                    self.directory.display()
                ));
                return;
            }
        };
        let mut known = self.known();
        let names: BTreeSet<String> = known.keys().chain(found.keys()).cloned().collect();
        for name in names {
            let plugin = known.entry(name.clone()).or_default();
            let outcome = match found.get(&name) {
                Some(Ok(texts)) => plugin.publish(texts.clone()),
                Some(Err(error)) => Err(error.to_string()),
                None => plugin.publish(Texts::new()),
            };
            plugin.refused = outcome.err();
            if let Some(reason) = &plugin.refused {
                complain(format!("the plug-in {name} stays as it is: {reason}"));
            }
        }
        known.retain(|name, _| found.contains_key(name));
    }

    fn find(&self) -> io::Result<BTreeMap<String, io::Result<Texts>>> {
        let root = match Root::open(&self.directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
            root => root?,
        };
        let names = root.names(Path::new("."))?.into_iter();
        let directories = names.filter(|name| root.is_directory(Path::new(name)));
        Ok(directories
            .map(|name| (name.clone(), texts(&root, &name)))
            .collect())
    }

    /// How many extensions each has, or why it is not as its directory says.
    pub fn status(&self) -> Vec<(String, usize, Option<String>)> {
        let status = |(name, plugin): (&String, &Plugin)| {
            (name.clone(), plugin.published.len(), plugin.refused.clone())
        };
        self.known().iter().map(status).collect()
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<String, Plugin>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn texts(root: &Root, plugin: &str) -> io::Result<Texts> {
    let mut texts = Texts::new();
    for (kind, directory) in [
        (Kind::Filter, "filters"),
        (Kind::Handler, "handlers"),
        (Kind::Listener, "listeners"),
    ] {
        let parts = PartsSource::within(root, Path::new(plugin).join(directory)).load()?;
        for (file, text) in parts.iter() {
            let name = file.split_once('.').map_or(file, |(name, _)| name);
            texts.insert(Key::new(kind, name), (file.into(), text.into()));
        }
    }
    Ok(texts)
}

impl Plugin {
    fn publish(&mut self, texts: Texts) -> Result<(), String> {
        if texts == self.published {
            return Ok(());
        }
        let published = EXTENSIONS.batch(|batch| {
            for key in self.published.keys().filter(|key| !texts.contains_key(key)) {
                batch.remove(key.clone());
            }
            for (key, text) in &texts {
                match self.published.get(key) {
                    Some(old) if old == text => {}
                    Some(_) => batch.replace(key.clone(), compile(key.kind, text)?),
                    None => batch.register(key.clone(), compile(key.kind, text)?),
                }
            }
            Ok(())
        });
        match published {
            Ok(()) => self.published = texts,
            Err(BatchError::Failed(error)) => return Err(minijinja::Error::to_string(&error)),
            Err(BatchError::Duplicate { key, .. }) => {
                let Key { kind, name } = key;
                return Err(format!("there is a {kind:?} `{name}` already"));
            }
            Err(error) => return Err(error.to_string()),
        }
        Ok(())
    }
}

fn compile(kind: Kind, (file, text): &(String, String)) -> Result<Extension, minijinja::Error> {
    let template = Template::compile(file, text, &Parts::default(), built_in_filters())?;
    Ok(match kind {
        Kind::Filter => Extension::Filter(Arc::new(move |value| {
            template.render_within(context! { value })
        })),
        Kind::Handler => Extension::Handler(Handler {
            content_type: match file.ends_with(".html") {
                true => HTML,
                false => "text/plain; charset=utf-8",
            },
            is_template: false,
            respond: Some(Arc::new(move |request: &Request<'_>| {
                template.render(request.context())
            })),
        }),
        Kind::Listener => Extension::Listener(listener(template)),
    })
}

fn listener(template: Template) -> Listener {
    Arc::new(
        move |event: &Event<'_>| match template.render(Value::from(Serde(event))) {
            Ok(line) if line.trim().is_empty() => {}
            Ok(line) => tracing::info!("{}", line.trim()),
            Err(error) => complain(error.to_string()),
        },
    )
}
