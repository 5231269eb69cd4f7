//! Pages: files that are loaded on their first request, and again when they change.

use std::{
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use minijinja::{Error, Value, context};
use onset::{
    Counted, FileError, FileSource, FileStamp, Guard, InitCell, LoadError, OnceMap, OptionalFile,
    RaceCell, Reload, Source,
};

use crate::{
    extensions::{EXTENSIONS, Known, filters, handler},
    parts::{Parts, PartsSource},
    root::{Opener, Root},
    settings::Settings,
    template::Template,
    variables::Variables,
};

/// A page in one version: its text, and what was made of it.
pub struct Page {
    name: String,
    text: String,
    parts: Arc<Parts>,
    compiled: Option<Compiled>,
    tag: Counted<RaceCell<String>>,
}

/// A template, and the version of the registry whose filters it was compiled with.
struct Compiled {
    version: u64,
    template: Template,
}

impl Page {
    /// A page of that name and text, for a handler that is known.
    ///
    /// # Errors
    ///
    /// If it should be a template, and is none.
    pub fn new(name: &str, text: String, parts: Arc<Parts>, known: &Known) -> Result<Self, Error> {
        let mut page = Self {
            name: name.into(),
            text,
            parts,
            compiled: None,
            tag: Counted::new(RaceCell::new()),
        };
        if handler(known, page.extension()).is_some_and(|handler| handler.is_template) {
            page.compiled = Some(Compiled {
                version: known.version(),
                template: page.compile(known)?,
            });
        }
        Ok(page)
    }

    fn compile(&self, known: &Known) -> Result<Template, Error> {
        Template::compile(&self.name, &self.text, &self.parts, filters(known))
    }

    /// Its path below the root.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What stands in it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The extension of its file.
    pub fn extension(&self) -> &str {
        self.name
            .rsplit_once('.')
            .map_or("", |(_, extension)| extension)
    }

    /// Names this text among all that the page ever had. Threads that need it at once may all
    /// compute it: it takes as long as to wait for somebody else's.
    pub fn tag(&self) -> &str {
        self.tag.get_or_init(|| {
            let mut hasher = DefaultHasher::new();
            self.text.hash(&mut hasher);
            format!("\"{:016x}\"", hasher.finish())
        })
    }

    /// How often the tag was computed, and how often in vain.
    pub fn tags(&self) -> (usize, usize) {
        (self.tag.computations(), self.tag.lost_races())
    }

    /// The handler of templates: renders it with the filters of the request's snapshot, and no
    /// others.
    ///
    /// # Errors
    ///
    /// As [`Template::render`].
    pub fn render(request: &Request<'_>) -> Result<String, Error> {
        let (page, known) = (request.page, request.known);
        let anew;
        let template = match &page.compiled {
            Some(compiled) if compiled.version == known.version() => &compiled.template,
            // Only until the page is loaded again, which is soon: a change invalidates all pages.
            _ => {
                anew = page.compile(known)?;
                &anew
            }
        };
        template.render(request.context())
    }
}

/// What one request works on, from its beginning to its end.
pub struct Request<'a> {
    /// The page.
    pub page: &'a Page,
    /// What holds for its directory.
    pub variables: &'a Variables,
    /// What holds for the site.
    pub settings: &'a Settings,
    /// What was registered when it began.
    pub known: &'a Known,
    /// What the page is given besides: the entries of the guest book.
    pub extra: Value,
}

impl Request<'_> {
    /// What templates see.
    #[must_use]
    pub fn context(&self) -> Value {
        context! {
            page => context! { name => self.page.name(), text => self.page.text() },
            site => self.variables.value(),
            settings => self.settings.value(),
            ..self.extra.clone()
        }
    }
}

/// A page that is kept up to date; no page, if its file has gone.
pub type Shelf = Reload<PageSource>;

/// All pages that were ever found.
pub struct Pages {
    root: Root,
    parts: Arc<Reload<PartsSource>>,
    check_every: Duration,
    initialisations: AtomicU64,
    by_path: OnceMap<PathBuf, Shelf>,
}

/// Why there is no page.
pub enum NoPage {
    /// There is no such file.
    Missing,
    /// It cannot be loaded, and never could.
    Broken(LoadError<PageError>),
}

impl Pages {
    /// Those below `root`.
    #[must_use]
    pub fn new(root: &Root, check_every: Duration) -> Self {
        let parts = Reload::new(PartsSource::new(root)).check_every(check_every);
        Self {
            root: root.clone(),
            parts: Arc::new(parts),
            check_every,
            initialisations: AtomicU64::new(0),
            by_path: OnceMap::new(),
        }
    }

    /// A page, if it is there and it is not yet time to look after it.
    pub fn ready(&self, path: &Path) -> Option<Guard<'_, Option<Page>>> {
        self.by_path.get(path)?.ready()
    }

    /// A page, loaded if need be: by one request, while the others that want it wait. What cannot be
    /// loaded leaves nothing behind.
    ///
    /// # Errors
    ///
    /// If there is no such page.
    pub fn get(&self, path: &Path) -> Result<Guard<'_, Option<Page>>, NoPage> {
        let shelf = self
            .by_path
            .get_or_try_init_ref(path, |path| self.shelf(path));
        shelf?.get().map_err(NoPage::Broken)
    }

    fn shelf(&self, path: &Path) -> Result<Shelf, NoPage> {
        let source = PageSource::new(&self.root, path, Arc::clone(&self.parts));
        let shelf = Reload::new(source).check_every(self.check_every);
        let is_there = shelf.get().map_err(NoPage::Broken)?.is_some();
        if !is_there {
            return Err(NoPage::Missing);
        }
        self.initialisations.fetch_add(1, Ordering::Relaxed);
        Ok(shelf)
    }

    /// How often a page was loaded because there was none yet.
    pub fn initialisations(&self) -> u64 {
        self.initialisations.load(Ordering::Relaxed)
    }

    /// Has all pages loaded anew at their next request: what they are compiled with has changed.
    pub fn invalidate(&self) {
        for (_, shelf) in &self.by_path {
            shelf.invalidate();
        }
    }

    /// All that were found, with their paths.
    pub fn iter(&self) -> impl Iterator<Item = (&Path, &Shelf)> {
        self.by_path.iter().map(|(path, shelf)| (&**path, shelf))
    }
}

type Parse = fn(&[u8]) -> Result<String, std::str::Utf8Error>;

fn text(bytes: &[u8]) -> Result<String, std::str::Utf8Error> {
    std::str::from_utf8(bytes).map(str::to_string)
}

/// A page's file, and what it is made with.
pub struct PageSource {
    file: OptionalFile<Parse, Opener>,
    parts: Arc<Reload<PartsSource>>,
}

impl PageSource {
    /// The page at `path` below `root`, made with `parts`.
    #[must_use]
    pub fn new(root: &Root, path: &Path, parts: Arc<Reload<PartsSource>>) -> Self {
        let file = FileSource::new(path, text as Parse);
        Self {
            file: file.opened_by(root.opener()).optional(),
            parts,
        }
    }
}

/// Why a page cannot be loaded.
#[derive(Debug)]
pub enum PageError {
    /// Its file cannot.
    File(FileError<std::str::Utf8Error>),
    /// The parts cannot.
    Parts(LoadError<io::Error>),
    /// It is no template.
    Template(Error),
}

impl fmt::Display for PageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(error) => error.fmt(f),
            Self::Parts(error) => write!(f, "the parts: {error}"),
            Self::Template(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for PageError {}

/// Its version is that of its file, of the parts, and of the registry.
impl Source for PageSource {
    type Value = Option<Page>;
    type Stamp = (Option<FileStamp>, u64, u64);
    type Error = PageError;

    fn stamp(&self) -> Result<Self::Stamp, PageError> {
        let file = self.file.stamp().map_err(PageError::File)?;
        // The `get` looks after them, and then their generation tells.
        drop(self.parts.get().map_err(PageError::Parts)?);
        Ok((file, self.parts.generation(), EXTENSIONS.version()))
    }

    fn load(&self) -> Result<Option<Page>, PageError> {
        let Some(text) = self.file.load().map_err(PageError::File)? else {
            return Ok(None);
        };
        let parts = self.parts.get().map_err(PageError::Parts)?;
        let name = self.file.path().to_string_lossy();
        Page::new(&name, text, Guard::to_arc(&parts), &EXTENSIONS.snapshot())
            .map(Some)
            .map_err(PageError::Template)
    }
}
