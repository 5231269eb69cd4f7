//! The command line.

use std::{
    ffi::OsString,
    io::{IsTerminal, Write, stderr},
    process::ExitCode,
};

use clap::{Parser, builder::PossibleValuesParser, value_parser};
use comfy_table::{CellAlignment, Table, presets::ASCII_MARKDOWN};

use crate::{
    catalogue::{ALL, Entry},
    pool::Pool,
    run::{Tally, Violation},
};

/// Records histories of concurrent operations on onset's primitives, and checks that one order of the
/// operations explains each of them.
///
/// Exits with 1 if there is one that none explains, or if too few have operations that overlap.
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    /// How many histories of each primitive.
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    rounds: usize,

    /// This primitive alone; may be repeated.
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(ALL.map(|entry| entry.name)))]
    only: Vec<String>,

    /// For the operations and the pauses, the same in each run; the order in which the threads run is
    /// the machine's. Without a seed there is another one in each run.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,

    /// How many threads; without it, two for one half of the histories, and three for the other.
    #[arg(long, value_name = "N", value_parser = value_parser!(u8).range(2..=12))]
    threads: Option<u8>,

    /// How many histories out of a hundred must have operations that overlap: the others prove
    /// nothing.
    #[arg(long, value_name = "PERCENT", default_value_t = 1.0)]
    least_overlap: f64,
}

/// Runs the program.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args = match Args::try_parse_from(args) {
        Ok(args) => args,
        Err(error) => error.exit(),
    };
    let seed = args.seed.unwrap_or_else(|| fastrand::u64(..));
    println!("seed {seed}");
    let wanted =
        |entry: &&Entry| args.only.is_empty() || args.only.iter().any(|name| name == entry.name);
    let verdicts: Vec<_> = ALL
        .iter()
        .filter(wanted)
        .map(|entry| args.judge(entry, seed))
        .collect();
    println!("{}", table(&verdicts));
    let mut failed = false;
    for verdict in &verdicts {
        for complaint in &verdict.complaints {
            failed = true;
            eprintln!("\n{complaint}");
        }
    }
    ExitCode::from(u8::from(failed))
}

/// In how many pieces the rounds are done.
const PIECES: usize = 16;

struct Verdict {
    name: &'static str,
    tally: Tally,
    word: &'static str,
    complaints: Vec<String>,
}

impl Args {
    fn judge(&self, entry: &Entry, seed: u64) -> Verdict {
        let mut tally = Tally::default();
        let mut complaints = Vec::new();
        for (threads, rounds, seed) in self.plan(seed) {
            let before = tally.histories;
            let progress = &mut |rounds| show(entry.name, before + rounds, self.rounds);
            let (counted, violation) = (entry.run)(&Pool::new(threads), rounds, seed, progress);
            tally += counted;
            if let Some(violation) = violation {
                complaints.push(explain(&violation, seed, threads));
                break;
            }
        }
        clear();
        let mut word = if complaints.is_empty() {
            "linearizable"
        } else {
            "VIOLATED"
        };
        if complaints.is_empty() && tally.overlap() * 100.0 < self.least_overlap {
            word = "proves nothing";
            complaints.push(self.too_little(entry.name, tally));
        }
        Verdict {
            name: entry.name,
            tally,
            word,
            complaints,
        }
    }

    /// With how many threads how many rounds, and the seed. In pieces, each with threads of its own:
    /// two that share a processor from the start may share it to the end.
    fn plan(&self, seed: u64) -> Vec<(usize, usize, u64)> {
        let piece = |at: usize| {
            let threads = self.threads.map_or(2 + at % 2, usize::from);
            let rounds = (self.rounds * (at + 1) / PIECES) - (self.rounds * at / PIECES);
            (threads, rounds, seed.wrapping_add(at as u64))
        };
        (0..PIECES).map(piece).collect()
    }

    fn too_little(&self, name: &str, tally: Tally) -> String {
        format!(
            "{name}: operations overlap in {:.2} % of the histories, less than {} %, so that they prove \
             nothing\nremedy: run it where at least two processors are free, or lower `--least-overlap` \
             and raise `--rounds`",
            tally.overlap() * 100.0,
            self.least_overlap,
        )
    }
}

fn explain(violation: &Violation, seed: u64, threads: usize) -> String {
    let name = violation.subject;
    // So that the first piece has as many as it took.
    let rounds = violation.round * PIECES;
    format!(
        "{violation}The same operations and pauses (but not the same order of the threads) come \
         with\n  --only {name} --seed {seed} --threads {threads} --rounds {rounds}"
    )
}

fn table(verdicts: &[Verdict]) -> Table {
    let mut table = Table::new();
    table.load_preset(ASCII_MARKDOWN);
    table.set_header([
        "primitive",
        "histories",
        "operations",
        "with overlap",
        "verdict",
    ]);
    for Verdict {
        name, tally, word, ..
    } in verdicts
    {
        let overlap = format!("{:.1} %", tally.overlap() * 100.0);
        let [histories, operations] = [tally.histories, tally.operations].map(|n| n.to_string());
        table.add_row([*name, &histories, &operations, &overlap, word]);
    }
    for column in table.column_iter_mut().skip(1).take(3) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// Where somebody looks, how far it is.
fn show(name: &str, rounds: usize, of: usize) {
    if stderr().is_terminal() {
        eprint!("\r\x1b[K{name}: {rounds} of {of}");
        let _ = stderr().flush();
    }
}

fn clear() {
    if stderr().is_terminal() {
        eprint!("\r\x1b[K");
    }
}
