//! The sums of recurrent layers: numbers of 16 bits, in steps of 2⁻¹².

use generic_array::GenericArray;

use crate::array::{Matrix, Plain, Vector};
use crate::int8::fixed::within;
use crate::int8::pair;
use crate::int8::rows::{each, integer_bias, pack, sum_step, weight};
use crate::int8::scale::{Factor, Word};
use crate::int8::{Int8Stream, Scale, int8};
use crate::layer::Emission;
use crate::plain::rows_mut;
use crate::scalar::Scalar;
use crate::width::{U2, Width};

/// The step of sums: a sign and three bits before the point.
const STEP: f64 = 1.0 / 4096.0;

/// Sums of 16 bits.
pub(super) type Sums<Out> = GenericArray<i16, Out>;

/// A factor as bytes.
pub(super) type Factors = Vector<U2, Word>;

/// A factor from its bytes.
#[inline(always)]
pub(super) fn factor_of(factors: &Factors) -> Factor {
    let [multiplier, shift] = factors[..] else { return Factor::new(0.0) };
    Factor::of([multiplier, shift])
}

int8! {
    /// Weights of `N` gates, `Out / N` units each, to `In` inputs, two rows in one as [`pair`] says. The weights of a gate have
    /// one step.
    pub struct Gates<N: Width, Out: Width, In: Width> {
        weight: Matrix<Out, In, i8>,
        bias: Vector<Out, Word>,
        factors: Vector<N, Factors>,
    }
}

impl<N: Width, Out: Width, In: Width> Gates<N, Out, In> {
    /// Units of a gate.
    const UNITS: usize = Out::USIZE / N::USIZE;

    /// From numbers: the weight of input i to output j, and the bias of j.
    pub(super) fn quantize(&mut self, number: impl Fn(usize, usize) -> f64, bias: impl Fn(usize) -> f64, x: Scale) {
        let step = |gate: usize| {
            let units = || gate * Self::UNITS..(gate + 1) * Self::UNITS;
            let weights = units().flat_map(|j| (0..In::USIZE).map(move |i| (i, j))).map(|(i, j)| number(i, j));
            sum_step(
                weights,
                units().map(&bias).fold(0.0, |most: f64, b| if b.abs() > most { b.abs() } else { most }),
                x,
            )
        };
        for (j, row) in self.weight.iter_mut().enumerate() {
            let step = step(j / Self::UNITS);
            row.iter_mut().enumerate().for_each(|(i, to)| *to = weight(number(i, j), step));
        }
        let biases = (0..Out::USIZE).map(|j| integer_bias(bias(j), x, step(j / Self::UNITS)));
        self.finish(biases, (0..N::USIZE).map(step), x);
    }

    /// From integers.
    pub(super) fn set(&mut self, rows: &Matrix<Out, In, i8>, bias: &[i32], steps: &[f32], x: Scale) {
        self.weight.clone_from(rows);
        let biases = (0..Out::USIZE).map(|j| bias.get(j).copied().unwrap_or(0));
        self.finish(biases, steps.iter().copied(), x);
    }

    /// Sets all but the weights, and the weights become pairs.
    fn finish(&mut self, biases: impl Iterator<Item = i32>, steps: impl Iterator<Item = f32>, x: Scale) {
        for (to, (term, bias)) in self.bias.iter_mut().zip(pack(&mut self.weight, x).zip(biases)) {
            *to = Word::of(bias.wrapping_add(term));
        }
        for (to, step) in self.factors.iter_mut().zip(steps) {
            *to = Factor::new(f64::from(step * x.step()) / STEP).words().into();
        }
    }

    /// to ← to + M (b + W (x − x₀)), each product rounded twice, to the nearest number of 16 bits.
    #[inline(always)]
    pub(super) fn add(&self, x: &Vector<In, i8>, to: &mut [i16]) {
        const { assert!(In::USIZE <= pair::INPUTS, "a sum of more than 131,072 products does not fit 32 bits") }
        let factors = self.factors.iter().flat_map(|factors| core::iter::repeat_n(factor_of(factors), Self::UNITS));
        let mut outputs = to.iter_mut().zip(&self.bias).zip(factors);
        each(&self.weight, x, |sums| {
            for (&sum, ((to, bias), factor)) in sums.iter().zip(&mut outputs) {
                let sum = factor.times_twice(sum.wrapping_add(bias.get()));
                *to = within(sum.saturating_add((*to).into())) as i16;
            }
        });
    }
}

/// From products in steps of 2ⁿ to outputs.
pub(super) fn output_factor(y: Scale, n: i32) -> Factors {
    let step = f64::from_bits(((1023 + n) as u64) << 52);
    Factor::new(f64::from((step / f64::from(y.step())) as f32)).words().into()
}

/// All steps of a sequence: where only the last is an output, each is written there.
pub(super) fn every_step<In: Width, Hidden: Width, L>(layer: &L, x: &[Vector<In, i8>], y: &mut [i8])
where
    L: Int8Stream<Step = Vector<In, i8>, Emit = Vector<Hidden, i8>>,
{
    let (rows, mut stream) = (rows_mut::<Hidden, i8>(y), layer.start());
    let last = rows.len().saturating_sub(1);
    for (t, x) in x.iter().enumerate() {
        rows.get_mut(t.min(last)).into_iter().for_each(|y| layer.stream(x, &mut stream, y));
    }
}

/// All steps in floating point, by `step`: writes the outputs, and shows the hidden states.
pub(super) fn observe<Steps: Width, In: Width, Hidden: Width, E: Emission, T: Scalar>(
    x: &Matrix<Steps, In, T>,
    y: &mut E::Output<Steps, Hidden, T>,
    visit: &mut impl FnMut(&mut [T]),
    step: impl Fn(&Vector<In, T>, &mut Vector<Hidden, T>),
) {
    let (mut h, mut states) = (Vector::ZERO, Matrix::<Steps, Hidden, T>::ZERO);
    for (t, (x, state)) in x.iter().zip(&mut states).enumerate() {
        step(x, &mut h);
        state.copy_from_slice(&h);
        E::write(t, &h, y);
    }
    visit(states.flat_mut());
}
