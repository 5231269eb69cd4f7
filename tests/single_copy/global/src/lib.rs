//! A crate with a global: `next` counts its calls.

#![no_std]
#![forbid(unsafe_code)]

use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};

static COUNT: AtomicUsize = AtomicUsize::new(1);
onset::single_copy!("global::COUNT");

pub fn next() -> usize {
    COUNT.fetch_add(1, Relaxed)
}
