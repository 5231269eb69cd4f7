//! What the uses of a static say, sorted by what they do.

use std::collections::HashSet;

use crate::{
    effect::{Effect, MethodKind, effect, known_method},
    facts::{End, FnId, Function, Receiver, Shape, ShapeKind, Static, Step, Ty, Use},
    resolve::{ItemRef, Resolved, UseRef},
    rules::{
        conditions::{Conditions, asks_whether_unset},
        static_mut::types,
    },
};

/// A static, and its uses.
pub(super) struct Evidence<'a> {
    pub(super) resolved: &'a Resolved<'a>,
    pub(super) conditions: &'a Conditions<'a>,
    pub(super) item: ItemRef,
    pub(super) of: &'a Static,
    /// Each use with what it does, in the order of files and text.
    pub(super) uses: Vec<(UseRef, Effect)>,
}

impl<'a> Evidence<'a> {
    pub(super) fn of(
        resolved: &'a Resolved<'a>,
        conditions: &'a Conditions<'a>,
        item: ItemRef,
        of: &'a Static,
        uses: &[UseRef],
    ) -> Self {
        let in_tests = |at: &UseRef| {
            resolved
                .function(*at)
                .is_some_and(|function| function.in_tests)
        };
        let mut counted: Vec<UseRef> = uses
            .iter()
            .copied()
            .filter(|at| of.in_tests || !in_tests(at))
            .collect();
        if counted.is_empty() {
            counted = uses.to_vec();
        }
        let does = |at: UseRef| (at, effect_on(resolved, of, at));
        Self {
            resolved,
            conditions,
            item,
            of,
            uses: counted.into_iter().map(does).collect(),
        }
    }

    /// Uses that do something of a kind.
    pub(super) fn that(&self, is_it: impl Fn(&Effect) -> bool) -> Vec<UseRef> {
        self.uses
            .iter()
            .filter(|(_, effect)| is_it(effect))
            .map(|(at, _)| *at)
            .collect()
    }

    pub(super) fn reads(&self) -> Vec<UseRef> {
        self.that(|effect| matches!(effect, Effect::Read | Effect::Show | Effect::Share(_)))
    }

    pub(super) fn writes(&self) -> Vec<UseRef> {
        self.that(Effect::writes)
    }

    /// Uses that may write, for all that is known.
    pub(super) fn unclear(&self) -> Vec<UseRef> {
        self.that(|effect| effect.may_write() && !effect.writes())
    }

    pub(super) fn hand_outs(&self) -> Vec<UseRef> {
        self.that(|effect| *effect == Effect::HandOut)
    }

    /// Whole assignments, with what is assigned.
    pub(super) fn replaces(&self) -> Vec<(UseRef, Option<&Shape>)> {
        let replaces = self.uses.iter().filter_map(|(at, effect)| match effect {
            Effect::Replace(shape) => Some((*at, shape.as_ref())),
            _ => None,
        });
        replaces.collect()
    }

    /// The methods that change it or something in it, with the uses.
    pub(super) fn mutations(&self) -> Vec<(UseRef, &str)> {
        let mutations = self.uses.iter().filter_map(|(at, effect)| match effect {
            Effect::Mutate(name) => Some((*at, name.as_str())),
            _ => None,
        });
        mutations.collect()
    }

    pub(super) fn parts(&self) -> Vec<UseRef> {
        self.that(|effect| *effect == Effect::WritePart)
    }

    /// The functions in which some of the uses stand.
    pub(super) fn functions(&self, of: &[UseRef]) -> HashSet<(usize, Option<FnId>)> {
        of.iter()
            .map(|at| (at.file, self.resolved.used(*at).function))
            .collect()
    }

    pub(super) fn all_uses(&self) -> Vec<UseRef> {
        self.uses.iter().map(|(at, _)| *at).collect()
    }

    pub(super) fn function(&self, at: UseRef) -> Option<&'a Function> {
        self.resolved.function(at)
    }

    /// Whether a use runs only if the static has (or has not) some value.
    pub(super) fn is_guarded_by_itself(&self, at: UseRef) -> bool {
        self.conditions.on(at, self.item).is_some()
    }

    /// Whether a use runs only as long as the static has its first value.
    pub(super) fn is_first_value(&self, at: UseRef) -> bool {
        let condition = self.conditions.on(at, self.item);
        condition.is_some_and(|condition| {
            asks_whether_unset(condition, &self.of.name, &self.of.init.text)
        })
    }

    /// Whether a use is (part of) a condition that asks whether the static has its first value still.
    pub(super) fn asks_whether_unset(&self, at: UseRef) -> bool {
        let used = self.resolved.used(at);
        let Some(span) = used.in_condition.as_ref().filter(|_| !used.in_loop) else {
            return false;
        };
        let facts = self.resolved.facts(at.file);
        let scopes = facts.scopes.iter().filter_map(|scope| match &scope.kind {
            crate::facts::ScopeKind::Branch(condition) if condition.span == *span => {
                Some(condition)
            }
            _ => None,
        });
        scopes.into_iter().any(|condition| {
            asks_whether_unset(condition, &self.of.name, &self.of.init.text)
                && (condition.holds || condition.early_exit)
        })
    }

    /// How often the function that a use stands in may run.
    pub(super) fn runs(&self, at: UseRef) -> Runs {
        let Some(function) = self.function(at) else {
            return Runs::Unknown;
        };
        runs(self.resolved, function)
    }

    /// The other statics that conditions around a use look at.
    pub(super) fn guards(&self, at: UseRef) -> Vec<ItemRef> {
        let conditions = self.conditions.around(at);
        let statics = conditions.flat_map(|condition| self.conditions.statics(at.file, condition));
        statics.copied().filter(|item| *item != self.item).collect()
    }

    /// Attributes and the like by which something outside of Rust may reach it.
    pub(super) fn reached_from_outside(&self) -> Option<String> {
        let marks = [
            "no_mangle",
            "export_name",
            "used",
            "link_section",
            "linkage",
        ];
        if let Some(mark) = self
            .of
            .attributes
            .iter()
            .find(|name| marks.contains(&name.as_str()))
        {
            return Some(format!(
                "`#[{mark}]` lets the linker, and so other languages, reach it"
            ));
        }
        let in_assembly = |text: &String| {
            text.split(|c: char| c != '_' && !c.is_alphanumeric())
                .any(|word| word == self.of.name)
        };
        let files = &self.resolved.package().files;
        let named = files
            .iter()
            .any(|file| file.facts.assembly.iter().any(in_assembly));
        named.then(|| "inline assembly names it".to_owned())
    }

    /// An attribute that is not the compiler's: a macro, which may make anything of the static.
    pub(super) fn unknown_attribute(&self) -> Option<&str> {
        let known = [
            "allow",
            "expect",
            "warn",
            "deny",
            "forbid",
            "cfg",
            "cfg_attr",
            "doc",
            "deprecated",
            "no_mangle",
            "export_name",
            "used",
            "link_section",
            "linkage",
            "link_name",
            "thread_local",
            "unsafe",
            "rustfmt::skip",
            "must_use",
            "inline",
            "global_allocator",
            "automatically_derived",
            "stable",
            "unstable",
            "repr",
        ];
        let foreign = |name: &&String| {
            !known.contains(&name.as_str())
                && !name.starts_with("clippy")
                && !name.starts_with("rustc")
        };
        let attributes = &self.of.attributes;
        // What stands in `cfg_attr(…)` and `unsafe(…)` is among the names, its arguments too.
        let wrapped = attributes
            .iter()
            .any(|name| name == "cfg_attr" || name == "unsafe");
        attributes
            .iter()
            .find(foreign)
            .filter(|_| !wrapped)
            .map(String::as_str)
    }

    /// Whether other packages can write it.
    pub(super) fn is_public(&self) -> bool {
        use crate::facts::Visibility::Public;
        self.of.visibility == Public
            && self.of.function.is_none()
            && self.resolved.package().is_library
            && !self.of.in_tests
            && !self.has_own_root()
    }

    fn has_own_root(&self) -> bool {
        self.resolved
            .facts(self.item.0)
            .module
            .first()
            .is_some_and(|first| first.starts_with('('))
    }

    /// Uses that give the static, or a pointer to it, to a foreign function.
    pub(super) fn given_to_foreign(&self) -> Vec<UseRef> {
        let uses = self.uses.iter().filter(|(at, effect)| match effect {
            // What is called is no name: a pointer that goes there goes to a function pointer, as loaded
            // libraries have them.
            Effect::Lend(to) | Effect::Share(to) if to.is_empty() => self.is_cast(*at),
            Effect::Lend(to) | Effect::Share(to) => self.is_foreign(to, at.file),
            Effect::Assembly => true,
            // Read as a value, but passed on as a pointer or a plain value: only pointers count.
            _ => {
                matches!(&self.resolved.used(*at).end, End::Argument(to, _) if self.is_cast(*at) && self.is_foreign(to, at.file))
            }
        });
        uses.map(|(at, _)| *at).collect()
    }

    /// Whether a use is cast to a pointer: `&mut X as *mut _`, `&X as _`.
    fn is_cast(&self, at: UseRef) -> bool {
        let mut steps = self.resolved.used(at).steps.iter();
        steps.any(|step| matches!(step, Step::Cast(ty) if ty.starts_with('*') || ty == "_"))
    }

    /// Whether a function is declared in an `extern` block, or in a crate of such declarations.
    fn is_foreign(&self, callee: &str, file: usize) -> bool {
        let segments: Vec<&str> = callee.split("::").collect();
        let Some((last, before)) = segments.split_last() else {
            return false;
        };
        let of_bindings = |name: &&str| {
            matches!(
                *name,
                "libc" | "ffi" | "raw" | "sys" | "bindings" | "winapi"
            ) || name.ends_with("_sys")
                || name.ends_with("_ffi")
        };
        let imports = self.resolved.facts(file).imports.iter();
        let mut imported =
            imports.filter(|import| import.name == segments[0] && import.path.len() > 1);
        let of_crate = before.iter().any(&of_bindings)
            || imported.any(|import| import.path.iter().any(|name| of_bindings(&name.as_str())));
        let mut files = self.resolved.package().files.iter();
        of_crate || files.any(|file| file.facts.foreign.iter().any(|name| name == last))
    }
}

/// What a use does to this static, methods judged by its type.
fn effect_on(resolved: &Resolved<'_>, of: &Static, at: UseRef) -> Effect {
    let used = resolved.used(at);
    if let Some(lock) = inside_lock(used) {
        return Effect::Interior(lock.to_owned());
    }
    let found = effect(used, |name| method_of(resolved, &of.ty, name));
    match found {
        // `Option::replace` and `insert` put a whole value in.
        Effect::Interior(name) | Effect::Mutate(name)
            if matches!(name.as_str(), "replace" | "insert") && is_on_option(used, &of.ty) =>
        {
            Effect::Replace(None)
        }
        // `take`, `replace`, `set`: of a cell or an atomic behind a shared reference, else they write.
        Effect::Interior(name) if !types::has_interior(resolved, &of.ty) => Effect::Mutate(name),
        other => other,
    }
}

/// Whether a use's first method is called on the static itself, and that is an `Option`.
fn is_on_option(used: &Use, ty: &Ty) -> bool {
    let mut steps = used.steps.iter();
    let first = steps.find(|step| !matches!(step, Step::Deref | Step::Borrow { .. }));
    let on_it = matches!(first, Some(Step::Method { name, .. }) if matches!(name.as_str(), "replace" | "insert"));
    on_it && ty.is_one_of(&["Option"])
}

/// The method that locks what the rest of a use is done to.
fn inside_lock(used: &Use) -> Option<&str> {
    used.steps.iter().find_map(|step| match step {
        Step::Method { name, args, .. } if args.is_empty() => {
            let locks = [
                "lock",
                "try_lock",
                "read",
                "write",
                "try_read",
                "try_write",
                "borrow_mut",
                "blocking_lock",
                "load_full",
            ];
            locks.contains(&name.as_str()).then_some(name.as_str())
        }
        _ => None,
    })
}

/// How far a method changes what it is called on. The package's own methods of the type know best;
/// those of `Option` and the collections are known.
fn method_of(resolved: &Resolved<'_>, ty: &Ty, name: &str) -> MethodKind {
    let functions = resolved
        .package()
        .files
        .iter()
        .flat_map(|file| &file.facts.functions);
    let own: Vec<&Function> = functions
        .filter(|function| function.name == name && function.receiver != Receiver::None)
        .collect();
    let of = |ty: &Ty| {
        own.iter()
            .find(|function| function.owner.is_some() && function.owner.as_deref() == ty.name())
    };
    let kind = |function: &&Function| match function.receiver {
        Receiver::Mutable => MethodKind::Changes,
        _ => MethodKind::Reads,
    };
    if let Some(function) = of(ty) {
        return kind(function);
    }
    match known_method(name) {
        MethodKind::Unknown => match of(types::inner(ty)) {
            Some(function) => kind(function),
            None if !own.is_empty()
                && own
                    .iter()
                    .all(|function| function.receiver != Receiver::Mutable) =>
            {
                MethodKind::Reads
            }
            None => MethodKind::Unknown,
        },
        known => known,
    }
}

/// How often a function may run, for all that its name and its calls say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Runs {
    /// Once, at the beginning.
    Once,
    /// More than once.
    Often,
    /// Nobody knows.
    Unknown,
}

fn runs(resolved: &Resolved<'_>, function: &Function) -> Runs {
    if is_entry(function) {
        return Runs::Once;
    }
    let files = resolved.package().files.iter();
    let in_tests = |facts: &crate::facts::FileFacts, call: &crate::facts::Call| {
        call.function
            .is_some_and(|caller| facts.functions[caller].in_tests)
    };
    let calls: Vec<_> = files
        .flat_map(|file| file.facts.calls.iter().map(|call| (&file.facts, call)))
        .filter(|(facts, call)| call.name == function.name && !in_tests(facts, call))
        .collect();
    let initial = begins(&function.name);
    match calls.as_slice() {
        [] if initial => Runs::Once,
        [] => Runs::Unknown,
        // Who knows when a closure runs, and how often.
        [(facts, call)] if is_in_closure(facts, call) => Runs::Unknown,
        [(facts, call)] if !call.in_loop => {
            match call.function.map(|caller| &facts.functions[caller]) {
                Some(caller) if is_entry(caller) || initial || begins(&caller.name) => Runs::Once,
                _ => Runs::Unknown,
            }
        }
        _ => Runs::Often,
    }
}

fn is_in_closure(facts: &crate::facts::FileFacts, call: &crate::facts::Call) -> bool {
    let mut around = crate::resolve::outwards(facts, call.scope);
    around.any(|scope| {
        matches!(
            facts.scopes[scope].kind,
            crate::facts::ScopeKind::Closure { .. }
        )
    })
}

/// `main`, and what runs before it.
fn is_entry(function: &Function) -> bool {
    let entries = ["entry", "ctor", "pre_init", "start", "test"];
    let marked = |name: &String| entries.contains(&name.rsplit("::").next().unwrap_or_default());
    function.name == "main" && function.owner.is_none() || function.attributes.iter().any(marked)
}

/// Whether a function is called like one that runs once.
fn begins(name: &str) -> bool {
    let words = [
        "init",
        "initialize",
        "initialise",
        "setup",
        "boot",
        "install",
        "startup",
        "bootstrap",
    ];
    name.to_lowercase()
        .split('_')
        .any(|word| words.contains(&word))
        || name == "start"
}

/// Whether a value that is assigned means "nothing there".
pub(super) fn is_nothing(shape: Option<&Shape>) -> bool {
    shape.is_some_and(Shape::is_empty_value)
}

/// Whether a value is one that every reader may take for itself: a literal.
pub(super) fn is_literal(shape: Option<&Shape>) -> bool {
    use ShapeKind::{False, Number, Text, True};
    shape.is_some_and(|shape| matches!(shape.kind, True | False | Number | Text))
}
