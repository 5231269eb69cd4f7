//! What holds for every cell, whatever its policy.

use onset_modelled::InitCell;

use crate::support::{Maker, Whole, model, shared, two};

/// How often the value may be computed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Computed {
    Once,
    ByAnyone,
}

/// Two want the value at the same time: both see the published one, and the loser's is dropped once.
pub(crate) fn first_use<C>(name: &str, cell: fn() -> C, computed: Computed)
where
    C: InitCell<Value = Whole> + Send + Sync + 'static,
{
    model(name, move || {
        let maker = Maker::default();
        let cell = shared(cell());
        let (one, other) = (maker.clone(), maker.clone());
        let (a, b) = two(
            &cell,
            move |cell| cell.get_or_init(|| one.make(1)).read(),
            move |cell| cell.get_or_init(|| other.make(2)).read(),
        );
        assert_eq!(a, b, "both see the published one");
        assert_eq!(maker.dropped(), maker.made() - 1, "the losers' are gone");
        assert!(computed == Computed::ByAnyone || maker.made() == 1);
        drop(cell);
        assert_eq!(maker.dropped(), maker.made());
    });
}

/// A reader that races the publication sees all of the value, or nothing.
pub(crate) fn reader<C>(name: &str, cell: fn() -> C)
where
    C: InitCell<Value = Whole> + Send + Sync + 'static,
{
    model(name, move || {
        let maker = Maker::default();
        let cell = shared(cell());
        two(
            &cell,
            move |cell| cell.get_or_init(|| maker.make(1)).read(),
            |cell| assert!(cell.get().is_none_or(|value| value.read() == 1)),
        );
    });
}

/// One of them publishes, and the other one's value is handed back or dropped.
pub(crate) fn set_against_get_or_init<C>(name: &str, cell: fn() -> C)
where
    C: InitCell<Value = Whole> + Send + Sync + 'static,
{
    model(name, move || {
        let maker = Maker::default();
        let cell = shared(cell());
        let (one, other) = (maker.clone(), maker.clone());
        let (set, got) = two(
            &cell,
            move |cell| cell.set(one.make(1)).is_ok(),
            move |cell| cell.get_or_init(|| other.make(2)).read(),
        );
        assert_eq!(got, if set { 1 } else { 2 });
        drop(cell);
        assert_eq!(maker.dropped(), maker.made());
    });
}
