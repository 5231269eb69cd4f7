//! Comments that allow a finding: `// onset-audit: allow(R1): the reason`.
//!
//! Such a comment allows the findings of its rules on its own line, or, if it has the line to itself, on
//! the next line that is neither a comment nor an attribute. `allow-file` allows them in the whole file. A
//! comment without a reason allows nothing. In a manifest, `# onset-audit: allow(R8, name): the reason`
//! allows a crate to be there twice.

mod comments;

use self::comments::Comment;
use crate::{
    finding::{Label, Place, Span},
    rule::Rule,
};

/// What every such comment begins with.
const MARK: &str = "onset-audit:";

/// A comment that allows something, or tries to.
#[derive(Debug, Clone)]
pub struct Allow {
    /// Where it stands.
    pub span: Span,
    /// The rules that it names.
    pub rules: Vec<Rule>,
    /// What else stands in its parentheses: names of crates, or of no rule.
    pub others: Vec<String>,
    /// Why, if it says so.
    pub reason: Option<String>,
    /// The lines (from 0) for which it holds; none for the whole file.
    pub line: Option<usize>,
    /// Whether it has allowed anything.
    pub used: bool,
}

/// Something to be said about such a comment.
#[derive(Debug, Clone)]
pub struct Remark {
    /// What is wrong with it, in a line.
    pub title: String,
    /// Where it stands, and in a few words, what.
    pub label: Label,
    /// What to do about it.
    pub help: String,
}

/// The comments of a Rust source that allow something.
#[must_use]
pub fn of_source(text: &str) -> Vec<Allow> {
    if !text.contains(MARK) {
        return Vec::new();
    }
    comments::of_rust(text)
        .iter()
        .filter_map(|comment| read(text, comment))
        .collect()
}

/// The comments of a manifest that allow something.
#[must_use]
pub fn of_manifest(text: &str) -> Vec<Allow> {
    if !text.contains(MARK) {
        return Vec::new();
    }
    comments::of_toml(text)
        .iter()
        .filter_map(|comment| read(text, comment))
        .collect()
}

/// `onset-audit: allow(R1, R2): reason`
fn read(text: &str, comment: &Comment) -> Option<Allow> {
    let inside = &text[comment.span.clone()];
    let inside = inside
        .trim_start_matches(['/', '!', '*', '#', ' ', '\t'])
        .trim_end_matches("*/");
    let rest = inside.strip_prefix(MARK)?.trim_start();
    let (whole_file, rest) = match rest.strip_prefix("allow-file") {
        Some(rest) => (true, rest),
        None => (false, rest.strip_prefix("allow").unwrap_or("")),
    };
    let (names, rest) = rest
        .trim_start()
        .strip_prefix('(')
        .and_then(|rest| rest.split_once(')'))
        .unwrap_or(("", rest));
    let reason = rest
        .trim_start()
        .strip_prefix(':')
        .map(str::trim)
        .filter(|reason| !reason.is_empty());
    let mut rules = Vec::new();
    let mut others = Vec::new();
    for name in names
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
    {
        match name.parse() {
            Ok(rule) => rules.push(rule),
            Err(_) => others.push(name.to_owned()),
        }
    }
    let line = if whole_file {
        None
    } else {
        Some(comments::line_meant(text, comment))
    };
    let reason = reason.map(str::to_owned);
    Some(Allow {
        span: comment.span.clone(),
        rules,
        others,
        reason,
        line,
        used: false,
    })
}

impl Allow {
    /// Whether it allows a finding of a rule on these lines. Notes that it did.
    pub fn allows(&mut self, rule: Rule, lines: std::ops::RangeInclusive<usize>) -> Option<&str> {
        let here = self.line.is_none_or(|line| lines.contains(&line));
        self.take(here && self.rules.contains(&rule))
    }

    /// Whether it allows a crate to be there twice. Notes that it did.
    pub fn allows_crate(&mut self, rule: Rule, name: &str) -> Option<&str> {
        let named = self.others.iter().any(|other| other == name);
        self.take(named && self.rules.contains(&rule))
    }

    fn take(&mut self, does: bool) -> Option<&str> {
        self.used |= does;
        self.reason.as_deref().filter(|_| does)
    }

    /// What is wrong with it, in file number `file`, after all findings have been asked for.
    #[must_use]
    pub fn remark(&self, file: usize) -> Option<Remark> {
        let form = "write `// onset-audit: allow(R1): the reason`";
        let (title, text, help) = match () {
            () if self.rules.is_empty() => {
                let rules = Rule::ALL.map(|rule| rule.to_string()).join(", ");
                (
                    "a comment that allows names no rule",
                    "no rule",
                    format!("{form}; the rules are {rules}"),
                )
            }
            () if self.reason.is_none() => (
                "a comment that allows gives no reason, so it does not count",
                "no reason",
                form.to_owned(),
            ),
            () if !self.used => (
                "a comment allows what was not found",
                "nothing found here",
                "remove the comment".to_owned(),
            ),
            () => return None,
        };
        let label = Label {
            place: Place {
                file,
                span: self.span.clone(),
            },
            text: text.to_owned(),
        };
        Some(Remark {
            title: title.to_owned(),
            label,
            help,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Rule, of_manifest, of_source};

    #[test]
    fn a_comment_above_allows_on_the_next_line_of_code() {
        let text = "// onset-audit: allow(R1, const-cell): a reason\n// more\n#[used]\nstatic mut A: u8 = 0;\n";
        let mut allow = of_source(text).remove(0);
        assert_eq!(allow.rules, [Rule::StaticMut, Rule::ConstCell]);
        assert_eq!(allow.allows(Rule::StaticMut, 2..=2), None);
        assert!(!allow.used);
        assert_eq!(allow.allows(Rule::StaticMut, 3..=3), Some("a reason"));
        assert!(allow.remark(0).is_none());
    }

    #[test]
    fn a_comment_beside_allows_on_its_line() {
        let text =
            "static mut A: u8 = 0; // onset-audit: allow(R1): a reason\nstatic mut B: u8 = 0;\n";
        let mut allow = of_source(text).remove(0);
        assert_eq!(allow.allows(Rule::StaticMut, 1..=1), None);
        assert_eq!(allow.allows(Rule::StaticMut, 0..=0), Some("a reason"));
    }

    #[test]
    fn without_a_reason_or_rule_it_does_not_count() {
        let text = "// onset-audit: allow(R1)\nstatic mut A: u8 = 0;\n/* onset-audit: allow(R99): because */\nfn f() {}\n";
        let mut allows = of_source(text);
        assert_eq!(allows[0].allows(Rule::StaticMut, 1..=1), None);
        let remarks: Vec<String> = allows
            .iter()
            .filter_map(|allow| allow.remark(0))
            .map(|remark| remark.title)
            .collect();
        assert_eq!(remarks.len(), 2);
        assert!(remarks[0].contains("no reason") && remarks[1].contains("no rule"));
    }

    #[test]
    fn texts_are_no_comments() {
        let text = r##"const A: &str = "// onset-audit: allow(R1): x"; const B: &str = r#"
            // onset-audit: allow(R1): x"#; const C: char = '"'; // onset-audit: allow(R2): y"##;
        let allows = of_source(text);
        assert_eq!(allows.len(), 1);
        assert_eq!(allows[0].rules, [Rule::OnceAndUnsafe]);
    }

    #[test]
    fn a_crate_in_a_manifest() {
        let text =
            "[dependencies]\n# onset-audit: allow(R8, a-crate): both are needed\na = \"#\"\n";
        let mut allow = of_manifest(text).remove(0);
        assert_eq!(allow.allows_crate(Rule::CrateTwice, "other"), None);
        assert_eq!(
            allow.allows_crate(Rule::CrateTwice, "a-crate"),
            Some("both are needed")
        );
    }
}
