use crate::activation::Tanh;
use crate::array::{Array, Matrix, Plain, Vector};
use crate::int8::fixed::tanh;
use crate::int8::gates::{Factors, Gates, Sums, every_step, factor_of, observe, output_factor};
use crate::int8::{Int8Layer, Int8Stream, Quantize, Scale, int8};
use crate::layer::{Elman, Emission, Last};
use crate::scalar::Scalar;
use crate::width::{U1, Width};

int8! {
    /// An [`Elman`](crate::Elman) layer with tanh in integers: sums of 16 bits, hidden states of 8.
    ///
    /// # Equations
    ///
    /// TensorFlow Lite has no such operator of 8 bits; this is of the same parts as [`LstmInt8`](super::LstmInt8):
    ///
    /// - `z = sat(sat(M_w (b + W (x − x₀))) + M_u U (h − h₀))`, in steps of 2⁻¹²
    /// - `h = round(M_h tanh z) + h₀`
    ///
    /// # Memory
    ///
    /// `(In + Hidden + 8) · Hidden + 32` bytes. Stack: `2 · Hidden` bytes.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::int8::{ElmanInt8, Scale};
    /// use nanoprop::prelude::*;
    ///
    /// // h = tanh(x + h/2), of weights in steps of 1/64.
    /// let (x, y) = (Scale::new(1.0 / 32.0, 0), Scale::new(1.0 / 128.0, 0));
    /// let mut layer = ElmanInt8::<U2, U1, U1>::ZERO;
    /// layer.set(&Vector::from([[64].into()]), &Vector::from([[32].into()]), &[0], [1.0 / 64.0; 2], x, y);
    ///
    /// let mut h = Vector::from([y.zero()]);
    /// layer.step(&[16].into(), &mut h); // tanh 0.5 = 0.4621, 59.15 steps
    /// assert_eq!(h[0], 59);
    /// layer.step(&[-32].into(), &mut h); // tanh(−1 + 59/256) = −0.6466, −82.8 steps
    /// assert_eq!(h[0], -83);
    /// ```
    pub struct ElmanInt8<Steps: Width, In: Width, Hidden: Width, E: Emission = Last> {
        weight: Gates<U1, Hidden, In>,
        recurrent: Gates<U1, Hidden, Hidden>,
        outputs: Factors,
        y: Scale,
    }
}

impl<Steps: Width, In: Width, Hidden: Width, E: Emission> ElmanInt8<Steps, In, Hidden, E> {
    /// Sets the layer from integers: rows of weights to x and to h, the bias, the steps of the weights, the scales of inputs and of
    /// outputs, which it returns.
    pub fn set(
        &mut self,
        weights: &Matrix<Hidden, In, i8>,
        recurrent: &Matrix<Hidden, Hidden, i8>,
        bias: &[i32],
        steps: [f32; 2],
        x: Scale,
        y: Scale,
    ) -> Scale {
        let [w, u] = steps;
        self.weight.set(weights, bias, &[w], x);
        self.recurrent.set(recurrent, &[], &[u], y);
        self.finish(y)
    }

    fn finish(&mut self, y: Scale) -> Scale {
        (self.outputs, self.y) = (output_factor(y, -15), y);
        y
    }

    /// One step of a sequence, from the hidden state `h`; a [`stream`](crate::Quantized::stream) of a network takes it.
    pub fn step(&self, x: &Vector<In, i8>, h: &mut Vector<Hidden, i8>) {
        let mut sums = Sums::<Hidden>::default();
        self.weight.add(x, &mut sums);
        self.recurrent.add(h, &mut sums);
        let (factor, zero) = (factor_of(&self.outputs), self.y.zero().into());
        for (h, &z) in h.iter_mut().zip(&sums) {
            *h = factor.times_twice(tanh(z, 3).into()).saturating_add(zero).clamp(-128, 127) as i8;
        }
    }
}

impl<Steps: Width, In: Width, Hidden: Width, E: Emission> Int8Layer for ElmanInt8<Steps, In, Hidden, E> {
    type Input = Matrix<Steps, In, i8>;
    type Output = <E::Output<Steps, Hidden, f32> as Array>::Int8;

    fn forward(&self, x: &Self::Input, y: &mut Self::Output) {
        every_step(self, x, y.flat_mut());
    }

    fn scale(&self, _: Scale) -> Scale {
        self.y
    }
}

impl<Steps: Width, In: Width, Hidden: Width, E: Emission> Int8Stream for ElmanInt8<Steps, In, Hidden, E> {
    type Step = Vector<In, i8>;
    type Emit = Vector<Hidden, i8>;
    type Stream = Vector<Hidden, i8>;

    /// A hidden state of 0.
    fn start(&self) -> Self::Stream {
        let mut h = Vector::ZERO;
        h.fill(self.y.zero());
        h
    }

    fn stream(&self, x: &Self::Step, h: &mut Self::Stream, y: &mut Self::Emit) {
        self.step(x, h);
        y.clone_from(h);
    }
}

impl<Steps: Width, In: Width, Hidden: Width, E: Emission, T: Scalar> Quantize for Elman<Steps, In, Hidden, Tanh, E, T> {
    type Int8 = ElmanInt8<Steps, In, Hidden, E>;

    fn observe(&self, x: &Self::Input, y: &mut Self::Output, visit: &mut impl FnMut(&mut [T])) {
        observe::<Steps, In, Hidden, E, T>(x, y, visit, |x, h| self.step(x, h));
    }

    fn quantize(&self, x: Scale, next: &mut impl FnMut() -> Scale, to: &mut Self::Int8) -> Scale {
        let y = next();
        let number = |of: Option<&T>| of.map_or(0.0, |w| w.to_f64());
        let weight = |i: usize, j: usize| number(self.weight.get(i).and_then(|w| w.get(j)));
        to.weight.quantize(weight, |j| number(self.bias.get(j)), x);
        to.recurrent.quantize(|i, j| number(self.recurrent.get(i).and_then(|w| w.get(j))), |_| 0.0, y);
        to.finish(y)
    }
}
