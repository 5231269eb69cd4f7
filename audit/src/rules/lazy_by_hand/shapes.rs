//! What is done under a lock, and what that makes of the static.

use std::collections::HashSet;

use super::{behind::behind_lock, inside::Inside};
use crate::{
    effect::{Effect, effect, known_method},
    facts::{End, ShapeKind, Static, Ty, Use, Visibility},
    finding::{Confidence, Verdict},
    resolve::{ItemRef, Resolved, UseRef},
    rules::{
        conditions::{Conditions, asks_whether_unset},
        words::{LOCKS, methods},
    },
};

/// The verdict on a static that is a lock, and the uses that fill it.
pub(super) fn judge(
    resolved: &Resolved<'_>,
    conditions: &Conditions<'_>,
    item: ItemRef,
    of: &Static,
    uses: &[UseRef],
) -> Option<(Verdict, Vec<UseRef>)> {
    let inside = Inside::of(resolved, item.0, &of.ty)?;
    let locked = Locked {
        resolved,
        conditions,
        item,
        of,
        uses,
    };
    if uses.is_empty() || uses.iter().any(|at| !at.sure) {
        return None;
    }
    let (mut verdict, fills) = match inside {
        Inside::Option(value) => locked.option(value),
        Inside::Map(map) => locked.map(map),
    }?;
    if of.visibility == Visibility::Public && resolved.package().is_library {
        verdict.confidence = verdict.confidence.min(Confidence::Medium);
        verdict.look_at = Some("what other packages do with it".to_owned());
    }
    Some((verdict, fills))
}

/// A static that is a lock.
struct Locked<'a> {
    resolved: &'a Resolved<'a>,
    conditions: &'a Conditions<'a>,
    item: ItemRef,
    of: &'a Static,
    uses: &'a [UseRef],
}

impl Locked<'_> {
    fn used(&self, at: UseRef) -> &Use {
        self.resolved.used(at)
    }

    /// The uses, with what each does to what is behind the lock.
    fn effects(&self) -> Vec<(UseRef, Effect)> {
        let does = |at: &UseRef| match behind_lock(self.used(*at)) {
            // Behind a read lock nothing changes.
            Some((_, true)) => (*at, Effect::Read),
            Some((behind, false)) => (*at, effect(&behind, known_method)),
            // The guard's variable is used by itself, and so is what a lazy value around the lock gives.
            None => (*at, Effect::Read),
        };
        self.uses.iter().map(does).collect()
    }

    /// Filled when it is found empty, and never emptied or changed.
    fn option(&self, value: &Ty) -> Option<(Verdict, Vec<UseRef>)> {
        if self.of.ty.is_one_of(LOCKS)
            && !self.of.init.text.contains("None")
            && self.of.init.kind != ShapeKind::Call
        {
            return None;
        }
        let mut fills = Vec::new();
        for (at, effect) in self.effects() {
            match effect {
                Effect::Read | Effect::Show => {}
                Effect::Mutate(name) if name.starts_with("get_or_insert") => fills.push(at),
                Effect::Replace(shape)
                    if shape
                        .as_ref()
                        .is_none_or(|shape| shape.kind != ShapeKind::None)
                        && self.is_when_empty(at) =>
                {
                    fills.push(at);
                }
                _ => return None,
            }
        }
        if fills.is_empty() {
            return None;
        }
        let verdict = Verdict {
            name: "lazy",
            replacement: format!("`static {}: onset::Lazy<{value}>` (or `std::sync::LazyLock`), or `onset::OnceCell<{value}>` if it may fail", self.of.name),
            confidence: Confidence::High,
            because: "it is filled by whoever finds it empty, never emptied or changed, and each reader locks".to_owned(),
            look_at: None,
        };
        Some((verdict, fills))
    }

    fn is_when_empty(&self, at: UseRef) -> bool {
        let condition = self.conditions.on(at, self.item);
        condition.is_some_and(|condition| asks_whether_unset(condition, &self.of.name, "None"))
    }

    /// A map that only grows.
    fn map(&self, map: &Ty) -> Option<(Verdict, Vec<UseRef>)> {
        let mut fills = Vec::new();
        let mut by_entry = false;
        for (at, effect) in self.effects() {
            let names = methods(self.used(at));
            match effect {
                Effect::Read | Effect::Show => {}
                // The map itself, behind an `Option`.
                Effect::Replace(Some(shape))
                    if shape.kind == ShapeKind::Some && self.is_when_empty(at) => {}
                Effect::Mutate(name) if name == "entry" && !self.changes(at) => {
                    by_entry |= names.iter().any(|name| name.starts_with("or_insert_with"));
                    fills.push(at);
                }
                Effect::Mutate(name)
                    if matches!(name.as_str(), "insert" | "get_or_insert_with" | "reserve") =>
                {
                    if name == "insert" {
                        fills.push(at);
                    }
                }
                _ => return None,
            }
        }
        if fills.is_empty() || !self.is_looked_up(&fills) {
            return None;
        }
        let memo = by_entry || fills.iter().any(|at| self.is_asked_first(*at));
        Some((
            if memo {
                self.once_map(map)
            } else {
                self.registry(map)
            },
            fills,
        ))
    }

    /// Whether an entry's value is changed, or may be, after it was found or made.
    fn changes(&self, at: UseRef) -> bool {
        let used = self.used(at);
        let names = methods(used);
        let mut after = names.iter().skip_while(|name| **name != "entry").skip(1);
        let looks = ["clone", "as_ref", "as_str", "as_slice", "get", "len", "key"];
        let made = match after.next() {
            // `Entry::Vacant(entry) => entry.insert(…)`
            Some(first) => first.starts_with("or_") || ["insert", "get", "key"].contains(first),
            None => matches!(used.end, End::Scrutinee(_) | End::Bound(_)),
        };
        let only_looks = after.all(|name| looks.contains(name));
        let copied = names.contains(&"clone");
        let lent = matches!(used.end, End::Argument(..)) && !copied;
        let written = matches!(used.end, End::Assigned(_) | End::Updated(..));
        written || lent || !made || !only_looks
    }

    /// Whether somebody reads it, other than to fill it.
    fn is_looked_up(&self, fills: &[UseRef]) -> bool {
        let reads = |at: &UseRef| {
            methods(self.used(*at))
                .iter()
                .any(|name| matches!(*name, "get" | "contains_key" | "entry"))
        };
        let bound = |at: &UseRef| matches!(self.used(*at).end, End::Bound(_));
        self.uses.iter().any(|at| !fills.contains(at) && !bound(at)) || fills.iter().any(reads)
    }

    /// Whether the function that inserts has asked for the key before, and returns what it finds.
    fn is_asked_first(&self, fill: UseRef) -> bool {
        let function = self.used(fill).function;
        self.uses.iter().any(|at| {
            let used = self.used(*at);
            let asks = methods(used).contains(&"get") && used.in_condition.is_some();
            asks && at.file == fill.file
                && used.function == function
                && used.span.start < self.used(fill).span.start
        })
    }

    fn once_map(&self, map: &Ty) -> Verdict {
        Verdict {
            name: "once-map",
            replacement: format!("`static {}: onset::OnceMap<{}>`: `get_or_init(key, …)`; or `onset::RaceMap`, if computing twice does no harm", self.of.name, key_and_value(map)),
            confidence: Confidence::High,
            because: "values are computed when their key is asked for, and stay; the lock is one for all keys".to_owned(),
            look_at: None,
        }
    }

    fn registry(&self, map: &Ty) -> Verdict {
        let writers: HashSet<_> = self
            .effects()
            .iter()
            .filter(|(_, effect)| effect.writes())
            .map(|(at, _)| self.used(*at).function)
            .collect();
        Verdict {
            name: "registry",
            replacement: format!(
                "`static {}: onset::Registry<{}>`, read without a lock",
                self.of.name,
                key_and_value(map)
            ),
            confidence: if writers.len() <= 2 {
                Confidence::High
            } else {
                Confidence::Medium
            },
            because: "entries are added and looked up, and none goes or changes".to_owned(),
            look_at: None,
        }
    }
}

fn key_and_value(map: &Ty) -> String {
    match map.args() {
        [key, value, ..] => format!("{key}, {value}"),
        _ => "K, V".to_owned(),
    }
}
