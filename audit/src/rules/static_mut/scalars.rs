//! Patterns of numbers and flags.

use super::{
    evidence::{Evidence, Runs, is_literal},
    types, values, verdict,
};
use crate::{
    effect::Effect,
    facts::{Shape, ShapeKind, Step},
    finding::{Confidence, Verdict},
    resolve::UseRef,
};

/// The verdicts on a number or flag.
pub(super) fn of(evidence: &Evidence<'_>) -> Vec<Verdict> {
    let patterns = [once, check_then_act, counter, set_and_read];
    patterns
        .iter()
        .filter_map(|pattern| pattern(evidence))
        .collect()
}

/// It is changed under a condition on its own value, or computed from what it was.
fn check_then_act(evidence: &Evidence<'_>) -> Option<Verdict> {
    let changed = evidence.writes();
    let checked = changed.iter().any(|at| evidence.is_guarded_by_itself(*at));
    let because = if is_filled_once(evidence) {
        return None;
    } else if checked {
        "it is changed only if it has a certain value: check and change are one unit"
    } else if is_computed_from_itself(evidence) {
        "its next value is computed from the last: reading and writing are one unit"
    } else {
        return None;
    };
    let change = if types::is_float(&evidence.of.ty) {
        "one `fetch_update` of its bits"
    } else {
        "one `compare_exchange` or `fetch_update`"
    };
    let replacement = if types::is_too_wide(&evidence.of.ty) {
        format!(
            "`static {}: std::sync::Mutex<{}>`",
            evidence.of.name, evidence.of.ty
        )
    } else {
        let atomic = types::atomic_for(&evidence.of.ty);
        format!(
            "`static {}: {atomic}` with {change}, or a lock around the check and what hangs on it",
            evidence.of.name
        )
    };
    Some(verdict(
        "check-then-act",
        Confidence::High,
        replacement,
        because.to_owned(),
    ))
}

/// Whether some change is one that no `fetch_…` makes.
fn is_computed_from_itself(evidence: &Evidence<'_>) -> bool {
    let float = types::is_float(&evidence.of.ty);
    evidence.uses.iter().any(|(_, effect)| match effect {
        Effect::Update(op, by) => {
            let fetch = matches!(op.as_str(), "+=" | "-=" | "|=" | "&=" | "^=") && !float;
            !fetch
                || by
                    .split(|c: char| c != '_' && !c.is_alphanumeric())
                    .any(|word| word == evidence.of.name)
        }
        _ => false,
    }) || evidence
        .replaces()
        .iter()
        .any(|(at, shape)| is_step(evidence, *at, *shape) && !shape.is_some_and(is_plain_step))
}

/// Whether it is assigned as long as it has its first value, and never goes back to that: "done".
fn is_filled_once(evidence: &Evidence<'_>) -> bool {
    let replaces = evidence.replaces();
    let differs =
        |shape: Option<&Shape>| shape.is_some_and(|shape| shape.text != evidence.of.init.text);
    !replaces.is_empty()
        && replaces.len() == evidence.writes().len()
        && replaces
            .iter()
            .all(|(at, shape)| differs(*shape) && evidence.is_first_value(*at))
        && evidence.functions(&evidence.writes()).len() == 1
}

/// Whether it is a flag that one function sets, never back, and that conditions look at.
pub(super) fn is_done_flag(evidence: &Evidence<'_>) -> bool {
    let replaces = evidence.replaces();
    let set = |shape: Option<&Shape>| shape.is_some_and(|shape| shape.kind == ShapeKind::True);
    let checked = evidence
        .all_uses()
        .iter()
        .any(|at| evidence.asks_whether_unset(*at));
    !replaces.is_empty()
        && replaces.len() == evidence.writes().len()
        && evidence.of.init.kind == ShapeKind::False
        && replaces.iter().all(|(_, shape)| set(*shape))
        && evidence.functions(&evidence.writes()).len() == 1
        && checked
}

/// Written in one function only: behind a check, behind a flag, or before anybody reads.
fn once(evidence: &Evidence<'_>) -> Option<Verdict> {
    let replaces = evidence.replaces();
    let one = !replaces.is_empty()
        && replaces.len() == evidence.writes().len()
        && evidence.functions(&evidence.writes()).len() == 1;
    if !one {
        return None;
    }
    let set = |shape: Option<&Shape>| shape.is_some_and(|shape| shape.kind == ShapeKind::True);
    let filled_flag = is_filled_once(evidence) && replaces.iter().all(|(_, shape)| set(*shape));
    if evidence.of.init.kind == ShapeKind::False && (filled_flag || is_done_flag(evidence)) {
        return Some(flag(evidence));
    }
    let (name, ty) = (&evidence.of.name, &evidence.of.ty);
    let race = if types::is_word(ty) {
        "RaceWord"
    } else {
        "RaceCell"
    };
    let cell = format!("`static {name}: onset::{race}<{ty}>`, or `onset::OnceCell<{ty}>`");
    if is_filled_once(evidence) {
        return Some(verdict(
            "once",
            Confidence::High,
            cell,
            "computed as long as it has its first value".to_owned(),
        ));
    }
    let filled: Vec<UseRef> = replaces.iter().map(|(at, _)| *at).collect();
    if filled
        .iter()
        .all(|at| values::is_behind_flag(evidence, *at))
    {
        return Some(verdict(
            "once",
            Confidence::High,
            cell,
            "computed behind a flag that says whether it was".to_owned(),
        ));
    }
    before_anybody_reads(evidence, &replaces)
}

/// A flag says that something was done: it belongs with what was done.
fn flag(evidence: &Evidence<'_>) -> Verdict {
    if guards_a_hand_out(evidence) {
        let replacement = "`onset::TakeCell` around what is handed out; the flag goes".to_owned();
        let because = "a flag that says whether something was handed out".to_owned();
        return verdict("taken", Confidence::High, replacement, because);
    }
    let replacement =
        "`onset::Lazy` or `onset::OnceCell` around the value that it announces; the flag goes"
            .to_owned();
    verdict(
        "once",
        Confidence::High,
        replacement,
        "a flag that is set once, by what it says was done".to_owned(),
    )
}

/// Whether the function that sets the flag returns a `&mut` to a static.
fn guards_a_hand_out(evidence: &Evidence<'_>) -> bool {
    use crate::facts::End;
    let writes = evidence.writes();
    let Some(at) = writes.first() else {
        return false;
    };
    let function = evidence.resolved.used(*at).function;
    let hands_out = |used: &crate::facts::Use| {
        let mutable = used
            .steps
            .iter()
            .any(|step| matches!(step, Step::Borrow { mutable: true, .. }));
        used.function == function && used.end == End::Returned && mutable
    };
    evidence.resolved.facts(at.file).uses.iter().any(hands_out)
}

/// One function gives it its value, and that function may run once.
fn before_anybody_reads(
    evidence: &Evidence<'_>,
    replaces: &[(UseRef, Option<&Shape>)],
) -> Option<Verdict> {
    let first = replaces[0].0;
    let function = evidence.function(first)?;
    let in_loop = replaces
        .iter()
        .any(|(at, _)| evidence.resolved.used(*at).in_loop);
    let runs = evidence.runs(first);
    let reads_itself = replaces
        .iter()
        .any(|(at, shape)| is_step(evidence, *at, *shape));
    if in_loop
        || values::in_closure(evidence, first)
        || runs == Runs::Often
        || reads_itself
        || evidence
            .functions(&evidence.reads())
            .contains(&(first.file, evidence.resolved.used(first).function))
    {
        return None;
    }
    let (name, ty) = (&evidence.of.name, &evidence.of.ty);
    let confidence = if runs == Runs::Once {
        Confidence::High
    } else {
        Confidence::Low
    };
    let replacement =
        format!("`static {name}: onset::OnceCell<{ty}>` with `set`, or `onset::Lazy<{ty}>`");
    let mut found = verdict(
        "once",
        confidence,
        replacement,
        format!("only `{}` writes it", function.name),
    );
    if confidence == Confidence::Low {
        found.look_at = Some(format!("whether `{}` runs once", function.name));
    }
    Some(found)
}

/// It is only counted up or down.
fn counter(evidence: &Evidence<'_>) -> Option<Verdict> {
    let counted =
        evidence.that(|effect| matches!(effect, Effect::Update(op, _) if op == "+=" || op == "-="));
    let steps = evidence
        .replaces()
        .into_iter()
        .filter(|(at, shape)| is_step(evidence, *at, *shape) && shape.is_some_and(is_plain_step));
    let by_itself: Vec<UseRef> = steps.map(|(at, _)| at).collect();
    let resets: Vec<UseRef> = evidence
        .replaces()
        .into_iter()
        .filter(|(at, shape)| !by_itself.contains(at) && is_literal(*shape))
        .map(|(at, _)| at)
        .collect();
    let steps = counted.len() + by_itself.len();
    if steps == 0 || types::is_float(&evidence.of.ty) || types::is_too_wide(&evidence.of.ty) {
        return None;
    }
    let atomic = types::atomic_for(&evidence.of.ty);
    let replacement = format!(
        "`static {}: {atomic}`, counted by `fetch_add`, which gives the number before",
        evidence.of.name
    );
    let all = steps + resets.len() == evidence.writes().len() && evidence.unclear().is_empty();
    let confidence = match (all, resets.is_empty()) {
        (true, true) => Confidence::High,
        (true, false) => Confidence::Medium,
        _ => Confidence::Low,
    };
    let because = if resets.is_empty() {
        "it is only counted"
    } else {
        "it is counted, and set back"
    };
    Some(verdict(
        "counter",
        confidence,
        replacement,
        because.to_owned(),
    ))
}

/// Whether a value is one more or less than another: what `fetch_add` does.
fn is_plain_step(shape: &Shape) -> bool {
    let text = &shape.text;
    let steps = [" + ", " - ", "wrapping_add", "wrapping_sub"]
        .iter()
        .any(|step| text.contains(step));
    steps
        && ![
            "saturating",
            "checked",
            "%",
            " * ",
            " / ",
            "<<",
            ">>",
            "min",
            "max",
            "^",
        ]
        .iter()
        .any(|other| text.contains(other))
}

/// Whether `X = v` hangs on what it was: `X = X + 1`, `X = X.wrapping_add(1)`, `X = n + 1` after `let n = X`.
fn is_step(evidence: &Evidence<'_>, at: UseRef, shape: Option<&Shape>) -> bool {
    use crate::facts::End;
    let Some(shape) = shape else { return false };
    if shape.mentions.contains(&evidence.of.name) {
        return true;
    }
    let function = evidence.resolved.used(at).function;
    evidence.all_uses().iter().any(|other| {
        let used = evidence.resolved.used(*other);
        let bound = matches!(&used.end, End::Bound(name) if shape.mentions.contains(name));
        let plain = !used
            .steps
            .iter()
            .any(|step| matches!(step, Step::Field(_) | Step::Index));
        other.file == at.file && used.function == function && bound && plain
    })
}

/// It is set here and read there.
fn set_and_read(evidence: &Evidence<'_>) -> Option<Verdict> {
    if types::is_too_wide(&evidence.of.ty)
        || evidence.writes().is_empty()
        || !evidence.unclear().is_empty() && evidence.replaces().is_empty()
    {
        return None;
    }
    let atomic = types::atomic_for(&evidence.of.ty);
    let replacement = format!(
        "`static {}: {atomic}` with `store` and `load`",
        evidence.of.name
    );
    let plain =
        evidence.replaces().len() == evidence.writes().len() && evidence.unclear().is_empty();
    let confidence = if plain {
        Confidence::Medium
    } else {
        Confidence::Low
    };
    let because = "it is one number or flag, set in one place and read in others".to_owned();
    let mut found = verdict("atomic", confidence, replacement, because);
    found.look_at = Some("whether other data is announced by it: then `Release` and `Acquire`, or one lock around both".to_owned());
    Some(found)
}
