//! Where the entry of a key is: groups of tagged slots.
//!
//! A group is as many slots, pointers to entries, as a word has bytes, and a word of tags, one for
//! each slot. A key belongs into the group that the low bits of its hash name, or, if that is full,
//! into the next one. Its tag is seven other bits of the hash, so a look at the word tells nearly
//! always which slot it must be, or that there is none. (The idea is that of Abseil's Swiss tables
//! and Folly's F14, with the tags of a group in one word so that they can be read atomically.)
//!
//! The tags stand apart from the slots: there are so few of them that they stay in the cache of a
//! core, and a search that finds nothing seldom looks at anything else.
//!
//! # Protocol
//!
//! Only the writer, who holds the lock, changes a table.
//!
//! * **insert**: store the pointer into a free slot (`Relaxed`: nobody reads the slot before its
//!   tag), then its tag (`Release`: pairs with the `Acquire` of *look*).
//! * **replace**: store the pointer to the newer entry over that to the older one (`Release`: pairs
//!   with the `Acquire` of the slot's load; the tag stays as it is).
//! * **look**: load the tags (`Acquire`), then the slots whose tags fit (`Acquire`: see *replace*).
//!
//! # Invariants
//!
//! * [TABLE-GROUPS] there are as many words of tags as groups of slots, a power of two, and they stay
//!   where they are for as long as anybody may look at the table.
//! * [TABLE-SLOT] a slot whose tag is that of a key points to an entry that lives as long as the
//!   index is shared.
//! * [TABLE-FREE] every table has a group with a free slot, so that each search ends.

use alloc::boxed::Box;
use core::{
    iter,
    ptr::{self, NonNull},
};

use super::entry::{Entry, Hash};
use crate::limits::{GROWTH, LEAST_GROUPS, TAKEN_AT_MOST};
use crate::sync::{AtomicPtr, AtomicUsize, Ordering, touched};

/// The slots of a group: one for each byte of its word of tags.
const SLOTS: usize = size_of::<usize>();

/// One in each byte.
const ONES: usize = usize::MAX / 0xFF;
/// The highest bit of each byte.
const HIGH: usize = ONES << 7;

/// The tag of a slot that was emptied; that of a free one is zero, that of a key has bit 7.
const EMPTIED: usize = 1;

type Slot<K, V> = AtomicPtr<Entry<K, V>>;

/// The tags and the slots of a group.
type Group<'t, K, V> = (&'t AtomicUsize, &'t [Slot<K, V>; SLOTS]);

/// A table as readers know it.
pub(super) struct Groups<K, V> {
    /// A word for each group, and a byte in it for each slot.
    tags: Box<[AtomicUsize]>,
    slots: Box<[[Slot<K, V>; SLOTS]]>,
}

impl Hash {
    #[inline]
    const fn tag(self) -> usize {
        (self.0 >> 25) as usize | 0x80
    }

    #[inline]
    const fn group(self) -> usize {
        self.0 as usize
    }
}

/// The places of the zero bytes, as their highest bits. (The byte above a zero byte may be reported
/// if it is one.)
#[inline]
const fn zeros(word: usize) -> usize {
    word.wrapping_sub(ONES) & !word & HIGH
}

/// The lowest of the places.
#[inline]
const fn first(places: usize) -> usize {
    places.trailing_zeros() as usize / 8
}

impl<K, V> Groups<K, V> {
    fn empty(number: usize) -> Self {
        let tags = iter::repeat_with(|| touched(AtomicUsize::new(0)));
        let slots = || [const { Slot::new(ptr::null_mut()) }; SLOTS];
        Self {
            tags: tags.take(number).collect(),
            slots: iter::repeat_with(slots).take(number).collect(),
        }
    }

    fn mask(&self) -> usize {
        self.tags.len() - 1
    }

    #[inline]
    fn group(&self, number: usize) -> Group<'_, K, V> {
        let number = number & self.mask();
        // SAFETY: [TABLE-GROUPS] the mask keeps the number within the table.
        let tags = unsafe { self.tags.get_unchecked(number) };
        // SAFETY: [TABLE-GROUPS] as above.
        let slots = unsafe { self.slots.get_unchecked(number) };
        (tags, slots)
    }

    /// The newest entry of a key.
    #[inline]
    pub(super) fn find(
        &self,
        hash: Hash,
        mut is_it: impl FnMut(&Entry<K, V>) -> bool,
    ) -> Option<&Entry<K, V>> {
        let mut number = hash.group();
        loop {
            let (tags, slots) = self.group(number);
            // Acquire: pairs with the Release of the tags in `insert`.
            let tags = tags.load(Ordering::Acquire);
            let mut fitting = zeros(tags ^ (hash.tag() * ONES));
            while fitting != 0 {
                // Acquire: pairs with the Release in `replace`.
                let slot = slots[first(fitting)].load(Ordering::Acquire);
                // SAFETY: [TABLE-SLOT]
                let entry = unsafe { &*slot };
                if is_it(entry) {
                    return Some(entry);
                }
                fitting &= fitting - 1;
            }
            if zeros(tags) != 0 {
                return None;
            }
            number = number.wrapping_add(1);
        }
    }
}

/// A table as the writer knows it, with those that it has outgrown: somebody may still look at them.
pub(super) struct Table<K, V> {
    /// From a box; or null, and then there is none.
    groups: *mut Groups<K, V>,
    /// How many there are: a power of two, or zero.
    number: usize,
    /// The slots that are not free.
    taken: usize,
    outgrown: Option<Box<Self>>,
}

impl<K, V> Table<K, V> {
    pub(super) const NONE: Self = Self {
        groups: ptr::null_mut(),
        number: 0,
        taken: 0,
        outgrown: None,
    };

    /// How many groups the next table has, with room for so many more keys.
    pub(super) fn groups_for(&self, more: usize) -> usize {
        let (part, whole) = TAKEN_AT_MOST;
        let groups = ((self.taken + more) * whole).div_ceil(SLOTS * part);
        let least = LEAST_GROUPS.max(GROWTH * self.number);
        groups.next_power_of_two().max(least)
    }

    /// An empty table with so many groups.
    pub(super) fn with_groups(number: usize) -> Self {
        Self {
            groups: Box::into_raw(Box::new(Groups::empty(number))),
            number,
            taken: 0,
            outgrown: None,
        }
    }

    /// What readers know of it.
    pub(super) fn groups(&self) -> *mut Groups<K, V> {
        self.groups
    }

    pub(super) const fn has_room(&self, more: usize) -> bool {
        let (part, whole) = TAKEN_AT_MOST;
        (self.taken + more) * whole <= self.number * SLOTS * part
    }

    pub(super) const fn taken(&self) -> usize {
        self.taken
    }

    fn look<'t>(&self) -> &'t Groups<K, V> {
        // SAFETY: [TABLE-GROUPS] callers ask a table that there is, and let go of this before that.
        unsafe { &*self.groups }
    }

    /// Takes over the keys of `old`, for which there is room.
    pub(super) fn copy(&mut self, old: &Self) {
        for number in 0..old.number {
            for slot in old.look().group(number).1 {
                // Relaxed: the caller holds the lock, or this table alone.
                if let Some(entry) = NonNull::new(slot.load(Ordering::Relaxed)) {
                    // SAFETY: [TABLE-SLOT]
                    let hash = unsafe { (*entry.as_ptr()).hash };
                    self.insert(hash, entry);
                }
            }
        }
    }

    /// Keeps a table that it has taken the place of.
    pub(super) fn keep(&mut self, outgrown: Box<Self>) {
        self.outgrown = Some(outgrown);
    }

    /// There is room, and no entry of the key; the caller is the only writer.
    pub(super) fn insert(&mut self, hash: Hash, entry: NonNull<Entry<K, V>>) {
        let mut number = hash.group();
        loop {
            let (word, slots) = self.look().group(number);
            // Relaxed: the caller is the only writer.
            let tags = word.load(Ordering::Relaxed);
            let free = zeros(tags);
            if free != 0 {
                let slot = first(free);
                // Relaxed: the tag's store comes after it.
                slots[slot].store(entry.as_ptr(), Ordering::Relaxed);
                // Release: pairs with the Acquire of the tags' load in `find`.
                word.store(tags | (hash.tag() << (8 * slot)), Ordering::Release);
                self.taken += 1;
                return;
            }
            number = number.wrapping_add(1);
        }
    }

    /// Puts `newer` where `older` is; the caller is the only writer, and there is room. (If the keys'
    /// `Eq` contradicts itself `older` may have been replaced already, in the same change.)
    pub(super) fn replace(&mut self, older: &Entry<K, V>, newer: NonNull<Entry<K, V>>, hash: Hash) {
        match self.locate(older) {
            // Release: pairs with the Acquire of the slot's load in `find`.
            Some(((_, slots), slot)) => slots[slot].store(newer.as_ptr(), Ordering::Release),
            None => self.insert(hash, newer),
        }
    }

    /// Empties the slot of `entry`; nobody else knows the table.
    pub(super) fn remove(&mut self, entry: &Entry<K, V>) {
        let ((word, slots), slot) = self.locate(entry).expect("it is in the table");
        // Relaxed: the caller is alone.
        slots[slot].store(ptr::null_mut(), Ordering::Relaxed);
        let tags = word.load(Ordering::Relaxed);
        let tags = tags & !(0xFF << (8 * slot)) | (EMPTIED << (8 * slot));
        word.store(tags, Ordering::Relaxed);
    }

    /// Where an entry is: the group, and the slot in it.
    fn locate(&self, entry: &Entry<K, V>) -> Option<(Group<'_, K, V>, usize)> {
        (0..self.number).find_map(|step| {
            let (word, slots) = self.look().group(entry.hash.group().wrapping_add(step));
            // Relaxed: the caller is the only writer.
            let holds = |slot: &Slot<K, V>| ptr::eq(slot.load(Ordering::Relaxed), entry);
            Some(((word, slots), slots.iter().position(holds)?))
        })
    }
}

impl<K, V> Drop for Table<K, V> {
    fn drop(&mut self) {
        if !self.groups.is_null() {
            // SAFETY: it comes from a box, and nobody looks at it any more [INDEX-ALONE].
            drop(unsafe { Box::from_raw(self.groups) });
        }
    }
}
