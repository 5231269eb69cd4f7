//! Wrong on purpose: a value is read that was dropped.

fn main() {
    let value: *const u64 = Box::into_raw(Box::new(42));
    // SAFETY: it came from a box, once.
    drop(unsafe { Box::from_raw(value.cast_mut()) });
    // SAFETY: none, on purpose: this is the read that a check has to report.
    let read = unsafe { std::hint::black_box(value).read() };
    println!("{read}");
}
