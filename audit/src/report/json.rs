//! As one JSON document.
//!
//! ```text
//! { "version": 1,
//!   "findings": [ { "rule", "name", "level", "title", "path", "line", "column", "end_line", "end_column",
//!                   "text", "labels": [ { "path", "line", …, "text" } ], "notes": [ … ],
//!                   "verdicts": [ { "name", "replacement", "confidence", "because", "look_at" } ],
//!                   "row": { "module", "name", "kind", "incomplete", "duplicated" },
//!                   "allowed": reason or null } ],
//!   "remarks": [ { "title", "path", "line", …, "help" } ],
//!   "unread": [ { "path", "at": [line, column], "why" } ],
//!   "packages", "files", "lines", "seconds" }
//! ```
//!
//! Lines and columns count from 1, columns in characters.

use std::{
    io::{self, Write},
    path::Path,
};

use serde::Serialize;

use super::{Levels, lines::Texts};
use crate::{
    audit::{Outcome, Report, Reported},
    finding::{Label, Row, Unread, Verdict},
};

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    findings: Vec<Found<'a>>,
    remarks: Vec<Said<'a>>,
    unread: Vec<&'a Unread>,
    packages: usize,
    files: usize,
    lines: usize,
    seconds: f64,
}

#[derive(Serialize)]
struct Found<'a> {
    rule: String,
    name: &'static str,
    level: &'static str,
    title: &'a str,
    #[serde(flatten)]
    place: Placed<'a>,
    labels: Vec<Placed<'a>>,
    notes: &'a [String],
    verdicts: &'a [Verdict],
    row: &'a Row,
    allowed: Option<&'a str>,
}

#[derive(Serialize)]
struct Said<'a> {
    title: &'a str,
    #[serde(flatten)]
    place: Placed<'a>,
    help: &'a str,
}

#[derive(Serialize)]
struct Placed<'a> {
    path: &'a Path,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    text: &'a str,
}

/// Writes the document.
///
/// # Errors
///
/// Those of the output.
pub fn write(out: &mut impl Write, outcome: &Outcome, levels: &Levels) -> io::Result<()> {
    let (packages, files, lines) = outcome.size();
    let reports: Vec<_> = outcome
        .reports
        .iter()
        .map(|report| (report, Texts::of(report)))
        .collect();
    let findings = reports.iter().flat_map(|(report, texts)| {
        let found = report.findings.iter();
        found.map(|found| of_finding(report, texts, found, levels))
    });
    let remarks = reports
        .iter()
        .flat_map(|(report, texts)| remarks(report, texts));
    let document = Document {
        version: 1,
        findings: findings.collect(),
        remarks: remarks.collect(),
        unread: outcome.unread().collect(),
        packages,
        files,
        lines,
        seconds: outcome.elapsed.as_secs_f64(),
    };
    serde_json::to_writer_pretty(&mut *out, &document)?;
    writeln!(out)
}

fn of_finding<'a>(
    report: &'a Report,
    texts: &Texts<'a>,
    found: &'a Reported,
    levels: &Levels,
) -> Found<'a> {
    let finding = &found.finding;
    Found {
        rule: finding.rule.code(),
        name: finding.rule.name(),
        level: if levels.denied.contains(&finding.rule) {
            "error"
        } else {
            "warning"
        },
        title: &finding.title,
        place: placed(report, texts, &finding.primary),
        labels: finding
            .labels
            .iter()
            .map(|label| placed(report, texts, label))
            .collect(),
        notes: &finding.notes,
        verdicts: &finding.verdicts,
        row: &finding.row,
        allowed: found.allowed.as_deref(),
    }
}

fn remarks<'a>(report: &'a Report, texts: &Texts<'a>) -> impl Iterator<Item = Said<'a>> {
    report.remarks.iter().map(|remark| Said {
        title: &remark.title,
        place: placed(report, texts, &remark.label),
        help: &remark.help,
    })
}

fn placed<'a>(report: &'a Report, texts: &Texts<'_>, label: &'a Label) -> Placed<'a> {
    let (start, end) = texts.range(label);
    Placed {
        path: &report.files[label.place.file].path,
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        text: &label.text,
    }
}
