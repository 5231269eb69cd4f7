//! What the errors say, word for word.

use std::{convert::Infallible, error::Error, io};

use onset::{BatchError, Reason, Refused, Registry};

/// Neither `Debug` nor `Display`.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Dumb;

fn sealed() -> Registry<u8, Dumb> {
    let registry = Registry::new();
    registry.register(1, Dumb).ok().unwrap();
    registry.seal();
    registry
}

const DUPLICATE: &str = "the key is registered already; use `replace` to shadow its value, or \
                         `register_or_get` to keep it";
const SEALED: &str = "the registry is sealed; register before `seal` is called";

#[test]
fn reasons() {
    assert_eq!(Reason::Duplicate.to_string(), DUPLICATE);
    assert_eq!(Reason::Sealed.to_string(), SEALED);
    assert_eq!(
        format!("{:?} {:?}", Reason::Duplicate, Reason::Sealed),
        "Duplicate Sealed"
    );
}

/// Whatever key and value are, so that `unwrap` works.
#[test]
fn a_refusal_is_its_reason() {
    let registry = sealed();
    let duplicate = registry.register(1, Dumb).err().unwrap();
    assert_eq!(duplicate.to_string(), DUPLICATE);
    assert_eq!(
        format!("{duplicate:?}"),
        "Refused { reason: Duplicate, .. }"
    );
    let sealed = registry.register(2, Dumb).err().unwrap();
    assert_eq!(sealed.to_string(), SEALED);
    assert_eq!(format!("{sealed:?}"), "Refused { reason: Sealed, .. }");
    let error: &dyn Error = &sealed;
    assert!(error.source().is_none());
}

#[test]
fn a_refused_removal() {
    let error = sealed().remove(&1).err().unwrap();
    assert_eq!(
        error.to_string(),
        "the registry is sealed; remove before `seal` is called"
    );
    let error: &dyn Error = &error;
    assert!(error.source().is_none());
}

#[test]
fn a_refused_batch() {
    type Refusal = BatchError<Infallible, Dumb, Dumb>;
    let duplicate = Refusal::Duplicate {
        key: Dumb,
        value: Dumb,
    };
    assert_eq!(
        duplicate.to_string(),
        format!("{DUPLICATE}; nothing was registered")
    );
    assert_eq!(format!("{duplicate:?}"), "Duplicate { .. }");
    let sealed = Refusal::Sealed;
    assert_eq!(
        sealed.to_string(),
        format!("{SEALED}; nothing was registered")
    );
    assert_eq!(format!("{sealed:?}"), "Sealed");
    assert!(duplicate.source().is_none() && sealed.source().is_none());
}

/// Its error is the source, and so not told twice.
#[test]
fn a_failed_batch() {
    type Failure = BatchError<io::Error, Dumb, Dumb>;
    let failed = Failure::Failed(io::Error::other("disk"));
    assert_eq!(
        failed.to_string(),
        "the batch's closure failed; nothing was registered"
    );
    assert_eq!(failed.source().unwrap().to_string(), "disk");
    let shown = format!("{:?}", BatchError::<_, Dumb, Dumb>::Failed("disk"));
    assert_eq!(shown, "Failed(\"disk\")");
}

#[test]
fn errors_compare_and_copy() {
    let refused = Refused {
        reason: Reason::Sealed,
        key: 1,
        value: Dumb,
    };
    let copy = refused;
    assert!(refused == copy && refused != Refused { key: 2, ..copy });
    let failed = BatchError::<_, u8, u8>::Failed(1);
    let copy = failed;
    assert!(failed == copy && failed != BatchError::Sealed);
}
