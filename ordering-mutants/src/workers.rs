//! Threads, each with a bench of its own, that take their work from one list.

use std::{
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    thread,
};

use crate::trouble::Trouble;

/// Does the same on each bench, at the same time.
pub(crate) fn each<B: Send>(
    benches: &mut [B],
    work: impl Fn(&mut B) -> Result<(), Trouble> + Sync,
) -> Result<(), Trouble> {
    let work = &work;
    thread::scope(|scope| {
        let threads: Vec<_> = benches
            .iter_mut()
            .map(|bench| scope.spawn(move || work(bench)))
            .collect();
        let ends = threads
            .into_iter()
            .map(|thread| thread.join().expect("a worker does not panic"));
        ends.collect::<Vec<_>>().into_iter().collect()
    })
}

/// Does all items, each on one bench; after the first trouble no new one is begun.
pub(crate) fn share<B: Send, I: Sync>(
    benches: &mut [B],
    items: &[I],
    work: impl Fn(&mut B, &I) -> Result<(), Trouble> + Sync,
) -> Result<(), Trouble> {
    let next = AtomicUsize::new(0);
    each(benches, |bench| {
        while let Some(item) = items.get(next.fetch_add(1, Relaxed)) {
            let done = work(bench, item);
            if done.is_err() {
                next.store(items.len(), Relaxed);
                return done;
            }
        }
        Ok(())
    })
}
