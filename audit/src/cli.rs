//! The arguments, and what the program does with them.

use std::{
    ffi::OsString,
    io::{self, BufWriter, Write},
    path::PathBuf,
    process::ExitCode,
    time::Instant,
};

use clap::{Parser, ValueEnum};

use crate::{
    audit::{self, Outcome},
    load,
    report::{self, Levels},
    rule::{Rule, UnknownRule},
};

/// Finds `static mut`, cells that are new at every use, and initialisation that others see half done in
/// Rust sources, and names the replacement.
///
/// Exit code: 0 if nothing that is denied was found; 1 if something was; 2 if something could not be
/// read or parsed, and nothing that is denied was found in the rest.
#[derive(Parser, Debug)]
#[command(
    name = "onset-audit",
    bin_name = "onset-audit",
    version,
    max_term_width = 100
)]
struct Args {
    /// Packages, workspaces (their folders or manifests), plain folders, or single files
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,

    /// What to print
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,

    /// Exit with 1 if this rule finds something: a number or name, or `all`; may be repeated
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = rules)]
    deny: Vec<Chosen>,

    /// Leave this rule out; may be repeated
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = rules)]
    allow: Vec<Chosen>,

    /// Leave files out that match this glob, relative to the package; may be repeated. A manifest does
    /// the same by `exclude = ["…"]` in `[package.metadata.onset-audit]`, and for all members in
    /// `[workspace.metadata.onset-audit]`, relative to the workspace
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,

    /// Print the summary table only
    #[arg(long)]
    summary: bool,

    /// When to use colours
    #[arg(long, value_enum, default_value_t = Color::Auto)]
    color: Color,

    /// Print the guide's page on a rule, and nothing else
    #[arg(long, value_name = "RULE")]
    explain: Option<Rule>,

    /// Print the rules, and nothing else
    #[arg(long)]
    list: bool,
}

/// A rule, or all of them.
#[derive(Debug, Clone)]
struct Chosen(Vec<Rule>);

fn rules(text: &str) -> Result<Chosen, UnknownRule> {
    if text.eq_ignore_ascii_case("all") {
        return Ok(Chosen(Rule::ALL.to_vec()));
    }
    text.parse().map(|rule| Chosen(vec![rule]))
}

/// What to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Diagnostics as the compiler draws them, and a table
    Human,
    /// One JSON document
    Json,
    /// SARIF 2.1.0, for code scanning services
    Sarif,
    /// The table and the findings as Markdown
    Markdown,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Color {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Runs the program.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args = Args::parse_from(args);
    match args.color {
        Color::Auto => {}
        Color::Always => anstream::ColorChoice::Always.write_global(),
        Color::Never => anstream::ColorChoice::Never.write_global(),
    }
    match print(&args) {
        Ok(code) => code,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            anstream::eprintln!("onset-audit: the report could not be written: {error}");
            ExitCode::from(2)
        }
    }
}

fn print(args: &Args) -> io::Result<ExitCode> {
    let mut out = BufWriter::new(anstream::stdout().lock());
    if args.list {
        for rule in Rule::ALL {
            writeln!(out, "{rule}  {:18} {}", rule.name(), rule.summary())?;
        }
        out.flush()?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(rule) = args.explain {
        out.write_all(rule.page().as_bytes())?;
        out.flush()?;
        return Ok(ExitCode::SUCCESS);
    }
    let levels = levels(args);
    let start = Instant::now();
    let loaded = load::load(&args.paths, &args.exclude);
    let outcome = audit::audit(loaded, &levels, start);
    let written = match args.format {
        Format::Human => report::human::write(&mut out, &outcome, &levels, args.summary),
        Format::Json => report::json::write(&mut out, &outcome, &levels),
        Format::Sarif => report::sarif::write(&mut out, &outcome, &levels),
        Format::Markdown => report::markdown::write(&mut out, &outcome, &levels),
    };
    match written.and_then(|()| out.flush()) {
        // Whoever reads the output may have seen enough: `onset-audit | head`. What was denied counts.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
        _ => Ok(exit_code(&outcome, &levels)),
    }
}

fn levels(args: &Args) -> Levels {
    let all = |chosen: &[Chosen]| chosen.iter().flat_map(|chosen| chosen.0.clone()).collect();
    Levels {
        denied: all(&args.deny),
        left_out: all(&args.allow),
    }
}

fn exit_code(outcome: &Outcome, levels: &Levels) -> ExitCode {
    if outcome
        .open_findings()
        .any(|finding| levels.denied.contains(&finding.rule))
    {
        ExitCode::from(1)
    } else if outcome.unread().next().is_some() {
        ExitCode::from(2)
    } else {
        ExitCode::SUCCESS
    }
}
