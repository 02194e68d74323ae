//! Each kernel, at each level that the processor has, against the plain loops: the same bits, and not a
//! number read or written beyond the arrays.

use super::*;
use crate::activation::*;
use crate::array::{Matrix, Plain, Vector};
use crate::init::Pcg32;
use crate::kernel::fence::{Fenced, same};
use crate::kernel::pass::{Descend, Gradient};
use crate::kernel::{Of, Value, backward as plain_backward, gemv as plain_gemv};
use crate::math::sigmoid;
use crate::scalar::Real;
use crate::width::*;
use core::marker::PhantomData;
use core::ptr::{null, null_mut};

/// The function of each level, and the one that picks.
type Forms<F> = [(Option<Level>, F); 4];

// forms!(gemv<In, Out, A>(w, x, z, a)): gemv's Forms.
macro_rules! forms {
    ($kernel:ident<$($P:ident),*>($($arg:ident),*)) => {
        [
            (Some(Level::Sse2), $kernel::sse2::<$($P),*>),
            (Some(Level::Avx2), $kernel::avx2::<$($P),*>),
            (Some(Level::Avx512), $kernel::avx512::<$($P),*>),
            // SAFETY: the caller's.
            (None, |$($arg),*| assert!(unsafe { $kernel::<$($P),*>($($arg),*) })),
        ]
    };
}

/// The forms that this processor can run.
fn runnable<F>(forms: Forms<F>) -> impl Iterator<Item = (Option<Level>, F)> {
    forms.into_iter().filter(|(level, _)| level.is_none_or(Level::available))
}

fn array<P: Plain<Scalar = f32>>(numbers: &Fenced) -> P {
    let mut array = P::ZERO;
    array.flat_mut().copy_from_slice(numbers.as_ref());
    array
}

type Gemv = unsafe fn(*const f32, *const f32, *const f32, *mut f32);

fn check_gemv<In: Width, Out: Width, A: Activation>(rng: &mut Pcg32) {
    let forms: Forms<Gemv> = forms!(gemv < In, Out, A > (w, x, z, a));
    let (rows, cols) = (In::USIZE, Out::USIZE);
    let w = Fenced::random(rng, rows * cols);
    let (x, z) = (Fenced::random(rng, rows), Fenced::random(rng, cols));
    let mut expected = array::<Vector<Out>>(&z);
    plain_gemv::plain::<In, Out, f32>(&array(&w), &array(&x), &mut expected);
    expected.iter_mut().for_each(|z| *z = A::value(*z));
    for (level, gemv) in runnable(forms) {
        let (mut a, mut inout) = (Fenced::random(rng, cols), z.copy());
        // SAFETY: arrays of these widths, and the processor has the level.
        unsafe {
            gemv(w.as_ptr(), x.as_ptr(), z.as_ptr(), a.as_mut_ptr());
            gemv(w.as_ptr(), x.as_ptr(), inout.as_ptr(), inout.as_mut_ptr());
        }
        same(a.as_ref(), &expected, format_args!("gemv {rows}-{cols} at {level:?}"));
        same(inout.as_ref(), &expected, format_args!("gemv {rows}-{cols} in place at {level:?}"));
    }
}

type Backward<C> = unsafe fn(Pass<C>);

/// With and without dx, and with and without a bias.
fn check_backward<In: Width, Out: Width, A: Activation, C: Place>(
    rng: &mut Pcg32,
    change: C,
    plain: impl Fn(&mut Arrays<In, Out>),
) {
    let forms: Forms<Backward<C>> = forms!(backward < In, Out, A, C > (pass));
    let (rows, cols) = (In::USIZE, Out::USIZE);
    let (w, x, dx) = (Fenced::random(rng, rows * cols), Fenced::random(rng, rows), Fenced::random(rng, rows));
    let (y, dy, bias) = (Fenced::random(rng, cols), Fenced::random(rng, cols), Fenced::random(rng, cols));
    let to = if C::IN_PLACE { w.copy() } else { Fenced::random(rng, rows * cols) };
    let mut expected = Arrays {
        w: array(&w),
        to: array(&to),
        x: array(&x),
        y: array(&y),
        dy: array(&dy),
        bias: array(&bias),
        dx: array(&dx),
    };
    plain(&mut expected);
    for (level, backward) in runnable(forms) {
        for (has_dx, has_bias) in [(true, true), (true, false), (false, true), (false, false)] {
            let (mut to, mut dy, mut bias, mut dx) = (to.copy(), dy.copy(), bias.copy(), dx.copy());
            let untouched = if has_bias { expected.bias.clone() } else { array(&bias) };
            let unread = if has_dx { expected.dx.clone() } else { array(&dx) };
            let pass = Pass {
                w: if C::IN_PLACE { to.as_ptr() } else { w.as_ptr() },
                to: to.as_mut_ptr(),
                x: x.as_ptr(),
                y: y.as_ptr(),
                delta: dy.as_mut_ptr(),
                bias: if has_bias { bias.as_mut_ptr() } else { null_mut() },
                dx: if has_dx { dx.as_mut_ptr() } else { null_mut() },
                change,
            };
            // SAFETY: arrays of these widths, and the processor has the level.
            unsafe { backward(pass) };
            let what =
                format!("{} {rows}-{cols}, dx: {has_dx}, bias: {has_bias}, at {level:?}", core::any::type_name::<C>());
            same(dy.as_ref(), &expected.dy, format_args!("δ of {what}"));
            same(bias.as_ref(), &untouched, format_args!("bias of {what}"));
            same(to.as_ref(), expected.to.flat(), format_args!("weights of {what}"));
            same(dx.as_ref(), &unread, format_args!("dx of {what}"));
        }
    }
}

struct Arrays<In: Width, Out: Width> {
    w: Matrix<In, Out>,
    to: Matrix<In, Out>,
    x: Vector<In>,
    y: Vector<Out>,
    dy: Vector<Out>,
    bias: Vector<Out>,
    dx: Vector<In>,
}

/// Whether what changes is the weights themselves.
trait Place: Change {
    const IN_PLACE: bool;
}

fn check_transposed<In: Width, Out: Width>(rng: &mut Pcg32) {
    type A = Identity;
    type C = Gradient;
    let forms: Forms<Backward<C>> = forms!(backward < In, Out, A, C > (pass));
    let (rows, cols) = (In::USIZE, Out::USIZE);
    let (w, mut delta) = (Fenced::random(rng, rows * cols), Fenced::random(rng, cols));
    let (mut expected, before) = (Vector::<In>::ZERO, array::<Vector<Out>>(&delta));
    plain_backward::transposed_plain::<In, Out, f32>(&array(&w), &before, &mut expected);
    for (level, backward) in runnable(forms) {
        let mut dx = Fenced::random(rng, rows);
        // SAFETY: arrays of these widths, and the processor has the level.
        unsafe {
            backward(Pass {
                w: w.as_ptr(),
                to: null_mut(),
                x: null(),
                y: null(),
                delta: delta.as_mut_ptr(),
                bias: null_mut(),
                dx: dx.as_mut_ptr(),
                change: Gradient,
            });
        }
        same(dx.as_ref(), &expected, format_args!("transposed {rows}-{cols} at {level:?}"));
        same(delta.as_ref(), &before, format_args!("δ of transposed {rows}-{cols} at {level:?}"));
    }
}

fn check<In: Width, Out: Width, A: Activation>() {
    let rng = &mut Pcg32::new((In::USIZE << 16 | Out::USIZE) as u64);
    let rate = 0.37;
    for _ in 0..4 {
        check_gemv::<In, Out, A>(rng);
        check_transposed::<In, Out>(rng);
        check_backward::<In, Out, A, Gradient>(rng, Gradient, |a| {
            let Arrays { w, to, x, y, dy, bias, dx } = a;
            plain_backward::gradient_plain::<In, Out, A, f32>(w, x, y, dy, bias, to, Some(dx));
        });
        check_backward::<In, Out, A, Descend>(rng, Descend(rate), |a| {
            let Arrays { to, x, y, dy, bias, dx, .. } = a;
            plain_backward::descend_plain::<In, Out, A, f32>(to, x, y, dy, bias, rate, Some(dx));
        });
    }
}

impl Place for Gradient {
    const IN_PLACE: bool = false;
}

impl Place for Descend {
    const IN_PLACE: bool = true;
}

// widths! { name: In Out Activation, …; } makes a test of each line.
macro_rules! widths {
    ($($test:ident: $($In:ident $Out:ident $A:ident),+;)*) => {$(
        #[test]
        fn $test() {
            $(check::<$In, $Out, $A>();)+
        }
    )*};
}

widths! {
    four_lanes: U1 U1 Sigmoid, U2 U2 Tanh, U5 U3 Relu, U3 U4 Identity, U13 U1 Softsign, U64 U4 Sigmoid, U129 U3 Identity;
    eight_lanes: U3 U5 Sigmoid, U5 U5 Sigmoid, U1 U7 Relu, U4 U8 Tanh, U17 U5 Identity, U100 U7 LeakyRelu, U9 U6 HardTanh;
    sixteen_lanes: U7 U9 Relu, U2 U10 Sigmoid, U8 U13 Tanh, U15 U15 Elu, U16 U16 Softplus, U64 U10 Identity;
    two_vectors: U13 U17 Relu, U10 U25 Sigmoid, U25 U31 Identity, U3 U32 Tanh, U47 U32 Sigmoid;
    three_and_four_vectors: U7 U33 Relu, U31 U47 Tanh, U5 U48 Identity, U16 U49 Sigmoid, U33 U63 Relu, U13 U64 Tanh, U1 U65 Relu;
    five_to_eight_vectors: U9 U79 Identity, U4 U96 Relu, U17 U100 Sigmoid, U3 U112 Tanh, U10 U127 Relu, U32 U128 Sigmoid;
    more_vectors: U8 U129 Identity, U19 U130 Relu, U5 U144 Tanh, U145 U145 Sigmoid, U3 U256 Relu;
}

/// Of both numbers, so that neither is mistaken for the other.
#[derive(Clone, Copy)]
struct Difference;

impl Lanewise for Difference {
    fn of<V: Real>(self, x: V, y: V) -> V {
        sigmoid(x) - y
    }
}

type Map<F> = unsafe fn(F, usize, *const f32, *const f32, *mut f32);

fn check_map<F: Lanewise>(f: F) {
    let rng = &mut Pcg32::new(9);
    let forms: Forms<Map<F>> = forms!(map<F>(f, n, x, y, to));
    for n in (0..=70).chain([127, 128, 129, 145]) {
        let (x, y) = (Fenced::random(rng, n), Fenced::random(rng, n));
        let expected: Vec<f32> = x.as_ref().iter().zip(y.as_ref()).map(|(&x, &y)| f.of(x, y)).collect();
        for (level, map) in runnable(forms) {
            let (mut to, mut inout) = (Fenced::random(rng, n), y.copy());
            // SAFETY: `n` numbers each, and the processor has the level.
            unsafe {
                map(f, n, x.as_ptr(), y.as_ptr(), to.as_mut_ptr());
                map(f, n, x.as_ptr(), inout.as_ptr(), inout.as_mut_ptr());
            }
            same(to.as_ref(), &expected, format_args!("map of {n} at {level:?}"));
            same(inout.as_ref(), &expected, format_args!("map of {n} in place at {level:?}"));
        }
    }
}

#[test]
fn map_and_activate() {
    check_map(Difference);
    check_map(Of::<Value<Tanh>>(PhantomData));
    check_map(Of::<Value<Relu>>(PhantomData));
}

/// Two numbers beside each weight, in which all are told apart.
#[derive(Clone, Copy)]
struct Swirl;

impl Update for Swirl {
    type Kept<P> = [P; 2];

    fn of<V: Real>(self, weight: V, slope: V, [a, b]: &mut [V; 2]) -> V {
        (*a, *b) = (*b - slope, *a * weight);
        weight + (*b).abs().sqrt() / (V::of(2.0) + slope.abs())
    }
}

type Updates = unsafe fn(Swirl, usize, *mut f32, *const f32, [*mut f32; 2]);

#[test]
fn updates() {
    let rng = &mut Pcg32::new(11);
    let forms: Forms<Updates> = forms!(update<Swirl>(f, n, w, g, kept));
    for n in (0..=70).chain([127, 128, 129, 145]) {
        let [w, g, a, b] = core::array::from_fn(|_| Fenced::random(rng, n));
        let (mut expected, mut kept) = (w.as_ref().to_vec(), [a.as_ref().to_vec(), b.as_ref().to_vec()]);
        for k in 0..n {
            let mut now = [kept[0][k], kept[1][k]];
            expected[k] = Swirl.of(expected[k], g.as_ref()[k], &mut now);
            [kept[0][k], kept[1][k]] = now;
        }
        for (level, update) in runnable(forms) {
            let (mut w, mut a, mut b) = (w.copy(), a.copy(), b.copy());
            // SAFETY: `n` numbers each, and the processor has the level.
            unsafe { update(Swirl, n, w.as_mut_ptr(), g.as_ptr(), [a.as_mut_ptr(), b.as_mut_ptr()]) };
            same(w.as_ref(), &expected, format_args!("update of {n} at {level:?}"));
            same(a.as_ref(), &kept[0], format_args!("first kept of {n} at {level:?}"));
            same(b.as_ref(), &kept[1], format_args!("second kept of {n} at {level:?}"));
        }
    }
}

/// A level that is missing is not tested: say so.
#[test]
fn levels() {
    for level in [Level::Sse2, Level::Avx2, Level::Avx512] {
        println!("{level:?}: {}", if level.available() { "tested" } else { "not on this processor, not tested" });
    }
}
