//! Values of many threads and of many keys.

use super::Swap;

pub(crate) const PER_THREAD: &[Swap] = &[
    Swap {
        file: "src/per_thread/raw/home.rs",
        function: "Home::detach",
        name: "waited for before it is off the list",
        changes: &[
            ("list.remove(detached);", ""),
            (
                "return Err(deadlock); } }",
                "return Err(deadlock); } } self.lock().remove(detached);",
            ),
        ],
    },
    Swap {
        file: "src/per_thread/raw/home.rs",
        function: "Home::wait_for_visitors",
        name: "looked outside the lot",
        changes: &[
            (
                "lot::try_park(Self::lot_key(node), site, None, || { let _list = self.lock();",
                "{ let _list = self.lock();",
            ),
            (
                "node.listed.awaited.set(visited); visited })?;",
                "node.listed.awaited.set(visited); }
                 lot::try_park(Self::lot_key(node), site, None, || visited)?;",
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
        function: "Published::try_open",
        name: "looked for waiters before it is open",
        changes: &[
            (
                "let mut underway = self.beside.lock(own.hash);",
                "let anybody_waits = self.beside.lock(own.hash).anybody_waits();
                 let mut underway = self.beside.lock(own.hash);",
            ),
            (
                "awaited: underway.anybody_waits().then_some(number)",
                "awaited: anybody_waits.then_some(number)",
            ),
        ],
    },
    Swap {
        file: "src/map/raw/once.rs",
        function: "Published::wait",
        name: "looked up before it is awaited",
        changes: &[
            (
                "let waiting = Waiting::enter(self, hash, joins);",
                "let found = self.find(hash, key);
                 let waiting = Waiting::enter(self, hash, joins);",
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
                "let is_awaited = self.map.beside.lock(self.flight.hash).anybody_waits();
                 let mut change = self.map.index.lock(1);",
            ),
            ("let is_awaited = underway.anybody_waits();", ""),
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
