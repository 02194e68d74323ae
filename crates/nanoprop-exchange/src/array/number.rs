//! Numbers of files as `f64`.

/// A kind of number in a file, and how many bytes it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Number {
    /// A truth value.
    Bool,
    Signed(usize),
    Unsigned(usize),
    /// The first sixteen bits of an `f32`.
    Brain,
    Float(usize),
}

impl Number {
    /// Bytes of one.
    pub(crate) fn bytes(self) -> usize {
        match self {
            Number::Bool => 1,
            Number::Brain => 2,
            Number::Signed(bytes) | Number::Unsigned(bytes) | Number::Float(bytes) => bytes,
        }
    }

    /// All numbers of some bytes; a rest that is no number is left out.
    pub(crate) fn all(self, bytes: &[u8], big_endian: bool) -> Vec<f64> {
        bytes.chunks_exact(self.bytes().max(1)).map(|bytes| self.one(bytes, big_endian)).collect()
    }

    fn one(self, bytes: &[u8], big_endian: bool) -> f64 {
        let byte = |bits: u64, byte: &u8| bits << 8 | u64::from(*byte);
        let bits = if big_endian { bytes.iter().fold(0, byte) } else { bytes.iter().rev().fold(0, byte) };
        let unused = 64 - 8 * self.bytes().min(8) as u32;
        match self {
            Number::Bool => f64::from(u8::from(bits != 0)),
            Number::Unsigned(_) => bits as f64,
            // The sign bit is the highest: shifted there and back.
            Number::Signed(_) => ((bits << unused) as i64 >> unused) as f64,
            Number::Brain => f64::from(f32::from_bits((bits as u32) << 16)),
            Number::Float(2) => half(bits as u16),
            Number::Float(4) => f64::from(f32::from_bits(bits as u32)),
            Number::Float(_) => f64::from_bits(bits),
        }
    }
}

/// A number of IEEE-754's sixteen bits.
fn half(bits: u16) -> f64 {
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), f64::from(bits & 1023));
    let size = match exponent {
        0 => fraction * 2_f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1.0 + fraction / 1024.0) * 2_f64.powi(exponent - 15),
    };
    if bits >> 15 == 1 { -size } else { size }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_that_were_written() {
        assert_eq!(Number::Signed(2).all(&[0xfe, 0xff, 3, 0, 9], false), [-2.0, 3.0]);
        assert_eq!(Number::Signed(8).all(&(-5_i64).to_be_bytes(), true), [-5.0]);
        assert_eq!(Number::Unsigned(1).all(&[255, 1], false), [255.0, 1.0]);
        assert_eq!(Number::Bool.all(&[0, 1], false), [0.0, 1.0]);
        assert_eq!(Number::Float(4).all(&1.5_f32.to_be_bytes(), true), [1.5]);
        assert_eq!(Number::Float(8).all(&(-0.1_f64).to_le_bytes(), false), [-0.1]);
        assert_eq!(Number::Brain.all(&[0x80, 0x3f, 0x49, 0xc0], false), [1.0, -3.140625]);
        // numpy.float16: 1, -2, 1/3, the least normal and subnormal ones, the largest
        let halves = [0x3c00_u16, 0xc000, 0x3555, 0x0400, 0x0001, 0x7bff].map(u16::to_le_bytes).concat();
        let third = 0.333251953125;
        assert_eq!(Number::Float(2).all(&halves, false), [1.0, -2.0, third, 6.103515625e-5, 2_f64.powi(-24), 65504.0]);
        assert_eq!(half(0xfc00), f64::NEG_INFINITY);
        assert!(half(0x7e00).is_nan());
    }
}
