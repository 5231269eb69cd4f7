//! What is expected, read from comments, and how it differs from what is found.

use std::{
    iter,
    path::{Path, PathBuf},
};

/// What a comment expects on its line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Expected {
    pub(crate) path: PathBuf,
    pub(crate) line: usize,
    /// `R1`.
    pub(crate) rule: String,
    /// Of these verdicts one must come first; if there are none, any may.
    verdicts: Vec<String>,
    /// None of these verdicts may come first.
    forbidden: Vec<String>,
    confidence: Option<String>,
    /// What the finding must say somewhere.
    says: Option<String>,
    /// Whether the finding may be missing.
    optional: bool,
}

/// What the tool found.
#[derive(Debug, Clone, Default)]
pub(crate) struct Found {
    pub(crate) rule: String,
    pub(crate) path: PathBuf,
    pub(crate) line: usize,
    /// The first verdict, and its confidence.
    pub(crate) verdict: String,
    pub(crate) confidence: String,
    pub(crate) title: String,
    /// Everything that it says.
    pub(crate) all: String,
}

/// What the comments in a file expect.
pub(crate) fn read(path: &Path, text: &str) -> Vec<Expected> {
    let is_lock = path
        .extension()
        .is_some_and(|extension| extension == "lock");
    let mark = if is_lock { "#~" } else { "//~" };
    let lines = iter::zip(1.., text.lines());
    let comments =
        lines.flat_map(|(line, text)| text.split(mark).skip(1).map(move |it| (line, it)));
    let expected = comments.map(|(line, comment)| {
        let Some(expected) = parse(comment) else {
            panic!("{}:{line}: not understood: {comment}", path.display());
        };
        Expected {
            path: path.to_owned(),
            line,
            ..expected
        }
    });
    expected.collect()
}

/// Reads `R1 once | counter high "text"`.
fn parse(comment: &str) -> Option<Expected> {
    let (comment, says) = match comment.split_once('"') {
        Some((before, after)) => (before, Some(after.trim_end().strip_suffix('"')?.to_owned())),
        None => (comment, None),
    };
    let optional = comment.starts_with('?');
    let mut words = comment.trim_start_matches('?').split_whitespace();
    let rule = words
        .next()
        .filter(|rule| rule.starts_with('R'))?
        .to_owned();
    let mut expected = Expected {
        rule,
        says,
        optional,
        ..Expected::default()
    };
    for word in words {
        match word.strip_prefix('!') {
            Some(forbidden) => expected.forbidden.push(forbidden.to_owned()),
            None if word == "|" => {}
            None if ["low", "medium", "high"].contains(&word) => {
                expected.confidence = Some(word.to_owned());
            }
            None => expected.verdicts.push(word.to_owned()),
        }
    }
    Some(expected)
}

impl Expected {
    /// Whether a finding is the one that is meant, right or not.
    fn is_about(&self, found: &Found) -> bool {
        (&self.rule, &self.path, self.line) == (&found.rule, &found.path, found.line)
    }

    /// What is expected to come first, in words.
    fn verdict(&self) -> String {
        let forbidden = self
            .forbidden
            .iter()
            .map(|name| format!("anything but {name}"));
        let names: Vec<_> = self.verdicts.iter().cloned().chain(forbidden).collect();
        if names.is_empty() {
            "any verdict".to_owned()
        } else {
            names.join(" or ")
        }
    }

    /// What is wrong with a finding that is about it.
    fn objection(&self, found: &Found) -> Option<String> {
        let wanted = self.verdicts.is_empty() || self.verdicts.contains(&found.verdict);
        if !wanted || self.forbidden.contains(&found.verdict) {
            return Some(format!(
                "expected {}, found {}",
                self.verdict(),
                found.verdict
            ));
        }
        if self
            .confidence
            .as_ref()
            .is_some_and(|confidence| *confidence != found.confidence)
        {
            let expected = self.confidence.as_deref().unwrap_or_default();
            return Some(format!(
                "expected {expected} confidence, found {}",
                found.confidence
            ));
        }
        let says = self
            .says
            .as_ref()
            .filter(|text| !found.all.contains(*text))?;
        Some(format!("does not say \"{says}\""))
    }
}

/// Every difference between what was expected of a case and what was found in it.
pub(crate) fn deviations(expected: &[Expected], found: &[Found]) -> Vec<String> {
    let mut left: Vec<&Found> = found.iter().collect();
    let mut wrong = Vec::new();
    for expected in expected {
        let place = format!(
            "{}:{}: {}",
            expected.path.display(),
            expected.line,
            expected.rule
        );
        match left.iter().position(|found| expected.is_about(found)) {
            Some(at) => {
                let found = left.remove(at);
                wrong.extend(
                    expected
                        .objection(found)
                        .map(|why| format!("{place}: {why}")),
                );
            }
            None if expected.optional => {}
            None => wrong.push(format!("{place}: missing ({})", expected.verdict())),
        }
    }
    for Found {
        path,
        line,
        rule,
        verdict,
        title,
        ..
    } in left
    {
        wrong.push(format!(
            "{}:{line}: {rule}: not expected: {verdict}: {title}",
            path.display()
        ));
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "\
        static mut A: u32 = 0; //~ R1 counter high\n\
        fn a() {} // ~ R9\n\
        static mut B: u32 = 0; //~ R1 !local //~? R6\n\
        static mut C: u64 = 0; //~ R1 counter \"32-bit\"\n";

    fn found(rule: &str, line: usize, verdict: &str) -> Found {
        Found {
            rule: rule.to_owned(),
            path: "a.rs".into(),
            line,
            verdict: verdict.to_owned(),
            confidence: "high".to_owned(),
            all: "not on 32-bit targets".to_owned(),
            ..Found::default()
        }
    }

    fn deviations_of(found: &[Found]) -> Vec<String> {
        deviations(&read(Path::new("a.rs"), SOURCE), found)
    }

    fn as_expected() -> [Found; 3] {
        [
            found("R1", 1, "counter"),
            found("R1", 3, "once"),
            found("R1", 4, "counter"),
        ]
    }

    #[test]
    fn what_is_expected_is_no_deviation_with_the_optional_one_or_without() {
        let mut found_all = as_expected().to_vec();
        assert_eq!(deviations_of(&found_all), [""; 0]);
        found_all.push(found("R6", 3, "generic"));
        assert_eq!(deviations_of(&found_all), [""; 0]);
    }

    #[test]
    fn what_is_missing_or_too_much_is_a_deviation() {
        let [first, _, third] = as_expected();
        let wrong = deviations_of(&[first, third, found("R5", 2, "const-cell")]);
        assert_eq!(
            wrong,
            [
                "a.rs:3: R1: missing (anything but local)",
                "a.rs:2: R5: not expected: const-cell: "
            ]
        );
    }

    #[test]
    fn a_second_finding_of_the_same_kind_is_too_much() {
        let [first, second, third] = as_expected();
        let wrong = deviations_of(&[first.clone(), first, second, third]);
        assert_eq!(wrong, ["a.rs:1: R1: not expected: counter: "]);
    }

    #[test]
    fn another_verdict_confidence_or_text_is_a_deviation() {
        let [mut first, mut second, mut third] = as_expected();
        first.confidence = "low".to_owned();
        second.verdict = "local".to_owned();
        third.all = "nothing".to_owned();
        let wrong = deviations_of(&[first, second, third]);
        let expected = [
            "a.rs:1: R1: expected high confidence, found low",
            "a.rs:3: R1: expected anything but local, found local",
            "a.rs:4: R1: does not say \"32-bit\"",
        ];
        assert_eq!(wrong, expected);
    }
}
