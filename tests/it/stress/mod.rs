//! Many threads on few cores: fresh cells by the thousand, everyone released together, initialisers
//! that do what they like.
//!
//! What holds afterwards: one published value per cell, seen by all; every value dropped once; one
//! computation where one is promised; and nobody hangs.

mod side_by_side;
mod storm;
mod waiting;

const THREADS: usize = 16;
const CELLS: usize = if cfg!(miri) { 4 } else { 2000 };
