//! Nothing of them is used, so that no linker needs their files.

use first as _;
use second as _;

fn main() {}
