//! What a process has of the system's memory.

/// More than the noise of an allocator, and less than what many rounds leave behind if they do.
const NOISE: usize = 4 << 20;

/// The memory of this process that is in use, in bytes.
#[cfg(target_os = "linux")]
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("this process's");
    let pages = statm.split(' ').nth(1).expect("the second field");
    pages.parse::<usize>().expect("a number") * 4096
}

/// Where nobody says, what is counted otherwise is counted all the same.
#[cfg(not(target_os = "linux"))]
const fn resident() -> usize {
    0
}

/// Does it over and over; what the first rounds need for good does not count. For a process of the
/// test's own.
#[track_caller]
pub(crate) fn leaves_no_memory(rounds: usize, mut round: impl FnMut()) {
    (0..rounds / 10).for_each(|_| round());
    let before = resident();
    (0..rounds).for_each(|_| round());
    let more = resident().saturating_sub(before);
    assert!(more < NOISE, "{more} bytes more");
}

/// Tests of bodies that leave no memory behind, each in a process of its own.
macro_rules! leaves_nothing {
    ($($name:ident: $body:expr;)*) => {$(
        #[test]
        fn $name() {
            let _watch = crate::support::watchdog();
            let output = crate::support::alone(module_path!(), stringify!($name), || $body);
            if let Some(output) = output {
                crate::support::assert_passed(&output);
            }
        }
    )*};
}
pub(crate) use leaves_nothing;
