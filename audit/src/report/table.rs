//! The summary table, in the shape of the review of Django's module globals.

use comfy_table::{ContentArrangement, Table, presets};

use crate::{audit::Outcome, finding::Finding};

/// The columns.
pub(super) const HEADER: [&str; 7] = [
    "rule",
    "module",
    "static",
    "kind",
    "incomplete initialisation",
    "duplicated work",
    "recommendation",
];

/// The cells of a finding.
pub(super) fn cells(finding: &Finding) -> [String; 7] {
    let row = &finding.row;
    let best = &finding.verdicts[0];
    [
        finding.rule.code(),
        row.module.clone(),
        row.name.clone(),
        row.kind.clone(),
        row.incomplete.word().to_owned(),
        row.duplicated.word().to_owned(),
        format!("{} ({})", best.name, best.confidence.word()),
    ]
}

/// The table of all findings, as wide as the terminal.
pub(super) fn drawn(outcome: &Outcome) -> Table {
    let mut table = Table::new();
    table
        .load_preset(presets::UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic);
    if let Some((columns, _)) = terminal_size::terminal_size() {
        table.set_width(columns.0);
    }
    table.set_header(HEADER);
    for finding in outcome.open_findings() {
        table.add_row(cells(finding));
    }
    table
}
