//! How many instructions does reading an initialised cell cost?
//!
//! Counted, not timed: the figures don't depend on how busy the machine is. Every cell is a static
//! that one function reads once, as a program would. This binary runs itself again under valgrind's
//! callgrind, which counts what each function executes by itself, its return included. What a
//! function that is called from there executes isn't part of it, hence such calls are counted too.

mod support;

use std::{
    env,
    error::Error,
    fs,
    hint::black_box,
    io::ErrorKind,
    process::{self, Command},
    ptr,
    sync::{
        LazyLock, OnceLock,
        atomic::{AtomicPtr, Ordering},
    },
};

use onset::{HedgedCell, HedgedLazy, Lazy, OnceCell, RaceArc, RaceCell, RaceLazy, RaceWord};
use serde::Serialize;
use support::{
    cli, figures,
    peers::{PATIENCE, Peer},
    report::Report,
    work,
};

const NAME: &str = "hit_path";
/// How often each cell is read.
const READS: u32 = 1_000;
/// The only argument of this binary when it runs under callgrind.
const COUNTED: &str = "--counted";

/// One function for each static, and `HITS`: their names in the binary, and themselves. `value` is
/// how the other benchmarks read the cell, always inlined.
macro_rules! hits {
    ($($name:ident: $cell:ty = $fresh:expr;)*) => {
        $(
            // Nothing else in this binary has a name like that.
            #[unsafe(no_mangle)]
            #[inline(never)]
            extern "C" fn $name() -> u64 {
                static CELL: $cell = $fresh;
                CELL.value()
            }
        )*

        const HITS: &[(&str, extern "C" fn() -> u64)] = &[$((stringify!($name), $name)),*];
    };
}

// The first is what the others are compared with.
hits! {
    hit_hand_written: HandWritten = HandWritten(AtomicPtr::new(ptr::null_mut()));
    hit_onset_race: RaceCell<u64> = RaceCell::new();
    hit_onset_race_arc: RaceArc<u64> = RaceArc::new();
    hit_onset_once: OnceCell<u64> = OnceCell::new();
    hit_onset_hedged: HedgedCell<u64> = HedgedCell::new(PATIENCE);
    hit_onset_race_word: RaceWord<u32> = RaceWord::new();
    hit_onset_lazy_race: RaceLazy<u64> = Lazy::new(work::initialise);
    hit_onset_lazy_race_arc: Lazy<u64, RaceArc<u64>> = Lazy::new(work::initialise);
    hit_onset_lazy_once: Lazy<u64> = Lazy::new(work::initialise);
    hit_onset_lazy_hedged: HedgedLazy<u64> =
        Lazy::with_cell(HedgedCell::new(PATIENCE), work::initialise);
    hit_once_cell_race: once_cell::race::OnceBox<u64> = once_cell::race::OnceBox::new();
    hit_std_once_lock: OnceLock<u64> = OnceLock::new();
    hit_std_lazy_lock: LazyLock<u64> = LazyLock::new(work::initialise);
    hit_once_cell_sync: once_cell::sync::OnceCell<u64> = once_cell::sync::OnceCell::new();
}

/// What reading a value behind a pointer costs at least: acquire load, test, dereference.
struct HandWritten(AtomicPtr<u64>);

impl HandWritten {
    #[inline(always)]
    fn value(&self) -> u64 {
        let mut value = self.0.load(Ordering::Acquire);
        if value.is_null() {
            value = self.publish();
        }
        // SAFETY: what was published is never freed, nor written to.
        unsafe { *value }
    }

    /// This binary reads on one thread: there is no race to lose.
    #[cold]
    fn publish(&self) -> *mut u64 {
        let new = Box::into_raw(Box::new(work::initialise()));
        self.0.store(new, Ordering::Release);
        new
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    if env::args().nth(1).as_deref() == Some(COUNTED) {
        for (name, hit) in HITS {
            assert_eq!(hit(), work::VALUE, "{name} reads something else");
        }
        hits_counted();
        return Ok(());
    }
    let (cli, _criterion) = cli::start();
    if !cli.wants(NAME) {
        return Ok(());
    }
    let Some(profile) = profile()? else {
        println!("{NAME}: valgrind isn't installed, hence nothing was counted");
        return Ok(());
    };
    let rows: Result<Vec<_>, _> = HITS.iter().map(|(name, _)| row(&profile, name)).collect();
    let rows = rows?;
    let mut table = figures::aligned(vec!["cell", "instructions", "difference", "calls"]);
    for row in &rows {
        let difference = row.instructions - rows[0].instructions;
        table.add_row([
            row.cell.to_owned(),
            row.instructions.to_string(),
            format!("{difference:+}"),
            row.calls.to_string(),
        ]);
    }
    let mut report = Report::new(NAME, &cli);
    let title = format!(
        "{NAME}: reading an initialised cell, mean of {READS} reads counted by callgrind\n\
        instructions: the reading function's own; calls: those it makes, not counted in"
    );
    report.table(&title, &table);
    Ok(report.finish(&rows)?)
}

/// One cell's figures, per read.
#[derive(Serialize)]
struct Row {
    cell: &'static str,
    instructions: f64,
    calls: f64,
}

/// Callgrind counts from here on: the cells are initialised. Nothing else has this name.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn hits_counted() {
    for (_, hit) in HITS {
        for _ in 0..READS {
            black_box(black_box(hit)());
        }
    }
}

/// What callgrind counted in another run of this binary; nothing if it isn't installed.
fn profile() -> Result<Option<String>, Box<dyn Error>> {
    let this = env::current_exe()?;
    let folder = env::temp_dir().join(format!("onset-{NAME}-{}", process::id()));
    fs::create_dir(&folder)?;
    let file = folder.join("callgrind.out");
    let output = Command::new("valgrind")
        .args(["-q", "--tool=callgrind", "--zero-before=hits_counted"])
        // Names are written out wherever they occur.
        .arg("--compress-strings=no")
        .arg(format!("--callgrind-out-file={}", file.display()))
        .args([this.as_os_str(), COUNTED.as_ref()])
        .output();
    let profile = fs::read_to_string(file);
    fs::remove_dir_all(folder)?;
    match output {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Ok(output) if !output.status.success() => {
            Err(String::from_utf8_lossy(&output.stderr).into())
        }
        output => Ok(output.and(profile).map(Some)?),
    }
}

/// What this function executes by itself, and the calls that it makes.
///
/// In callgrind's format they follow `fn=` and the name, in one place or in several: a position and
/// a cost in each line. The line after `calls=` holds what the call cost inside.
fn row(profile: &str, function: &'static str) -> Result<Row, String> {
    let parts = profile.split("\nfn=").map(str::lines);
    let parts = parts.filter(|lines| lines.clone().next() == Some(function));
    let mut lines = parts.flatten();
    let (mut instructions, mut calls) = (0, 0);
    while let Some(line) = lines.next() {
        let second = line.split(['=', ' ']).nth(1);
        let second = second.and_then(|number| number.parse::<u32>().ok());
        if line.starts_with("calls=") {
            calls += second.ok_or(line)?;
            lines.next();
        } else if line.starts_with(|c: char| c.is_ascii_digit() || "+-*".contains(c)) {
            instructions += second.ok_or(line)?;
        }
    }
    if instructions == 0 {
        return Err(format!("callgrind saw no {function}"));
    }
    Ok(Row {
        cell: &function["hit_".len()..],
        instructions: f64::from(instructions) / f64::from(READS),
        calls: f64::from(calls) / f64::from(READS),
    })
}
