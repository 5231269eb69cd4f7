//! The database: a connection for each thread that needs one, opened when it first does and closed
//! when the thread ends.

use std::{
    fmt,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use onset::{PerThread, Resource, ScopeError};
use rusqlite::Error;

/// How many connections there were.
#[derive(Default)]
struct Counts {
    opened: AtomicU64,
    closed: AtomicU64,
}

/// A thread's connection.
pub struct Connection {
    sqlite: rusqlite::Connection,
    counts: Arc<Counts>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.counts.closed.fetch_add(1, Ordering::Relaxed);
    }
}

/// A unit of work is a transaction. One that writes begins with a statement that does, so that it
/// waits for its turn at once: `SQLite` refuses those who have read before.
impl Resource for Connection {
    type Error = Error;

    fn begin(&mut self) -> Result<(), Error> {
        self.sqlite.execute_batch("BEGIN")
    }

    fn commit(&mut self) -> Result<(), Error> {
        self.sqlite.execute_batch("COMMIT")
    }

    fn rollback(&mut self) -> Result<(), Error> {
        self.sqlite.execute_batch("ROLLBACK")
    }
}

type Open = Box<dyn Fn() -> Result<Connection, Error> + Send + Sync>;

/// Why a transaction was not committed.
#[derive(Debug)]
pub enum Failed<E> {
    /// Its work failed, and nothing of it is there.
    Work(E),
    /// The database did.
    Database(String),
}

impl<E: fmt::Display> fmt::Display for Failed<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Work(error) => error.fmt(f),
            Self::Database(error) => f.write_str(error),
        }
    }
}

/// The database.
pub struct Database {
    connections: PerThread<Connection, Open>,
    counts: Arc<Counts>,
}

impl Database {
    /// The database in the file at `path`, which is made if it is not there.
    ///
    /// # Errors
    ///
    /// If it cannot be opened, or is none.
    pub fn new(path: &Path, schema: &str) -> Result<Self, Error> {
        connect(path)?.execute_batch(schema)?;
        let counts = Arc::<Counts>::default();
        let (path, of_all) = (path.to_path_buf(), Arc::clone(&counts));
        let open = move || {
            let sqlite = connect(&path)?;
            of_all.opened.fetch_add(1, Ordering::Relaxed);
            let counts = Arc::clone(&of_all);
            Ok(Connection { sqlite, counts })
        };
        Ok(Self {
            connections: PerThread::new(Box::new(open)),
            counts,
        })
    }

    /// A transaction on this thread's connection: committed if `work` returns `Ok`, rolled back if
    /// it returns `Err` or panics. Blocks.
    ///
    /// # Errors
    ///
    /// Those of `work`, and those of the database.
    pub fn transaction<R, E>(
        &self,
        work: impl FnOnce(&rusqlite::Connection) -> Result<R, E>,
    ) -> Result<R, Failed<E>>
    where
        E: fmt::Display,
    {
        let outcome = self
            .connections
            .scope_try_init(|connection| work(&connection.sqlite));
        outcome.map_err(|error| match error {
            ScopeError::Work(error) => Failed::Work(error),
            error => Failed::Database(error.to_string()),
        })
    }

    /// How many connections were opened.
    pub fn opened(&self) -> u64 {
        self.counts.opened.load(Ordering::Relaxed)
    }

    /// How many of them were closed.
    pub fn closed(&self) -> u64 {
        self.counts.closed.load(Ordering::Relaxed)
    }

    /// How many threads have one that does nothing at the moment.
    pub fn idle(&self) -> usize {
        self.connections.len()
    }
}

/// A connection to the file at `path`. What is committed stays, also if the power fails.
///
/// # Errors
///
/// If it cannot be opened, or is no database.
pub fn connect(path: &Path) -> Result<rusqlite::Connection, Error> {
    let sqlite = rusqlite::Connection::open(path)?;
    sqlite.busy_timeout(Duration::from_secs(10))?;
    sqlite.pragma_update(None, "journal_mode", "wal")?;
    sqlite.pragma_update(None, "synchronous", "full")?;
    sqlite.pragma_update(None, "foreign_keys", true)?;
    Ok(sqlite)
}
