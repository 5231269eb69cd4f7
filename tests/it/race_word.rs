//! Every `Word` comes back as it went in, the extreme ones too.

use std::{fmt::Debug, num::*};

use onset::{RaceWord, Word};
use proptest::prelude::*;

use crate::support::{catch, is_planned, planned_panic};

/// The whole surface with one value, which is told apart from another one by `bits`.
fn round_trip<T: Word + Debug, B: PartialEq + Debug>(value: T, bits: impl Fn(T) -> B) {
    let mut cell = RaceWord::new();
    assert!(cell.get().is_none());
    assert!(cell.set(value).is_ok());
    let stays = |seen: Option<T>| assert_eq!(seen.map(&bits), Some(bits(value)));
    stays(cell.get());
    stays(Some(cell.get_or_init(|| unreachable!("it is there"))));
    stays(cell.set(value).err());
    let both = cell.try_insert(value).unwrap_err();
    stays(Some(both.0));
    stays(Some(both.1));
    stays(cell.clone().into_inner());
    stays(cell.take());
    assert!(cell.get().is_none() && cell.take().is_none());
    stays(Some(cell.get_or_init(|| value)));
    stays(RaceWord::with_value(value).get());
    stays(RaceWord::from(value).get());
    stays(RaceWord::new().try_insert(value).ok());
    stays(RaceWord::new().get_or_try_init(|| Ok::<_, ()>(value)).ok());
    assert_eq!(format!("{cell:?}"), format!("RaceWord({value:?})"));
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: if cfg!(miri) { 8 } else { 256 },
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

macro_rules! integers {
    ($($name:ident: $type:ty;)*) => {$(
        mod $name {
            use super::*;

            #[test]
            fn extremes() {
                let edges = [<$type>::MIN, <$type>::MAX, 0, 1, !0, <$type>::MAX - 1, <$type>::MAX / 2 + 1];
                edges.into_iter().for_each(|value| round_trip(value, |v| v));
            }

            proptest! {
                #![proptest_config(config())]
                #[test]
                fn any_value(value: $type) {
                    round_trip(value, |v| v);
                }
            }
        }
    )*};
}

integers! { of_u8: u8; of_i8: i8; of_u16: u16; of_i16: i16; of_u32: u32; of_i32: i32; }

macro_rules! never_zero {
    ($($name:ident: $type:ty, $plain:ty;)*) => {$(
        mod $name {
            use super::*;

            #[test]
            fn extremes() {
                let edges = [<$plain>::MIN, <$plain>::MAX, 1, !0, <$plain>::MAX / 2 + 1];
                let edges = edges.into_iter().filter_map(<$type>::new);
                edges.for_each(|value| round_trip(value, |v| v));
            }

            proptest! {
                #![proptest_config(config())]
                #[test]
                fn any_value(value: $type) {
                    round_trip(value, |v| v);
                }
            }
        }
    )*};
}

never_zero! {
    of_non_zero_u8: NonZeroU8, u8;
    of_non_zero_i8: NonZeroI8, i8;
    of_non_zero_u16: NonZeroU16, u16;
    of_non_zero_i16: NonZeroI16, i16;
    of_non_zero_u32: NonZeroU32, u32;
    of_non_zero_i32: NonZeroI32, i32;
    of_non_zero_u64: NonZeroU64, u64;
    of_non_zero_i64: NonZeroI64, i64;
    of_non_zero_usize: NonZeroUsize, usize;
    of_non_zero_isize: NonZeroIsize, isize;
}

#[test]
fn every_small_value() {
    (0..=u8::MAX).for_each(|value| round_trip(value, |v| v));
    (i8::MIN..=i8::MAX).for_each(|value| round_trip(value, |v| v));
    [false, true]
        .into_iter()
        .for_each(|value| round_trip(value, |v| v));
}

#[test]
fn extreme_characters() {
    for value in [
        '\0',
        '\u{1}',
        'a',
        '\u{d7ff}',
        '\u{e000}',
        '\u{10000}',
        char::MAX,
    ] {
        round_trip(value, |v| v);
    }
}

#[test]
fn extreme_floats() {
    let odd_nans = [
        0x7fc0_0000,
        0xffc0_0000,
        0x7f80_0001,
        0xff80_0001,
        0xffff_ffff,
        0x7fff_ffff,
    ];
    let odd_nans = odd_nans.map(f32::from_bits);
    assert!(odd_nans.iter().all(|nan| nan.is_nan()));
    let edges = [
        0.0,
        -0.0,
        1.0,
        f32::MIN,
        f32::MAX,
        f32::MIN_POSITIVE,
        f32::from_bits(1),
    ];
    let infinite = [f32::INFINITY, f32::NEG_INFINITY];
    for value in odd_nans.into_iter().chain(edges).chain(infinite) {
        round_trip(value, f32::to_bits);
    }
}

proptest! {
    #![proptest_config(config())]
    #[test]
    fn any_character(value: char) {
        round_trip(value, |v| v);
    }

    #[test]
    fn any_float(bits: u32) {
        round_trip(f32::from_bits(bits), f32::to_bits);
    }

    #[test]
    fn the_first_of_two_stays(first: i32, second: i32) {
        let cell = RaceWord::new();
        prop_assert_eq!(cell.try_insert(first), Ok(first));
        prop_assert_eq!(cell.try_insert(second), Err((first, second)));
        prop_assert_eq!(cell.get_or_init(|| second), first);
        prop_assert_eq!(RaceWord::from(first) == RaceWord::from(second), first == second);
    }
}

macro_rules! addresses {
    ($($type:ty: $value:expr;)*) => {$(
        let value: $type = $value;
        round_trip(value, |v| v as usize);
    )*};
}

/// Four kinds of `fn` pointers, of none to eight arguments.
#[allow(clippy::type_complexity, reason = "eight arguments are what is tested")]
#[test]
fn functions_of_every_kind() {
    type L = u64;
    fn f0() -> L {
        0
    }
    unsafe fn u1(a: u8) -> L {
        a.into()
    }
    extern "C" fn c2(a: u8, b: L) -> L {
        L::from(a) + b
    }
    unsafe extern "C" fn k3(a: u8, b: L, c: &'static L) -> L {
        L::from(a) + b + c
    }
    addresses! {
        fn() -> L: f0;
        fn(L) -> L: |a| a;
        fn(L, u8) -> L: |a, _| a;
        fn(L, u8, char) -> L: |a, _, _| a;
        fn(L, u8, char, ()) -> L: |a, _, _, _| a;
        fn(L, u8, char, (), bool) -> L: |a, _, _, _, _| a;
        fn(L, u8, char, (), bool, f64) -> L: |a, _, _, _, _, _| a;
        fn(L, u8, char, (), bool, f64, String) -> L: |a, _, _, _, _, _, _| a;
        fn(L, u8, char, (), bool, f64, String, Vec<L>) -> L: |a, _, _, _, _, _, _, _| a;
        fn(&'static str) -> (): |_| ();
        fn(u8) -> !: |_| planned_panic();
        unsafe fn() -> L: f0;
        unsafe fn(u8) -> L: u1;
        extern "C" fn(u8, L) -> L: c2;
        unsafe extern "C" fn(u8, L) -> L: c2;
        unsafe extern "C" fn(u8, L, &'static L) -> L: k3;
    }
}

/// What comes out can be called.
#[allow(
    clippy::too_many_arguments,
    reason = "eight arguments are what is tested"
)]
#[test]
fn functions_are_still_functions() {
    extern "C" fn double(number: i32) -> i32 {
        number * 2
    }
    fn eight(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: u8) -> [u8; 8] {
        [a, b, c, d, e, f, g, h]
    }
    static DOUBLE: RaceWord<extern "C" fn(i32) -> i32> = RaceWord::new();
    type Eight = fn(u8, u8, u8, u8, u8, u8, u8, u8) -> [u8; 8];
    static EIGHT: RaceWord<Eight> = RaceWord::new();
    assert_eq!(DOUBLE.get_or_init(|| double)(21), 42);
    assert_eq!(DOUBLE.get().unwrap()(-3), -6);
    assert_eq!(
        EIGHT.get_or_init(|| eight)(1, 2, 3, 4, 5, 6, 7, 8),
        [1, 2, 3, 4, 5, 6, 7, 8]
    );

    let length: RaceWord<fn(String) -> usize> =
        RaceWord::from((|s| s.len()) as fn(String) -> usize);
    assert_eq!(length.into_inner().unwrap()("four".to_string()), 4);
}

#[test]
fn failures_leave_it_empty() {
    let cell = RaceWord::<bool>::default();
    assert_eq!(cell.get_or_try_init(|| Err("no")), Err("no"));
    assert!(is_planned(
        &catch(|| cell.get_or_init(|| planned_panic())).unwrap_err()
    ));
    assert_eq!(
        (cell.get(), format!("{cell:?}")),
        (None, "RaceWord(<uninit>)".into())
    );
    assert!(!cell.get_or_init(|| false), "`false` is a value");
    assert_eq!(cell.get(), Some(false));
}

#[test]
fn equal_as_the_values_are() {
    let [one, other, nan] = [1.0, 2.0, f32::NAN].map(RaceWord::from);
    assert!(one == RaceWord::from(1.0) && one != other && one != RaceWord::new());
    assert!(nan != nan.clone() && RaceWord::<f32>::new() == RaceWord::new());
}
