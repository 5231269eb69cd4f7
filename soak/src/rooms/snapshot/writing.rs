//! Publications.

use std::{
    ptr,
    sync::{Arc, atomic::Ordering},
};

use onset::Guard;

use super::{Version, Visit};
use crate::{
    dice::Dice,
    faults::{Closure, Failed},
    options::Plant,
};

impl Visit<'_> {
    fn version(&self) -> Version {
        Version {
            value: self.object.record.bomb(),
            updates: 0,
        }
    }

    pub(super) fn write(&self, dice: &mut Dice) {
        match dice.below(3) {
            0 => {
                self.context.doing("store");
                self.cell().store(self.version());
            }
            1 => {
                self.context.doing("swap");
                let new = self.version();
                let own = new.value.id();
                let old = self.cell().swap(new);
                self.context.require(
                    old.value.id() != own,
                    "what is swapped out comes back",
                    format_args!("value {own} itself did"),
                );
            }
            _ => self.compare_and_swap(dice),
        }
    }

    fn compare_and_swap(&self, dice: &mut Dice) {
        self.context.doing("compare_and_swap");
        let seen = self.cell().load();
        let _ = Closure::draw_reliable(dice).pass(self.context.tally);
        let new = Arc::new(self.version());
        match self.cell().compare_and_swap(&seen, Arc::clone(&new)) {
            Ok(old) => self.context.require(
                ptr::eq(&raw const *old, &raw const *seen),
                "what is swapped out is what was seen",
                format_args!("{} instead of {}", old.value.id(), seen.value.id()),
            ),
            Err(changed) => {
                self.context.require(
                    Arc::ptr_eq(&changed.new, &new),
                    "what is refused comes back",
                    format_args!("value {}", changed.new.value.id()),
                );
                changed.current.value.id();
            }
        }
        drop(new);
        drop(seen);
    }

    pub(super) fn update(&self, closure: Closure) {
        self.context.doing("try_update");
        let newest = self.object.history.newest();
        let updated = self.cell().try_update(|version| {
            let value = closure.run(&self.object.record)?;
            version.value.id();
            Ok::<_, Failed>(Version {
                value,
                updates: version.updates + 1,
            })
        });
        let Ok(updated) = updated else { return };
        if let Some(updates) = &self.object.updates {
            let lost = self.context.planting.now(Plant::LostUpdate);
            updates.fetch_add(1 + u64::from(lost), Ordering::Relaxed);
        }
        updated.value.id();
        let guard = self.cell().load();
        let generation = Guard::generation(&guard);
        let ahead = guard.updates >= updated.updates || self.object.updates.is_none();
        self.context.require(
            ahead,
            "one's own update is seen",
            format_args!("update {} after {}", guard.updates, updated.updates),
        );
        let history = &self.object.history;
        history.saw(self.context.tally, newest, generation, &guard);
    }
}
