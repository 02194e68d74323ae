use crate::array::{Channelled, Plain, Vector};
use crate::layer::batch::same_shape;
use crate::layer::normal::{self, Normal, Normalises};
use crate::layer::stack::row_by_row;
use crate::layer::{Batch, Inputs, Layer, Lines, LinesMut, Part, Plan, Role, Stack};
use crate::parameters;
use crate::plain::{rows, rows_mut};
use crate::scalar::Scalar;
use crate::shape::Text;
use crate::width::Width;

parameters! {
    #![allow(unsafe_code)]
    /// Group normalisation: the channels of each sample are divided into groups of neighbours, and the numbers of a group, at
    /// all places, get the mean and deviation that the layer learns.
    ///
    /// With one group it normalises a sample as a whole; with as many as there are channels, it is an [`InstanceNorm`].
    /// Its statistics are those of the sample, so it does the same while it learns and predicts. They need all places, so a
    /// sequence can't come step by step; a [`LayerNorm`](crate::LayerNorm), whose statistics are of one place, can.
    ///
    /// # Equations
    ///
    /// <!-- $\mu = \frac{1}{n} \sum_{k} x_k, \quad \sigma^2 = \frac{1}{n} \sum_{k} (x_k - \mu)^2, \quad \hat{x} = \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}}, \quad y = g \odot \hat{x} + b$ --><math display="block"><mi>μ</mi><mo>=</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mi>n</mi></mrow></mfrac><munder><mo>∑</mo><mrow><mi>k</mi></mrow></munder><msub><mi>x</mi><mi>k</mi></msub><mo>,</mo><mspace width="1em"></mspace><msup><mi>σ</mi><mn>2</mn></msup><mo>=</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mi>n</mi></mrow></mfrac><munder><mo>∑</mo><mrow><mi>k</mi></mrow></munder><mo stretchy="false">(</mo><msub><mi>x</mi><mi>k</mi></msub><mo>−</mo><mi>μ</mi><msup><mo stretchy="false">)</mo><mn>2</mn></msup><mo>,</mo><mspace width="1em"></mspace><mover><mrow><mi>x</mi></mrow><mi>^</mi></mover><mo>=</mo><mfrac><mrow><mi>x</mi><mo>−</mo><mi>μ</mi></mrow><mrow><msqrt><mrow><msup><mi>σ</mi><mn>2</mn></msup><mo>+</mo><mi>ε</mi></mrow></msqrt></mrow></mfrac><mo>,</mo><mspace width="1em"></mspace><mi>y</mi><mo>=</mo><mi>g</mi><mo>⊙</mo><mover><mrow><mi>x</mi></mrow><mi>^</mi></mover><mo>+</mo><mi>b</mi></math>
    ///
    /// For each group, with n its numbers, channels × places:
    ///
    /// - `μ = 1/n Σₖ xₖ`, `σ² = 1/n Σₖ (xₖ − μ)²`, `x̂ = (x − μ) / √(σ² + ε)`, with `ε = 10⁻⁵`
    /// - `y = g ⊙ x̂ + b`, with a gain and a bias of each channel
    /// - `∂J/∂g = Σ dy ⊙ x̂`, `∂J/∂b = Σ dy`, over the places in their order
    /// - with `d = g ⊙ dy`: `dx = (d − 1/n Σₖ dₖ − x̂ · 1/n Σₖ dₖ x̂ₖ) / √(σ² + ε)`
    ///
    /// # Shapes
    ///
    /// `x, y: X`, which is `[N]` by default, or `[Steps × N]` or `[Height × Width × N]`, channels last.
    ///
    /// # Order
    ///
    /// As in [`LayerNorm`](crate::LayerNorm), with k counting the group's channels at one place after the other.
    ///
    /// # Memory
    ///
    /// `2 · N` parameters, two `X` of tape: μ and σ are computed again on the way back.
    ///
    /// # Errors
    ///
    /// Groups that do not divide the channels, or have one number each, do not compile:
    /// `layer 2 has 3 groups, which do not divide its 4 channels`.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// // Two groups of one channel, at two places.
    /// let mut layer = GroupNorm::<U2, U2, f32, Matrix<U2, U2>>::ZERO;
    /// layer.flat_mut().copy_from_slice(&[1.0, 2.0, 0.0, 10.0]); // gain, bias
    /// let mut y = Matrix::ZERO;
    /// layer.forward(&[[1000.0, 500.0].into(), [3000.0, 100.0].into()].into(), &mut y);
    /// assert_eq!(y.flat(), [-1.0, 12.0, 1.0, 8.0]);
    /// ```
    ///
    /// # Source
    ///
    /// Y. Wu, K. He, "Group normalization", ECCV 2018.
    pub struct GroupNorm<
        N: Width,
        Groups: Width,
        T: Scalar = f32,
        X: Channelled<Channels = N, Scalar = T> = Vector<N, T>,
    > of T, Batch, Stack {
        /// g: [N]
        gain: Vector<N, T> = Role::Gain,
        /// b: [N]
        bias: Vector<N, T> = Role::Bias { fan_in: N::USIZE, fan_out: N::USIZE },
    }
}

/// Instance normalisation: each channel of a sample gets, over all places, the mean and deviation that the layer learns. A
/// [`GroupNorm`] whose groups have one channel.
///
/// # Source
///
/// D. Ulyanov, A. Vedaldi, V. Lempitsky, "Instance normalization", arXiv:1607.08022.
pub type InstanceNorm<N, T, X> = GroupNorm<N, N, T, X>;

impl<N: Width, Groups: Width, T: Scalar, X: Channelled<Channels = N, Scalar = T>> GroupNorm<N, Groups, T, X> {
    /// The channels of a group, and its numbers.
    const CHANNELS: usize = if Groups::USIZE < N::USIZE { N::USIZE / Groups::USIZE } else { 1 };
    const NUMBERS: usize = X::COUNT / Groups::USIZE;
    const TEXT: &'static Text =
        &Text::new().number(Groups::USIZE).words(if Groups::USIZE > 1 { " groups" } else { " group" });
    const REFUSED: &'static Text = &{
        let text = Text::new().words("has ").number(Groups::USIZE).words(" groups");
        if N::USIZE % Groups::USIZE != 0 {
            text.words(", which do not divide its ").number(N::USIZE).words(" channels")
        } else if Self::NUMBERS == 1 {
            text.words(" of one number, which would always be 0")
        } else {
            Text::new()
        }
    };

    fn all(&self, x: &[T], y: &mut [T]) {
        for first in Self::groups() {
            let normal = Normal::new(|| Self::numbers(x, first));
            let (gain, bias) = (Self::of(&self.gain, first), Self::of(&self.bias, first));
            for (x, y) in rows::<N, T>(x).iter().zip(rows_mut::<N, T>(y)) {
                normal.write(Self::of(x, first), gain, bias, Self::of_mut(y, first));
            }
        }
    }

    /// The numbers of the group whose channels begin at `first`, in order.
    #[inline(always)]
    fn numbers(x: &[T], first: usize) -> impl ExactSizeIterator<Item = T> {
        (0..Self::NUMBERS).map(move |k| {
            let at = k / Self::CHANNELS * N::USIZE + first + k % Self::CHANNELS;
            x.get(at).copied().unwrap_or(T::ZERO)
        })
    }

    /// Calls `go` with the first channel of each group.
    #[inline(always)]
    fn groups() -> impl Iterator<Item = usize> {
        (0..Groups::USIZE).map(|group| group * Self::CHANNELS)
    }

    /// The channels of a group at one place.
    #[inline(always)]
    fn of(place: &[T], first: usize) -> &[T] {
        place.get(first..first + Self::CHANNELS).unwrap_or_default()
    }

    /// [`of`](Self::of), to write.
    #[inline(always)]
    fn of_mut(place: &mut [T], first: usize) -> &mut [T] {
        place.get_mut(first..first + Self::CHANNELS).unwrap_or_default()
    }
}

impl<N: Width, Groups: Width, T: Scalar, X: Channelled<Channels = N, Scalar = T>> Normalises<T>
    for GroupNorm<N, Groups, T, X>
{
    #[inline(always)]
    fn back(&self, x: &[T], dy: &[T], mut sums: Option<[&mut [T]; 2]>, mut dx: Option<&mut [T]>) {
        for first in Self::groups() {
            let normal = Normal::new(|| Self::numbers(x, first));
            let places = || {
                rows::<N, T>(x)
                    .iter()
                    .map(|x| Self::of(x, first))
                    .zip(rows::<N, T>(dy))
                    .map(|(x, dy)| (x, Self::of(dy, first)))
            };
            if let Some([gain, bias]) = &mut sums {
                let (gain, bias) = (Self::of_mut(gain, first), Self::of_mut(bias, first));
                places().for_each(|(x, dy)| normal.sums(x, dy, gain, bias));
            }
            let Some(dx) = &mut dx else { continue };
            let gain = Self::of(&self.gain, first);
            let d = || {
                (0..Self::NUMBERS)
                    .zip(Self::numbers(dy, first))
                    .map(|(k, dy)| gain.get(k % Self::CHANNELS).map_or(T::ZERO, |&g| g * dy))
            };
            let along = normal.along(d, || Self::numbers(x, first));
            for ((x, dy), dx) in places().zip(rows_mut::<N, T>(dx)) {
                normal.errors(x, dy, gain, along, Self::of_mut(dx, first));
            }
        }
    }
}

impl<N: Width, Groups: Width, T: Scalar, X: Channelled<Channels = N, Scalar = T>> Layer for GroupNorm<N, Groups, T, X> {
    const DETAIL: &'static str = Self::TEXT.as_str();
    same_shape! { X }

    normal::backward! {}
}

impl<N: Width, Groups: Width, T: Scalar, X: Channelled<Channels = N, Scalar = T>> Batch for GroupNorm<N, Groups, T, X> {
    normal::halves! { N }
}

impl<N: Width, Groups: Width, T: Scalar, X: Channelled<Channels = N, Scalar = T>> Stack for GroupNorm<N, Groups, T, X> {
    const PLAN: &'static Plan = &Plan::leaf::<Self>();
    const FAULT: &'static str = Self::REFUSED.as_str();
    const WAITS: &'static str = if let [_, _] = X::SHAPE.widths() { "normalises over all steps" } else { "" };
    // Never a row of a matrix: that waits.
    row_by_row! { X }
}
