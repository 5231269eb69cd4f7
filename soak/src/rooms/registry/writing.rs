//! Changes, one by one and in batches.

use std::sync::atomic::Ordering;

use onset::{Batch, BatchError, ProcessSeeded, Reason, Refused};

use super::{Entry, GROUP, GROUPED, Key, SINGLES, Visit};
use crate::{
    dice::Dice,
    faults::{self, Closure, Failed},
    options::Plant,
    tally::Count,
};

/// What a batch does to a group.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Change {
    Register,
    Replace,
    Remove,
}

/// How a batch ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Done,
    Fails,
    Panics,
    HasDuplicate,
}

impl Visit<'_> {
    pub(super) fn write_single(&self, dice: &mut Dice) {
        let number = SINGLES.start + dice.index(SINGLES.len());
        let key = self.key(number);
        let entry = self.entry(0);
        let own = entry.value.id();
        match dice.below(4) {
            0 => {
                self.context.doing("register");
                let done = self.registry().register(key, entry);
                self.registered(number, own, done);
            }
            1 => {
                self.context.doing("register_or_get");
                let done = self.registry().register_or_get(key, entry);
                if let Ok(entry) = done {
                    entry.value.id();
                }
            }
            2 => {
                self.context.doing("replace");
                if let Ok(Some(old)) = self.registry().replace(key, entry) {
                    self.context.require(
                        old.value.id() != own,
                        "what is replaced comes back",
                        format_args!("value {own} itself did"),
                    );
                }
            }
            _ => {
                self.context.doing("remove");
                if let Ok(Some(old)) = self.registry().remove(&self.query(number)) {
                    old.value.id();
                }
            }
        }
    }

    fn registered(&self, number: usize, own: u64, done: Result<&Entry, Refused<Key, Entry>>) {
        let id = match &done {
            Ok(entry) => entry.value.id(),
            Err(refused) => refused.value.value.id(),
        };
        self.context.require(
            id == own,
            "one's own value is registered or comes back",
            format_args!("value {id} instead of {own}"),
        );
        if let Err(refused) = done {
            let sealed = self.registry().is_sealed();
            self.context.require(
                refused.key.number() == number && (refused.reason == Reason::Duplicate || sealed),
                "what is refused comes back",
                format_args!("key {} for {number}", refused.key.number()),
            );
        }
    }

    pub(super) fn seal(&self) {
        self.context.doing("seal");
        self.registry().seal();
        self.context.require(
            self.registry().is_sealed(),
            "a sealed registry is sealed",
            format_args!("it is not"),
        );
    }

    pub(super) fn batch(&self, dice: &mut Dice) {
        self.context.doing("batch");
        let change = match dice.below(4) {
            0 => Change::Register,
            1 => Change::Remove,
            _ => Change::Replace,
        };
        let fate = match dice.below(12) {
            0 => Fate::Fails,
            1 => Fate::Panics,
            2 if change != Change::Remove => Fate::HasDuplicate,
            _ => Fate::Done,
        };
        let group = dice.index(GROUPED.len() / GROUP);
        let nth = self.object.batches.fetch_add(1, Ordering::Relaxed) + 1;
        let number = 2 * nth + u64::from(fate != Fate::Done);
        let stall = Closure::draw_reliable(dice);
        let done = self.registry().batch(|batch| {
            self.fill(batch, group, number, change);
            stall.pass(self.context.tally)?;
            self.end(batch, group, number, fate)
        });
        self.outcome(fate, change, done);
    }

    fn fill(
        &self,
        batch: &mut Batch<'_, Key, Entry, ProcessSeeded>,
        group: usize,
        number: u64,
        change: Change,
    ) {
        let half = change == Change::Replace && self.context.planting.is(Plant::HalfBatch);
        let size = if half { GROUP / 2 } else { GROUP };
        for key in GROUPED.skip(group * GROUP).take(size) {
            let (key, entry) = (self.key(key), self.entry(number));
            match change {
                Change::Register => batch.register(key, entry),
                Change::Replace => batch.replace(key, entry),
                Change::Remove => batch.remove(key),
            }
        }
    }

    fn end(
        &self,
        batch: &mut Batch<'_, Key, Entry, ProcessSeeded>,
        group: usize,
        number: u64,
        fate: Fate,
    ) -> Result<(), Failed> {
        match fate {
            Fate::Done => Ok(()),
            Fate::Panics => faults::inject(self.context.tally),
            Fate::Fails => {
                self.context.tally.add(Count::Errors);
                Err(Failed)
            }
            Fate::HasDuplicate => {
                let key = self.key(GROUPED.start + group * GROUP);
                batch.register(key, self.entry(number));
                Ok(())
            }
        }
    }

    fn outcome(
        &self,
        fate: Fate,
        change: Change,
        done: Result<(), BatchError<Failed, Key, Entry>>,
    ) {
        let expected = match &done {
            Ok(()) => fate == Fate::Done,
            Err(BatchError::Failed(Failed)) => fate == Fate::Fails,
            Err(BatchError::Duplicate { key, value }) => {
                key.check();
                value.value.id();
                fate == Fate::HasDuplicate || change == Change::Register
            }
            Err(BatchError::Sealed) => self.registry().is_sealed(),
        };
        self.context.require(
            expected,
            "a batch ends as its closure does",
            format_args!("it ended otherwise: {done:?}"),
        );
    }
}
