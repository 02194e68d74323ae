use generic_array::GenericArray;

use crate::array::{Array, ArrayLike, Matrix, Plain, Vector};
use crate::int8::fixed::{over, sigmoid, tanh, within};
use crate::int8::gates::{Factors, Gates, Sums, every_step, factor_of, output_factor};
use crate::int8::scale::Word;
use crate::int8::{Int8Layer, Int8Stream, Quantize, Scale, int8};
use crate::layer::{Emission, Last, Lstm};
use crate::scalar::Scalar;
use crate::width::{Gates as Widths, U4, Width};

int8! {
    /// An [`Lstm`](crate::Lstm) in integers: gates and cells of 16 bits, hidden states of 8.
    ///
    /// # Equations
    ///
    /// As TensorFlow Lite's `UNIDIRECTIONAL_SEQUENCE_LSTM` of 8 and 16 bits, number by number. With `sat` the nearest number of 16
    /// bits, products with M rounded twice as in convolutions, `⌊·⌉` rounded with halves away from 0, and a step for the weights
    /// of each gate:
    ///
    /// - `z = sat(sat(M_w (b + W (x − x₀))) + M_u U (h − h₀))`, in steps of 2⁻¹²; the gates `i, f, o = σ(z)`, `g = tanh z`, in
    ///   steps of 2⁻¹⁵
    /// - `c ← sat(⌊f c / 2¹⁵⌉ + ⌊i g / 2^(30+e)⌉)`, in steps of 2ᵉ, e from −15 to −9
    /// - `h = round(M_h · o tanh c) + h₀`
    ///
    /// σ and tanh are those of the library gemmlowp, in 16 bits: off by at most 0.0002 and 0.00037.
    ///
    /// # Shapes
    ///
    /// Those of the layer, with the gates in the order i, f, o, g.
    ///
    /// # Memory
    ///
    /// `4 (In + Hidden + 8) · Hidden + 84` bytes. Stack: `11 · Hidden` bytes.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::int8::{Int8Stream, LstmInt8, Scale};
    /// use nanoprop::prelude::*;
    ///
    /// // Gates half open: c ← (c + tanh x) / 2, h = tanh(c) / 2.
    /// let (x, y) = (Scale::new(1.0 / 32.0, 0), Scale::new(1.0 / 256.0, 0));
    /// let mut layer = LstmInt8::<U2, U1, U1>::ZERO;
    /// layer.set(&[[0], [0], [0], [64]], &[[0]; 4], &[0; 4], [[1.0 / 64.0; 4]; 2], x, -15, y); // cells in steps of 2⁻¹⁵
    ///
    /// let mut state = layer.start();
    /// layer.step(&[16].into(), &mut state); // c = tanh 0.5 / 2 = 0.2311, 7571 steps, h = 0.1135, 29.1 steps
    /// assert_eq!((state.c[0], state.h[0]), (7568, 29)); // LiteRT's tanh of 16 bits is 6·2⁻¹⁵ below
    /// layer.step(&[-32].into(), &mut state); // c = −0.2653, −8692 steps, h = −0.1296, −33.2 steps
    /// assert_eq!((state.c[0], state.h[0]), (-8698, -33));
    /// ```
    pub struct LstmInt8<Steps: Width, In: Width, Hidden: Widths, E: Emission = Last> {
        weight: Gates<U4, Hidden::Four, In>,
        recurrent: Gates<U4, Hidden::Four, Hidden>,
        cells: Word,
        outputs: Factors,
        y: Scale,
    }
}

/// What an [`LstmInt8`] remembers between two steps: the hidden state, and the cells.
#[derive(Clone, Debug, PartialEq)]
pub struct LstmStateInt8<Hidden: Width> {
    /// h.
    pub h: Vector<Hidden, i8>,
    /// c, in steps of 2ᵉ.
    pub c: GenericArray<i16, Hidden>,
}

impl<Steps: Width, In: Width, Hidden: Widths, E: Emission> LstmInt8<Steps, In, Hidden, E> {
    /// Sets the layer from integers, as a TensorFlow Lite model has them: rows of weights to x and to h, of each gate in the order
    /// i, f, o, g, their biases beside x, the steps of each gate's weights to x and to h; the scale of inputs; the exponent of
    /// the cells' step, from −15 to −9; the scale of outputs, which it returns.
    #[allow(clippy::too_many_arguments)]
    pub fn set<W: ArrayLike<Matrix<Hidden::Four, In, i8>>, U: ArrayLike<Matrix<Hidden::Four, Hidden, i8>>>(
        &mut self,
        weights: &W,
        recurrent: &U,
        bias: &[i32],
        steps: [[f32; 4]; 2],
        x: Scale,
        cells: i8,
        y: Scale,
    ) -> Scale {
        let ((), ()) = (W::FITS, U::FITS);
        self.weight.set(weights.view(), bias, &steps[0], x);
        self.recurrent.set(recurrent.view(), &[], &steps[1], y);
        self.finish(cells, y)
    }

    fn finish(&mut self, cells: i8, y: Scale) -> Scale {
        self.cells = Word::of(cells.into());
        self.outputs = output_factor(y, -30);
        self.y = y;
        y
    }

    /// One step of a sequence, whose output is `state.h`; a [`stream`](crate::Quantized::stream) of a network takes it.
    pub fn step(&self, x: &Vector<In, i8>, state: &mut LstmStateInt8<Hidden>) {
        let mut sums = Sums::<Hidden::Four>::default();
        self.weight.add(x, &mut sums);
        self.recurrent.add(&state.h, &mut sums);
        let bits = (self.cells.get().wrapping_add(15)).clamp(0, 6).cast_unsigned();
        let (factor, zero) = (factor_of(&self.outputs), self.y.zero().into());
        let mut gates = sums.chunks_exact(Hidden::USIZE);
        let mut gate = || gates.next().unwrap_or_default().iter();
        let gates = gate().zip(gate()).zip(gate()).zip(gate());
        for ((h, c), (((&i, &f), &o), &g)) in state.h.iter_mut().zip(&mut state.c).zip(gates) {
            let [i, f, o] = [i, f, o].map(|z| i32::from(sigmoid(z)));
            let kept = over(f * i32::from(*c), 15);
            *c = within(kept + over(i * i32::from(tanh(g, 3)), 15 + bits)) as i16;
            let y = factor.times_twice(o * i32::from(tanh(*c, bits)));
            *h = y.saturating_add(zero).clamp(-128, 127) as i8;
        }
    }
}

impl<Steps: Width, In: Width, Hidden: Widths, E: Emission> Int8Layer for LstmInt8<Steps, In, Hidden, E> {
    type Input = Matrix<Steps, In, i8>;
    type Output = <E::Output<Steps, Hidden, f32> as Array>::Int8;

    fn forward(&self, x: &Self::Input, y: &mut Self::Output) {
        every_step(self, x, y.flat_mut());
    }

    fn scale(&self, _: Scale) -> Scale {
        self.y
    }
}

impl<Steps: Width, In: Width, Hidden: Widths, E: Emission> Int8Stream for LstmInt8<Steps, In, Hidden, E> {
    type Step = Vector<In, i8>;
    type Emit = Vector<Hidden, i8>;
    type Stream = LstmStateInt8<Hidden>;

    /// Hidden states of 0.
    fn start(&self) -> Self::Stream {
        let mut h = Vector::ZERO;
        h.fill(self.y.zero());
        LstmStateInt8 { h, c: GenericArray::default() }
    }

    fn stream(&self, x: &Self::Step, state: &mut Self::Stream, y: &mut Self::Emit) {
        self.step(x, state);
        y.clone_from(&state.h);
    }
}

/// The exponent of the step of cells in the range of a scale.
fn exponent(scale: Scale) -> i8 {
    let most = scale.decode(-128).abs().max(scale.decode(127).abs());
    // most < 2ⁿ
    let n = (most.to_bits() >> 23) as i32 - 126;
    (n - 15).clamp(-15, -9) as i8
}

impl<Steps: Width, In: Width, Hidden: Widths, E: Emission, T: Scalar> Quantize for Lstm<Steps, In, Hidden, E, T> {
    type Int8 = LstmInt8<Steps, In, Hidden, E>;

    fn observe(&self, x: &Self::Input, y: &mut Self::Output, visit: &mut impl FnMut(&mut [T])) {
        let (mut h, mut c) = (Vector::ZERO, Vector::ZERO);
        let mut seen = [Matrix::<Steps, Hidden, T>::ZERO, Matrix::ZERO];
        let [cells, states] = &mut seen;
        for (t, ((x, cells), states)) in x.iter().zip(cells).zip(states).enumerate() {
            self.step(x, &mut h, &mut c);
            cells.copy_from_slice(&c);
            states.copy_from_slice(&h);
            E::write(t, &h, y);
        }
        seen.iter_mut().for_each(|seen| visit(seen.flat_mut()));
    }

    fn quantize(&self, x: Scale, next: &mut impl FnMut() -> Scale, to: &mut Self::Int8) -> Scale {
        let (cells, y) = (exponent(next()), next());
        let number = |of: Option<&T>| of.map_or(0.0, |w| w.to_f64());
        let weight = |i: usize, j: usize| number(self.weight.get(i).and_then(|w| w.get(j)));
        to.weight.quantize(weight, |j| number(self.bias.get(j)), x);
        to.recurrent.quantize(|i, j| number(self.recurrent.get(i).and_then(|w| w.get(j))), |_| 0.0, y);
        to.finish(cells, y)
    }
}
