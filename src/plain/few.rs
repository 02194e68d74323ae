//! So many values of one kind.
#![allow(unsafe_code)]

use core::mem::MaybeUninit;

use crate::plain::Plain;

/// A fixed number of values of one kind: an array. Sealed.
///
/// What an optimiser keeps of each parameter is so many numbers, and of a network so many networks.
pub trait Few<P>: AsRef<[P]> + AsMut<[P]> + sealed::Array {
    /// The array of what `value` gives for each index.
    fn make(value: impl FnMut(usize) -> P) -> Self;

    /// The array of one value.
    fn all(value: P) -> Self
    where
        P: Copy;
}

mod sealed {
    pub trait Array {
        const COUNT: usize;
    }
    impl<P, const M: usize> Array for [P; M] {
        const COUNT: usize = M;
    }
}

impl<P, const M: usize> Few<P> for [P; M] {
    #[inline(always)]
    fn make(value: impl FnMut(usize) -> P) -> Self {
        core::array::from_fn(value)
    }

    #[inline(always)]
    fn all(value: P) -> Self
    where
        P: Copy,
    {
        [value; M]
    }
}

/// So many values, all numbers +0.
pub(crate) const fn blank<P: Plain, F: Few<P>>() -> F {
    const { assert!(size_of::<F>() == <F as sealed::Array>::COUNT * size_of::<P>()) }
    // SAFETY: `Few` is sealed, so `F` is an array of `P`, which is plain: zero bytes are its numbers +0.
    unsafe { MaybeUninit::zeroed().assume_init() }
}
