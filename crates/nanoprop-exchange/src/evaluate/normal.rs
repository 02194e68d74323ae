//! Layers that shift and scale each channel.

use nanoprop::Scalar;
use nanoprop::runtime::sum;

/// `(x − μ) / σ` of each channel, where a σ of 0 counts as 1.
pub(super) fn standardize<T: Scalar>(mean: &[T], deviation: &[T], x: &[T]) -> Vec<T> {
    let zero = T::of(0.0);
    let one =
        |((&x, &mean), &deviation): ((&T, &T), &T)| (x - mean) / if deviation == zero { T::ONE } else { deviation };
    x.chunks(mean.len().max(1)).flat_map(|row| row.iter().zip(mean).zip(deviation).map(one)).collect()
}

/// `g ⊙ x̂ + b` at each place, by the formulas of nanoprop's `LayerNorm`.
pub(super) fn layer_norm<T: Scalar>(gain: &[T], bias: &[T], x: &[T]) -> Vec<T> {
    let place = |row: &[T]| {
        let normal = normal(row);
        let one = |((&x, &gain), &bias): ((&T, &T), &T)| gain * normal(x) + bias;
        row.iter().zip(gain).zip(bias).map(one).collect::<Vec<_>>()
    };
    x.chunks(gain.len().max(1)).flat_map(place).collect()
}

/// `g ⊙ x̂ + b` of each group of channels at all places, by the formulas of nanoprop's `GroupNorm`.
pub(super) fn group_norm<T: Scalar>(groups: usize, gain: &[T], bias: &[T], x: &[T]) -> Vec<T> {
    let channels = gain.len().max(1);
    let size = channels.checked_div(groups).unwrap_or(0).max(1);
    let mut y = x.to_vec();
    for first in (0..channels).step_by(size) {
        let of = |row: &[T]| row.get(first..first + size).unwrap_or_default().to_vec();
        let numbers: Vec<T> = x.chunks(channels).flat_map(of).collect();
        let normal = normal(&numbers);
        for row in y.chunks_mut(channels) {
            let parts = row.iter_mut().zip(gain).zip(bias).skip(first).take(size);
            parts.for_each(|((y, &gain), &bias)| *y = gain * normal(*y) + bias);
        }
    }
    y
}

/// `g ⊙ x̂ + b` of each channel, by its measured mean and variance; a variance of 0 counts as one whose deviation is 1.
pub(super) fn batch_norm<T: Scalar>([gain, bias, mean, variance]: [&[T]; 4], x: &[T]) -> Vec<T> {
    let zero = T::of(0.0);
    let deviation = |v: T| if v <= zero { T::ONE } else { (v + T::of(1e-5)).sqrt() };
    let scales: Vec<T> = variance.iter().map(|&v| T::ONE / deviation(v)).collect();
    let place = |row: &[T]| {
        let parts = row.iter().zip(mean).zip(&scales).zip(gain).zip(bias);
        parts.map(|((((&x, &mean), &s), &g), &b)| g * ((x - mean) * s) + b).collect::<Vec<_>>()
    };
    x.chunks(mean.len().max(1)).flat_map(place).collect()
}

/// From a number to its distance from the mean in deviations.
fn normal<T: Scalar>(x: &[T]) -> impl Fn(T) -> T {
    let power = |n: i32| 2_f64.powi(n);
    let constant = |single: f64, double: f64| T::of(if T::DIGITS == 24 { single } else { double });
    let count = T::from_f64(x.len() as f64);
    let (mut least, mut greatest) = (T::of(f64::INFINITY), T::of(f64::NEG_INFINITY));
    for &x in x {
        (least, greatest) = (x.min(least), x.max(greatest));
    }
    // Beyond 2⁴⁸ in f32, 2⁴⁰⁰ in f64, squares may overflow.
    let huge = constant(power(48), power(400)) < (-least).max(greatest);
    let unit = if huge { constant(power(-80), power(-624)) } else { T::ONE };
    let near = unit * (sum(x.iter().copied()) / count).min(greatest).max(least);
    let rest = sum(x.iter().map(|&x| unit * x - near)) / count;
    let distance = move |x: T| (unit * x - near) - rest;
    let variance = sum(x.iter().map(|&x| distance(x) * distance(x))) / count;
    let epsilon = T::of(1e-5);
    let scale = match huge {
        true if variance == T::of(0.0) => T::ONE / epsilon.sqrt() / unit,
        true => T::ONE / variance.sqrt(),
        false => T::ONE / (variance + epsilon).sqrt(),
    };
    move |x| distance(x) * scale
}
