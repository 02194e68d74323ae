use generic_array::GenericArray;

use crate::array::{Array, Matrix, Plain, Vector};
use crate::int8::fixed::{over, sigmoid, tanh, within};
use crate::int8::gates::{Factors, Gates, Sums, every_step, factor_of, observe, output_factor};
use crate::int8::{Int8Layer, Int8Stream, Quantize, Scale, int8};
use crate::layer::{Emission, Gru, Last, ResetAfter, ResetMode};
use crate::scalar::Scalar;
use crate::width::{Gates as Widths, U1, U2, U3, Width};

int8! {
    /// A [`Gru`](crate::Gru) in integers: gates of 16 bits, hidden states of 16 that are multiplied as 8.
    ///
    /// # Equations
    ///
    /// TensorFlow Lite has no such operator; this is of the same parts as [`LstmInt8`](super::LstmInt8). With `sat` the nearest
    /// number of 16 bits, products with M rounded twice, `⌊·⌉` rounded with halves away from 0:
    ///
    /// - `w = sat(M_w (b + W (x − x₀)))`, and `u = M_u (c + U (h − h₀))`, in steps of 2⁻¹²
    /// - `r, z = σ(sat(w + u))`, in steps of 2⁻¹⁵
    /// - `n = tanh(sat(w + ⌊r sat(u) / 2¹⁵⌉))`; by [`ResetBefore`](crate::ResetBefore) `n = tanh(sat(w + sat(u)))` with
    ///   `⌊r (h − h₀) / 2¹⁵⌉` for `h − h₀` in u
    /// - `s ← sat(⌊(z s + (2¹⁵ − z) n) / 2¹⁵⌉)`, the state in steps of 2⁻¹⁵; `h = round(M_h s) + h₀`
    ///
    /// # Shapes
    ///
    /// Those of the layer.
    ///
    /// # Memory
    ///
    /// `3 (In + Hidden + 8) · Hidden + 64` bytes. Stack: `11 · Hidden` bytes.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::int8::{GruInt8, Int8Stream, Scale};
    /// use nanoprop::prelude::*;
    ///
    /// // Gates half open: h ← (h + tanh x) / 2.
    /// let (x, y) = (Scale::new(1.0 / 32.0, 0), Scale::new(1.0 / 128.0, 0));
    /// let mut layer = GruInt8::<U2, U1, U1>::ZERO;
    /// let (weights, none, zero) = ([[64], [0], [0]].map(Vector::from), [[0]; 2].map(Vector::from), [0].into());
    /// let steps = ([1.0 / 64.0; 3], [1.0; 2], 1.0);
    /// layer.set(&weights.into(), &none.into(), &[zero].into(), [&[0; 3], &[0]], steps, x, y);
    ///
    /// let mut state = layer.start();
    /// layer.step(&[16].into(), &mut state); // tanh 0.5 / 2 = 0.2311, 29.6 steps
    /// assert_eq!(state.h[0], 30);
    /// layer.step(&[-32].into(), &mut state); // (0.2311 − 0.7616) / 2 = −0.2653, −33.95 steps
    /// assert_eq!(state.h[0], -34);
    /// ```
    pub struct GruInt8<Steps: Width, In: Width, Hidden: Widths, E: Emission = Last, R: ResetMode = ResetAfter> {
        weight: Gates<U3, Hidden::Three, In>,
        recurrent: Gates<U2, Hidden::Two, Hidden>,
        new: Gates<U1, Hidden, Hidden>,
        outputs: Factors,
        y: Scale,
    }
}

/// What a [`GruInt8`] remembers between two steps: the hidden state, as it is written and as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct GruStateInt8<Hidden: Width> {
    /// h.
    pub h: Vector<Hidden, i8>,
    /// s, in steps of 2⁻¹⁵.
    pub s: GenericArray<i16, Hidden>,
}

impl<Steps: Width, In: Width, Hidden: Widths, E: Emission, R: ResetMode> GruInt8<Steps, In, Hidden, E, R> {
    /// Sets the layer from integers: rows of weights to x of the gates n, r, z, to h of r and z, and of n; biases beside x, and beside
    /// the product of n with h; the steps of each gate's weights; the scales of inputs and of outputs, which it returns.
    #[allow(clippy::too_many_arguments)]
    pub fn set(
        &mut self,
        weights: &Matrix<Hidden::Three, In, i8>,
        recurrent: &Matrix<Hidden::Two, Hidden, i8>,
        new: &Matrix<Hidden, Hidden, i8>,
        [bias, new_bias]: [&[i32]; 2],
        (w, u, n): ([f32; 3], [f32; 2], f32),
        x: Scale,
        y: Scale,
    ) -> Scale {
        self.weight.set(weights, bias, &w, x);
        self.recurrent.set(recurrent, &[], &u, y);
        self.new.set(new, new_bias, &[n], y);
        self.finish(y)
    }

    fn finish(&mut self, y: Scale) -> Scale {
        (self.outputs, self.y) = (output_factor(y, -15), y);
        y
    }

    /// One step of a sequence, whose output is `state.h`; a [`stream`](crate::Quantized::stream) of a network takes it.
    pub fn step(&self, x: &Vector<In, i8>, state: &mut GruStateInt8<Hidden>) {
        let (mut sums, mut new) = (Sums::<Hidden::Three>::default(), Sums::<Hidden>::default());
        self.weight.add(x, &mut sums);
        let (n, gates) = sums.split_at_mut_checked(Hidden::USIZE).unwrap_or_default();
        self.recurrent.add(&state.h, gates);
        gates.iter_mut().for_each(|z| *z = sigmoid(*z));
        let (r, z) = gates.split_at_checked(Hidden::USIZE).unwrap_or_default();
        let (zero, factor) = (i32::from(self.y.zero()), factor_of(&self.outputs));
        if R::AFTER {
            self.new.add(&state.h, &mut new);
            new.iter_mut().zip(r).for_each(|(u, &r)| *u = over(i32::from(r) * i32::from(*u), 15) as i16);
        } else {
            let mut h = Vector::<Hidden, i8>::ZERO;
            for ((to, &h), &r) in h.iter_mut().zip(&state.h).zip(r) {
                *to = (over(i32::from(r) * (i32::from(h) - zero), 15).saturating_add(zero)).clamp(-128, 127) as i8;
            }
            self.new.add(&h, &mut new);
        }
        let parts = n.iter().zip(&new).zip(z);
        for ((h, s), ((&n, &u), &z)) in state.h.iter_mut().zip(&mut state.s).zip(parts) {
            let n = i32::from(tanh(within(i32::from(n) + i32::from(u)) as i16, 3));
            let z = i32::from(z);
            *s = within(over(z * i32::from(*s) + ((1 << 15) - z) * n, 15)) as i16;
            *h = factor.times_twice((*s).into()).saturating_add(zero).clamp(-128, 127) as i8;
        }
    }
}

impl<Steps: Width, In: Width, Hidden: Widths, E: Emission, R: ResetMode> Int8Layer
    for GruInt8<Steps, In, Hidden, E, R>
{
    type Input = Matrix<Steps, In, i8>;
    type Output = <E::Output<Steps, Hidden, f32> as Array>::Int8;

    fn forward(&self, x: &Self::Input, y: &mut Self::Output) {
        every_step(self, x, y.flat_mut());
    }

    fn scale(&self, _: Scale) -> Scale {
        self.y
    }
}

impl<Steps: Width, In: Width, Hidden: Widths, E: Emission, R: ResetMode> Int8Stream
    for GruInt8<Steps, In, Hidden, E, R>
{
    type Step = Vector<In, i8>;
    type Emit = Vector<Hidden, i8>;
    type Stream = GruStateInt8<Hidden>;

    /// Hidden states of 0.
    fn start(&self) -> Self::Stream {
        let mut h = Vector::ZERO;
        h.fill(self.y.zero());
        GruStateInt8 { h, s: GenericArray::default() }
    }

    fn stream(&self, x: &Self::Step, state: &mut Self::Stream, y: &mut Self::Emit) {
        self.step(x, state);
        y.clone_from(&state.h);
    }
}

impl<Steps: Width, In: Width, Hidden: Widths, E: Emission, T: Scalar, R: ResetMode> Quantize
    for Gru<Steps, In, Hidden, E, T, R>
{
    type Int8 = GruInt8<Steps, In, Hidden, E, R>;

    fn observe(&self, x: &Self::Input, y: &mut Self::Output, visit: &mut impl FnMut(&mut [T])) {
        observe::<Steps, In, Hidden, E, T>(x, y, visit, |x, h| self.step(x, h));
    }

    fn quantize(&self, x: Scale, next: &mut impl FnMut() -> Scale, to: &mut Self::Int8) -> Scale {
        let (y, hidden) = (next(), Hidden::USIZE);
        let number = |of: Option<&T>| of.map_or(0.0, |w| w.to_f64());
        let (together, apart) = (self.recurrent.flat(), self.recurrent_new.flat());
        let row = if R::AFTER { 3 * hidden } else { 2 * hidden };
        let weight = |i: usize, j: usize| number(self.weight.get(i).and_then(|w| w.get(j)));
        to.weight.quantize(weight, |j| number(self.bias.get(j)), x);
        to.recurrent.quantize(|i, j| number(together.get(i * row + j)), |_| 0.0, y);
        let new = |i: usize, j: usize| {
            number(if R::AFTER { together.get(i * row + 2 * hidden + j) } else { apart.get(i * hidden + j) })
        };
        to.new.quantize(new, |j| number(self.recurrent_bias.flat().get(j)), y);
        to.finish(y)
    }
}
