//! The texts of the panics that the crate promises, word for word but for the columns.

use crate::support::{catch, text_of};

/// What `f` says when it panics, without the columns of the places it names.
#[track_caller]
pub(crate) fn complaint<R>(f: impl FnOnce() -> R) -> String {
    match catch(f) {
        Ok(_) => panic!("it did not panic"),
        Err(payload) => without_columns(&text_of(payload)),
    }
}

/// `mod.rs:12:5` becomes `mod.rs:12`: the tests count lines, not columns.
pub(crate) fn without_columns(text: &str) -> String {
    let mut parts = text.split(".rs:");
    let mut short = parts.next().unwrap_or_default().to_string();
    for part in parts {
        let (line, rest) = part.split_once(':').expect("a column after the line");
        let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        short.extend([".rs:", line, rest]);
    }
    short
}

/// A cell that was asked for its value at `again` by its own initialiser, which began at `began`.
pub(crate) fn recursion(cell: &str, again: &str, began: &str) -> String {
    format!(
        "`{cell}` is needed at {again} by its own initialiser, which began at {began}; \
         remedy: compute the value without asking the cell for it, or use a `RaceCell`, \
         whose inner value wins"
    )
}

/// A value of an object that was asked for at `again` by its own initialiser, which began at
/// `began`.
pub(crate) fn per_thread_recursion(value: &str, again: &str, began: &str) -> String {
    format!(
        "`PerThread<{value}>` is needed at {again} by its own initialiser, which began at {began}; \
         remedy: compute the value without asking for it"
    )
}

/// One thread's part in a cycle: the cell it initialises and where that began, the cell it needs
/// and where.
#[derive(Clone)]
pub(crate) struct Part {
    pub(crate) thread: String,
    pub(crate) own: (String, String),
    pub(crate) needs: (String, String),
}

/// A cycle closed by `closer`, which needs what the first of the `others` initialises, and so on.
pub(crate) fn cycle(closer: &Part, others: &[Part]) -> String {
    let ((own, began), (needs, at)) = (&closer.own, &closer.needs);
    let mut text = format!(
        "a cycle of initialisers that wait for each other: \
         this thread initialises `{own}` (since {began}) and needs `{needs}` (at {at}); "
    );
    for part in others {
        let ((own, began), (needs, at)) = (&part.own, &part.needs);
        text += &format!(
            "thread `{}` initialises `{own}` (since {began}) and waits for `{needs}` (at {at}); ",
            part.thread
        );
    }
    text + "remedy: initialise one of them before the other, or use a `RaceCell`, which never waits"
}

/// `file.rs:12`, of the file that uses it.
macro_rules! at {
    ($line:expr) => {
        format!("{}:{}", file!(), $line)
    };
}
pub(crate) use at;

#[test]
fn columns_are_left_out_and_nothing_else() {
    assert_eq!(without_columns("no place: 1:2"), "no place: 1:2");
    assert_eq!(
        without_columns("at a.rs:12:5 and b.rs:3:44; c"),
        "at a.rs:12 and b.rs:3; c"
    );
}
