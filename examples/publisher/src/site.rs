//! The site: everything that its threads share.

use std::time::Instant;

use onset::OnceCell;

use crate::{
    Error, args::Args, database::Database, guest_book::SCHEMA, metrics::Metrics, page::Pages,
    plugins::Plugins, root::Root, settings::Current, variables::AllVariables,
};

/// Everything that the threads share.
pub struct Site {
    /// The pages.
    pub pages: Pages,
    /// What holds for each directory.
    pub variables: AllVariables,
    /// What holds for all.
    pub settings: Current,
    /// Extensions from directories.
    pub plugins: Plugins,
    /// The database.
    pub database: Database,
    /// What is counted.
    pub metrics: Metrics,
    /// When it began.
    pub began: Instant,
}

static SITE: OnceCell<Site> = OnceCell::new();

impl Site {
    /// The one site of this process, opened.
    ///
    /// # Errors
    ///
    /// If something of it cannot be had: its root, its settings, its database.
    pub fn open(args: &Args) -> Result<&'static Self, Error> {
        SITE.get_or_try_init(|| Self::new(args))
    }

    fn new(args: &Args) -> Result<Self, Error> {
        let said = |what: &str, path: &std::path::Path, error: &dyn std::error::Error| {
            format!("{what} {} cannot be used: {error}", path.display())
        };
        let root = Root::open(&args.root).map_err(|e| said("the root", &args.root, &e))?;
        let database = args.database();
        let plugins = Plugins::new(&args.plugins);
        plugins.read();
        Ok(Self {
            pages: Pages::new(&root, args.check_every),
            variables: AllVariables::new(&root, args.check_every),
            settings: Current::new(&args.settings)?,
            plugins,
            database: Database::new(&database, SCHEMA)
                .map_err(|e| said("the database", &database, &e))?,
            metrics: Metrics::default(),
            began: Instant::now(),
        })
    }
}
