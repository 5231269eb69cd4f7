//! The table of verdicts.

use std::fmt::Write as _;

use comfy_table::{Table, presets};

use crate::{
    survivors::Explained,
    verdict::{Judged, Verdict},
};

const HEAD: [&str; 5] = ["mutant", "verdict", "model", "message", "seconds"];
/// Messages of loom can fill pages.
const LONGEST: usize = 70;

pub(crate) fn table(judged: &[Judged], explained: &Explained) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_header(HEAD);
    for one in judged {
        table.add_row(row(one, explained));
    }
    table.to_string()
}

pub(crate) fn markdown(judged: &[Judged], explained: &Explained) -> String {
    let mut table = Table::new();
    table.load_preset(presets::ASCII_MARKDOWN).set_header(HEAD);
    for one in judged {
        let mut cells = row(one, explained).map(|cell| cell.replace('|', "\\|"));
        cells[0] = format!("`{}`", cells[0]);
        table.add_row(cells);
    }
    format!("{table}\n\n{}\n", summary(judged, explained))
}

fn row(one: &Judged, explained: &Explained) -> [String; 5] {
    let is_explained = one.verdict == Verdict::Survived && explained.contains_key(&one.id);
    let verdict = if is_explained {
        "explained"
    } else {
        one.verdict.word()
    };
    let message: String = one.verdict.message().chars().take(LONGEST).collect();
    [
        one.id.clone(),
        verdict.to_owned(),
        one.verdict.model().to_owned(),
        message,
        format!("{:.0}", one.took.as_secs_f64()),
    ]
}

/// How many there are of each verdict.
pub(crate) fn summary(judged: &[Judged], explained: &Explained) -> String {
    let mut text = format!("{} mutants", judged.len());
    for word in ["caught", "hangs", "explained", "survived", "broken"] {
        let is_it = |one: &&Judged| row(one, explained)[1] == word;
        let count = judged.iter().filter(is_it).count();
        if count > 0 {
            // Writing to a string cannot fail.
            let _ = write!(text, ", {count} {word}");
        }
    }
    text
}
