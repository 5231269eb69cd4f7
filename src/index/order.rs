//! The entries in the order in which they came, in chunks that never move: each is twice as long as
//! the one before.
//!
//! A place holds a pointer to an entry, or null: then it stands for a removal, or the entry was
//! taken out while nobody else knew the index.
//!
//! # Protocol
//!
//! The writer, who holds the lock, adds chunks and fills places; a reader looks only at places that
//! were filled before something that it has acquired (the watermark, or an entry that names the
//! place). So every access here is ordered from outside, and `Relaxed`.

use alloc::{boxed::Box, vec::Vec};
use core::{
    marker::PhantomData,
    ptr::{self, NonNull},
};

use super::entry::Entry;
use crate::limits::FIRST_CHUNK_LOG2;
use crate::sync::{AtomicPtr, Ordering};

const CHUNKS: usize = (u32::BITS - FIRST_CHUNK_LOG2) as usize;
const FIRST_CHUNK: u64 = 1 << FIRST_CHUNK_LOG2;

/// How many places there can be.
pub(super) const PLACES: u64 = (1 << u32::BITS) - FIRST_CHUNK;

type Place<K, V> = AtomicPtr<Entry<K, V>>;

pub(super) struct Order<K, V> {
    chunks: [AtomicPtr<Place<K, V>>; CHUNKS],
    /// Whoever can read the order can read keys and values.
    _entries: PhantomData<(K, V)>,
}

/// A chunk that was made, and is not yet part of the order.
pub(super) struct Chunk<K, V> {
    number: usize,
    places: Box<[Place<K, V>]>,
}

impl<K, V> Chunk<K, V> {
    pub(super) fn new(number: usize) -> Self {
        let places: Vec<_> = (0..places(number))
            .map(|_| AtomicPtr::new(ptr::null_mut()))
            .collect();
        Self {
            number,
            places: places.into_boxed_slice(),
        }
    }
}

const fn places(chunk: usize) -> usize {
    (FIRST_CHUNK as usize) << chunk
}

/// The chunk of a place, and the place's number in it.
#[inline]
const fn locate(place: u32) -> (usize, usize) {
    let number = place as u64 + FIRST_CHUNK;
    let log2 = number.ilog2();
    let chunk = (log2 - FIRST_CHUNK_LOG2) as usize;
    (chunk, (number - (1 << log2)) as usize)
}

impl<K, V> Order<K, V> {
    pub(super) const fn new() -> Self {
        Self {
            chunks: [const { AtomicPtr::new(ptr::null_mut()) }; CHUNKS],
            _entries: PhantomData,
        }
    }

    /// The first chunk that is missing for the places up to `end`; the caller is the only writer.
    pub(super) fn missing(&self, end: u32) -> Option<usize> {
        let (last, _) = locate(end.checked_sub(1)?);
        // Relaxed: see above.
        let is_missing = |chunk: &usize| self.chunks[*chunk].load(Ordering::Relaxed).is_null();
        // They come one after the other: as a rule, a look at the last one is all.
        (0..=last).rev().take_while(is_missing).last()
    }

    /// Makes the chunk part of the order, or gives it back if its place is taken.
    pub(super) fn add(&self, chunk: Chunk<K, V>) -> Option<Chunk<K, V>> {
        let place = &self.chunks[chunk.number];
        // Relaxed: see above.
        if !place.load(Ordering::Relaxed).is_null() {
            return Some(chunk);
        }
        place.store(Box::into_raw(chunk.places).cast(), Ordering::Relaxed);
        None
    }

    /// # Safety
    ///
    /// The place's chunk is there, and that is known to this thread.
    #[inline]
    unsafe fn place(&self, place: u32) -> &Place<K, V> {
        let (chunk, number) = locate(place);
        // Relaxed: see above.
        let chunk = self.chunks[chunk].load(Ordering::Relaxed);
        // SAFETY: the caller's promise ([INDEX-ORDER]), and `locate` keeps the number within the chunk.
        let place = unsafe { chunk.add(number) };
        // SAFETY: as above.
        unsafe { &*place }
    }

    /// # Safety
    ///
    /// As [`place`](Self::place).
    #[inline]
    pub(super) unsafe fn get(&self, place: u32) -> Option<NonNull<Entry<K, V>>> {
        // SAFETY: the caller's promise ([INDEX-ORDER]).
        let place = unsafe { self.place(place) };
        // Relaxed: see above.
        NonNull::new(place.load(Ordering::Relaxed))
    }

    /// # Safety
    ///
    /// As [`place`](Self::place); the caller is the only writer.
    pub(super) unsafe fn set(&self, place: u32, entry: Option<NonNull<Entry<K, V>>>) {
        let entry = entry.map_or(ptr::null_mut(), NonNull::as_ptr);
        // SAFETY: the caller's promise ([INDEX-ORDER]).
        let place = unsafe { self.place(place) };
        // Relaxed: see above.
        place.store(entry, Ordering::Relaxed);
    }

    /// Frees the chunks that are not needed for the places up to `end`; nobody else knows the order.
    pub(super) fn truncate(&mut self, end: u32) {
        let needed = if end == 0 { 0 } else { locate(end - 1).0 + 1 };
        for number in needed..CHUNKS {
            let chunk = &self.chunks[number];
            // Relaxed: `&mut self` is alone.
            let first = chunk.load(Ordering::Relaxed);
            chunk.store(ptr::null_mut(), Ordering::Relaxed);
            if !first.is_null() {
                let chunk = ptr::slice_from_raw_parts_mut(first, places(number));
                // SAFETY: [INDEX-ALONE] it was made of such a box, and nobody looks at it any more.
                drop(unsafe { Box::from_raw(chunk) });
            }
        }
    }
}

impl<K, V> Drop for Order<K, V> {
    fn drop(&mut self) {
        self.truncate(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_follow_one_another_through_the_chunks() {
        let mut next = (0, 0);
        for place in 0..10_000 {
            assert_eq!(locate(place), next);
            next.1 += 1;
            if next.1 == places(next.0) {
                next = (next.0 + 1, 0);
            }
        }
    }

    #[test]
    fn the_last_place_is_the_last_one_of_the_last_chunk() {
        let last = u32::try_from(PLACES - 1).unwrap();
        assert_eq!(locate(last), (CHUNKS - 1, places(CHUNKS - 1) - 1));
    }
}
