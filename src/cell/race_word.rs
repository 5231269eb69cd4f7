//! Everyone computes; one word is published.

use core::{convert::Infallible, fmt};

use super::raw::word::Published;
pub use super::raw::word::Word;

/// A race cell for a [`Word`]: a `Copy` value that stands in place, in one atomic; it needs neither
/// `alloc` nor `std`.
///
/// It returns the value by value, and so stands beside [`InitCell`](crate::InitCell). Blocking,
/// failure and recursion are as with `RaceCell`; there is nothing to drop. At most 8 bytes, 4 for
/// the words of up to 16 bits, `char` and the `NonZero` types of up to 32.
///
/// ```
/// use onset::RaceWord;
///
/// // Chosen once, by what the processor can do.
/// static CHECKSUM: RaceWord<fn(u32) -> u32> = RaceWord::new();
///
/// fn simple(seed: u32) -> u32 {
///     seed.rotate_left(5)
/// }
/// let checksum = CHECKSUM.get_or_init(|| simple);
/// assert_eq!(checksum(1), 32);
/// ```
///
/// A function pointer with a reference among its arguments (`fn(&[u8]) -> u8`) is no `Word`: it is
/// one for each lifetime, and Rust has no way to say so here. Put such pointers into statics, and
/// a `RaceRef` to one of them.
pub struct RaceWord<T: Word> {
    published: Published<T>,
}

impl<T: Word> RaceWord<T> {
    /// An empty cell.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            published: Published::empty(),
        }
    }

    /// A cell that holds `value`. Not `const`.
    #[must_use]
    pub fn with_value(value: T) -> Self {
        let cell = Self::new();
        // It was empty.
        let _ = cell.set(value);
        cell
    }

    /// The value, if there is one.
    ///
    /// Never blocks. Costs an `Acquire` load.
    #[inline]
    pub fn get(&self) -> Option<T> {
        self.published.get()
    }

    /// Fills the cell. Never blocks; costs a compare-exchange.
    ///
    /// # Errors
    ///
    /// `value`, if the cell holds one already.
    #[inline]
    pub fn set(&self, value: T) -> Result<(), T> {
        self.try_insert(value).map(drop).map_err(|(_, value)| value)
    }

    /// Fills the cell and returns `value`; otherwise the value that is there, and yours.
    ///
    /// Never blocks; costs a compare-exchange. There is nothing to drop.
    ///
    /// # Errors
    ///
    /// The published value and `value`, if the cell holds one already.
    pub fn try_insert(&self, value: T) -> Result<T, (T, T)> {
        match self.published.publish(value) {
            Ok(()) => Ok(value),
            Err(published) => Err((published, value)),
        }
    }

    /// The value, computed by `f` if there is none.
    ///
    /// Never blocks. If another thread publishes first, its value is returned. If `f` panics, the
    /// cell is as it was. Recursion is harmless: the inner value wins. If the value is there,
    /// it costs what [`get`](Self::get) costs.
    #[inline]
    pub fn get_or_init<F>(&self, f: F) -> T
    where
        F: FnOnce() -> T,
    {
        let Ok(value) = self.get_or_try_init(|| Ok::<_, Infallible>(f()));
        value
    }

    /// The value, computed by `f` if there is none, unless `f` fails; otherwise as
    /// [`get_or_init`](Self::get_or_init).
    ///
    /// # Errors
    ///
    /// What `f` returned.
    #[inline]
    pub fn get_or_try_init<F, E>(&self, f: F) -> Result<T, E>
    where
        F: FnOnce() -> Result<T, E>,
    {
        match self.get() {
            Some(value) => Ok(value),
            None => Ok(self
                .try_insert(f()?)
                .unwrap_or_else(|(published, _)| published)),
        }
    }

    /// Takes the value out and leaves the cell empty. Never blocks.
    #[inline]
    pub fn take(&mut self) -> Option<T> {
        self.published.take()
    }

    /// The value, if there is one. Never blocks.
    #[inline]
    pub fn into_inner(mut self) -> Option<T> {
        self.take()
    }
}

impl<T: Word> Default for RaceWord<T> {
    /// An empty cell.
    fn default() -> Self {
        Self::new()
    }
}

/// Never blocks: shows the value if it is there, `<uninit>` otherwise.
impl<T: Word + fmt::Debug> fmt::Debug for RaceWord<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::traits::debug(f, "RaceWord", self.get())
    }
}

impl<T: Word> Clone for RaceWord<T> {
    fn clone(&self) -> Self {
        self.get().map_or_else(Self::new, Self::with_value)
    }
}

impl<T: Word> From<T> for RaceWord<T> {
    fn from(value: T) -> Self {
        Self::with_value(value)
    }
}

/// Compares what is there at the moment; two empty cells are equal.
impl<T: Word + PartialEq> PartialEq for RaceWord<T> {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl<T: Word + Eq> Eq for RaceWord<T> {}
