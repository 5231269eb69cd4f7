//! A value that is handed out exclusively, once.

use core::{
    fmt,
    panic::{RefUnwindSafe, UnwindSafe},
};

use super::raw::taken::Taken;

/// Gives out its value once, as `&'static mut T` or owned: what `static mut BUFFER` was for.
///
/// ```
/// use onset::TakeCell;
///
/// static BUFFER: TakeCell<[u8; 1024]> = TakeCell::new([0; 1024]);
///
/// let buffer: &'static mut [u8; 1024] = BUFFER.take().expect("nobody else takes it");
/// buffer[0] = 1;
/// assert!(BUFFER.take().is_none());
/// ```
///
/// It never blocks, needs neither `alloc` nor `std`, and costs one `swap`. Two threads that take at
/// the same time: one gets the value, the other `None`. What was taken cannot be given back.
pub struct TakeCell<T> {
    taken: Taken<T>,
}

impl<T> TakeCell<T> {
    /// A cell that holds `value`.
    #[must_use]
    pub const fn new(value: T) -> Self {
        Self {
            taken: Taken::new(value),
        }
    }

    /// The value for ever, in place, to the first who asks; `None` to everybody else. Never blocks.
    #[inline]
    pub fn take(&'static self) -> Option<&'static mut T> {
        self.taken.lend()
    }

    /// The value, moved out, to the first who asks; `None` to everybody else. Never blocks.
    #[inline]
    pub fn take_value(&self) -> Option<T> {
        self.taken.take()
    }

    /// Whether the value is gone. Never blocks; `false` may be outdated when it arrives.
    #[inline]
    pub fn is_taken(&self) -> bool {
        self.taken.is_gone()
    }

    /// The value, if nobody took it, through `&mut`. Never blocks, takes nothing.
    #[inline]
    pub fn get_mut(&mut self) -> Option<&mut T> {
        self.taken.get_mut()
    }

    /// The value, if nobody took it. Never blocks.
    #[inline]
    pub fn into_inner(self) -> Option<T> {
        self.taken.take()
    }
}

// A value goes out whole or not at all, so a panic leaves nothing half done behind `&TakeCell`.
impl<T: UnwindSafe> RefUnwindSafe for TakeCell<T> {}

impl<T: Default> Default for TakeCell<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> From<T> for TakeCell<T> {
    fn from(value: T) -> Self {
        Self::new(value)
    }
}

/// Never blocks, and shows whether the value is there, not the value: somebody may be taking it.
impl<T> fmt::Debug for TakeCell<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TakeCell")
            .field("is_taken", &self.is_taken())
            .finish_non_exhaustive()
    }
}
