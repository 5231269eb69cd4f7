//! A web server whose threads share everything that a server's threads share: pages, settings,
//! plug-ins, database connections, counters. What each of them stands in is the point of it.
//!
//! | shared | stands in | module |
//! |---|---|---|
//! | pages, loaded on first request and again when their files change | `OnceMap<PathBuf, Reload<…>>` | [`page`] |
//! | the parts that all pages are made with, as one set | `Reload<…>` | [`parts`] |
//! | `site.toml` of each directory, on top of that of its parent | `OnceMap<PathBuf, Arc<Reload<…>>>` | [`variables`] |
//! | settings | `SnapshotCell<Settings>` | [`settings`] |
//! | filters, page handlers, listeners | `Registry::with_builtins` | [`extensions`] |
//! | the same, from directories that are read at run time | `Registry::batch` | [`plugins`] |
//! | database connections | `PerThread<Connection, …>`, `scope_try_init` | [`database`], [`guest_book`] |
//! | latencies, thread by thread | `PerThread<…>`, `for_each` | [`metrics`] |
//! | entity tags, the status page's template | `Counted<RaceCell<…>>` | [`page`], [`status`] |
//! | complaints, each once until it is written down | `Pending<String>` | [`complaints`] |
//! | the site itself | `OnceCell<Site>` | [`site`] |
//!
//! [`root`] finds files below a directory and never beyond, [`template`] compiles them, [`server`]
//! answers requests, [`keeper`] is the one thread in the background, and [`client`] asks, for the tests
//! and the load tool.

/// Why something cannot be had, for whoever reads it.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

pub mod args;
pub mod client;
pub mod complaints;
pub mod database;
pub mod extensions;
pub mod guest_book;
pub mod keeper;
pub mod metrics;
pub mod page;
pub mod parts;
pub mod plugins;
pub mod root;
pub mod server;
pub mod settings;
pub mod signals;
pub mod site;
pub mod status;
pub mod template;
pub mod variables;
