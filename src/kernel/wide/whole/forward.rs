use core::ptr::null;

use crate::activation::Activation;
use crate::kernel::arch::Across;
use crate::kernel::whole::Walk;
use crate::width::Width;

/// From a layer's parameters and inputs to its outputs, which are the next layer's inputs; at most `R` outputs at once.
pub(super) struct Forward<V, const R: usize> {
    pub(super) groups: usize,
    pub(super) w: *const f32,
    pub(super) a: *mut V,
}

impl<V: Across, const R: usize> Walk for Forward<V, R> {
    const BACK: bool = false;

    #[inline(always)]
    fn dense<In: Width, Out: Width, A: Activation>(&mut self, bias: bool) {
        // SAFETY: there are registers for all numbers, and parameters for all layers.
        unsafe {
            let (z, x) = (if bias { self.w } else { null() }, self.a.cast_const());
            let w = if bias { self.w.add(Out::USIZE) } else { self.w };
            self.a = self.a.add(2 * In::USIZE);
            self.w = w.add(In::USIZE * Out::USIZE);
            for h in 0..self.groups {
                tiles::<V, In, Out, A, R>(w, z, x.add(h), self.a.add(h));
            }
        }
    }
}

/// All outputs by tiles of at most `R`, as equal as can be.
#[inline(always)]
unsafe fn tiles<V: Across, In: Width, Out: Width, A: Activation, const R: usize>(
    w: *const f32,
    z: *const f32,
    x: *const V,
    y: *mut V,
) {
    let count = const { Out::USIZE.div_ceil(R) };
    let mut j = 0;
    for t in 0..count {
        let outputs = if t < Out::USIZE % count { Out::USIZE / count + 1 } else { Out::USIZE / count };
        let z = if z.is_null() { z } else { z.wrapping_add(j) };
        macro_rules! widths {
            ($($n:literal)*) => {
                match outputs {
                    $($n => if const { let each = Out::USIZE / Out::USIZE.div_ceil(R); $n == each || $n == each + 1 } {
                        // SAFETY: the caller's.
                        unsafe { tile::<V, In, Out, A, $n>(w.add(j), z, x, y.add(2 * j)) }
                    },)*
                    _ => {}
                }
            };
        }
        widths!(1 2 3 4 5 6);
        j += outputs;
    }
}

/// `R` outputs, by four partial sums, joined as `(s₀ + s₂) + (s₁ + s₃)`.
///
/// All but the first start from their first product, not from +0: that can make a sum of zeros −0, which it is not, since
/// s₁ from +0 is not. So +0 is added at the end.
#[inline(always)]
unsafe fn tile<V: Across, In: Width, Out: Width, A: Activation, const R: usize>(
    w: *const f32,
    z: *const f32,
    x: *const V,
    y: *mut V,
) {
    // SAFETY: the caller's.
    unsafe {
        let mut s = [[V::of(0.0); R]; 4];
        for r in 0..R {
            if !z.is_null() {
                s[0][r] = V::splat((*z.add(r)).into());
            }
        }
        for i in 0..4 {
            if i < In::USIZE {
                for r in 0..R {
                    let (x, w) = (*x.add(2 * i), V::splat((*w.add(i * Out::USIZE + r)).into()));
                    s[i][r] = if i == 0 { x.mul_add(w, s[0][r]) } else { x * w };
                }
            }
        }
        let mut i = 4;
        while i < In::USIZE {
            for p in 0..4 {
                if i + p < In::USIZE {
                    for r in 0..R {
                        let w = V::splat((*w.add((i + p) * Out::USIZE + r)).into());
                        s[p][r] = (*x.add(2 * (i + p))).mul_add(w, s[p][r]);
                    }
                }
            }
            i += 4;
        }
        for r in 0..R {
            let [even, odd] = match In::USIZE {
                1 => [s[0][r], V::of(0.0)],
                2 => [s[0][r], s[1][r]],
                3 => [s[0][r] + s[2][r], s[1][r]],
                _ => [s[0][r] + s[2][r], s[1][r] + s[3][r]],
            };
            y.add(2 * r).write(A::value((even + odd) + V::of(0.0)));
        }
    }
}
