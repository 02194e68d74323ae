use crate::activation::{Activation, Identity};
use crate::array::{Matrix, Plain, Vector};
use crate::kernel::dispatch::{self, single};
use crate::kernel::{add, axpy, short};
use crate::scalar::{Accumulator, Scalar, is_wide};
use crate::width::Width;

/// a ← g(z + Wᵀ x): the weighted sums of a layer, `zⱼ + Σᵢ xᵢ wᵢⱼ`   (T 1.1.2), and its activation.
///
/// # Shapes
///
/// `w: [In × Out]`, row i the weights from input i; `x: [In]`; `z: [Out]`, the bias, and where it is `None`
/// what `a` holds; `a: [Out]`.
///
/// # Order
///
/// P partial sums, `P = partials(Out)`. Sum p starts from `zⱼ` for p = 0 and from +0 for the others, and
/// takes the products `xᵢ wᵢⱼ` with `i ≡ p (mod P)` in the order of i. They join as `(s₀ + s₂) + (s₁ + s₃)`,
/// or `s₀ + s₁`. Several sums because one would wait for each addition before the next.
///
/// In a [wide](crate::scalar::Accumulator::WIDE) accumulator there is one sum, in the order of i, which is rounded before
/// the activation.
#[inline(always)]
#[allow(unsafe_code)]
pub(crate) fn gemv<In: Width, Out: Width, A: Activation, T: Scalar>(
    w: &Matrix<In, Out, T>,
    x: &Vector<In, T>,
    z: Option<&Vector<Out, T>>,
    a: &mut Vector<Out, T>,
) {
    if const { single::<T>() } {
        let to: *mut f32 = a.as_mut_ptr().cast();
        let from = z.map_or(to.cast_const(), |z| z.as_ptr().cast());
        // SAFETY: the arrays have the widths that the call names; a `T` of f32's digits is laid out as f32.
        if unsafe { dispatch::gemv::<T, In, Out, A>(w.as_ptr().cast(), x.as_ptr().cast(), from, to) } {
            return;
        }
    }
    if let Some(z) = z {
        a.copy_from_slice(z);
    }
    plain(w, x, a);
    a.iter_mut().for_each(|a| *a = A::value(*a));
}

/// z ← z + Wᵀ x: the plain loop.
pub(super) fn plain<In: Width, Out: Width, T: Scalar>(
    w: &Matrix<In, Out, T>,
    x: &Vector<In, T>,
    z: &mut Vector<Out, T>,
) {
    if const { short::is_short::<T>() } && short::gemv(w, x, z) {
        return;
    }
    if const { is_wide::<T>() } {
        return wide(w, x, z);
    }
    match partials(Out::USIZE) {
        1 => rows([z], w, x),
        2 => {
            let mut s1 = Vector::<Out, T>::ZERO;
            rows([z, &mut s1], w, x);
            add(&s1, z);
        }
        _ => {
            let [mut s1, mut s2, mut s3] = [const { Vector::<Out, T>::ZERO }; 3];
            rows([z, &mut s1, &mut s2, &mut s3], w, x);
            add(&s2, z);
            add(&s3, &mut s1);
            add(&s1, z);
        }
    }
}

/// z ← z + Wᵀ x where no kernel over registers is, since what calls it is the plain form of another.
#[inline(always)]
pub(super) fn alone<In: Width, Out: Width, T: Scalar>(
    w: &Matrix<In, Out, T>,
    x: &Vector<In, T>,
    z: &mut Vector<Out, T>,
) {
    if const { cfg!(simd) } {
        plain(w, x, z);
    } else {
        gemv::<In, Out, Identity, T>(w, x, None, z);
    }
}

/// Outputs whose wide accumulators are on the stack at once.
const BLOCK: usize = 8;

/// [`plain`] of a wide accumulator, which has no room in z: block by block of the outputs.
fn wide<In: Width, Out: Width, T: Scalar>(w: &Matrix<In, Out, T>, x: &Vector<In, T>, z: &mut Vector<Out, T>) {
    for (block, z) in z.chunks_mut(BLOCK).enumerate() {
        let mut sums = [T::Accumulator::of(T::ZERO); BLOCK];
        sums.iter_mut().zip(&*z).for_each(|(sum, &z)| *sum = T::Accumulator::of(z));
        // A product with 0 changes nothing, and many inputs are 0.
        for (row, &x) in w.iter().zip(x).filter(|(_, x)| **x != T::ZERO) {
            let row = row.get(block * BLOCK..).unwrap_or_default();
            sums.iter_mut().zip(row).for_each(|(sum, &w)| *sum = sum.plus(x, w));
        }
        z.iter_mut().zip(sums).for_each(|(z, sum)| *z = sum.round());
    }
}

/// How many partial sums an output's weighted sum has: as many as keep four vectors of 16 in flight.
pub(crate) const fn partials(out: usize) -> usize {
    match out {
        0..=16 => 4,
        17..=32 => 2,
        _ => 1,
    }
}

/// s_p ← s_p + Σ xᵢ · rowᵢ over i ≡ p (mod P).
#[inline(always)]
fn rows<Out: Width, T: Scalar, const P: usize>(mut s: [&mut Vector<Out, T>; P], w: &[Vector<Out, T>], x: &[T]) {
    for (rows, xs) in w.chunks(P).zip(x.chunks(P)) {
        for ((row, &x), s) in rows.iter().zip(xs).zip(&mut s) {
            axpy(x, row, s);
        }
    }
}
