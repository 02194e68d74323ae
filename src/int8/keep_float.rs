use crate::array::{Array, Plain};
use crate::int8::{Int8Layer, Quantize, Scale, at_once, int8};
use crate::layer::{InputOf, KeepFloat, Layer, OutputOf};
use crate::stored::Widen;

/// The `f32` parameters of a layer as bytes, little-endian, of any alignment.
#[repr(C, packed)]
struct Bytes<L>(L);

// SAFETY: packed, so of the size of `L`, which is `COUNT` numbers of four bytes, and of alignment 1.
#[allow(unsafe_code)]
unsafe impl<L: Plain<Scalar = f32>> Plain for Bytes<L> {
    type Scalar = i8;
    const COUNT: usize = 4 * L::COUNT;
}

int8! {
    /// A layer in floating point among layers of integers.
    ///
    /// # Equations
    ///
    /// Those of the layer, with its bits; what it reads of a layer of integers is `s (q − z)`, and what it writes for one the nearest
    /// integer.
    ///
    /// # Memory
    ///
    /// 4 bytes for each parameter, and 16. Stack: its input and output, 4 bytes for each number.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::int8::{Int8Layer, Observer};
    /// use nanoprop::prelude::*;
    /// use nanoprop::Quantized;
    ///
    /// network! { type Net = 2 => Dense<2> => KeepFloat(Dense<1>), loss = SquaredError; }
    /// let (mut net, mut small) = (Net::ZERO, Quantized::<Net>::ZERO);
    /// net.parameters_mut().copy_from_slice(&[0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.125, 0.5, -3.0]); // x, and 1/8 + x₀/2 − 3 x₁
    /// small.quantize(&net, &[([-1.0, 1.55], [0.0])], Observer::MinMax); // steps of 0.01
    ///
    /// let (integers, float) = (&small.layers().0, &small.layers().1);
    /// let (q, mut between, mut y) = (small.encode(&[0.5, -0.25]), Vector::ZERO, Vector::ZERO);
    /// integers.forward(&q, &mut between);
    /// let scale = integers.scale(small.input());
    /// float.forward(&Vector::from([0, 1].map(|k| scale.decode(between[k]))), &mut y);
    /// assert_eq!((small.logits(&q), y[0]), (y.clone(), 1.125));
    /// ```
    pub struct KeepFloatInt8<L: Kept> { x: Scale, y: Scale, parameters: Bytes<L> }
}

/// A layer that can be kept in floating point: its parameters are read where they are.
#[doc(hidden)]
pub trait Kept: Widen + Layer<Input: Array<Scalar = f32>> {}

impl<L: Widen<Input: Array<Scalar = f32>>> Kept for L {}

impl<L: Kept> Int8Layer for KeepFloatInt8<L> {
    type Input = InputOf<L>;
    type Output = OutputOf<L>;
    const KEPT: u64 = 1;

    #[inline]
    fn forward(&self, x: &Self::Input, y: &mut Self::Output) {
        L::forward_by(self.parameters.flat().as_chunks::<4>().0, x, y);
    }

    fn scale(&self, _: Scale) -> Scale {
        self.y
    }

    fn ends(&self) -> [Scale; 2] {
        [self.x, self.y]
    }
}

at_once! { [L: Kept] KeepFloatInt8<L> }

impl<L: Kept> Quantize for KeepFloat<L> {
    type Int8 = KeepFloatInt8<L>;

    fn observe(&self, x: &Self::Input, y: &mut Self::Output, visit: &mut impl FnMut(&mut [f32])) {
        self.forward(x, y);
        visit(y.flat_mut());
    }

    fn quantize(&self, x: Scale, next: &mut impl FnMut() -> Scale, to: &mut Self::Int8) -> Scale {
        (to.x, to.y) = (x, next());
        let bytes = to.parameters.flat_mut().as_chunks_mut::<4>().0;
        bytes.iter_mut().zip(self.flat()).for_each(|(to, w)| *to = w.to_le_bytes().map(u8::cast_signed));
        to.y
    }
}
