//! What integers stand for, and how a sum becomes one.

use crate::array::{Plain, Vector};
use crate::int8::int8;
use crate::width::Width;

/// Four bytes, little-endian, of any alignment: so a quantised network is bytes, the same on every target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct Word([i8; 4]);

// SAFETY: transparent over an array of four `i8`.
#[allow(unsafe_code)]
unsafe impl Plain for Word {
    type Scalar = i8;
    const COUNT: usize = 4;
}

impl Word {
    /// The bytes of an integer.
    #[inline(always)]
    pub(crate) fn of(n: i32) -> Word {
        Word(n.to_le_bytes().map(u8::cast_signed))
    }

    /// The integer.
    #[inline(always)]
    pub(crate) fn get(self) -> i32 {
        i32::from_le_bytes(self.0.map(i8::cast_unsigned))
    }
}

int8! {
    /// What the integers of a tensor stand for: `x = step · (q − zero)`.
    ///
    /// TensorFlow Lite calls them scale and zero point. The step is positive, and 0 is a number that is exact, as padding and
    /// ReLU need it.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::int8::Scale;
    ///
    /// let pixels = Scale::new(1.0 / 255.0, -128); // from 0 to 1
    /// assert_eq!([0.0, 0.25, 1.0, 7.0].map(|x| pixels.encode(x)), [-128, -64, 127, 127]);
    /// assert_eq!(pixels.decode(127), 1.0);
    /// assert_eq!(Scale::range(-1.0, 3.0).zero(), -64);
    /// ```
    #[derive(Clone, Copy, Debug, PartialEq)]
    pub struct Scale<> { step: Word, zero: Word }
}

impl Scale {
    /// The scale of a step, which should be positive and finite, and of a zero point.
    pub fn new(step: f32, zero: i8) -> Scale {
        let (step, zero) = (Word::of(step.to_bits().cast_signed()), Word::of(zero.into()));
        Scale { step, zero, marker: core::marker::PhantomData }
    }

    /// The scale of the numbers from `low` to `high` and of 0: 255 steps, moved by less than one so that 0 is exact.
    pub fn range(low: f64, high: f64) -> Scale {
        // In this order NaN is 0.
        let (low, high) = (if low < 0.0 { low } else { 0.0 }, if high > 0.0 { high } else { 0.0 });
        let step = ((high - low) / 255.0) as f32;
        if !(step >= f32::MIN_POSITIVE && step.is_finite()) {
            return Scale::new(1.0, 0);
        }
        Scale::new(step, round(-128.0 - low / f64::from(step)).clamp(-128, 127) as i8)
    }

    /// The distance of two neighbours.
    #[inline]
    pub fn step(self) -> f32 {
        f32::from_bits(self.step.get().cast_unsigned())
    }

    /// The integer that stands for 0.
    #[inline(always)]
    pub fn zero(self) -> i8 {
        self.zero.get() as i8
    }

    /// The integer nearest to a number, halves away from 0; the end of the range for what is beyond.
    #[inline]
    pub fn encode(self, x: f32) -> i8 {
        let q = x / self.step();
        let nearest = (if q < 0.0 { q - 0.5 } else { q + 0.5 }) as i32;
        nearest.saturating_add(self.zero().into()).clamp(-128, 127) as i8
    }

    /// The number that an integer stands for.
    #[inline]
    pub fn decode(self, q: i8) -> f32 {
        self.step() * (f32::from(q) - f32::from(self.zero()))
    }
}

/// The nearest integer, halves away from 0.
pub(crate) fn round(x: f64) -> i64 {
    (if x < 0.0 { x - 0.5 } else { x + 0.5 }) as i64
}

/// A positive factor as an integer and a shift, `q·2⁻ˢ` with q below 2³¹; of the shift `s − 33`, by which the upper half of a
/// product is moved to have one bit more than the result.
#[derive(Clone, Copy)]
pub(crate) struct Factor {
    multiplier: i32,
    shift: i8,
}

impl Factor {
    /// `M = m·2ᵉ`, ½ ≤ m < 1, as `q = ⌊m·2³¹ + ½⌋` and `s = 31 − e`; 0 below 2⁻³², and the largest below 2³⁰ from there on.
    pub(crate) fn new(m: f64) -> Factor {
        let bits = m.to_bits();
        let mut e = (bits >> 52) as i32 - 1022;
        let significand = (bits & ((1 << 52) - 1)) | 1 << 52;
        // m·2³¹ is the significand / 2²², of 53 bits.
        let mut q = (significand + (1 << 21)) >> 22;
        if q == 1 << 31 {
            (q, e) = (q / 2, e + 1);
        }
        let (q, e) = match e {
            -31..=30 if m > 0.0 => (q as i32, e),
            31.. if m > 0.0 => (i32::MAX, 30),
            _ => (0, 0),
        };
        Factor { multiplier: q, shift: (-2 - e) as i8 }
    }

    /// As bytes.
    pub(crate) fn words(self) -> [Word; 2] {
        [self.multiplier, self.shift.into()].map(Word::of)
    }

    /// From its bytes.
    #[inline(always)]
    pub(crate) fn of([multiplier, shift]: [Word; 2]) -> Factor {
        Factor { multiplier: multiplier.get(), shift: shift.get() as i8 }
    }

    /// `n·M` to the nearest integer, ties up: rounded once. An end of the range for what is beyond.
    #[inline(always)]
    pub(crate) fn times(self, n: i32) -> i32 {
        let product = i64::from(n) * i64::from(self.multiplier);
        // One bit more than the result has; it tells whether what is cut off is half or more.
        match u32::from(self.shift.cast_unsigned()) {
            // Below ¼, as most are: the upper half has all that is left, and a processor of 32 bits shifts no other.
            shift @ 0..32 => ((product >> 32) as i32).wrapping_shr(shift).wrapping_add(1) >> 1,
            shift => within(product.wrapping_shr(shift.wrapping_add(32)).wrapping_add(1) >> 1),
        }
    }

    /// `n·M` rounded twice, as convolutions do it: `n·m` to an integer, with halves up, and where e is negative that over 2⁻ᵉ, with
    /// halves away from 0.
    #[inline(always)]
    pub(crate) fn times_twice(self, n: i32) -> i32 {
        let e = -2 - i32::from(self.shift);
        let (left, right) = (e.max(0).cast_unsigned(), (-e).max(0).cast_unsigned());
        let n = i64::from(n).wrapping_shl(left).clamp(i32::MIN.into(), i32::MAX.into());
        let product = n * i64::from(self.multiplier);
        let nudge = if product < 0 { 1 - (1 << 30) } else { 1 << 30 };
        let high = product.wrapping_add(nudge) / (1 << 31);
        let mask = 1_i64.wrapping_shl(right).wrapping_sub(1);
        let threshold = (mask >> 1) + i64::from(high < 0);
        within(high.wrapping_shr(right) + i64::from(high & mask > threshold))
    }
}

/// The nearest integer of 32 bits.
#[inline(always)]
fn within(n: i64) -> i32 {
    n.clamp(i32::MIN.into(), i32::MAX.into()) as i32
}

int8! {
    /// What the sums of `Out` channels become. Words follow on words, for processors that load several at once.
    pub struct Channels<Out: Width> { terms: Vector<Out, Terms>, shifts: Vector<Out, i8> }
}

int8! {
    /// What is added to a sum, and the multiplier of its factor.
    pub struct Terms<> { bias: Word, multiplier: Word }
}

impl<Out: Width> Channels<Out> {
    /// Channel `j`: a bias in steps of the sum, and by what the sum is multiplied.
    pub(crate) fn set(&mut self, j: usize, bias: i32, factor: f64) {
        let Factor { multiplier, shift } = Factor::new(factor);
        if let (Some(terms), Some(to)) = (self.terms.get_mut(j), self.shifts.get_mut(j)) {
            (terms.bias, terms.multiplier, *to) = (Word::of(bias), Word::of(multiplier), shift);
        }
    }

    /// One after the other.
    #[inline(always)]
    pub(crate) fn iter(&self) -> impl Iterator<Item = Channel> {
        self.terms.iter().zip(&self.shifts).map(Channel::of)
    }
}

#[cfg(dsp)]
impl<Out: Width> Channels<Out> {
    /// The last one.
    pub(crate) fn last(&self) -> Option<Channel> {
        self.terms.last().zip(self.shifts.last()).map(Channel::of)
    }

    pub(crate) fn terms(&self) -> &[Terms] {
        &self.terms
    }

    pub(crate) fn shifts(&self) -> &[i8] {
        &self.shifts
    }

    /// Whether all factors are below ¼.
    #[inline(always)]
    pub(crate) fn small(&self) -> bool {
        let (fours, last) = self.shifts.as_chunks::<4>();
        let fours = fours.iter().fold(0, |all, four| all | u32::from_le_bytes(four.map(i8::cast_unsigned)));
        fours & 0xE0E0_E0E0 == 0 && last.iter().all(|shift| (0..32).contains(shift))
    }
}

/// What a sum becomes: the bias that is added, and the factor.
#[derive(Clone, Copy)]
pub(crate) struct Channel {
    bias: i32,
    factor: Factor,
}

impl Channel {
    #[inline(always)]
    fn of((terms, &shift): (&Terms, &i8)) -> Channel {
        Channel { bias: terms.bias.get(), factor: Factor { multiplier: terms.multiplier.get(), shift } }
    }

    /// An output: the sum and the bias, in its steps, from `lowest` on; rounded once, or twice.
    #[inline(always)]
    pub(crate) fn output<const TWICE: bool>(self, sum: i32, zero: i8, lowest: i8) -> i8 {
        let sum = sum.wrapping_add(self.bias);
        let y = if TWICE { self.factor.times_twice(sum) } else { self.factor.times(sum) };
        y.saturating_add(zero.into()).clamp(lowest.into(), 127) as i8
    }
}
