//! How was this binary started? By cargo or by itself, to measure, to smoke or to list.
//!
//! Criterion reads the arguments too, and everything it understands is passed on to it. Cargo
//! calls a benchmark with `--bench`; started by itself, without cargo, a binary that criterion
//! drives would only test. It then starts itself again as cargo would have.

use std::{
    env,
    process::{self, Command},
    time::Duration,
};

use criterion::{Criterion, PlottingBackend};
use regex::Regex;

use super::report;

/// Criterion's options that are followed by a value, which is no filter.
const TAKE_A_VALUE: &[&str] = &[
    "-b",
    "-c",
    "-s",
    "--baseline",
    "--baseline-lenient",
    "--color",
    "--colour",
    "--confidence-level",
    "--format",
    "--load-baseline",
    "--measurement-time",
    "--noise-threshold",
    "--nresamples",
    "--output-format",
    "--plotting-backend",
    "--profile-time",
    "--sample-size",
    "--save-baseline",
    "--significance-level",
    "--warm-up-time",
];

/// What the tables and charts are made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// The real thing.
    Measure,
    /// `--quick`: a tenth of the time.
    Quick,
    /// `--test`: does everything run? A few rounds each.
    Smoke,
    /// No tables: criterion lists, profiles or explains itself.
    CriterionAlone,
}

/// What the arguments ask for.
#[derive(Clone, Debug)]
pub(crate) struct Cli {
    pub(crate) mode: Mode,
    filter: Option<Filter>,
}

#[derive(Clone, Debug)]
enum Filter {
    Matches(Regex),
    Is(String),
}

/// Reads the arguments and hands them to criterion.
pub(crate) fn start() -> (Cli, Criterion) {
    let arguments: Vec<_> = env::args().skip(1).collect();
    if env::var_os("CARGO").is_none() && !has(&arguments, "--bench") {
        start_again(&arguments);
    }
    let criterion = Criterion::default()
        .plotting_backend(PlottingBackend::Plotters)
        .nresamples(2_000)
        .configure_from_args();
    (Cli::new(&arguments), criterion)
}

impl Cli {
    fn new(arguments: &[String]) -> Self {
        let mode = if ["--list", "--profile-time", "--ignored"]
            .iter()
            .any(|option| has(arguments, option))
        {
            Mode::CriterionAlone
        } else if has(arguments, "--test") || !has(arguments, "--bench") {
            Mode::Smoke
        } else if has(arguments, "--quick") {
            Mode::Quick
        } else {
            Mode::Measure
        };
        Self {
            mode,
            filter: filter(arguments),
        }
    }

    /// Whether the row of this id was asked for.
    pub(crate) fn wants(&self, id: &str) -> bool {
        self.mode != Mode::CriterionAlone
            && match &self.filter {
                None => true,
                Some(Filter::Matches(regex)) => regex.is_match(id),
                Some(Filter::Is(exact)) => exact == id,
            }
    }

    /// The time to spend where a real measurement spends this much.
    pub(crate) fn time(&self, full: Duration) -> Duration {
        match self.mode {
            Mode::Measure => full,
            Mode::Quick => full / 10,
            Mode::Smoke | Mode::CriterionAlone => Duration::ZERO,
        }
    }

    /// The folder for what belongs to such a run: only a complete one replaces the last complete
    /// one's figures.
    pub(crate) fn folder(&self) -> Option<&'static str> {
        match (self.mode, &self.filter) {
            (Mode::Measure, None) => None,
            (Mode::Measure, Some(_)) => Some("filtered"),
            (Mode::Quick, _) => Some("quick"),
            (Mode::Smoke | Mode::CriterionAlone, _) => Some("smoke"),
        }
    }
}

fn has(arguments: &[String], option: &str) -> bool {
    let followed = |argument: &String| {
        argument
            .strip_prefix(option)
            .is_some_and(|rest| rest.starts_with('='))
    };
    arguments
        .iter()
        .any(|argument| argument == option || followed(argument))
}

/// The first argument that is neither an option nor an option's value, as criterion takes it.
fn filter(arguments: &[String]) -> Option<Filter> {
    let before = [String::new()];
    let previous = before.iter().chain(arguments);
    let mut pairs = previous.zip(arguments);
    let (_, text) = pairs.find(|(previous, argument)| {
        !argument.starts_with('-') && !TAKE_A_VALUE.contains(&previous.as_str())
    })?;
    if has(arguments, "--exact") {
        return Some(Filter::Is(text.clone()));
    }
    // Criterion has refused whatever is no regular expression.
    Regex::new(text).ok().map(Filter::Matches)
}

/// Runs this binary as cargo would, with a place for criterion's report, and ends as it ends.
fn start_again(arguments: &[String]) -> ! {
    let this = env::current_exe().expect("a running program knows its own file");
    let mut again = Command::new(this);
    again.args(arguments).arg("--bench");
    again.env("CRITERION_HOME", report::criterion_folder());
    let status = again.status().expect("this program starts a second time");
    process::exit(status.code().unwrap_or(1))
}
