//! Everyone computes; one reference is published.

use core::{convert::Infallible, fmt};

use super::raw::slot::Slot;

/// A race cell for a reference: it allocates nothing, owns nothing and needs neither `alloc` nor
/// `std`.
///
/// It returns the reference by value, and so stands beside [`InitCell`](crate::InitCell). Blocking,
/// failure and recursion are as with `RaceCell`; there is nothing to drop.
///
/// ```
/// use onset::RaceRef;
///
/// static CHOSEN: RaceRef<'static, str_table::Table> = RaceRef::new();
///
/// mod str_table {
///     pub struct Table(pub &'static str);
///     pub static SSE2: Table = Table("sse2");
/// }
/// assert_eq!(CHOSEN.get_or_init(|| &str_table::SSE2).0, "sse2");
/// ```
pub struct RaceRef<'a, T> {
    slot: Slot<&'a T>,
}

impl<'a, T> RaceRef<'a, T> {
    /// An empty cell.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            slot: Slot::empty(),
        }
    }

    /// A cell that holds `value`.
    #[must_use]
    pub const fn with_value(value: &'a T) -> Self {
        Self {
            slot: Slot::full_reference(value),
        }
    }

    /// The reference, if there is one.
    ///
    /// Never blocks. Costs an `Acquire` load.
    #[inline]
    pub fn get(&self) -> Option<&'a T> {
        self.slot.get_owner()
    }

    /// Fills the cell. Never blocks; costs a compare-exchange.
    ///
    /// # Errors
    ///
    /// `value`, if the cell holds a reference already.
    #[inline]
    pub fn set(&self, value: &'a T) -> Result<(), &'a T> {
        self.try_insert(value).map(drop).map_err(|(_, value)| value)
    }

    /// Fills the cell and returns `value`; otherwise the reference that is there, and yours.
    ///
    /// Never blocks; costs a compare-exchange. There is nothing to drop.
    ///
    /// # Errors
    ///
    /// The published reference and `value`, if the cell holds one already.
    pub fn try_insert(&self, value: &'a T) -> Result<&'a T, (&'a T, &'a T)> {
        match self.slot.publish(value) {
            Ok(_) => Ok(value),
            Err(_) => Err((self.get().expect("a published reference stays"), value)),
        }
    }

    /// The reference, computed by `f` if there is none.
    ///
    /// Never blocks. If another thread publishes first, its reference is returned. If `f` panics,
    /// the cell is as it was. Recursion is harmless: the inner reference wins. If the reference
    /// is there, it costs what [`get`](Self::get) costs.
    #[inline]
    pub fn get_or_init<F>(&self, f: F) -> &'a T
    where
        F: FnOnce() -> &'a T,
    {
        let Ok(value) = self.get_or_try_init(|| Ok::<_, Infallible>(f()));
        value
    }

    /// The reference, computed by `f` if there is none, unless `f` fails; otherwise as
    /// [`get_or_init`](Self::get_or_init).
    ///
    /// # Errors
    ///
    /// What `f` returned.
    #[inline]
    pub fn get_or_try_init<F, E>(&self, f: F) -> Result<&'a T, E>
    where
        F: FnOnce() -> Result<&'a T, E>,
    {
        match self.get() {
            Some(value) => Ok(value),
            None => Ok(self
                .try_insert(f()?)
                .unwrap_or_else(|(published, _)| published)),
        }
    }

    /// Takes the reference out and leaves the cell empty. Never blocks.
    #[inline]
    pub fn take(&mut self) -> Option<&'a T> {
        self.slot.take()
    }

    /// The reference, if there is one. Never blocks.
    #[inline]
    pub fn into_inner(mut self) -> Option<&'a T> {
        self.take()
    }
}

impl<T> Default for RaceRef<'_, T> {
    /// An empty cell.
    fn default() -> Self {
        Self::new()
    }
}

/// Never blocks: shows the value if it is there, `<uninit>` otherwise.
impl<T: fmt::Debug> fmt::Debug for RaceRef<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::traits::debug(f, "RaceRef", self.get())
    }
}

impl<T> Clone for RaceRef<'_, T> {
    fn clone(&self) -> Self {
        self.get().map_or_else(Self::new, Self::with_value)
    }
}

impl<'a, T> From<&'a T> for RaceRef<'a, T> {
    fn from(value: &'a T) -> Self {
        Self::with_value(value)
    }
}

/// Compares the values, as references do; two empty cells are equal.
impl<T: PartialEq> PartialEq for RaceRef<'_, T> {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl<T: Eq> Eq for RaceRef<'_, T> {}
