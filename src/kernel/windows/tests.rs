//! Convolutions of all kinds of windows, against the plain loops window by window; the levels are compared with each other by
//! `tests/sequences.rs`.

use super::*;
use crate::activation::Relu;
use crate::init::{Pcg32, Random};
use crate::kernel::add;
use crate::kernel::backward::transposed_plain;
use crate::kernel::gemv::plain;
use crate::scalar::Fused;
use crate::width::*;
use crate::window::{Windows1d, Windows2d};

fn random<T: Scalar>(rng: &mut Pcg32, n: usize) -> Vec<T> {
    (0..n).map(|_| T::from_f64((rng.bits() >> 8) as f64 / (1 << 23) as f64 - 1.0)).collect()
}

fn same<T: Scalar>(found: &[T], expected: &[T], what: &str) {
    assert_eq!(found.len(), expected.len());
    for (k, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert_eq!(found.to_f64().to_bits(), expected.to_f64().to_bits(), "number {k} of {what}");
    }
}

fn check<G: Windows, Out: Width, T: Scalar>() {
    let rng = &mut Pcg32::new(5);
    let (frame, out) = (G::FRAME, Out::USIZE);
    let (count, columns) = (frame.rows.count * frame.columns.count, frame.columns.count);
    let x = random::<T>(rng, frame.rows.len * frame.columns.len * frame.channels);
    let patch = <G::Patch as Unsigned>::USIZE;
    let (weights, biases) = (random::<T>(rng, patch * out), random::<T>(rng, out));
    let bias = &rows::<Out, T>(&biases)[0];
    let mut w = Box::new(Matrix::<G::Patch, Out, T>::ZERO);
    w.flat_mut().copy_from_slice(&weights);
    let w = &*w;
    let deltas = random::<T>(rng, count * out);
    let deltas: &[Vector<Out, T>] = rows(&deltas);

    let old = random::<T>(rng, (patch + 1) * out);
    let (mut y, mut dx, mut sum) = (vec![Vector::<Out, T>::ZERO; count], vec![T::ZERO; x.len()], old.clone());
    for (t, delta) in deltas.iter().enumerate() {
        let (mut window, mut term) = (Vector::<G::Patch, T>::ZERO, Vector::<G::Patch, T>::ZERO);
        copy::<G, T>(&x, t / columns, t % columns, T::ZERO, &mut window);
        y[t].copy_from_slice(bias);
        plain(w, &window, &mut y[t]);
        y[t].iter_mut().for_each(|y| *y = Relu::value(*y));
        transposed_plain(w, delta, &mut term);
        pieces::<G>(t / columns, t % columns, |to, from, n| add(&term[from..from + n], &mut dx[to..]));
        for (j, &delta) in delta.iter().enumerate() {
            sum[j] = sum[j] + delta;
            for (i, &x) in window.iter().enumerate() {
                sum[(i + 1) * out + j] = x.mul_add(delta, sum[(i + 1) * out + j]);
            }
        }
    }

    let mut found = vec![Vector::<Out, T>::ZERO; count];
    forward::<G, Out, Relu, T>(w, bias, &x, &mut found);
    found.iter().zip(&y).for_each(|(found, y)| same(found, y, "y"));
    let mut found = vec![T::from_f64(f64::NAN); x.len()];
    errors::<G, Out, T>(w, deltas, &mut found);
    same(&found, &dx, "dx");
    // All rows, and some of them.
    for (from, to) in [(0, patch), (patch / 3, patch / 2 + 1)] {
        let mut found = old.clone();
        let (bias, weights) = found.split_at_mut(out);
        let rows = crate::plain::rows_mut::<Out, T>(weights);
        sums::<G, Out, T>(&x, deltas, bias, from, &mut rows[from..to]);
        let at =
            |i: usize| if (from..to).contains(&i) { sum[(i + 1) * out..].iter() } else { old[(i + 1) * out..].iter() };
        let expected: Vec<T> = sum[..out].iter().chain((0..patch).flat_map(|i| at(i).take(out))).copied().collect();
        same(&found, &expected, "the sums");
    }
}

#[test]
fn windows_are_read_where_they_are_and_in_strips() {
    fn all<T: Scalar>() {
        // LeNet's: one strip of all rows, of one channel, and pieces that no number of sums divides.
        check::<Windows2d<U28, U28, U1, U5, U5, U1, U1, Same>, U6, T>();
        check::<Windows2d<U14, U14, U6, U5>, U16, T>();
        check::<Windows2d<U6, U7, U5, U3>, U20, T>();
        // Strips that overlap, also at a stride and a dilation, and one row of windows in each.
        check::<Windows2d<U40, U28, U3, U3, U3, U1, U1, Same>, U5, T>();
        check::<Windows2d<U33, U20, U5, U3, U2, U2, U2, Pad<U3, U1>>, U18, T>();
        check::<Windows2d<U5, U30, U20, U3, U3, U1, U1, Same>, U3, T>();
        // No room for a strip.
        check::<Windows2d<U5, U30, U22, U3, U3, U1, U1, Same>, U4, T>();
        check::<Windows1d<U64, U33, U3, U1, U1, Causal>, U7, T>();
        // Sequences; more outputs than dx is spread of; windows that overlap by all but one number, fewer than a register.
        check::<Windows1d<U21, U3, U3, U2, U4, Causal>, U7, T>();
        check::<Windows1d<U9, U4, U3, U1, U1, Same>, U130, T>();
        check::<Windows1d<U64, U1, U5>, U8, T>();
        check::<Windows1d<U9, U1, U3, U1, U2>, U6, T>();
    }
    all::<f32>();
    all::<Fused>();
    all::<f64>();
}
