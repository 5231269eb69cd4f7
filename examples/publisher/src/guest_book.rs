//! The guest book: entries, and how many there are. The two always agree.

use std::fmt;

use rusqlite::{Connection, Error, params};
use serde::Serialize;

use crate::database::{Database, Failed};

/// What it is kept in.
pub const SCHEMA: &str = "
    BEGIN IMMEDIATE;
    CREATE TABLE IF NOT EXISTS entries (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
        text TEXT NOT NULL CHECK (length(text) <= 10000),
        signed TEXT NOT NULL DEFAULT (datetime('now'))
    ) STRICT;
    CREATE TABLE IF NOT EXISTS total (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        entries INTEGER NOT NULL
    ) STRICT;
    INSERT OR IGNORE INTO total VALUES (1, 0);
    COMMIT;
";

/// An entry.
#[derive(Debug, Serialize)]
pub struct Entry {
    /// Its number.
    pub id: i64,
    /// Who has signed.
    pub name: String,
    /// What they wrote.
    pub text: String,
    /// When, in universal time.
    pub signed: String,
}

/// The newest entries, and how many there are.
#[derive(Debug, Serialize)]
pub struct Book {
    /// The newest one first.
    pub entries: Vec<Entry>,
    /// How many there are.
    pub total: i64,
}

/// Why an entry was not made.
#[derive(Debug)]
pub enum NotSigned {
    /// There is no more room.
    Full,
    /// The name or the text is missing or too long.
    Refused,
    /// The database says so.
    Database(Error),
}

impl From<Error> for NotSigned {
    fn from(error: Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::ConstraintViolation) => Self::Refused,
            _ => Self::Database(error),
        }
    }
}

impl fmt::Display for NotSigned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => f.write_str("the guest book is full"),
            Self::Refused => {
                f.write_str("an entry needs a name and a text, neither of them too long")
            }
            Self::Database(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for NotSigned {}

/// The newest entries, as of one moment.
///
/// # Errors
///
/// Those of the database.
pub fn read(database: &Database, shown: u32) -> Result<Book, Failed<Error>> {
    database.transaction(|sqlite| newest(sqlite, shown))
}

/// The same, within a transaction.
///
/// # Errors
///
/// Those of the database.
pub fn newest(sqlite: &Connection, shown: u32) -> Result<Book, Error> {
    let total = sqlite
        .prepare_cached("SELECT entries FROM total")?
        .query_row([], |row| row.get(0))?;
    let newest = "SELECT id, name, text, signed FROM entries ORDER BY id DESC LIMIT ?";
    let entry = |row: &rusqlite::Row<'_>| {
        Ok(Entry {
            id: row.get(0)?,
            name: row.get(1)?,
            text: row.get(2)?,
            signed: row.get(3)?,
        })
    };
    let entries = sqlite
        .prepare_cached(newest)?
        .query_map([shown], entry)?
        .collect::<Result<_, _>>()?;
    Ok(Book { entries, total })
}

/// Makes an entry, of which `between` is told before it is counted. Its number is returned once it
/// is there for good.
///
/// # Errors
///
/// Why it was not made. Then nothing of it is there.
pub fn sign(
    database: &Database,
    room: u64,
    (name, text): (&str, &str),
    between: impl FnOnce(),
) -> Result<i64, Failed<NotSigned>> {
    database.transaction(|sqlite| {
        let id = write(sqlite, name, text)?;
        between();
        let room = i64::try_from(room).unwrap_or(i64::MAX);
        let counted = "UPDATE total SET entries = entries + 1 WHERE entries < ?";
        match sqlite.prepare_cached(counted)?.execute([room])? {
            1 => Ok(id),
            _ => Err(NotSigned::Full),
        }
    })
}

fn write(sqlite: &Connection, name: &str, text: &str) -> Result<i64, Error> {
    sqlite
        .prepare_cached("INSERT INTO entries (name, text) VALUES (?, ?)")?
        .execute(params![name, text])?;
    Ok(sqlite.last_insert_rowid())
}
