//! The one mistake that a run may be asked to make.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::options::Plant;

pub(crate) struct Planting {
    kind: Option<Plant>,
    done: AtomicBool,
}

impl Planting {
    pub(crate) const fn new(kind: Option<Plant>) -> Self {
        Self {
            kind,
            done: AtomicBool::new(false),
        }
    }

    /// Whether this is the place to make the mistake: the first that asks for its kind is.
    pub(crate) fn now(&self, kind: Plant) -> bool {
        self.is(kind) && !self.done.swap(true, Ordering::Relaxed)
    }

    /// Whether this kind of mistake is to be made again and again.
    pub(crate) fn is(&self, kind: Plant) -> bool {
        self.kind == Some(kind)
    }
}
