//! The digits of `data/digits`, for examples, tests and benchmarks: `#[path = "support/digits.rs"] mod digits;`.
#![allow(dead_code, reason = "each takes what it needs")]

use nanoprop::prelude::*;

/// 8×8 pixels from 0, white, to 1, black, row by row; and the digit that they show.
pub(crate) type Sample = ([f32; 64], Class<U10>);

/// How many there are.
pub(crate) const COUNT: usize = LABELS.len();

const PIXELS: &[u8; 1797 * 64] = include_bytes!("../../data/digits/digits8x8_pixels_u8.bin");
const LABELS: &[u8; 1797] = include_bytes!("../../data/digits/digits8x8_labels_u8.bin");

/// The samples to learn from and those held out, each in the order of the file; `held_out` is asked with
/// each row's index, from 0.
pub(crate) fn split(held_out: impl Fn(usize) -> bool) -> (Vec<Sample>, Vec<Sample>) {
    let (held_out, train): (Vec<_>, Vec<_>) = (0..COUNT).partition(|&row| held_out(row));
    (train.into_iter().map(sample).collect(), held_out.into_iter().map(sample).collect())
}

/// How many percent of some samples a classifier gets right.
pub(crate) fn accuracy(samples: &[Sample], classify: impl Fn(&[f32; 64]) -> usize) -> f64 {
    let right = samples.iter().filter(|(x, y)| classify(x) == y.index()).count();
    100.0 * right as f64 / samples.len() as f64
}

fn sample(row: usize) -> Sample {
    let pixels: &[u8; 64] = PIXELS[64 * row..].first_chunk().expect("64 pixels a row");
    let label = Class::new(LABELS[row].into()).expect("labels are 0 to 9");
    (pixels.map(|pixel| f32::from(pixel) / 16.0), label)
}
