//! The kernels for several samples, each sample in memory of its own.

use super::*;
use crate::kernel::Slope;
use crate::kernel::pass::{Onto, Over, Place, SPREAD, Span};
use crate::penalty::{L2, Step};

type Gemm = unsafe fn(usize, *const f32, Rows, Reads, Rows);
type MapRows<F> = unsafe fn(F, usize, Rows, Rows);
type Spread = unsafe fn(usize, *const f32, Rows, Rows);
type Sums<S> = unsafe fn(usize, Reads, Rows, *mut f32, *mut f32, Span, S);

/// A layer's arrays, the inputs of some samples, and their slots: a vector and as much again for each, but for the
/// last.
struct Batch {
    w: Fenced,
    bias: Fenced,
    xs: Vec<Fenced>,
    slots: Fenced,
}

impl Batch {
    fn x(&self) -> Vec<*const f32> {
        self.xs.iter().map(Fenced::as_ptr).collect()
    }
}

fn rows<Out: Width>(slots: &mut Fenced) -> Rows {
    Rows { first: slots.as_mut_ptr(), stride: 2 * Out::USIZE }
}

/// Batches that fill registers, that do not, and both.
fn check<T: Scalar, In: Width, Out: Width, A: Activation>() {
    let rng = &mut Pcg32::new((In::USIZE << 16 | Out::USIZE) as u64);
    for n in [1, 3, 7, 8, 16, 21, 37] {
        let batch = Batch {
            w: Fenced::random(rng, In::USIZE * Out::USIZE),
            bias: Fenced::random(rng, Out::USIZE),
            xs: (0..n).map(|_| Fenced::random(rng, In::USIZE)).collect(),
            slots: Fenced::random(rng, (2 * n - 1) * Out::USIZE),
        };
        check_gemm::<T, In, Out, A>(n, &batch);
        check_map_rows::<T, Out, A, _>(n, &batch, Of::<Slope<A>>::NEW);
        check_spread::<T, In, Out, Over>(n, &batch);
        check_spread::<T, In, Out, Onto>(n, &batch);
        check_sums::<T, In, Out, _>(n, &batch, Gradient);
        check_sums::<T, In, Out, _>(n, &batch, Step { rate: 0.3, share: 0.2, penalty: L2(0.1) });
    }
}

fn check_gemm<T: Scalar, In: Width, Out: Width, A: Activation>(n: usize, batch: &Batch) {
    let Batch { w, bias, xs, slots } = batch;
    let forms: Forms<Gemm, PICKED> = forms!(gemm < In, Out, A > (n, w, z, x, y));
    for (level, gemm) in runnable::<T, _, _>(forms) {
        let what = format!("gemm {}-{} of {n} samples at {level:?}", In::USIZE, Out::USIZE);
        let mut found = slots.copy();
        // SAFETY: arrays of these widths, and the processor has the level.
        unsafe {
            let z = Rows { first: bias.as_ptr().cast_mut(), stride: 0 };
            gemm(n, w.as_ptr(), z, pointers(&batch.x()), rows::<Out>(&mut found));
        };
        let (found, before) = (found.as_ref().chunks(Out::USIZE), slots.as_ref().chunks(Out::USIZE));
        for (k, (found, before)) in found.zip(before).enumerate() {
            if k % 2 == 1 {
                same(found, before, format_args!("between the slots, {what}"));
                continue;
            }
            let mut expected = array::<Vector<Out, T>>(bias);
            plain_gemv::plain::<In, Out, T>(&array(w), &array(&xs[k / 2]), &mut expected);
            expected.iter_mut().for_each(|z| *z = A::value(*z));
            same(found, &numbers(&expected), format_args!("sample {}, {what}", k / 2));
        }
    }
}

/// Where `f` makes δ of y and dy, in slots of them.
fn check_map_rows<T: Scalar, Out: Width, A: Activation, F: Lanewise>(n: usize, batch: &Batch, f: F) {
    let forms: Forms<MapRows<F>, PICKED> = forms!(map_rows < Out, F > (f, n, x, y));
    for (level, map_rows) in runnable::<T, _, _>(forms) {
        let mut found = batch.slots.copy();
        let y = rows::<Out>(&mut found);
        // SAFETY: of the slots all but the last have a dy; the processor has the level.
        unsafe { map_rows(f, n - 1, y, y.from(0, Out::USIZE)) };
        for (k, (found, before)) in
            found.as_ref().chunks(Out::USIZE).zip(batch.slots.as_ref().chunks(Out::USIZE)).enumerate()
        {
            let number = |x: f32| T::from_f64(x as f64);
            let delta = |j: usize| number(before[j]) * A::slope(number(batch.slots.as_ref()[(k - 1) * Out::USIZE + j]));
            let expected = (0..Out::USIZE).map(|j| if k % 2 == 1 { delta(j).to_f64() as f32 } else { before[j] });
            let what = format_args!("map_rows of {} numbers, row {k}, at {level:?}", Out::USIZE);
            same(found, &expected.collect::<Vec<_>>(), what);
        }
    }
}

fn check_spread<T: Scalar, In: Width, Out: Width, D: Place>(n: usize, batch: &Batch) {
    let forms: Forms<Spread, PICKED> = forms!(spread < In, Out, D > (n, w, delta, dx));
    for (level, spread) in runnable::<T, _, _>(forms).filter(|_| Out::USIZE <= SPREAD) {
        let mut slots = batch.slots.copy();
        let mut dxs = Fenced::new(&vec![if D::ADDS { 0.25 } else { f32::NAN }; n * In::USIZE]);
        let dx = Rows { first: dxs.as_mut_ptr(), stride: In::USIZE };
        // SAFETY: arrays of these widths, and the processor has the level.
        unsafe { spread(n, batch.w.as_ptr(), rows::<Out>(&mut slots), dx) };
        for (b, delta) in batch.slots.as_ref().chunks(Out::USIZE).step_by(2).enumerate() {
            let (mut expected, delta) = (Vector::<In, T>::ZERO, array(&Fenced::new(delta)));
            plain_backward::transposed_plain::<In, Out, T>(&array(&batch.w), &delta, &mut expected);
            if D::ADDS {
                expected.iter_mut().for_each(|dx| *dx = T::of(0.25) + *dx);
            }
            let what = format_args!("spread {}-{}, sample {b} of {n} at {level:?}", In::USIZE, Out::USIZE);
            same(&dxs.as_ref()[b * In::USIZE..][..In::USIZE], &numbers(&expected), what);
        }
        same(slots.as_ref(), batch.slots.as_ref(), format_args!("δ of spread"));
    }
}

fn check_sums<T: Scalar, In: Width, Out: Width, S: Sink>(n: usize, batch: &Batch, sink: S) {
    let Batch { w, bias, xs, slots } = batch;
    let number = |x: f32| T::from_f64(x as f64);
    let start = |old: T| if S::ADDS { old } else { T::ZERO };
    let delta = |b: usize, j: usize| number(slots.as_ref()[2 * b * Out::USIZE + j]);
    let mut weights = array::<Matrix<In, Out, T>>(w);
    for (k, weight) in weights.flat_mut().iter_mut().enumerate() {
        let (i, j) = (k / Out::USIZE, k % Out::USIZE);
        let add = |sum, b: usize| number(xs[b].as_ref()[i]).mul_add(delta(b, j), sum);
        *weight = sink.weight(*weight, (0..n).fold(start(*weight), add));
    }
    let mut biases = array::<Vector<Out, T>>(bias);
    for (j, bias) in biases.iter_mut().enumerate() {
        *bias = sink.bias(*bias, (0..n).fold(start(*bias), |sum, b| sum + delta(b, j)));
    }
    let forms: Forms<Sums<S>, PICKED> = forms!(sums < In, Out, S > (n, x, delta, bias, to, rows, sink));
    for (level, sums) in runnable::<T, _, _>(forms) {
        for has_bias in [false, true] {
            let (mut to, mut b, mut slots) = (w.copy(), bias.copy(), slots.copy());
            let bias = if has_bias { b.as_mut_ptr() } else { null_mut() };
            // SAFETY: arrays of these widths, and the processor has the level.
            unsafe {
                let all = Span { start: 0, end: In::USIZE };
                sums(n, pointers(&batch.x()), rows::<Out>(&mut slots), bias, to.as_mut_ptr(), all, sink)
            };
            let what = format!(
                "sums {}-{} of {n} samples, {}, bias: {has_bias}, at {level:?}",
                In::USIZE,
                Out::USIZE,
                core::any::type_name::<S>()
            );
            same(to.as_ref(), &numbers(&weights), format_args!("weights, {what}"));
            if has_bias {
                same(b.as_ref(), &numbers(&biases), format_args!("bias, {what}"));
            }
        }
    }
}

/// Tiles of several widths, narrow layers of one chunk and of several, and wider ones; few, since each is compiled for
/// each level.
#[test]
fn strict() {
    check::<f32, U5, U3, Sigmoid>();
    check::<f32, U3, U5, Sigmoid>();
    check::<f32, U130, U7, Relu>();
    check::<f32, U32, U10, Tanh>();
    check::<f32, U84, U14, Identity>();
    check::<f32, U10, U17, Tanh>();
    check::<f32, U145, U25, Sigmoid>();
    check::<f32, U64, U32, Sigmoid>();
    check::<f32, U13, U63, Relu>();
    check::<f32, U9, U129, Identity>();
}

#[test]
fn fused() {
    check::<Fused, U5, U3, Sigmoid>();
    check::<Fused, U66, U14, Identity>();
    check::<Fused, U145, U25, Sigmoid>();
    check::<Fused, U13, U63, Relu>();
}
