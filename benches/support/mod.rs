//! The harness that the benchmarks share.
//!
//! | module | what it answers |
//! |---|---|
//! | [`cli`] | how was this binary started: measure, smoke or list, and restricted to what? |
//! | [`work`] | what does the initialiser do, and how long does it take? |
//! | [`peers`] | which cells are compared, and how does each compute its value on first use? |
//! | [`team`] | how do threads that exist before the clock begin together? |
//! | [`meeting`] | did they begin together? |
//! | [`race`] | how long does each caller wait for the value, all cells in turn, round by round? |
//! | [`locals`] | which per-thread values are compared? |
//! | [`snapshots`] | which replaceable values are compared? |
//! | [`maps`] | which maps are compared: looked up, filled, computing the values of their keys? |
//! | [`rounds`] | what does one operation take, all contestants in turn, round by round? |
//! | [`figures`] | what do the samples say: percentiles, initialisations, processor time? |
//! | [`report`] | where do tables and figures go, and which machine do they speak of? |
//! | [`chart`] | how does it look? |
#![allow(
    dead_code,
    unused_imports,
    reason = "each benchmark compiles all of the harness and uses its part"
)]

pub(crate) mod chart;
pub(crate) mod cli;
pub(crate) mod figures;
pub(crate) mod locals;
pub(crate) mod maps;
pub(crate) mod meeting;
pub(crate) mod peers;
pub(crate) mod race;
pub(crate) mod report;
pub(crate) mod rounds;
pub(crate) mod snapshots;
pub(crate) mod team;
pub(crate) mod work;
