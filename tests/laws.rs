//! What must hold whatever the numbers are: laws, most of them bit for bit.

#[path = "laws/batch_norm.rs"]
mod batch_norm;
#[path = "laws/checkpoint.rs"]
mod checkpoint;
#[path = "laws/checkpoint_file.rs"]
mod checkpoint_file;
#[path = "laws/extreme.rs"]
mod extreme;
#[path = "laws/forward.rs"]
mod forward;
#[path = "laws/frozen.rs"]
mod frozen;
#[path = "laws/gradient.rs"]
mod gradient;
#[path = "laws/layers.rs"]
mod layers;
#[path = "laws/limits.rs"]
mod limits;
#[path = "laws/normal.rs"]
mod normal;
#[path = "laws/random.rs"]
mod random;
#[path = "laws/self_test.rs"]
mod self_test;

use nanoprop::prelude::*;
use nanoprop::{Layers, Loss, Uniform};

/// The bits of some numbers, to compare: −0 is not 0, and a NaN is itself.
fn bits<T: Number>(values: &[T]) -> Vec<[u8; 8]> {
    values.iter().map(|value| value.to_bytes()).collect()
}

/// A network on the heap with parameters in ±0.7.
fn net<L: Layers, E: Loss>(seed: u64) -> Box<Network<L, E>> {
    let mut net = Network::boxed();
    net.initialize(&Uniform(0.7), &mut Pcg32::new(seed));
    net
}

/// Numbers in ±scale.
fn fill<T: Number>(values: &mut [T], scale: f64, rng: &mut Pcg32) {
    values.iter_mut().for_each(|v| *v = T::from_f64(scale * (rng.bits() as f64 / 2_147_483_648.0 - 1.0)));
}
