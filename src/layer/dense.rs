use crate::activation::{Activation, Identity};
use crate::array::{Array, ArrayLike, Matrix, Plain, Vector};
use crate::kernel::{self, Gradient, SIDE, Walk};
use crate::layer::{Batch, Inputs, Layer, Lines, LinesMut, Part, Plan, Role, Slot, Stack, Tape};
use crate::parameters;
use crate::penalty::{Penalty, Step};
use crate::plain::rows_mut;
use crate::scalar::Scalar;
use crate::width::Width;

parameters! {
    #![allow(unsafe_code)]
    /// A fully connected layer: each of `Out` units weighs all of `In` inputs.
    ///
    /// # Equations
    ///
    /// <!-- $z_j = b_j + \sum_{i} x_i w_{ij}, \quad y_j = g(z_j), \qquad \delta_j = \frac{\partial J}{\partial y_j}\, g'(z_j), \quad \frac{\partial J}{\partial w_{ij}} = x_i \delta_j, \quad \frac{\partial J}{\partial x_i} = \sum_{j} w_{ij} \delta_j$ --><math display="block"><msub><mi>z</mi><mi>j</mi></msub><mo>=</mo><msub><mi>b</mi><mi>j</mi></msub><mo>+</mo><munder><mo>∑</mo><mrow><mi>i</mi></mrow></munder><msub><mi>x</mi><mi>i</mi></msub><msub><mi>w</mi><mrow><mi>i</mi><mi>j</mi></mrow></msub><mo>,</mo><mspace width="1em"></mspace><msub><mi>y</mi><mi>j</mi></msub><mo>=</mo><mi>g</mi><mo stretchy="false">(</mo><msub><mi>z</mi><mi>j</mi></msub><mo stretchy="false">)</mo><mo>,</mo><mspace width="2em"></mspace><msub><mi>δ</mi><mi>j</mi></msub><mo>=</mo><mfrac><mrow><mi>∂</mi><mi>J</mi></mrow><mrow><mi>∂</mi><msub><mi>y</mi><mi>j</mi></msub></mrow></mfrac><mspace width="0.16666667em"></mspace><mi>g</mi><mi>′</mi><mo stretchy="false">(</mo><msub><mi>z</mi><mi>j</mi></msub><mo stretchy="false">)</mo><mo>,</mo><mspace width="1em"></mspace><mfrac><mrow><mi>∂</mi><mi>J</mi></mrow><mrow><mi>∂</mi><msub><mi>w</mi><mrow><mi>i</mi><mi>j</mi></mrow></msub></mrow></mfrac><mo>=</mo><msub><mi>x</mi><mi>i</mi></msub><msub><mi>δ</mi><mi>j</mi></msub><mo>,</mo><mspace width="1em"></mspace><mfrac><mrow><mi>∂</mi><mi>J</mi></mrow><mrow><mi>∂</mi><msub><mi>x</mi><mi>i</mi></msub></mrow></mfrac><mo>=</mo><munder><mo>∑</mo><mrow><mi>j</mi></mrow></munder><msub><mi>w</mi><mrow><mi>i</mi><mi>j</mi></mrow></msub><msub><mi>δ</mi><mi>j</mi></msub></math>
    ///
    /// - `z = b + Wᵀ x`, that is `zⱼ = bⱼ + Σᵢ xᵢ wᵢⱼ   (T 1.1.2)`
    /// - `y = g(z)   (T 1.1.3)`
    /// - `δ = dy ⊙ g′(z)`, `dx = W δ   (T 2.5.8)`, `∂J/∂wᵢⱼ = xᵢ δⱼ   (T 2.2.8)`, `∂J/∂bⱼ = δⱼ`
    ///
    /// # Shapes
    ///
    /// `x: [In]`, `y: [Out]`, `b: [Out]`, `W: [In × Out]`: first the bias, then for each input its weights to all
    /// outputs. The tutorial's Θ is the transpose, `[Out × (1 + In)]`, with the bias as column 0; so is PyTorch's `weight`,
    /// `[Out × In]`, which [`set_rows`](Dense::set_rows) takes.
    ///
    /// # Memory
    ///
    /// `(1 + In) · Out` parameters, `In · Out` when [`Unbiased`]; `2 · Out` numbers of tape. Stack:
    /// partial sums, 48 numbers at most.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// let mut layer = Dense::<U2, U2, Relu>::ZERO;
    /// layer.flat_mut().copy_from_slice(&[
    ///     0.5, -1.0, // bias
    ///     1.0, 2.0, // from input 1
    ///     3.0, -4.0, // from input 2
    /// ]);
    /// let mut y = Vector::ZERO;
    /// layer.forward(&[10.0, 100.0].into(), &mut y);
    /// assert_eq!(y.as_slice(), [310.5, 0.0]);
    /// ```
    ///
    /// # Source
    ///
    /// The tutorial, sections 1.1 and 2.
    pub struct Dense<In: Width, Out: Width, A: Activation = Identity, T: Scalar = f32, B: BiasMode = Biased> of T, Batch, Stack {
        /// b: [Out]
        pub(crate) bias: B::Of<Vector<Out, T>> = Role::Bias { fan_in: In::USIZE, fan_out: Out::USIZE },
        /// w: [In × Out]
        pub(crate) weight: Matrix<In, Out, T> = Role::Weight { fan_in: In::USIZE, fan_out: Out::USIZE },
    }
}

impl<In: Width, Out: Width, A: Activation, T: Scalar, B: BiasMode> Layer for Dense<In, Out, A, T, B> {
    type Input = Vector<In, T>;
    type Output = Vector<Out, T>;
    type Tape = Slot<Vector<Out, T>>;
    const DETAIL: &'static str = A::NAME;

    #[inline]
    fn forward(&self, x: &Vector<In, T>, y: &mut Vector<Out, T>) {
        kernel::gemv::<In, Out, A, T>(&self.weight, x, B::start(&self.bias, y), y);
    }

    #[inline]
    fn backward(&self, x: &Vector<In, T>, tape: &mut Self::Tape, grad: &mut Self, dx: Option<&mut Vector<In, T>>) {
        let (y, dy) = tape.split();
        kernel::gradient::<In, Out, A, T>(&self.weight, x, y, dy, grad.bias.flat_mut(), &mut grad.weight, dx);
    }
}

impl<In: Width, Out: Width, A: Activation, T: Scalar, B: BiasMode> Batch for Dense<In, Out, A, T, B> {
    #[inline]
    fn record_batch(&self, xs: Inputs<Vector<In, T>>, tapes: LinesMut<Self::Tape>) {
        let mut zero = Vector::ZERO;
        let z = B::start(&self.bias, &mut zero);
        kernel::gemm::<In, Out, A, T>(&self.weight, Some(z.unwrap_or(&zero)), xs, tapes.slots().0);
    }

    #[inline]
    fn errors(&self, _: Inputs<Vector<In, T>>, tapes: LinesMut<Self::Tape>, dxs: Option<LinesMut<Vector<In, T>>>) {
        let (ys, dys) = tapes.slots();
        kernel::errors::<In, Out, A, T>(&self.weight, ys.lines(), dys, dxs);
    }

    #[inline]
    fn sums(&self, xs: Inputs<Vector<In, T>>, tapes: Lines<Self::Tape>, mut part: Part<T>) {
        let (bias, weight) = part.split(B::Of::<Vector<Out, T>>::COUNT);
        let rows = rows_mut(weight.numbers);
        kernel::sums(xs, tapes.slots().1, bias.numbers, weight.start / Out::USIZE, rows, Gradient);
    }

    #[inline]
    fn step<P: Penalty>(&mut self, xs: Inputs<Vector<In, T>>, tapes: Lines<Self::Tape>, step: Step<P>) {
        kernel::sums(xs, tapes.slots().1, self.bias.flat_mut(), 0, &mut self.weight, step);
    }

    #[inline]
    fn descend(&mut self, x: &Vector<In, T>, tape: &mut Self::Tape, rate: T, dx: Option<&mut Vector<In, T>>) {
        let (y, dy) = tape.split();
        kernel::descend::<In, Out, A, T>(&mut self.weight, x, y, dy, self.bias.flat_mut(), rate, dx);
    }
}

impl<In: Width, Out: Width, A: Activation, T: Scalar, B: BiasMode> Stack for Dense<In, Out, A, T, B> {
    const PLAN: &'static Plan = &Plan::leaf::<Self>();
    crate::__at_once! {}
    const NARROW: usize = if In::USIZE <= SIDE && Out::USIZE <= SIDE { Out::USIZE } else { 0 };

    #[inline(always)]
    fn walk(walk: &mut impl Walk) {
        walk.dense::<In, Out, A>(B::Of::<Vector<Out, T>>::COUNT > 0);
    }
}

impl<In: Width, Out: Width, A: Activation, T: Scalar, B: BiasMode> Dense<In, Out, A, T, B> {
    /// Sets the weights from `rows` of one output each, `[Out × In]`, as PyTorch and most other libraries have them.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// let mut layer = Dense::<U3, U2>::ZERO;
    /// layer.set_rows(&[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]); // torch.nn.Linear(3, 2).weight
    /// layer.set_bias(&[10.0, 20.0]); // .bias
    /// let mut y = Vector::ZERO;
    /// layer.forward(&[1.0, 1.0, 1.0].into(), &mut y);
    /// assert_eq!(y.as_slice(), [16.0, 35.0]);
    /// ```
    #[doc(alias("weight", "state_dict", "load_state_dict", "from_torch"))]
    pub fn set_rows<M: ArrayLike<Matrix<Out, In, T>>>(&mut self, rows: &M) {
        let () = M::FITS;
        for (j, row) in rows.view().iter().enumerate() {
            let column = self.weight.iter_mut().filter_map(|weights| weights.get_mut(j));
            column.zip(row).for_each(|(w, &number)| *w = number);
        }
    }
}

impl<In: Width, Out: Width, A: Activation, T: Scalar> Dense<In, Out, A, T> {
    /// Sets the bias.
    pub fn set_bias<V: ArrayLike<Vector<Out, T>>>(&mut self, bias: &V) {
        let () = V::FITS;
        self.bias.copy_from_slice(bias.view());
    }
}

/// Whether a layer has a bias: [`Biased`] or [`Unbiased`]. Sealed.
pub trait BiasMode: sealed::Sealed + 'static {
    /// The bias: an array, or nothing.
    type Of<V: Array>: Array<Scalar = V::Scalar>;

    /// Where the weighted sums start: the bias, or `None` and `z` set to 0 where there is none.
    #[doc(hidden)]
    fn start<'a, V: Array>(bias: &'a Self::Of<V>, z: &mut V) -> Option<&'a V>;
}

/// With a bias: the weights of the unit that is always 1.
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::{Biased, Unbiased};
///
/// assert_eq!(size_of::<Dense<U3, U2, Relu, f32, Biased>>(), 4 * (3 * 2 + 2));
/// assert_eq!(size_of::<Dense<U3, U2, Relu, f32, Unbiased>>(), 4 * (3 * 2));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Biased;

/// Without a bias.
#[derive(Clone, Copy, Debug)]
pub struct Unbiased;

impl BiasMode for Biased {
    type Of<V: Array> = V;

    #[inline(always)]
    fn start<'a, V: Array>(bias: &'a V, _: &mut V) -> Option<&'a V> {
        Some(bias)
    }
}

impl BiasMode for Unbiased {
    type Of<V: Array> = [V; 0];

    #[inline(always)]
    fn start<'a, V: Array>(_: &'a [V; 0], z: &mut V) -> Option<&'a V> {
        z.flat_mut().fill(V::Scalar::ZERO);
        None
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Biased {}
    impl Sealed for super::Unbiased {}
}
