//! As SARIF 2.1.0, for code scanning services.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{Levels, lines::Texts};
use crate::{
    allow::Remark,
    audit::{Outcome, Report, Reported},
    finding::{Finding, Label, Unread},
    rule::Rule,
};

/// Writes the log.
///
/// # Errors
///
/// Those of the output.
pub fn write(out: &mut impl Write, outcome: &Outcome, levels: &Levels) -> io::Result<()> {
    let mut notifications: Vec<Value> = outcome.unread().map(notification).collect();
    let all_read = notifications.is_empty();
    let mut results = Vec::new();
    for report in &outcome.reports {
        let texts = Texts::of(report);
        let found = report.findings.iter();
        results.extend(found.map(|found| result(report, &texts, found, levels)));
        let remarks = report.remarks.iter();
        notifications.extend(remarks.map(|remark| said(report, &texts, remark)));
    }
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "onset-audit",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": Rule::ALL.map(descriptor),
            }},
            "columnKind": "unicodeCodePoints",
            "invocations": [{
                "executionSuccessful": all_read,
                "toolExecutionNotifications": notifications,
            }],
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &log)?;
    writeln!(out)
}

fn descriptor(rule: Rule) -> Value {
    json!({
        "id": rule.code(),
        "name": rule.name(),
        "shortDescription": { "text": rule.summary() },
        "help": { "text": format!("See {}", rule.page_path()), "markdown": rule.page() },
    })
}

fn result(report: &Report, texts: &Texts<'_>, found: &Reported, levels: &Levels) -> Value {
    let finding = &found.finding;
    let related = finding
        .labels
        .iter()
        .map(|label| location(report, texts, label));
    let mut result = json!({
        "ruleId": finding.rule.code(),
        "ruleIndex": finding.rule as usize - 1,
        "level": if levels.denied.contains(&finding.rule) { "error" } else { "warning" },
        "message": { "text": message(finding) },
        "locations": [location(report, texts, &finding.primary)],
        "relatedLocations": related.collect::<Vec<_>>(),
        "properties": { "verdicts": finding.verdicts, "row": finding.row },
    });
    if let Some(reason) = &found.allowed {
        result["suppressions"] = json!([{ "kind": "inSource", "justification": reason }]);
    }
    result
}

/// The title, and what to do, the likeliest first.
fn message(finding: &Finding) -> String {
    let verdicts = finding.verdicts.iter().map(|verdict| {
        format!(
            "\nUse {} (confidence: {}): {}",
            verdict.replacement,
            verdict.confidence.word(),
            verdict.because
        )
    });
    std::iter::once(finding.title.clone())
        .chain(verdicts)
        .collect()
}

fn location(report: &Report, texts: &Texts<'_>, label: &Label) -> Value {
    let file = &report.files[label.place.file];
    let span = &label.place.span;
    let (start, end) = texts.range(label);
    json!({
        "message": { "text": label.text },
        "physicalLocation": {
            "artifactLocation": { "uri": uri(&file.path) },
            "region": {
                "startLine": start.line,
                "startColumn": start.column,
                "endLine": end.line,
                "endColumn": end.column,
                "byteOffset": span.start,
                "byteLength": span.len(),
            },
        },
    })
}

/// A path as a relative or absolute URI, with what URIs do not allow written in percent signs.
fn uri(path: &std::path::Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(&byte);
    let encoded: String = text
        .bytes()
        .map(|byte| {
            if plain(byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect();
    if path.is_absolute() {
        format!("file://{encoded}")
    } else {
        encoded
    }
}

/// What could not be read.
fn notification(unread: &Unread) -> Value {
    let mut place = json!({ "artifactLocation": { "uri": uri(&unread.path) } });
    if let Some((line, column)) = unread.at {
        place["region"] = json!({ "startLine": line, "startColumn": column });
    }
    json!({
        "level": "error",
        "message": { "text": format!("{}: {}", unread.path.display(), unread.why) },
        "locations": [{ "physicalLocation": place }],
    })
}

/// What is to be said about a comment that allows.
fn said(report: &Report, texts: &Texts<'_>, remark: &Remark) -> Value {
    json!({
        "level": "warning",
        "message": { "text": format!("{}: {}", remark.title, remark.help) },
        "locations": [location(report, texts, &remark.label)],
    })
}
