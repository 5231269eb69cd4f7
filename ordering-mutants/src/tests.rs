//! The tool on a bench that builds nothing, and its search on the real sources.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{
    baseline,
    bench::{Bench, End, Run},
    campaign, find,
    find::wakes,
    mutant::{Edit, Mutant},
    source::Source,
    survivors,
    trouble::Trouble,
    verdict::Verdict,
};

/// Knows three models; the second one fails when the mutant's text is "wrong", the first one hangs
/// when it is "endless".
#[derive(Default)]
struct Fake {
    mutant: Option<String>,
    broken_as_it_is: bool,
}

const MODELS: [&str; 3] = ["once::quick", "once::sharp", "race::slow"];

impl Bench for Fake {
    fn build(&mut self, mutant: Option<&Mutant>) -> Result<(), Trouble> {
        self.mutant = mutant.map(|mutant| mutant.edits[0].text.clone());
        if self.mutant.as_deref() == Some("not Rust") {
            return Err(Trouble::new("it does not compile", "none"));
        }
        Ok(())
    }

    fn models(&mut self) -> Result<Vec<String>, Trouble> {
        Ok(MODELS.map(str::to_owned).to_vec())
    }

    fn run(&mut self, model: &str, _: Duration) -> Result<Run, Trouble> {
        let end = match (model, self.mutant.as_deref()) {
            ("once::sharp", Some("wrong" | "wrong and endless")) => End::Failed,
            ("once::quick", Some("endless" | "wrong and endless")) => End::TimedOut,
            ("race::slow", None) if self.broken_as_it_is => End::Failed,
            _ => End::Passed,
        };
        let mut said = vec!["belongs to the model".to_owned()];
        said.extend((end == End::Failed).then(|| "deadlock".to_owned()));
        Ok(Run {
            end,
            took: Duration::from_millis(1),
            said,
        })
    }
}

fn mutant(text: &str) -> Mutant {
    Mutant {
        id: format!("src/cell/a.rs {text}"),
        file: "src/cell/a.rs".to_owned(),
        edits: vec![Edit {
            range: 0..0,
            text: text.to_owned(),
        }],
    }
}

fn verdicts(texts: &[&str]) -> Vec<Verdict> {
    let mut benches = [Fake::default(), Fake::default()];
    let models = baseline::measure(&mut benches).unwrap();
    let mutants: Vec<_> = texts.iter().map(|text| mutant(text)).collect();
    let judged = campaign::run(&mut benches, &models, &mutants, None, |_| ()).unwrap();
    judged.into_iter().map(|one| one.verdict).collect()
}

#[test]
fn what_changes_nothing_survives_and_what_is_wrong_is_caught() {
    let caught = Verdict::Caught {
        model: "once::sharp".to_owned(),
        message: "deadlock".to_owned(),
    };
    assert_eq!(
        verdicts(&["harmless", "wrong", "harmless"]),
        [Verdict::Survived, caught, Verdict::Survived]
    );
}

#[test]
fn a_model_without_end_is_told_apart_and_a_failure_says_more() {
    let verdicts = verdicts(&["endless", "wrong and endless"]);
    let model = "once::quick".to_owned();
    assert_eq!(verdicts[0], Verdict::Hangs { model });
    assert_eq!(verdicts[1].model(), "once::sharp");
}

#[test]
fn what_does_not_compile_is_not_caught() {
    assert_eq!(verdicts(&["not Rust"])[0].word(), "broken");
}

#[test]
fn models_that_fail_on_the_sources_as_they_are_stop_it() {
    let mut benches = [Fake {
        broken_as_it_is: true,
        ..Fake::default()
    }];
    let said = baseline::measure(&mut benches).unwrap_err().to_string();
    assert!(said.contains("race::slow fails on the sources as they are"));
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn real() -> (Vec<Source>, Vec<Mutant>) {
    let sources = find::sources(&root()).unwrap();
    let mutants = find::mutants(&sources).unwrap_or_else(|trouble| panic!("{trouble}"));
    (sources, mutants)
}

/// A search of the text, by somebody who knows nothing of tokens.
#[test]
fn each_strong_ordering_of_the_sources_is_weakened() {
    let (_, mutants) = real();
    let mut places = 0;
    for file in find::files(&root()).unwrap() {
        let text = fs::read_to_string(root().join(&file)).unwrap();
        for (at, _) in text.match_indices("Ordering::") {
            let line = text[..at].rsplit('\n').next().unwrap();
            let name = &text[at + "Ordering::".len()..];
            let mut orders = ["Acquire", "Release", "AcqRel", "SeqCst"].into_iter();
            let order = orders.find(|order| name.starts_with(order));
            let (false, Some(order)) = (line.contains("//"), order) else {
                continue;
            };
            let start = at + "Ordering::".len();
            let range = start..start + order.len();
            let is_it = |mutant: &&Mutant| mutant.file == file && mutant.edits[0].range == range;
            assert!(mutants.iter().any(|one| is_it(&one)), "{file}: {line}");
            places += 1;
        }
    }
    assert!(places >= 20, "{places} places: where are the others?");
}

#[test]
fn each_mutant_of_the_sources_has_a_name_of_its_own_and_changes_something() {
    let (sources, mutants) = real();
    let ids: BTreeSet<_> = mutants.iter().map(|mutant| &mutant.id).collect();
    assert_eq!(ids.len(), mutants.len());
    for mutant in &mutants {
        let source = sources.iter().find(|source| source.file == mutant.file);
        let text = &source.unwrap().text;
        let changed = mutant.applied(text).unwrap();
        assert_ne!(&changed, text, "{}", mutant.id);
        let parsed: Result<proc_macro2::TokenStream, _> = changed.parse();
        assert!(parsed.is_ok(), "{}: {changed}", mutant.id);
    }
}

/// As above, for the two calls that wake at last.
#[test]
fn each_wake_up_of_the_sources_is_dropped() {
    let (_, mutants) = real();
    for (call, name) in [(".unpark()", "/unpark"), ("lot::release(", "/lot::release")] {
        let is_it = |mutant: &&Mutant| mutant.id.contains(name) && mutant.id.ends_with(" dropped");
        let mut places = 0;
        for file in find::files(&root()).unwrap() {
            let text = fs::read_to_string(root().join(&file)).unwrap();
            let code = text.lines().filter(|line| !line.contains("//"));
            places += code.map(|line| line.matches(call).count()).sum::<usize>();
        }
        assert!(
            places > 0,
            "`{call}` is gone: look for what has come instead"
        );
        assert_eq!(mutants.iter().filter(is_it).count(), places, "`{call}`");
    }
}

/// A function that wakes somebody is named so, and then it stands in the list.
#[test]
fn each_function_that_is_named_like_a_waker_is_listed() {
    let known = |name: &str| {
        wakes::METHODS.contains(&name) || wakes::RELEASES.iter().any(|&(_, known)| known == name)
    };
    for source in real().0 {
        for at in (1..source.tokens.len()).filter(|&at| source.counts(at)) {
            let name = source.tokens[at].text.as_str();
            let is_waker = ["wake", "unpark", "notify", "announce", "release"]
                .iter()
                .any(|word| name.starts_with(word));
            assert!(
                !is_waker || !source.is(at - 1, "fn") || known(name),
                "{}: `{name}` looks as if it woke somebody; remedy: add it to the lists in \
                 ordering-mutants/src/find/wakes.rs, or give it another name",
                source.file,
            );
        }
    }
}

#[test]
fn the_survivors_that_are_listed_are_mutants() {
    let explained = survivors::read(&root()).unwrap();
    let (_, mutants) = real();
    assert_eq!(survivors::unknown(&explained, &mutants), [""; 0]);
}
