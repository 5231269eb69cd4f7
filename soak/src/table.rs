//! The table at the end.

use comfy_table::{CellAlignment, Table, presets::ASCII_MARKDOWN};

use crate::{run::Run, tally::Count};

pub(crate) fn print(run: &Run) {
    let mut table = Table::new();
    table.load_preset(ASCII_MARKDOWN);
    let heads = Count::ALL.iter().map(|(_, head)| *head);
    table.set_header(["room"].into_iter().chain(heads));
    for tally in run.tallies() {
        row(&mut table, tally.room, |count| tally.get(count));
    }
    row(&mut table, "in all", |count| run.sum(count));
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    println!("{table}");
    println!(
        "seed {}, {:.1} s, {} workers, {} violations",
        run.seed,
        run.began.elapsed().as_secs_f64(),
        run.threads.get(Count::Operations),
        run.violations.count()
    );
}

fn row(table: &mut Table, name: &str, count: impl Fn(Count) -> u64) {
    let counts = Count::ALL.iter().map(|(head, _)| count(*head).to_string());
    table.add_row([name.to_string()].into_iter().chain(counts));
}
