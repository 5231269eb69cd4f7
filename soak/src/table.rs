//! The table at the end, in Markdown, so that it can be put into a report as it is.

use crate::{run::Run, tally::Count};

pub(crate) fn print(run: &Run) {
    let mut rows = vec![head()];
    rows.extend(run.tallies().map(|t| row(t.room, |count| t.get(count))));
    rows.push(row("in all", |count| run.sum(count)));
    print!("{}", render(&rows));
    println!(
        "seed {}, {:.1} s, {} workers, {} violations",
        run.seed,
        run.began.elapsed().as_secs_f64(),
        run.threads.get(Count::Operations),
        run.violations.count()
    );
}

fn head() -> Vec<String> {
    let heads = Count::ALL.iter().map(|(_, head)| *head);
    ["room"].into_iter().chain(heads).map(Into::into).collect()
}

fn row(name: &str, count: impl Fn(Count) -> u64) -> Vec<String> {
    let counts = Count::ALL.iter().map(|(head, _)| count(*head).to_string());
    [name.to_string()].into_iter().chain(counts).collect()
}

/// The first row is the head, the first column stands on the left, the others on the right.
fn render(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |n: usize| {
        rows.iter()
            .filter_map(|row| row.get(n))
            .map(String::len)
            .max()
    };
    let widths: Vec<_> = (0..columns).map(|n| width(n).unwrap_or(0)).collect();
    let mut text = String::new();
    for (number, row) in rows.iter().enumerate() {
        for (n, (cell, width)) in row.iter().zip(&widths).enumerate() {
            text += &match n {
                0 => format!("| {cell:<width$} |"),
                _ => format!(" {cell:>width$} |"),
            };
        }
        text.push('\n');
        if number == 0 {
            let rule = |(n, width): (usize, &usize)| match n {
                0 => format!("| {} |", "-".repeat(*width)),
                _ => format!(" {}: |", "-".repeat(width.saturating_sub(1))),
            };
            text.extend(widths.iter().enumerate().map(rule));
            text.push('\n');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let row = |cells: [&str; 2]| cells.map(String::from).to_vec();
        let rows = [row(["room", "n"]), row(["a", "100"])];
        let expected = "| room |   n |\n| ---- | --: |\n| a    | 100 |\n";
        assert_eq!(render(&rows), expected);
    }
}
