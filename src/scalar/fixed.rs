//! Fixed-point numbers: integers of 16 and 32 bits, of which so many are behind the point.

use super::{Scalar, sealed};

mod arithmetic;
mod functions;
mod number;
mod sum;

pub use sum::FixedSum;

/// A number of 16 bits, `F` of them behind the point: for processors without an FPU.
///
/// `Q16<12>` has a step of 2⁻¹² and is below 8 in magnitude; `F` is 4 to 12. With a network declared by `scalar = Q16<12>`,
/// everything is in integers, and inputs, targets and the rate are numbers of this type.
///
/// # Equations
///
/// The number is n·2⁻ᶠ for an integer n. Sums and differences are exact. A product is rounded to nearest, ties up; so is
/// [`mul_add`](crate::Real::mul_add), once. A quotient is rounded to nearest, ties away from 0. The sums of a layer are exact, in
/// [`FixedSum`], and rounded at the end. Nothing wraps.
///
/// # Overflow
///
/// What is beyond the range becomes the number at its end, ±(2¹⁵ − 1)·2⁻ᶠ, which stands for all that is beyond, as an infinite
/// `f32` does: [`is_finite`](crate::Number::is_finite) is false, [`to_f64`](crate::Number::to_f64) infinite, and sums and products with
/// it are at an end again, but that 0 times it is 0. So what detects infinite numbers detects overflow: a
/// [`Trainer`](crate::Trainer) refuses the step, a [`Guard`](crate::Guard) undoes it. [`overflows`](Q16::overflows) counts
/// them among weights or outputs. As of an infinite `f32`, the sigmoid of an end is 1.
///
/// A kernel's sums look at their inputs and δ, and not at the weights: those at an end are seen in the network itself, and stay.
///
/// A quotient by 0 and a NaN become an end; so do the logarithm and the root of a negative number, the lower one.
///
/// # Order
///
/// A kernel rounds at its end: a weighted sum before the activation, ∂J/∂x once, the sum over the samples of a batch once, and
/// a mean is taken before it is rounded. So a batch and its samples one after the other have different bits, unlike floats,
/// and so have [`gradient_batch`](crate::Network::gradient_batch) with different numbers of tapes. On all targets, and in
/// debug and release builds, bits are the same.
///
/// # When
///
/// [`Network::descend`](crate::Network::descend) and [`step_batch`](crate::Network::step_batch) need no more than this range.
/// A [`Gradient`](crate::Gradient) holds sums over samples, which may pass it: then fewer samples, or fewer bits behind the
/// point. Optimisers keep what they keep in this type: [`Sgd`](crate::Sgd), [`Momentum`](crate::Momentum) and
/// [`Nesterov`](crate::Nesterov) learn; those that divide by the root of a mean square (Adam, RMSprop, Adagrad) have no digits
/// left for it: where slopes are below 2⁻⁶, their squares are 0 in `Q16<12>`, and Adam leaves the range in its
/// first steps, also rounded at random. In `Q32<20>` it learns digits, 93.9 % in 12 epochs.
///
/// A [`Trainer`](crate::Trainer) also refuses a batch of which one sample's loss is beyond the range, 8 in `Q16<12>`.
///
/// Steps below half of the last digit are lost, unless weights are rounded at random: by the optimiser
/// [`Stochastic`](crate::Stochastic), [`descend_stochastic`](crate::Network::descend_stochastic) or
/// [`step_batch_stochastic`](crate::Network::step_batch_stochastic). With 12 bits behind the point it made no difference for
/// digits; with 8 bits and a rate of 0.01, 89.7 % of them were recognised instead of 57.9 %, with 0.03 94.4 % instead of 92.5 %
/// (median of five seeds).
///
/// [`self_test`](crate::self_test()) compares with differences that are finer than these steps.
///
/// Gradients are within 6 steps of those of f64, of networks of up to four layers with weights and inputs up to 1
/// (`tests/fixed/gradients.rs`).
///
/// # Errors of functions
///
/// In steps of 2⁻ᶠ, the greatest of all inputs for `F = 12`:
/// `erf` 1.25, `exp` 1.43, `expm1` 1.43, `ln` 0.92, `ln_1p` 0.92, `normal_cdf` 0.81, `sigmoid` 0.63, `softplus` 0.80,
/// `tanh` 0.75, the root 0.5; for smaller `F` they are less (`cargo test --test fixed`, which tries all inputs).
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::Q16;
///
/// network! { type Net = 2 => Dense<4, Tanh> => Dense<1>, loss = SigmoidCrossEntropy, scalar = Q16<12>; }
/// type Number = Q16<12>;
/// let samples = [([0.0, 0.0], [0.0]), ([0.0, 1.0], [1.0]), ([1.0, 0.0], [1.0]), ([1.0, 1.0], [0.0])]
///     .map(|(x, y)| (x.map(Number::new), y.map(Number::new)));
///
/// let (mut net, mut tape) = (Net::ZERO, Net::TAPE); // 34 bytes of weights
/// net.initialize(&Xavier, &mut Pcg32::new(1));
/// for _ in 0..1000 {
///     samples.iter().for_each(|(x, y)| net.descend(x, y, Number::new(0.5), &mut tape));
/// }
/// assert!(net.predict(&samples[1].0)[0] > Number::new(0.9));
/// assert_eq!(Number::overflows(net.parameters()), 0);
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Hash)]
#[repr(transparent)]
pub struct Q16<const F: u32>(i16);

/// A number of 32 bits, `F` of them behind the point; `F` is 4 to 28.
///
/// `Q32<20>` has a step of 2⁻²⁰ and is below 2048 in magnitude. All else is as of [`Q16`], but that a sum of products is at an
/// end already where it passes 2^(62 − 2F), 4 million for `F = 20`, at some term.
///
/// # Errors of functions
///
/// In steps of 2⁻ᶠ, the greatest of 10⁶ inputs for `F = 20`:
/// `erf` 1.4, `exp` 3.2, `expm1` 3.2, `normal_cdf` 0.8, all others 0.51. Next to `F = 28` they are more, up to 12 of `erf`, 6 of
/// `normal_cdf` and 4 of `exp`.
///
/// # Example
///
/// ```
/// use nanoprop::Q32;
///
/// let x = Q32::<20>::new(1.5) * Q32::new(-2.0);
/// assert_eq!(f64::from(x), -3.0);
/// assert_eq!(x.to_bits(), -3 << 20);
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Hash)]
#[repr(transparent)]
pub struct Q32<const F: u32>(i32);

// fixed! { Q16: i16, u16, i32, … } implements what makes an integer a scalar; products fit the third integer.
macro_rules! fixed {
    ($Q:ident: $Bits:ident, $Unsigned:ident, $Wide:ident, digits = $digits:literal, most = $most:literal, $name:literal) => {
        impl<const F: u32> $Q<F> {
            /// The upper end of the range: what is beyond.
            pub const MAX: Self = $Q($Bits::MAX);
            /// The lower end of the range.
            pub const MIN: Self = $Q(-$Bits::MAX);

            /// Refuses a place of the point that leaves no room for the constants of formulas.
            const PLACE: u32 = {
                assert!(4 <= F && F <= $most, "so many bits behind the point are too few or too many");
                F
            };

            /// The largest magnitude of a number that is at no end.
            const LARGEST: $Unsigned = $Bits::MAX as $Unsigned - 1;

            const NAME_BYTES: [u8; 6] = {
                let [a, b, c] = *$name;
                [a, b, c, b'.', b'0' + (F / 10) as u8, b'0' + (F % 10) as u8]
            };

            /// The number nearest to `x`.
            #[inline(always)]
            pub const fn new(x: f64) -> Self {
                let n = x * (1_u64 << Self::PLACE) as f64;
                let most = $Bits::MAX as f64;
                match n {
                    _ if n <= -most => Self::MIN,
                    _ if n < 0.0 => $Q((n - 0.5) as $Bits),
                    _ if n < most => $Q((n + 0.5) as $Bits),
                    // So also NaN.
                    _ => Self::MAX,
                }
            }

            /// The number of an integer n: n·2⁻ᶠ.
            ///
            /// ```
            #[doc = concat!("use nanoprop::", stringify!($Q), ";")]
            ///
            #[doc = concat!("assert_eq!(", stringify!($Q), "::<12>::from_bits(2048), ", stringify!($Q), "::new(0.5));")]
            /// ```
            #[inline]
            pub const fn from_bits(n: $Bits) -> Self {
                $Q(n)
            }

            /// The integer n.
            #[inline]
            pub const fn to_bits(self) -> $Bits {
                self.0
            }

            /// How many of some numbers are at an end of the range.
            #[must_use]
            pub fn overflows(numbers: &[Self]) -> usize {
                numbers.iter().filter(|x| x.is_end()).count()
            }

            #[inline(always)]
            pub(super) const fn is_end(self) -> bool {
                (self.0 as $Unsigned).wrapping_add(Self::LARGEST) > 2 * Self::LARGEST
            }

            /// An end, on the side of `n`.
            #[inline(always)]
            const fn end(n: $Wide) -> Self {
                if n < 0 { Self::MIN } else { Self::MAX }
            }

            #[inline(always)]
            pub(super) const fn fit(n: $Wide) -> Self {
                // One comparison for both ends.
                let inside =
                    (n + Self::LARGEST as $Wide).cast_unsigned() <= (2 * Self::LARGEST as $Wide).cast_unsigned();
                if inside { $Q(n as $Bits) } else { Self::end(n) }
            }

            #[inline(always)]
            pub(super) const fn fit_long(n: i64) -> Self {
                match n {
                    _ if n >= $Bits::MAX as i64 => Self::MAX,
                    _ if n <= -($Bits::MAX as i64) => Self::MIN,
                    _ => $Q(n as $Bits),
                }
            }

            /// a·b with 2F bits behind the point, and whether it is at an end because a factor is.
            #[inline(always)]
            const fn product(self, b: Self) -> ($Wide, bool) {
                let p = self.0 as $Wide * b.0 as $Wide;
                (p, (self.is_end() || b.is_end()) && p != 0)
            }
        }

        impl<const F: u32> sealed::Sealed for $Q<F> {}

        impl<const F: u32> Scalar for $Q<F> {
            const DIGITS: u32 = $digits;
            const STEP: f64 = 1.0 / (1_u64 << Self::PLACE) as f64;
            const ONE: Self = $Q(1 << Self::PLACE);
            type Accumulator = FixedSum;
        }
    };
}

fixed!(Q16: i16, u16, i32, digits = 15, most = 12, b"q16");
fixed!(Q32: i32, u32, i64, digits = 31, most = 28, b"q32");
