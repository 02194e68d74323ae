use core::ops::{Add, Div, Mul, Neg, Sub};

use super::Register;
use crate::scalar::{Float, Real, Sealed};

/// Two registers as one of twice the lanes.
#[derive(Clone, Copy)]
pub(crate) struct Pair<V>(pub(super) V, pub(super) V);

impl<V: Register> Sealed for Pair<V> {}

impl<V: Register> Real for Pair<V> {
    type Scalar = V::Scalar;
    type Mask = (V::Mask, V::Mask);

    #[inline(always)]
    fn splat(x: V::Scalar) -> Self {
        Pair(V::splat(x), V::splat(x))
    }
    #[inline(always)]
    fn lt(self, other: Self) -> Self::Mask {
        (self.0.lt(other.0), self.1.lt(other.1))
    }
    #[inline(always)]
    fn le(self, other: Self) -> Self::Mask {
        (self.0.le(other.0), self.1.le(other.1))
    }
    #[inline(always)]
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self {
        Pair(V::select(mask.0, yes.0, no.0), V::select(mask.1, yes.1, no.1))
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        Pair(self.0.sqrt(), self.1.sqrt())
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        Pair(self.0.max(other.0), self.1.max(other.1))
    }
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        Pair(self.0.min(other.0), self.1.min(other.1))
    }
    #[inline(always)]
    fn abs(self) -> Self {
        Pair(self.0.abs(), self.1.abs())
    }
    #[inline(always)]
    fn copysign(self, sign: Self) -> Self {
        Pair(self.0.copysign(sign.0), self.1.copysign(sign.1))
    }
}

impl<V: Register> Float for Pair<V> {
    #[inline(always)]
    fn exact_mul_add(self, b: Self, c: Self) -> Self {
        Pair(self.0.exact_mul_add(b.0, c.0), self.1.exact_mul_add(b.1, c.1))
    }
    #[inline(always)]
    fn pow2(n: Self) -> Self {
        Pair(V::pow2(n.0), V::pow2(n.1))
    }
    #[inline(always)]
    fn raise(sum: Self) -> Self {
        Pair(V::raise(sum.0), V::raise(sum.1))
    }
    #[inline(always)]
    fn raise_once(sum: Self) -> Self {
        Pair(V::raise_once(sum.0), V::raise_once(sum.1))
    }
    #[inline(always)]
    fn scale(self, n: Self) -> Self {
        Pair(self.0.scale(n.0), self.1.scale(n.1))
    }
    #[inline(always)]
    fn split(self) -> (Self, Self) {
        let (low, high) = (self.0.split(), self.1.split());
        (Pair(low.0, high.0), Pair(low.1, high.1))
    }
}

macro_rules! operator {
    ($Trait:ident $method:ident) => {
        impl<V: Register> $Trait for Pair<V> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                Pair(self.0.$method(other.0), self.1.$method(other.1))
            }
        }
    };
}

operator!(Add add);
operator!(Sub sub);
operator!(Mul mul);
operator!(Div div);

impl<V: Register> Neg for Pair<V> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Pair(-self.0, -self.1)
    }
}

impl<V: Register> Register for Pair<V> {
    const LANES: usize = 2 * V::LANES;
    const PARTS: usize = 2 * V::PARTS;

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        // SAFETY: the caller's, for both halves.
        unsafe { Pair(V::load(from), V::load(from.add(V::LANES))) }
    }
    #[inline(always)]
    unsafe fn load_part(from: *const f32, n: usize) -> Self {
        let low = if n < V::LANES { n } else { V::LANES };
        // SAFETY: the caller's; the high half is read only where there are numbers for it.
        unsafe {
            let high = if n > low { V::load_part(from.add(low), n - low) } else { V::of(0.0) };
            Pair(if n < V::LANES { V::load_part(from, n) } else { V::load(from) }, high)
        }
    }
    #[inline(always)]
    unsafe fn reload_part(from: *const f32, n: usize) -> Self {
        let low = if n < V::LANES { n } else { V::LANES };
        // SAFETY: the caller's; the high half is read only where there are numbers for it.
        unsafe {
            let high = if n > low { V::reload_part(from.add(low), n - low) } else { V::of(0.0) };
            Pair(if n < V::LANES { V::reload_part(from, n) } else { V::load(from) }, high)
        }
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        // SAFETY: the caller's, for both halves.
        unsafe {
            self.0.store(to);
            self.1.store(to.add(V::LANES));
        }
    }
    #[inline(always)]
    unsafe fn store_part(self, to: *mut f32, n: usize) {
        // SAFETY: the caller's; the high half is written only where there are numbers of it.
        unsafe {
            if n < V::LANES {
                self.0.store_part(to, n);
            } else {
                self.0.store(to);
                if n > V::LANES {
                    self.1.store_part(to.add(V::LANES), n - V::LANES);
                }
            }
        }
    }
    #[inline(always)]
    unsafe fn splats(from: *const f32, n: usize) -> [Self; 4] {
        // SAFETY: the caller's.
        let [a, b, c, d] = unsafe { V::splats(from, n) };
        [Pair(a, a), Pair(b, b), Pair(c, c), Pair(d, d)]
    }
    #[inline(always)]
    fn keep(self, n: usize) -> Self {
        let low = if n < V::LANES { n } else { V::LANES };
        Pair(self.0.keep(low), self.1.keep(n - low))
    }
    #[inline(always)]
    fn transpose(rows: &[Self; 16]) -> [Self; 16] {
        // Four quarters, each transposed, the two off the diagonal exchanged.
        let mut quarters = [[V::of(0.0); 16]; 4];
        for k in 0..V::LANES {
            quarters[0][k] = rows[k].0;
            quarters[1][k] = rows[k].1;
            quarters[2][k] = rows[k + V::LANES].0;
            quarters[3][k] = rows[k + V::LANES].1;
        }
        let [a, b, c, d] = quarters;
        let (a, b, c, d) = (V::transpose(&a), V::transpose(&b), V::transpose(&c), V::transpose(&d));
        let mut all = *rows;
        for k in 0..V::LANES {
            all[k] = Pair(a[k], c[k]);
            all[k + V::LANES] = Pair(b[k], d[k]);
        }
        all
    }
    #[inline(always)]
    fn sums(rows: &[Self; 16]) -> Self {
        let mut low = [V::of(0.0); 16];
        let mut high = low;
        for k in 0..V::LANES {
            low[k] = rows[k].0 + rows[k].1;
            high[k] = rows[k + V::LANES].0 + rows[k + V::LANES].1;
        }
        Pair(V::sums(&low), V::sums(&high))
    }
}
