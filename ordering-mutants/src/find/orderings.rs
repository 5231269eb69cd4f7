//! Each ordering that is stronger than `Relaxed`, and each fence.

use std::ops::Range;

use crate::{
    mutant::{Edit, Mutant, Names},
    source::Source,
    trouble::Trouble,
};

const STRONG: [&str; 4] = ["Acquire", "Release", "AcqRel", "SeqCst"];
const FENCES: [&str; 2] = ["fence", "compiler_fence"];

/// The name alone says it, however it is written: `Ordering::Acquire`, `Acquire`, in a macro or not.
pub(crate) fn find(source: &Source) -> Result<Vec<Mutant>, Trouble> {
    let mut mutants = Vec::new();
    let mut names = Names::default();
    for at in (0..source.tokens.len()).filter(|&at| source.counts(at)) {
        let token = &source.tokens[at];
        if STRONG.contains(&token.text.as_str()) {
            let call = Call::around(source, at);
            let name = names.next(format!("{}/{}", source.scope(at), call.name));
            for weaker in call.one_step_weaker(&token.text) {
                mutants.push(Mutant {
                    id: format!("{} {name} {}->{weaker}", source.file, token.text),
                    file: source.file.clone(),
                    edits: vec![Edit {
                        range: token.range.clone(),
                        text: (*weaker).to_owned(),
                    }],
                });
            }
        } else if FENCES.contains(&token.text.as_str()) && source.is(at + 1, "(") {
            let name = names.next(format!("{}/{}", source.scope(at), token.text));
            mutants.push(Mutant {
                id: format!("{} {name} removed", source.file),
                file: source.file.clone(),
                edits: vec![Edit {
                    range: source.bytes_of(fence(source, at)),
                    text: "()".to_owned(),
                }],
            });
        }
    }
    Ok(mutants)
}

/// The tokens of a call of a fence, with the path before its name.
fn fence(source: &Source, name: usize) -> Range<usize> {
    let mut start = name;
    while start >= 3 && source.are(start - 2, &[":", ":"]) {
        start -= 3;
    }
    start..source.tokens[name + 1].mate + 1
}

/// The call in whose arguments an ordering stands.
struct Call<'s> {
    name: &'s str,
    /// Which argument it is, from zero.
    argument: usize,
}

impl<'s> Call<'s> {
    fn around(source: &'s Source, at: usize) -> Self {
        let mut argument = 0;
        let mut before = at;
        while before > 0 {
            before -= 1;
            let token = &source.tokens[before];
            if token.mate < before {
                before = token.mate;
            } else if token.is(",") {
                argument += 1;
            } else if token.mate > at {
                let called = before.checked_sub(1).map(|name| &source.tokens[name]);
                let name = called.filter(|name| name.is_name() && token.is("("));
                return Self {
                    name: name.map_or("value", |name| &name.text),
                    argument,
                };
            }
        }
        Self {
            name: "value",
            argument,
        }
    }

    /// One step, in each direction that there is.
    fn one_step_weaker(&self, order: &str) -> &'static [&'static str] {
        let reads = matches!(self.name, "load") || self.is_failure();
        match (order, self.name) {
            ("AcqRel", _) if FENCES.contains(&self.name) => &["Acquire", "Release"],
            ("SeqCst", _) if FENCES.contains(&self.name) => &["AcqRel"],
            // A fence must have an order: the weakest step is to remove it.
            (_, name) if FENCES.contains(&name) => &[],
            ("Acquire" | "Release", _) => &["Relaxed"],
            ("AcqRel", _) => &["Acquire", "Release"],
            ("SeqCst", "store") => &["Release"],
            ("SeqCst", _) if reads => &["Acquire"],
            _ => &["AcqRel"],
        }
    }

    /// The order of an exchange that fails, which only reads.
    fn is_failure(&self) -> bool {
        match self.name {
            "compare_exchange" | "compare_exchange_weak" => self.argument == 3,
            "fetch_update" => self.argument == 1,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(text: &str) -> Vec<String> {
        let source = Source::parse("src/a.rs", text).unwrap();
        let mutants = find(&source).unwrap();
        mutants.into_iter().map(|mutant| mutant.id).collect()
    }

    fn applied(text: &str) -> Vec<String> {
        let source = Source::parse("src/a.rs", text).unwrap();
        let mutants = find(&source).unwrap();
        let texts = mutants.iter().map(|mutant| mutant.applied(text).unwrap());
        texts.collect()
    }

    #[test]
    fn each_order_goes_down_by_one_step() {
        let text = "impl<T> Gate<T> { fn a(&self) { self.w.load(Ordering::Acquire); \
                    w.store(f(1, 2), Ordering::Release); w.swap(1, Ordering::AcqRel) } }";
        assert_eq!(
            ids(text),
            [
                "src/a.rs Gate::a/load Acquire->Relaxed",
                "src/a.rs Gate::a/store Release->Relaxed",
                "src/a.rs Gate::a/swap AcqRel->Acquire",
                "src/a.rs Gate::a/swap AcqRel->Release",
            ]
        );
        assert_eq!(applied(text)[1], text.replace("Release", "Relaxed"));
    }

    #[test]
    fn sequential_consistency_goes_down_to_what_the_operation_allows() {
        let text = "fn a() { w.load(SeqCst); w.store(0, SeqCst); w.swap(1, SeqCst); \
                    w.compare_exchange(f(0, 1), 2, SeqCst, SeqCst); }";
        assert_eq!(
            ids(text),
            [
                "src/a.rs a/load SeqCst->Acquire",
                "src/a.rs a/store SeqCst->Release",
                "src/a.rs a/swap SeqCst->AcqRel",
                "src/a.rs a/compare_exchange SeqCst->AcqRel",
                "src/a.rs a/compare_exchange#2 SeqCst->Acquire",
            ]
        );
    }

    #[test]
    fn fences_are_removed_with_their_path() {
        let text = "fn a() { atomic::fence(Ordering::Acquire); g(); }";
        assert_eq!(ids(text), ["src/a.rs a/fence removed"]);
        assert_eq!(applied(text), ["fn a() { (); g(); }"]);
    }

    #[test]
    fn uses_comments_and_tests_do_not_count() {
        let text = "use core::sync::atomic::Ordering::{Acquire, Release};\n// Acquire\n\
                    /// Release\nfn a() {}\n#[cfg(test)]\nmod tests { fn b() { w.load(Acquire); } }";
        assert_eq!(ids(text), [""; 0]);
    }

    #[test]
    fn bodies_of_macros_count() {
        let text = "macro_rules! place { ($a:ty) => { impl Place for $a { fn get(&self) -> u32 \
                    { self.load(Ordering::Acquire) } } } }";
        assert_eq!(
            ids(text),
            ["src/a.rs place!::$a::get/load Acquire->Relaxed"]
        );
    }

    #[test]
    fn several_in_one_function_are_numbered() {
        let text = "fn a() { w.load(Acquire); w.load(Relaxed); w.load(Acquire) }";
        assert_eq!(
            ids(text),
            [
                "src/a.rs a/load Acquire->Relaxed",
                "src/a.rs a/load#2 Acquire->Relaxed",
            ]
        );
    }
}
