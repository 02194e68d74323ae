//! Activations of integers: fused with the rounding of a sum, or a table.

use crate::activation::{Activation, HardSigmoid, HardTanh, Identity, Relu, Sigmoid, Softsign, Tanh};
use crate::array::{Array, Plain};
use crate::int8::scale::round;
use crate::int8::{Scale, int8};

/// An activation with a form in integers: [`Identity`] and [`Relu`], fused with the rounding of a sum; [`Tanh`], [`Sigmoid`],
/// [`HardTanh`], [`HardSigmoid`] and [`Softsign`], by a table of 256 bytes. Sealed.
///
/// # Equations
///
/// - fused: `y = clamp(q, lowest, 127)`, lowest the zero point of ReLU, else −128
/// - by a table: z is rounded to an integer of its own scale, and `y = table[z]`, `g` of the number that z stands for, rounded
///   to the nearest step, halves away from 0. The steps are fixed: 1/128 with zero point 0 for what is from −1 to 1, 1/256 with
///   −128 for what is from 0 to 1.
///
/// # Source
///
/// TensorFlow Lite's quantisation specification, `TANH` and `LOGISTIC`, whose reference kernels have such a table.
#[diagnostic::on_unimplemented(
    message = "the activation `{Self}` has no form in integers",
    label = "expected `Identity`, `Relu`, `Tanh`, `Sigmoid`, `HardTanh`, `HardSigmoid` or `Softsign`"
)]
pub trait Int8Activation: Activation + sealed::Sealed {
    /// 256 bytes, or none.
    #[doc(hidden)]
    type Table: Array<Scalar = i8>;
    /// Whether it is 0 for what is negative, and fused.
    #[doc(hidden)]
    const RECTIFIED: bool = false;
    /// The step of outputs, and the zero point, of a table.
    #[doc(hidden)]
    const FIXED: Option<(f32, i8)> = None;
}

mod sealed {
    pub trait Sealed {}
}

impl sealed::Sealed for Identity {}
impl Int8Activation for Identity {
    type Table = [i8; 0];
}
impl sealed::Sealed for Relu {}
impl Int8Activation for Relu {
    type Table = [i8; 0];
    const RECTIFIED: bool = true;
}

macro_rules! tables {
    ($($A:ident: $step:expr, $zero:expr;)+) => {$(
        impl sealed::Sealed for $A {}
        impl Int8Activation for $A {
            type Table = [i8; 256];
            const FIXED: Option<(f32, i8)> = Some(($step, $zero));
        }
    )+};
}
tables! {
    Tanh: 1.0 / 128.0, 0;
    HardTanh: 1.0 / 128.0, 0;
    Softsign: 1.0 / 128.0, 0;
    Sigmoid: 1.0 / 256.0, -128;
    HardSigmoid: 1.0 / 256.0, -128;
}

int8! {
    /// What happens to sums: the scale that they are rounded to, and the table behind it.
    pub struct Outputs<A: Int8Activation> { z: Scale, table: A::Table }
}

impl<A: Int8Activation> Outputs<A> {
    /// For sums in this scale.
    pub(crate) fn set(&mut self, z: Scale) {
        self.z = z;
        let Some((step, zero)) = A::FIXED else { return };
        for (q, to) in (-128_i16..128).zip(self.table.flat_mut()) {
            let y = A::value(f64::from(z.decode(q as i8))) as f32;
            *to = round(f64::from(y * (1.0 / step))).saturating_add(zero.into()).clamp(-128, 127) as i8;
        }
    }

    /// The scale of outputs.
    pub(crate) fn y(&self) -> Scale {
        A::FIXED.map_or(self.z, |(step, zero)| Scale::new(step, zero))
    }

    /// The zero point of sums, and the least of them.
    #[inline(always)]
    pub(crate) fn ends(&self) -> (i8, i8) {
        let zero = self.z.zero();
        (zero, if A::RECTIFIED { zero } else { -128 })
    }

    /// The table, or nothing.
    #[cfg(dsp)]
    #[inline(always)]
    pub(crate) fn table(&self) -> &[i8] {
        self.table.flat()
    }

    /// From a rounded sum to an output.
    #[inline(always)]
    pub(crate) fn output(&self, z: i8) -> i8 {
        if const { A::FIXED.is_none() } {
            return z;
        }
        self.table.flat().get(usize::from((i16::from(z) + 128).cast_unsigned())).copied().unwrap_or(z)
    }
}

/// From sums to outputs, in place; shown where their range is taken, behind a fused activation and before a table.
pub(crate) fn activate<A: Int8Activation, T: crate::scalar::Scalar>(z: &mut [T], visit: &mut impl FnMut(&mut [T])) {
    if A::RECTIFIED {
        crate::kernel::activate_in_place::<A, T>(z);
    }
    visit(z);
    if A::FIXED.is_some() {
        crate::kernel::activate_in_place::<A, T>(z);
    }
}
