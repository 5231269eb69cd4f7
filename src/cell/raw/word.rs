//! A word that is published once.
//!
//! # Protocol
//!
//! The word is zero until somebody publishes, and never changes again while it is shared; the value
//! *is* the word, so a reader that sees it sees all of it, at any ordering. The orders are those of
//! [`super::slot`] all the same, for what the initialiser did *besides*: whoever sees the word sees
//! that too (a `fn` pointer to a routine whose tables were just filled, an index into something
//! just written).
//!
//! # Invariant
//!
//! * [WORD-BITS] what stands in the place of a `T` is zero, or came from `T::encode`.

use core::{
    mem, num,
    panic::{RefUnwindSafe, UnwindSafe},
    ptr,
};

use crate::sync::{AtomicPtr, AtomicU32, AtomicUsize, Ordering};

#[cfg(target_has_atomic = "64")]
use crate::sync::AtomicU64;

/// An atomic in which zero means "nothing yet".
pub trait Place: Sized + Send + Sync + UnwindSafe + RefUnwindSafe {
    type Bits: Copy;
    const EMPTY: Self;
    fn get(&self) -> Self::Bits;
    /// From zero to `bits`, or the bits that were there.
    fn publish(&self, bits: Self::Bits) -> Result<(), Self::Bits>;
    fn take(&mut self) -> Self::Bits;
}

macro_rules! place {
    ($atomic:ty, $bits:ty, $empty:expr) => {
        impl Place for $atomic {
            type Bits = $bits;
            #[allow(
                clippy::declare_interior_mutable_const,
                reason = "each use is a new place"
            )]
            const EMPTY: Self = <$atomic>::new($empty);

            #[inline]
            fn get(&self) -> $bits {
                // Acquire: pairs with the Release in `publish`.
                self.load(Ordering::Acquire)
            }

            fn publish(&self, bits: $bits) -> Result<(), $bits> {
                // Release: pairs with the Acquire in `get` and with the failure order here.
                // Acquire on failure: pairs with the winner's Release.
                self.compare_exchange($empty, bits, Ordering::Release, Ordering::Acquire)
                    .map(drop)
            }

            fn take(&mut self) -> $bits {
                // Relaxed: `&mut self` is alone.
                let bits = self.load(Ordering::Relaxed);
                self.store($empty, Ordering::Relaxed);
                bits
            }
        }
    };
}

place!(AtomicU32, u32, 0);
place!(AtomicUsize, usize, 0);
place!(AtomicPtr<()>, *mut (), ptr::null_mut());
#[cfg(target_has_atomic = "64")]
place!(AtomicU64, u64, 0);

/// One word, of one type, published once.
pub(crate) struct Published<T: Word> {
    place: T::Place,
}

impl<T: Word> Published<T> {
    pub(crate) const fn empty() -> Self {
        Self {
            place: T::Place::EMPTY,
        }
    }

    #[inline]
    pub(crate) fn get(&self) -> Option<T> {
        // SAFETY: [WORD-BITS] only `publish` writes here.
        unsafe { T::decode(self.place.get()) }
    }

    /// Publishes `value`, or returns what was published before.
    pub(crate) fn publish(&self, value: T) -> Result<(), T> {
        self.place.publish(value.encode()).map_err(|bits| {
            // SAFETY: [WORD-BITS] as in `get`.
            let published = unsafe { T::decode(bits) };
            published.expect("the exchange fails only on a word that is there")
        })
    }

    pub(crate) fn take(&mut self) -> Option<T> {
        // SAFETY: [WORD-BITS] as in `get`.
        unsafe { T::decode(self.place.take()) }
    }
}

pub trait Sealed {}

/// A `Copy` value that fits into one atomic word and leaves zero free for "nothing yet".
///
/// Implemented for `bool`, `char`, the integers and floats of up to 32 bits, the `NonZero` family
/// of up to 64 bits, and `fn` pointers of up to eight arguments. A `fn` type with an elided or
/// `for<'a>` lifetime (`fn(&str) -> u32`) is not a word, because no implementation can name all of
/// its lifetimes: put a `RaceRef<'static, fn(&str) -> u32>` in its place, and publish `&(function
/// as fn(&str) -> u32)`. Where the target has no 64-bit atomics, `u32`, `i32`, `f32`, `NonZeroU64`
/// and `NonZeroI64` are missing.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not fit into one atomic word",
    label = "not a `Word`: it needs a value for \"nothing yet\" besides all of its own",
    note = "use `RaceCell<{Self}>` (boxed) or `OnceCell<{Self}>` (in place); for an integer that is never \
            zero, use its `NonZero` type; for a reference, `RaceRef`"
)]
pub trait Word: Copy + Sealed {
    #[doc(hidden)]
    type Place: Place;
    #[doc(hidden)]
    fn encode(self) -> <Self::Place as Place>::Bits;
    /// # Safety
    ///
    /// [WORD-BITS] `bits` is zero, or came from `encode` of this very type.
    #[doc(hidden)]
    unsafe fn decode(bits: <Self::Place as Place>::Bits) -> Option<Self>;
}

macro_rules! words {
    ($($type:ty, $place:ty, $value:ident => $encode:expr, $bits:ident => $decode:expr;)*) => {$(
        impl Sealed for $type {}
        impl Word for $type {
            type Place = $place;
            #[inline]
            fn encode(self) -> <Self::Place as Place>::Bits {
                let $value = self;
                $encode
            }
            #[inline]
            unsafe fn decode($bits: <Self::Place as Place>::Bits) -> Option<Self> {
                $decode
            }
        }
    )*};
}

/// Set beside the bits of a value that may be zero.
const THERE: u32 = 1 << 31;

words! {
    bool, AtomicU32, v => u32::from(v) | THERE, b => (b != 0).then_some(b & 1 != 0);
    u8, AtomicU32, v => u32::from(v) | THERE, b => (b != 0).then_some(b as Self);
    i8, AtomicU32, v => u32::from(v as u8) | THERE, b => (b != 0).then_some(b as Self);
    u16, AtomicU32, v => u32::from(v) | THERE, b => (b != 0).then_some(b as Self);
    i16, AtomicU32, v => u32::from(v as u16) | THERE, b => (b != 0).then_some(b as Self);
    char, AtomicU32, v => u32::from(v) | THERE, b => char::from_u32(b ^ THERE);
    num::NonZeroU8, AtomicU32, v => v.get().into(), b => Self::new(b as u8);
    num::NonZeroI8, AtomicU32, v => v.get() as u8 as u32, b => Self::new(b as i8);
    num::NonZeroU16, AtomicU32, v => v.get().into(), b => Self::new(b as u16);
    num::NonZeroI16, AtomicU32, v => v.get() as u16 as u32, b => Self::new(b as i16);
    num::NonZeroU32, AtomicU32, v => v.get(), b => Self::new(b);
    num::NonZeroI32, AtomicU32, v => v.get() as u32, b => Self::new(b as i32);
    num::NonZeroUsize, AtomicUsize, v => v.get(), b => Self::new(b);
    num::NonZeroIsize, AtomicUsize, v => v.get() as usize, b => Self::new(b as isize);
}

/// Set beside the bits of a value that fills half a word.
#[cfg(target_has_atomic = "64")]
const THERE_64: u64 = 1 << 32;

#[cfg(target_has_atomic = "64")]
words! {
    u32, AtomicU64, v => u64::from(v) | THERE_64, b => (b != 0).then_some(b as Self);
    i32, AtomicU64, v => u64::from(v as u32) | THERE_64, b => (b != 0).then_some(b as Self);
    f32, AtomicU64, v => u64::from(v.to_bits()) | THERE_64, b => (b != 0).then_some(Self::from_bits(b as u32));
    num::NonZeroU64, AtomicU64, v => v.get(), b => Self::new(b);
    num::NonZeroI64, AtomicU64, v => v.get() as u64, b => Self::new(b as i64);
}

macro_rules! functions {
    ($(($($argument:ident)*))*) => {$(
        function!(fn($($argument),*) -> R; $($argument)*);
        function!(unsafe fn($($argument),*) -> R; $($argument)*);
        function!(extern "C" fn($($argument),*) -> R; $($argument)*);
        function!(unsafe extern "C" fn($($argument),*) -> R; $($argument)*);
    )*};
}

macro_rules! function {
    ($type:ty; $($argument:ident)*) => {
        impl<R, $($argument),*> Sealed for $type {}
        impl<R, $($argument),*> Word for $type {
            type Place = AtomicPtr<()>;
            #[inline]
            fn encode(self) -> *mut () {
                self as *mut ()
            }
            #[inline]
            unsafe fn decode(bits: *mut ()) -> Option<Self> {
                // SAFETY: [WORD-BITS] the pointer is null, which is the form of `None`, or a `fn` pointer of this type.
                unsafe { mem::transmute::<*mut (), Option<Self>>(bits) }
            }
        }
    };
}

functions! {
    () (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G) (A B C D E F G H)
}
