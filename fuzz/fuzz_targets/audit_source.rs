//! What `onset-audit` makes of a file that nobody wrote: never a panic, a hang or an overflow.
#![no_main]

use std::{env, fs, io, path::PathBuf, process, sync::OnceLock, time::Instant};

use libfuzzer_sys::{arbitrary::Arbitrary, fuzz_target};
use onset_audit::{
    audit::audit,
    load::{Loaded, Sources},
    report::{Levels, human, json, markdown, sarif},
};
use onset_fuzz::{panics::install_hook, soup::cooked};

#[derive(Arbitrary, Debug)]
enum Source<'a> {
    Bytes(&'a [u8]),
    /// Each byte is a word of the language, or of what the rules look for.
    Soup(&'a [u8]),
}

/// The one file, written anew for each input.
fn file() -> &'static PathBuf {
    static FILE: OnceLock<PathBuf> = OnceLock::new();
    FILE.get_or_init(|| env::temp_dir().join(format!("onset-fuzz-{}.rs", process::id())))
}

fuzz_target!(init: install_hook(), |source: Source<'_>| {
    let text = match source {
        Source::Bytes(bytes) => bytes.to_vec(),
        Source::Soup(words) => cooked(words).into_bytes(),
    };
    fs::write(file(), text).expect("a place for one file");
    let package = Sources {
        name: "soup".into(),
        root: env::temp_dir(),
        is_library: true,
        files: vec![(file().clone(), Vec::new())],
    };
    let loaded = Loaded {
        packages: vec![package],
        locks: Vec::new(),
        unread: Vec::new(),
    };
    let levels = Levels::default();
    let outcome = audit(loaded, &levels, Instant::now());
    let out = &mut io::sink();
    human::write(out, &outcome, &levels, false).expect("a sink takes all");
    json::write(out, &outcome, &levels).expect("a sink takes all");
    markdown::write(out, &outcome, &levels).expect("a sink takes all");
    sarif::write(out, &outcome, &levels).expect("a sink takes all");
});
