use core::fmt;
use core::marker::PhantomData;

use crate::array::{Array, ArrayLike, Plain, Vector};
use crate::lines::Lines;
use crate::loss::Outputs;
use crate::scalar::Scalar;
use crate::width::{U1, U2, Width};

/// A target for an output of shape `Y`: an array of that shape, or a [`Class`].
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
///
/// let net = Network::<Dense<U2, U3>, SoftmaxCrossEntropy>::ZERO; // probabilities of ⅓
/// let class = Class::<U3>::new(1)?;
/// assert_eq!(net.loss(&[1.0, 2.0], &class), net.loss(&[1.0, 2.0], &[0.0, 1.0, 0.0]));
/// # Ok::<(), nanoprop::OutOfRange>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no target for this network's output",
    label = "expected an array of the output's shape, or a `Class` for a vector of classes"
)]
pub trait Target<Y: Array<Scalar: Scalar>> {
    /// The assertion that the shapes are the same, as in [`ArrayLike`].
    #[doc(hidden)]
    const FITS: () = ();

    /// Calls `read` with the target, flat, of the output's length.
    fn with<R>(&self, read: impl FnOnce(&[Y::Scalar]) -> R) -> R;

    /// Calls `read` with the target for outputs of the given kind, which a [`Smoothed`](crate::Smoothed) target depends on.
    /// Networks read targets with this method; it is provided by way of [`with`](Target::with).
    #[inline]
    fn with_outputs<R>(&self, outputs: Outputs, read: impl FnOnce(&[Y::Scalar]) -> R) -> R {
        let _ = outputs;
        self.with(read)
    }

    /// Several targets, where each has weight 1 and is a `Y` as it is.
    #[doc(hidden)]
    #[inline(always)]
    fn lines(_: Lines<Self>) -> Option<Lines<Y>>
    where
        Self: Sized,
    {
        None
    }

    /// How much the sample counts: a factor of its loss and of δ. 1, unless it is [`Weighted`](crate::Weighted).
    #[inline(always)]
    fn weight(&self) -> Y::Scalar {
        Y::Scalar::ONE
    }
}

impl<Y: Array<Scalar: Scalar>, X: ArrayLike<Y>> Target<Y> for X {
    const FITS: () = <X as ArrayLike<Y>>::FITS;

    #[inline]
    fn with<R>(&self, read: impl FnOnce(&[Y::Scalar]) -> R) -> R {
        read(self.view().flat())
    }

    #[inline(always)]
    fn lines(all: Lines<Self>) -> Option<Lines<Y>> {
        ArrayLike::lines(all)
    }
}

/// One of `N` classes, the one-hot target: `yₖ = 1` for its index, 0 for all others.
///
/// [`Class::new`] refuses an index that is no class, so a bad label is found where it enters. A class of two is also a
/// target for a single output: 0 or 1.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::OutOfRange;
///
/// type Digit = Class<U10>;
/// assert_eq!(Digit::new(7)?.index(), 7);
/// assert_eq!(Digit::new(10).unwrap_err().to_string(), "class 10 of 10: the largest is 9");
/// # Ok::<(), OutOfRange>(())
/// ```
pub struct Class<N: Width> {
    index: usize,
    classes: PhantomData<fn() -> N>,
}

impl<N: Width> Class<N> {
    /// The class of this index, from 0.
    ///
    /// # Errors
    ///
    /// [`OutOfRange`] when `index` is not less than `N`.
    pub const fn new(index: usize) -> Result<Self, OutOfRange> {
        if index < N::USIZE {
            Ok(Class { index, classes: PhantomData })
        } else {
            Err(OutOfRange { index, classes: N::USIZE })
        }
    }

    /// The index, from 0.
    pub const fn index(self) -> usize {
        self.index
    }
}

impl<N: Width, T: Scalar> Target<Vector<N, T>> for Class<N> {
    #[inline]
    fn with<R>(&self, read: impl FnOnce(&[T]) -> R) -> R {
        let mut y = Vector::<N, T>::ZERO;
        y.iter_mut().enumerate().filter(|(k, _)| *k == self.index).for_each(|(_, y)| *y = T::ONE);
        read(&y)
    }
}

/// One output that says which of two classes it is.
impl<T: Scalar> Target<Vector<U1, T>> for Class<U2> {
    #[inline]
    fn with<R>(&self, read: impl FnOnce(&[T]) -> R) -> R {
        read(&[if self.index == 1 { T::ONE } else { T::ZERO }])
    }
}

impl<N: Width> Clone for Class<N> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<N: Width> Copy for Class<N> {}
impl<N: Width> PartialEq for Class<N> {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index
    }
}
impl<N: Width> Eq for Class<N> {}
impl<N: Width> fmt::Debug for Class<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Class({} of {})", self.index, N::USIZE)
    }
}

/// A label that names no class of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfRange {
    index: usize,
    classes: usize,
}

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "class {} of {}: the largest is {}", self.index, self.classes, self.classes - 1)
    }
}

impl core::error::Error for OutOfRange {}
