//! The kernels for all layers at once, against plain loops layer by layer.

use super::*;
use crate::kernel::pass::Sink;
use crate::kernel::whole::{Lesson, Walk, Whole};
use crate::layer::{Dense, Unbiased};
use crate::loss::{AbsoluteError, Huber, SigmoidCrossEntropy, SoftmaxCrossEntropy, SquaredError};
use crate::network::Network;
use crate::penalty::{L2, Step};

fn number<T: Scalar>(x: f32) -> T {
    T::from_f64(x as f64)
}

fn vector<N: Width, T: Scalar>(numbers: &[T]) -> Vector<N, T> {
    Vector::from_iter(numbers[..N::USIZE].iter().copied())
}

/// One sample on its way: what each layer reads and, at the end, what the last one writes; then δ of each layer.
struct Sample<T> {
    w: Vec<T>,
    at: usize,
    a: Vec<Vec<T>>,
    delta: Vec<Vec<T>>,
}

impl<T: Scalar> Walk for Sample<T> {
    const BACK: bool = false;

    fn dense<In: Width, Out: Width, A: Activation>(&mut self, bias: bool) {
        let mut y = Vector::<Out, T>::ZERO;
        if bias {
            y = vector(&self.w[self.at..]);
            self.at += Out::USIZE;
        }
        let w = matrix::<In, Out, T>(&self.w[self.at..]);
        self.at += In::USIZE * Out::USIZE;
        plain_gemv::plain::<In, Out, T>(&w, &vector(self.a.last().unwrap()), &mut y);
        self.a.push(y.iter().map(|&z| A::value(z)).collect());
    }
}

fn matrix<In: Width, Out: Width, T: Scalar>(numbers: &[T]) -> Matrix<In, Out, T> {
    Vector::from_iter(numbers[..In::USIZE * Out::USIZE].chunks(Out::USIZE).map(vector))
}

/// Back again: `delta` begins with the derivatives of the last layer.
struct Back<'a, T>(&'a mut Sample<T>, usize);

impl<T: Scalar> Walk for Back<'_, T> {
    const BACK: bool = true;

    fn dense<In: Width, Out: Width, A: Activation>(&mut self, bias: bool) {
        let Back(sample, layer) = self;
        let delta = sample.delta.last_mut().unwrap();
        delta.iter_mut().zip(&sample.a[*layer]).for_each(|(d, &a)| *d = *d * A::slope(a));
        sample.at -= In::USIZE * Out::USIZE;
        let mut dx = Vector::<In, T>::ZERO;
        plain_backward::transposed_plain::<In, Out, T>(&matrix(&sample.w[sample.at..]), &vector(delta), &mut dx);
        sample.at -= if bias { Out::USIZE } else { 0 };
        sample.delta.push(dx.to_vec());
        *layer -= 1;
    }
}

/// The sums over all samples, and what becomes of them.
struct Sums<'a, T, S> {
    samples: &'a [Sample<T>],
    to: Vec<T>,
    at: usize,
    layer: usize,
    sink: S,
}

impl<T: Scalar, S: Sink> Walk for Sums<'_, T, S> {
    const BACK: bool = false;

    fn dense<In: Width, Out: Width, A: Activation>(&mut self, bias: bool) {
        let layer = self.layer;
        let delta = |s: &Sample<T>, j: usize| s.delta[s.delta.len() - 2 - layer][j];
        let start = |old| if S::ADDS { old } else { T::ZERO };
        for j in (0..Out::USIZE).filter(|_| bias) {
            let old = self.to[self.at];
            let sum = self.samples.iter().fold(start(old), |sum, s| sum + delta(s, j));
            self.to[self.at] = self.sink.bias(old, sum);
            self.at += 1;
        }
        for (i, j) in (0..In::USIZE).flat_map(|i| (0..Out::USIZE).map(move |j| (i, j))) {
            let old = self.to[self.at];
            let sum = self.samples.iter().fold(start(old), |sum, s| s.a[layer][i].mul_add(delta(s, j), sum));
            self.to[self.at] = self.sink.weight(old, sum);
            self.at += 1;
        }
        self.layer += 1;
    }
}

fn plain<T: Scalar>(numbers: &Fenced) -> Vec<T> {
    numbers.as_ref().iter().map(|&x| number(x)).collect()
}

fn single<T: Scalar>(numbers: &[T]) -> Vec<f32> {
    numbers.iter().map(|x| x.to_f64() as f32).collect()
}

type Predict = unsafe fn(usize, *const f32, Reads, *mut f32);
type Learn<S> = unsafe fn(Lesson<S>);

/// Batches that fill registers, that do not, and both, with fewer and more samples than two groups have.
fn check<T: Scalar, N: Whole<Scalar = T>>() {
    let rng = &mut Pcg32::new(N::COUNT as u64);
    for n in [1, 3, 7, 8, 9, 16, 17, 31, 32, 33, 70] {
        let (w, grad, shares) = (Fenced::random(rng, N::COUNT), Fenced::random(rng, N::COUNT), Fenced::random(rng, n));
        let xs: Vec<_> = (0..n).map(|_| Fenced::random(rng, N::Input::COUNT)).collect();
        let ys: Vec<_> = (0..n).map(|_| Fenced::random(rng, N::Output::COUNT)).collect();
        let mut samples = Vec::new();
        for ((x, y), &share) in xs.iter().zip(&ys).zip(shares.as_ref()) {
            let mut sample = Sample::<T> { w: plain(&w), at: 0, a: vec![plain(x)], delta: vec![plain(y)] };
            N::walk(&mut sample);
            N::delta(sample.a.last().unwrap(), &mut sample.delta[0]);
            sample.delta[0].iter_mut().for_each(|d| *d = number::<T>(share) * *d);
            let last = sample.a.len() - 1;
            N::walk(&mut Back(&mut sample, last));
            samples.push(sample);
        }
        let batch = Batch { w, xs, ys, shares, samples };
        check_predict::<T, N>(&batch);
        check_learn::<T, N, _>(&batch, &grad, Gradient);
        check_learn::<T, N, _>(&batch, &batch.w, Step { rate: 0.3, share: 0.2, penalty: L2(0.1) });
    }
}

struct Batch<T> {
    w: Fenced,
    xs: Vec<Fenced>,
    ys: Vec<Fenced>,
    shares: Fenced,
    samples: Vec<Sample<T>>,
}

/// The arrays in one, and where each of its vectors is.
fn side_by_side(all: &[Fenced]) -> (Fenced, Reads) {
    let joined = Fenced::new(&all.iter().flat_map(|one| one.as_ref().iter().copied()).collect::<Vec<_>>());
    let stride = size_of_val(all[0].as_ref());
    let vectors = Reads { first: joined.as_ptr().cast(), stride, behind: None };
    (joined, vectors)
}

fn check_predict<T: Scalar, N: Whole<Scalar = T>>(batch: &Batch<T>) {
    let (n, cols) = (batch.xs.len(), N::Output::COUNT);
    let each: Vec<_> = batch.xs.iter().map(Fenced::as_ptr).collect();
    let (_joined, joined) = side_by_side(&batch.xs);
    let forms: Forms<Predict, PICKED> = forms!(predict < N > (n, w, x, h));
    for (level, predict) in runnable::<T, _, _>(forms) {
        for x in [joined, pointers(&each)] {
            let mut found = Fenced::new(&vec![f32::NAN; n * cols]);
            // SAFETY: arrays of the network's widths, and the processor has the level.
            unsafe { predict(n, batch.w.as_ptr(), x, found.as_mut_ptr()) };
            for (b, (found, sample)) in found.as_ref().chunks(cols).zip(&batch.samples).enumerate() {
                let mut h = sample.a.last().unwrap().clone();
                N::link(&mut h);
                same(found, &single(&h), format_args!("prediction {b} of {n} at {level:?}"));
            }
        }
    }
}

/// Inputs and targets side by side, with and without logits; and each somewhere, with the logits in place of the targets.
fn check_learn<T: Scalar, N: Whole<Scalar = T>, S: Sink>(batch: &Batch<T>, to: &Fenced, sink: S) {
    let n = batch.xs.len();
    let mut expected = Sums { samples: &batch.samples, to: plain(to), at: 0, layer: 0, sink };
    N::walk(&mut expected);
    let each: Vec<_> = batch.xs.iter().map(Fenced::as_ptr).collect();
    let ((_xs, x), (_ys, y)) = (side_by_side(&batch.xs), side_by_side(&batch.ys));
    let forms: Forms<Learn<S>, PICKED> = forms!(learn < N, S > (lesson));
    for (level, learn) in runnable::<T, _, _>(forms) {
        for case in 0..3 {
            let (mut found, mut zs) = (to.copy(), side_by_side(&batch.ys).0);
            let stride = N::Output::COUNT;
            let z = Rows { first: if case == 1 { null_mut() } else { zs.as_mut_ptr() }, stride };
            let (x, y) = if case < 2 {
                (x, y)
            } else {
                (pointers(&each), Reads { first: z.first.cast(), stride: 4 * stride, behind: None })
            };
            let (to, shares) = (found.as_mut_ptr(), batch.shares.as_ptr());
            let w = if S::ADDS { batch.w.as_ptr() } else { to.cast_const() };
            // SAFETY: as in `check_predict`.
            unsafe { learn(Lesson { n, w, x, y, z, shares, to, sink }) };
            let what = format!("{} of {n} samples, case {case}, at {level:?}", core::any::type_name::<S>());
            same(found.as_ref(), &single(&expected.to), format_args!("{what}"));
            for ((z, target), sample) in zs.as_ref().chunks(stride).zip(&batch.ys).zip(&batch.samples) {
                let written = S::ADDS && case != 1;
                let logits = if written { single(sample.a.last().unwrap()) } else { target.as_ref().to_vec() };
                same(z, &logits, format_args!("logits, {what}"));
            }
        }
    }
}

/// Each way to have tiles of outputs, partial sums of few inputs, rows in registers of each length, and no bias.
fn networks<T: Scalar>() {
    type Net<L, E> = Network<L, E>;
    type Tiny<T> = (Dense<U3, U5, Sigmoid, T>, Dense<U5, U5, Sigmoid, T>, Dense<U5, U3, Identity, T>);
    check::<T, Net<Tiny<T>, SigmoidCrossEntropy>>();
    check::<T, Net<Dense<U1, U1, Tanh, T>, SquaredError>>();
    check::<T, Net<(Dense<U2, U16, Relu, T>, Dense<U16, U2, Identity, T, Unbiased>), Huber>>();
    check::<T, Net<(Dense<U4, U7, Identity, T, Unbiased>, Dense<U7, U9, Relu, T>), AbsoluteError>>();
    check::<T, Net<(Dense<U16, U12, Relu, T>, Dense<U12, U4, Softsign, T>), SoftmaxCrossEntropy>>();
}

#[test]
fn strict() {
    networks::<f32>();
}

#[test]
fn fused() {
    networks::<Fused>();
}
