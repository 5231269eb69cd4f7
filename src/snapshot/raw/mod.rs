//! Every atomic, every `unsafe` and every proof of the room `snapshot`.
//!
//! * [`current`]: the current value, its generation, and who waits for the next one.
//! * [`cache`]: each thread's copy of it, and the guards that keep a copy.
//!
//! # Protocol
//!
//! The current `Arc` stands behind a mutex, and beside it a generation that counts up with every
//! publication, inside the same critical section. Each thread keeps a copy of the `Arc`, with the
//! generation that it had.
//!
//! * **load**: if the copy's generation is still the cell's, the copy is current; otherwise it is
//!   renewed under the mutex. So a value is only ever reached through the mutex, once per thread
//!   and generation, or through a copy that the thread made itself; nobody frees what another
//!   thread might be about to read, because nobody reads what he has no count of.
//! * **store**: exchanges the `Arc` and counts the generation up, under the mutex. The old `Arc` is
//!   dropped outside: if it was the last, so is the value.
//!
//! The load of the generation is `Relaxed`. It decides only whether the copy is current, and the
//! copy was made by the same thread. A thread that sees a new generation finds its value, or a
//! newer one, under the mutex: had it locked before the publication, its look at the generation
//! would have happened before the store that it saw. A thread that was told of a publication, by
//! whatever edge, sees its generation or a later one, because that is what coherence means.
//!
//! # Invariants
//!
//! * [CACHE-OWN] the counts of a cached copy are touched by the thread that made it, or by whoever
//!   drops the cell: guards do not leave their thread, and borrow the cell until they are dropped; and
//!   a cell is dropped by one who has it to himself.
//! * [CACHE-COPY] a reference to the `Rc` in a cache lives only inside a method of the cache, in
//!   which nothing is dropped and no code of others runs.
//! * [CACHE-STAYS] a cache is never taken out of the slots: it goes with its thread or its cell.

mod cache;
mod current;

pub(crate) use self::{
    cache::Guarded,
    current::{Current, Version},
};
