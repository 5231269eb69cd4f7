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
    /// The line (from 0) for which it holds; none for the whole file.
    pub line: Option<usize>,
    /// Whether it stands in a manifest, where it is about crates.
    pub in_manifest: bool,
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
    let of = |comment: &Comment| {
        let (mut allow, whole_file) = read(text, comment)?;
        allow.line = (!whole_file).then(|| comments::line_meant(text, comment));
        Some(allow)
    };
    comments::of_rust(text).iter().filter_map(of).collect()
}

/// The comments of a manifest that allow something.
#[must_use]
pub fn of_manifest(text: &str) -> Vec<Allow> {
    if !text.contains(MARK) {
        return Vec::new();
    }
    let of = |comment: &Comment| {
        let (mut allow, _) = read(text, comment)?;
        allow.in_manifest = true;
        Some(allow)
    };
    comments::of_toml(text).iter().filter_map(of).collect()
}

/// `onset-audit: allow(R1, R2): reason`, and whether it is for the whole file.
fn read(text: &str, comment: &Comment) -> Option<(Allow, bool)> {
    let inside = text[comment.span.clone()]
        .trim_start_matches(|c: char| c.is_whitespace() || "/!*#".contains(c))
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
    let mut rules = Vec::new();
    let mut others = Vec::new();
    let names = names.split(',').map(str::trim);
    for name in names.filter(|name| !name.is_empty()) {
        match name.parse() {
            Ok(rule) => rules.push(rule),
            Err(_) => others.push(name.to_owned()),
        }
    }
    let allow = Allow {
        span: comment.span.clone(),
        rules,
        others,
        reason: reason(rest),
        line: None,
        in_manifest: false,
        used: false,
    };
    Some((allow, whole_file))
}

/// What follows the colon, in one line; a block comment may have it in several, with `*` before each.
fn reason(rest: &str) -> Option<String> {
    let lines = rest.trim_start().strip_prefix(':')?.lines();
    let words: Vec<&str> = lines
        .map(|line| line.trim().trim_start_matches('*').trim_start())
        .filter(|line| !line.is_empty())
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
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
        let (title, text, help) = self.fault()?;
        let label = Label {
            place: Place {
                file,
                span: self.span.clone(),
            },
            text: text.to_owned(),
        };
        Some(Remark { title, label, help })
    }

    /// What is wrong with it, that in two words, and what to do about it.
    fn fault(&self) -> Option<(String, &'static str, String)> {
        let form = if self.in_manifest {
            "write `# onset-audit: allow(R8, a-crate): the reason`"
        } else {
            "write `// onset-audit: allow(R1): the reason`"
        };
        let with_rules = || {
            let rules = Rule::ALL.map(|rule| format!("{rule} ({})", rule.name()));
            format!("{form}; the rules are {}", rules.join(", "))
        };
        let title = |says: &str| format!("a comment that allows {says}");
        if self.rules.is_empty() {
            return Some((title("names no rule"), "no rule", with_rules()));
        }
        if let (false, Some(other)) = (self.in_manifest, self.others.first()) {
            let title = title(&format!("names `{other}`, which is no rule"));
            return Some((title, "no rule", with_rules()));
        }
        if self.in_manifest && self.others.is_empty() {
            return Some((title("names no crate"), "no crate", form.to_owned()));
        }
        if self.reason.is_none() {
            let title = title("gives no reason, so it does not count");
            return Some((title, "no reason", form.to_owned()));
        }
        let unused = || {
            let title = "a comment allows what was not found".to_owned();
            (title, "nothing found here", "remove the comment".to_owned())
        };
        (!self.used).then(unused)
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
    fn attributes_and_comments_may_stand_between() {
        let item = "static mut A: u8 = 0;";
        let sources = [
            ("#[used] ", 1),
            (
                "#[cfg_attr(\n  all(test, feature = \"]\"),\n  used\n)]\n",
                5,
            ),
            ("/* more\n#[ */\n\n/// Docs.\n", 5),
            ("#[used] // more\n", 2),
            ("#[a([b], c)]\n", 2),
            ("*", 1),
            ("#name ", 1),
        ];
        for (between, line) in sources {
            let text = format!("// onset-audit: allow(R1): a reason\n{between}{item}\n{item}");
            assert_eq!(of_source(&text)[0].line, Some(line), "{between}");
        }
        let text = format!("/* onset-audit: allow(R1): a reason */ {item}\n{item}");
        assert_eq!(of_source(&text)[0].line, Some(0));
        let text = format!("{item}\n// onset-audit: allow(R1): a reason\n");
        assert_eq!(of_source(&text)[0].line, Some(1), "nothing follows");
    }

    #[test]
    fn a_block_comment_may_have_several_lines() {
        let text = "/*\n * onset-audit: allow(R1): a\n * reason\n */\nstatic mut A: u8 = 0;\n";
        let allow = of_source(text).remove(0);
        assert_eq!(allow.reason.as_deref(), Some("a reason"));
        assert_eq!(allow.line, Some(4));
    }

    #[test]
    fn what_is_no_rule_is_named() {
        let title = |text: &str| of_source(text)[0].remark(0).unwrap();
        let remark = title("// onset-audit: allow(R1, statc-mut): a reason\n");
        assert!(remark.title.contains("`statc-mut`"), "{}", remark.title);
        assert!(remark.help.contains("R1 (static-mut)"), "{}", remark.help);
        let remark = of_manifest("# onset-audit: allow(R8): a reason\n")[0].remark(0);
        assert!(remark.unwrap().title.contains("no crate"));
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
