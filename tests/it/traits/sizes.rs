//! How large the cells are, and that none of them offers a niche: its bytes change while it is
//! borrowed.

use std::num::NonZeroU32;

use onset::{
    Counted, HedgedCell, Lazy, OnceCell, RaceArc, RaceCell, RaceLazy, RaceRef, RaceWord, TakeCell,
};

macro_rules! sizes {
    ($($type:ty: $size:expr;)*) => {$(
        assert_eq!(size_of::<$type>(), $size, "{}", stringify!($type));
    )*};
}

const WORD: usize = size_of::<usize>();

#[test]
fn boxed_cells_are_a_word() {
    sizes! {
        RaceCell<u64>: WORD;
        RaceCell<[u64; 100]>: WORD;
        RaceCell<()>: WORD;
        RaceArc<u64>: WORD;
        RaceRef<'static, u64>: WORD;
    }
}

#[test]
fn words() {
    sizes! {
        RaceWord<u32>: 8; RaceWord<i32>: 8; RaceWord<f32>: 8;
        RaceWord<bool>: 4; RaceWord<u8>: 4; RaceWord<i16>: 4; RaceWord<char>: 4;
        RaceWord<NonZeroU32>: 4; RaceWord<std::num::NonZeroU64>: 8;
        RaceWord<std::num::NonZeroUsize>: WORD; RaceWord<fn()>: WORD;
    }
}

/// What a `OnceCell<u64>` has: the alignment of a `u64` differs between targets.
type ValueAndWord = (u64, u32);

/// The value and a 32-bit word.
#[test]
fn a_once_cell_is_its_value_and_a_word() {
    sizes! {
        OnceCell<u64>: size_of::<ValueAndWord>();
        OnceCell<u32>: 8;
        OnceCell<u8>: 8;
        OnceCell<()>: 4;
        OnceCell<[u8; 60]>: 64;
        OnceCell<std::net::Ipv4Addr>: 8;
        OnceCell<char>: 8;
    }
    assert!(size_of::<OnceCell<String>>() <= size_of::<std::sync::OnceLock<String>>());
}

#[cfg(target_pointer_width = "64")]
#[test]
fn a_hedged_cell_is_a_pointer_a_word_and_its_patience() {
    sizes! {
        HedgedCell<u8>: 32;
        HedgedCell<[u64; 100]>: 32;
    }
}

#[test]
fn a_lazy_adds_its_closure() {
    fn of<F: Fn() -> u32>(_: F) -> usize {
        size_of::<Lazy<u32, OnceCell<u32>, F>>()
    }
    assert_eq!(of(|| 7), size_of::<OnceCell<u32>>());
    sizes! {
        RaceLazy<u64>: 2 * WORD;
        Counted<OnceCell<u64>>: size_of::<(ValueAndWord, [usize; 3])>();
        TakeCell<[u8; 63]>: 64;
    }
}

/// `None` needs room of its own: a niche would lie in bytes that another thread may be writing.
#[test]
fn no_cell_has_a_niche() {
    macro_rules! no_niche {
        ($($type:ty)*) => {$(
            assert!(size_of::<Option<$type>>() > size_of::<$type>(), "{}", stringify!($type));
        )*};
    }
    no_niche! {
        RaceCell<u64> RaceArc<u64> RaceRef<'static, u64> RaceWord<bool> RaceWord<fn()>
        OnceCell<[bool; 4]> OnceCell<&'static u8> TakeCell<bool> TakeCell<&'static u8>
    }
}
