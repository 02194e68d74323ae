use nanoprop::Scalar;
use nanoprop::runtime::partials;

/// z ← z + Wᵀ x, in the order of nanoprop's layers: partial sums of the inputs by their number modulo P, the first from z and
/// the others from +0, joined as `(s₀ + s₂) + (s₁ + s₃)` or `s₀ + s₁`.
///
/// # Shapes
///
/// `w: [In × Out]`, `x: [In]`, `z: [Out]`.
pub(super) fn product<T: Scalar>(w: &[T], x: &[T], z: &mut [T]) {
    let out = z.len();
    let parts = partials(out);
    let mut sums = vec![vec![T::of(0.0); out]; parts];
    if let Some(first) = sums.first_mut() {
        first.copy_from_slice(z);
    }
    for (i, (row, &x)) in w.chunks(out.max(1)).zip(x).enumerate() {
        if let Some(sums) = sums.get_mut(i % parts) {
            sums.iter_mut().zip(row).for_each(|(s, &w)| *s = x.mul_add(w, *s));
        }
    }
    let part = |p: usize, j: usize| sums.get(p).and_then(|sums| sums.get(j)).copied().unwrap_or(T::of(0.0));
    for (j, z) in z.iter_mut().enumerate() {
        *z = match parts {
            1 => part(0, j),
            2 => part(0, j) + part(1, j),
            _ => (part(0, j) + part(2, j)) + (part(1, j) + part(3, j)),
        };
    }
}

/// The row of a class, which is a whole number; zeros where it is none.
pub(super) fn row<T: Scalar>(w: &[T], classes: usize, units: usize, class: T) -> Vec<T> {
    let class = class.to_f64();
    let known = class >= 0.0 && class < classes as f64 && class.trunc() == class;
    let row = known.then(|| w.chunks(units.max(1)).nth(class as usize)).flatten();
    row.map_or_else(|| vec![T::of(0.0); units], <[T]>::to_vec)
}
