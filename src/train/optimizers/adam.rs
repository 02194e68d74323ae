use crate::penalty::descended;
use crate::scalar::{Real, flush, flushed_square};
use crate::train::{Decay, Decayed, Now, Optimizer, power};

/// Descent by running means of the slope and of its square, both freed of their start at 0.
///
/// # Equations
///
/// <!-- $m_t = \beta_1 m_{t-1} + (1 - \beta_1)\, g, \quad v_t = \beta_2 v_{t-1} + (1 - \beta_2)\, g^2, \qquad w \leftarrow w - \alpha\, \frac{m_t / (1 - \beta_1^t)}{\sqrt{v_t / (1 - \beta_2^t)} + \varepsilon}$ --><math display="block"><msub><mi>m</mi><mi>t</mi></msub><mo>=</mo><msub><mi>β</mi><mn>1</mn></msub><msub><mi>m</mi><mrow><mi>t</mi><mo>−</mo><mn>1</mn></mrow></msub><mo>+</mo><mo stretchy="false">(</mo><mn>1</mn><mo>−</mo><msub><mi>β</mi><mn>1</mn></msub><mo stretchy="false">)</mo><mspace width="0.16666667em"></mspace><mi>g</mi><mo>,</mo><mspace width="1em"></mspace><msub><mi>v</mi><mi>t</mi></msub><mo>=</mo><msub><mi>β</mi><mn>2</mn></msub><msub><mi>v</mi><mrow><mi>t</mi><mo>−</mo><mn>1</mn></mrow></msub><mo>+</mo><mo stretchy="false">(</mo><mn>1</mn><mo>−</mo><msub><mi>β</mi><mn>2</mn></msub><mo stretchy="false">)</mo><mspace width="0.16666667em"></mspace><msup><mi>g</mi><mn>2</mn></msup><mo>,</mo><mspace width="2em"></mspace><mi>w</mi><mo>←</mo><mi>w</mi><mo>−</mo><mi>α</mi><mspace width="0.16666667em"></mspace><mfrac><mrow><msub><mi>m</mi><mi>t</mi></msub><mo>/</mo><mo stretchy="false">(</mo><mn>1</mn><mo>−</mo><msubsup><mi>β</mi><mn>1</mn><mi>t</mi></msubsup><mo stretchy="false">)</mo></mrow><mrow><msqrt><mrow><msub><mi>v</mi><mi>t</mi></msub><mo>/</mo><mo stretchy="false">(</mo><mn>1</mn><mo>−</mo><msubsup><mi>β</mi><mn>2</mn><mi>t</mi></msubsup><mo stretchy="false">)</mo></mrow></msqrt><mo>+</mo><mi>ε</mi></mrow></mfrac></math>
///
/// - `m ← m + (1 − β₁) (g − m)`, `v ← β₂ v + (1 − β₂) g²`
/// - `w ← w − α / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε)`, after [`Decay`]; t is the number of the step, from 1
///
/// The powers and roots of β are computed in `f64`, once a step, by repeated squaring.
///
/// Each of |m| and v becomes 0 where it is below 2⁻⁹⁶ (2⁻⁹⁶⁰ in f64), and g² where |g| is below 2⁻⁴⁸ (2⁻⁴⁸⁰): arithmetic on
/// subnormal numbers is slow.
///
/// # Memory
///
/// Two values of the network's type, m and v.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::State;
///
/// type Line = Network<Dense<U1, U1>, SquaredError>;
/// let (mut net, mut grad, mut state) = (Line::ZERO, Line::ZERO, State::ZERO);
/// grad.parameters_mut().copy_from_slice(&[2.0, -4.0]);
/// net.optimize(&grad, &Adam { beta1: 0.5, beta2: 0.75, epsilon: 0.0, ..Adam::new(0.25) }, &mut state);
/// assert_eq!(state.kept()[0].parameters(), [1.0, -2.0]);
/// assert_eq!(state.kept()[1].parameters(), [1.0, 4.0]);
/// assert_eq!(net.parameters(), [-0.25, 0.25]); // the first step is α, whatever the slope
/// ```
///
/// # Source
///
/// D. Kingma, J. Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 1, in the order of PyTorch's
/// `Adam`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adam {
    /// α: 0.001 by default.
    #[doc(alias("lr", "learning_rate"))]
    pub rate: f64,
    /// β₁, below 1: 0.9 by default.
    #[doc(alias("betas", "beta_1"))]
    pub beta1: f64,
    /// β₂, below 1: 0.999 by default.
    #[doc(alias("betas", "beta_2"))]
    pub beta2: f64,
    /// ε: 10⁻⁸ by default.
    #[doc(alias = "eps")]
    pub epsilon: f64,
    /// How weights decay: not, by default.
    #[doc(alias = "weight_decay")]
    pub decay: Decay,
}

impl Adam {
    /// PyTorch's, and the paper's.
    pub const DEFAULT: Adam = Adam::new(1e-3);

    /// The defaults at a rate.
    pub const fn new(rate: f64) -> Adam {
        Adam { rate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: Decay::NONE }
    }
}

/// The numbers of one step.
#[derive(Clone, Copy, Debug)]
pub struct AdamFactors {
    /// `α / (1 − β₁ᵗ)`.
    rate: f64,
    beta1: f64,
    beta2: f64,
    /// `√(1 − β₂ᵗ)`.
    root: f64,
    epsilon: f64,
    decay: Decayed,
}

impl Optimizer for Adam {
    const NAME: &'static str = "adam";
    type Kept<P> = [P; 2];
    type Factors = AdamFactors;

    fn factors(&self, now: &Now) -> AdamFactors {
        let rate = self.rate * now.factor;
        let Adam { beta1, beta2, epsilon, .. } = *self;
        AdamFactors {
            rate: rate / (1.0 - power(beta1, now.step)),
            beta1,
            beta2,
            root: Real::sqrt(1.0 - power(beta2, now.step)),
            epsilon,
            decay: self.decay.factors(rate, now),
        }
    }

    #[inline(always)]
    fn change<V: Real>(f: AdamFactors, weight: V, slope: V, [m, v]: &mut [V; 2]) -> V {
        let (weight, slope) = f.decay.of(weight, slope);
        *m = flush(*m + V::of(1.0 - f.beta1) * (slope - *m));
        *v = flush(V::of(f.beta2) * *v + V::of(1.0 - f.beta2) * flushed_square(slope));
        descended(weight, f.rate, *m / (v.sqrt() / V::of(f.root) + V::of(f.epsilon)))
    }
}
