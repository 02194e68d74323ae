//! The kernels over registers: the sums of the plain loops, sixteen lanes at a time.
//!
//! Each has the order that its plain loop states, and so its bits. They take pointers, since a layer's
//! widths are known where they are called and everything here is inlined there.
#![allow(unsafe_code)]
#![allow(clippy::needless_range_loop, reason = "lanes and rows are numbered, and several arrays share the number")]
#![allow(
    clippy::collapsible_match,
    reason = "a constant condition in a guard would not keep a tile from being compiled"
)]

mod backward;
mod cell;
mod forward;
mod gemm;
mod lanes;
mod map;
mod outer;
mod products;
mod softmax;
mod spread;
mod sums;
mod update;
mod whole;

pub(crate) use backward::backward;
pub(crate) use cell::advance;
pub(crate) use forward::gemv;
pub(crate) use gemm::gemm;
pub(crate) use map::{map, map_rows};
pub(crate) use products::products;
pub(crate) use softmax::softmax;
pub(crate) use spread::spread;
pub(crate) use sums::sums;
pub(crate) use update::update;
pub(crate) use whole::{learn, predict};

use super::SMALL;
use super::arch::Register;

/// Vector `v` of `N`, of which the last has `last` lanes.
#[inline(always)]
unsafe fn load<V: Register, const N: usize>(from: *const f32, v: usize, last: usize) -> V {
    // SAFETY: the caller's.
    unsafe { read(from.add(v * V::LANES), if v + 1 < N { V::LANES } else { last }) }
}

/// [`load`] of a row of `weights`. Those of a small layer may have been written a moment ago, by the step before.
#[inline(always)]
unsafe fn weights<V: Register, const N: usize>(from: *const f32, v: usize, last: usize, weights: usize) -> V {
    // SAFETY: the caller's.
    unsafe {
        if weights > SMALL {
            load::<V, N>(from, v, last)
        } else {
            reread(from.add(v * V::LANES), if v + 1 < N { V::LANES } else { last })
        }
    }
}

/// Vector `v` of `N`, of which the last has `last` lanes.
#[inline(always)]
unsafe fn store<V: Register, const N: usize>(x: V, to: *mut f32, v: usize, last: usize) {
    // SAFETY: the caller's.
    unsafe { write(x, to.add(v * V::LANES), if v + 1 < N { V::LANES } else { last }) }
}

/// The first `n` lanes of a vector.
#[inline(always)]
unsafe fn read<V: Register>(from: *const f32, n: usize) -> V {
    // SAFETY: the caller's.
    unsafe { if n == V::LANES { V::load(from) } else { V::load_part(from, n) } }
}

/// The first `n` lanes of a vector that has just been written.
#[inline(always)]
unsafe fn reread<V: Register>(from: *const f32, n: usize) -> V {
    // SAFETY: the caller's.
    unsafe { if n == V::LANES { V::load(from) } else { V::reload_part(from, n) } }
}

/// The first `n` lanes of a vector.
#[inline(always)]
unsafe fn write<V: Register>(x: V, to: *mut f32, n: usize) {
    // SAFETY: the caller's.
    unsafe { if n == V::LANES { x.store(to) } else { x.store_part(to, n) } }
}
