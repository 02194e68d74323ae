use core::ops::{Deref, DerefMut};

/// A value that begins on a cache line, of 64 bytes: a network, a gradient or tapes, in a `static`, a struct or a box.
///
/// A network is its numbers, and has their alignment: 4 bytes for `f32`. A `Box` of one, as other allocations, is at a multiple of
/// 16, so registers of 64 bytes span two lines each time that they are loaded. The bits are the same either way. With AVX-512, a
/// forward pass of one sample of 784-128-64-10 takes 1.5 times as long at 16 bytes off a line; a batch reads the weights once for
/// many samples.
///
/// # Memory
///
/// The value, and up to 63 bytes behind it.
///
/// # Example
///
/// ```
/// use nanoprop::array::Aligned;
/// use nanoprop::prelude::*;
///
/// network! { type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy; }
/// static BLANK: Aligned<Digits> = Aligned::new(Digits::ZERO);
///
/// let mut net = Aligned::<Digits>::boxed(); // never on the stack
/// net.initialize(&Xavier, &mut Pcg32::new(1));
/// assert_eq!(net.predict(&[0.5; 64]).len(), BLANK.predict(&[0.5; 64]).len());
/// assert_eq!((&raw const *net).addr() % 64, 0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(C, align(64))]
pub struct Aligned<T>(pub T);

impl<T> Aligned<T> {
    /// The value on a cache line.
    pub const fn new(value: T) -> Self {
        Aligned(value)
    }
}

impl<T> Deref for Aligned<T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Aligned<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

#[cfg(feature = "alloc")]
#[allow(unsafe_code)]
impl<N: crate::array::Plain> crate::Boxed for Aligned<N> {
    fn boxed() -> alloc::boxed::Box<Self> {
        // SAFETY: a `Plain` value, whose zero bytes are its zero, and padding.
        unsafe { alloc::boxed::Box::<Self>::new_zeroed().assume_init() }
    }
}
