//! A network in integers.

use crate::array::{Array, ArrayLike, Plain};
use crate::int8::{
    Int8EmitOf, Int8InputOf, Int8Layer, Int8OutputOf, Int8StepOf, Int8Stream, Int8StreamOf, LayerError, Observer,
    Outcome, Quantize, Scale, convert,
};
use crate::layer::{InputOf, OutputOf};
use crate::loss::Loss;
use crate::metrics;
use crate::network::{Footprint, Inference, Layers, Network, Samples, Usage, check_classes};
use crate::plain::fit_step;
use crate::scalar::{Number, Real};

/// A network in integers of 8 bits, by the type of the network in floating point.
///
/// # Equations
///
/// Those of [`int8`](crate::int8).
///
/// # Memory
///
/// A byte for each weight, 9 for each output channel, 8 for each scale; bytes only, so that a `static` can hold it, in flash, and a
/// [checkpoint](Quantized::save) is its memory. Stack: the outputs of two layers, a byte for each.
///
/// # Example
///
/// ```
/// use nanoprop::int8::Observer;
/// use nanoprop::prelude::*;
/// use nanoprop::Quantized;
///
/// network! { type Xor = 2 => Dense<4, Tanh> => Dense<1>, loss = SigmoidCrossEntropy; }
/// let samples = [([0.0, 0.0], [0.0]), ([0.0, 1.0], [1.0]), ([1.0, 0.0], [1.0]), ([1.0, 1.0], [0.0])];
/// let (mut net, mut tape) = (Xor::ZERO, Xor::TAPE);
/// net.initialize(&Xavier, &mut Pcg32::new(1));
/// for _ in 0..1000 {
///     samples.iter().for_each(|(x, y)| net.descend(x, y, 0.5, &mut tape));
/// }
///
/// type Small = Quantized<Xor>;
/// let mut small = Small::ZERO;
/// small.quantize(&net, &samples, Observer::MinMax);
///
/// // On the device: integers.
/// let (no, yes) = (small.input().encode(0.0), small.input().encode(1.0));
/// assert_eq!([small.classify(&[no, yes]), small.classify(&[yes, yes])], [1, 0]);
/// // On the desk: how good it is.
/// assert!((small.predict(&[1.0, 0.0])[0] - net.predict(&[1.0, 0.0])[0]).abs() < 0.01);
/// ```
#[repr(C)]
pub struct Quantized<N: Quantize> {
    input: Scale,
    layers: N::Int8,
}

// SAFETY: `repr(C)`, both plain and of `i8`, so nothing lies between or behind them.
#[allow(unsafe_code)]
unsafe impl<N: Quantize> Plain for Quantized<N> {
    type Scalar = i8;
    const COUNT: usize = Scale::COUNT + N::Int8::COUNT;
}

/// Its bytes.
impl<N: Quantize> Usage<Quantized<N>> for Inference {
    const FOOTPRINT: Footprint = Footprint::NONE.with_weights(size_of::<Quantized<N>>());
}

impl<L: Layers<Chain: Quantize>, E: Loss> Quantized<Network<L, E>> {
    /// The bytes that it takes, in flash or in RAM; [`budget!`](crate::budget!) with [`Inference`] counts them.
    pub const FOOTPRINT: Footprint = <Inference as Usage<Self>>::FOOTPRINT;

    /// The value whose bytes are all 0, for [`quantize`](Quantized::quantize) to fill.
    pub const ZERO: Self = {
        let () = Network::<L, E>::FITS;
        <Self as Plain>::ZERO
    };

    /// Fills it from a trained network, and from samples of its inputs, from which an observer takes the range of each tensor; a
    /// [`FakeQuantize`](crate::FakeQuantize) keeps the one that it was trained with.
    ///
    /// Some hundred samples are enough. They are run once for each layer, twice with [`Observer::Percentile`] or [`Observer::Entropy`]; nothing is
    /// allocated.
    pub fn quantize<S: Samples<InputOf<Network<L, E>>, OutputOf<Network<L, E>>> + ?Sized>(
        &mut self,
        net: &Network<L, E>,
        samples: &S,
        observer: Observer,
    ) {
        let () = S::FITS;
        let mut k = 0;
        let mut next = || {
            let (low, high) = observer.range(|visit: &mut dyn FnMut(&[L::Scalar])| {
                samples.each(|x, _| Self::tensor(net, k, x, visit));
            });
            k += 1;
            Scale::range(low, high)
        };
        let seen = next();
        let input = net.chain().input().unwrap_or(seen);
        self.input = input;
        net.chain().quantize(input, &mut next, &mut self.layers);
    }

    /// Tensor `k` of a sample; the first is the input.
    fn tensor(net: &Network<L, E>, k: usize, x: &InputOf<L::Chain>, visit: &mut dyn FnMut(&[L::Scalar])) {
        let Some(mut left) = k.checked_sub(1) else {
            return visit(x.flat());
        };
        let (mut y, mut found) = (OutputOf::<L::Chain>::ZERO, false);
        net.chain().observe(x, &mut y, &mut |numbers: &mut [L::Scalar]| {
            if left == 0 && !found {
                found = true;
                visit(numbers);
            }
            left = left.saturating_sub(1);
        });
    }

    /// How far the outputs of layer `layer`, from 0, are from those of the network in floating point; `None` if there is no such
    /// layer, or no sample.
    ///
    /// # Example
    ///
    /// ```
    /// # use nanoprop::int8::Observer;
    /// # use nanoprop::prelude::*;
    /// # use nanoprop::Quantized;
    /// network! { type Net = 2 => Dense<4, Relu> => Dense<1>, loss = SquaredError; }
    /// let mut net = Net::ZERO;
    /// net.initialize(&He, &mut Pcg32::new(1));
    /// let samples = [([0.5, -1.0], [0.0]), ([-0.25, 1.0], [0.0])];
    /// let mut small = Quantized::<Net>::ZERO;
    /// small.quantize(&net, &samples, Observer::MinMax);
    /// for layer in 0.. {
    ///     let Some(error) = small.error(&net, &samples, layer) else { break };
    ///     assert!(error.largest < 3.0 * f64::from(error.step));
    /// }
    /// ```
    pub fn error<S: Samples<InputOf<Network<L, E>>, OutputOf<Network<L, E>>> + ?Sized>(
        &self,
        net: &Network<L, E>,
        samples: &S,
        layer: usize,
    ) -> Option<LayerError> {
        let () = S::FITS;
        let (mut largest, mut squares, mut count, mut outside, mut seen) = (0.0_f64, 0.0, 0.0, 0.0, None);
        samples.each(|x, _| {
            let (mut y, mut to) = (OutputOf::<L::Chain>::ZERO, Int8OutputOf::<L::Chain>::ZERO);
            let mut k = 0;
            let mut visit = |outcome: Outcome| {
                if k == layer {
                    let width = outcome.scale.map_or(0.0, |scale| f64::from(scale.step()));
                    let [low, high] = match outcome.scale {
                        Some(scale) => [-128, 127].map(|q| f64::from(scale.decode(q))),
                        None => [f64::NEG_INFINITY, f64::INFINITY],
                    };
                    seen = Some((outcome.layer, width as f32));
                    for (number, q) in outcome.outputs {
                        let distance = (number - q).abs();
                        largest = if distance > largest { distance } else { largest };
                        outside += if number < low - width || number > high + width { 1.0 } else { 0.0 };
                        (squares, count) = (squares + distance * distance, count + 1.0);
                    }
                }
                k += 1;
            };
            let q = self.encode(x);
            net.chain().compare(&self.layers, self.input, x, &q, &mut y, &mut to, &mut visit);
        });
        let rms = Real::sqrt(squares / count);
        seen.map(|(layer, step)| LayerError { layer, largest, rms, step, beyond: outside / count })
    }

    /// The scale of inputs.
    pub fn input(&self) -> Scale {
        self.input
    }

    /// The scale of logits.
    pub fn output(&self) -> Scale {
        self.layers.scale(self.input)
    }

    /// The layers in integers.
    pub fn layers(&self) -> &<L::Chain as Quantize>::Int8 {
        &self.layers
    }

    /// The layers in integers, and the scale of inputs, to set: `link.0` is the first layer, `link.1` what follows it.
    pub fn layers_mut(&mut self) -> (&mut Scale, &mut <L::Chain as Quantize>::Int8) {
        (&mut self.input, &mut self.layers)
    }

    /// The logits of an input, both in integers.
    #[inline]
    pub fn logits<X: ArrayLike<Int8InputOf<L::Chain>>>(&self, x: &X) -> Int8OutputOf<L::Chain> {
        let () = X::FITS;
        let mut z = Int8OutputOf::<L::Chain>::ZERO;
        self.layers.forward(x.view(), &mut z);
        z
    }

    /// What a [`stream`](Quantized::stream) starts from.
    pub fn start(&self) -> Int8StreamOf<L::Chain> {
        self.layers.start()
    }

    /// The logits behind one step of a sequence, both in integers: a network whose first layers are recurrent, and each other
    /// one reads what comes of a step. After as many steps as a window has, they are those of the window.
    ///
    /// # Errors
    ///
    /// A network whose layers can't run step by step does not compile:
    /// `a layer reads 16×8 values at once, but the one before it writes 8 at each step of a stream`.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::int8::Observer;
    /// use nanoprop::prelude::*;
    /// use nanoprop::Quantized;
    ///
    /// network! { type Net = [8, 2] => Lstm<4> => Dense<1>, loss = SquaredError; }
    /// let mut net = Net::ZERO;
    /// net.initialize(&Xavier, &mut Pcg32::new(1));
    /// let x = [[0.5, -1.0]; 8];
    /// let mut small = Quantized::<Net>::ZERO;
    /// small.quantize(&net, &[(x, [0.0])], Observer::MinMax);
    ///
    /// let window = small.encode(&x);
    /// let mut stream = small.start();
    /// let each: Vec<_> = window.iter().map(|x| small.stream(x, &mut stream)).collect();
    /// assert_eq!(each[7], small.logits(&window));
    /// ```
    #[inline]
    pub fn stream<X: ArrayLike<Int8StepOf<L::Chain>>>(
        &self,
        x: &X,
        stream: &mut Int8StreamOf<L::Chain>,
    ) -> Int8EmitOf<L::Chain> {
        let () = X::FITS;
        let mut z = Int8EmitOf::<L::Chain>::ZERO;
        self.layers.stream(x.view(), stream, &mut z);
        z
    }

    /// The predicted class of an input in integers: the index of the largest logit, the first of equal ones. A single output has
    /// two classes where the loss says so, as of [`Network::classify`].
    #[inline]
    pub fn classify<X: ArrayLike<Int8InputOf<L::Chain>>>(&self, x: &X) -> usize {
        let ((), ()) = (X::FITS, const { check_classes(E::OUTPUTS, Int8OutputOf::<L::Chain>::COUNT) });
        let logits = self.logits(x);
        if let Some(logits) = fit_step::<_, OutputOf<L::Chain>>(&logits) {
            return metrics::class(logits.flat(), Number::from_f64(0.0));
        }
        let Some(logits) = fit_step::<_, <OutputOf<L::Chain> as Array>::Int8>(&logits) else { return 0 };
        match logits.flat() {
            [logit] => usize::from(*logit > self.output().zero()),
            logits => {
                let better = |best: (usize, i8), (k, &z): (usize, &i8)| if z > best.1 { (k, z) } else { best };
                logits.iter().enumerate().fold((0, i8::MIN), better).0
            }
        }
    }

    /// An input in integers, the nearest ones; as it is where the network begins in floating point.
    pub fn encode<X: ArrayLike<InputOf<L::Chain>>>(&self, x: &X) -> Int8InputOf<L::Chain> {
        let () = X::FITS;
        let mut q = Int8InputOf::<L::Chain>::ZERO;
        convert(x.view(), self.input, &mut q);
        q
    }

    /// The hypothesis h(x): the input is rounded to integers, the logits are turned back into numbers, and the loss's link is
    /// applied, in the scalar of the network in floating point.
    pub fn predict<X: ArrayLike<InputOf<L::Chain>>>(&self, x: &X) -> OutputOf<L::Chain> {
        let () = X::FITS;
        let (mut z, mut h) = (OutputOf::<L::Chain>::ZERO, OutputOf::<L::Chain>::ZERO);
        convert(&self.logits(&self.encode(x)), self.output(), &mut z);
        E::link(z.flat(), h.flat_mut());
        h
    }
}
