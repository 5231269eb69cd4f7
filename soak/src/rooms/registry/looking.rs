//! What readers may rely on at every moment.

use onset::{ProcessSeeded, Snapshot};

use super::{BUILTINS, Entry, GROUP, GROUPED, Key, SINGLES, Visit};
use crate::{
    dice::{Dice, mix},
    faults::Closure,
    options::Plant,
};

type Seen<'r> = Snapshot<'r, Key, Entry, ProcessSeeded>;

/// What a snapshot holds, in short: how many entries, and which.
pub(super) fn digest(snapshot: Seen<'_>) -> (usize, u64) {
    let entry = |(key, entry): (&Key, &Entry)| mix(key.number() as u64 ^ mix(entry.value.id()));
    let fold = |sum: u64, entry: u64| mix(sum ^ entry);
    (
        snapshot.iter().count(),
        snapshot.iter().map(entry).fold(0, fold),
    )
}

impl Visit<'_> {
    /// An entry that somebody saw, in a snapshot of this version.
    fn check(&self, number: usize, entry: &Entry, version: u64) {
        let id = entry.value.id();
        self.context.require(
            entry.batch % 2 == 0,
            "a batch that fails leaves nothing",
            format_args!("key {number} has value {id} of batch {}", entry.batch),
        );
        self.context.require(
            entry.before < version || entry.before == 0,
            "a snapshot never sees newer entries",
            format_args!("version {version} has one from after {}", entry.before),
        );
        if BUILTINS.contains(&number) {
            let sight = &self.object.builtins[number - BUILTINS.start];
            sight.saw(self.context.tally, &entry.value);
        }
    }

    pub(super) fn get(&self, dice: &mut Dice) {
        self.context.doing("get");
        let all = [SINGLES, GROUPED, BUILTINS];
        let range = all[dice.index(3)].clone();
        let number = range.start + dice.index(range.len());
        let found = self.registry().get(&self.query(number));
        if let Some(entry) = found {
            self.check(number, entry, u64::MAX);
        }
        self.context.require(
            found.is_some() || !BUILTINS.contains(&number),
            "the built-ins are there",
            format_args!("key {number} is missing"),
        );
    }

    pub(super) fn look_at_group(&self, dice: &mut Dice) {
        self.context.doing("Snapshot::get of a whole batch");
        let snapshot = self.snapshot();
        let group = dice.index(GROUPED.len() / GROUP);
        let numbers = GROUPED.skip(group * GROUP).take(GROUP);
        let batches: Vec<Option<u64>> = numbers
            .map(|number| {
                let entry = snapshot.get(&self.query(number))?;
                self.check(number, entry, snapshot.version());
                Some(entry.batch)
            })
            .collect();
        self.context.require(
            batches.iter().all(|batch| *batch == batches[0]),
            "batches are whole",
            format_args!("group {group} is of batches {batches:?}"),
        );
    }

    pub(super) fn look_over(&self, dice: &mut Dice) {
        self.context.doing("Snapshot::iter and since");
        let snapshot = self.snapshot();
        for (key, entry) in snapshot {
            key.check();
            self.check(key.number(), entry, snapshot.version());
        }
        let before = digest(snapshot);
        self.context.require(
            before.0 == snapshot.len(),
            "a snapshot is as long as it says",
            format_args!("{} entries of {}", before.0, snapshot.len()),
        );
        let _ = Closure::draw_reliable(dice).pass(self.context.tally);
        self.since(snapshot);
        let mut after = digest(snapshot);
        if self.context.planting.now(Plant::ChangedSnapshot) {
            after.1 ^= 1;
        }
        self.context.require(
            after == before,
            "a snapshot never changes",
            format_args!("{before:x?}, then {after:x?}"),
        );
    }

    /// What came since is what is newer, in whole batches.
    fn since(&self, older: Seen<'_>) {
        let newer = self.snapshot();
        let mut grouped = [0; GROUPED.end];
        for (key, entry) in newer.since(&older) {
            key.check();
            self.check(key.number(), entry, newer.version());
            grouped[key.number()] += 1;
        }
        for group in grouped[GROUPED].chunks(GROUP) {
            self.context.require(
                group.iter().all(|times| *times == group[0] && *times <= 1),
                "batches are whole",
                format_args!("since an older snapshot came {group:?} of a group"),
            );
        }
        self.context.require(
            older.since(&newer).next().is_none(),
            "nothing is newer in an older snapshot",
            format_args!("there is something"),
        );
    }
}
