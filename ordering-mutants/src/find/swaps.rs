//! What must happen in a certain order, done in another one: declared in a table, because no search
//! finds it.

mod declared;

pub(crate) use declared::DECLARED;

use crate::{
    mutant::{Edit, Mutant},
    source::{Source, tokens},
    trouble::Trouble,
};

/// A change that breaks an order which the header of the file says is needed.
pub(crate) struct Swap {
    pub(crate) file: &'static str,
    /// With the type it belongs to.
    pub(crate) function: &'static str,
    /// What is wrong then.
    pub(crate) name: &'static str,
    /// What to find in the function, exactly once each (white space and comments aside), and what to put
    /// there; in the order of the text.
    pub(crate) changes: &'static [(&'static str, &'static str)],
}

pub(crate) fn find(sources: &[Source], declared: &[&[Swap]]) -> Result<Vec<Mutant>, Trouble> {
    let all = declared.iter().copied().flatten();
    all.map(|swap| swap.mutant(sources)).collect()
}

impl Swap {
    fn id(&self) -> String {
        format!("{} {}: {}", self.file, self.function, self.name)
    }

    fn mutant(&self, sources: &[Source]) -> Result<Mutant, Trouble> {
        let source = sources.iter().find(|source| source.file == self.file);
        let source = source.ok_or_else(|| self.rotten("there is no such file"))?;
        let edits = self.changes.iter().map(|(find, put)| {
            let words = words(find).map_err(|trouble| trouble.within(self.id()))?;
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let is_there =
                |&at: &usize| source.scope(at) == self.function && source.are(at, &words);
            let found: Vec<usize> = (0..source.tokens.len()).filter(is_there).collect();
            let &[at] = found.as_slice() else {
                return Err(self.rotten(&format!("`{find}` is there {} times", found.len())));
            };
            Ok(Edit {
                range: source.bytes_of(at..at + words.len()),
                text: (*put).to_owned(),
            })
        });
        let edits = edits.collect::<Result<Vec<_>, _>>()?;
        if !edits.is_sorted_by(|a, b| a.range.end <= b.range.start) {
            return Err(self.rotten("the changes are not in the order of the text, or overlap"));
        }
        Ok(Mutant {
            id: self.id(),
            file: self.file.to_owned(),
            edits,
        })
    }

    fn rotten(&self, cause: &str) -> Trouble {
        Trouble::new(
            format!(
                "the declared swap `{}` does not fit the sources: {cause}",
                self.id()
            ),
            "change its entry in ordering-mutants/src/find/swaps/declared so that it breaks the same \
             order in the code of today, or take it out if that order is no longer needed",
        )
    }
}

/// The tokens of a text whose brackets need not be balanced, and stand in no string.
fn words(text: &str) -> Result<Vec<String>, Trouble> {
    let mut words = Vec::new();
    for part in text.split_inclusive(['(', ')', '[', ']', '{', '}']) {
        let (inner, bracket) = match part.char_indices().last() {
            Some((at, last)) if "()[]{}".contains(last) => part.split_at(at),
            _ => (part, ""),
        };
        words.extend(tokens(inner)?.into_iter().map(|token| token.text));
        words.extend((!bracket.is_empty()).then(|| bracket.to_owned()));
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "impl Lot { fn release(&self) { first(1);\n // why\n second(2); }\nfn other() { first(1); } }";

    const SWAP: Swap = Swap {
        file: "src/a.rs",
        function: "Lot::release",
        name: "second before first",
        changes: &[("first(1);", "second(2);"), ("second( 2 );", "first(1);")],
    };

    fn mutant(swap: Swap) -> Result<Vec<Mutant>, Trouble> {
        find(&[Source::parse("src/a.rs", TEXT).unwrap()], &[&[swap]])
    }

    #[test]
    fn what_is_declared_is_put_there() {
        let mutants = mutant(SWAP).unwrap();
        assert_eq!(mutants[0].id, "src/a.rs Lot::release: second before first");
        assert_eq!(
            mutants[0].applied(TEXT).unwrap(),
            TEXT.replacen("first(1)", "x", 1)
                .replace("second(2)", "first(1)")
                .replace('x', "second(2)")
        );
    }

    #[test]
    fn what_does_not_occur_exactly_once_is_an_error_with_a_remedy() {
        let gone = mutant(Swap {
            changes: &[("third(3)", "")],
            ..SWAP
        });
        let said = gone.unwrap_err().to_string();
        assert!(said.contains("`third(3)` is there 0 times"), "{said}");
        assert!(said.contains("remedy: change its entry"), "{said}");
        let twice = mutant(Swap {
            changes: &[(";", "")],
            ..SWAP
        });
        let said = twice.unwrap_err().to_string();
        assert!(said.contains("`;` is there 2 times"), "{said}");
        let elsewhere = mutant(Swap {
            file: "src/b.rs",
            ..SWAP
        });
        assert!(elsewhere.is_err());
    }
}
