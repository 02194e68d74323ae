//! Pooling of numbers that are hard to compare and to add: NaN, infinities, zeros of both signs, equal numbers, subnormal ones.
//!
//! Beside a plain definition of its own, in `f64` rounded to the type at each operation: windows by their places, the largest by
//! comparison. Bit for bit, at each level of instructions.

use core::fmt::Debug;

use nanoprop::prelude::*;
use nanoprop::typenum::Unsigned;
use nanoprop::width::U0;
use nanoprop::{
    AvgPool, Causal, Fused, GlobalAvgPool, InputOf, Level, MaxPool, Pad, Q16, Slot, Valid, Windows, Windows1d,
    Windows2d,
};

/// The arithmetic of a type, on numbers of it in `f64`.
trait Plainly: Scalar {
    /// What is compared.
    const COMPARED: &[f64];
    /// What is added.
    const ADDED: &[f64];
    fn sum(a: f64, b: f64) -> f64;
    fn share(sum: f64, n: usize) -> f64;
}

const HARD: &[f64] =
    &[f64::NAN, 0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, 1.0, -1.0, 0.1, 3e38, -3e38, 1e-40, -1e-45, 16777216.0];

impl Plainly for f32 {
    const COMPARED: &[f64] = HARD;
    const ADDED: &[f64] = HARD;
    fn sum(a: f64, b: f64) -> f64 {
        (a as f32 + b as f32).into()
    }
    fn share(sum: f64, n: usize) -> f64 {
        (sum as f32 / n as f32).into()
    }
}

impl Plainly for Fused {
    const COMPARED: &[f64] = HARD;
    const ADDED: &[f64] = HARD;
    fn sum(a: f64, b: f64) -> f64 {
        f32::sum(a, b)
    }
    fn share(sum: f64, n: usize) -> f64 {
        f32::share(sum, n)
    }
}

impl Plainly for f64 {
    const COMPARED: &[f64] = HARD;
    const ADDED: &[f64] = HARD;
    fn sum(a: f64, b: f64) -> f64 {
        a + b
    }
    fn share(sum: f64, n: usize) -> f64 {
        sum / n as f64
    }
}

/// Without NaN and −0; its infinities are its ends, where a sum stays.
impl Plainly for Q16<12> {
    const COMPARED: &[f64] = &[0.0, f64::INFINITY, f64::NEG_INFINITY, 1.0, -1.0, 0.25, 7.5, -7.5];
    const ADDED: &[f64] = &[0.0, 1.0 / 4096.0, -1.0 / 4096.0, 5.0 / 4096.0, -0.75, 0.25];
    fn sum(a: f64, b: f64) -> f64 {
        a + b
    }
    fn share(sum: f64, n: usize) -> f64 {
        (sum * 4096.0 / n as f64).round() / 4096.0
    }
}

/// Any of the numbers; each as it is in the type.
fn fill<T: Scalar>(to: &mut [T], of: &[f64], rng: &mut Pcg32) {
    to.fill_with(|| T::from_f64(of[rng.bits() as usize % of.len()]));
}

fn plain<T: Scalar>(numbers: &[T]) -> Vec<f64> {
    numbers.iter().map(|x| x.to_f64()).collect()
}

/// Bit for bit; which NaN a sum is, the processor decides.
#[track_caller]
fn same<T: Scalar>(found: &[T], expected: &[f64], what: &impl Debug) {
    assert_eq!(found.len(), expected.len(), "{what:?}");
    for (k, (found, &expected)) in found.iter().zip(expected).enumerate() {
        let bits = T::from_f64(expected).to_bytes();
        let nan = expected.is_nan() && found.to_f64().is_nan();
        assert!(nan || found.to_bytes() == bits, "number {k} of {what:?}: {found}, not {expected}");
    }
}

/// A side of an array and its windows: how long it is, how long they are, from where to where, and the padding in front.
#[derive(Clone, Copy, Debug)]
struct Side {
    length: usize,
    window: usize,
    stride: usize,
    before: usize,
    after: usize,
}

const fn side(length: usize, window: usize, stride: usize, before: usize, after: usize) -> Side {
    Side { length, window, stride, before, after }
}

const ONE: Side = side(1, 1, 1, 0, 0);

impl Side {
    /// The places of each window.
    fn windows(self) -> Vec<Vec<usize>> {
        let starts = (0..).map(|t| t * self.stride);
        let fit = starts.take_while(|start| start + self.window <= self.before + self.length + self.after);
        let inside = |at: usize| at.checked_sub(self.before).filter(|&at| at < self.length);
        fit.map(|start| (start..start + self.window).filter_map(inside).collect()).collect()
    }
}

/// The places of each window, row by row.
fn windows([rows, columns]: [Side; 2]) -> Vec<Vec<usize>> {
    let mut all = Vec::new();
    for ys in rows.windows() {
        for xs in columns.windows() {
            all.push(ys.iter().flat_map(|y| xs.iter().map(move |x| y * columns.length + x)).collect());
        }
    }
    all
}

/// The first NaN, or the first of the largest.
fn largest(x: impl Iterator<Item = f64> + Clone) -> usize {
    let mut numbers = x.clone();
    if let Some(nan) = numbers.position(f64::is_nan) {
        return nan;
    }
    x.clone().position(|a| x.clone().all(|b| b <= a)).unwrap()
}

fn check<G: Windows, T: Plainly>(sides: [Side; 2], rng: &mut Pcg32) {
    let channels = G::Channels::USIZE;
    let windows = windows(sides);
    let what = (sides, channels, T::NAME, Level::current());
    let (mut x, mut dx) = (G::Input::<T>::ZERO, G::Input::<T>::ZERO);
    let count = windows.len() * channels;

    for _ in 0..40 {
        fill(x.flat_mut(), T::COMPARED, rng);
        let numbers = plain(x.flat());
        let mut tape: Slot<G::Output<G::Channels, T>> = Slot::BLANK;
        fill(tape.dy.flat_mut(), T::ADDED, rng);
        let dy = plain(tape.dy.flat());
        let (mut y, mut back) = (vec![0.0; count], vec![0.0; numbers.len()]);
        for (t, window) in windows.iter().enumerate() {
            for c in 0..channels {
                let place = window[largest(window.iter().map(|p| numbers[p * channels + c]))] * channels + c;
                y[t * channels + c] = numbers[place];
                back[place] = T::sum(back[place], dy[t * channels + c]);
            }
        }
        let (layer, mut none) = (MaxPool::<G, T>::ZERO, Plain::ZERO);
        let mut at_once = Plain::ZERO;
        layer.forward(&x, &mut at_once);
        same(at_once.flat(), &y, &("largest", what));
        layer.record(&x, &mut tape);
        same(tape.y.flat(), &y, &("largest, recorded", what));
        fill(dx.flat_mut(), T::COMPARED, rng);
        layer.backward(&x, &mut tape, &mut none, Some(&mut dx));
        same(dx.flat(), &back, &("∂J/∂x of the largest", what));

        fill(x.flat_mut(), T::ADDED, rng);
        let numbers = plain(x.flat());
        fill(tape.dy.flat_mut(), T::ADDED, rng);
        let dy = plain(tape.dy.flat());
        let (mut y, mut back) = (vec![0.0; count], vec![0.0; numbers.len()]);
        for (t, window) in windows.iter().enumerate() {
            for c in 0..channels {
                let sum = window.iter().fold(0.0, |sum, p| T::sum(sum, numbers[p * channels + c]));
                y[t * channels + c] = T::share(sum, window.len());
                for p in window {
                    let back = &mut back[p * channels + c];
                    *back = T::sum(*back, T::share(dy[t * channels + c], window.len()));
                }
            }
        }
        let (layer, mut none) = (AvgPool::<G, T>::ZERO, Plain::ZERO);
        layer.forward(&x, &mut at_once);
        same(at_once.flat(), &y, &("mean", what));
        layer.record(&x, &mut tape);
        same(tape.y.flat(), &y, &("mean, recorded", what));
        fill(dx.flat_mut(), T::COMPARED, rng);
        layer.backward(&x, &mut tape, &mut none, Some(&mut dx));
        same(dx.flat(), &back, &("∂J/∂x of the mean", what));
    }
}

/// The mean of all places of `[places × channels]` numbers in a `T`.
macro_rules! check_global {
    ($X:ty, $T:ident, $rng:ident) => {
        let channels = <GlobalAvgPool<$X> as Layer>::Output::ZERO.len();
        let places = <$X>::COUNT / channels;
        let what = ("mean of all", places, channels, $T::NAME, Level::current());
        for _ in 0..40 {
            let (mut x, mut dx, mut tape) = (<$X>::ZERO, <$X>::ZERO, <GlobalAvgPool<$X> as Layer>::Tape::BLANK);
            fill(x.flat_mut(), $T::ADDED, $rng);
            let numbers = plain(x.flat());
            let sum = |c| (0..places).fold(0.0, |sum, p| $T::sum(sum, numbers[p * channels + c]));
            let y: Vec<f64> = (0..channels).map(|c| $T::share(sum(c), places)).collect();
            let (layer, mut none) = (GlobalAvgPool::<$X>::ZERO, Plain::ZERO);
            layer.record(&x, &mut tape);
            same(&tape.y, &y, &what);
            fill(&mut tape.dy, $T::ADDED, $rng);
            let share: Vec<f64> = tape.dy.iter().map(|dy| $T::share(dy.to_f64(), places)).collect();
            layer.backward(&x, &mut tape, &mut none, Some(&mut dx));
            same(dx.flat(), &share.repeat(places), &what);
        }
    };
}

/// A stream has the largest of each window when it ends.
fn check_stream(rng: &mut Pcg32) {
    network! {
        type Stream = [12, 5] => MaxPool1d<3, stride = 2>, loss = SquaredError;
        type CausalStream = [12, 5] => MaxPool1d<4, stride = 1, padding = causal>, loss = SquaredError;
    }
    macro_rules! each {
        ($Net:ident, $side:expr) => {
            let (mut x, mut stream) = (InputOf::<$Net>::ZERO, $Net::STREAM);
            fill(x.flat_mut(), HARD, rng);
            let emitted: Vec<f32> =
                x.iter().filter_map(|x| $Net::ZERO.stream(x, &mut stream)).flat_map(|y| y.flat().to_vec()).collect();
            let (mut expected, x) = (Vec::new(), plain(x.flat()));
            for window in windows([ONE, $side]) {
                for c in 0..5 {
                    expected.push(x[5 * window[largest(window.iter().map(|p| x[p * 5 + c]))] + c]);
                }
            }
            same(&emitted, &expected, &("a stream", stringify!($Net), Level::current()));
        };
    }
    for _ in 0..40 {
        each!(Stream, side(12, 3, 2, 0, 0));
        each!(CausalStream, side(12, 4, 1, 3, 0));
    }
}

fn check_all<T: Plainly>(rng: &mut Pcg32) {
    // Side by side with a step left over, overlapping, within padding on both sides and on one, causal, of one step, of all.
    check::<Windows1d<U11, U3, U2, U2>, T>([ONE, side(11, 2, 2, 0, 0)], rng);
    check::<Windows1d<U11, U1, U3, U2>, T>([ONE, side(11, 3, 2, 0, 0)], rng);
    check::<Windows1d<U9, U5, U4, U1, U1, Pad<U2, U1>>, T>([ONE, side(9, 4, 1, 2, 1)], rng);
    check::<Windows1d<U9, U16, U3, U3, U1, Pad<U0, U2>>, T>([ONE, side(9, 3, 3, 0, 2)], rng);
    check::<Windows1d<U6, U17, U3, U2, U1, Causal>, T>([ONE, side(6, 3, 2, 2, 0)], rng);
    check::<Windows1d<U1, U9, U1>, T>([ONE, side(1, 1, 1, 0, 0)], rng);
    check::<Windows1d<U8, U33, U8>, T>([ONE, side(8, 8, 1, 0, 0)], rng);
    check::<Windows2d<U6, U5, U4, U2, U2, U2, U1, Valid>, T>([side(6, 2, 2, 0, 0), side(5, 2, 2, 0, 0)], rng);
    check::<Windows2d<U5, U7, U8, U3, U3, U1, U1, Pad<U1, U1>>, T>([side(5, 3, 1, 1, 1), side(7, 3, 1, 1, 1)], rng);
    check::<Windows2d<U7, U4, U19, U3, U3, U2, U1, Pad<U1, U0>>, T>([side(7, 3, 2, 1, 0), side(4, 3, 2, 1, 0)], rng);
    check::<Windows2d<U4, U6, U1, U3, U2, U1, U1, Valid>, T>([side(4, 3, 1, 0, 0), side(6, 2, 1, 0, 0)], rng);
    check_global!(Matrix<U7, U3, T>, T, rng);
    check_global!(Matrix<U1, U17, T>, T, rng);
    check_global!(Volume<U3, U5, U16, T>, T, rng);
}

/// In one test, because the level is one for all threads.
#[test]
fn hard_numbers() {
    let (best, mut levels) = (Level::current(), 0);
    for level in [Level::Portable, Level::Sse2, Level::Avx2, Level::Avx512, Level::Neon] {
        if level.force() {
            let rng = &mut Pcg32::new(12);
            check_all::<f32>(rng);
            check_all::<f64>(rng);
            check_all::<Fused>(rng);
            check_all::<Q16<12>>(rng);
            check_stream(rng);
            levels += 1;
        }
        assert!(best.force());
    }
    assert!(levels > 0);
}
