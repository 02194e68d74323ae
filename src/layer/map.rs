use crate::array::{Array, Vector};
use crate::layer::{Layer, Plan, Slot};
use crate::math;
use crate::parameters;
use crate::scalar::Real;

/// A function of one number whose slope is a function of its input: what [`Map`] makes a layer of.
///
/// An [`Activation`](crate::Activation) is cheaper where the slope is a function of the output.
pub trait Function: 'static {
    /// Its name in checkpoints and messages.
    const NAME: &'static str;

    /// `f(x)`.
    fn value<V: Real>(x: V) -> V;

    /// `f′(x)`.
    fn slope<V: Real>(x: V) -> V;
}

parameters! {
    /// A function of each number: `y = f(x)`, `dx = dy ⊙ f′(x)`.
    ///
    /// Used through [`Gelu`], [`Silu`] and [`Mish`], or with a [`Function`] of one's own.
    ///
    /// # Shapes
    ///
    /// `X` to `X`, any shape.
    ///
    /// # Memory
    ///
    /// No parameters; two `X` of tape.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// type Net = Network<(Dense<U2, U8>, Gelu<U8>, Dense<U8, U1>), SquaredError>;
    /// let mut y = Vector::<U2>::ZERO;
    /// Silu::<U2>::ZERO.forward(&[0.0, 100.0].into(), &mut y);
    /// assert_eq!(y.as_slice(), [0.0, 100.0]);
    /// ```
    pub struct Map<F: Function, X: Array> of X::Scalar {}
}

impl<F: Function, X: Array> Layer for Map<F, X> {
    const NAME: &'static str = "Map";
    const PLAN: &'static Plan = &Plan::leaf::<Self>(F::NAME);
    type Input = X;
    type Output = X;
    type Tape = Slot<X>;

    #[inline]
    fn forward(&self, x: &X, y: &mut X) {
        y.flat_mut().iter_mut().zip(x.flat()).for_each(|(y, &x)| *y = F::value(x));
    }

    #[inline]
    fn backward(&self, x: &X, tape: &mut Slot<X>, _: &mut Self, dx: Option<&mut X>) {
        if let Some(dx) = dx {
            let parts = dx.flat_mut().iter_mut().zip(tape.dy.flat()).zip(x.flat());
            parts.for_each(|((dx, &dy), &x)| *dx = dy * F::slope(x));
        }
    }
}

/// The Gaussian error linear unit: `y = x Φ(x)`, Φ the normal distribution; `y′ = Φ(x) + x φ(x)`.
///
/// # Source
///
/// D. Hendrycks, K. Gimpel, "Gaussian error linear units (GELUs)", arXiv:1606.08415; the exact form.
pub type Gelu<N, T = f32> = Map<GeluFunction, Vector<N, T>>;

/// The sigmoid linear unit: `y = x σ(x)`, `y′ = σ(x) (1 + x (1 − σ(x)))`.
///
/// # Source
///
/// S. Elfwing, E. Uchibe, K. Doya, "Sigmoid-weighted linear units", Neural Networks 107, 2018.
pub type Silu<N, T = f32> = Map<SiluFunction, Vector<N, T>>;

/// `y = x tanh(softplus(x))`, `y′ = t + x σ(x) (1 − t²)` with `t = tanh(softplus(x))`.
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
        x * math::normal_cdf(x)
    }

    #[inline(always)]
    fn slope<V: Real>(x: V) -> V {
        let density = V::of(0.398_942_280_401_432_7) * math::exp(V::of(-0.5) * x * x); // 1/√(2π)
        math::normal_cdf(x) + x * density
    }
}

impl Function for SiluFunction {
    const NAME: &'static str = "silu";

    #[inline(always)]
    fn value<V: Real>(x: V) -> V {
        x * math::sigmoid(x)
    }

    #[inline(always)]
    fn slope<V: Real>(x: V) -> V {
        let s = math::sigmoid(x);
        s * (V::of(1.0) + x * math::sigmoid(-x))
    }
}

impl Function for MishFunction {
    const NAME: &'static str = "mish";

    #[inline(always)]
    fn value<V: Real>(x: V) -> V {
        x * math::tanh(math::softplus(x))
    }

    #[inline(always)]
    fn slope<V: Real>(x: V) -> V {
        let t = math::tanh(math::softplus(x));
        t + x * math::sigmoid(x) * (V::of(1.0) - t * t)
    }
}
