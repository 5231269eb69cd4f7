//! What is true of `OnceCell` besides the conformance suite: one computes, the others wait, and
//! nobody waits for himself.

mod cycles;
mod recursion;
mod surface;
mod waiting;
