//! What is seen by a watermark, in order.

use core::{fmt, iter::FusedIterator};

use super::{Found, Index, Watermark, order::Order};

/// Keys and values in the order in which they were published, as of the moment at which the iterator
/// was made.
///
/// Never blocks, whatever is published meanwhile.
pub struct Iter<'i, K, V> {
    order: &'i Order<K, V>,
    seen: Watermark,
    next: u32,
    end: u32,
}

impl<K, V, X> Index<K, V, X> {
    /// What `seen` sees and an older watermark, if given, does not.
    pub(crate) fn iter(&self, seen: Watermark, since: Option<Watermark>) -> Iter<'_, K, V> {
        Iter {
            order: &self.order,
            seen,
            next: since.map_or(0, Watermark::places),
            end: seen.places(),
        }
    }
}

impl<'i, K, V> Iter<'i, K, V> {
    /// What stands in a place, if it is seen.
    fn at(&self, place: u32) -> Option<(&'i K, &'i V)> {
        // SAFETY: [INDEX-ORDER] the place is published, and we have seen that.
        let entry = unsafe { self.order.get(place) }?;
        // SAFETY: [INDEX-ENTRY]
        let entry = unsafe { entry.as_ref() };
        let found = entry.is_seen_by(self.seen).then_some(Found(entry))?;
        Some((found.key(), found.value()))
    }
}

impl<'i, K, V> Iterator for Iter<'i, K, V> {
    type Item = (&'i K, &'i V);

    fn next(&mut self) -> Option<Self::Item> {
        while self.next < self.end {
            let place = self.next;
            self.next += 1;
            if let Some(item) = self.at(place) {
                return Some(item);
            }
        }
        None
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (0, Some(self.end.saturating_sub(self.next) as usize))
    }
}

impl<K, V> DoubleEndedIterator for Iter<'_, K, V> {
    fn next_back(&mut self) -> Option<Self::Item> {
        while self.next < self.end {
            self.end -= 1;
            if let Some(item) = self.at(self.end) {
                return Some(item);
            }
        }
        None
    }
}

impl<K, V> FusedIterator for Iter<'_, K, V> {}

impl<K, V> Clone for Iter<'_, K, V> {
    fn clone(&self) -> Self {
        Self { ..*self }
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for Iter<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.clone()).finish()
    }
}
