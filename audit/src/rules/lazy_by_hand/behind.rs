//! What is done behind a lock.

use crate::facts::{Step, Use};

/// A use as it is seen from behind the lock, without the steps that lead there, and whether it is locked for
/// reading.
pub(super) fn behind_lock(used: &Use) -> Option<(Use, bool)> {
    let locks = |step: &Step| match step {
        Step::Method { name, args, .. } => {
            args.is_empty()
                && matches!(
                    name.as_str(),
                    "lock"
                        | "read"
                        | "write"
                        | "try_lock"
                        | "try_read"
                        | "try_write"
                        | "upgradable_read"
                )
        }
        _ => false,
    };
    let at = used.steps.iter().position(locks)?;
    let shared = matches!(&used.steps[at], Step::Method { name, .. } if name.ends_with("read"))
        || only_looks(&used.steps[at + 1..]);
    let opened = Step::Borrow {
        mutable: true,
        raw: false,
    };
    let steps = std::iter::once(opened)
        .chain(used.steps[at + 1..].iter().cloned())
        .collect();
    Some((
        Use {
            steps,
            ..used.clone()
        },
        shared,
    ))
}

/// Whether what is done under the lock begins with a look: what follows has a shared reference at most.
fn only_looks(steps: &[Step]) -> bool {
    let opens = |step: &&Step| match step {
        Step::Method { name, .. } => matches!(
            name.as_str(),
            "unwrap" | "expect" | "unwrap_or_else" | "as_ref" | "as_mut" | "ok"
        ),
        _ => true,
    };
    let looks = [
        "get",
        "contains_key",
        "iter",
        "keys",
        "values",
        "len",
        "is_empty",
        "first_key_value",
        "last_key_value",
        "range",
        "is_some",
        "is_none",
    ];
    let first = steps.iter().find(|step| !opens(step));
    matches!(first, Some(Step::Method { name, .. }) if looks.contains(&name.as_str()))
}
