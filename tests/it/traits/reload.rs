//! The traits of `Reload` and of what it says.

use std::{
    cell::Cell,
    io,
    marker::{PhantomData, PhantomPinned},
    panic::{RefUnwindSafe, UnwindSafe},
    rc::Rc,
    sync::{Arc, Mutex, MutexGuard, mpsc::Receiver},
    time::Instant,
};

use onset::{FileError, FileSource, FileStamp, LoadError, Reload, Source, Stale, Status};

use super::markers::{alike, has};

/// A source that holds `H`, and has values, stamps and errors of these types.
struct Makes<V, P = u8, E = u8, H = u8> {
    _makes: PhantomData<fn() -> V>,
    _stamps: PhantomData<fn() -> P>,
    _errors: PhantomData<fn() -> E>,
    _holds: PhantomData<H>,
}

impl<V, P: PartialEq, E, H> Source for Makes<V, P, E, H> {
    type Value = V;
    type Stamp = P;
    type Error = E;

    fn stamp(&self) -> Result<P, E> {
        unreachable!("it is not asked")
    }

    fn load(&self) -> Result<V, E> {
        unreachable!("it is not asked")
    }
}

/// Equal to all of its kind, as a stamp must be to something.
struct Stamp<T>(PhantomData<T>);

impl<T> PartialEq for Stamp<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// A value that is shared with other threads may be dropped by any of them.
#[test]
fn a_value_as_in_a_mutex_around_an_arc() {
    type Values<T> = Reload<Makes<T>>;
    type MutexArc<T> = Mutex<Arc<T>>;
    alike!(Values and MutexArc: Send, Sync, Unpin);
}

/// The last error is given to everybody who asks.
#[test]
fn an_error_as_in_a_mutex_around_an_arc() {
    type Errors<T> = Reload<Makes<u8, u8, T>>;
    type MutexArc<T> = Mutex<Arc<T>>;
    alike!(Errors and MutexArc: Send, Sync, Unpin);
}

/// A stamp is compared by one thread at a time.
#[test]
fn a_stamp_as_in_a_mutex() {
    type Stamps<T> = Reload<Makes<u8, Stamp<T>>>;
    type InMutex<T> = Mutex<Stamp<T>>;
    alike!(Stamps and InMutex: Send, Sync, Unpin);
}

#[test]
fn a_source_as_it_is() {
    type Sources<T> = Reload<Makes<u8, u8, u8, T>>;
    type Itself<T> = PhantomData<T>;
    alike!(Sources and Itself: Send, Sync, Unpin);
}

/// A panic leaves whole values behind. Of the source more is asked, for it is called through `&`.
#[test]
fn only_the_source_keeps_it_from_being_unwound_past() {
    fn both<T: UnwindSafe + RefUnwindSafe>() {}
    both::<Reload<Makes<u8>>>();
    both::<Reload<Makes<u8, Cell<u8>, Cell<u8>>>>();
    type Sources<T> = Reload<Makes<u8, u8, u8, T>>;
    type Itself<T> = PhantomData<T>;
    alike!(Sources and Itself: UnwindSafe, RefUnwindSafe);
}

#[test]
fn a_load_error_is_an_arc() {
    alike!(LoadError and Arc: Send, Sync, Unpin, UnwindSafe);
}

/// Whatever the error is: it is shared.
#[test]
fn a_status_can_be_cloned() {
    assert!(has!(LoadError<io::Error>: Clone) && has!(Status<io::Error>: Clone));
    assert!(has!(Status<u8>: Send) && has!(Status<u8>: Sync));
}

#[test]
fn files() {
    fn all<T: Send + Sync + Unpin + UnwindSafe + RefUnwindSafe>() {}
    all::<(
        FileSource<fn(&[u8]) -> Result<u8, u8>>,
        FileStamp,
        Stale,
        Instant,
    )>();
    assert!(has!(FileStamp: Clone) && has!(FileStamp: Eq) && has!(Stale: Copy));
    fn errors<T: std::error::Error + Send + Sync + 'static>() {}
    errors::<LoadError<FileError<std::str::Utf8Error>>>();
    type Opens<T> = FileSource<T>;
    type Itself<T> = PhantomData<T>;
    alike!(Opens and Itself: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
}
