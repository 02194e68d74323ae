//! A layer that shifts and scales channels, taken into the sums of another.

use super::FoldError;
use crate::activation::Activation;
use crate::array::{Channelled, Plain, Vector};
use crate::layer::batch_norm::{self, BatchNorm};
use crate::layer::standardize::{Standardize, divisor};
use crate::layer::{Conv, Dense};
use crate::scalar::{Number, Scalar, power_of_two};
use crate::width::Width;
use crate::window::Windows;

/// What becomes of a channel: `(x − mean) / deviation · gain + shift`.
#[derive(Clone, Copy)]
pub struct Channel {
    mean: f64,
    deviation: f64,
    gain: f64,
    shift: f64,
}

impl Channel {
    /// The gain over the deviation.
    fn factor(self, w: f64) -> f64 {
        w * self.gain / self.deviation
    }
}

/// A layer that does nothing else.
pub trait Affine {
    /// Of each channel.
    fn channels(&self) -> impl ExactSizeIterator<Item = Channel> + Clone;
}

impl<N: Width, T: Scalar, X: Channelled<Channels = N, Scalar = T>> Affine for Standardize<N, T, X> {
    fn channels(&self) -> impl ExactSizeIterator<Item = Channel> + Clone {
        self.mean().iter().zip(self.deviation()).map(|(mean, &deviation)| Channel {
            mean: mean.to_f64(),
            deviation: divisor(deviation).to_f64(),
            gain: 1.0,
            shift: 0.0,
        })
    }
}

impl<N: Width, T: Scalar, X: Channelled<Channels = N, Scalar = T>> Affine for BatchNorm<N, T, X> {
    fn channels(&self) -> impl ExactSizeIterator<Item = Channel> + Clone {
        let statistics = self.mean().iter().zip(self.variance());
        statistics.zip(&self.gain).zip(&self.bias).map(|(((mean, variance), gain), shift)| Channel {
            mean: mean.to_f64(),
            deviation: batch_norm::deviation(variance.to_f64()),
            gain: gain.to_f64(),
            shift: shift.to_f64(),
        })
    }
}

/// A layer of sums with a bias, `b + Wᵀ x`, whose rows read one channel after the other, at one place after the other.
#[diagnostic::on_unimplemented(
    message = "there is no Standardize or BatchNorm to fold here",
    label = "expected a Standardize or BatchNorm before a dense layer or a convolution with a bias"
)]
#[allow(clippy::type_complexity)]
pub trait Linear: Plain<Scalar: Scalar> {
    /// How many sums.
    type Out: Width;
    /// Whether zeros stand around what it reads.
    const PADDED: bool;

    /// b and W.
    fn sums(&self) -> (&Vector<Self::Out, Self::Scalar>, &[Vector<Self::Out, Self::Scalar>]);

    /// b and W, to write.
    fn sums_mut(&mut self) -> (&mut Vector<Self::Out, Self::Scalar>, &mut [Vector<Self::Out, Self::Scalar>]);
}

// linear! { [generics] layer, its sums, whether it has padding }
macro_rules! linear {
    ($([$($generics:tt)+] $Layer:ty, $Out:ident, $padded:expr;)+) => {$(
        impl<T: Scalar, A: Activation, $($generics)+> Linear for $Layer {
            type Out = $Out;
            const PADDED: bool = $padded;

            fn sums(&self) -> (&Vector<$Out, T>, &[Vector<$Out, T>]) {
                (&self.bias, &self.weight)
            }

            fn sums_mut(&mut self) -> (&mut Vector<$Out, T>, &mut [Vector<$Out, T>]) {
                (&mut self.bias, &mut self.weight)
            }
        }
    )+};
}
linear! {
    [In: Width, Out: Width] Dense<In, Out, A, T>, Out, false;
    [G: Windows, Out: Width] Conv<G, Out, A, T>, Out, {
        let (rows, columns) = (G::FRAME.rows, G::FRAME.columns);
        rows.total != rows.len || columns.total != columns.len
    };
}

/// The rounding error that folding may add, relative to a sum of normalised inputs: 2⁻¹².
const LOST: f64 = 1.0 / 4096.0;

/// Refuses to fold if, for inputs at their means, half an ulp of the terms `μᵢ wᵢⱼ gᵢ/σᵢ` exceeds [`LOST`] of
/// `Σᵢ |wᵢⱼ| (|gᵢ| + |bᵢ|) + |bⱼ|`, the size of the sum for normalised inputs.
pub(super) fn check<D: Linear>(first: &impl Affine, second: &D) -> Result<(), FoldError> {
    let (bias, weight) = second.sums();
    let half_ulp = power_of_two(-i64::from(D::Scalar::DIGITS));
    for (j, b) in bias.iter().enumerate() {
        let (mut far, mut near, mut worst) = (0.0, b.to_f64().abs(), (0.0, None));
        for ((input, channel), row) in first.channels().enumerate().cycle().zip(weight) {
            let w = row.get(j).map_or(0.0, |w| w.to_f64());
            let term = (channel.factor(w) * channel.mean).abs();
            near += w.abs() * (channel.gain.abs() + channel.shift.abs());
            far += term;
            if term > worst.0 {
                worst = (term, Some(FoldError { input, mean: channel.mean, deviation: channel.deviation }));
            }
        }
        match worst.1 {
            Some(error) if far * half_ulp > LOST * near => return Err(error),
            _ => (),
        }
    }
    Ok(())
}

/// `Σᵢ x̂ᵢ wᵢⱼ` is `Σᵢ xᵢ w′ᵢⱼ − Σᵢ (μᵢ w′ᵢⱼ − bᵢ wᵢⱼ)` with `w′ᵢⱼ = wᵢⱼ gᵢ/σᵢ`, the latter sum in f64 and of w′ as rounded, so that
/// for inputs at their means they cancel.
pub(super) fn absorb<D: Linear>(first: &impl Affine, from: &D, to: &mut D) {
    let ((bias, weight), (to_bias, to_weight)) = (from.sums(), to.sums_mut());
    let channels = || first.channels().cycle();
    for ((to, row), channel) in to_weight.iter_mut().zip(weight).zip(channels()) {
        to.iter_mut().zip(row).for_each(|(to, w)| *to = Number::from_f64(channel.factor(w.to_f64())));
    }
    for (j, (to, bias)) in to_bias.iter_mut().zip(bias).enumerate() {
        let column = |row: &Vector<D::Out, D::Scalar>| row.get(j).map_or(0.0, |w| w.to_f64());
        let terms = channels().zip(&*to_weight).zip(weight);
        let shift: f64 = terms.map(|((c, scaled), row)| c.mean * column(scaled) - c.shift * column(row)).sum();
        *to = Number::from_f64(bias.to_f64() - shift);
    }
}

/// `(z − μ) / σ · g + b` of sums `z = Wᵀ x` without a bias: `W g/σ`, behind `b − μ g/σ`. Of each channel, so many weights lie side
/// by side.
pub(super) fn scale<T: Scalar>(norm: &impl Affine, apart: usize, from: &[T], to: &mut [T]) {
    let (bias, weight) = to.split_at_mut(norm.channels().len().min(to.len()));
    bias.iter_mut().zip(norm.channels()).for_each(|(to, c)| *to = T::from_f64(c.shift - c.factor(c.mean)));
    let runs = weight.chunks_mut(apart).zip(from.chunks(apart)).zip(norm.channels().cycle());
    for ((to, from), channel) in runs {
        to.iter_mut().zip(from).for_each(|(to, w)| *to = T::from_f64(channel.factor(w.to_f64())));
    }
}
