//! The sums of dense layers and of convolutions: a row of weights for each output.

use core::array::from_ref;

use crate::activation::Identity;
use crate::array::{Matrix, Vector};
use crate::int8::activation::Outputs;
use crate::int8::dot;
use crate::int8::scale::{Channel, round};
use crate::int8::{Int8Activation, Scale, int8};
use crate::scalar::Scalar;
use crate::width::Width;

int8! {
    /// Weights of `Out` outputs to `In` inputs, what their sums become, and the activation.
    pub struct Rows<Out: Width, In: Width, A: Int8Activation = Identity> {
        weight: Matrix<Out, In, i8>,
        channels: Vector<Out, Channel>,
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
        self.outputs.set(z);
        for (j, (row, channel)) in self.weight.iter_mut().zip(&mut self.channels).enumerate() {
            let column = || weights.iter().filter_map(|w| w.get(j)).map(|w| w.to_f64());
            let bias = bias.get(j).map_or(0.0, |b| b.to_f64());
            let step = weight_step(column(), bias, x);
            row.iter_mut().zip(column()).for_each(|(to, w)| *to = weight(w, step));
            *channel = self::channel(row, integer_bias(bias, x, step), x, step, z);
        }
        self.outputs.y()
    }

    /// From integers, as other programs have them.
    pub(crate) fn set(&mut self, rows: &Matrix<Out, In, i8>, bias: &[i32], steps: &[f32], x: Scale, z: Scale) -> Scale {
        self.outputs.set(z);
        let numbers = bias.iter().zip(steps);
        for (((to, channel), row), (&bias, &step)) in
            self.weight.iter_mut().zip(&mut self.channels).zip(rows).zip(numbers)
        {
            to.copy_from_slice(row);
            *channel = self::channel(row, bias, x, step, z);
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
        let (zero, lowest) = self.outputs.ends();
        let mut channels = self.channels.iter().zip(y);
        let mut take = |sums: &[i32]| {
            for (&sum, (channel, y)) in sums.iter().zip(&mut channels) {
                *y = self.outputs.output(channel.output::<TWICE>(sum, zero, lowest));
            }
        };
        let (several, rest) = self.weight.as_chunks::<{ dot::ROWS }>();
        several.iter().for_each(|rows| take(&dot::sums(rows, x)));
        rest.iter().for_each(|row| take(&dot::sums(from_ref(row), x)));
    }
}

/// The step of a channel's weights, so that they are −127 to 127 and the bias is within 2³⁰ steps of the sum.
pub(crate) fn weight_step(weights: impl Iterator<Item = f64>, bias: f64, x: Scale) -> f32 {
    let most = weights.fold(0.0, |most: f64, w| if w.abs() > most { w.abs() } else { most }) / 127.0;
    let least = bias.abs() / (f64::from(x.step()) * f64::from(1 << 30));
    let step = (if most > least { most } else { least }) as f32;
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

/// The channel of a row, with `−zero · Σᵢ wᵢ` in its bias.
fn channel(row: &[i8], bias: i32, x: Scale, step: f32, z: Scale) -> Channel {
    let sum = row.iter().fold(0_i32, |sum, &w| sum.wrapping_add(w.into()));
    Channel::new(bias.wrapping_sub(sum.wrapping_mul(x.zero().into())), factor(x, step, z))
}
