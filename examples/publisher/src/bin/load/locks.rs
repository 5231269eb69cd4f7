//! The publisher as it would be without this crate: maps behind `RwLock`, values behind `Mutex`.
//! What is loaded, and how, and what is made of it, is the same code.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, Uri, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use hdrhistogram::Histogram;
use minijinja::{Value, value::Serde};
use onset::{Reload, Source};
use publisher::{
    Error,
    args::Args,
    database,
    extensions::{EXTENSIONS, Extension, Key, Kind, tell},
    guest_book,
    page::{Page, PageSource},
    parts::PartsSource,
    plugins::Plugins,
    root::Root,
    server::{Asked, caught},
    settings::{Current, Settings},
    variables::{Variables, VariablesSource},
};

/// A map whose values are loaded again when they are old enough: one lock to find the entry, another
/// to load it.
type Map<S> = RwLock<HashMap<PathBuf, Arc<Mutex<Aged<S>>>>>;

/// Of requests.
struct Counts {
    latencies: Histogram<u64>,
    in_flight: u64,
    answered: [u64; 6],
}

/// Everything that the threads share.
pub(crate) struct Locked {
    root: Root,
    parts: Arc<Reload<PartsSource>>,
    check_every: Duration,
    pages: Map<PageSource>,
    variables: Map<VariablesSource>,
    settings: Mutex<Arc<Settings>>,
    known: RwLock<HashMap<Kind, HashMap<String, Named>>>,
    database: Mutex<rusqlite::Connection>,
    counts: Mutex<Counts>,
}

/// A value, and when to look after it.
struct Aged<S: Source> {
    source: S,
    stamp: Option<S::Stamp>,
    value: Option<Arc<S::Value>>,
    due: Instant,
}

impl<S: Source> Aged<S> {
    fn new(source: S) -> Self {
        Self {
            source,
            stamp: None,
            value: None,
            due: Instant::now(),
        }
    }

    fn ready(&self) -> Option<Arc<S::Value>> {
        let value = self.value.as_ref()?;
        (Instant::now() < self.due).then(|| Arc::clone(value))
    }

    fn get(&mut self, check_every: Duration) -> Option<Arc<S::Value>> {
        if self.ready().is_none() {
            let stamp = self.source.stamp().ok()?;
            if self.stamp.as_ref() != Some(&stamp) {
                self.value = Some(Arc::new(self.source.load().ok()?));
                self.stamp = Some(stamp);
            }
            self.due = Instant::now() + check_every;
        }
        self.value.clone()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn entry<S: Source>(map: &Map<S>, path: &Path) -> Option<Arc<Mutex<Aged<S>>>> {
    let map = map.read().unwrap_or_else(PoisonError::into_inner);
    map.get(path).map(Arc::clone)
}

fn ready<S: Source>(map: &Map<S>, path: &Path) -> Option<Arc<S::Value>> {
    let entry = entry(map, path)?;
    let aged = lock(&entry);
    aged.ready()
}

impl Locked {
    pub(crate) fn open(args: &Args) -> Result<Self, Error> {
        Plugins::new(&args.plugins).read();
        let root = Root::open(&args.root)?;
        let parts = Reload::new(PartsSource::new(&root)).check_every(args.check_every);
        let settings = Current::new(&args.settings)?.load().plain.clone();
        let database = database::connect(&args.database())?;
        database.execute_batch(guest_book::SCHEMA)?;
        let counts = Counts {
            latencies: Histogram::new_with_bounds(1, 60_000_000, 3)?,
            in_flight: 0,
            answered: [0; 6],
        };
        Ok(Self {
            root,
            parts: Arc::new(parts),
            check_every: args.check_every,
            pages: RwLock::default(),
            variables: RwLock::default(),
            settings: Mutex::new(Arc::new(settings.into())),
            known: RwLock::new(known()),
            database: Mutex::new(database),
            counts: Mutex::new(counts),
        })
    }

    pub(crate) fn asked(&self, url: &str, has: Option<String>) -> Option<Asked> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        Asked::by(url, has, EXTENSIONS.snapshot(), |extension| {
            match known.get(&Kind::Handler)?.get(extension)? {
                (_, Extension::Handler(handler)) => Some(handler),
                _ => None,
            }
        })
    }

    /// The answer, if nobody need wait for a file.
    pub(crate) fn ready(&self, asked: &Asked) -> Option<Response> {
        let page = ready(&self.pages, asked.path())?;
        let variables = ready(&self.variables, asked.directory())?;
        Some(self.answer(asked, page.as_ref().as_ref(), &variables))
    }

    /// The answer, after the files were looked after.
    pub(crate) fn serve(&self, asked: &Asked) -> Response {
        let page = self.load(&self.pages, asked.path(), |path| {
            PageSource::new(&self.root, path, Arc::clone(&self.parts))
        });
        let variables = self.load(&self.variables, asked.directory(), |directory| {
            VariablesSource::new(&self.root, directory, None)
        });
        match (page, variables) {
            (Some(page), Some(variables)) => self.answer(asked, page.as_ref().as_ref(), &variables),
            _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }

    fn load<S: Source>(
        &self,
        map: &Map<S>,
        path: &Path,
        source: impl FnOnce(&Path) -> S,
    ) -> Option<Arc<S::Value>> {
        let entry = entry(map, path).unwrap_or_else(|| {
            let mut map = map.write().unwrap_or_else(PoisonError::into_inner);
            let entry = map.entry(path.into());
            Arc::clone(entry.or_insert_with(|| Arc::new(Mutex::new(Aged::new(source(path))))))
        });
        let mut aged = lock(&entry);
        aged.get(self.check_every)
    }

    fn answer(&self, asked: &Asked, page: Option<&Page>, variables: &Variables) -> Response {
        let response = page.map_or_else(not_found, |page| {
            asked.answer(page, variables, &self.settings())
        });
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let listeners = known.get(&Kind::Listener).into_iter().flatten();
        tell(listeners.map(|(_, named)| *named), asked.event(&response));
        response
    }

    fn settings(&self) -> Arc<Settings> {
        Arc::clone(&lock(&self.settings))
    }

    pub(crate) fn answered(&self, status: u16, after: Duration) {
        let micros = u64::try_from(after.as_micros()).unwrap_or(u64::MAX);
        let mut counts = lock(&self.counts);
        counts.answered[usize::from(status / 100).min(5)] += 1;
        counts.latencies.saturating_record(micros);
    }
}

/// An extension, with its name.
type Named = (&'static Key, &'static Extension);

fn known() -> HashMap<Kind, HashMap<String, Named>> {
    let mut known = HashMap::<_, HashMap<_, _>>::new();
    for (key, extension) in EXTENSIONS.iter() {
        let of_kind = known.entry(key.kind).or_default();
        of_kind.insert(key.name.clone(), (key, extension));
    }
    known
}

fn not_found() -> Response {
    StatusCode::NOT_FOUND.into_response()
}

/// Pages, and the guest book to be read.
pub(crate) fn router(locked: &'static Locked) -> Router {
    Router::new()
        .route("/guestbook", get(book))
        .fallback(page)
        .layer(middleware::from_fn_with_state(locked, measured))
        .with_state(locked)
}

async fn measured(State(locked): State<&'static Locked>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    lock(&locked.counts).in_flight += 1;
    let response = next.run(request).await;
    lock(&locked.counts).in_flight -= 1;
    locked.answered(response.status().as_u16(), began.elapsed());
    response
}

async fn page(State(locked): State<&'static Locked>, uri: Uri, headers: HeaderMap) -> Response {
    let has = headers.get(header::IF_NONE_MATCH);
    let has = has.and_then(|tag| tag.to_str().ok()).map(str::to_string);
    let Some(asked) = locked.asked(uri.path(), has) else {
        return not_found();
    };
    match caught(|| locked.ready(&asked)) {
        Some(response) => response,
        None => waiting(move || locked.serve(&asked)).await,
    }
}

async fn book(State(locked): State<&'static Locked>) -> Response {
    waiting(|| {
        let Some(asked) = locked.asked("/guestbook", None) else {
            return not_found();
        };
        let shown = locked.settings().plain.guest_book.shown;
        let mut sqlite = lock(&locked.database);
        let book = sqlite.transaction().and_then(|open| {
            let book = guest_book::newest(&open, shown)?;
            open.commit().map(|()| book)
        });
        drop(sqlite);
        match book {
            Ok(book) => locked.serve(&asked.with(Value::from(Serde(book)))),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    })
    .await
}

async fn waiting(work: impl FnOnce() -> Response + Send + 'static) -> Response {
    let answered = tokio::task::spawn_blocking(work).await;
    answered.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}
