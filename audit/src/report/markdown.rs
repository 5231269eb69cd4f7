//! As Markdown, for an issue or a review.

use std::io::{self, Write};

use super::{Levels, lines::Lines, table};
use crate::{
    audit::{Outcome, Report},
    finding::{Finding, Label},
};

/// Writes the table, and a section for each finding.
///
/// # Errors
///
/// Those of the output.
pub fn write(out: &mut impl Write, outcome: &Outcome, levels: &Levels) -> io::Result<()> {
    writeln!(out, "# What `onset-audit` found\n")?;
    let mut any = false;
    for (_, finding) in outcome.open_findings() {
        if !any {
            row(out, &table::HEADER.map(str::to_owned))?;
            row(out, &table::HEADER.map(|_| "---".to_owned()))?;
            any = true;
        }
        row(out, &table::cells(finding))?;
    }
    if !any {
        writeln!(out, "Nothing.")?;
    }
    for (report, finding) in outcome.open_findings() {
        section(out, report, finding, levels)?;
    }
    let mut unread = outcome.unread().peekable();
    if unread.peek().is_some() {
        writeln!(out, "\n## Not read\n")?;
    }
    for unread in unread {
        writeln!(
            out,
            "- `{}`: {}",
            unread.path.display(),
            unread.why.replace('\n', " ")
        )?;
    }
    Ok(())
}

fn row(out: &mut impl Write, cells: &[String]) -> io::Result<()> {
    let cells: Vec<String> = cells
        .iter()
        .map(|cell| cell.replace('|', "\\|").replace('<', "&lt;"))
        .collect();
    writeln!(out, "| {} |", cells.join(" | "))
}

fn section(
    out: &mut impl Write,
    report: &Report,
    finding: &Finding,
    levels: &Levels,
) -> io::Result<()> {
    let denied = if levels.denied.contains(&finding.rule) {
        ", denied"
    } else {
        ""
    };
    writeln!(out, "\n## {} ({}{denied})\n", finding.title, finding.rule)?;
    for label in std::iter::once(&finding.primary).chain(&finding.labels) {
        place(out, report, label)?;
    }
    writeln!(out)?;
    for note in &finding.notes {
        writeln!(out, "{}\n", note.replace('\n', "\n\n"))?;
    }
    for verdict in &finding.verdicts {
        let (name, confidence) = (verdict.name, verdict.confidence.word());
        write!(
            out,
            "- **{name}** ({confidence}): use {}: {}",
            verdict.replacement, verdict.because
        )?;
        match &verdict.look_at {
            Some(look_at) => writeln!(out, ". Look at: {look_at}")?,
            None => writeln!(out)?,
        }
    }
    Ok(())
}

fn place(out: &mut impl Write, report: &Report, label: &Label) -> io::Result<()> {
    let file = &report.files[label.place.file];
    let Some(text) = file.text.as_deref() else {
        return Ok(());
    };
    let at = Lines::of(text).at(label.place.span.start);
    let code = text[label.place.span.clone()]
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    writeln!(
        out,
        "- `{}:{}:{}` {}: `{code}`",
        file.path.display(),
        at.line,
        at.column,
        label.text
    )
}
