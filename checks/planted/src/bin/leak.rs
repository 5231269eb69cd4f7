//! A leak on purpose: a cell is forgotten, and its value with it.

use onset::RaceCell;

fn main() {
    let cell = RaceCell::<String>::new();
    let value = cell.get_or_init(|| "nobody frees this".repeat(8));
    println!("forgotten: {}", value.len());
    std::mem::forget(cell);
}
