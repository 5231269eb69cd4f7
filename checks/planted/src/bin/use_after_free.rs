//! A use after free on purpose: a reference that outlives its cell.

use onset::RaceCell;

fn main() {
    let cell = RaceCell::<String>::new();
    let value: *const String = cell.get_or_init(|| "freed too early".repeat(8));
    drop(cell);
    // SAFETY: none: the value went with the cell.
    let freed = unsafe { &*value };
    println!("still there: {}", freed.len());
}
