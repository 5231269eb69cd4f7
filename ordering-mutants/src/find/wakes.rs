//! Each call that wakes somebody, or says that it is time to.

use std::ops::Range;

use crate::{
    mutant::{Edit, Mutant, Names},
    source::Source,
    trouble::Trouble,
};

/// Methods that wake somebody, or tell those who wait that their wait is over.
pub(crate) const METHODS: &[&str] = &[
    "unpark",
    "notify_one",
    "notify_all",
    "wake",
    "wake_one",
    "wake_all",
    "advance",
    "finish",
];

/// Functions that make a change, given as a closure, and wake those who wait for it.
pub(crate) const RELEASES: &[(&str, &str)] = &[("lot", "release")];

/// Flags that those who wait look at: `flag.store(true, …)`.
pub(crate) const FLAGS: &[&str] = &["released"];

pub(crate) fn find(source: &Source) -> Result<Vec<Mutant>, Trouble> {
    let mut mutants = Vec::new();
    let mut names = Names::default();
    for at in (0..source.tokens.len()).filter(|&at| source.counts(at)) {
        let Some((what, edit)) = dropped(source, at) else {
            continue;
        };
        let name = names.next(format!("{}/{what}", source.scope(at)));
        mutants.push(Mutant {
            id: format!("{} {name} dropped", source.file),
            file: source.file.clone(),
            edits: vec![edit],
        });
    }
    Ok(mutants)
}

/// If the token names a call that wakes: what it is called, and how to do without it.
fn dropped(source: &Source, at: usize) -> Option<(String, Edit)> {
    let name = source.tokens[at].text.as_str();
    let is_method = at > 0 && source.is(at - 1, ".");
    if is_method && METHODS.contains(&name) && source.is(at + 1, "(") && !is_formatter(source, at) {
        let receiver = receiver(source, at - 1);
        let call = receiver.start..source.tokens[at + 1].mate + 1;
        return Some((name.to_owned(), without(source, receiver, call)));
    }
    if is_method && name == "store" && source.are(at + 1, &["(", "true"]) {
        let flag = source.tokens[at - 2].text.as_str();
        let call = receiver(source, at - 1).start..source.tokens[at + 1].mate + 1;
        let edit = Edit {
            range: source.bytes_of(call),
            text: "()".to_owned(),
        };
        return FLAGS
            .contains(&flag)
            .then(|| (format!("{flag}.store"), edit));
    }
    let release =
        |&&(module, function): &&(&str, &str)| source.are(at, &[module, ":", ":", function, "("]);
    let &(module, function) = RELEASES.iter().find(release)?;
    let edit = nobody_woken(source, at + 4)?;
    Some((format!("{module}::{function}"), edit))
}

/// `debug_struct(…).finish()` and its like.
fn is_formatter(source: &Source, at: usize) -> bool {
    source.is(at, "finish") && source.is(at - 2, ")")
}

/// Nothing. A receiver that the call consumes is forgotten: dropped, a claim would wake those who wait.
fn without(source: &Source, receiver: Range<usize>, call: Range<usize>) -> Edit {
    let consumed = receiver.len() == 1 && !source.is(receiver.start, "self");
    Edit {
        range: source.bytes_of(call),
        text: if consumed {
            format!("core::mem::forget({})", source.text_of(receiver))
        } else {
            "()".to_owned()
        },
    }
}

/// The change is made all the same, where it was made before, but it says that nobody need be woken.
fn nobody_woken(source: &Source, open: usize) -> Option<Edit> {
    let close = source.tokens[open].mate;
    let mut comma = open + 1;
    while comma < close && !source.is(comma, ",") {
        comma = source.tokens[comma].mate.max(comma) + 1;
    }
    let end = if source.is(close - 1, ",") {
        close - 1
    } else {
        close
    };
    if comma + 1 >= end {
        return None;
    }
    let change = comma + 1..end;
    Some(Edit {
        range: source.bytes_of(change.clone()),
        text: format!("|| {{ ({})(); false }}", source.text_of(change)),
    })
}

/// The tokens of what a method is called on, which ends before the dot.
fn receiver(source: &Source, dot: usize) -> Range<usize> {
    let mut start = dot;
    loop {
        let last = &source.tokens[start - 1];
        start = if last.mate < start - 1 {
            last.mate
        } else {
            start - 1
        };
        let Some(before) = start.checked_sub(1) else {
            break;
        };
        let token = &source.tokens[before];
        let is_group = ["(", "[", "{"].contains(&source.tokens[start].text.as_str());
        if token.is(".") || token.is("?") {
            start = before;
        } else if source.are(before.saturating_sub(1), &[":", ":"]) {
            start = before - 1;
        } else if !(is_group && (token.is_name() || token.mate < before)) {
            break;
        }
    }
    start..dot
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mutated(text: &str) -> Vec<(String, String)> {
        let source = Source::parse("src/a.rs", text).unwrap();
        let mutants = find(&source).unwrap().into_iter();
        mutants
            .map(|mutant| (mutant.id.clone(), mutant.applied(text).unwrap()))
            .collect()
    }

    fn one(text: &str) -> (String, String) {
        let mut all = mutated(text);
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }

    #[test]
    fn a_call_is_dropped_with_its_receiver() {
        let (id, text) = one("fn a() { g(); waiter.parked(1).list[0].thread.unpark(); h() }");
        assert_eq!(id, "src/a.rs a/unpark dropped");
        assert_eq!(text, "fn a() { g(); (); h() }");
    }

    #[test]
    fn what_a_call_consumes_is_forgotten() {
        let (_, text) = one("fn a() { claim.finish(); }");
        assert_eq!(text, "fn a() { core::mem::forget(claim); }");
        let (_, text) = one("fn a() { self.gate.finish(); }");
        assert_eq!(text, "fn a() { (); }");
        let (_, text) = one("fn a() { self.wake(hash, found); }");
        assert_eq!(text, "fn a() { (); }");
    }

    #[test]
    fn a_release_makes_its_change_and_wakes_nobody() {
        let (id, text) = one("fn a() { lot::release(key(1, 2), || b.exchange(1, 2).is_ok()); }");
        assert_eq!(id, "src/a.rs a/lot::release dropped");
        assert_eq!(
            text,
            "fn a() { lot::release(key(1, 2), || { (|| b.exchange(1, 2).is_ok())(); false }); }"
        );
    }

    #[test]
    fn a_flag_that_ends_a_wait_is_not_set() {
        let (id, text) = one("fn a() { w.parked.released.store(true, Ordering::Relaxed); }");
        assert_eq!(id, "src/a.rs a/released.store dropped");
        assert_eq!(text, "fn a() { (); }");
        assert_eq!(mutated("fn a() { w.gone.store(true, Relaxed); }"), []);
    }

    #[test]
    fn formatters_and_definitions_wake_nobody() {
        assert_eq!(mutated("fn finish() { f.debug_struct(a).finish() }"), []);
        assert_eq!(mutated("fn a() { let wake = || 1; wake() }"), []);
    }
}
