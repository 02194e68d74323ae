use core::fmt;

use super::standardize::{Standardize, divisor};
use crate::activation::Activation;
use crate::array::{Channelled, Plain, Vector};
use crate::layer::{Conv, Dense};
use crate::loss::Loss;
use crate::network::{Layers, Link, Network};
use crate::scalar::{Scalar, power_of_two};
use crate::width::Width;
use crate::window::Windows;

/// A chain of a [`Standardize`] and, behind it, a dense layer or a convolution with a bias; without the former, it is `To`.
/// Sealed.
#[diagnostic::on_unimplemented(
    message = "there is no Standardize to fold here",
    label = "expected the same network without its first layer, a Standardize before a dense layer or a convolution with a bias"
)]
pub trait Fold<To>: sealed::Sealed {
    /// The same function of the inputs as they were before.
    #[doc(hidden)]
    fn fold(&self, to: &mut To) -> Result<(), FoldError>;
}

/// The reason why a [`Standardize`] can't be [folded](Network::fold): an input's mean is so many deviations that the folded
/// bias would cost predictions their last digits.
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
        f.write_str("the mean would take the digits that predictions need; keep the Standardize, or subtract it before")
    }
}

impl core::error::Error for FoldError {}

impl<N: Width, T: Scalar, Out: Width, A: Activation> Fold<Dense<N, Out, A, T>>
    for Link<Standardize<N, T>, Dense<N, Out, A, T>>
{
    fn fold(&self, to: &mut Dense<N, Out, A, T>) -> Result<(), FoldError> {
        check(&self.0, &self.1.bias, &self.1.weight)?;
        to.flat_mut().copy_from_slice(self.1.flat());
        absorb(&self.0, &mut to.bias, &mut to.weight);
        Ok(())
    }
}

impl<N: Width, T: Scalar, Out: Width, A: Activation, R: Plain<Scalar = T>> Fold<Link<Dense<N, Out, A, T>, R>>
    for Link<Standardize<N, T>, Link<Dense<N, Out, A, T>, R>>
{
    fn fold(&self, to: &mut Link<Dense<N, Out, A, T>, R>) -> Result<(), FoldError> {
        check(&self.0, &self.1.0.bias, &self.1.0.weight)?;
        to.flat_mut().copy_from_slice(self.1.flat());
        absorb(&self.0, &mut to.0.bias, &mut to.0.weight);
        Ok(())
    }
}

/// Of windows that lie within the array: the zeros around it would be no means any more.
impl<G: Windows, T: Scalar, Out: Width, A: Activation> Fold<Conv<G, Out, A, T>>
    for Link<Standardize<G::Channels, T, G::Input<T>>, Conv<G, Out, A, T>>
where
    G::Input<T>: Channelled<Channels = G::Channels, Scalar = T>,
{
    fn fold(&self, to: &mut Conv<G, Out, A, T>) -> Result<(), FoldError> {
        const { unpadded::<G>() }
        check(&self.0, &self.1.bias, &self.1.weight)?;
        to.flat_mut().copy_from_slice(self.1.flat());
        absorb(&self.0, &mut to.bias, &mut to.weight);
        Ok(())
    }
}

impl<G: Windows, T: Scalar, Out: Width, A: Activation, R: Plain<Scalar = T>> Fold<Link<Conv<G, Out, A, T>, R>>
    for Link<Standardize<G::Channels, T, G::Input<T>>, Link<Conv<G, Out, A, T>, R>>
where
    G::Input<T>: Channelled<Channels = G::Channels, Scalar = T>,
{
    fn fold(&self, to: &mut Link<Conv<G, Out, A, T>, R>) -> Result<(), FoldError> {
        const { unpadded::<G>() }
        check(&self.0, &self.1.0.bias, &self.1.0.weight)?;
        to.flat_mut().copy_from_slice(self.1.flat());
        absorb(&self.0, &mut to.0.bias, &mut to.0.weight);
        Ok(())
    }
}

const fn unpadded<G: Windows>() {
    let (rows, columns) = (G::FRAME.rows, G::FRAME.columns);
    assert!(
        rows.total == rows.len && columns.total == columns.len,
        "a Standardize before a convolution with padding can't be folded: keep it"
    );
}

/// The rounding error that folding may add, relative to a sum of standardised inputs: 2⁻¹².
const LOST: f64 = 1.0 / 4096.0;

/// Refuses to fold if, for inputs at their means, half an ulp of the terms `μᵢ wᵢⱼ/σᵢ` exceeds [`LOST`] of
/// `Σᵢ |wᵢⱼ| + |bⱼ|`, the size of the sum for standardised inputs. The rows of the weights read one channel after the other,
/// at one place after the other.
fn check<N: Width, T: Scalar, X: Channelled<Channels = N, Scalar = T>, Out: Width>(
    first: &Standardize<N, T, X>,
    bias: &Vector<Out, T>,
    weight: &[Vector<Out, T>],
) -> Result<(), FoldError> {
    let statistics = first.mean().iter().zip(first.deviation()).map(|(&m, &d)| (m.to_f64(), divisor(d).to_f64()));
    let rows = || statistics.clone().enumerate().cycle().zip(weight);
    let half_ulp = power_of_two(-i64::from(T::DIGITS));
    for (j, b) in bias.iter().enumerate() {
        let (mut far, mut near, mut worst) = (0.0, b.to_f64().abs(), (0.0, None));
        for ((i, (mean, deviation)), row) in rows() {
            let w = row.get(j).map_or(0.0, |w| w.to_f64().abs());
            let term = w * (mean / deviation).abs();
            near += w;
            far += term;
            if term > worst.0 {
                worst = (term, Some(FoldError { input: i, mean, deviation }));
            }
        }
        match worst.1 {
            Some(error) if far * half_ulp > LOST * near => return Err(error),
            _ => (),
        }
    }
    Ok(())
}

/// `Σᵢ xᵢ wᵢⱼ` of standardised x is `Σᵢ xᵢ (wᵢⱼ/σᵢ) − Σᵢ μᵢ (wᵢⱼ/σᵢ)`, the latter in f64 and of the quotients as rounded, so
/// that for inputs at their means they cancel.
fn absorb<N: Width, T: Scalar, X: Channelled<Channels = N, Scalar = T>, Out: Width>(
    first: &Standardize<N, T, X>,
    bias: &mut Vector<Out, T>,
    weight: &mut [Vector<Out, T>],
) {
    for (row, &deviation) in weight.iter_mut().zip(first.deviation().iter().cycle()) {
        row.iter_mut().for_each(|w| *w = *w / divisor(deviation));
    }
    for (j, b) in bias.iter_mut().enumerate() {
        let column = weight.iter().map(|row| row.get(j).map_or(0.0, |w| w.to_f64()));
        let shift: f64 = first.mean().iter().cycle().zip(column).map(|(mean, w)| mean.to_f64() * w).sum();
        *b = T::from_f64(b.to_f64() - shift);
    }
}

impl<L: Layers, E: Loss> Network<L, E> {
    /// Writes the network without its [`Standardize`] to `folded`, a network of the type without it: the weights and
    /// biases of the layer behind it take it in, so that it costs nothing: a dense layer, or a convolution without padding.
    /// The predictions are the same but for rounding.
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
    use super::{Channelled, Link, Scalar, Standardize, Width};

    pub trait Sealed {}
    impl<N: Width, T: Scalar, X: Channelled<Channels = N, Scalar = T>, R> Sealed for Link<Standardize<N, T, X>, R> {}
}
