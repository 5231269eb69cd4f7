//! `src/wait`: who parks, and who wakes.

use super::Swap;

pub(crate) const SWAPS: &[Swap] = &[
    Swap {
        file: "src/wait/lot.rs",
        function: "try_park",
        name: "announced outside the table's lock",
        changes: &[
            (
                "let mut table = lock();",
                "let announced = announce(); let mut table = lock();",
            ),
            ("!announce()", "!announced"),
        ],
    },
    Swap {
        file: "src/wait/lot.rs",
        function: "release",
        name: "woken before the change",
        changes: &[
            (
                "let waiters = if change() { table.remove(&key) } else { None };",
                "let waiters = table.remove(&key);",
            ),
            (
                "waiter.parked.thread.unpark(); }",
                "waiter.parked.thread.unpark(); } change();",
            ),
        ],
    },
    Swap {
        file: "src/wait/lot.rs",
        function: "release",
        name: "taken out before the change, which is made outside the table's lock",
        changes: &[(
            "let waiters = if change() { table.remove(&key) } else { None }; drop(table);",
            "let waiters = table.remove(&key); drop(table); change();",
        )],
    },
    Swap {
        file: "src/wait/lot.rs",
        function: "release",
        name: "changed before the table is locked",
        changes: &[
            (
                "let mut table = lock();",
                "let changed = change(); let mut table = lock();",
            ),
            ("if change()", "if changed"),
        ],
    },
    Swap {
        file: "src/wait/lot.rs",
        function: "release",
        name: "unparked before the flag is set",
        changes: &[
            (
                "waiter.parked.released.store(true, Ordering::Relaxed);",
                "waiter.parked.thread.unpark();",
            ),
            (
                "waiter.parked.thread.unpark();",
                "waiter.parked.released.store(true, Ordering::Relaxed);",
            ),
        ],
    },
];
