//! For people: diagnostics as the compiler draws them, and the summary table.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::{self, Write},
};

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};

use super::{Levels, lines::Lines, table};
use crate::{
    allow::Remark,
    audit::{Outcome, Report},
    finding::{Confidence, Finding, Label, Unread, Verdict},
    rule::Rule,
};

/// Writes all of it.
///
/// # Errors
///
/// Those of the output.
pub fn write(
    out: &mut impl Write,
    outcome: &Outcome,
    levels: &Levels,
    summary: bool,
) -> io::Result<()> {
    if !summary {
        for report in &outcome.reports {
            of_report(out, report, levels)?;
        }
    }
    for unread in outcome.unread() {
        of_unread(out, unread)?;
    }
    if outcome.open_findings().next().is_some() {
        writeln!(out, "{}\n", table::drawn(outcome))?;
    }
    closing(out, outcome)
}

fn of_report(out: &mut impl Write, report: &Report, levels: &Levels) -> io::Result<()> {
    let texts: Vec<Option<Lines<'_>>> = report
        .files
        .iter()
        .map(|file| file.text.as_deref().map(Lines::of))
        .collect();
    for found in report
        .findings
        .iter()
        .filter(|found| found.allowed.is_none())
    {
        let groups = of_finding(report, &texts, &found.finding, levels);
        writeln!(out, "{}\n", Renderer::styled().render(&groups))?;
    }
    for remark in &report.remarks {
        let groups = of_remark(report, &texts, remark);
        writeln!(out, "{}\n", Renderer::styled().render(&groups))?;
    }
    Ok(())
}

fn of_finding<'a>(
    report: &'a Report,
    texts: &[Option<Lines<'_>>],
    finding: &'a Finding,
    levels: &Levels,
) -> Vec<Group<'a>> {
    let level = if levels.denied.contains(&finding.rule) {
        Level::ERROR
    } else {
        Level::WARNING
    };
    let title = level.primary_title(&*finding.title).id(finding.rule.code());
    let mut group = Group::with_title(title);
    let file = finding.primary.place.file;
    group = group.elements(snippet(
        report,
        texts,
        file,
        Some(&finding.primary),
        &finding.labels,
    ));
    for other in other_files(finding) {
        group = group.elements(snippet(report, texts, other, None, &finding.labels));
    }
    for note in &finding.notes {
        group = group.element(Level::NOTE.message(&**note));
    }
    for verdict in &finding.verdicts {
        group = group.element(Level::HELP.message(help(verdict)));
    }
    vec![
        group.element(
            Level::NOTE.message(format!("`onset-audit --explain {}` has more", finding.rule)),
        ),
    ]
}

/// The files other than the primary one that labels lie in.
fn other_files(finding: &Finding) -> Vec<usize> {
    let files = finding.labels.iter().map(|label| label.place.file);
    let mut files: Vec<usize> = files
        .filter(|file| *file != finding.primary.place.file)
        .collect();
    files.sort_unstable();
    files.dedup();
    files
}

/// A file's part of a finding: the lines from the first label to the last one.
fn snippet<'a>(
    report: &'a Report,
    texts: &[Option<Lines<'_>>],
    file: usize,
    primary: Option<&'a Label>,
    labels: &'a [Label],
) -> Option<Snippet<'a, Annotation<'a>>> {
    let text = report.files[file].text.as_deref()?;
    let lines = texts[file].as_ref()?;
    let context = labels
        .iter()
        .filter(|label| label.place.file == file)
        .map(|label| (AnnotationKind::Context, label));
    let all: Vec<(AnnotationKind, &Label)> = primary
        .map(|label| (AnnotationKind::Primary, label))
        .into_iter()
        .chain(context)
        .collect();
    let first = all
        .iter()
        .map(|(_, label)| lines.line(label.place.span.start))
        .min()?;
    let last = all
        .iter()
        .map(|(_, label)| lines.line(label.place.span.end))
        .max()?;
    // Only these lines are handed on: a renderer that sees all of a large file takes its time.
    let shown = lines.bytes(first, last);
    let annotations = all.into_iter().map(|(kind, label)| {
        let span =
            label.place.span.start - shown.start..label.place.span.end.min(shown.end) - shown.start;
        kind.span(span).label(&*label.text)
    });
    let annotations: Vec<_> = annotations.collect();
    let path = report.files[file].path.display().to_string();
    Some(
        Snippet::source(&text[shown.clone()])
            .line_start(first + 1)
            .path(path)
            .annotations(annotations),
    )
}

fn help(verdict: &Verdict) -> String {
    let mut text = format!(
        "use {} ({}): {}",
        verdict.replacement,
        confidence(verdict.confidence),
        verdict.because
    );
    if let Some(look_at) = &verdict.look_at {
        let _ = write!(text, "\nlook at: {look_at}");
    }
    text
}

fn confidence(confidence: Confidence) -> String {
    format!("confidence: {}", confidence.word())
}

fn of_remark<'a>(
    report: &'a Report,
    texts: &[Option<Lines<'_>>],
    remark: &'a Remark,
) -> Vec<Group<'a>> {
    let group = Group::with_title(Level::WARNING.primary_title(&*remark.title).id("allow"));
    let file = remark.label.place.file;
    let group = group.elements(snippet(report, texts, file, Some(&remark.label), &[]));
    vec![group.element(Level::HELP.message(&*remark.help))]
}

fn of_unread(out: &mut impl Write, unread: &Unread) -> io::Result<()> {
    let place = match unread.at {
        Some((line, column)) => format!("{}:{line}:{column}", unread.path.display()),
        None => unread.path.display().to_string(),
    };
    let kind = if unread.at.is_some() {
        "does not parse"
    } else {
        "could not be read"
    };
    let title = format!("{place} {kind}: {}", unread.why);
    let group = Group::with_title(Level::ERROR.primary_title(title));
    writeln!(out, "{}\n", Renderer::styled().render(&[group]))
}

/// Counts, and how fast it went.
fn closing(out: &mut impl Write, outcome: &Outcome) -> io::Result<()> {
    let mut counts: BTreeMap<Rule, usize> = BTreeMap::new();
    for (_, finding) in outcome.open_findings() {
        *counts.entry(finding.rule).or_default() += 1;
    }
    let total: usize = counts.values().sum();
    let by_rule: Vec<String> = counts
        .iter()
        .map(|(rule, count)| format!("{rule} {count}"))
        .collect();
    let by_rule = if by_rule.is_empty() {
        String::new()
    } else {
        format!(" ({})", by_rule.join(", "))
    };
    let allowed = outcome
        .reports
        .iter()
        .flat_map(|report| &report.findings)
        .filter(|found| found.allowed.is_some())
        .count();
    let unread = outcome.unread().count();
    let (files, lines) = outcome.size();
    let seconds = outcome.elapsed.as_secs_f64();
    writeln!(
        out,
        "{}{by_rule}, {allowed} allowed; {} in {}, {lines} lines, {unread} not read; {seconds:.1} s, {:.0} lines per second",
        count(total, "finding"),
        count(files, "file"),
        count(outcome.reports.len(), "package"),
        lines as f64 / seconds.max(1e-9),
    )
}

fn count(number: usize, of: &str) -> String {
    format!("{number} {of}{}", if number == 1 { "" } else { "s" })
}
