//! What layers share that normalise numbers and have a gain and a bias of each channel.

use crate::kernel::{self, mean};
use crate::math;
use crate::scalar::{Real, Scalar, power_of_two};

/// ε, beside which the variance of numbers that never change vanishes.
pub(super) const EPSILON: f64 = 1e-5;

/// From a number to its distance from the mean of its group in deviations: x̂.
#[derive(Clone, Copy)]
pub(super) struct Normal<T> {
    /// A power of two: u.
    unit: T,
    /// About the mean of u x.
    near: T,
    /// How far the mean is from there.
    rest: T,
    /// 1/√(u²σ² + u²ε).
    scale: T,
}

impl<T: Scalar> Normal<T> {
    /// By the numbers of a group.
    #[inline(always)]
    pub(super) fn new<I: ExactSizeIterator<Item = T>>(x: impl Fn() -> I) -> Self {
        let (mut least, mut greatest) = (T::of(f64::INFINITY), T::of(f64::NEG_INFINITY));
        for x in x() {
            (least, greatest) = (x.min(least), x.max(greatest));
        }
        // Beyond 2⁴⁸ in f32, 2⁴⁰⁰ in f64, squares may overflow; 2⁻⁸⁰, 2⁻⁶²⁴ take the largest numbers to about there.
        let huge = math::constant::<T>(power_of_two(48), power_of_two(400)) < (-least).max(greatest);
        let unit = if huge { math::constant(power_of_two(-80), power_of_two(-624)) } else { T::ONE };
        // The sum may overflow; what is taken for the mean is a finite number between the ends then.
        let near = unit * mean(x()).min(greatest).max(least);
        let rest = mean(x().map(|x| unit * x - near));
        let distance = |x: T| (unit * x - near) - rest;
        let variance = mean(x().map(|x| distance(x) * distance(x)));
        let scale = match huge {
            // Scaled, ε is nothing beside any variance but 0.
            true if variance == T::ZERO => T::ONE / Real::sqrt(T::of(EPSILON)) / unit,
            true => T::ONE / Real::sqrt(variance),
            false => T::ONE / Real::sqrt(variance + T::of(EPSILON)),
        };
        Normal { unit, near, rest, scale }
    }

    /// x̂.
    #[inline(always)]
    fn of(self, x: T) -> T {
        ((self.unit * x - self.near) - self.rest) * self.scale
    }

    /// `y ← g ⊙ x̂ + b`, of some numbers of the group.
    #[inline(always)]
    pub(super) fn write(self, x: &[T], gain: &[T], bias: &[T], y: &mut [T]) {
        let parts = y.iter_mut().zip(x).zip(gain).zip(bias);
        parts.for_each(|(((y, &x), &g), &b)| *y = g * self.of(x) + b);
    }

    /// `∂J/∂g`, `∂J/∂b` of some numbers, added.
    #[inline(always)]
    pub(super) fn sums(self, x: &[T], dy: &[T], gain: &mut [T], bias: &mut [T]) {
        kernel::add(dy, bias);
        let parts = gain.iter_mut().zip(dy).zip(x);
        parts.for_each(|((dg, &dy), &x)| *dg = *dg + dy * self.of(x));
    }

    /// `1/n Σₖ dₖ` and `1/n Σₖ dₖ x̂ₖ` of the group.
    #[inline(always)]
    pub(super) fn along<I, J>(self, d: impl Fn() -> I, x: impl Fn() -> J) -> [T; 2]
    where
        I: ExactSizeIterator<Item = T>,
        J: ExactSizeIterator<Item = T>,
    {
        [mean(d()), mean(d().zip(x()).map(|(d, x)| d * self.of(x)))]
    }

    /// dx of some numbers.
    #[inline(always)]
    pub(super) fn errors(self, x: &[T], dy: &[T], gain: &[T], [along_one, along_x]: [T; 2], dx: &mut [T]) {
        let parts = dx.iter_mut().zip(dy).zip(gain).zip(x);
        parts.for_each(|(((dx, &dy), &g), &x)| {
            *dx = ((g * dy - along_one - self.of(x) * along_x) * self.scale) * self.unit;
        });
    }
}

/// A layer that normalises, with a gain and a bias of each channel as its first tensors.
pub(super) trait Normalises<T> {
    /// The way back of one sample, which leaves dy: what it adds to `∂J/∂g` and `∂J/∂b`, and dx.
    fn back(&self, x: &[T], dy: &[T], sums: Option<[&mut [T]; 2]>, dx: Option<&mut [T]>);
}

// backward! {} is `Layer::backward` of a layer that normalises.
macro_rules! backward {
    () => {
        #[inline]
        fn backward(&self, x: &Self::Input, tape: &mut Self::Tape, grad: &mut Self, dx: Option<&mut Self::Input>) {
            let sums = [grad.gain.as_mut_slice(), grad.bias.as_mut_slice()];
            self.back(x.flat(), tape.dy.flat(), Some(sums), dx.map(Plain::flat_mut));
        }
    };
}
pub(super) use backward;

// halves! { N } is `Batch` of one with `N` channels.
macro_rules! halves {
    ($N:ident) => {
        fn errors(&self, xs: Inputs<Self::Input>, tapes: LinesMut<Self::Tape>, dxs: Option<LinesMut<Self::Input>>) {
            let Some(mut dxs) = dxs else { return };
            for ((x, tape), dx) in xs.iter().zip(tapes.lines().iter()).zip(dxs.iter_mut()) {
                self.back(x.flat(), tape.dy.flat(), None, Some(dx.flat_mut()));
            }
        }

        fn sums(&self, xs: Inputs<Self::Input>, tapes: Lines<Self::Tape>, mut part: Part<Self::Scalar>) {
            let (gain, mut rest) = part.split($N::USIZE);
            let (bias, _) = rest.split($N::USIZE);
            for (x, tape) in xs.iter().zip(tapes.iter()) {
                self.back(x.flat(), tape.dy.flat(), Some([&mut *gain.numbers, &mut *bias.numbers]), None);
            }
        }
    };
}
pub(super) use halves;
