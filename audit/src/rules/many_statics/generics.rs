//! Statics in generic functions.

use super::signature::{Signature, words};
use crate::{
    facts::{Function, Static, Ty},
    finding::{Answer, Confidence, Finding, Verdict},
    resolve::{ItemRef, Resolved, UseRef},
    rule::Rule,
    rules::{
        state::States,
        words::{LAZY, LOCKS, at, methods, row},
    },
};

/// A finding for each static with state in a generic function, unless no type has a part in it.
pub(super) fn in_generics(resolved: &Resolved<'_>) -> Vec<Finding> {
    let states = States::of(resolved);
    let found = resolved.statics().filter_map(|(item, of, uses)| {
        let function = &resolved.facts(item.0).functions[of.function?];
        if function.generics.is_empty() || of.ty.to_string().contains("TypeId") {
            return None;
        }
        let held = Held::of(&states, item, of)?;
        let inside = Inside {
            resolved,
            item,
            function,
            uses,
        };
        let (confidence, look_at) = inside.confidence(&held)?;
        let verdict = verdict(of, function, held.name(), confidence, look_at);
        Some(finding(resolved, item, of, function, verdict))
    });
    found.collect()
}

/// What a static holds.
enum Held {
    /// Something that changes again and again.
    State(String),
    /// Something that is filled once, by who uses it.
    Once(String),
}

impl Held {
    fn of(states: &States<'_>, item: ItemRef, of: &Static) -> Option<Self> {
        if of.mutable {
            return Some(Self::State("static mut".to_owned()));
        }
        let name = states.in_type(item.0, &of.ty)?;
        let is_nothing = |ty: &Ty| matches!(ty, Ty::Tuple(parts) if parts.is_empty());
        if LOCKS.contains(&name.as_str()) && of.ty.args().iter().any(is_nothing) {
            return None;
        }
        if !LAZY.contains(&name.as_str()) && name != "Once" || !of.ty.is_one_of(&[&name]) {
            return Some(Self::State(name));
        }
        let inner = of.ty.args().iter();
        match inner.into_iter().find_map(|ty| states.in_type(item.0, ty)) {
            Some(inner) => Some(Self::State(inner)),
            // Its value is in its initialiser, and that cannot name the function's types.
            None if name.contains("Lazy") => None,
            None => Some(Self::Once(name)),
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::State(name) | Self::Once(name) => name,
        }
    }
}

/// A static in a generic function.
struct Inside<'a> {
    resolved: &'a Resolved<'a>,
    item: ItemRef,
    function: &'a Function,
    uses: &'a [UseRef],
}

impl Inside<'_> {
    /// How likely one for each type was meant, and what to look at; `None` if nobody can have meant it.
    fn confidence(&self, held: &Held) -> Option<(Confidence, Option<String>)> {
        let look_at =
            Some("whether its value hangs on the type, or one for all is meant".to_owned());
        if self.uses.iter().any(|at| self.names_a_type(*at)) {
            return Some((Confidence::High, None));
        }
        let text = &self.resolved.package().files[self.item.0].text;
        let signature = Signature::of(self.function, text);
        match held {
            Held::Once(_) => {
                let may_hang = |at: &UseRef| {
                    let used = self.resolved.used(*at);
                    let elsewhere = at.file != self.item.0 || methods(used).is_empty();
                    elsewhere || signature.may_hang(self.function, text, &used.whole)
                };
                let any = self.uses.iter().any(may_hang);
                any.then_some((Confidence::Low, look_at))
            }
            Held::State(_) => {
                (!signature.types.is_empty()).then_some((Confidence::Medium, look_at))
            }
        }
    }

    /// Whether what is done with it names one of the parameters.
    fn names_a_type(&self, at: UseRef) -> bool {
        let text = &self.resolved.package().files[at.file].text;
        words(&text[self.resolved.used(at).whole.clone()])
            .any(|word| self.function.generics.iter().any(|name| name == word))
    }
}

fn verdict(
    of: &Static,
    function: &Function,
    state: &str,
    confidence: Confidence,
    look_at: Option<String>,
) -> Verdict {
    let parameters = function.generics.join("`, `");
    Verdict {
        name: "generic",
        replacement: format!(
            "`static {}: onset::OnceMap<std::any::TypeId, …>` for one per type; for one in all, move it out of the function, where it looks like one",
            of.name
        ),
        confidence,
        because: format!("a `static` is not generic: each `{parameters}` gets the same `{state}`"),
        look_at,
    }
}

fn finding(
    resolved: &Resolved<'_>,
    item: ItemRef,
    of: &Static,
    function: &Function,
    verdict: Verdict,
) -> Finding {
    let parameters = function.generics.join("`, `");
    Finding {
        rule: Rule::ManyStatics,
        title: format!(
            "`static {}` in the generic `{}` is one for all types",
            of.name, function.name
        ),
        primary: at(item.0, &of.head_span, "one, whatever the types are"),
        labels: vec![at(
            item.0,
            &function.name_span,
            format!("generic in `{parameters}`"),
        )],
        notes: Vec::new(),
        verdicts: vec![verdict],
        row: row(resolved, item, of, Answer::No, Answer::Possible),
    }
}
