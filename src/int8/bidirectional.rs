use typenum::Unsigned;

use crate::activation::Tanh;
use crate::array::{Array, Channelled, Doubled, Grid, Plain};
use crate::int8::{Int8InputOf, Int8Layer, Int8OutputOf, Quantize, Scale, at_once, int8};
use crate::layer::{
    Bidirectional, Elman, Emission, Gru, InputOf, Layer, Lstm, OutputOf, ResetMode, Stack, join_rows, turn_rows,
};
use crate::scalar::Scalar;
use crate::width::{Gates, Width};

int8! {
    /// A [`Bidirectional`] of recurrent layers in integers.
    ///
    /// # Equations
    ///
    /// Those of its two layers, which have one scale of outputs: it spans the hidden states of both, so that they stand side by side as
    /// they are. TensorFlow Lite makes of a bidirectional layer two layers, a `REVERSE_V2` and a `CONCATENATION`, whose integers
    /// have one scale, too.
    ///
    /// # Memory
    ///
    /// The two layers. Stack: an input and two outputs of one, a byte for each number, and what a layer takes.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::int8::Observer;
    /// use nanoprop::prelude::*;
    /// use nanoprop::Quantized;
    ///
    /// network! { type Net = [3, 1] => Bidirectional(Elman<1, Tanh, All>), loss = SquaredError; }
    /// let (mut net, mut small) = (Net::ZERO, Quantized::<Net>::ZERO);
    /// net.parameters_mut().copy_from_slice(&[0.0, 1.0, 0.0, 0.0, -1.0, 0.0]); // tanh x and −tanh x
    /// small.quantize(&net, &[([[1.0], [-1.0], [0.5]], [[0.0; 2]; 3])], Observer::MinMax);
    ///
    /// let step = small.output().step();
    /// let h = small.predict(&[[1.0], [-1.0], [0.5]]);
    /// for (y, x) in h.iter().zip([1.0, -1.0, 0.5_f32]) {
    ///     assert!((y[0] - x.tanh()).abs() <= step && (y[1] + x.tanh()).abs() <= step);
    /// }
    /// assert_eq!(small.layers().ahead().scale(small.input()), small.output());
    /// # use nanoprop::int8::Int8Layer;
    /// ```
    pub struct BidirectionalInt8<L: Directed> { ahead: L::Int8, back: L::Int8 }
}

/// A recurrent layer that can run both ways: the last of its tensors are its hidden states, which are its outputs. Sealed.
#[diagnostic::on_unimplemented(
    message = "a Bidirectional of this layer has no form in integers of 8 bits",
    label = "expected `Bidirectional(Lstm<8>)`, of `Lstm`, `Gru`, or `Elman` with tanh"
)]
#[doc(hidden)]
pub trait Directed:
    Stack
    + Quantize<Int8: Int8Layer<Input: Array<Scalar = i8>, Output: Array<Scalar = i8>>>
    + Layer<Input: Grid, Output: Doubled>
{
}

impl<Steps: Width, In: Width, Hidden: Width, E: Emission, T: Scalar> Directed for Elman<Steps, In, Hidden, Tanh, E, T> where
    E::Output<Steps, Hidden, T>: Doubled
{
}
impl<Steps: Width, In: Width, Hidden: Gates, E: Emission, T: Scalar> Directed for Lstm<Steps, In, Hidden, E, T> where
    E::Output<Steps, Hidden, T>: Doubled
{
}
impl<Steps: Width, In: Width, Hidden: Gates, E: Emission, T: Scalar, R: ResetMode> Directed
    for Gru<Steps, In, Hidden, E, T, R>
where
    E::Output<Steps, Hidden, T>: Doubled,
{
}

impl<L: Directed> BidirectionalInt8<L> {
    /// The layer that reads from the first step on.
    pub fn ahead(&self) -> &L::Int8 {
        &self.ahead
    }

    /// The layer that reads from the last step on.
    pub fn back(&self) -> &L::Int8 {
        &self.back
    }

    /// Both layers, to set; their outputs must have one scale.
    pub fn layers_mut(&mut self) -> (&mut L::Int8, &mut L::Int8) {
        (&mut self.ahead, &mut self.back)
    }
}

impl<L: Directed> Int8Layer for BidirectionalInt8<L> {
    type Input = Int8InputOf<L>;
    type Output = <<OutputOf<L> as Doubled>::Doubled as Array>::Int8;

    fn forward(&self, x: &Self::Input, y: &mut Self::Output) {
        let mut turned = Int8InputOf::<L>::ZERO;
        let (mut ahead, mut back) = (Int8OutputOf::<L>::ZERO, Int8OutputOf::<L>::ZERO);
        turn_rows(const { <<InputOf<L> as Grid>::Columns as Unsigned>::USIZE }, x.flat(), turned.flat_mut());
        self.ahead.forward(x, &mut ahead);
        self.back.forward(&turned, &mut back);
        let width = const { <<OutputOf<L> as Channelled>::Channels as Unsigned>::USIZE };
        join_rows(width, ahead.flat(), back.flat(), y.flat_mut());
    }

    fn scale(&self, x: Scale) -> Scale {
        self.ahead.scale(x)
    }
}

at_once! { [L: Directed] BidirectionalInt8<L> }

/// The most tensors of a recurrent layer.
const TENSORS: usize = 4;

/// A range that spans those of two scales.
fn joint(a: Scale, b: Scale) -> Scale {
    let [low, high] = [-128, 127].map(|q| [a, b].map(|scale| f64::from(scale.decode(q))));
    let spans =
        |outer: Scale, inner: Scale| outer.decode(-128) <= inner.decode(-128) && outer.decode(127) >= inner.decode(127);
    if spans(a, b) {
        return a;
    }
    if spans(b, a) {
        return b;
    }
    Scale::range(low.into_iter().fold(0.0, f64::min), high.into_iter().fold(0.0, f64::max))
}

impl<L: Directed> Quantize for Bidirectional<L>
where
    Self: Layer<Input = InputOf<L>, Output = <OutputOf<L> as Doubled>::Doubled, Scalar = L::Scalar>,
{
    type Int8 = BidirectionalInt8<L>;

    fn observe(&self, x: &Self::Input, y: &mut Self::Output, visit: &mut impl FnMut(&mut [L::Scalar])) {
        let mut turned = InputOf::<L>::ZERO;
        let (mut ahead, mut back) = (OutputOf::<L>::ZERO, OutputOf::<L>::ZERO);
        turn_rows(const { <<InputOf<L> as Grid>::Columns as Unsigned>::USIZE }, x.flat(), turned.flat_mut());
        Quantize::observe(self.ahead(), x, &mut ahead, visit);
        Quantize::observe(self.back(), &turned, &mut back, visit);
        let width = const { <<OutputOf<L> as Channelled>::Channels as Unsigned>::USIZE };
        join_rows(width, ahead.flat(), back.flat(), y.flat_mut());
    }

    /// Twice: the first time for the scale of outputs of each, and then with one that spans both.
    fn quantize(&self, x: Scale, next: &mut impl FnMut() -> Scale, to: &mut Self::Int8) -> Scale {
        let mut seen = [[Scale::new(1.0, 0); TENSORS]; 2];
        let mut once = |layer: &L, seen: &mut [Scale; TENSORS], to: &mut L::Int8| {
            let (mut places, mut count) = (seen.iter_mut(), 0);
            let y = layer.quantize(
                x,
                &mut || {
                    let scale = next();
                    places.next().into_iter().for_each(|place| *place = scale);
                    count += 1;
                    scale
                },
                to,
            );
            (y, count)
        };
        let (of_ahead, count) = once(self.ahead(), &mut seen[0], &mut to.ahead);
        let (of_back, _) = once(self.back(), &mut seen[1], &mut to.back);
        let y = joint(of_ahead, of_back);
        for (layer, seen, to) in [(self.ahead(), seen[0], &mut to.ahead), (self.back(), seen[1], &mut to.back)] {
            let mut scales = seen.into_iter().take(usize::saturating_sub(count, 1));
            layer.quantize(x, &mut || scales.next().unwrap_or(y), to);
        }
        y
    }
}
