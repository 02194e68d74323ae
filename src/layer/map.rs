use crate::array::{Channelled, Plain, Vector};
use crate::layer::batch::same_shape;
use crate::layer::stack::row_by_row;
use crate::layer::{Batch, Layer, Plan, Slot, Stack};
use crate::math;
use crate::parameters;
use crate::scalar::Real;

/// Calls `$go!` with each function: its word, its type, whether its slope has a kink or jump, and its least and greatest
/// value, to whole numbers.
#[doc(hidden)]
#[macro_export]
macro_rules! __functions {
    ($go:ident) => {
        $go! {
            gelu: GeluFunction { kinked: false, least: -1.0, greatest: f64::INFINITY }
            silu: SiluFunction { kinked: false, least: -1.0, greatest: f64::INFINITY }
            mish: MishFunction { kinked: false, least: -1.0, greatest: f64::INFINITY }
        }
    };
}

/// A function of one number whose slope is a function of its input: what [`Map`] makes a layer of.
///
/// An [`Activation`](crate::Activation) is cheaper where the slope is a function of the output.
///
/// # Example
///
/// A function of one's own, `f(x) = x²`, `f′(x) = 2x`:
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::{Function, Map, Real};
///
/// struct Square;
///
/// impl Function for Square {
///     const NAME: &'static str = "square";
///
///     fn value<V: Real>(x: V) -> V {
///         x * x
///     }
///
///     fn slope<V: Real>(x: V) -> V {
///         V::of(2.0) * x
///     }
/// }
///
/// type Net = Network<(Map<Square, Vector<U2>>, Dense<U2, U1>), SquaredError>;
/// let mut net = Net::ZERO;
/// net.parameters_mut().fill(1.0);
/// assert_eq!(net.predict(&[3.0, 4.0])[0], 1.0 + 9.0 + 16.0);
/// ```
pub trait Function: 'static {
    /// Its name in checkpoints and messages.
    const NAME: &'static str;

    /// `f(x)`.
    fn value<V: Real>(x: V) -> V;

    /// `f′(x)`.
    fn slope<V: Real>(x: V) -> V;
}

parameters! {
    #![allow(unsafe_code)]
    /// A function of each number.
    ///
    /// Used through [`Gelu`], [`Silu`] and [`Mish`], or with a [`Function`] of one's own.
    ///
    /// # Equations
    ///
    /// <!-- $y = f(x), \qquad \frac{\partial J}{\partial x} = \frac{\partial J}{\partial y} \odot f'(x)$ --><math display="block"><mi>y</mi><mo>=</mo><mi>f</mi><mo stretchy="false">(</mo><mi>x</mi><mo stretchy="false">)</mo><mo>,</mo><mspace width="2em"></mspace><mfrac><mrow><mi>∂</mi><mi>J</mi></mrow><mrow><mi>∂</mi><mi>x</mi></mrow></mfrac><mo>=</mo><mfrac><mrow><mi>∂</mi><mi>J</mi></mrow><mrow><mi>∂</mi><mi>y</mi></mrow></mfrac><mo>⊙</mo><mi>f</mi><mi>′</mi><mo stretchy="false">(</mo><mi>x</mi><mo stretchy="false">)</mo></math>
    ///
    /// `y = f(x)`, `dx = dy ⊙ f′(x)`
    ///
    /// # Shapes
    ///
    /// `x, y: X`, a vector, a matrix or a volume. A matrix can come row by row, as steps of a stream.
    ///
    /// # Memory
    ///
    /// No parameters; two `X` of tape.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::layer::SiluFunction;
    /// use nanoprop::prelude::*;
    /// use nanoprop::{ArrayLike, Map};
    ///
    /// type Net = Network<(Dense<U2, U8>, Gelu<U8>, Dense<U8, U1>), SquaredError>;
    /// assert_eq!(Net::PARAMETERS, 3 * 8 + 9 * 1);
    ///
    /// let mut y = Matrix::<U1, U2>::ZERO;
    /// Map::<SiluFunction, Matrix<U1, U2>>::ZERO.forward([[0.0, 100.0]].view(), &mut y);
    /// assert_eq!(y[0].as_slice(), [0.0, 100.0]);
    /// ```
    pub struct Map<F: Function, X: Channelled> of X::Scalar, Batch, Stack {}
}

impl<F: Function, X: Channelled> Map<F, X> {
    #[inline(always)]
    fn all(&self, x: &[X::Scalar], y: &mut [X::Scalar]) {
        y.iter_mut().zip(x).for_each(|(y, &x)| *y = F::value(x));
    }
}

impl<F: Function, X: Channelled> Layer for Map<F, X> {
    const DETAIL: &'static str = F::NAME;
    same_shape! { X }

    #[inline]
    fn backward(&self, x: &X, tape: &mut Slot<X>, _: &mut Self, dx: Option<&mut X>) {
        if let Some(dx) = dx {
            let parts = dx.flat_mut().iter_mut().zip(tape.dy.flat()).zip(x.flat());
            parts.for_each(|((dx, &dy), &x)| *dx = dy * F::slope(x));
        }
    }
}

impl<F: Function, X: Channelled> Batch for Map<F, X> {}

impl<F: Function, X: Channelled> Stack for Map<F, X> {
    const PLAN: &'static Plan = &Plan::leaf::<Self>();
    row_by_row! { X }
}

/// The Gaussian error linear unit.
///
/// # Equations
///
/// - `y = x Φ(x)`, Φ the standard normal distribution function
/// - `dx = dy ⊙ (Φ(x) + x φ(x))`, with its density `φ(x) = e^(−x²/2) / √(2π)`
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
/// let mut y = Vector::<U3>::ZERO;
/// Gelu::<U3>::ZERO.forward(&[-1.0, 0.0, 1.0].into(), &mut y);
/// assert_eq!(y.as_slice(), [-0.15865526, 0.0, 0.8413447]);
/// ```
///
/// # Source
///
/// D. Hendrycks, K. Gimpel, "Gaussian error linear units (GELUs)", arXiv:1606.08415; the exact form.
pub type Gelu<N, T = f32> = Map<GeluFunction, Vector<N, T>>;

/// The sigmoid linear unit, also called swish.
///
/// # Equations
///
/// - `y = x σ(x)`
/// - `dx = dy ⊙ σ(x) (1 + x (1 − σ(x)))`, with `1 − σ(x)` as `σ(−x)`
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
/// let mut y = Vector::<U3>::ZERO;
/// Silu::<U3>::ZERO.forward(&[-1.0, 0.0, 1.0].into(), &mut y);
/// assert_eq!(y.as_slice(), [-0.26894143, 0.0, 0.7310586]);
/// ```
///
/// # Source
///
/// S. Elfwing, E. Uchibe, K. Doya, "Sigmoid-weighted linear units", Neural Networks 107, 2018.
pub type Silu<N, T = f32> = Map<SiluFunction, Vector<N, T>>;

/// A smooth rectifier that dips below 0.
///
/// # Equations
///
/// - `y = x t`, with `t = tanh(ln(1 + eˣ))`
/// - `dx = dy ⊙ (t + x σ(x) (1 − t²))`
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
/// let mut y = Vector::<U3>::ZERO;
/// Mish::<U3>::ZERO.forward(&[-1.0, 0.0, 1.0].into(), &mut y);
/// assert_eq!(y.as_slice(), [-0.30340147, 0.0, 0.86509836]);
/// ```
///
/// # Source
///
/// D. Misra, "Mish: a self regularized non-monotonic activation function", BMVC 2020.
pub type Mish<N, T = f32> = Map<MishFunction, Vector<N, T>>;

/// The function of [`Gelu`].
#[derive(Clone, Copy, Debug)]
pub struct GeluFunction;

/// The function of [`Silu`].
#[derive(Clone, Copy, Debug)]
pub struct SiluFunction;

/// The function of [`Mish`].
#[derive(Clone, Copy, Debug)]
pub struct MishFunction;

impl Function for GeluFunction {
    const NAME: &'static str = "gelu";

    #[inline(always)]
    fn value<V: Real>(x: V) -> V {
        math::above(x) * math::normal_cdf(x)
    }

    #[inline(always)]
    fn slope<V: Real>(x: V) -> V {
        let x = math::finite(x);
        let density = V::of(0.398_942_280_401_432_7) * math::exp(V::of(-0.5) * x * x); // 1/√(2π)
        math::normal_cdf(x) + x * density
    }
}

impl Function for SiluFunction {
    const NAME: &'static str = "silu";

    #[inline(always)]
    fn value<V: Real>(x: V) -> V {
        math::above(x) * math::sigmoid(x)
    }

    #[inline(always)]
    fn slope<V: Real>(x: V) -> V {
        let x = math::finite(x);
        let s = math::sigmoid(x);
        s * (V::of(1.0) + x * math::sigmoid(-x))
    }
}

impl Function for MishFunction {
    const NAME: &'static str = "mish";

    #[inline(always)]
    fn value<V: Real>(x: V) -> V {
        math::above(x) * math::tanh(math::softplus(x))
    }

    #[inline(always)]
    fn slope<V: Real>(x: V) -> V {
        let x = math::finite(x);
        let t = math::tanh(math::softplus(x));
        t + x * math::sigmoid(x) * (V::of(1.0) - t * t)
    }
}
