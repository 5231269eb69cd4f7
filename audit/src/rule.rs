//! The rules: their numbers, names and pages.

use std::{fmt, str::FromStr};

/// One of the rules. Each has a number, a name, and a page in the guide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Rule {
    /// A `static mut`.
    StaticMut = 1,
    /// `Once` beside a `static mut` or an `UnsafeCell`.
    OnceAndUnsafe,
    /// An atomic that is checked and then acted upon.
    CheckThenAct,
    /// A shared collection that is filled element by element.
    IncompleteInit,
    /// A `const` with interior mutability.
    ConstCell,
    /// A `static` in a generic function or from a macro.
    ManyStatics,
    /// A lock around an `Option` or a map, used as a lazy value or a registry; older lazies.
    LazyByHand,
    /// A crate that is in the program twice.
    CrateTwice,
}

/// What is the same for all findings of a rule.
struct About {
    code: &'static str,
    name: &'static str,
    summary: &'static str,
    page: &'static str,
    path: &'static str,
}

macro_rules! about {
    ($code:literal, $name:literal, $summary:literal) => {
        About {
            code: $code,
            name: $name,
            summary: $summary,
            page: include_str!(concat!("../../docs/guide/rules/", $code, "-", $name, ".md")),
            path: concat!("docs/guide/rules/", $code, "-", $name, ".md"),
        }
    };
}

static ABOUT: [About; 8] = [
    about!(
        "r1",
        "static-mut",
        "`static mut`, by what its uses say it is"
    ),
    about!(
        "r2",
        "once-and-unsafe",
        "`Once` beside a `static mut` or an `UnsafeCell`"
    ),
    about!(
        "r3",
        "check-then-act",
        "an atomic that is checked, and then acted upon"
    ),
    about!(
        "r4",
        "incomplete-init",
        "a shared collection that is filled element by element on first use"
    ),
    about!(
        "r5",
        "const-cell",
        "a `const` with interior mutability: each use is a new one"
    ),
    about!(
        "r6",
        "many-statics",
        "a `static` in a generic function, or from a macro"
    ),
    about!(
        "r7",
        "lazy-by-hand",
        "a lock around an `Option` or a map where a lazy value or a registry is meant"
    ),
    about!(
        "r8",
        "crate-twice",
        "a crate with statics that is in the program twice"
    ),
];

impl Rule {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 8] = [
        Self::StaticMut,
        Self::OnceAndUnsafe,
        Self::CheckThenAct,
        Self::IncompleteInit,
        Self::ConstCell,
        Self::ManyStatics,
        Self::LazyByHand,
        Self::CrateTwice,
    ];

    fn about(self) -> &'static About {
        &ABOUT[self as usize - 1]
    }

    /// Its number: `R1`.
    #[must_use]
    pub fn code(self) -> String {
        self.about().code.to_uppercase()
    }

    /// Its name: `static-mut`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.about().name
    }

    /// What it finds, in one line.
    #[must_use]
    pub fn summary(self) -> &'static str {
        self.about().summary
    }

    /// Its page of the guide, as Markdown.
    #[must_use]
    pub fn page(self) -> &'static str {
        self.about().page
    }

    /// Where that page lies in the repository.
    #[must_use]
    pub fn page_path(self) -> &'static str {
        self.about().path
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code())
    }
}

/// Neither a rule's number nor its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownRule(pub String);

impl fmt::Display for UnknownRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no rule; the rules are ", self.0)?;
        let all = Rule::ALL.map(|rule| format!("{rule} ({})", rule.name()));
        f.write_str(&all.join(", "))
    }
}

impl std::error::Error for UnknownRule {}

impl FromStr for Rule {
    type Err = UnknownRule;

    /// By number or name, in either case.
    fn from_str(text: &str) -> Result<Self, UnknownRule> {
        let is_it = |rule: &Self| {
            let about = rule.about();
            text.eq_ignore_ascii_case(about.code) || text.eq_ignore_ascii_case(about.name)
        };
        let found = Self::ALL.into_iter().find(is_it);
        found.ok_or_else(|| UnknownRule(text.to_owned()))
    }
}
