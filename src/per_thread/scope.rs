//! The unit of work over a per-thread resource.

use core::{fmt, panic::AssertUnwindSafe};
use std::panic::{catch_unwind, resume_unwind};

use super::{AccessError, InitError, PerThread, raw::Loan};
use crate::{unwind::contain, wait::computing::Site};

/// Something that does its work in units: a database connection, a file with a journal.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be used in units of work: it does not implement `Resource`",
    note = "implement `onset::Resource` for it: `commit` and `rollback` end a unit, `begin` may start one"
)]
pub trait Resource {
    /// Why a hook failed.
    type Error;

    /// Starts a unit of work. Does nothing unless you say so.
    ///
    /// # Errors
    ///
    /// Then the work is not done, and the resource is dropped.
    fn begin(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }

    /// Ends a unit of work that went well.
    ///
    /// # Errors
    ///
    /// Then the resource is dropped: nobody knows in what state it is.
    fn commit(&mut self) -> Result<(), Self::Error>;

    /// Ends a unit of work that failed, by an error or by a panic.
    ///
    /// # Errors
    ///
    /// Then the resource is dropped: its unit of work may still be open.
    fn rollback(&mut self) -> Result<(), Self::Error>;
}

/// Why a [`scope`](PerThread::scope) failed: `E` is the work's error, `H` that of a hook.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScopeError<E, H> {
    /// The thread cannot have the resource now: most likely the scope stands inside another one.
    /// Nothing was done.
    Access(AccessError),
    /// The thread had no resource, and its initialiser failed: of
    /// [`scope_try_init`](PerThread::scope_try_init). The work was not done.
    Init(H),
    /// `begin` failed. The work was not done, and the resource was dropped.
    Begin(H),
    /// The work failed, and was rolled back. The resource stays.
    Work(E),
    /// The work was done, and `commit` failed. The resource was dropped.
    Commit(H),
    /// The work failed, and so did `rollback`. The resource was dropped.
    Rollback {
        /// Why the work failed.
        work: E,
        /// Why it could not be rolled back.
        hook: H,
    },
}

impl<E: fmt::Display, H: fmt::Display> fmt::Display for ScopeError<E, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Access(error) => write!(f, "the resource cannot be had: {error}"),
            Self::Init(hook) => write!(f, "the thread's resource could not be opened: {hook}"),
            Self::Begin(hook) => write!(f, "the unit of work could not begin: {hook}"),
            Self::Work(work) => write!(f, "the work failed and was rolled back: {work}"),
            Self::Commit(hook) => write!(f, "the unit of work could not be committed: {hook}"),
            Self::Rollback { work, hook } => write!(
                f,
                "the work failed ({work}) and could not be rolled back: {hook}"
            ),
        }
    }
}

impl<E, H> core::error::Error for ScopeError<E, H>
where
    E: core::error::Error + 'static,
    H: core::error::Error + 'static,
{
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Access(error) => Some(error),
            Self::Work(work) => Some(work),
            Self::Init(hook)
            | Self::Begin(hook)
            | Self::Commit(hook)
            | Self::Rollback { hook, .. } => Some(hook),
        }
    }
}

impl<T: Send + 'static, F: Fn() -> T> PerThread<T, F> {
    /// A unit of work with the calling thread's resource, all of it or nothing.
    ///
    /// Calls `begin`, `work`, and then `commit` if the work returned `Ok`, `rollback` if it returned
    /// `Err` or panicked. A hook that fails or panics makes the resource be dropped, and the
    /// thread's next use computes a new one: a connection with an open transaction is never used
    /// again.
    ///
    /// The thread has the resource to itself: a `with` or a `scope` inside the scope is an error
    /// ([`AccessError::InUse`]), and `for_each` leaves it out. Blocks while another thread visits
    /// the resource by `for_each`. A panic of `work` goes on after the rollback; one of `rollback`
    /// in that case does not, the first one does. Drops first, as `for_each` does, what threads have
    /// left. Costs three short locks besides the hooks.
    ///
    /// ```
    /// use onset::{PerThread, Resource, ScopeError};
    /// # #[derive(Debug)] struct DbError;
    /// # struct Connection { log: Vec<&'static str> }
    /// # impl Connection {
    /// #     fn open(_: &str) -> Self { Self { log: vec![] } }
    /// #     fn execute(&mut self, sql: &'static str) -> Result<(), DbError> { self.log.push(sql); Ok(()) }
    /// # }
    ///
    /// /// A database connection per thread: opened on the thread's first use, closed at its exit.
    /// struct Db(Connection);
    ///
    /// impl Resource for Db {
    ///     type Error = DbError;
    ///     fn begin(&mut self) -> Result<(), DbError> {
    ///         self.0.execute("BEGIN")
    ///     }
    ///     fn commit(&mut self) -> Result<(), DbError> {
    ///         self.0.execute("COMMIT")
    ///     }
    ///     fn rollback(&mut self) -> Result<(), DbError> {
    ///         self.0.execute("ROLLBACK")
    ///     }
    /// }
    ///
    /// static DB: PerThread<Db> = PerThread::new(|| Db(Connection::open("guests.db")));
    ///
    /// fn sign(_name: &str) -> Result<(), ScopeError<DbError, DbError>> {
    ///     DB.scope(|db| db.0.execute("INSERT INTO guests VALUES (?)"))
    /// }
    /// sign("Ada").unwrap();
    /// # DB.with(|db| assert_eq!(db.0.log, ["BEGIN", "INSERT INTO guests VALUES (?)", "COMMIT"]));
    ///
    /// // An error, or a panic, undoes what was done since `BEGIN`; the connection stays.
    /// let undone: Result<(), _> = DB.scope(|db| {
    ///     db.0.execute("DELETE FROM guests")?;
    ///     Err(DbError)
    /// });
    /// assert!(matches!(undone, Err(ScopeError::Work(DbError))));
    /// # DB.with(|db| assert_eq!(db.0.log[3..], ["BEGIN", "DELETE FROM guests", "ROLLBACK"]));
    /// ```
    ///
    /// # Errors
    ///
    /// See [`ScopeError`]: it says what failed, and whether the resource stays.
    ///
    /// # Panics
    ///
    /// If the initialiser asks for the value, and as `work` does. If waiting for a visitor would
    /// close a cycle, or if a destructor of what was left panics; then nothing was done.
    #[track_caller]
    pub fn scope<R, E>(
        &self,
        work: impl FnOnce(&mut T) -> Result<R, E>,
    ) -> Result<R, ScopeError<E, T::Error>>
    where
        T: Resource,
    {
        let site = Self::site();
        let loan = self.loan(site, || self.first_use(site).map(drop));
        unit_of_work(loan.map_err(ScopeError::Access), work)
    }
}

impl<T, F> PerThread<T, F>
where
    T: Resource + Send + 'static,
    F: Fn() -> Result<T, T::Error>,
{
    /// As [`scope`](Self::scope), for a resource that may not be had: a connection to a server that
    /// is down.
    ///
    /// If the initialiser fails the work is not done, the thread has no resource, and its next use
    /// tries again. The rest is as for `scope`.
    ///
    /// ```
    /// use onset::{PerThread, Resource, ScopeError};
    ///
    /// struct Db;
    /// # impl Db {
    /// #     fn open(_: &str) -> Result<Self, String> { Err("no such server".into()) }
    /// #     fn execute(&mut self, _: &str) -> Result<(), String> { Ok(()) }
    /// # }
    /// impl Resource for Db {
    ///     type Error = String;
    ///     fn commit(&mut self) -> Result<(), String> {
    ///         self.execute("COMMIT")
    ///     }
    ///     fn rollback(&mut self) -> Result<(), String> {
    ///         self.execute("ROLLBACK")
    ///     }
    /// }
    ///
    /// static DB: PerThread<Db, fn() -> Result<Db, String>> = PerThread::new(|| Db::open("guests"));
    ///
    /// let done = DB.scope_try_init(|db| db.execute("INSERT INTO guests VALUES ('Ada')"));
    /// assert_eq!(done, Err(ScopeError::Init("no such server".into())));
    /// ```
    ///
    /// # Errors
    ///
    /// [`ScopeError::Init`] with the initialiser's error; otherwise as [`scope`](Self::scope).
    ///
    /// # Panics
    ///
    /// As [`scope`](Self::scope).
    #[track_caller]
    pub fn scope_try_init<R, E>(
        &self,
        work: impl FnOnce(&mut T) -> Result<R, E>,
    ) -> Result<R, ScopeError<E, T::Error>> {
        let site = Self::site();
        let loan = self.loan(site, || self.first_use_or_err(site).map(drop));
        let loan = loan.map_err(|error| match error {
            InitError::Access(error) => ScopeError::Access(error),
            InitError::Init(error) => ScopeError::Init(error),
        });
        unit_of_work(loan, work)
    }
}

impl<T, F> PerThread<T, F> {
    /// Takes the calling thread's value out; if there is none, `first_use` sees to it.
    fn loan<E: From<AccessError>>(
        &self,
        site: Site,
        first_use: impl Fn() -> Result<(), E>,
    ) -> Result<Loan<'_, T>, E> {
        loop {
            if let Some(loan) = self.slots.take_out(site).map_err(AccessError::from)? {
                return Ok(loan);
            }
            first_use()?;
        }
    }
}

fn unit_of_work<T: Resource, R, E>(
    loan: Result<Loan<'_, T>, ScopeError<E, T::Error>>,
    work: impl FnOnce(&mut T) -> Result<R, E>,
) -> Result<R, ScopeError<E, T::Error>> {
    let mut loan = match loan.and_then(|loan| run(loan, T::begin).map_err(ScopeError::Begin)) {
        Ok(loan) => loan,
        Err(error) => {
            // Before anything is returned: see `run`.
            drop(work);
            return Err(error);
        }
    };
    match catch_unwind(AssertUnwindSafe(|| work(loan.value()))) {
        Ok(Ok(done)) => match run(loan, T::commit) {
            Ok(loan) => {
                loan.put_back();
                Ok(done)
            }
            Err(hook) => {
                drop(done);
                Err(ScopeError::Commit(hook))
            }
        },
        Ok(Err(work)) => match run(loan, T::rollback) {
            Ok(loan) => {
                loan.put_back();
                Err(ScopeError::Work(work))
            }
            Err(hook) => Err(ScopeError::Rollback { work, hook }),
        },
        Err(panic) => {
            contain(|| {
                // The first panic goes on; what else goes wrong has to give way.
                if let Ok(loan) = run(loan, T::rollback) {
                    loan.put_back();
                }
            });
            resume_unwind(panic)
        }
    }
}

/// Runs a hook. If it fails or panics the resource is dropped here, before anything is returned: a
/// value that is returned already leaks if a destructor panics after that (rust-lang/rust 47949),
/// and a destructor that panics while another panic unwinds aborts.
fn run<T: Resource>(
    mut loan: Loan<'_, T>,
    hook: fn(&mut T) -> Result<(), T::Error>,
) -> Result<Loan<'_, T>, T::Error> {
    match catch_unwind(AssertUnwindSafe(|| hook(loan.value()))) {
        Ok(Ok(())) => Ok(loan),
        Ok(Err(error)) => {
            drop(loan);
            Err(error)
        }
        Err(panic) => {
            contain(|| drop(loan));
            resume_unwind(panic)
        }
    }
}
