//! The sums over a batch; the other kernels are tested with those of the levels.

use super::*;
use crate::init::Pcg32;
use crate::kernel::fence::{Fenced, same};
use crate::kernel::pass::Gradient;
use crate::kernel::windows::Through;
use crate::penalty::{NoPenalty, Step};
use crate::width::*;
use crate::window::Windows2d;

fn check<In: Line, Out: Width, S: Sink>(sink: S) {
    let rng = &mut Pcg32::new(3);
    let (rows, cols) = (In::COUNT, Out::USIZE);
    for n in [1, 2, 5] {
        let xs: Vec<Fenced> = (0..n).map(|_| Fenced::random(rng, In::at(rows - 1) + 1)).collect();
        let mut deltas = Fenced::random(rng, n * cols);
        let (mut to, mut bias) = (Fenced::random(rng, rows * cols), Fenced::random(rng, cols));
        let (old, d) = (to.as_ref().to_vec(), deltas.as_ref().to_vec());
        let total = |old: f32, term: &dyn Fn(usize) -> f32| {
            (0..n).fold(if S::ADDS { old } else { 0.0 }, |sum, b| sum + term(b))
        };
        let weights: Vec<f32> = old
            .iter()
            .enumerate()
            .map(|(k, &old)| {
                sink.weight(old, total(old, &|b| xs[b].as_ref()[In::at(k / cols)] * d[b * cols + k % cols]))
            })
            .collect();
        let biases: Vec<f32> = bias
            .as_ref()
            .iter()
            .enumerate()
            .map(|(j, &old)| sink.bias(old, total(old, &|b| d[b * cols + j])))
            .collect();
        let inputs: Vec<*const f32> = xs.iter().map(Fenced::as_ptr).collect();
        let delta = Rows { first: deltas.as_mut_ptr(), stride: cols };
        // SAFETY: arrays of these widths, and `n` samples.
        unsafe {
            let x = Reads { first: inputs.as_ptr().cast(), stride: size_of::<*const f32>(), behind: Some(0) };
            let rows = Span { start: 0, end: In::COUNT };
            sums::<In, Out, S>(n, x, delta, bias.as_mut_ptr(), to.as_mut_ptr(), rows, sink)
        };
        same(to.as_ref(), &weights, format_args!("weights {rows}-{cols} of {n}"));
        same(bias.as_ref(), &biases, format_args!("bias {rows}-{cols} of {n}"));
    }
}

#[test]
fn sums_over_a_batch() {
    let step = Step { rate: 0.3, share: 0.2, penalty: NoPenalty };
    check::<U1, U1, _>(Gradient);
    check::<U3, U7, _>(Gradient);
    check::<U4, U8, _>(step);
    check::<U5, U31, _>(step);
    check::<U16, U10, _>(Gradient);
    // Windows of several rows, which lie apart.
    check::<Through<Windows2d<U7, U8, U2, U3, U2>>, U5, _>(Gradient);
    check::<Through<Windows2d<U7, U8, U3, U2, U2, U1, U2>>, U9, _>(Gradient);
}
