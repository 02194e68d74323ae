use super::Stored;
use crate::activation::Activation;
use crate::array::Vector;
use crate::kernel;
use crate::width::Width;

/// y ← g(b + Wᵀ x), in the order of [`kernel::gemv`], and so with its bits; each weight is widened where it is used.
///
/// # Shapes
///
/// `bias: [Out]` or empty; `w: [In × Out]`, flat; `x: [In]`, `y: [Out]`.
pub(super) fn gemv<Out: Width, A: Activation, S: Stored>(bias: &[S], w: &[S], x: &[f32], y: &mut Vector<Out, f32>) {
    start(bias, y);
    add(w, x, y);
    kernel::activate_in_place::<A, f32>(y);
}

/// y ← b, or 0 where there is none.
pub(super) fn start<S: Stored>(bias: &[S], y: &mut [f32]) {
    y.fill(0.0);
    y.iter_mut().zip(bias).for_each(|(y, b)| *y = b.widen());
}

/// y ← y + Wᵀ x.
pub(super) fn add<Out: Width, S: Stored>(w: &[S], x: &[f32], y: &mut Vector<Out, f32>) {
    match const { kernel::partials(Out::USIZE) } {
        1 => tiles::<Out, S, 1>(w, x, y),
        2 => tiles::<Out, S, 2>(w, x, y),
        _ => tiles::<Out, S, 4>(w, x, y),
    }
}

/// The weighted sums, in `P` partial sums.
#[inline(always)]
fn tiles<Out: Width, S: Stored, const P: usize>(w: &[S], x: &[f32], y: &mut [f32]) {
    let (fours, last) = y.as_chunks_mut::<4>();
    for (k, y) in fours.iter_mut().enumerate() {
        tile::<Out, S, P, 4>(4 * k, w, x, y);
    }
    let first = Out::USIZE - last.len();
    for (k, y) in last.iter_mut().enumerate() {
        tile::<Out, S, P, 1>(first + k, w, x, core::array::from_mut(y));
    }
}

/// `N` outputs from the `first`, whose sums are in registers.
#[inline(always)]
fn tile<Out: Width, S: Stored, const P: usize, const N: usize>(first: usize, w: &[S], x: &[f32], y: &mut [f32; N]) {
    let mut s = [[0.0_f32; N]; P];
    if let Some(s) = s.first_mut() {
        *s = *y;
    }
    for (rows, xs) in w.chunks(P * Out::USIZE).zip(x.chunks(P)) {
        for ((row, &x), s) in rows.chunks_exact(Out::USIZE).zip(xs).zip(&mut s) {
            let Some(row) = row.get(first..).and_then(|row| row.first_chunk::<N>()) else { continue };
            s.iter_mut().zip(row).for_each(|(s, w)| *s += x * w.widen());
        }
    }
    let sum = |p: usize, j: usize| s.get(p).and_then(|s| s.get(j)).copied().unwrap_or(0.0);
    for (j, y) in y.iter_mut().enumerate() {
        *y = match P {
            1 => sum(0, j),
            2 => sum(0, j) + sum(1, j),
            _ => (sum(0, j) + sum(2, j)) + (sum(1, j) + sum(3, j)),
        };
    }
}
