//! Whether the tool tells what is caught from what is not: a change that changes nothing must
//! survive, and one that is known to be caught must be caught.

use crate::{
    mutant::{Edit, Mutant},
    source::Source,
    trouble::Trouble,
    verdict::Judged,
};

/// The publication of every race cell.
const CAUGHT: &str = "src/cell/raw/slot.rs Slot::publish/compare_exchange Release->Relaxed";

/// The mutants, and the verdict that each must get.
pub(crate) fn mutants(
    sources: &[Source],
    all: &[Mutant],
) -> Result<(Vec<Mutant>, Vec<&'static str>), Trouble> {
    let known = all.iter().find(|mutant| mutant.id == CAUGHT);
    let known = known.ok_or_else(|| {
        Trouble::new(
            format!("there is no mutant `{CAUGHT}` any more"),
            "name another one that is caught in ordering-mutants/src/self_check.rs",
        )
    })?;
    let source = sources.iter().find(|source| source.file == known.file);
    let text = source.map_or("", |source| &source.text);
    let edits = known.edits.iter().map(|edit| Edit {
        range: edit.range.clone(),
        text: text[edit.range.clone()].to_owned(),
    });
    let nothing = Mutant {
        id: format!("{} nothing changed", known.file),
        file: known.file.clone(),
        edits: edits.collect(),
    };
    Ok((vec![nothing, known.clone()], vec!["survived", "caught"]))
}

pub(crate) fn compare(expected: &[&str], judged: &[Judged]) -> Vec<Trouble> {
    let pairs = expected.iter().zip(judged);
    let wrong = pairs.filter(|(word, one)| **word != one.verdict.word());
    wrong
        .map(|(word, one)| {
            Trouble::new(
                format!(
                    "`{}` should be {word}, and is {}",
                    one.id,
                    one.verdict.word()
                ),
                "trust no verdict of this tool before that is mended",
            )
        })
        .collect()
}
