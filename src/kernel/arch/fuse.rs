//! Registers whose multiply-adds round once: those of the scalar [`Fused`].

use core::marker::PhantomData;
use core::ops::{Add, Div, Mul, Neg, Sub};

use super::{Across, Level, Pair, Register};
use crate::scalar::{Float, Fused, Real, Sealed};

/// How a level computes a·b + c of a register, rounded once.
pub(crate) trait Fuses<V> {
    /// a·b + c.
    fn mul_add(a: V, b: V, c: V) -> V;
}

impl<V: Register, L: Fuses<V>> Fuses<Pair<V>> for L {
    #[inline(always)]
    fn mul_add(a: Pair<V>, b: Pair<V>, c: Pair<V>) -> Pair<V> {
        Pair(L::mul_add(a.0, b.0, c.0), L::mul_add(a.1, b.1, c.1))
    }
}

/// Lane by lane, for a level that has no instruction for it.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(super) fn by_lanes<V: Register>(a: V, b: V, c: V) -> V {
    let [mut x, mut y, mut z] = [[0.0; 16]; 3];
    // SAFETY: sixteen numbers hold all lanes; the registers are there, so the processor has the level.
    unsafe {
        a.store(x.as_mut_ptr());
        b.store(y.as_mut_ptr());
        c.store(z.as_mut_ptr());
        for k in 0..V::LANES {
            x[k] = Fused(x[k]).mul_add(Fused(y[k]), Fused(z[k])).0;
        }
        V::load(x.as_ptr())
    }
}

/// A level for the scalar [`Fused`].
pub(crate) struct Fusing<L>(PhantomData<L>);

impl<L: Level + Fuses<L::Own> + Fuses<L::X4> + Fuses<L::X8> + Fuses<L::X16>> Level for Fusing<L> {
    type Own = Fuse<L::Own, L>;
    type X4 = Fuse<L::X4, L>;
    type X8 = Fuse<L::X8, L>;
    type X16 = Fuse<L::X16, L>;
    const TILE: usize = L::TILE;
}

/// A register that has `mul_add` from its level, and all else from `V`.
#[repr(transparent)]
pub(crate) struct Fuse<V, L>(V, PhantomData<L>);

impl<V: Copy, L> Clone for Fuse<V, L> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<V: Copy, L> Copy for Fuse<V, L> {}

impl<V, L> Sealed for Fuse<V, L> {}

#[inline(always)]
fn fuse<V, L>(x: V) -> Fuse<V, L> {
    Fuse(x, PhantomData)
}

impl<V: Register, L: Fuses<V>> Real for Fuse<V, L> {
    type Scalar = Fused;
    type Mask = V::Mask;

    #[inline(always)]
    fn splat(x: Fused) -> Self {
        fuse(V::splat(x.0.into()))
    }
    #[inline(always)]
    fn lt(self, other: Self) -> V::Mask {
        self.0.lt(other.0)
    }
    #[inline(always)]
    fn le(self, other: Self) -> V::Mask {
        self.0.le(other.0)
    }
    #[inline(always)]
    fn select(mask: V::Mask, yes: Self, no: Self) -> Self {
        fuse(V::select(mask, yes.0, no.0))
    }
    #[inline(always)]
    fn mul_add(self, b: Self, c: Self) -> Self {
        fuse(L::mul_add(self.0, b.0, c.0))
    }
    #[inline(always)]
    fn sqrt(self) -> Self {
        fuse(self.0.sqrt())
    }
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        fuse(self.0.max(other.0))
    }
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        fuse(self.0.min(other.0))
    }
    #[inline(always)]
    fn abs(self) -> Self {
        fuse(self.0.abs())
    }
    #[inline(always)]
    fn copysign(self, sign: Self) -> Self {
        fuse(self.0.copysign(sign.0))
    }
}

impl<V: Register, L: Fuses<V>> Float for Fuse<V, L> {
    #[inline(always)]
    fn pow2(n: Self) -> Self {
        fuse(V::pow2(n.0))
    }
    #[inline(always)]
    fn raise(sum: Self) -> Self {
        fuse(V::raise(sum.0))
    }
    #[inline(always)]
    fn raise_once(sum: Self) -> Self {
        fuse(V::raise_once(sum.0))
    }
    #[inline(always)]
    fn scale(self, n: Self) -> Self {
        fuse(self.0.scale(n.0))
    }
    #[inline(always)]
    fn split(self) -> (Self, Self) {
        let (m, e) = self.0.split();
        (fuse(m), fuse(e))
    }
}

macro_rules! operator {
    ($Trait:ident $method:ident) => {
        impl<V: Register, L> $Trait for Fuse<V, L> {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                fuse(self.0.$method(other.0))
            }
        }
    };
}

operator!(Add add);
operator!(Sub sub);
operator!(Mul mul);
operator!(Div div);

impl<V: Register, L> Neg for Fuse<V, L> {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        fuse(-self.0)
    }
}

impl<V: Register, L: Fuses<V>> Register for Fuse<V, L> {
    const LANES: usize = V::LANES;
    const PARTS: usize = V::PARTS;

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        // SAFETY: the caller's.
        fuse(unsafe { V::load(from) })
    }
    #[inline(always)]
    unsafe fn load_part(from: *const f32, n: usize) -> Self {
        // SAFETY: the caller's.
        fuse(unsafe { V::load_part(from, n) })
    }
    #[inline(always)]
    unsafe fn reload_part(from: *const f32, n: usize) -> Self {
        // SAFETY: the caller's.
        fuse(unsafe { V::reload_part(from, n) })
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        // SAFETY: the caller's.
        unsafe { self.0.store(to) }
    }
    #[inline(always)]
    unsafe fn store_part(self, to: *mut f32, n: usize) {
        // SAFETY: the caller's.
        unsafe { self.0.store_part(to, n) }
    }
    #[inline(always)]
    unsafe fn splats(from: *const f32, n: usize) -> [Self; 4] {
        // SAFETY: the caller's.
        let [a, b, c, d] = unsafe { V::splats(from, n) };
        [fuse(a), fuse(b), fuse(c), fuse(d)]
    }
    #[inline(always)]
    fn keep(self, n: usize) -> Self {
        fuse(self.0.keep(n))
    }
    #[inline(always)]
    fn transpose(rows: &[Self; 16]) -> [Self; 16] {
        let mut all = *rows;
        // SAFETY: rows of these registers are laid out as rows of V, since each is transparent over one.
        let columns = V::transpose(unsafe { &*(&raw const *rows).cast() });
        for k in 0..16 {
            all[k] = fuse(columns[k]);
        }
        all
    }
    #[inline(always)]
    fn sums(rows: &[Self; 16]) -> Self {
        // SAFETY: as in `transpose`.
        fuse(V::sums(unsafe { &*(&raw const *rows).cast() }))
    }
}

impl<V: Across, L: Fuses<V>> Across for Fuse<V, L> {
    #[inline(always)]
    unsafe fn columns(rows: *const *const f32, at: usize, n: usize) -> [Self; 4] {
        // SAFETY: the caller's.
        let [a, b, c, d] = unsafe { V::columns(rows, at, n) };
        [fuse(a), fuse(b), fuse(c), fuse(d)]
    }
    #[inline(always)]
    unsafe fn sixteen(rows: *const *const f32, at: usize) -> [[Self; 4]; 4] {
        // SAFETY: the caller's.
        let all = unsafe { V::sixteen(rows, at) };
        let mut fused = [[fuse(all[0][0]); 4]; 4];
        for k in 0..4 {
            for l in 0..4 {
                fused[k][l] = fuse(all[k][l]);
            }
        }
        fused
    }
    #[inline(always)]
    unsafe fn deal(rows: *const f32, n: usize) -> [Self; 4] {
        // SAFETY: the caller's.
        let [a, b, c, d] = unsafe { V::deal(rows, n) };
        [fuse(a), fuse(b), fuse(c), fuse(d)]
    }
    #[inline(always)]
    unsafe fn collect([a, b, c, d]: &[Self; 4], rows: *mut f32, n: usize) {
        // SAFETY: the caller's.
        unsafe { V::collect(&[a.0, b.0, c.0, d.0], rows, n) }
    }
    #[inline(always)]
    unsafe fn write_columns([a, b, c, d]: &[Self; 4], rows: *const *mut f32, at: usize, n: usize) {
        // SAFETY: the caller's.
        unsafe { V::write_columns(&[a.0, b.0, c.0, d.0], rows, at, n) }
    }
}
