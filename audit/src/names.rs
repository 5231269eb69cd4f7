//! The names of a package's statics and constants, found in its texts before they are parsed.
//!
//! Only uses of these names are written down while a file is walked. A name too many (from a comment,
//! say) costs a little memory and means nothing.

use std::collections::HashSet;

/// Names of statics and constants.
#[derive(Debug, Default)]
pub struct Names(HashSet<String>);

impl Names {
    /// Those in the texts.
    pub fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut names = HashSet::new();
        for text in texts {
            for keyword in ["static", "const"] {
                names.extend(declared(text, keyword).map(str::to_owned));
            }
            names.extend(renamed(text).map(str::to_owned));
        }
        Self(names)
    }

    /// Whether it is one of them.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The identifiers that stand behind a keyword (`mut` and `ref` left out) and before a colon.
fn declared<'a>(text: &'a str, keyword: &'a str) -> impl Iterator<Item = &'a str> {
    let behind = text.match_indices(keyword).filter_map(move |(at, _)| {
        let starts = !text[..at].ends_with(is_part);
        let rest = &text[at + keyword.len()..];
        (starts && rest.starts_with(char::is_whitespace)).then_some(rest)
    });
    behind.filter_map(|rest| {
        let mut rest = rest.trim_start();
        for word in ["mut", "ref"] {
            rest = match rest.strip_prefix(word) {
                Some(after) if after.starts_with(char::is_whitespace) => after.trim_start(),
                _ => rest,
            };
        }
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        (!name.is_empty() && after.trim_start().starts_with(':')).then_some(name)
    })
}

/// What stands behind `as` in a `use` item: `use a::B as C;`
fn renamed(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices(" as ").filter_map(|(at, found)| {
        let rest = text[at + found.len()..].trim_start();
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let upper = name.starts_with(char::is_uppercase) && name.len() > 1;
        (upper && after.starts_with([';', ',', '}', '\n'])).then_some(name)
    })
}

fn is_part(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn names_of_statics_and_constants_and_no_others() {
        let text = "pub static A: u8 = 1; static mut  B : u8 = 1; const fn c() {} const D:u8=1;
            fn e(x: &'static str) {} extatic F: u8; static ref G: u8 = 1; *const H: u8";
        let names = Names::of([text]);
        let found = ["A", "B", "D", "G"].map(|name| names.contains(name));
        assert_eq!(found, [true; 4]);
        assert!(
            !["c", "str", "F", "x", "mut"]
                .iter()
                .any(|name| names.contains(name))
        );
    }
}
