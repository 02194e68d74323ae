//! A few numbers side by side, each in a register of its own.

/// Numbers side by side.
pub(super) trait Lanes: Copy {
    /// How many.
    const LANES: usize;

    /// `x` in each.
    fn splat(x: f32) -> Self;

    /// Reads them.
    ///
    /// # Safety
    ///
    /// They may be read.
    unsafe fn load(from: *const f32) -> Self;

    /// Writes them.
    ///
    /// # Safety
    ///
    /// They may be written.
    unsafe fn store(self, to: *mut f32);

    /// f(a, b), lane by lane.
    fn zip(self, other: Self, f: impl Fn(f32, f32) -> f32 + Copy) -> Self;

    /// `w_l · d_l` in the first `n` lanes, +0 in the others.
    ///
    /// # Safety
    ///
    /// `n` numbers of both may be read.
    unsafe fn products_part(n: usize, w: *const f32, d: *const f32) -> Self;

    /// `s_l + w_l · d_l` in the first `n` lanes.
    ///
    /// # Safety
    ///
    /// `n` numbers of both may be read.
    unsafe fn plus_part(self, n: usize, w: *const f32, d: *const f32) -> Self;

    /// `s_l + t_l` in the first `n` lanes.
    fn add_part(self, n: usize, other: Self) -> Self;

    /// The sum of the first `n` lanes, joined by halves.
    fn join(self, n: usize) -> f32;

    /// `s + t`.
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self.zip(other, |s, t| s + t)
    }

    /// `s + x · row`.
    #[inline(always)]
    fn plus(self, x: f32, row: Self) -> Self {
        self.zip(row, |s, w| s + x * w)
    }
}

#[derive(Clone, Copy)]
pub(super) struct One(pub(super) f32);

/// Twice as many.
#[derive(Clone, Copy)]
pub(super) struct Both<V>(pub(super) V, pub(super) V);

pub(super) type Two = Both<One>;
pub(super) type Four = Both<Two>;
pub(super) type Eight = Both<Four>;
pub(super) type Sixteen = Both<Eight>;

impl Lanes for One {
    const LANES: usize = 1;

    #[inline(always)]
    fn splat(x: f32) -> Self {
        One(x)
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        // SAFETY: the caller's.
        One(unsafe { *from })
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        // SAFETY: the caller's.
        unsafe { *to = self.0 }
    }
    #[inline(always)]
    fn zip(self, other: Self, f: impl Fn(f32, f32) -> f32 + Copy) -> Self {
        One(f(self.0, other.0))
    }
    #[inline(always)]
    unsafe fn products_part(n: usize, w: *const f32, d: *const f32) -> Self {
        // SAFETY: the caller's.
        One(if n > 0 { unsafe { *w * *d } } else { 0.0 })
    }
    #[inline(always)]
    unsafe fn plus_part(self, n: usize, w: *const f32, d: *const f32) -> Self {
        // SAFETY: the caller's.
        One(if n > 0 { self.0 + unsafe { *w * *d } } else { self.0 })
    }
    #[inline(always)]
    fn add_part(self, n: usize, other: Self) -> Self {
        if n > 0 { self.add(other) } else { self }
    }
    #[inline(always)]
    fn join(self, _: usize) -> f32 {
        self.0
    }
}

impl<V: Lanes> Lanes for Both<V> {
    const LANES: usize = 2 * V::LANES;

    #[inline(always)]
    fn splat(x: f32) -> Self {
        Both(V::splat(x), V::splat(x))
    }
    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        // SAFETY: the caller's.
        unsafe { Both(V::load(from), V::load(from.add(V::LANES))) }
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        // SAFETY: the caller's.
        unsafe {
            self.0.store(to);
            self.1.store(to.add(V::LANES));
        }
    }
    #[inline(always)]
    fn zip(self, other: Self, f: impl Fn(f32, f32) -> f32 + Copy) -> Self {
        Both(self.0.zip(other.0, f), self.1.zip(other.1, f))
    }
    #[inline(always)]
    unsafe fn products_part(n: usize, w: *const f32, d: *const f32) -> Self {
        let (low, high) = halves::<V>(n);
        // SAFETY: the caller's.
        unsafe { Both(V::products_part(low, w, d), V::products_part(high, w.wrapping_add(low), d.wrapping_add(low))) }
    }
    #[inline(always)]
    unsafe fn plus_part(self, n: usize, w: *const f32, d: *const f32) -> Self {
        let (low, high) = halves::<V>(n);
        // SAFETY: the caller's.
        unsafe { Both(self.0.plus_part(low, w, d), self.1.plus_part(high, w.wrapping_add(low), d.wrapping_add(low))) }
    }
    #[inline(always)]
    fn add_part(self, n: usize, other: Self) -> Self {
        let (low, high) = halves::<V>(n);
        Both(self.0.add_part(low, other.0), self.1.add_part(high, other.1))
    }
    #[inline(always)]
    fn join(self, n: usize) -> f32 {
        let (low, high) = halves::<V>(n);
        self.0.add_part(high, self.1).join(low)
    }
}

/// How many of `n` lanes are in the lower half, and how many in the upper.
#[inline(always)]
const fn halves<V: Lanes>(n: usize) -> (usize, usize) {
    if n < V::LANES { (n, 0) } else { (V::LANES, n - V::LANES) }
}
