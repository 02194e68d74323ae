//! From an input to logits, a prediction, a class.

use core::marker::PhantomData;

use crate::array::{ArrayLike, Plain};
use crate::kernel;
use crate::layer::{EmitOf, InputOf, Layer as _, OutputOf, Stack as _, StepOf, StreamOf};
use crate::loss::{Loss, Outputs};
use crate::metrics;
use crate::network::{Layers, Network, fit};
use crate::scalar::{Number, Real, Scalar};

/// Predictions.
impl<L: Layers, E: Loss> Network<L, E> {
    /// The logits `z⁽ᴸ⁾` of one input, from which the link makes a prediction.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// let mut net = Network::<Dense<U1, U1>, SigmoidCrossEntropy>::ZERO;
    /// net.parameters_mut().copy_from_slice(&[0.0, 2.0]);
    /// assert_eq!(net.logits(&[0.0])[0], 0.0);
    /// assert_eq!(net.logits(&[100.0])[0], 200.0);
    /// assert_eq!(net.predict(&[100.0])[0], 1.0); // rounded, where the logit still tells
    /// ```
    #[inline]
    pub fn logits<X: ArrayLike<InputOf<Self>>>(&self, x: &X) -> OutputOf<Self> {
        let () = X::FITS;
        let mut z = OutputOf::<Self>::ZERO;
        self.layers.forward(x.view(), &mut z);
        z
    }

    /// The hypothesis `h_Θ(x)`: the forward pass and the loss's link   (T 1.1.1–1.1.7).
    ///
    /// # Memory
    ///
    /// Stack: the layers' outputs.
    #[inline]
    pub fn predict<X: ArrayLike<InputOf<Self>>>(&self, x: &X) -> OutputOf<Self> {
        let () = X::FITS;
        let mut z = self.logits(x);
        if E::POINTWISE {
            link_pointwise::<E, _>(z.flat_mut());
            return z;
        }
        let mut h = OutputOf::<Self>::ZERO;
        E::link(z.flat(), h.flat_mut());
        h
    }

    /// One step of a sequence that has no end: the prediction at this step, by the steps so far. `None` where none is due
    /// yet, as before a convolution's first window is complete, or between the windows of a stride.
    ///
    /// It costs the work of a step, not of a window, and has the bits of [`predict`](Network::predict): for a network over
    /// 64 steps, the 64th prediction is that of all 64. A recurrent layer predicts at each step, and goes on from where it
    /// is; `Net::STREAM` begins anew.
    ///
    /// # Errors
    ///
    /// A chain that can't run step by step does not compile:
    /// `layer 3 reads 15×32 values at once, but layer 2 writes 32 at each step of a stream`.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// network! { type Net = [8, 1] => Conv1d<2, 3, Tanh> => Elman<4> => Dense<1>, loss = SquaredError; }
    /// let mut net = Net::ZERO;
    /// net.initialize(&Xavier, &mut Pcg32::new(1));
    ///
    /// let window = [[1.0], [2.0], [0.5], [-1.0], [3.0], [0.0], [1.0], [2.0]];
    /// let mut stream = Net::STREAM;
    /// let mut last = None;
    /// for step in &window {
    ///     last = net.stream(step, &mut stream);
    /// }
    /// assert_eq!(last, Some(net.predict(&window)));
    /// ```
    ///
    /// # Memory
    ///
    /// `size_of_val(&Net::STREAM)` bytes: hidden states, and of a convolution the steps that a window spans.
    #[inline]
    pub fn stream<X: ArrayLike<StepOf<Self>>>(&self, x: &X, stream: &mut StreamOf<Self>) -> Option<EmitOf<Self>> {
        let ((), ()) = (const { Self::PLAN.check_stream(1) }, X::FITS);
        let mut z = EmitOf::<Self>::ZERO;
        if !self.layers.stream(x.view(), stream, &mut z) {
            return None;
        }
        if E::POINTWISE {
            link_pointwise::<E, _>(z.flat_mut());
            return Some(z);
        }
        let mut h = EmitOf::<Self>::ZERO;
        E::link(z.flat(), h.flat_mut());
        Some(h)
    }

    /// The predicted class: the index of the largest logit, or of the first of several equal ones. NaNs are skipped; if all
    /// logits are NaN or −∞, the class is 0.
    ///
    /// A single output has two classes if the loss says so, as [`SigmoidCrossEntropy`](crate::SigmoidCrossEntropy) does: 1 if
    /// the logit is positive (a probability above ½), else 0. With another loss it is a number, and `classify` does not
    /// compile.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// let mut net = Network::<Dense<U1, U1>, SigmoidCrossEntropy>::ZERO;
    /// net.parameters_mut().copy_from_slice(&[-1.0, 2.0]);
    /// assert_eq!([net.classify(&[0.25]), net.classify(&[0.75])], [0, 1]);
    /// assert_eq!(net.classify_above(&[0.75], 1.0), 0); // yes only above a probability of 1 / (1 + e⁻¹)
    /// ```
    #[inline]
    pub fn classify<X: ArrayLike<InputOf<Self>>>(&self, x: &X) -> usize {
        let () = X::FITS;
        self.decide(x, 0.0)
    }

    /// The predicted class of a single output: 1 if its logit is above `threshold`, else 0.
    ///
    /// For a probability p the threshold is `ln(p / (1 − p))`.
    #[doc(alias = "threshold")]
    #[inline]
    pub fn classify_above<X: ArrayLike<InputOf<Self>>>(&self, x: &X, threshold: f64) -> usize {
        let ((), ()) = (X::FITS, const { fit::check_threshold(E::OUTPUTS, OutputOf::<Self>::COUNT) });
        self.decide(x, threshold)
    }

    /// The class of the logits; the threshold is of a single one.
    #[inline]
    pub(crate) fn decide<X: ArrayLike<InputOf<Self>>>(&self, x: &X, threshold: f64) -> usize {
        let () = const { fit::check_classes(E::OUTPUTS, OutputOf::<Self>::COUNT) };
        metrics::class(self.logits(x).flat(), L::Scalar::from_f64(threshold))
    }
}

/// The link of a [pointwise](Loss::POINTWISE) loss, in place of the logits: of numbers there is none.
#[inline]
pub(super) fn link_pointwise<E: Loss, T: Scalar>(z: &mut [T]) {
    if !matches!(E::OUTPUTS, Outputs::Numbers) {
        kernel::map_in_place(LinkOf::<E>(PhantomData), z);
    }
}

/// The link of a single output.
struct LinkOf<E>(PhantomData<E>);

impl<E> Clone for LinkOf<E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for LinkOf<E> {}

impl<E: Loss> kernel::Lanewise for LinkOf<E> {
    #[inline(always)]
    fn of<V: Real>(self, _: V, z: V) -> V {
        let mut h = [z];
        E::link_lanes(&mut h);
        let [h] = h;
        h
    }
}
