//! The arguments, and what the program does with them.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

use clap::Parser;

use crate::{
    baseline::{self, Model},
    campaign,
    copy::Copy,
    find,
    mutant::Mutant,
    report, self_check,
    survivors::{self, PLACE},
    trouble::Trouble,
    verdict::Judged,
};

/// Weakens each atomic ordering of onset, drops each wake-up and breaks each order that is declared to
/// matter, one at a time, in a copy of the sources, and shows which model notices.
///
/// Exit code: 0 if each mutant is caught, or explained in docs/orderings.md; 1 if not; 2 if something
/// keeps the tool from saying so.
#[derive(Parser, Debug)]
#[command(version, max_term_width = 100)]
struct Args {
    /// Print the mutants, and nothing else
    #[arg(long)]
    list: bool,

    /// Only mutants whose name contains this; may be repeated
    #[arg(long, value_name = "SUBSTRING")]
    only: Vec<String>,

    /// How many to try at the same time, each in a copy of its own [default: one for each processor]
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,

    /// How much processor time a model may take before it is said to hang [default: 5 times what it takes without a
    /// mutant, and 20 at least]
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<u64>,

    /// Write the table to this file, as Markdown
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,

    /// Try the tool itself: a change that changes nothing must survive, and a known one must be caught
    #[arg(long)]
    self_check: bool,

    /// The workspace of onset
    #[arg(long, value_name = "FOLDER", default_value_os_t = workspace())]
    root: PathBuf,
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Runs the program.
pub(crate) fn run() -> ExitCode {
    match main(&Args::parse()) {
        Ok(code) => code,
        Err(trouble) => {
            eprintln!("ordering-mutants: {trouble}");
            ExitCode::from(2)
        }
    }
}

fn main(args: &Args) -> Result<ExitCode, Trouble> {
    let root = fs::canonicalize(&args.root)
        .map_err(|error| Trouble::of_io(args.root.display(), &error))?;
    let sources = find::sources(&root)?;
    let all = find::mutants(&sources)?;
    let explained = survivors::read(&root)?;
    if let Some(id) = survivors::unknown(&explained, &all).first() {
        return Err(Trouble::new(
            format!("{PLACE} lists `{id}` as a survivor, and there is no such mutant"),
            "take the entry out, or give it the name of today (`--list`)",
        ));
    }
    let (mutants, expected) = if args.self_check {
        self_check::mutants(&sources, &all)?
    } else {
        (chosen(args, all)?, Vec::new())
    };
    if args.list {
        list(&mutants, &sources);
        return Ok(ExitCode::SUCCESS);
    }
    let judged = judge(args, &root, &mutants)?;
    println!("\n{}\n", report::table(&judged, &explained));
    println!("{}", report::summary(&judged, &explained));
    if let Some(file) = &args.markdown {
        fs::write(file, report::markdown(&judged, &explained))
            .map_err(|error| Trouble::of_io(file.display(), &error))?;
    }
    let complaints = if args.self_check {
        self_check::compare(&expected, &judged)
    } else {
        survivors::compare(&explained, &judged)
    };
    for trouble in &complaints {
        println!("{trouble}");
    }
    Ok(code(&judged, &complaints))
}

fn code(judged: &[Judged], complaints: &[Trouble]) -> ExitCode {
    if judged.iter().any(|one| one.verdict.word() == "broken") {
        ExitCode::from(2)
    } else {
        ExitCode::from(u8::from(!complaints.is_empty()))
    }
}

fn chosen(args: &Args, all: Vec<Mutant>) -> Result<Vec<Mutant>, Trouble> {
    if args.only.is_empty() {
        return Ok(all);
    }
    let is_meant = |only: &String| all.iter().any(|one| one.id.contains(only));
    if let Some(only) = args.only.iter().find(|only| !is_meant(only)) {
        return Err(Trouble::new(
            format!("no mutant has `{only}` in its name"),
            "`--list` shows the names",
        ));
    }
    let is_chosen = |one: &Mutant| args.only.iter().any(|only| one.id.contains(only));
    let chosen = all.into_iter().filter(is_chosen).collect();
    Ok(chosen)
}

fn list(mutants: &[Mutant], sources: &[crate::source::Source]) {
    for mutant in mutants {
        let source = sources.iter().find(|source| source.file == mutant.file);
        println!("{}", mutant.id);
        println!(
            "    {}",
            mutant.described(source.map_or("", |source| &source.text))
        );
    }
    println!("{} mutants", mutants.len());
}

fn judge(args: &Args, root: &Path, mutants: &[Mutant]) -> Result<Vec<Judged>, Trouble> {
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let jobs = args
        .jobs
        .unwrap_or(processors)
        .clamp(1, mutants.len().max(1));
    let place = root.join("target/ordering-mutants");
    let copies = (0..jobs).map(|job| Copy::make(root, &place.join(job.to_string())));
    let mut copies = copies.collect::<Result<Vec<_>, _>>()?;
    eprintln!(
        "{jobs} copies in {}: the models as they are …",
        place.display()
    );
    let start = Instant::now();
    let models: Vec<Model> = baseline::measure(&mut copies)?;
    let total: Duration = models.iter().map(|model| model.took).sum();
    let took = start.elapsed().as_secs();
    eprintln!(
        "{} models pass, in {:.0} s ({took} s with the build)",
        models.len(),
        total.as_secs_f64()
    );
    let start = Instant::now();
    let done = AtomicUsize::new(0);
    let limit = args.timeout.map(Duration::from_secs);
    campaign::run(&mut copies, &models, mutants, limit, |one| {
        let done = done.fetch_add(1, Relaxed) + 1;
        let elapsed = start.elapsed().as_secs_f64();
        let rest = elapsed / done as f64 * (mutants.len() - done) as f64;
        let verdict = &one.verdict;
        eprintln!(
            "[{done} of {}, {:.1} min, about {:.1} left] {}: {} {}",
            mutants.len(),
            elapsed / 60.0,
            rest / 60.0,
            one.id,
            verdict.word(),
            verdict.model(),
        );
    })
}
