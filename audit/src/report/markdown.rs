//! As Markdown, for an issue or a review.

use std::io::{self, Write};

use super::{Levels, lines::Texts, table};
use crate::{
    allow::Remark,
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
    for finding in outcome.open_findings() {
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
    let reports = || {
        outcome
            .reports
            .iter()
            .map(|report| (report, Texts::of(report)))
    };
    for (report, texts) in reports() {
        for finding in report.open() {
            section(out, report, &texts, finding, levels)?;
        }
    }
    if outcome
        .reports
        .iter()
        .any(|report| !report.remarks.is_empty())
    {
        writeln!(out, "\n## Comments that allow\n")?;
    }
    for (report, texts) in reports() {
        for remark in &report.remarks {
            said(out, report, &texts, remark)?;
        }
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
    texts: &Texts<'_>,
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
        place(out, report, texts, label)?;
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

fn place(
    out: &mut impl Write,
    report: &Report,
    texts: &Texts<'_>,
    label: &Label,
) -> io::Result<()> {
    let Some((text, _)) = texts.get(label.place.file) else {
        return Ok(());
    };
    let words: Vec<&str> = text[label.place.span.clone()].split_whitespace().collect();
    let place = written(report, texts, label);
    writeln!(out, "- {place} {}: {}", label.text, code(&words.join(" ")))
}

fn said(
    out: &mut impl Write,
    report: &Report,
    texts: &Texts<'_>,
    remark: &Remark,
) -> io::Result<()> {
    let place = written(report, texts, &remark.label);
    writeln!(out, "- {place} {}: {}", remark.title, remark.help)
}

/// Where a label stands.
fn written(report: &Report, texts: &Texts<'_>, label: &Label) -> String {
    let path = report.files[label.place.file].path.display();
    let (at, _) = texts.range(label);
    format!("`{path}:{}:{}`", at.line, at.column)
}

/// Code in a line, its end left out if it is long.
fn code(code: &str) -> String {
    const LONG: usize = 100;
    let mut short: String = code.chars().take(LONG).collect();
    if short.len() < code.len() {
        short.push('…');
    }
    if short.contains('`') {
        format!("`` {short} ``")
    } else {
        format!("`{short}`")
    }
}
