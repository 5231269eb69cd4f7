//! From files to findings, on all cores.

use std::{
    any::Any,
    collections::HashSet,
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;

use crate::{
    allow::{self, Allow, Remark},
    facts::walk,
    finding::{Finding, Unread},
    load::{Loaded, Lock, Sources},
    names::Names,
    nesting,
    package::{File, Package},
    report::{Levels, lines::Lines},
    rules::{self, crate_twice},
};

/// Threads that parse have so much stack: the parser and the walk recurse as deep as the code nests, and
/// at the limits of [`nesting`] they must fit. An unoptimised program needs more for each level.
const STACK: usize = if cfg!(debug_assertions) {
    1 << 30
} else {
    256 << 20
};

/// From so many files on, a bar shows how far it is.
const MANY: usize = 200;

/// What came out.
#[derive(Debug)]
pub struct Outcome {
    /// A report for each package, and for each lock file.
    pub reports: Vec<Report>,
    /// What could not even be looked for.
    pub not_found: Vec<Unread>,
    /// How long it took.
    pub elapsed: Duration,
}

/// What came out of a package.
#[derive(Debug, Default)]
pub struct Report {
    /// The package's name.
    pub name: String,
    /// Its files; the texts of those that findings point into.
    pub files: Vec<Shown>,
    /// The findings, allowed or not.
    pub findings: Vec<Reported>,
    /// What is to be said about comments that allow.
    pub remarks: Vec<Remark>,
    /// What could not be read.
    pub unread: Vec<Unread>,
    /// Lines read.
    pub lines: usize,
    /// Whether it is of a lock file (and the manifest beside it), not of a package.
    pub of_lock: bool,
}

/// A file of a report.
#[derive(Debug)]
pub struct Shown {
    /// Its path.
    pub path: PathBuf,
    /// Its text, if anything is shown of it.
    pub text: Option<Arc<str>>,
}

/// A finding, and why it is allowed, if it is.
#[derive(Debug)]
pub struct Reported {
    /// The finding.
    pub finding: Finding,
    /// The reason that the allowing comment gives.
    pub allowed: Option<String>,
}

impl Report {
    /// The findings that nothing allows.
    pub fn open(&self) -> impl Iterator<Item = &Finding> {
        let open = self.findings.iter().filter(|found| found.allowed.is_none());
        open.map(|found| &found.finding)
    }
}

impl Outcome {
    /// The findings that nothing allows.
    pub fn open_findings(&self) -> impl Iterator<Item = &Finding> {
        self.reports.iter().flat_map(Report::open)
    }

    /// What could not be read.
    pub fn unread(&self) -> impl Iterator<Item = &Unread> {
        self.not_found
            .iter()
            .chain(self.reports.iter().flat_map(|report| &report.unread))
    }

    /// How many packages, files and lines of Rust were read.
    #[must_use]
    pub fn size(&self) -> (usize, usize, usize) {
        let packages = || self.reports.iter().filter(|report| !report.of_lock);
        let files = packages().map(|report| report.files.len()).sum();
        let lines = packages().map(|report| report.lines).sum();
        (packages().count(), files, lines)
    }
}

/// Audits everything that was loaded, from `start` on.
///
/// # Panics
///
/// If the system gives no threads.
#[must_use]
pub fn audit(loaded: Loaded, levels: &Levels, start: Instant) -> Outcome {
    let files = loaded
        .packages
        .iter()
        .map(|package| package.files.len())
        .sum();
    let bar = bar(files);
    let pool = rayon::ThreadPoolBuilder::new()
        .stack_size(STACK)
        .build()
        .expect("threads to read with");
    let mut reports: Vec<Report> = pool.install(|| {
        let packages = loaded.packages.into_par_iter();
        let locks = loaded.locks.into_par_iter();
        packages
            .map(|package| of_package(package, levels, &bar))
            .chain(locks.map(|lock| of_lock(&lock, levels)))
            .collect()
    });
    bar.finish_and_clear();
    reports.retain(|report| !report.files.is_empty() || !report.unread.is_empty());
    Outcome {
        reports,
        not_found: loaded.unread,
        elapsed: start.elapsed(),
    }
}

/// A bar on the error output, if that is a terminal and there is enough to do.
fn bar(files: usize) -> ProgressBar {
    if files < MANY {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} files, {eta} left  {wide_msg}");
    ProgressBar::new(files as u64)
        .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn of_package(sources: Sources, levels: &Levels, bar: &ProgressBar) -> Report {
    bar.set_message(sources.name.clone());
    let mut package = Package {
        name: sources.name,
        root: sources.root,
        is_library: sources.is_library,
        ..Package::default()
    };
    let texts: Vec<_> = sources
        .files
        .into_par_iter()
        .map(|(path, module)| (read(&path), path, module))
        .collect();
    let names = Names::of(texts.iter().filter_map(|(text, ..)| text.as_deref().ok()));
    let parsed: Vec<Result<File, Unread>> = texts
        .into_par_iter()
        .map(|(text, path, module)| {
            let file = text.and_then(|text| parse(text, path, module, &names));
            bar.inc(1);
            file
        })
        .collect();
    for file in parsed {
        match file {
            Ok(file) => package.files.push(file),
            Err(unread) => package.unread.push(unread),
        }
    }
    let checked = catch_unwind(AssertUnwindSafe(|| rules::check(&package)));
    let findings = or_unread(checked, &package.root, &mut package.unread);
    let allows: Vec<Vec<Allow>> = package
        .files
        .iter()
        .map(|file| allow::of_source(&file.text))
        .collect();
    report(package, findings, allows, levels)
}

fn read(path: &Path) -> Result<Arc<str>, Unread> {
    let unread = |why: String| Unread {
        path: path.to_owned(),
        at: None,
        why,
    };
    let bytes = fs::read(path).map_err(|error| unread(error.to_string()))?;
    let text = String::from_utf8(bytes)
        .map_err(|error| unread(format!("it is no UTF-8: {}", error.utf8_error())))?;
    Ok(text.into())
}

fn parse(
    text: Arc<str>,
    path: PathBuf,
    module: Vec<String>,
    names: &Names,
) -> Result<File, Unread> {
    if let Some(why) = nesting::refusal(&text) {
        return Err(Unread {
            path,
            at: None,
            why,
        });
    }
    match catch_unwind(|| walk::parse(&text, module, names)) {
        Ok(Ok(facts)) => Ok(File { path, text, facts }),
        Ok(Err(error)) => Err(Unread {
            path,
            at: Some((error.line, error.column)),
            why: error.message,
        }),
        Err(panic) => Err(internal(&path, &*panic)),
    }
}

/// What the rules found; if one of them panicked, nothing, and that is said.
fn or_unread(
    checked: std::thread::Result<Vec<Finding>>,
    path: &Path,
    unread: &mut Vec<Unread>,
) -> Vec<Finding> {
    checked.unwrap_or_else(|panic| {
        unread.push(internal(path, &*panic));
        Vec::new()
    })
}

/// A panic, as something that could not be read.
fn internal(path: &Path, panic: &(dyn Any + Send)) -> Unread {
    let owned = panic.downcast_ref::<String>().map(String::as_str);
    let message = owned.or_else(|| panic.downcast_ref::<&str>().copied());
    let message = message.unwrap_or("a panic without a message");
    Unread {
        path: path.to_owned(),
        at: None,
        why: format!("an error of this program, please report it: {message}"),
    }
}

/// Matches findings with the comments that allow them, and keeps the texts that are shown.
fn report(
    package: Package,
    findings: Vec<Finding>,
    mut allows: Vec<Vec<Allow>>,
    levels: &Levels,
) -> Report {
    let lines: usize = package
        .files
        .iter()
        .map(|file| file.text.lines().count())
        .sum();
    // Where no comment allows anything, nobody asks for a line.
    let texts = package.files.iter().zip(&allows);
    let lines_of: Vec<Option<Lines<'_>>> = texts
        .map(|(file, allows)| (!allows.is_empty()).then(|| Lines::of(&file.text)))
        .collect();
    let mut findings: Vec<Reported> = findings
        .into_iter()
        .map(|finding| {
            let place = &finding.primary.place;
            let allowed = lines_of[place.file].as_ref().and_then(|lines| {
                let span = lines.line(place.span.start)..=lines.line(place.span.end);
                let mut comments = allows[place.file].iter_mut();
                comments
                    .find_map(|allow| allow.allows(finding.rule, span.clone()).map(str::to_owned))
            });
            Reported { finding, allowed }
        })
        .collect();
    findings.retain(|found| !levels.left_out.contains(&found.finding.rule));
    let remarks = remarks(&allows, levels);
    let shown = shown(&findings, &remarks);
    let files = package.files.into_iter().enumerate().map(|(number, file)| {
        let text = shown.contains(&number).then_some(file.text);
        Shown {
            path: file.path,
            text,
        }
    });
    Report {
        name: package.name,
        files: files.collect(),
        findings,
        remarks,
        unread: package.unread,
        lines,
        of_lock: false,
    }
}

/// What is to be said about comments; not of those about rules that were left out.
fn remarks(allows: &[Vec<Allow>], levels: &Levels) -> Vec<Remark> {
    let files = allows.iter().enumerate();
    let all = files.flat_map(|(file, allows)| allows.iter().map(move |allow| (file, allow)));
    let asked = all.filter(|(_, allow)| {
        !allow
            .rules
            .iter()
            .any(|rule| levels.left_out.contains(rule))
    });
    asked
        .filter_map(|(file, allow)| allow.remark(file))
        .collect()
}

/// The files of which something is shown.
fn shown(findings: &[Reported], remarks: &[Remark]) -> HashSet<usize> {
    let of_findings = findings
        .iter()
        .flat_map(|found| std::iter::once(&found.finding.primary).chain(&found.finding.labels));
    of_findings
        .chain(remarks.iter().map(|remark| &remark.label))
        .map(|label| label.place.file)
        .collect()
}

/// What a lock file says of crates that are there twice. Comments in the manifest allow it.
fn of_lock(lock: &Lock, levels: &Levels) -> Report {
    let (manifest, text) = &lock.manifest;
    let mut allows = allow::of_manifest(text);
    let mut unread = Vec::new();
    let checked = catch_unwind(AssertUnwindSafe(|| crate_twice::check(&lock.input)));
    let mut findings: Vec<Reported> = or_unread(checked, &lock.input.path, &mut unread)
        .into_iter()
        .map(|finding| {
            let mut comments = allows.iter_mut();
            let allowed = comments.find_map(|allow| {
                allow
                    .allows_crate(finding.rule, &finding.row.name)
                    .map(str::to_owned)
            });
            Reported { finding, allowed }
        })
        .collect();
    findings.retain(|found| !levels.left_out.contains(&found.finding.rule));
    let files = vec![
        Shown {
            path: lock.input.path.clone(),
            text: Some(lock.input.text.as_str().into()),
        },
        Shown {
            path: manifest.clone(),
            text: Some(text.as_str().into()),
        },
    ];
    let remarks = remarks(&[Vec::new(), allows], levels);
    let name = lock.input.path.display().to_string();
    Report {
        name,
        files,
        findings,
        remarks,
        unread,
        lines: lock.input.text.lines().count(),
        of_lock: true,
    }
}
