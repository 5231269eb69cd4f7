//! For people: diagnostics as the compiler draws them, and the summary table.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::{self, Write},
};

use annotate_snippets::{Group, Level, Renderer};

use super::{Levels, excerpts, lines::Texts, table};
use crate::{
    allow::Remark,
    audit::{Outcome, Report},
    finding::{Confidence, Finding, Unread, Verdict},
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
    let texts = Texts::of(report);
    for finding in report.open() {
        let groups = of_finding(report, &texts, finding, levels);
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
    texts: &Texts<'a>,
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
    group = group.elements(excerpts::of(
        report,
        texts,
        &finding.primary,
        &finding.labels,
    ));
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

fn of_remark<'a>(report: &'a Report, texts: &Texts<'a>, remark: &'a Remark) -> Vec<Group<'a>> {
    let group = Group::with_title(Level::WARNING.primary_title(&*remark.title).id("allow"));
    let group = group.elements(excerpts::of(report, texts, &remark.label, &[]));
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
    for finding in outcome.open_findings() {
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
    let (packages, files, lines) = outcome.size();
    let seconds = outcome.elapsed.as_secs_f64();
    writeln!(
        out,
        "{}{by_rule}, {allowed} allowed; {} in {}, {lines} lines, {unread} not read; {seconds:.1} s, {:.0} lines per second",
        count(total, "finding"),
        count(files, "file"),
        count(packages, "package"),
        lines as f64 / seconds.max(1e-9),
    )
}

fn count(number: usize, of: &str) -> String {
    format!("{number} {of}{}", if number == 1 { "" } else { "s" })
}
