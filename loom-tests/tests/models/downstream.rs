//! What a program that depends on onset does to be model-checked itself: it builds with
//! `RUSTFLAGS="--cfg onset_loom"`, touches each cell before it shares it, and uses nothing but the
//! public API.

use loom::{sync::Arc, thread};
use onset_modelled::{Lazy, OnceCell};

/// A program's table that is filled on first use, with loom's cell in the place of its own data.
struct Service {
    table: OnceCell<Table>,
}

struct Table {
    entries: loom::cell::UnsafeCell<[u8; 2]>,
}

// SAFETY: the program writes the entries only before it publishes the table.
unsafe impl Send for Table {}
// SAFETY: as above.
unsafe impl Sync for Table {}

impl Service {
    fn lookup(&self, index: usize) -> u8 {
        let table = self.table.get_or_init(|| {
            let entries = loom::cell::UnsafeCell::new([0; 2]);
            entries.with_mut(|entries| {
                // SAFETY: nobody else has the table yet.
                unsafe { *entries = [4, 2] }
            });
            Table { entries }
        });
        table.entries.with(|entries| {
            // SAFETY: nobody writes the entries of a published table.
            unsafe { (*entries)[index] }
        })
    }
}

#[test]
fn a_program_that_uses_a_cell() {
    loom::model(|| {
        let service = Service {
            table: OnceCell::new(),
        };
        // The touch: in a model a cell's atomics are born when they are first used.
        assert!(service.table.get().is_none());
        let service = Arc::new(service);
        let other = Arc::clone(&service);
        let thread = thread::spawn(move || other.lookup(0));
        assert_eq!(service.lookup(1), 2);
        assert_eq!(thread.join().unwrap(), 4);
    });
}

/// Statics live as long as one execution, through loom's own macro.
#[test]
fn a_static_of_a_program() {
    loom::lazy_static! {
        static ref TABLE: Lazy<u32> = {
            let lazy: Lazy<u32> = Lazy::new(|| 42);
            assert!(Lazy::get(&lazy).is_none());
            lazy
        };
    }
    loom::model(|| {
        let thread = thread::spawn(|| **TABLE);
        assert_eq!(**TABLE, 42);
        assert_eq!(thread.join().unwrap(), 42);
    });
}
