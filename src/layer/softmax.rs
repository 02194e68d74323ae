use crate::array::Vector;
use crate::kernel;
use crate::layer::{Layer, Slot};
use crate::parameters;
use crate::scalar::Scalar;
use crate::width::Width;

parameters! {
    #![allow(unsafe_code)]
    /// A softmax inside a network: attention weights, mixtures.
    ///
    /// At the end of a classifier, use [`SoftmaxCrossEntropy`](crate::SoftmaxCrossEntropy) instead, which
    /// has it built in and is exact where this one saturates.
    ///
    /// # Equations
    ///
    /// <!-- $y_k = \frac{e^{x_k - m}}{\sum_{j} e^{x_j - m}}, \quad m = \max_{j} x_j, \qquad \frac{\partial J}{\partial x_k} = y_k \left( \frac{\partial J}{\partial y_k} - \sum_{j} \frac{\partial J}{\partial y_j}\, y_j \right)$ --><math display="block"><msub><mi>y</mi><mi>k</mi></msub><mo>=</mo><mfrac><mrow><msup><mi>e</mi><mrow><msub><mi>x</mi><mi>k</mi></msub><mo>−</mo><mi>m</mi></mrow></msup></mrow><mrow><munder><mo>∑</mo><mrow><mi>j</mi></mrow></munder><msup><mi>e</mi><mrow><msub><mi>x</mi><mi>j</mi></msub><mo>−</mo><mi>m</mi></mrow></msup></mrow></mfrac><mo>,</mo><mspace width="1em"></mspace><mi>m</mi><mo>=</mo><munder><mi>max</mi><mrow><mi>j</mi></mrow></munder><mo>⁡</mo><mspace width="0.1667em"></mspace><msub><mi>x</mi><mi>j</mi></msub><mo>,</mo><mspace width="2em"></mspace><mfrac><mrow><mi>∂</mi><mi>J</mi></mrow><mrow><mi>∂</mi><msub><mi>x</mi><mi>k</mi></msub></mrow></mfrac><mo>=</mo><msub><mi>y</mi><mi>k</mi></msub><mrow><mo stretchy="true">(</mo><mfrac><mrow><mi>∂</mi><mi>J</mi></mrow><mrow><mi>∂</mi><msub><mi>y</mi><mi>k</mi></msub></mrow></mfrac><mo>−</mo><munder><mo>∑</mo><mrow><mi>j</mi></mrow></munder><mfrac><mrow><mi>∂</mi><mi>J</mi></mrow><mrow><mi>∂</mi><msub><mi>y</mi><mi>j</mi></msub></mrow></mfrac><mspace width="0.16666667em"></mspace><msub><mi>y</mi><mi>j</mi></msub><mo stretchy="true">)</mo></mrow></math>
    ///
    /// - `yₖ = e^(xₖ − m) / Σⱼ e^(xⱼ − m)`, with `m = maxⱼ xⱼ`
    /// - `dxₖ = yₖ (dyₖ − Σⱼ dyⱼ yⱼ)`, since `∂yⱼ/∂xₖ = yⱼ ([j = k] − yₖ)`
    ///
    /// # Shapes
    ///
    /// `x, y: [N]`.
    ///
    /// # Memory
    ///
    /// No parameters; `2 · N` numbers of tape.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// let mut y = Vector::<U4>::ZERO;
    /// Softmax::<U4>::ZERO.forward(&[7.0, 7.0, 7.0, 7.0].into(), &mut y);
    /// assert_eq!(y.as_slice(), [0.25; 4]);
    /// ```
    ///
    /// # Source
    ///
    /// J. Bridle, "Probabilistic interpretation of feedforward classification network outputs", 1990.
    pub struct Softmax<N: Width, T: Scalar = f32> of T {}
}

impl<N: Width, T: Scalar> Layer for Softmax<N, T> {
    type Input = Vector<N, T>;
    type Output = Vector<N, T>;
    type Tape = Slot<Vector<N, T>>;

    #[inline]
    fn forward(&self, x: &Vector<N, T>, y: &mut Vector<N, T>) {
        kernel::softmax(x, y);
    }

    #[inline]
    fn backward(&self, _: &Vector<N, T>, tape: &mut Self::Tape, _: &mut Self, dx: Option<&mut Vector<N, T>>) {
        if let Some(dx) = dx {
            let mean = kernel::dot(tape.dy.iter().zip(&tape.y).map(|(&dy, &y)| (dy, y)));
            let parts = dx.iter_mut().zip(&tape.dy).zip(&tape.y);
            parts.for_each(|((dx, &dy), &y)| *dx = y * (dy - mean));
        }
    }
}
