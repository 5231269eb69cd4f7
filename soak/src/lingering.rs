//! Records whose last values another thread may still be dropping: they have a while to balance.

use std::{
    mem,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::values::Record;

/// Far longer than a thread needs that was interrupted on its way out.
const WHILE: Duration = Duration::from_secs(10);

#[derive(Default)]
pub(crate) struct Lingering(Mutex<Vec<(Instant, Arc<Record>)>>);

impl Lingering {
    pub(crate) fn add(&self, record: &Arc<Record>) {
        if !record.is_balanced() {
            self.with(|records| records.push((Instant::now(), Arc::clone(record))));
        }
    }

    /// Reports what has had its time.
    pub(crate) fn sweep(&self) {
        self.report(WHILE);
    }

    /// Reports what is not balanced now that all threads are gone.
    pub(crate) fn close(&self) {
        self.report(Duration::ZERO);
    }

    fn report(&self, time: Duration) {
        let all = self.with(mem::take);
        let (late, young): (Vec<_>, Vec<_>) = all
            .into_iter()
            .filter(|(_, record)| !record.is_balanced())
            .partition(|(since, _)| since.elapsed() >= time);
        self.with(|records| records.extend(young));
        for (_, record) in late {
            record.require_balance();
        }
    }

    fn with<R>(&self, f: impl FnOnce(&mut Vec<(Instant, Arc<Record>)>) -> R) -> R {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
