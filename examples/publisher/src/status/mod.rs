//! How the site is doing, for people and for machines.

mod text;

use std::{fmt, path::Path};

use minijinja::{Value, context, value::Serde};
use onset::{Counted, InitCell, RaceCell};
use serde::Serialize;

pub use self::text::{CONTENT_TYPE, text};
use crate::{complaints, extensions::EXTENSIONS, parts::Parts, site::Site, template::Template};

/// How the site is doing.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Since when it runs, in seconds.
    pub uptime_s: f64,
    /// Requests.
    pub requests: Requests,
    /// How long they took.
    pub latency_us: Latency,
    /// Pages.
    pub pages: Reloads,
    /// `site.toml` files.
    pub variables: Reloads,
    /// What was computed on first use by whoever came, and how often in vain.
    pub computations: Computations,
    /// The settings.
    pub settings: Settings,
    /// Filters, handlers and listeners.
    pub extensions: Extensions,
    /// Database connections.
    pub connections: Connections,
    /// Threads that answer requests or wait for files and the database.
    pub threads: Threads,
    /// What was last complained about.
    pub complaints: Vec<String>,
}

/// Requests.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Requests {
    /// Answered with 1xx to 5xx, and others.
    pub by_class: [u64; 6],
    /// Answered.
    pub total: u64,
    /// Being answered.
    pub in_flight: i64,
}

/// How long requests took, in microseconds.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Latency {
    /// Half of them.
    pub p50: u64,
    /// Nine of ten.
    pub p90: u64,
    /// 99 of 100.
    pub p99: u64,
    /// All of them.
    pub max: u64,
}

/// Things that are loaded on first use, and again when they change.
#[derive(Clone, Debug, Serialize)]
pub struct Reloads {
    /// How many there are.
    pub known: usize,
    /// How often one was loaded for the first time.
    pub initialisations: u64,
    /// How often one was loaded again.
    pub reloads: u64,
    /// Those that could not be loaded again.
    pub broken: Vec<Broken>,
}

/// Something that could not be loaded again.
#[derive(Clone, Debug, Serialize)]
pub struct Broken {
    /// Which one.
    pub path: String,
    /// Why.
    pub error: String,
    /// How many attempts have failed.
    pub failures: u32,
}

/// Computations by race cells.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Computations {
    /// How many began.
    pub began: usize,
    /// How many of them were in vain, since another one was faster.
    pub duplicates: usize,
}

/// The settings.
#[derive(Clone, Debug, Serialize)]
pub struct Settings {
    /// How many versions there were.
    pub generation: u64,
    /// Why the file is not what holds, if it is not.
    pub refused: Option<String>,
}

/// The registry.
#[derive(Clone, Debug, Serialize)]
pub struct Extensions {
    /// How many changes there were.
    pub version: u64,
    /// How many there are.
    pub registered: usize,
    /// Those that come from directories.
    pub plugins: Vec<Plugin>,
}

/// A plug-in.
#[derive(Clone, Debug, Serialize)]
pub struct Plugin {
    /// Its name.
    pub name: String,
    /// How many extensions it has.
    pub extensions: usize,
    /// Why it is not as its directory says, if it is not.
    pub refused: Option<String>,
}

/// Database connections.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Connections {
    /// Open ones.
    pub open: u64,
    /// Those of them that are in a transaction.
    pub in_use: u64,
    /// How many were opened.
    pub opened: u64,
    /// How many were closed.
    pub closed: u64,
}

/// Threads of the server.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Threads {
    /// Living ones.
    pub living: u64,
    /// How many began.
    pub began: u64,
}

impl Report {
    /// At this moment. The figures are taken one after the other: those that belong together may
    /// differ by what happens meanwhile.
    #[must_use]
    pub fn of(site: &Site) -> Self {
        Self {
            uptime_s: site.began.elapsed().as_secs_f64(),
            requests: Requests::of(site),
            latency_us: Latency::of(site),
            pages: pages(site),
            variables: variables(site),
            computations: Computations::of(site),
            settings: Settings {
                generation: site.settings.generation(),
                refused: site.settings.refused(),
            },
            extensions: Extensions::of(site),
            connections: Connections::of(site),
            threads: Threads::of(site),
            complaints: complaints::recent().to_vec(),
        }
    }
}

impl Requests {
    fn of(site: &Site) -> Self {
        let by_class = site.metrics.by_class();
        Self {
            by_class,
            total: by_class.iter().sum(),
            in_flight: site.metrics.in_flight(),
        }
    }
}

impl Latency {
    fn of(site: &Site) -> Self {
        let all = site.metrics.latencies();
        Self {
            p50: all.value_at_quantile(0.5),
            p90: all.value_at_quantile(0.9),
            p99: all.value_at_quantile(0.99),
            max: all.max(),
        }
    }
}

/// How one of them is doing: its path, how often it was loaded, and what is wrong.
fn add<E: fmt::Display>(all: &mut Reloads, path: &Path, status: onset::Status<E>) {
    all.known += 1;
    all.reloads += status.generation.saturating_sub(1);
    all.broken.extend(status.error.map(|error| Broken {
        path: path.display().to_string(),
        error: error.to_string(),
        failures: status.failures,
    }));
}

fn pages(site: &Site) -> Reloads {
    let mut all = Reloads::new(site.pages.initialisations());
    for (path, shelf) in site.pages.iter() {
        add(&mut all, path, shelf.status());
    }
    all
}

fn variables(site: &Site) -> Reloads {
    let mut all = Reloads::new(site.variables.initialisations());
    for (path, shelf) in site.variables.iter() {
        add(&mut all, &path.join("site.toml"), shelf.status());
    }
    all
}

impl Reloads {
    fn new(initialisations: u64) -> Self {
        Self {
            known: 0,
            initialisations,
            reloads: 0,
            broken: Vec::new(),
        }
    }
}

impl Computations {
    fn of(site: &Site) -> Self {
        let mut all = Self {
            began: TEMPLATE.computations(),
            duplicates: TEMPLATE.lost_races(),
        };
        for (_, shelf) in site.pages.iter() {
            // Whoever asks how the pages are doing does not load them.
            let page = shelf.current();
            if let Some(page) = page.as_ref().and_then(|page| page.as_ref()) {
                let (began, duplicates) = page.tags();
                all.began += began;
                all.duplicates += duplicates;
            }
        }
        all
    }
}

impl Extensions {
    fn of(site: &Site) -> Self {
        let known = EXTENSIONS.snapshot();
        let plugins = site.plugins.status().into_iter();
        let plugin = |(name, extensions, refused)| Plugin {
            name,
            extensions,
            refused,
        };
        Self {
            version: known.version(),
            registered: known.len(),
            plugins: plugins.map(plugin).collect(),
        }
    }
}

impl Connections {
    fn of(site: &Site) -> Self {
        let closed = site.database.closed();
        let opened = site.database.opened();
        let open = opened.saturating_sub(closed);
        Self {
            open,
            in_use: open.saturating_sub(site.database.idle() as u64),
            opened,
            closed,
        }
    }
}

impl Threads {
    fn of(site: &Site) -> Self {
        let (began, ended) = site.metrics.threads();
        Self {
            living: began.saturating_sub(ended),
            began,
        }
    }
}

/// Compiled by whoever asks first, or by several at once: it takes no longer than to wait.
static TEMPLATE: Counted<RaceCell<Template>> = Counted::new(RaceCell::new());

/// The page for people.
///
/// # Errors
///
/// None, unless the template is wrong.
pub fn html(report: &Report) -> Result<String, minijinja::Error> {
    let compile = || {
        Template::compile(
            "status.html",
            include_str!("status.html"),
            &Parts::default(),
            [],
        )
    };
    TEMPLATE
        .get_or_try_init(compile)?
        .render(context! { report => Value::from(Serde(report)) })
}
