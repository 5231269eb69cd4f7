//! Statics in generic functions.

use super::signature::{Signature, arguments, words};
use crate::{
    facts::{Function, Static, Step, Ty},
    finding::{Answer, Confidence, Finding, Verdict},
    resolve::{ItemRef, Resolved, UseRef},
    rule::Rule,
    rules::{
        state::{Held, States},
        words::{LOCKS, at, row},
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
        let held = held(&states, item, of)?;
        let inside = Inside {
            resolved,
            item,
            of,
            function,
            uses,
        };
        let (confidence, look_at) = inside.confidence(&held)?;
        let verdict = verdict(of, function, held.name(), confidence, look_at);
        Some(finding(resolved, item, of, function, verdict))
    });
    found.collect()
}

/// What a static holds, if that is something that types may have a part in.
fn held(states: &States<'_>, item: ItemRef, of: &Static) -> Option<Held> {
    let held = states.held(item.0, of)?;
    let is_nothing = |ty: &Ty| matches!(ty, Ty::Tuple(parts) if parts.is_empty());
    let is_plain_lock = of.ty.is_one_of(LOCKS) && of.ty.args().iter().any(is_nothing);
    // A lazy value's initialiser cannot name the function's types.
    let is_lazy = matches!(&held, Held::Once(name) if name.contains("Lazy"));
    (!is_plain_lock && !is_lazy).then_some(held)
}

/// A static in a generic function.
struct Inside<'a> {
    resolved: &'a Resolved<'a>,
    item: ItemRef,
    of: &'a Static,
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
                let any = self.uses.iter().any(|at| self.may_hang(&signature, *at));
                any.then_some((Confidence::Low, look_at))
            }
            Held::State(_) if signature.types.is_empty() => None,
            // A flag says that something was done, once for all more often than not.
            Held::State(_) if self.of.ty.is_one_of(&["bool", "AtomicBool"]) => {
                Some((Confidence::Low, look_at))
            }
            Held::State(_) => Some((Confidence::Medium, look_at)),
        }
    }

    /// Whether what it is filled with, by a use, may hang on the types.
    fn may_hang(&self, signature: &Signature, at: UseRef) -> bool {
        let text = &self.resolved.package().files[self.item.0].text;
        let used = self.resolved.used(at);
        let method = used.steps.iter().find_map(|step| match step {
            Step::Method { span, .. } => Some(span),
            _ => None,
        });
        match method {
            Some(method) if at.file == self.item.0 => {
                let args = arguments(&text[method.end..]);
                signature.may_hang(self.function, text, used.whole.start, &args)
            }
            _ => true,
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
