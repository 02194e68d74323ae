//! A small network as one kernel, which takes a batch from its inputs to a gradient or a step.

use crate::array::Plain;
use crate::kernel::{self, Sink, Walk, Whole, is_whole};
use crate::layer::{InputOf, LinesMut, OutputOf, Stack, Tape, TapeOf};
use crate::loss::{Loss, Target};
use crate::network::batch::inputs;
use crate::network::{Layers, Network, Samples};
use crate::plain::Room;
use crate::scalar::{Real, Scalar};

/// One kernel for all that `n ≤ B` samples from the `first` do to a gradient, or, by `sink`, to the network itself, where
/// `net` is `None`; false where there is none. Of a gradient, the logits are in the place of the last dy.
#[inline]
pub(super) fn learn<L: Layers, E: Loss, S, const B: usize, K: Sink>(
    net: Option<&Network<L, E>>,
    samples: &S,
    first: usize,
    n: usize,
    tapes: &mut [TapeOf<L::Chain>; B],
    to: &mut Network<L, E>,
    sink: K,
) -> bool
where
    S: Samples<InputOf<L::Chain>, OutputOf<L::Chain>> + ?Sized,
{
    if !const { is_whole::<Network<L, E>>() } {
        return false;
    }
    let mut shares = [L::Scalar::ONE; B];
    let mut room = Room::new();
    let xs = inputs::<_, _, S, B>(samples, first, n, &mut room);
    let (_, mut zs) = TapeOf::<L::Chain>::outputs(LinesMut::from(&mut tapes[..]).take(xs.len()));
    let ys = samples.lines().and_then(|(_, ys)| ys).map(|ys| ys.skip(first).take(n));
    if ys.is_none() {
        for (k, (z, share)) in zs.iter_mut().zip(&mut shares).enumerate() {
            if let Some((_, y)) = samples.get(first + k) {
                *share = y.weight();
                y.with_outputs(E::OUTPUTS, |y| z.flat_mut().iter_mut().zip(y).for_each(|(z, &y)| *z = y));
            }
        }
    }
    kernel::learn(net, xs, ys, zs, &shares, to, sink)
}

impl<L: Layers, E: Loss> Whole for Network<L, E> {
    type Input = InputOf<L::Chain>;
    type Output = OutputOf<L::Chain>;
    const NUMBERS: usize = if E::LANES { L::Chain::NARROW } else { 0 };

    #[inline(always)]
    fn walk(walk: &mut impl Walk) {
        L::Chain::walk(walk);
    }

    #[inline(always)]
    fn delta<V: Real>(z: &[V], dz: &mut [V]) {
        E::delta_lanes(z, dz);
    }

    #[inline(always)]
    fn link<V: Real>(z: &mut [V]) {
        E::link_lanes(z);
    }
}
