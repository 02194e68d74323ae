//! The sums of dense layers and of convolutions: a row of weights for each output.

use crate::activation::Identity;
use crate::array::{Matrix, Vector};
use crate::int8::activation::Outputs;
use crate::int8::scale::{Channels, round};
use crate::int8::{Int8Activation, Scale, int8};
use crate::int8::{dot, pair};
use crate::scalar::Scalar;
use crate::width::Width;

int8! {
    /// Weights of `Out` outputs to `In` inputs, two rows in one as [`pair`] says; what their sums become, and the activation.
    pub struct Rows<Out: Width, In: Width, A: Int8Activation = Identity> {
        weight: Matrix<Out, In, i8>,
        channels: Channels<Out>,
        outputs: Outputs<A>,
    }
}

impl<Out: Width, In: Width, A: Int8Activation> Rows<Out, In, A> {
    /// From a layer's own numbers: `weights`, `[In × Out]`, and a bias or none.
    pub(crate) fn quantize<T: Scalar>(
        &mut self,
        weights: &Matrix<In, Out, T>,
        bias: &[T],
        x: Scale,
        z: Scale,
    ) -> Scale {
        let biases = (0..).map(|j| bias.get(j).map_or(0.0, |b| b.to_f64()));
        let column = |j: usize| weights.iter().filter_map(move |w| w.get(j)).map(|w| w.to_f64());
        let step = |j: usize, bias: f64| sum_step(column(j), bias, x);
        for (j, (row, bias)) in self.weight.iter_mut().zip(biases.clone()).enumerate() {
            let step = step(j, bias);
            row.iter_mut().zip(column(j)).for_each(|(to, w)| *to = weight(w, step));
        }
        let numbers = biases.enumerate().map(|(j, bias)| (integer_bias(bias, x, step(j, bias)), step(j, bias)));
        self.finish(numbers, x, z)
    }

    /// From integers, as other programs have them.
    pub(crate) fn set(&mut self, rows: &Matrix<Out, In, i8>, bias: &[i32], steps: &[f32], x: Scale, z: Scale) -> Scale {
        self.weight.clone_from(rows);
        self.finish(bias.iter().copied().zip(steps.iter().copied()), x, z)
    }

    /// Sets all but the weights, from a bias and a step of each row; and the weights become pairs.
    fn finish(&mut self, numbers: impl Iterator<Item = (i32, f32)>, x: Scale, z: Scale) -> Scale {
        self.outputs.set(z);
        for (j, (term, (bias, step))) in pack(&mut self.weight, x).zip(numbers).enumerate() {
            self.channels.set(j, bias.wrapping_add(term), factor(x, step, z));
        }
        self.outputs.y()
    }

    /// The scale of outputs.
    pub(crate) fn scale(&self) -> Scale {
        self.outputs.y()
    }

    /// `y_j = g(Σᵢ wⱼᵢ xᵢ + bⱼ)` in integers; the bias has the zero point of x in it.
    #[inline(always)]
    pub(crate) fn forward<const TWICE: bool>(&self, x: &Vector<In, i8>, y: &mut [i8]) {
        const { assert!(In::USIZE <= pair::INPUTS, "a sum of more than 131,072 products does not fit 32 bits") }
        #[cfg(dsp)]
        if !TWICE && dot::layer(&self.weight, x, &self.channels, &self.outputs, y) {
            if const { !Out::USIZE.is_multiple_of(2) } {
                self.last(x, y);
            }
            return;
        }
        self.all::<TWICE>(x, y);
    }

    /// All outputs, one pair after the other.
    #[cfg_attr(dsp, inline(never))]
    #[cfg_attr(not(dsp), inline(always))]
    fn all<const TWICE: bool>(&self, x: &Vector<In, i8>, y: &mut [i8]) {
        let (zero, lowest) = self.outputs.ends();
        let mut outputs = self.channels.iter().zip(y);
        each(&self.weight, x, |sums| {
            for (&sum, (channel, y)) in sums.iter().zip(&mut outputs) {
                *y = self.outputs.output(channel.output::<TWICE>(sum, zero, lowest));
            }
        });
    }

    /// The last output, of a row that has none beside it.
    #[cfg(dsp)]
    fn last(&self, x: &Vector<In, i8>, y: &mut [i8]) {
        let (zero, lowest) = self.outputs.ends();
        if let (Some(row), Some(channel), Some(y)) = (self.weight.last(), self.channels.last(), y.last_mut()) {
            *y = self.outputs.output(channel.output::<false>(dot::row(row, x), zero, lowest));
        }
    }
}

/// Rows of weights become pairs; what is added to the sums of each, with the zero point of x.
pub(crate) fn pack<Out: Width, In: Width>(
    weights: &mut Matrix<Out, In, i8>,
    x: Scale,
) -> impl Iterator<Item = i32> + use<'_, Out, In> {
    let (pairs, last) = weights.as_chunks_mut::<2>();
    let pairs = pairs.iter_mut().flat_map(move |pair| {
        let [a, b] = pair.each_ref().map(|row| zero_term(row, x));
        let eta = pair::join(pair);
        [a.wrapping_sub(eta.cast_signed()), b.wrapping_add(eta.div_ceil(256).cast_signed())]
    });
    pairs.chain(last.iter().map(move |row| zero_term(row, x)))
}

/// Shows the sums of all rows in their order, some at a time.
#[inline(always)]
pub(crate) fn each<Out: Width, In: Width>(
    weights: &Matrix<Out, In, i8>,
    x: &Vector<In, i8>,
    mut take: impl FnMut(&[i32]),
) {
    let (pairs, last) = weights.as_chunks::<2>();
    dot::pairs(pairs, x, &mut take);
    if const { !Out::USIZE.is_multiple_of(2) } {
        last.iter().for_each(|row| take(&[dot::row(row, x)]));
    }
}

/// `−zero · Σᵢ wᵢ` of a row: so that sums are of plain products.
fn zero_term(row: &[i8], x: Scale) -> i32 {
    row.iter().fold(0_i32, |sum, &w| sum.wrapping_sub(i32::from(w) * i32::from(x.zero())))
}

/// The step of a channel's weights, so that they are −127 to 127 and the bias is within 2³⁰ steps of the sum.
pub(crate) fn sum_step(weights: impl Iterator<Item = f64>, bias: f64, x: Scale) -> f32 {
    let least = bias.abs() / (f64::from(x.step()) * f64::from(1 << 30));
    weight_step(weights.chain([least * 127.0]), 127.0)
}

/// The step of weights, so that none has more of them than `count`.
pub(crate) fn weight_step(weights: impl Iterator<Item = f64>, count: f64) -> f32 {
    let most = weights.fold(0.0, |most: f64, w| if w.abs() > most { w.abs() } else { most });
    let step = (most / count) as f32;
    if step >= f32::MIN_POSITIVE && step.is_finite() { step } else { 1.0 }
}

/// A weight in its steps.
pub(crate) fn weight(w: f64, step: f32) -> i8 {
    round(w / f64::from(step)).clamp(-127, 127) as i8
}

/// A bias in steps of the sum.
pub(crate) fn integer_bias(bias: f64, x: Scale, step: f32) -> i32 {
    let most = i64::from(i32::MAX);
    round(bias / (f64::from(x.step()) * f64::from(step))).clamp(-most, most) as i32
}

/// By what a sum is multiplied: M.
pub(crate) fn factor(x: Scale, step: f32, z: Scale) -> f64 {
    f64::from(x.step()) * f64::from(step) / f64::from(z.step())
}
