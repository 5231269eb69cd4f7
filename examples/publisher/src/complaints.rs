//! What is wrong, for the log: each complaint once, however many requests meet with it.

use std::sync::Arc;

use onset::{Pending, SnapshotCell};

static COMPLAINTS: Pending<String> = Pending::new();

/// The last ones that were written down.
static RECENT: SnapshotCell<Vec<String>> = SnapshotCell::lazy(Vec::new);

const KEPT: usize = 20;

/// Something is wrong. Costs a look if the same is known already.
pub fn complain(about: impl Into<String>) {
    COMPLAINTS.add(about.into());
}

/// Writes down what was complained about since the last time.
pub fn write_down() {
    let complaints = COMPLAINTS.take_all();
    if complaints.is_empty() {
        return;
    }
    for complaint in &complaints {
        tracing::warn!("{complaint}");
    }
    RECENT.update(|recent| {
        let all = recent.iter().chain(&complaints);
        let too_many = (recent.len() + complaints.len()).saturating_sub(KEPT);
        all.skip(too_many).cloned().collect()
    });
}

/// The last ones that were written down, the newest one last.
pub fn recent() -> Arc<Vec<String>> {
    RECENT.load_full()
}
