//! Every number that somebody chose, and how it was chosen.
//!
//! Under the model checker the budgets shrink to nothing: a loop that only waits adds executions
//! and no knowledge.

#[cfg(feature = "std")]
use core::time::Duration;

/// For this long a waiting thread spins without giving its core away: an initialiser that takes a
/// few microseconds is then never waited for with a system call, however many threads want the
/// value.
#[cfg(all(feature = "std", not(onset_loom)))]
pub(crate) const SPIN_ALONE: Duration = Duration::from_micros(4);

/// After this long a waiting thread parks. It is about what a park and a wake-up cost together
/// (7 to 40 µs here, `docs/waiting.md`), so a thread burns about twice what the better of the two
/// choices would have cost it, at most.
#[cfg(all(feature = "std", not(onset_loom)))]
pub(crate) const SPIN_TOTAL: Duration = Duration::from_micros(30);

/// Looks at the word between two readings of the clock, and before the first one: an initialiser of
/// a few hundred nanoseconds is waited for without any.
#[cfg(all(feature = "std", not(onset_loom)))]
pub(crate) const LOOKS_PER_CLOCK: u32 = 32;

/// The patience of a `HedgedCell` that was not given one: three times what waiting threads spin, so
/// that an initialiser which is merely not instant is not hedged against.
#[cfg(feature = "std")]
pub(crate) const DEFAULT_PATIENCE: Duration = Duration::from_micros(100);

/// How many bits of a gate's word count its claims: all that are left.
#[cfg(all(feature = "std", not(onset_loom)))]
pub(crate) const CLAIM_BITS: u32 = 24;
/// In a model the count goes around after two, so that what happens then is explored.
#[cfg(all(feature = "std", onset_loom))]
pub(crate) const CLAIM_BITS: u32 = 1;

/// How often a `Reload` that was not told looks at its source: a person who edits a file does not
/// wait longer than that, and a stamp costs microseconds.
#[cfg(feature = "std")]
pub(crate) const CHECK_EVERY: Duration = Duration::from_secs(1);

/// From this interval on a `Reload` reads the coarse clock, which is up to 10 ms late: a fifth of
/// the interval at most.
#[cfg(feature = "std")]
pub(crate) const COARSE_FROM: Duration = Duration::from_millis(50);

/// The shortest pause after a failed reload: a source that fails at once, looked at at every `get`,
/// still costs next to nothing.
#[cfg(feature = "std")]
pub(crate) const BACK_OFF_LEAST: Duration = Duration::from_millis(100);

/// The longest one, unless `Reload::back_off` says otherwise: as long as a person waits before he
/// looks whether a service came back.
#[cfg(feature = "std")]
pub(crate) const BACK_OFF_MOST: Duration = Duration::from_secs(30);

/// The first chunk of an index' order has so many places (as a binary logarithm), each further one
/// twice as many: a small registry stays small.
#[cfg(all(feature = "std", not(onset_loom)))]
pub(crate) const FIRST_CHUNK_LOG2: u32 = 4;
#[cfg(all(feature = "std", onset_loom))]
pub(crate) const FIRST_CHUNK_LOG2: u32 = 1;

/// So many groups of slots has the smallest table, a power of two: 576 bytes.
#[cfg(all(feature = "std", not(onset_loom)))]
pub(crate) const LEAST_GROUPS: usize = 8;
#[cfg(all(feature = "std", onset_loom))]
pub(crate) const LEAST_GROUPS: usize = 1;

/// A table is so many times as large as the one that it takes over from. Since the older ones are
/// kept, twice as large would cost no less memory on average (a table half as large, but all the
/// others once more, and not a third of it), and twice the work.
#[cfg(all(feature = "std", not(onset_loom)))]
pub(crate) const GROWTH: usize = 4;
#[cfg(all(feature = "std", onset_loom))]
pub(crate) const GROWTH: usize = 2;

/// So many lists, a power of two, are there of the computations of a `OnceMap`: two threads out of a
/// few seldom meet at one, and they take a kilobyte.
#[cfg(all(feature = "std", not(onset_loom)))]
pub(crate) const SHARDS: usize = 16;
#[cfg(all(feature = "std", onset_loom))]
pub(crate) const SHARDS: usize = 1;

/// The part of its slots that are taken when a table grows: few of the groups, of eight slots each
/// (four on 32-bit targets), are full then, and most searches end in the first one.
#[cfg(all(feature = "std", not(onset_loom)))]
pub(crate) const TAKEN_AT_MOST: (usize, usize) = (7, 16);
/// In a model the second key makes the table grow.
#[cfg(all(feature = "std", onset_loom))]
pub(crate) const TAKEN_AT_MOST: (usize, usize) = (1, 8);
