use core::fmt;

mod affine;

use affine::{Linear, absorb, check, scale};

use crate::activation::Identity;
use crate::array::{Channelled, Plain};
use crate::layer::{BatchNorm, Conv, ConvTranspose, Dense, DepthwiseConv, Standardize, Unbiased};
use crate::loss::Loss;
use crate::network::{Layers, Link, Network};
use crate::scalar::Scalar;
use crate::width::Width;
use crate::window::{Spread, Windows};

/// A chain with a layer that its neighbour can take in; without it, it is `To`. Sealed.
///
/// A [`Standardize`] or [`BatchNorm`] before a dense layer or a convolution with a bias; or a [`BatchNorm`] behind a layer
/// without bias and activation, whose bias it becomes.
#[diagnostic::on_unimplemented(
    message = "there is no Standardize or BatchNorm to fold here",
    label = "expected the same network without a Standardize or BatchNorm before a dense layer or a convolution with a bias, or \
             without a BatchNorm behind a layer that is `Unbiased` and has no activation, and then has a bias"
)]
pub trait Fold<To>: sealed::Sealed {
    /// The same function of the inputs.
    #[doc(hidden)]
    fn fold(&self, to: &mut To) -> Result<(), FoldError>;
}

/// The reason why a layer can't be [folded](Network::fold) into the next: an input's mean is so many deviations that the
/// folded bias would cost predictions their last digits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FoldError {
    input: usize,
    mean: f64,
    deviation: f64,
}

impl FoldError {
    /// The input, counted from 0, whose mean contributes most to the bias.
    pub const fn input(&self) -> usize {
        self.input
    }
}

impl fmt::Display for FoldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let FoldError { input, mean, deviation } = self;
        write!(f, "input {input} has mean {mean} and deviation {deviation}: folded into a bias, ")?;
        f.write_str("the mean would take the digits that predictions need; keep the layer, or subtract the mean before")
    }
}

impl core::error::Error for FoldError {}

// before! { Layer } folds it into the one behind it.
macro_rules! before {
    ($($Layer:ident)+) => {$(
        impl<N: Width, T: Scalar, X: Channelled<Channels = N, Scalar = T>, D: Linear<Scalar = T>> Fold<D>
            for Link<$Layer<N, T, X>, D>
        {
            fn fold(&self, to: &mut D) -> Result<(), FoldError> {
                const { unpadded::<D>() }
                check(&self.0, &self.1)?;
                absorb(&self.0, &self.1, to);
                Ok(())
            }
        }

        impl<N: Width, T: Scalar, X: Channelled<Channels = N, Scalar = T>, D: Linear<Scalar = T>, R: Plain<Scalar = T>>
            Fold<Link<D, R>> for Link<$Layer<N, T, X>, Link<D, R>>
        {
            fn fold(&self, to: &mut Link<D, R>) -> Result<(), FoldError> {
                const { unpadded::<D>() }
                check(&self.0, &self.1.0)?;
                absorb(&self.0, &self.1.0, &mut to.0);
                to.1.flat_mut().copy_from_slice(self.1.1.flat());
                Ok(())
            }
        }
    )+};
}
before! { Standardize BatchNorm }

/// The zeros around an array would be no means any more.
const fn unpadded<D: Linear>() {
    assert!(!D::PADDED, "a layer before a convolution with padding can't be folded into it: keep it");
}

// behind! { [generics] layer without bias => with bias: its channels, numbers of one channel side by side } folds a BatchNorm
// into the layer before it.
macro_rules! behind {
    ($([$($generics:tt)+] $bare:ty => $biased:ty: $C:ty, $apart:expr;)+) => {$(
        impl<T: Scalar, X: Channelled<Channels = $C, Scalar = T>, $($generics)+> Fold<$biased>
            for Link<$bare, BatchNorm<$C, T, X>>
        {
            fn fold(&self, to: &mut $biased) -> Result<(), FoldError> {
                scale(&self.1, $apart, self.0.flat(), to.flat_mut());
                Ok(())
            }
        }

        impl<T: Scalar, X: Channelled<Channels = $C, Scalar = T>, R: Plain<Scalar = T>, $($generics)+>
            Fold<Link<$biased, R>> for Link<$bare, Link<BatchNorm<$C, T, X>, R>>
        {
            fn fold(&self, to: &mut Link<$biased, R>) -> Result<(), FoldError> {
                scale(&self.1.0, $apart, self.0.flat(), to.0.flat_mut());
                to.1.flat_mut().copy_from_slice(self.1.1.flat());
                Ok(())
            }
        }
    )+};
}
behind! {
    [In: Width, Out: Width] Dense<In, Out, Identity, T, Unbiased> => Dense<In, Out, Identity, T>: Out, 1;
    [Out: Width, G: Windows] Conv<G, Out, Identity, T, Unbiased> => Conv<G, Out, Identity, T>: Out, 1;
    [G: Windows] DepthwiseConv<G, Identity, T, Unbiased> => DepthwiseConv<G, Identity, T>: G::Channels, 1;
    [G: Spread, In: Width] ConvTranspose<G, In, Identity, T, Unbiased> => ConvTranspose<G, In, Identity, T>:
        <G::Windows as Windows>::Channels, In::USIZE;
}

/// Further behind: the first layer stays.
impl<A: Plain, R: Fold<To>, To> Fold<Link<A, To>> for Link<A, R> {
    fn fold(&self, to: &mut Link<A, To>) -> Result<(), FoldError> {
        self.1.fold(&mut to.1)?;
        to.0.flat_mut().copy_from_slice(self.0.flat());
        Ok(())
    }
}

impl<L: Layers, E: Loss> Network<L, E> {
    /// Writes the network without one of its layers to `folded`, a network of the type without it, whose weights and biases
    /// take the layer in, so that it costs nothing. The predictions are the same but for rounding.
    ///
    /// - A [`Standardize`] or a [`BatchNorm`] is folded into the layer behind it: a dense layer, or a convolution without
    ///   padding, with a bias.
    /// - A [`BatchNorm`] is folded into the layer before it, a dense layer or any convolution with `Identity` and `Unbiased`,
    ///   which has a bias then.
    ///
    /// Several layers are folded one after the other, each to a network of its own.
    ///
    /// # Errors
    ///
    /// [`FoldError`] if an input's mean is so many deviations that rounding would change a sum of standardised inputs by
    /// more than 1/4096, which in f32 takes a mean of about 4096 deviations. `folded` is unchanged then.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    /// use nanoprop::Moments;
    ///
    /// network! {
    ///     type Trained = 2 => Standardize => Dense<3, Tanh> => Dense<1>, loss = SquaredError;
    ///     type Shipped = 2 => Dense<3, Tanh> => Dense<1>, loss = SquaredError;
    /// }
    /// let (mut trained, mut moments) = (Trained::ZERO, Moments::<U2>::NEW);
    /// [[1.0_f32, 10.0], [2.0, 30.0], [3.0, 50.0]].iter().for_each(|x| moments.observe(x));
    /// trained.layers_mut().0.fit(&moments);
    /// trained.initialize(&Xavier, &mut Pcg32::new(1));
    ///
    /// let mut shipped = Shipped::ZERO;
    /// trained.fold(&mut shipped)?;
    /// let (a, b) = (trained.predict(&[1.5, 40.0])[0], shipped.predict(&[1.5, 40.0])[0]);
    /// assert!((a - b).abs() < 1e-6);
    /// # Ok::<(), nanoprop::layer::FoldError>(())
    /// ```
    pub fn fold<M: Layers>(&self, folded: &mut Network<M, E>) -> Result<(), FoldError>
    where
        L::Chain: Fold<M::Chain>,
    {
        self.chain().fold(folded.chain_mut())
    }
}

mod sealed {
    use super::Link;

    pub trait Sealed {}
    impl<A, R> Sealed for Link<A, R> {}
}
