//! One thread reloads at a time; nobody gets less than he was promised.
//!
//! Time does not exist here: what is checked every zero seconds is always due, and what is checked
//! every second is due once, and again when it is invalidated.

use std::{
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    time::Duration,
};

use loom::sync::Arc;
use onset_modelled::{Reload, Source, Stale};

use crate::support::{Aside, Maker, Whole, long_model, two};

/// What is loaded is the number of the load. Of loads that overlap, or of which the second does not
/// see the first, loom reports the write.
struct Counting {
    maker: Maker,
    loads: Aside,
    /// So many attempts fail first.
    failing: AtomicUsize,
}

impl Source for Counting {
    type Value = Whole;
    type Stamp = usize;
    type Error = ();

    /// Never twice the same.
    fn stamp(&self) -> Result<usize, ()> {
        Ok(self.loads.read())
    }

    fn load(&self) -> Result<Whole, ()> {
        let number = self.loads.add_one();
        if self.failing.load(Relaxed) > 0 {
            self.failing.fetch_sub(1, Relaxed);
            return Err(());
        }
        Ok(self.maker.make(number))
    }
}

/// A reload that was touched all over: by an attempt that failed, and is forgotten.
fn reload(maker: &Maker, every: Duration, stale: Stale) -> Arc<Reload<Counting>> {
    let source = Counting {
        maker: maker.clone(),
        loads: Aside::default(),
        failing: AtomicUsize::new(1),
    };
    let reload = Reload::new(source).check_every(every).stale(stale);
    assert!(reload.get().is_err());
    reload.invalidate();
    Arc::new(reload)
}

fn get(reload: &Reload<Counting>) -> usize {
    reload.get().expect("there is a value").read()
}

/// Two want the first value: one loads, and the other waits, whatever it would do later.
#[test]
fn reload_first_load() {
    long_model("reload_first_load", || {
        let maker = Maker::of_arcs();
        let reload = reload(&maker, Duration::from_secs(1), Stale::Serve);
        assert_eq!(two(&reload, get, get), (2, 2));
        assert_eq!(maker.made(), 1);
    });
}

/// Both find it due: one loads, and the other gets the old value, the new one, or one of its own.
#[test]
fn reload_serve() {
    long_model("reload_serve", || {
        let maker = Maker::of_arcs();
        let reload = reload(&maker, Duration::ZERO, Stale::Serve);
        assert_eq!(get(&reload), 2);
        let (a, b) = two(&reload, get, get);
        assert!((2..=4).contains(&a) && (2..=4).contains(&b));
        assert!(a > 2 || b > 2, "one of them has loaded");
    });
}

#[test]
fn reload_wait() {
    long_model("reload_wait", || {
        let maker = Maker::of_arcs();
        let reload = reload(&maker, Duration::from_secs(1), Stale::Wait);
        assert_eq!(get(&reload), 2);
        reload.invalidate();
        assert_eq!(two(&reload, get, get), (3, 3), "nobody gets the old one");
        assert_eq!(maker.made(), 2);
    });
}

/// It is due because its time is over, and not invalidated: then nothing but the end of the claim tells
/// who waits that there is a new value.
#[test]
fn reload_wait_expired() {
    long_model("reload_wait_expired", || {
        let maker = Maker::of_arcs();
        let reload = reload(&maker, Duration::ZERO, Stale::Wait);
        assert_eq!(get(&reload), 2);
        let (a, b) = two(&reload, get, get);
        assert!(a > 2 && b > 2, "nobody gets the old one");
    });
}

/// After an invalidation nobody is content with what was loaded before it.
#[test]
fn reload_invalidated_under_way() {
    long_model("reload_invalidated_under_way", || {
        let maker = Maker::of_arcs();
        let reload = reload(&maker, Duration::from_secs(1), Stale::Wait);
        assert_eq!(get(&reload), 2);
        reload.invalidate();
        two(&reload, get, |reload| {
            let before = reload.source().maker.made();
            reload.invalidate();
            assert!(get(reload) >= before + 2);
        });
    });
}

/// The first attempt fails while another thread waits for it: both get the error, or a value of the
/// next attempt.
#[test]
fn reload_first_load_fails() {
    long_model("reload_first_load_fails", || {
        let maker = Maker::of_arcs();
        let reload = reload(&maker, Duration::from_secs(1), Stale::Serve);
        reload.source().failing.store(1, Relaxed);
        let get = |reload: &Reload<Counting>| reload.get().is_ok();
        assert_eq!(two(&reload, get, get), (false, false));
        assert_eq!(maker.made(), 0, "it waits for its back-off");
    });
}

/// The first attempt fails, and the next one does not: who finds no value finds the error, or by
/// then the value.
#[test]
fn reload_mended() {
    long_model("reload_mended", || {
        let maker = Maker::of_arcs();
        let reload = reload(&maker, Duration::ZERO, Stale::Serve);
        reload.source().failing.store(1, Relaxed);
        let get = |reload: &Reload<Counting>| reload.get().is_ok();
        let (a, b) = two(&reload, get, get);
        assert_eq!(maker.made() > 0, a || b, "who loads has a value");
    });
}

/// An attempt that fails is under way when the value is invalidated, and the next one does not fail:
/// who waited for the first one is not content with its old copy.
#[test]
fn reload_again_after_a_failure() {
    long_model("reload_again_after_a_failure", || {
        let maker = Maker::of_arcs();
        let reload = reload(&maker, Duration::from_secs(1), Stale::Wait);
        assert_eq!(get(&reload), 2);
        reload.invalidate();
        reload.source().failing.store(1, Relaxed);
        let twice = |reload: &Reload<Counting>| (get(reload), get(reload));
        two(&reload, twice, |reload| {
            // Lets the other one run.
            let _ = reload.status();
            if reload.source().failing.load(Relaxed) == 0 {
                reload.invalidate();
                assert!(get(reload) > 2, "older than the invalidation");
            }
        });
    });
}
