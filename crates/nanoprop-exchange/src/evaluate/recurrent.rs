//! Recurrent layers, step by step, by the formulas of nanoprop's.

use nanoprop::Scalar;
use nanoprop::runtime::flush;

use super::dense::product;
use super::function::{state, value};
use crate::model::Activation::{self, Sigmoid, Tanh};
use crate::model::Reset;

/// Inputs, the width of the state, and whether all states are written.
type Sizes = (usize, usize, bool);

/// The states of all steps, or the last.
fn run<T: Scalar>(x: &[T], (inputs, units, all): Sizes, mut step: impl FnMut(&[T], &mut [T])) -> Vec<T> {
    let (mut h, mut y) = (vec![T::of(0.0); units], Vec::new());
    for x in x.chunks(inputs.max(1)) {
        step(x, &mut h);
        if all {
            y.extend_from_slice(&h);
        }
    }
    if all { y } else { h }
}

/// `hₜ = g(b + Wᵀ xₜ + Uᵀ hₜ₋₁)`.
pub(super) fn elman<T: Scalar>(g: Activation, [bias, weight, recurrent]: [&[T]; 3], sizes: Sizes, x: &[T]) -> Vec<T> {
    run(x, sizes, |x, h| {
        let mut z = bias.to_vec();
        product(weight, x, &mut z);
        product(recurrent, h, &mut z);
        h.iter_mut().zip(z).for_each(|(h, z)| *h = state(g, z));
    })
}

/// `cₜ = f ⊙ cₜ₋₁ + i ⊙ g`, `hₜ = o ⊙ tanh cₜ`; a row has i, f, o, g.
pub(super) fn lstm<T: Scalar>([bias, weight, recurrent]: [&[T]; 3], sizes: Sizes, x: &[T]) -> Vec<T> {
    let units = sizes.1;
    let mut cells = vec![T::of(0.0); units];
    run(x, sizes, |x, h| {
        let mut z = bias.to_vec();
        product(weight, x, &mut z);
        product(recurrent, h, &mut z);
        let gate = |gate: usize, k: usize| z.get(gate * units + k).copied().unwrap_or(T::of(0.0));
        for (k, (h, c)) in h.iter_mut().zip(&mut cells).enumerate() {
            let [i, f, o] = [0, 1, 2].map(|n| value(Sigmoid, gate(n, k)));
            let g = value(Tanh, gate(3, k));
            *c = flush(f.mul_add(*c, i * g));
            *h = flush(o * value(Tanh, *c));
        }
    })
}

/// `hₜ = (1 − z) ⊙ n + z ⊙ hₜ₋₁`; a row of what is multiplied with x has n, r, z. The four tensors are in the order of the
/// layer's.
pub(super) fn gru<T: Scalar>(reset: Reset, tensors: [&[T]; 4], sizes: Sizes, x: &[T]) -> Vec<T> {
    let units = sizes.1;
    run(x, sizes, |x, h| {
        let mut line = tensors[0].to_vec();
        let mut gates = |weight: &[T]| product(weight, x, &mut line);
        let n: Vec<T> = match reset {
            Reset::After => {
                let [_, new, weight, recurrent] = tensors;
                gates(weight);
                line.extend_from_slice(new);
                product(recurrent, h, line.get_mut(units..).unwrap_or_default());
                let at = |part: usize, k: usize| line.get(part * units + k).copied().unwrap_or(T::of(0.0));
                let new = |k| value(Tanh, value(Sigmoid, at(1, k)).mul_add(at(3, k), at(0, k)));
                (0..units).map(new).collect()
            }
            Reset::Before => {
                let [_, weight, recurrent, apart] = tensors;
                gates(weight);
                product(recurrent, h, line.get_mut(units..).unwrap_or_default());
                let r = line.get(units..2 * units).unwrap_or_default();
                let kept: Vec<T> = r.iter().zip(&*h).map(|(&r, &h)| flush(value(Sigmoid, r) * h)).collect();
                let new = line.get_mut(..units).unwrap_or_default();
                product(apart, &kept, new);
                new.iter().map(|&n| value(Tanh, n)).collect()
            }
        };
        let z = line.get(2 * units..3 * units).unwrap_or_default();
        for ((h, n), &z) in h.iter_mut().zip(n).zip(z) {
            let z = value(Sigmoid, z);
            *h = flush(z.mul_add(*h, (T::of(1.0) - z) * n));
        }
    })
}
