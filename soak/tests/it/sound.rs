//! What is sound is not reported; what is asked wrongly is.

use super::soak;

/// A row of the table, without its name.
fn row<'t>(table: &'t str, name: &str) -> Vec<&'t str> {
    let cells = |line: &'t str| line.split('|').map(str::trim).skip(1).collect::<Vec<_>>();
    let mut rows = table.lines().map(cells);
    let row = rows.find(|row| row.first() == Some(&name));
    row.unwrap_or_else(|| panic!("no row {name} in\n{table}"))[1..].to_vec()
}

/// Its number in a column.
fn count(table: &str, name: &str, column: &str) -> u64 {
    let nth = row(table, "room").iter().position(|head| *head == column);
    row(table, name)[nth.expect("the column is there")]
        .parse()
        .expect("a number")
}

#[test]
fn all_rooms_without_a_violation() {
    let ended = soak(&["--operations", "40000", "--seed", "7"]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.output, ended.errors);
    assert_eq!(ended.errors, "", "nothing is reported");
    let table = &ended.output;
    for fault in ["errors", "panics", "stalls", "drop panics", "key panics"] {
        assert!(count(table, "in all", fault) > 0, "{fault} in\n{table}");
    }
    assert!(count(table, "in all", "recursions") > 0, "{table}");
    assert!(count(table, "circle", "cycles") > 0, "{table}");
    assert_eq!(
        count(table, "in all", "created"),
        count(table, "in all", "dropped")
    );
}

/// Who does what depends on the seed alone: so often each room, by so many workers.
#[test]
fn a_seed_reproduces_the_plan() {
    let plan = |seed| {
        let ended = soak(&["--operations", "5000", "--seed", seed, "--threads", "8"]);
        let lines = ended.output.lines().filter(|line| line.starts_with('|'));
        let names = lines.map(|line| line.split('|').nth(1).unwrap_or_default().trim());
        names
            .filter(|name| !["room", "in all"].contains(name) && !name.starts_with("--"))
            .map(|name| count(&ended.output, name, "operations"))
            .collect::<Vec<_>>()
    };
    assert_eq!(plan("3"), plan("3"));
    assert_ne!(plan("3"), plan("4"));
}

#[test]
fn what_is_asked_wrongly() {
    for wrong in [
        &["--room", "cellar"][..],
        &["--plant", "a-tree"],
        &["--bound", "never"],
        &["--seconds", "1", "--operations", "1"],
        &["--threads", "0"],
    ] {
        let ended = soak(wrong);
        assert_eq!(ended.code, Some(2), "{wrong:?}");
        assert!(!ended.errors.is_empty());
    }
    assert!(
        soak(&["--room", "cellar"])
            .errors
            .contains("once-cell, race-cell")
    );
}
