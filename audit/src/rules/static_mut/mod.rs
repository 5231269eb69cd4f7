//! R1: each `static mut`, and what its uses say it is.
//!
//! The uses are sorted by what they do (`evidence`); patterns over them propose replacements, each with
//! a confidence (`verdicts`, `scalars`, `values`, `reach`); the likeliest comes first. The number of
//! places that write says little, so no pattern counts them: it asks under which conditions they run,
//! in which functions, and what is written.

mod evidence;
mod groups;
mod reach;
mod scalars;
mod types;
mod values;
mod verdicts;

use self::{evidence::Evidence, groups::Groups};
use super::{
    conditions::Conditions,
    once_and_unsafe,
    words::{at, at_use, row},
};
use crate::{
    effect::Effect,
    finding::{Answer, Confidence, Finding, Label, Verdict},
    resolve::{Resolved, UseRef},
    rule::Rule,
};

/// So many uses are shown in a finding.
const SHOWN: usize = 6;

/// A finding for each `static mut` that no `Once` guards (those are [`once_and_unsafe`]'s).
#[must_use]
pub fn check(resolved: &Resolved<'_>) -> Vec<Finding> {
    let any = resolved.statics().any(|(_, of, _)| of.mutable);
    if !any {
        return Vec::new();
    }
    let conditions = Conditions::of(resolved);
    let groups = Groups::of(resolved);
    let guarded = once_and_unsafe::guarded(resolved);
    let own = resolved.statics().filter(|(item, of, uses)| {
        of.mutable && !guarded.contains(item) && !reach::is_rewritten(resolved, item.0, of, uses)
    });
    let found = own.map(|(item, of, uses)| {
        let evidence = Evidence::of(resolved, &conditions, item, of, uses);
        let mut verdicts = verdicts::of(&evidence, &groups);
        doubt(&evidence, &mut verdicts);
        finding(&evidence, verdicts)
    });
    found.collect()
}

/// What was not understood makes every verdict less sure, and says what to look at.
fn doubt(evidence: &Evidence<'_>, verdicts: &mut [Verdict]) {
    let Some(doubt) = doubt_of(evidence) else {
        return;
    };
    for verdict in verdicts {
        verdict.confidence = match verdict.confidence {
            Confidence::High => Confidence::Medium,
            _ => Confidence::Low,
        };
        verdict.look_at.get_or_insert_with(|| doubt.clone());
    }
}

fn doubt_of(evidence: &Evidence<'_>) -> Option<String> {
    let name = &evidence.of.name;
    if let Some(call) = &evidence.of.in_macro {
        return Some(format!("what `{call}!` makes of this `static mut`"));
    }
    if let Some(attribute) = evidence.unknown_attribute() {
        return Some(format!("what `#[{attribute}]` makes of this `static mut`"));
    }
    let tokens = evidence.uses.iter().find_map(|(_, effect)| match effect {
        Effect::Tokens(call) => Some(format!("what `{call}!` does with `{name}`")),
        _ => None,
    });
    let method = || {
        evidence.uses.iter().find_map(|(_, effect)| match effect {
            Effect::MayMutate(method) => Some(format!(
                "whether `{method}` changes `{name}`: it may take `&mut self`"
            )),
            _ => None,
        })
    };
    let unsure = || {
        let any = evidence.uses.iter().any(|(at, _)| !at.sure);
        any.then(|| format!("which `{name}` is meant where it is used: only the name was to go by"))
    };
    tokens.or_else(method).or_else(unsure)
}

fn finding(evidence: &Evidence<'_>, verdicts: Vec<Verdict>) -> Finding {
    let of = evidence.of;
    let first = &verdicts[0];
    let (incomplete, duplicated) = answers(first.name);
    Finding {
        rule: Rule::StaticMut,
        title: format!("`static mut {}`: {}", of.name, headline(first.name)),
        primary: at(
            evidence.item.0,
            &of.head_span,
            "any access may race with another",
        ),
        labels: labels(evidence),
        notes: notes(evidence, first.name),
        row: row(evidence.resolved, evidence.item, of, incomplete, duplicated),
        verdicts,
    }
}

/// What the verdict says in the title.
fn headline(verdict: &str) -> &'static str {
    match verdict {
        "once" => "written once, then read",
        "counter" => "a counter",
        "atomic" => "a number or flag that is set and read",
        "check-then-act" => "checked and then changed, as one unit",
        "registry" => "only added to",
        "snapshot" => "replaced as a whole",
        "scratch" => "room to work in, for one call",
        "taken" => "lent out, to be used by one",
        "foreign" => "shared with code that is not Rust",
        "never-written" => "never written",
        "synchronised" => "its type synchronises itself",
        "missing-sync" => "only read; `mut` stands in for a missing `Sync`",
        "local" => "written and read within one function",
        "struct" => "one of many that belong together",
        _ => "shared and changed",
    }
}

/// Whether somebody may see it half done, and whether work may be done twice.
fn answers(verdict: &str) -> (Answer, Answer) {
    use Answer::{No, Possible, Yes};
    match verdict {
        "never-written" | "synchronised" | "missing-sync" => (No, No),
        "counter" | "atomic" => (No, Possible),
        "check-then-act" | "taken" => (No, Yes),
        "once" => (Yes, Yes),
        "foreign" => (Possible, Possible),
        "registry" | "snapshot" | "scratch" | "local" => (Yes, No),
        _ => (Yes, Possible),
    }
}

/// The uses that tell most: writes before reads, each with what it does.
fn labels(evidence: &Evidence<'_>) -> Vec<Label> {
    let weight = |effect: &Effect| match effect {
        Effect::Read | Effect::Show => 2,
        Effect::Share(_) | Effect::Interior(_) => 1,
        _ => 0,
    };
    let mut uses: Vec<&(UseRef, Effect)> = evidence.uses.iter().collect();
    uses.sort_by_key(|(_, effect)| weight(effect));
    let mut shown: Vec<&(UseRef, Effect)> = uses.into_iter().take(SHOWN).collect();
    shown.sort_by_key(|(at, _)| (at.file, at.index));
    shown
        .iter()
        .map(|(at, effect)| at_use(evidence.resolved, *at, does(effect)))
        .collect()
}

/// What a use does, in a few words.
fn does(effect: &Effect) -> String {
    match effect {
        Effect::Read | Effect::Show => "read here".to_owned(),
        Effect::Replace(_) => "replaced here".to_owned(),
        Effect::Update(op, _) => format!("changed by what it was (`{op}`)"),
        Effect::WritePart => "a part written here".to_owned(),
        Effect::Mutate(method) => format!("changed by `{method}`"),
        Effect::MayMutate(method) => format!("perhaps changed by `{method}`"),
        Effect::Interior(method) => format!("`{method}` needs no `mut`"),
        Effect::Lend(to) => format!("lent mutably to `{to}`"),
        Effect::Share(to) => format!("passed to `{to}`"),
        Effect::HandOut => "handed out as `&mut`".to_owned(),
        Effect::Assembly => "named in assembly".to_owned(),
        Effect::Tokens(call) => format!("in the tokens of `{call}!`"),
    }
}

fn notes(evidence: &Evidence<'_>, verdict: &str) -> Vec<String> {
    let mut notes = Vec::new();
    let left_out = evidence.uses.len().saturating_sub(SHOWN);
    if left_out > 0 {
        notes.push(format!("{left_out} further uses are not shown"));
    }
    if types::is_wide(&evidence.of.ty) && matches!(verdict, "counter" | "atomic" | "check-then-act")
    {
        notes.push(
            "32-bit targets may have no atomics of 64 bits: there use `AtomicUsize`, or a lock"
                .to_owned(),
        );
    }
    if evidence
        .all_uses()
        .iter()
        .any(|at| reach::runs_in_interrupt(evidence, *at))
    {
        notes.push(
            "it is used in interrupt handlers or critical sections: on one core without an operating system, an atomic, \
             or `critical_section::Mutex<RefCell<T>>`, is the like of the locks named here"
                .to_owned(),
        );
    }
    notes
}

/// A verdict in the making.
pub(super) fn verdict(
    name: &'static str,
    confidence: Confidence,
    replacement: String,
    because: String,
) -> Verdict {
    Verdict {
        name,
        replacement,
        confidence,
        because,
        look_at: None,
    }
}
