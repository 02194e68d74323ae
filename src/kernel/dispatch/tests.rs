//! Each kernel, at each level that the processor has and in single registers, against the plain loops: the same bits, and not a
//! number read or written beyond the arrays.

use super::*;
use crate::activation::*;
use crate::array::{Matrix, Plain, Vector};
use crate::init::Pcg32;
use crate::kernel::fence::{Fenced, same};
use crate::kernel::narrow;
use crate::kernel::pass::{Descend, Gradient, Span};
use crate::kernel::{Of, Value, backward as plain_backward, gemv as plain_gemv};
use crate::math::sigmoid;
use crate::scalar::{Fused, Number, Real};
use crate::width::*;
use core::ptr::{null, null_mut};

/// How many functions pick a level or are one.
const PICKED: usize = if cfg!(target_arch = "x86_64") { 4 } else { 2 };

/// The function of each level, the one that picks, and that in single registers where there is one, as portable.
type Forms<F, const N: usize = { PICKED + 1 }> = [(Option<Level>, F); N];

// forms!(gemv<In, Out, A>(w, x, z, a)): gemv's Forms, for the scalar T; and a function in single registers.
macro_rules! forms {
    ($kernel:ident<$($P:ident),*>($($arg:ident),*) $(, $narrow:expr)?) => {
        [
            #[cfg(target_arch = "x86_64")]
            (Some(Level::Sse2), $kernel::sse2::<T, $($P),*>),
            #[cfg(target_arch = "x86_64")]
            (Some(Level::Avx2), $kernel::avx2::<T, $($P),*>),
            #[cfg(target_arch = "x86_64")]
            (Some(Level::Avx512), $kernel::avx512::<T, $($P),*>),
            #[cfg(target_arch = "aarch64")]
            (Some(Level::Neon), $kernel::neon::<T, $($P),*>),
            // SAFETY: the caller's.
            (None, |$($arg),*| assert!(unsafe { $kernel::<T, $($P),*>($($arg),*) })),
            $((Some(Level::Portable), $narrow),)?
        ]
    };
}

mod batch;
mod cell;
mod elementwise;
mod whole;

/// The forms that this processor can run; single registers have no fused kernels.
fn runnable<T: Scalar, F, const N: usize>(forms: Forms<F, N>) -> impl Iterator<Item = (Option<Level>, F)> {
    let fused = |level: Level| T::FUSED && level == Level::Portable;
    forms.into_iter().filter(move |(level, _)| level.is_none_or(|level| level.available() && !fused(level)))
}

fn array<P: Plain>(numbers: &Fenced) -> P {
    let mut array = P::ZERO;
    array.flat_mut().iter_mut().zip(numbers.as_ref()).for_each(|(to, &x)| *to = P::Scalar::from_f64(x as f64));
    array
}

fn numbers<P: Plain>(array: &P) -> Vec<f32> {
    array.flat().iter().map(|x| x.to_f64() as f32).collect()
}

type Gemv = unsafe fn(*const f32, *const f32, *const f32, *mut f32);

fn check_gemv<T: Scalar, In: Width, Out: Width, A: Activation>(rng: &mut Pcg32) {
    let forms: Forms<Gemv> = forms!(gemv < In, Out, A > (w, x, z, a), narrow::gemv::<In, Out, A>);
    let (rows, cols) = (In::USIZE, Out::USIZE);
    let w = Fenced::random(rng, rows * cols);
    let (x, z) = (Fenced::random(rng, rows), Fenced::random(rng, cols));
    let mut expected = array::<Vector<Out, T>>(&z);
    plain_gemv::plain::<In, Out, T>(&array(&w), &array(&x), &mut expected);
    expected.iter_mut().for_each(|z| *z = A::value(*z));
    for (level, gemv) in runnable::<T, _, _>(forms) {
        let (mut a, mut inout) = (Fenced::random(rng, cols), z.copy());
        // SAFETY: arrays of these widths, and the processor has the level.
        unsafe {
            gemv(w.as_ptr(), x.as_ptr(), z.as_ptr(), a.as_mut_ptr());
            gemv(w.as_ptr(), x.as_ptr(), inout.as_ptr(), inout.as_mut_ptr());
        }
        same(a.as_ref(), &numbers(&expected), format_args!("gemv {rows}-{cols} at {level:?}"));
        same(inout.as_ref(), &numbers(&expected), format_args!("gemv {rows}-{cols} in place at {level:?}"));
    }
}

type Backward<C> = unsafe fn(Pass<C>);

/// With and without dx, and with and without a bias.
fn check_backward<T: Scalar, In: Width, Out: Width, A: Activation, C: Change>(
    rng: &mut Pcg32,
    change: C,
    plain: impl Fn(&mut Arrays<T, In, Out>),
) {
    let forms: Forms<Backward<C>> = forms!(backward < In, Out, A, C > (pass), narrow::backward::<In, Out, A, C>);
    let (rows, cols) = (In::USIZE, Out::USIZE);
    let (w, x, dx) = (Fenced::random(rng, rows * cols), Fenced::random(rng, rows), Fenced::random(rng, rows));
    let (y, dy, bias) = (Fenced::random(rng, cols), Fenced::random(rng, cols), Fenced::random(rng, cols));
    let to = if C::IN_PLACE { w.copy() } else { Fenced::random(rng, rows * cols) };
    let mut expected = Arrays::<T, In, Out> {
        w: array(&w),
        to: array(&to),
        x: array(&x),
        y: array(&y),
        dy: array(&dy),
        bias: array(&bias),
        dx: array(&dx),
    };
    plain(&mut expected);
    for (level, backward) in runnable::<T, _, _>(forms) {
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
            same(dy.as_ref(), &numbers(&expected.dy), format_args!("δ of {what}"));
            same(bias.as_ref(), &numbers(&untouched), format_args!("bias of {what}"));
            same(to.as_ref(), &numbers(&expected.to), format_args!("weights of {what}"));
            same(dx.as_ref(), &numbers(&unread), format_args!("dx of {what}"));
        }
    }
}

struct Arrays<T: Scalar, In: Width, Out: Width> {
    w: Matrix<In, Out, T>,
    to: Matrix<In, Out, T>,
    x: Vector<In, T>,
    y: Vector<Out, T>,
    dy: Vector<Out, T>,
    bias: Vector<Out, T>,
    dx: Vector<In, T>,
}

fn check_transposed<T: Scalar, In: Width, Out: Width>(rng: &mut Pcg32) {
    type A = Identity;
    type C = Gradient;
    let forms: Forms<Backward<C>> = forms!(backward < In, Out, A, C > (pass), narrow::backward::<In, Out, A, C>);
    let (rows, cols) = (In::USIZE, Out::USIZE);
    let (w, mut delta) = (Fenced::random(rng, rows * cols), Fenced::random(rng, cols));
    let (mut expected, before) = (Vector::<In, T>::ZERO, array::<Vector<Out, T>>(&delta));
    plain_backward::transposed_plain::<In, Out, T>(&array(&w), &before, &mut expected);
    for (level, backward) in runnable::<T, _, _>(forms) {
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
        same(dx.as_ref(), &numbers(&expected), format_args!("transposed {rows}-{cols} at {level:?}"));
        same(delta.as_ref(), &numbers(&before), format_args!("δ of transposed {rows}-{cols} at {level:?}"));
    }
}

fn check<T: Scalar, In: Width, Out: Width, A: Activation>() {
    let rng = &mut Pcg32::new((In::USIZE << 16 | Out::USIZE) as u64);
    let rate = 0.37_f32;
    for _ in 0..4 {
        check_gemv::<T, In, Out, A>(rng);
        check_backward::<T, In, Out, A, Gradient>(rng, Gradient, |a| {
            let Arrays { w, to, x, y, dy, bias, dx } = a;
            plain_backward::gradient_plain::<In, Out, A, T>(w, x, y, dy, bias, to, Some(dx));
        });
        check_backward::<T, In, Out, A, Descend>(rng, Descend(rate), |a| {
            let Arrays { to, x, y, dy, bias, dx, .. } = a;
            plain_backward::descend_plain::<In, Out, A, T>(to, x, y, dy, bias, T::from_f64(rate as f64), Some(dx));
        });
    }
}

fn check_also<In: Width, Out: Width, A: Activation>() {
    let rng = &mut Pcg32::new((Out::USIZE << 16 | In::USIZE) as u64);
    check_transposed::<f32, In, Out>(rng);
    check_transposed::<Fused, In, Out>(rng);
    check::<Fused, In, Out, A>();
}

// widths! { name: In Out Activation, …; also …; } makes a test of each line: of f32, and of those behind `also` by the kernels
// that differ in their arithmetic and not in where they read and write: to compile all of all takes minutes.
macro_rules! widths {
    ($($test:ident: $($In:ident $Out:ident $A:ident),+; also $($AlsoIn:ident $AlsoOut:ident $AlsoA:ident),+;)*) => {$(
        #[test]
        fn $test() {
            $(check::<f32, $In, $Out, $A>();)+
            $(check_also::<$AlsoIn, $AlsoOut, $AlsoA>();)+
        }
    )*};
}

widths! {
    four_lanes: U1 U1 Sigmoid, U2 U2 Relu, U5 U3 Relu, U13 U1 Identity, U64 U4 Sigmoid, U129 U3 Identity;
        also U5 U3 Relu, U64 U4 Identity;
    eight_lanes: U1 U7 Relu, U4 U8 Tanh, U17 U5 Identity, U100 U7 LeakyRelu;
        also U1 U7 Relu, U17 U5 Identity;
    sixteen_lanes: U7 U9 Relu, U2 U10 Sigmoid, U16 U16 Softplus, U64 U10 Identity;
        also U16 U16 Relu, U64 U10 Identity;
    two_vectors: U13 U17 Relu, U10 U25 Sigmoid, U3 U32 Tanh, U47 U32 Identity;
        also U10 U25 Identity;
    three_and_four_vectors: U7 U33 Relu, U5 U48 Identity, U16 U49 Sigmoid, U13 U64 Tanh;
        also U7 U33 Relu;
    five_to_eight_vectors: U9 U79 Identity, U17 U100 Sigmoid, U3 U112 Relu, U32 U128 Identity;
        also U17 U100 Identity;
    more_vectors: U19 U130 Relu, U5 U144 Tanh, U145 U145 Identity;
        also U19 U130 Relu;
}

type Part = unsafe fn(usize, Reads, Rows, *mut f32, *mut f32, Span, Gradient);

/// Vectors that are each somewhere.
fn pointers(all: &[*const f32]) -> Reads {
    Reads { first: all.as_ptr().cast(), stride: size_of::<*const f32>(), behind: Some(0) }
}

/// Some rows of a gradient, of several samples whose δ is the second half of a slot.
fn check_part<T: Scalar, In: Width, Out: Width>() {
    let forms: Forms<Part, PICKED> = forms!(sums < In, Out, Gradient > (n, x, delta, bias, to, rows, sink));
    let (rng, cols) = (&mut Pcg32::new(3), Out::USIZE);
    let number = |x: f32| T::from_f64(x as f64);
    for n in [1, 2, 9] {
        let xs: Vec<_> = (0..n).map(|_| Fenced::random(rng, In::USIZE)).collect();
        let each: Vec<_> = xs.iter().map(Fenced::as_ptr).collect();
        let mut slots = Fenced::random(rng, n * 2 * cols);
        for (from, end) in [(0, In::USIZE), (In::USIZE / 3, In::USIZE), (In::USIZE / 2, In::USIZE / 2 + 1)] {
            let to = Fenced::random(rng, (end - from) * cols);
            let mut expected = to.copy();
            for (x, slot) in xs.iter().zip(slots.as_ref().chunks(2 * cols)) {
                for (&x, row) in x.as_ref()[from..end].iter().zip(expected.as_mut().chunks_mut(cols)) {
                    let terms = row.iter_mut().zip(&slot[cols..]);
                    terms.for_each(|(sum, &d)| *sum = number(x).mul_add(number(d), number(*sum)).to_f64() as f32);
                }
            }
            for (level, part) in runnable::<T, _, _>(forms) {
                let mut to = to.copy();
                // SAFETY: `n` rows each, those from `from` to `end` of the gradient, and the processor has the level.
                unsafe {
                    let delta = Rows { first: slots.as_mut_ptr().add(cols), stride: 2 * cols };
                    part(n, pointers(&each), delta, null_mut(), to.as_mut_ptr(), Span { start: from, end }, Gradient);
                }
                same(to.as_ref(), expected.as_ref(), format_args!("rows {from} to {end} of {cols} at {level:?}"));
            }
        }
    }
}

#[test]
fn part_of_the_sums() {
    check_part::<f32, U1, U1>();
    check_part::<Fused, U1, U1>();
    check_part::<f32, U5, U3>();
    check_part::<Fused, U5, U3>();
    check_part::<f32, U13, U7>();
    check_part::<Fused, U13, U7>();
    check_part::<f32, U20, U10>();
    check_part::<Fused, U20, U10>();
    check_part::<f32, U70, U10>();
    check_part::<f32, U25, U33>();
    check_part::<Fused, U25, U33>();
    check_part::<f32, U9, U130>();
    check_part::<Fused, U9, U130>();
}

/// A level that is missing is not tested: say so.
#[test]
fn levels() {
    for level in [Level::Sse2, Level::Avx2, Level::Avx512, Level::Neon] {
        println!("{level:?}: {}", if level.available() { "tested" } else { "not on this processor, not tested" });
    }
}
