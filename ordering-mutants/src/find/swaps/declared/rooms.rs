//! The rooms: what is published before it is said that it is.

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

pub(crate) const PER_THREAD: &[Swap] = &[
    Swap {
        file: "src/per_thread/raw/home.rs",
        function: "Home::detach",
        name: "waited for before it is off the list",
        changes: &[
            ("list.remove(listed);", ""),
            (
                "drop(list); while visited && self.wait_for_visitors(listed, site) {}",
                "drop(list); while visited && self.wait_for_visitors(listed, site) {}
                 self.lock().remove(listed);",
            ),
        ],
    },
    Swap {
        file: "src/per_thread/raw/home.rs",
        function: "Home::wait_for_visitors",
        name: "looked outside the lot",
        changes: &[
            (
                "lot::park(Self::lot_key(node), site, None, || { let _list = self.lock();",
                "{ let _list = self.lock();",
            ),
            (
                "node.listed.awaited.set(visited); visited });",
                "node.listed.awaited.set(visited); }
                 lot::park(Self::lot_key(node), site, None, || visited);",
            ),
        ],
    },
    Swap {
        file: "src/per_thread/raw/home.rs",
        function: "Home::unpin",
        name: "woken before the pin is gone",
        changes: &[
            (
                "listed.pins.set(listed.pins.get() - 1);",
                "if listed.pins.get() == 1 && listed.awaited.get() {
                     drop(list);
                     lot::release(Self::lot_key(pinned), || true);
                     list = self.lock();
                 }
                 listed.pins.set(listed.pins.get() - 1);",
            ),
            ("lot::release(key, || true);", "let _ = key;"),
        ],
    },
];

pub(crate) const MAP: &[Swap] = &[
    Swap {
        file: "src/map/raw/once.rs",
        function: "Published::compute",
        name: "done before it is published",
        changes: &[
            (
                "let (found, is_awaited) = listed.publish(value);",
                "claim.finish();",
            ),
            (
                "claim.finish();",
                "let (found, is_awaited) = listed.publish(value);",
            ),
        ],
    },
    Swap {
        file: "src/map/raw/once.rs",
        function: "Published::compute",
        name: "a failed claim given back before its flight is off the list",
        changes: &[(
            "let listed = Listed { map: self, flight: &own, };",
            "let listed = Listed { map: self, flight: &own, }; let claim = claim;",
        )],
    },
    Swap {
        file: "src/map/raw/once.rs",
        function: "Published::try_open",
        name: "the watermark looked at before the list",
        changes: &[
            (
                "let mut underway = self.beside.lock(own.hash);",
                "let nothing_new = self.index.nothing_new(seen, self.index.seen(), own.hash);
                 let mut underway = self.beside.lock(own.hash);",
            ),
            (
                "!self.index.nothing_new(seen, self.index.seen(), own.hash)",
                "!nothing_new",
            ),
        ],
    },
    Swap {
        file: "src/map/raw/once.rs",
        function: "Published::wait",
        name: "looked up before it is awaited",
        changes: &[
            (
                "let waiting = Waiting::enter(self, hash);",
                "let found = self.find(hash, key); let waiting = Waiting::enter(self, hash);",
            ),
            (
                "if let Ok(found) = self.find(hash, key)",
                "if let Ok(found) = found",
            ),
        ],
    },
    Swap {
        file: "src/map/raw/once.rs",
        function: "Listed::publish",
        name: "off the list before it is published",
        changes: &[
            (
                "let mut change = self.map.index.lock(1);",
                "let off = self.map.beside.lock(self.flight.hash).close(self.flight);
                 let mut change = self.map.index.lock(1);",
            ),
            ("let off = underway.close(self.flight);", ""),
        ],
    },
    Swap {
        file: "src/map/raw/once.rs",
        function: "Listed::publish",
        name: "looked for waiters before it is published",
        changes: &[
            (
                "let mut change = self.map.index.lock(1);",
                "let is_awaited = !self.map.beside.lock(self.flight.hash).awaited.is_empty();
                 let mut change = self.map.index.lock(1);",
            ),
            ("let is_awaited = !underway.awaited.is_empty();", ""),
        ],
    },
];

pub(crate) const INDEX: &[Swap] = &[
    Swap {
        file: "src/index/table.rs",
        function: "Table::insert",
        name: "the tag before the slot",
        changes: &[
            (
                "slots[slot].store(entry.as_ptr(), Ordering::Relaxed);",
                "word.store(tags | (hash.tag() << (8 * slot)), Ordering::Release);",
            ),
            (
                "word.store(tags | (hash.tag() << (8 * slot)), Ordering::Release);",
                "slots[slot].store(entry.as_ptr(), Ordering::Relaxed);",
            ),
        ],
    },
    Swap {
        file: "src/index/room.rs",
        function: "Index::grow",
        name: "shown before it is filled",
        changes: &[
            ("table.copy(&writer.table);", ""),
            ("writer.table.keep(table);", ""),
            (
                "self.table.store(writer.table.groups(), Ordering::Release);",
                "self.table.store(writer.table.groups(), Ordering::Release);
                 writer.table.copy(&table);
                 writer.table.keep(table);",
            ),
        ],
    },
    Swap {
        file: "src/index/change.rs",
        function: "Change::append",
        name: "published one by one",
        changes: &[(
            "self.after = Watermark::new(number + 1, live);",
            "self.after = Watermark::new(number + 1, live); self.index.publish(self.after);",
        )],
    },
];
