//! Right: `race-at-publication` with the ordering that it lacks, and a value that two threads own
//! in turns. A check that reports this one reports anything, and has not seen the others.

use std::sync::{Arc, atomic::Ordering};
use std::thread;

#[path = "publication.rs"]
mod publication;

fn main() {
    publication::publish_and_read(Ordering::Release);

    // Whoever lets go last drops the value, after a fence in the standard library.
    for _ in 0..20 {
        let ours = Arc::new(vec![1, 2, 3]);
        let theirs = Arc::clone(&ours);
        let reader = thread::spawn(move || theirs.iter().sum::<i32>());
        assert_eq!(ours.len(), 3);
        drop(ours);
        assert_eq!(reader.join().expect("it only reads"), 6);
    }
}
