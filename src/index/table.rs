//! Where the entry of a key is: groups of tagged slots.
//!
//! A group is one cache line (on 64-bit targets): a word of tags, one byte for each slot, and the
//! slots, pointers to entries. A key belongs into the group that the low bits of its hash name, or,
//! if that is full, into the next one. Its tag is seven other bits of the hash, so a look at the
//! word tells nearly always which slot it must be, or that there is none. (The idea is that of
//! Abseil's Swiss tables and Folly's F14, with the tags of a group in one word so that they can be
//! read atomically.)
//!
//! A reader knows a table by one pointer, to its header. That is a group too, in front of the
//! others, with no slots in use, and in place of the tags the number of the last of them: a look at
//! a table needs nothing but what is found behind this pointer.
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
//! * [TABLE-SLOT] a slot whose tag is that of a key points to an entry that lives as long as the
//!   index is shared.
//! * [TABLE-HEADER] behind a header stand as many groups as it says, a power of two.
//! * [TABLE-LANES] the byte of a word of tags that has no slot is zero, and so never that of a key.
//! * [TABLE-FREE] every table has a group with a free slot, so that each search ends.

use alloc::boxed::Box;
use core::{
    iter,
    ptr::{self, NonNull},
};

use super::entry::{Entry, Hash};
use crate::limits::{GROWTH, LEAST_GROUPS, TAKEN_AT_MOST};
use crate::sync::{AtomicPtr, AtomicUsize, Ordering, touched};

/// The slots of a group: as many as there are bytes in a word, but for one, so that eight words are
/// a group.
const SLOTS: usize = size_of::<usize>() - 1;

/// One in each byte.
const ONES: usize = usize::MAX / 0xFF;
/// The highest bit of each byte, and of each that has a slot.
const HIGH: usize = ONES << 7;
const HIGH_OF_SLOTS: usize = HIGH & (usize::MAX >> 8);

/// The tag of a slot that was emptied; that of a free one is zero, that of a key has bit 7.
const EMPTIED: usize = 1;

#[cfg_attr(target_pointer_width = "64", repr(C, align(64)))]
pub(super) struct Group<K, V> {
    /// One byte for each slot, and none for the highest byte; in the header, the mask.
    tags: AtomicUsize,
    slots: [AtomicPtr<Entry<K, V>>; SLOTS],
}

impl<K, V> Group<K, V> {
    fn new(tags: usize) -> Self {
        Self {
            tags: touched(AtomicUsize::new(tags)),
            slots: [const { AtomicPtr::new(ptr::null_mut()) }; SLOTS],
        }
    }
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

/// The places of the free slots.
#[inline]
const fn free(tags: usize) -> usize {
    zeros(tags) & HIGH_OF_SLOTS
}

/// The lowest of the places.
#[inline]
const fn first(places: usize) -> usize {
    places.trailing_zeros() as usize / 8
}

/// A table as readers know it.
pub(super) struct Look<K, V> {
    header: *const Group<K, V>,
}

impl<K, V> Look<K, V> {
    #[inline]
    pub(super) fn new(header: *const Group<K, V>) -> Self {
        Self { header }
    }

    /// The newest entry of a key.
    ///
    /// # Safety
    ///
    /// The table is that of an index which outlives `'i`.
    #[inline]
    pub(super) unsafe fn find<'i>(
        self,
        hash: Hash,
        mut is_key: impl FnMut(&K) -> bool,
    ) -> Option<&'i Entry<K, V>> {
        // SAFETY: [TABLE-HEADER]
        let header = unsafe { &*self.header };
        // Relaxed: it was written before the table was shared.
        let mask = header.tags.load(Ordering::Relaxed);
        let mut number = hash.group() & mask;
        loop {
            // SAFETY: [TABLE-HEADER] the mask keeps the number within the table.
            let group = unsafe { self.header.add(1 + number) };
            // SAFETY: as above.
            let group = unsafe { &*group };
            // Acquire: pairs with the Release of the tags in `insert`.
            let tags = group.tags.load(Ordering::Acquire);
            let mut fitting = zeros(tags ^ (hash.tag() * ONES));
            while fitting != 0 {
                // SAFETY: [TABLE-LANES] no tag is found in the byte without a slot.
                let slot = unsafe { group.slots.get_unchecked(first(fitting)) };
                // Acquire: pairs with the Release in `replace`.
                let slot = slot.load(Ordering::Acquire);
                // SAFETY: [TABLE-SLOT]
                let entry = unsafe { &*slot };
                if is_key(entry.key()) {
                    return Some(entry);
                }
                fitting &= fitting - 1;
            }
            if free(tags) != 0 {
                return None;
            }
            number = (number + 1) & mask;
        }
    }
}

/// A table as the writer knows it, with those that it has outgrown: somebody may still look at them.
pub(super) struct Table<K, V> {
    header: NonNull<Group<K, V>>,
    /// A power of two; or zero: then there is no table.
    groups: usize,
    /// The slots that are not free.
    taken: usize,
    outgrown: Option<Box<Self>>,
}

impl<K, V> Table<K, V> {
    pub(super) const NONE: Self = Self {
        header: NonNull::dangling(),
        groups: 0,
        taken: 0,
        outgrown: None,
    };

    /// How many groups the next table has, with room for so many more keys.
    pub(super) fn groups_for(&self, more: usize) -> usize {
        let (part, whole) = TAKEN_AT_MOST;
        let groups = ((self.taken + more) * whole).div_ceil(SLOTS * part);
        let least = LEAST_GROUPS.max(GROWTH * self.groups);
        groups.next_power_of_two().max(least)
    }

    /// An empty table with so many groups.
    pub(super) fn with_groups(groups: usize) -> Self {
        let all = iter::once(groups - 1).chain(iter::repeat_n(0, groups));
        let all: Box<[Group<K, V>]> = all.map(Group::new).collect();
        Self {
            header: NonNull::from(Box::leak(all)).cast(),
            groups,
            taken: 0,
            outgrown: None,
        }
    }

    /// What readers know of it.
    pub(super) fn header(&self) -> *mut Group<K, V> {
        if self.groups == 0 {
            ptr::null_mut()
        } else {
            self.header.as_ptr()
        }
    }

    pub(super) const fn has_room(&self, more: usize) -> bool {
        let (part, whole) = TAKEN_AT_MOST;
        (self.taken + more) * whole <= self.groups * SLOTS * part
    }

    pub(super) const fn taken(&self) -> usize {
        self.taken
    }

    /// The table has one.
    fn group(&self, number: usize) -> &Group<K, V> {
        let mask = self.groups - 1;
        // SAFETY: [TABLE-HEADER] the mask keeps the number within the table.
        let group = unsafe { self.header.add(1 + (number & mask)) };
        // SAFETY: as above.
        unsafe { group.as_ref() }
    }

    /// Takes over the keys of `old`, for which there is room.
    pub(super) fn copy(&mut self, old: &Self) {
        for number in 0..old.groups {
            for slot in &old.group(number).slots {
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
            let group = self.group(number);
            // Relaxed: the caller is the only writer.
            let tags = group.tags.load(Ordering::Relaxed);
            let free = free(tags);
            if free != 0 {
                let slot = first(free);
                // Relaxed: the tag's store comes after it.
                group.slots[slot].store(entry.as_ptr(), Ordering::Relaxed);
                // Release: pairs with the Acquire of the tags' load in `find`.
                group
                    .tags
                    .store(tags | (hash.tag() << (8 * slot)), Ordering::Release);
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
            Some((group, slot)) => group.slots[slot].store(newer.as_ptr(), Ordering::Release),
            None => self.insert(hash, newer),
        }
    }

    /// Empties the slot of `entry`; nobody else knows the table.
    pub(super) fn remove(&mut self, entry: &Entry<K, V>) {
        let (group, slot) = self.locate(entry).expect("it is in the table");
        // Relaxed: the caller is alone.
        group.slots[slot].store(ptr::null_mut(), Ordering::Relaxed);
        let tags = group.tags.load(Ordering::Relaxed);
        let tags = tags & !(0xFF << (8 * slot)) | (EMPTIED << (8 * slot));
        group.tags.store(tags, Ordering::Relaxed);
    }

    /// Where an entry is.
    fn locate(&self, entry: &Entry<K, V>) -> Option<(&Group<K, V>, usize)> {
        (0..self.groups).find_map(|step| {
            let group = self.group(entry.hash.group().wrapping_add(step));
            // Relaxed: the caller is the only writer.
            let holds = |slot: &AtomicPtr<_>| ptr::eq(slot.load(Ordering::Relaxed), entry);
            Some((group, group.slots.iter().position(holds)?))
        })
    }
}

impl<K, V> Drop for Table<K, V> {
    fn drop(&mut self) {
        if self.groups > 0 {
            let all = NonNull::slice_from_raw_parts(self.header, 1 + self.groups);
            // SAFETY: it was made of such a box, and nobody looks at it any more [INDEX-ALONE].
            drop(unsafe { Box::from_raw(all.as_ptr()) });
        }
    }
}
