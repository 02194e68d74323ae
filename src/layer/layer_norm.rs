use crate::array::{Channelled, Plain, Vector};
use crate::layer::batch::same_shape;
use crate::layer::normal::{self, Normal, Normalises};
use crate::layer::stack::row_by_row;
use crate::layer::{Batch, Inputs, Layer, Lines, LinesMut, Part, Plan, Role, Stack};
use crate::parameters;
use crate::plain::{rows, rows_mut};
use crate::scalar::Scalar;
use crate::width::Width;

parameters! {
    #![allow(unsafe_code)]
    /// Layer normalisation: each sample's values get the mean and deviation that the layer learns.
    ///
    /// Of a matrix or volume, each place is normalised by itself, over its channels, with the same gains. A sequence can come
    /// step by step.
    ///
    /// # Equations
    ///
    /// <!-- $\mu = \frac{1}{N} \sum_{k} x_k, \quad \sigma^2 = \frac{1}{N} \sum_{k} (x_k - \mu)^2, \quad \hat{x}_k = \frac{x_k - \mu}{\sqrt{\sigma^2 + \varepsilon}}, \qquad y_k = g_k \hat{x}_k + b_k$ --><math display="block"><mi>μ</mi><mo>=</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac><munder><mo>∑</mo><mrow><mi>k</mi></mrow></munder><msub><mi>x</mi><mi>k</mi></msub><mo>,</mo><mspace width="1em"></mspace><msup><mi>σ</mi><mn>2</mn></msup><mo>=</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mi>N</mi></mrow></mfrac><munder><mo>∑</mo><mrow><mi>k</mi></mrow></munder><mo stretchy="false">(</mo><msub><mi>x</mi><mi>k</mi></msub><mo>−</mo><mi>μ</mi><msup><mo stretchy="false">)</mo><mn>2</mn></msup><mo>,</mo><mspace width="1em"></mspace><msub><mover><mrow><mi>x</mi></mrow><mi>^</mi></mover><mi>k</mi></msub><mo>=</mo><mfrac><mrow><msub><mi>x</mi><mi>k</mi></msub><mo>−</mo><mi>μ</mi></mrow><mrow><msqrt><mrow><msup><mi>σ</mi><mn>2</mn></msup><mo>+</mo><mi>ε</mi></mrow></msqrt></mrow></mfrac><mo>,</mo><mspace width="2em"></mspace><msub><mi>y</mi><mi>k</mi></msub><mo>=</mo><msub><mi>g</mi><mi>k</mi></msub><msub><mover><mrow><mi>x</mi></mrow><mi>^</mi></mover><mi>k</mi></msub><mo>+</mo><msub><mi>b</mi><mi>k</mi></msub></math>
    ///
    /// At each place:
    ///
    /// - `μ = 1/N Σₖ xₖ`, `σ² = 1/N Σₖ (xₖ − μ)²`, `x̂ = (x − μ) / √(σ² + ε)`, with `ε = 10⁻⁵`
    /// - `y = g ⊙ x̂ + b`
    /// - `∂J/∂g = dy ⊙ x̂`, `∂J/∂b = dy`
    /// - with `d = g ⊙ dy`: `dx = (d − 1/N Σₖ dₖ − x̂ · 1/N Σₖ dₖ x̂ₖ) / √(σ² + ε)`, since μ and σ depend on each `xₖ`
    ///
    /// # Shapes
    ///
    /// `x, y: X`, which is `[N]` by default, or `[Steps × N]` or `[Height × Width × N]`.
    ///
    /// # Order
    ///
    /// Each sum has sixteen partial sums by `k mod 16`, joined by halves. μ is a number near the mean, between the least
    /// and the greatest x, and the mean distance from it, so that equal numbers have the distance 0 and close ones keep
    /// their digits. Numbers whose squares could overflow are scaled by a power of two first. The quotients are products
    /// by `1/√(σ² + ε)`.
    ///
    /// # Memory
    ///
    /// `2 · N` parameters, two `X` of tape: μ and σ are computed again on the way back.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// let mut layer = LayerNorm::<U4>::ZERO;
    /// layer.flat_mut().copy_from_slice(&[1.0, 1.0, 1.0, 2.0, 0.0, 0.0, 0.0, 10.0]); // gain, bias
    /// let mut y = Vector::ZERO;
    /// layer.forward(&[1000.0, 3000.0, 1000.0, 3000.0].into(), &mut y);
    /// assert_eq!(y.as_slice(), [-1.0, 1.0, -1.0, 12.0]);
    /// ```
    ///
    /// # Source
    ///
    /// J. Ba, J. Kiros, G. Hinton, "Layer normalization", arXiv:1607.06450.
    pub struct LayerNorm<N: Width, T: Scalar = f32, X: Channelled<Channels = N, Scalar = T> = Vector<N, T>> of T,
        Batch, Stack
    {
        /// g: [N]
        gain: Vector<N, T> = Role::Gain,
        /// b: [N]
        bias: Vector<N, T> = Role::Bias { fan_in: N::USIZE, fan_out: N::USIZE },
    }
}

impl<N: Width, T: Scalar, X: Channelled<Channels = N, Scalar = T>> LayerNorm<N, T, X> {
    #[inline(always)]
    fn all(&self, x: &[T], y: &mut [T]) {
        for (x, y) in rows::<N, T>(x).iter().zip(rows_mut::<N, T>(y)) {
            Normal::new(|| x.iter().copied()).write(x, &self.gain, &self.bias, y);
        }
    }
}

impl<N: Width, T: Scalar, X: Channelled<Channels = N, Scalar = T>> Normalises<T> for LayerNorm<N, T, X> {
    #[inline(always)]
    fn back(&self, x: &[T], dy: &[T], mut sums: Option<[&mut [T]; 2]>, dx: Option<&mut [T]>) {
        let mut dx = dx.map(|dx| rows_mut::<N, T>(dx).iter_mut());
        for (x, dy) in rows::<N, T>(x).iter().zip(rows::<N, T>(dy)) {
            let normal = Normal::new(|| x.iter().copied());
            if let Some([gain, bias]) = &mut sums {
                normal.sums(x, dy, gain, bias);
            }
            let Some(dx) = dx.as_mut().and_then(Iterator::next) else { continue };
            let d = || self.gain.iter().zip(dy).map(|(&g, &dy)| g * dy);
            let along = normal.along(d, || x.iter().copied());
            normal.errors(x, dy, &self.gain, along, dx);
        }
    }
}

impl<N: Width, T: Scalar, X: Channelled<Channels = N, Scalar = T>> Layer for LayerNorm<N, T, X> {
    same_shape! { X }

    normal::backward! {}
}

impl<N: Width, T: Scalar, X: Channelled<Channels = N, Scalar = T>> Batch for LayerNorm<N, T, X> {
    normal::halves! { N }
}

impl<N: Width, T: Scalar, X: Channelled<Channels = N, Scalar = T>> Stack for LayerNorm<N, T, X> {
    const PLAN: &'static Plan = &Plan::leaf::<Self>();
    row_by_row! { X }
}
