//! Wrong on purpose: a box that nobody points to any more when the program ends.

fn main() {
    plant();
    // Whatever still has the address, a register or a dead place on the stack, is written over.
    let noise: u64 = (0..1000).map(std::hint::black_box).sum();
    assert_eq!(noise, 499_500);
}

#[inline(never)]
fn plant() {
    let lost = Box::leak(Box::new([7_u64; 100]));
    assert_eq!(std::hint::black_box(lost)[0], 7);
}
