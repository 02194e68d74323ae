mod grid;
mod pass;
mod rounds;

use core::marker::PhantomData;
use core::slice::from_ref;

use self::grid::Grid;
pub use self::pass::Pass;
pub use self::rounds::Rounds;
use crate::array::{Array, Plain, Slot, Vector};
use crate::int8::{Quantize, Scale};
use crate::layer::batch::{backward_by_halves, errors_of_one};
use crate::layer::{
    Batch, InputOf, Inputs, Layer, Lines, LinesMut, OutputOf, Parameters, Part, Plan, Role, ScalarOf, Stack, Tape,
    TapeOf, Tensor,
};
use crate::penalty::{NoPenalty, Penalty, Step};
use crate::scalar::Number;
use crate::shape::{Shape, Text};
use crate::width::{U2, U8, Width};

/// A layer that learns as its network will compute in integers of 8 bits: its weights and outputs are rounded as
/// [`Quantized`](crate::Quantized) rounds them, and gradients pass as if they were not.
///
/// In [`network!`](crate::network!) it is `FakeQuantize(Dense<32, Relu>)`, around a [`Dense`](crate::Dense) layer, a convolution or
/// a [`Residual`](crate::Residual); and `FakeQuantize` alone, which rounds what it reads: put one first, for the inputs.
///
/// The range of outputs is measured and not learned, as the statistics of a [`BatchNorm`](crate::BatchNorm):
/// [`Network::measure`](crate::Network::measure) sets it to the least and the greatest number of a set of samples, before a training
/// and between its epochs; [`Network::track`](crate::Network::track) widens it at once to those of one sample, and narrows it by the
/// weight. Before anything was measured, only weights are rounded. `quantize` takes these ranges over, whatever its
/// observer, and so the sums of each layer in integers are those of the trained one for the same inputs, but for a step where one
/// is half-way between two. The mean of an average pooling is rounded in integers only. A `BatchNorm` is
/// [folded](crate::Network::fold) before: its network trains first, and gives its weights to the one that rounds.
///
/// # Equations
///
/// With the layer's sums `z = b + W̃ᵀ x` and its activation g, `⌊·⌉` the nearest integer, halves away from 0:
///
/// - weights, for each output: `s = max |w| / 127`, `w̃ = s ⌊w / s⌉`
/// - `s = (high − low) / 255`, `ẑ = s clamp(⌊z / s⌉, n, n + 255)`, with `n = ⌊low / s⌉`; `y = g(ẑ)`, for ReLU `ẑ` of `g(z)`; of
///   an activation by a table, `y` is rounded to its fixed steps
/// - back, straight through: `dz = dy ⊙ g′` where z is within the range, and 0 beyond; `dx = W̃ δ`, `∂J/∂W = x δᵀ`. That is the
///   derivative of the layer that clamps and does not round, at the rounded weights and inputs. `∂J/∂low = ∂J/∂high = 0` by
///   definition.
///
/// `Bits` is 8. With 48, in `f64`, rounding is below what differences see: so the gradient checker compares all this with
/// the function that clamps. Only networks of 8 bits become integers.
///
/// # Shapes
///
/// Those of the layer; `range: [2]`, low and high.
///
/// # Memory
///
/// The layer, and two numbers; its tape, two outputs and a byte for each. Stack: the layer once more.
///
/// # Example
///
/// ```
/// use nanoprop::int8::Observer;
/// use nanoprop::prelude::*;
/// use nanoprop::Quantized;
///
/// network! {
///     type Net = 2 => FakeQuantize => FakeQuantize(Dense<8, Tanh>) => FakeQuantize(Dense<1>), loss = SigmoidCrossEntropy;
/// }
/// let samples = [([0.0, 0.0], [0.0]), ([0.0, 1.0], [1.0]), ([1.0, 0.0], [1.0]), ([1.0, 1.0], [0.0])];
/// let (mut net, mut tape) = (Net::ZERO, Net::TAPE);
/// net.initialize(&Xavier, &mut Pcg32::new(1));
/// for _ in 0..500 {
///     net.measure(&samples, &mut tape);
///     samples.iter().for_each(|(x, y)| net.descend(x, y, 0.5, &mut tape));
/// }
/// net.measure(&samples, &mut tape);
///
/// let mut small = Quantized::<Net>::ZERO;
/// small.quantize(&net, &samples, Observer::MinMax);
/// for (x, y) in &samples {
///     assert_eq!(small.classify(&small.encode(x)), y[0] as usize);
///     assert!((small.predict(x)[0] - net.predict(x)[0]).abs() < 0.01);
/// }
/// ```
///
/// # Source
///
/// B. Jacob et al., "Quantization and training of neural networks for efficient integer-arithmetic-only inference", CVPR 2018.
/// Y. Bengio, N. Léonard, A. Courville, "Estimating or propagating gradients through stochastic neurons", arXiv:1308.3432.
#[doc(alias("qat", "quantization aware training", "fake quantization", "straight-through"))]
#[repr(C)]
pub struct FakeQuantize<L: Rounds, Bits: Width = U8> {
    layer: L,
    range: Vector<U2, ScalarOf<L>>,
    bits: PhantomData<fn() -> Bits>,
}

// SAFETY: `repr(C)`, a plain layer and two numbers of its scalar.
#[allow(unsafe_code)]
unsafe impl<L: Rounds, Bits: Width> Plain for FakeQuantize<L, Bits> {
    type Scalar = L::Scalar;
    const COUNT: usize = L::COUNT + 2;
}

impl<L: Rounds, Bits: Width> Parameters for FakeQuantize<L, Bits> {
    const NAME: &'static str = "FakeQuantize";
    const LEARNS: bool = L::LEARNS;

    #[inline(always)]
    fn tensors(mut visit: impl FnMut(Tensor)) {
        L::tensors(&mut visit);
        let shape = Shape::SCALAR.of(2);
        visit(Tensor { layer: 0, name: "range", shape, start: L::COUNT, role: Role::Statistic });
    }
}

crate::__layers! { [L: Rounds, Bits: Width] FakeQuantize<L, Bits> }

impl<L: Rounds, Bits: Width> FakeQuantize<L, Bits> {
    const TEXT: &'static Text = &{
        let space = if L::NAME.is_empty() || L::DETAIL.is_empty() { "" } else { " " };
        Text::new().words(L::NAME).words(space).words(L::DETAIL)
    };

    /// The layer, whose weights are not rounded.
    pub fn layer(&self) -> &L {
        &self.layer
    }

    /// The layer, to change.
    pub fn layer_mut(&mut self) -> &mut L {
        &mut self.layer
    }

    /// The range that was measured, low and high; 0 and 0 before.
    pub fn range(&self) -> &Vector<U2, L::Scalar> {
        &self.range
    }

    /// Sets the range, such as one that an observer found elsewhere: low, not above 0, and high, not below 0.
    pub fn set_range(&mut self, low: L::Scalar, high: L::Scalar) {
        self.range = [low, high].into();
    }

    fn grid(&self) -> Option<Grid> {
        let [low, high] = [0, 1].map(|k| self.range.get(k).map_or(0.0, |end| end.to_f64()));
        Grid::of(low, high, Bits::U32)
    }

    /// Rounds what comes of a table.
    fn finish(y: &mut [L::Scalar]) {
        if let Some((step, zero)) = L::FIXED {
            Grid::fixed(step, zero, Bits::U32).round(y, &mut []);
        }
    }

    /// [`Layer::record`] by the rounded layer.
    fn pass(&self, rounded: &L, x: &InputOf<L>, (inner, outer): &mut TapeOf<Self>) {
        let mask = outer.kept.0.flat_mut();
        mask.fill(1);
        let grid = self.grid();
        rounded.record_by(x, inner, &mut |z| grid.into_iter().for_each(|grid| grid.round(z, mask)));
        outer.y.flat_mut().copy_from_slice(inner.output().flat());
        Self::finish(outer.y.flat_mut());
    }

    /// The least and the greatest number that the range is of, and 0.
    fn ends(&self, x: &InputOf<L>) -> (f64, f64) {
        let (mut y, mut ends) = (OutputOf::<L>::ZERO, (0.0, 0.0));
        let mut seen = |z: &mut [L::Scalar]| {
            for z in z.iter().map(|z| z.to_f64()).filter(|z| z.is_finite()) {
                ends.0 = if z < ends.0 { z } else { ends.0 };
                ends.1 = if z > ends.1 { z } else { ends.1 };
            }
        };
        self.layer.rounded(Bits::U32, |layer| layer.observe_by(x, &mut y, &mut seen, &mut |_| {}));
        ends
    }
}

impl<L: Rounds, Bits: Width> Layer for FakeQuantize<L, Bits> {
    type Input = InputOf<L>;
    type Output = OutputOf<L>;
    /// That of the layer, and its output rounded, with where it was within the range.
    type Tape = (TapeOf<L>, Slot<OutputOf<L>, (<OutputOf<L> as Array>::Int8, [i8; 0])>);
    const DETAIL: &'static str = Self::TEXT.as_str();

    fn forward(&self, x: &Self::Input, y: &mut Self::Output) {
        let grid = self.grid();
        let mut own = |z: &mut [L::Scalar]| grid.into_iter().for_each(|grid| grid.round(z, &mut []));
        self.layer.rounded(Bits::U32, |layer| layer.observe_by(x, y, &mut own, &mut |_| {}));
        Self::finish(y.flat_mut());
    }

    fn record(&self, x: &Self::Input, tape: &mut Self::Tape) {
        self.layer.rounded(Bits::U32, |layer| self.pass(layer, x, tape));
    }

    fn backward(&self, x: &Self::Input, tape: &mut Self::Tape, grad: &mut Self, dx: Option<&mut Self::Input>) {
        backward_by_halves(self, x, tape, grad, dx);
    }
}

impl<L: Rounds, Bits: Width> Batch for FakeQuantize<L, Bits> {
    fn record_batch(&self, xs: Inputs<Self::Input>, mut tapes: LinesMut<Self::Tape>) {
        self.layer.rounded(Bits::U32, |layer| {
            xs.iter().zip(tapes.iter_mut()).for_each(|(x, tape)| self.pass(layer, x, tape));
        });
    }

    /// dy goes to the layer where its sums were within the range; dx is that of the rounded layer.
    fn errors(&self, xs: Inputs<Self::Input>, mut tapes: LinesMut<Self::Tape>, dxs: Option<LinesMut<Self::Input>>) {
        for (inner, outer) in tapes.iter_mut() {
            let parts = inner.split().1.flat_mut().iter_mut().zip(outer.dy.flat()).zip(outer.kept.0.flat());
            parts.for_each(|((to, &dy), &within)| *to = if within != 0 { dy } else { L::Scalar::ZERO });
        }
        self.layer.rounded(Bits::U32, |layer| layer.errors(xs, tapes.halves().0, dxs));
    }

    fn sums(&self, xs: Inputs<Self::Input>, tapes: Lines<Self::Tape>, mut part: Part<L::Scalar>) {
        let (layer, _) = part.split(L::COUNT);
        if L::LEARNS && !layer.numbers.is_empty() {
            self.layer.sums(xs, tapes.halves().0, layer);
        }
    }

    fn step<P: Penalty>(&mut self, xs: Inputs<Self::Input>, tapes: Lines<Self::Tape>, step: Step<P>) {
        if L::LEARNS {
            self.layer.step(xs, tapes.halves().0, step);
        }
    }

    fn descend(&mut self, x: &Self::Input, tape: &mut Self::Tape, rate: L::Scalar, dx: Option<&mut Self::Input>) {
        errors_of_one(self, x, tape, dx);
        let step = Step { rate: rate.to_f64(), share: 1.0, penalty: NoPenalty };
        self.step(from_ref(x).into(), from_ref(&*tape).into(), step);
    }
}

impl<L: Rounds, Bits: Width> Stack for FakeQuantize<L, Bits> {
    const PLAN: &'static Plan = &{
        L::PLAN.check();
        Plan::leaf::<Self>()
    };
    const FAULT: &'static str = L::FAULT;
    const MEASURED: usize = L::MEASURED + 1;
    crate::__at_once! {}

    fn observe(&mut self, which: Option<usize>, x: &Self::Input, tape: &Self::Tape, weight: f64) {
        if which.is_none_or(|which| which < L::MEASURED) {
            Stack::observe(&mut self.layer, which, x, &tape.0, weight);
        }
        if which.is_none_or(|which| which == L::MEASURED) {
            let (low, high) = self.ends(x);
            let weights = (which.is_none() || weight >= 1.0).then_some(weight);
            let toward = |end: f64, seen: f64, beyond: bool| match weights {
                // The first of several samples, or one to follow.
                Some(weight) if !beyond => end + weight * (seen - end),
                None if !beyond => end,
                _ => seen,
            };
            let [from, to] = [0, 1].map(|k| self.range.get(k).map_or(0.0, |end| end.to_f64()));
            self.range = [toward(from, low, low < from), toward(to, high, high > to)].map(Number::from_f64).into();
        }
    }
}

impl<L: Rounds> Quantize for FakeQuantize<L> {
    type Int8 = L::Int8;
    const LABEL: &'static str = if L::NAME.is_empty() { Self::NAME } else { L::NAME };

    fn input(&self) -> Option<Scale> {
        if L::COUNT == 0 { self.grid().map(Grid::scale) } else { None }
    }

    fn observe(&self, x: &Self::Input, y: &mut Self::Output, visit: &mut impl FnMut(&mut [L::Scalar])) {
        let grid = self.grid();
        self.layer.rounded(8, |layer| match grid {
            Some(grid) => layer.observe_by(x, y, &mut |z| grid.round(z, &mut []), visit),
            None => Quantize::observe(layer, x, y, visit),
        });
        Self::finish(y.flat_mut());
    }

    fn quantize(&self, x: Scale, next: &mut impl FnMut() -> Scale, to: &mut Self::Int8) -> Scale {
        match self.grid() {
            Some(grid) => self.layer.quantize_by(x, grid.scale(), next, to),
            None => self.layer.quantize(x, next, to),
        }
    }
}
