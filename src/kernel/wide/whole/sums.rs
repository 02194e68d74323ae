use core::marker::PhantomData;

use crate::activation::Activation;
use crate::kernel::arch::{Level, Register};
use crate::kernel::pass::Sink;
use crate::kernel::whole::Walk;
use crate::kernel::wide::{read, write};
use crate::width::Width;

/// Some samples of a batch, as many as there are lanes, or the last ones.
#[derive(Clone, Copy)]
pub(super) struct Samples {
    pub(super) n: usize,
    pub(super) lanes: usize,
    /// From a sample's δ to the next one's.
    pub(super) stride: usize,
    /// Whether no samples are before them.
    pub(super) first: bool,
    /// Whether no samples are behind them.
    pub(super) last: bool,
}

/// From layer to layer, `Σ_b δ_b` and `Σ_b x_b δ_bᵀ` in the order of b, on from the sums of those before. Between two
/// groups they are in `sums`, in rows of whole vectors.
pub(super) struct Sums<L, S> {
    pub(super) samples: Samples,
    /// The inputs, a sample in each lane.
    pub(super) x: *const f32,
    /// δ, a sample in each row.
    pub(super) delta: *const f32,
    pub(super) sums: *mut f32,
    /// What the sums start from, if they do, and what becomes of them.
    pub(super) to: *mut f32,
    pub(super) sink: S,
    pub(super) level: PhantomData<L>,
}

impl<L: Level, S: Sink> Walk for Sums<L, S> {
    const BACK: bool = false;

    #[inline(always)]
    fn dense<In: Width, Out: Width, A: Activation>(&mut self, bias: bool) {
        // SAFETY: there are inputs, δ and parameters for all layers, and sums of at most 16 numbers a row, of which there
        // are fewer than two for each number. As many rows at once as fit the registers of the level.
        unsafe {
            if const { Out::USIZE <= 4 } {
                self.layer::<L::X4, In, Out, 8>(bias);
            } else if const { Out::USIZE <= 8 && L::TILE == 2 } {
                self.layer::<L::X8, In, Out, 4>(bias);
            } else if const { Out::USIZE <= 8 } {
                self.layer::<L::X8, In, Out, 8>(bias);
            } else if const { L::TILE == 8 } {
                self.layer::<L::X16, In, Out, 8>(bias);
            } else if const { L::TILE == 4 } {
                self.layer::<L::X16, In, Out, 4>(bias);
            } else {
                self.layer::<L::X16, In, Out, 2>(bias);
            }
        }
    }
}

impl<L: Level, S: Sink> Sums<L, S> {
    /// The bias with the first tile of at most `R` rows, then the others, as equal as can be.
    #[inline(always)]
    unsafe fn layer<V: Register, In: Width, Out: Width, const R: usize>(&mut self, bias: bool) {
        let count = In::USIZE.div_ceil(R);
        let mut with_bias = bias;
        for t in 0..count {
            let rows = if t < In::USIZE % count { In::USIZE / count + 1 } else { In::USIZE / count };
            macro_rules! heights {
                ($($n:literal)*) => {
                    match rows {
                        $($n => if const { let each = In::USIZE / In::USIZE.div_ceil(R); $n == each || $n == each + 1 } {
                            // SAFETY: the caller's.
                            unsafe {
                                if with_bias {
                                    self.tile::<V, Out, $n, 1>();
                                } else {
                                    self.tile::<V, Out, $n, 0>();
                                }
                            }
                        },)*
                        _ => {}
                    }
                };
            }
            heights!(1 2 3 4 5 6 7 8);
            with_bias = false;
        }
        // SAFETY: the caller's.
        self.delta = unsafe { self.delta.add(Out::USIZE) };
    }

    /// `R` rows of the weights, and the bias before them where `B` is 1.
    #[inline(always)]
    unsafe fn tile<V: Register, Out: Width, const R: usize, const B: usize>(&mut self) {
        let Samples { n, lanes, stride, first, last } = self.samples;
        // SAFETY: the caller's.
        unsafe {
            let mut bias = [V::of(0.0); B];
            let mut s = [V::of(0.0); R];
            if !first {
                for r in 0..B {
                    bias[r] = V::load(self.sums);
                }
                for r in 0..R {
                    s[r] = V::load(self.sums.add((B + r) * V::LANES));
                }
            } else if const { S::ADDS } {
                for r in 0..B {
                    bias[r] = read(self.to, Out::USIZE);
                }
                for r in 0..R {
                    s[r] = read(self.to.add((B + r) * Out::USIZE), Out::USIZE);
                }
            }
            for b in 0..n {
                let delta = V::load(self.delta.add(b * stride));
                for r in 0..B {
                    bias[r] = bias[r] + delta;
                }
                for r in 0..R {
                    s[r] = V::splat((*self.x.add(r * lanes + b)).into()).mul_add(delta, s[r]);
                }
            }
            for r in 0..B {
                if last {
                    write(self.sink.bias(read(self.to, Out::USIZE), bias[r]), self.to, Out::USIZE);
                } else {
                    bias[r].store(self.sums);
                }
            }
            for r in 0..R {
                if last {
                    let to = self.to.add((B + r) * Out::USIZE);
                    write(self.sink.weight(read(to, Out::USIZE), s[r]), to, Out::USIZE);
                } else {
                    s[r].store(self.sums.add((B + r) * V::LANES));
                }
            }
            self.x = self.x.add(R * lanes);
            self.sums = self.sums.add((B + R) * V::LANES);
            self.to = self.to.add((B + R) * Out::USIZE);
        }
    }
}
