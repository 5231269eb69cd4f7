//! Which replacements the evidence speaks for, the likeliest first.

use super::{evidence::Evidence, groups::Groups, reach, scalars, types, values, verdict};
use crate::finding::{Confidence, Verdict};

/// The verdicts on a static: at least one.
pub(super) fn of(evidence: &Evidence<'_>, groups: &Groups) -> Vec<Verdict> {
    let mut verdicts = decided(evidence).unwrap_or_else(|| weighed(evidence, groups));
    if verdicts.is_empty() {
        verdicts.push(shared(evidence, Confidence::Low));
    }
    // The first of a name is the surest; the order among equals is that of the patterns.
    let mut seen = Vec::new();
    verdicts.retain(|verdict| {
        let is_new = !seen.contains(&verdict.name);
        seen.push(verdict.name);
        is_new
    });
    verdicts.sort_by_key(|verdict| std::cmp::Reverse(verdict.confidence));
    verdicts.truncate(3);
    for verdict in &mut verdicts {
        if verdict.confidence == Confidence::Low {
            verdict.look_at.get_or_insert_with(|| look_at(evidence));
        }
    }
    verdicts
}

/// Verdicts that leave no room for others.
fn decided(evidence: &Evidence<'_>) -> Option<Vec<Verdict>> {
    reach::foreign(evidence)
        .or_else(|| reach::synchronised(evidence))
        .or_else(|| reach::unwritten(evidence))
        .or_else(|| reach::taken(evidence))
        .or_else(|| values::local(evidence))
}

/// Verdicts that are weighed against each other.
fn weighed(evidence: &Evidence<'_>, groups: &Groups) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    if types::is_scalar(evidence.resolved, &evidence.of.ty) {
        verdicts.extend(scalars::of(evidence));
    } else {
        verdicts.extend(values::added_to(evidence));
        verdicts.extend(values::scratch(evidence));
        verdicts.extend(values::replaced(evidence));
    }
    if let Some(size) = groups.size(evidence.item) {
        let because = format!(
            "one function uses {size} `static mut` together: they are the fields of one value"
        );
        let replacement =
            "one struct with all of them as its fields, which `main` owns and passes along as `&mut`"
                .to_owned();
        verdicts.insert(0, verdict("struct", Confidence::High, replacement, because));
    }
    verdicts.extend(reach::also_foreign(evidence));
    verdicts.push(shared(evidence, Confidence::Medium));
    verdicts
}

/// What is left: it is shared and changed, so a lock.
fn shared(evidence: &Evidence<'_>, confidence: Confidence) -> Verdict {
    let ty = &evidence.of.ty;
    let (replacement, because) = if types::is_scalar(evidence.resolved, ty) {
        let lock = format!(
            "`static {}: Mutex<{ty}>`, if more hangs on it than its own value",
            evidence.of.name
        );
        (lock, "it is changed in several places".to_owned())
    } else {
        let lock = format!(
            "`static {}: std::sync::Mutex<{}>`",
            evidence.of.name,
            types::value(ty)
        );
        (
            lock,
            "it is changed in place, by more than one function or in more than one way".to_owned(),
        )
    };
    verdict("mutex", confidence, replacement, because)
}

/// What to look at where nothing speaks clearly.
fn look_at(evidence: &Evidence<'_>) -> String {
    let name = &evidence.of.name;
    if let Some(why) = evidence.reached_from_outside() {
        return why;
    }
    if evidence.is_public() {
        return format!("who writes `{name}` in other packages: it is `pub`");
    }
    match evidence
        .unclear()
        .first()
        .and_then(|at| evidence.function(*at))
    {
        Some(function) => format!("what `{}` does with `{name}`", function.name),
        None => format!("which threads run when `{name}` is written"),
    }
}
