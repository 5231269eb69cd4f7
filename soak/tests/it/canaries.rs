//! Each mistake that is made on purpose is found, within a bounded number of operations.

use super::soak;

/// Plants a mistake; the run has to report that this invariant does not hold in this room.
#[track_caller]
fn is_found(plant: &str, room: &str, invariant: &str, arguments: &[&str]) {
    let mut all = vec!["--seed", "1", "--threads", "8", "--plant", plant];
    all.extend(arguments);
    let ended = soak(&all);
    let line = format!("violation: {room}: {invariant}: ");
    assert!(ended.errors.contains(&line), "{line}\n{}", ended.errors);
    assert_eq!(ended.code, Some(1), "{}", ended.errors);
}

/// In one room, with few operations.
#[track_caller]
fn is_found_in(plant: &str, room: &str, invariant: &str) {
    is_found(
        plant,
        room,
        invariant,
        &["--room", room, "--operations", "4000"],
    );
}

#[test]
fn a_value_that_is_never_dropped() {
    is_found_in("leak", "once-cell", "every value is dropped exactly once");
}

#[test]
fn a_once_cell_that_lets_two_compute() {
    let invariant = "one computation at a time";
    is_found_in("double-initialisation", "once-cell", invariant);
}

#[test]
fn a_torn_value() {
    is_found_in("torn-value", "race-cell", "never half a value");
}

#[test]
fn two_values_of_one_cell() {
    is_found_in("two-values", "race-arc", "one value, seen by all");
}

#[test]
fn a_value_that_two_take() {
    is_found_in("taken-twice", "take-cell", "taken once");
}

#[test]
fn a_pending_item_that_is_lost() {
    is_found_in("lost-item", "pending", "each item arrives once");
}

#[test]
fn half_a_batch() {
    is_found_in("half-batch", "registry", "batches are whole");
}

#[test]
fn a_snapshot_that_changes() {
    is_found_in("changed-snapshot", "registry", "a snapshot never changes");
}

#[test]
fn another_threads_value() {
    let invariant = "a value is its thread's alone";
    is_found_in("foreign-thread", "per-thread", invariant);
}

#[test]
fn a_unit_that_is_committed_and_rolled_back() {
    let invariant = "a unit is committed or rolled back";
    is_found_in("both-hooks", "per-thread", invariant);
}

#[test]
fn a_snapshot_that_goes_back() {
    is_found_in("gone-back", "snapshot", "generations never go back");
}

#[test]
fn an_update_that_is_lost() {
    is_found_in("lost-update", "snapshot", "no update is lost");
}

#[test]
fn an_older_world() {
    let invariant = "nobody goes back to an older world";
    is_found_in("old-world", "reload-memory", invariant);
}

#[test]
fn a_circle_of_which_two_panic() {
    let invariant = "of a circle exactly one panics";
    is_found_in("two-panics", "circle", invariant);
}

#[test]
fn a_worker_that_panics() {
    let arguments = ["--operations", "1000"];
    is_found("panic", "threads", "nothing panics unasked", &arguments);
}

#[test]
fn a_thread_that_is_stuck_for_a_while() {
    let arguments = ["--room", "pending", "--operations", "100", "--bound", "0.2"];
    let invariant = "nobody waits for longer than the bound";
    is_found("stuck-thread", "pending", invariant, &arguments);
}

/// The run does not wait for it: it says what everybody does, and ends.
#[test]
fn a_thread_that_hangs() {
    let ended = soak(&["--plant", "hang", "--operations", "100", "--bound", "0.2"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.errors.contains("broken off"), "{}", ended.errors);
    assert!(ended.errors.contains(": hanging, for "), "{}", ended.errors);
    assert!(ended.output.contains("| in all"), "{}", ended.output);
}

/// Where the system says how large a process is.
#[cfg(target_os = "linux")]
#[test]
fn a_process_that_grows() {
    let arguments = ["--room", "take-cell", "--seconds", "2"];
    let invariant = "the process does not grow";
    is_found("growth", "threads", invariant, &arguments);
}
