//! One value: what is published before it is said that it is.

use super::Swap;

pub(crate) const CELL: &[Swap] = &[
    Swap {
        file: "src/cell/raw/inline.rs",
        function: "Inline::init",
        name: "done before the value is written",
        changes: &[
            (
                "self.value.with_mut(|place| {",
                "claim.finish(); self.value.with_mut(|place| {",
            ),
            ("claim.finish();", ""),
        ],
    },
    Swap {
        file: "src/cell/hedged_cell.rs",
        function: "HedgedCell::try_insert",
        name: "done before it is published",
        changes: &[
            (
                "let outcome = self.slot.publish(Box::new(value));",
                "self.gate.finish();",
            ),
            (
                "self.gate.finish();",
                "let outcome = self.slot.publish(Box::new(value));",
            ),
        ],
    },
    Swap {
        file: "src/cell/hedged_cell.rs",
        function: "HedgedCell::compute",
        name: "done before it is published",
        changes: &[(
            "let outcome = self.slot.publish(value); claim.finish();",
            "claim.finish(); let outcome = self.slot.publish(value);",
        )],
    },
];

pub(crate) const SNAPSHOT: &[Swap] = &[
    Swap {
        file: "src/snapshot/snapshot_cell.rs",
        function: "SnapshotCell::first",
        name: "done before it is published",
        changes: &[
            (
                "let _ = self.current.publish_if(|there| there.is_none(), value);",
                "claim.finish();",
            ),
            (
                "claim.finish();",
                "let _ = self.current.publish_if(|there| there.is_none(), value);",
            ),
        ],
    },
    Swap {
        file: "src/snapshot/snapshot_cell.rs",
        function: "SnapshotCell::publish",
        name: "done before it is published",
        changes: &[(
            "let old = self.current.publish_if(|_| true, value);
             if !self.gate.is_done() { self.gate.finish(); }",
            "if !self.gate.is_done() { self.gate.finish(); }
             let old = self.current.publish_if(|_| true, value);",
        )],
    },
    Swap {
        file: "src/snapshot/raw/current.rs",
        function: "Current::publish_if",
        name: "woken before it is published",
        changes: &[
            (
                "let old = published.value.replace(new);",
                "let awaited = mem::take(&mut published.awaited);
                 drop(published);
                 if awaited { lot::release(self.key(), || true); }
                 let mut published = lock(&self.published);
                 let old = published.value.replace(new);",
            ),
            (
                "let awaited = mem::take(&mut published.awaited); drop(published);
                 if awaited { lot::release(self.key(), || true); }",
                "drop(published);",
            ),
        ],
    },
    Swap {
        file: "src/snapshot/raw/current.rs",
        function: "Current::publish_if",
        name: "the generation stored outside the mutex",
        changes: &[
            (
                "self.generation.store(published.generation, Ordering::Release);",
                "let generation = published.generation;",
            ),
            (
                "drop(published);",
                "drop(published); self.generation.store(generation, Ordering::Release);",
            ),
        ],
    },
    Swap {
        file: "src/snapshot/raw/current.rs",
        function: "Current::wait_for_change",
        name: "announced outside the lot",
        changes: &[(
            "wait = lot::park(self.key(), site, deadline, announce);",
            "let announced = announce(); wait = lot::park(self.key(), site, deadline, || announced);",
        )],
    },
    Swap {
        file: "src/snapshot/reload/check.rs",
        function: "Reload::check",
        name: "not looked again under the claim",
        changes: &[(
            "self.is_due().then(|| self.reload(&claim, site))",
            "Some(self.reload(&claim, site))",
        )],
    },
    Swap {
        file: "src/snapshot/reload/check.rs",
        function: "Reload::reload",
        name: "remembered before it is published",
        changes: &[
            (
                "let mut value = None;",
                "let mut value = None; let mut later = None;",
            ),
            (
                "value = self.current.publish_if(|_| true, Arc::new(new)).ok();",
                "later = Some(new);",
            ),
            (
                "let failure = self.remember(&mut known, outcome);",
                "let failure = self.remember(&mut known, outcome);
                 if let Some(new) = later {
                     value = self.current.publish_if(|_| true, Arc::new(new)).ok();
                 }",
            ),
        ],
    },
    Swap {
        file: "src/snapshot/reload/check.rs",
        function: "Reload::remember",
        name: "the due time stored outside the mutex",
        changes: &[
            (
                "if memory.invalidations == known.invalidations {",
                "let counts = memory.invalidations == known.invalidations; if counts {",
            ),
            (
                "self.due.store(Schedule::after(wait), Ordering::Release);",
                "",
            ),
            (
                "drop(memory);",
                "drop(memory);
                 if counts { self.due.store(Schedule::after(wait), Ordering::Release); }",
            ),
        ],
    },
    Swap {
        file: "src/snapshot/reload/mod.rs",
        function: "Reload::invalidate",
        name: "due before it is counted, outside the mutex",
        changes: &[
            (
                "let mut memory = lock(&self.memory);",
                "self.due.store(0, Ordering::Relaxed); let mut memory = lock(&self.memory);",
            ),
            ("self.due.store(0, Ordering::Relaxed);", ""),
        ],
    },
];
