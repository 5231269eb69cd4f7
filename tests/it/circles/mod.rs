//! Threads that wait for each other in a circle: one of them panics, the others go on. What is true
//! of one kind alone stands with that kind.
//!
//! | module | question |
//! |---|---|
//! | [`mixed`] | circles of two and three across every mix of kinds |
//! | [`visits`] | circles through somebody who visits other threads' values |
//! | [`acyclic`] | does anybody ever panic without a circle? |
//! | [`things`] | the kinds, behind one trait |

mod acyclic;
mod mixed;
mod things;
mod visits;
