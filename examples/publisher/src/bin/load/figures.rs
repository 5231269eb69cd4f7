//! What is printed.

use comfy_table::{CellAlignment, Table, presets::ASCII_MARKDOWN};

use super::{
    KeptIn,
    over_http::{Outcome, QUANTILES, Round},
    within,
};

/// The machine, as far as it says.
pub(crate) fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = info
        .lines()
        .find_map(|line| line.strip_prefix("model name"));
    let name = name.map_or("unknown", |name| name.trim_start_matches([' ', '\t', ':']));
    format!("{cores} cores, {name}")
}

pub(crate) fn median(figures: impl IntoIterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.into_iter().collect();
    figures.sort_by(f64::total_cmp);
    let middle = figures.len() / 2;
    match figures.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => figures[middle],
        _ => f64::midpoint(figures[middle - 1], figures[middle]),
    }
}

/// The median of the rounds' ratios, onset to locks: those of one round ran one after the other.
fn ratio(rounds: [Vec<f64>; 2]) -> f64 {
    let [onset, locks] = rounds;
    median(
        onset
            .into_iter()
            .zip(locks)
            .map(|(onset, locks)| onset / locks),
    )
}

impl Outcome {
    pub(crate) fn per_second(&self, of: usize) -> f64 {
        median(self.rounds[of].iter().map(|round| round.per_second))
    }

    pub(crate) fn percentile(&self, of: usize, number: usize) -> f64 {
        let at = |round: &Round| round.percentiles[number];
        median(self.rounds[of].iter().map(at))
    }
}

pub(crate) fn over_http(outcomes: &[Outcome]) -> Table {
    let mut header = vec!["page", "connections", "kept in", "requests/s", "ratio"];
    header.extend(QUANTILES.map(|(name, _)| name));
    let mut table = table(header, "over HTTP, latencies in µs");
    for outcome in outcomes {
        let rounds = outcome.rounds.each_ref();
        let ratio = ratio(rounds.map(|rounds| rounds.iter().map(|r| r.per_second).collect()));
        for (of, kept_in) in KeptIn::BOTH.into_iter().enumerate() {
            let mut row = vec![
                outcome.page.to_string(),
                outcome.connections.to_string(),
                kept_in.name().into(),
                format!("{:.0}", outcome.per_second(of)),
                if of == 0 {
                    format!("{ratio:.2}")
                } else {
                    String::new()
                },
            ];
            row.extend((0..QUANTILES.len()).map(|n| format!("{:.0}", outcome.percentile(of, n))));
            table.add_row(row);
        }
    }
    table
}

pub(crate) fn within(outcomes: &[within::Outcome]) -> Table {
    let header = vec!["page", "threads", "onset", "locks", "ratio"];
    let mut table = table(header, "without HTTP, answers/s");
    for outcome in outcomes {
        let [onset, locks] = outcome.rounds.each_ref().map(|r| median(r.iter().copied()));
        table.add_row(vec![
            outcome.page.to_string(),
            outcome.threads.to_string(),
            format!("{onset:.0}"),
            format!("{locks:.0}"),
            format!("{:.2}", ratio(outcome.rounds.clone())),
        ]);
    }
    table
}

fn table(header: Vec<&str>, what: &str) -> Table {
    println!("{what}\n");
    let mut table = Table::new();
    table.load_preset(ASCII_MARKDOWN).set_header(header);
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}
