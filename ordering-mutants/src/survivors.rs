//! The survivors that are explained: the table in the section "Survivors" of `docs/orderings.md`. Its
//! first column is the mutant's name in backquotes, its second one the reason.

use std::{collections::BTreeMap, fs, path::Path};

use crate::{
    mutant::Mutant,
    trouble::Trouble,
    verdict::{Judged, Verdict},
};

pub(crate) const PLACE: &str = "docs/orderings.md";
const TITLE: &str = "## Survivors";

/// The reason for each.
pub(crate) type Explained = BTreeMap<String, String>;

pub(crate) fn read(root: &Path) -> Result<Explained, Trouble> {
    let text =
        fs::read_to_string(root.join(PLACE)).map_err(|error| Trouble::of_io(PLACE, &error))?;
    parse(&text)
}

fn parse(text: &str) -> Result<Explained, Trouble> {
    let lines = text.lines().skip_while(|line| line.trim() != TITLE).skip(1);
    let section = lines.take_while(|line| !line.starts_with("## "));
    let mut explained = Explained::new();
    for row in section.filter(|line| line.starts_with('|')) {
        let mut cells = row.trim_matches('|').split('|').map(str::trim);
        let id = cells
            .next()
            .and_then(|cell| cell.strip_prefix('`')?.strip_suffix('`'));
        // The head of the table, and the line below it.
        let Some(id) = id else { continue };
        let reason = cells.next().unwrap_or_default();
        if reason.is_empty() {
            return Err(Trouble::new(
                format!("{PLACE}: `{id}` has no reason"),
                "write into the second column why no model can see it",
            ));
        }
        if explained.insert(id.to_owned(), reason.to_owned()).is_some() {
            return Err(Trouble::new(
                format!("{PLACE}: `{id}` is there twice"),
                "keep one of the two",
            ));
        }
    }
    Ok(explained)
}

/// Entries that name no mutant.
pub(crate) fn unknown<'e>(explained: &'e Explained, mutants: &[Mutant]) -> Vec<&'e str> {
    let ids = explained.keys().map(String::as_str);
    ids.filter(|id| !mutants.iter().any(|mutant| mutant.id == *id))
        .collect()
}

/// What is wrong with the verdicts and the entries, each with its remedy.
pub(crate) fn compare(explained: &Explained, judged: &[Judged]) -> Vec<Trouble> {
    judged
        .iter()
        .filter_map(|one| complaint(explained, one))
        .collect()
}

fn complaint(explained: &Explained, one: &Judged) -> Option<Trouble> {
    let id = &one.id;
    match (&one.verdict, explained.contains_key(id)) {
        (Verdict::Survived, false) => Some(Trouble::new(
            format!("`{id}` survived: no model sees it"),
            format!(
                "write a model that does, or weaken the code, or say in the section \"Survivors\" of {PLACE} why none can"
            ),
        )),
        (Verdict::Caught { model, .. } | Verdict::Hangs { model }, true) => Some(Trouble::new(
            format!("`{id}` is listed as a survivor, and `{model}` sees it"),
            format!("take it out of the section \"Survivors\" of {PLACE}"),
        )),
        (Verdict::Broken { said }, _) => Some(Trouble::new(
            format!("`{id}`: {said}"),
            "without that nothing is known of this mutant",
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const TEXT: &str = "# Orderings\n\n| `not here` | x |\n\n## Survivors\n\n| mutant | why |\n| --- | --- |\n\
                        | `src/a.rs a/load Acquire->Relaxed` | loom cannot see it |\n\n## More\n\n| `nor here` | x |\n";

    fn judged(id: &str, verdict: Verdict) -> Judged {
        Judged {
            id: id.to_owned(),
            verdict,
            took: Duration::ZERO,
        }
    }

    fn caught() -> Verdict {
        Verdict::Caught {
            model: "once::a".to_owned(),
            message: String::new(),
        }
    }

    #[test]
    fn the_section_is_a_table_of_names_and_reasons() {
        let explained = parse(TEXT).unwrap();
        assert_eq!(explained.len(), 1);
        assert_eq!(
            explained["src/a.rs a/load Acquire->Relaxed"],
            "loom cannot see it"
        );
        assert!(parse("## Survivors\n| `a` | |\n").is_err());
        assert!(parse("## Survivors\n| `a` | x |\n| `a` | y |\n").is_err());
        assert!(parse("# no such section\n").unwrap().is_empty());
    }

    #[test]
    fn survivors_must_be_explained_and_explanations_must_be_needed() {
        let explained = parse(TEXT).unwrap();
        let id = "src/a.rs a/load Acquire->Relaxed";
        assert_eq!(compare(&explained, &[judged(id, Verdict::Survived)]), []);
        let stale = compare(&explained, &[judged(id, caught())]);
        assert!(stale[0].to_string().contains("and `once::a` sees it"));
        let new = compare(&explained, &[judged("other", Verdict::Survived)]);
        assert!(new[0].to_string().contains("`other` survived"));
        assert_eq!(compare(&explained, &[judged("other", caught())]), []);
    }

    #[test]
    fn an_entry_that_names_no_mutant_is_known() {
        assert_eq!(
            unknown(&parse(TEXT).unwrap(), &[]),
            ["src/a.rs a/load Acquire->Relaxed"]
        );
    }
}
