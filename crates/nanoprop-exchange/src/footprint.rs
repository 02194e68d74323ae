//! The bytes that a model's network needs, as its type would say.

use nanoprop::Footprint;

use crate::checkpoint::kept_by_optimizers;
use crate::model::{Kind, Layer, Model};

/// How many samples a mini-batch of [`Model::footprints`] has.
const BATCH: usize = 32;
/// What a `Dropout` keeps of where in a training it is, and a gradient of how many samples it has, on a machine of 64 bits.
const NOISE: Bytes = Bytes { size: 40, align: 8 };
const COUNT: Bytes = Bytes { size: 8, align: 8 };

impl Model {
    /// The bytes of RAM that each way to use the network needs, on a machine of 64 bits: `inference`, `online`,
    /// `mini-batch of 32`, `full batch`, and the optimisers by their names.
    ///
    /// They are those of `Network::footprint::<Inference>()`, `Online`, `MiniBatch<32>`, `FullBatch`, `Adam`, ….
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    /// use nanoprop_exchange::{Activation, Kind, Model};
    ///
    /// network! { type Net = 3 => Dense<2, Tanh>, loss = SquaredError; }
    /// let mut model = Model::new("Net", &[3])?;
    /// model.push(Kind::Dense { units: 2, activation: Activation::Tanh, bias: true })?;
    /// let (way, footprint) = model.footprints()[1].clone();
    /// assert_eq!((way.as_str(), footprint), ("online", Net::footprint::<nanoprop::Online>()));
    /// # Ok::<(), nanoprop_exchange::Misfit>(())
    /// ```
    #[must_use]
    pub fn footprints(&self) -> Vec<(String, Footprint)> {
        let number = Bytes { size: self.scalar.bytes(), align: self.scalar.bytes() };
        let network = number.times(self.parameters());
        let tape = chain(self.layers(), number);
        let inference = Footprint::NONE.with_weights(network.size);
        let online = inference.with_tape(tape.size);
        let batch = inference.with_tape(tape.size.saturating_mul(BATCH));
        let gradient = structure(&[network, network, COUNT]);
        let ways = [
            ("inference".to_owned(), inference),
            ("online".to_owned(), online),
            (format!("mini-batch of {BATCH}"), batch),
            ("full batch".to_owned(), online.with_gradient(gradient.size)),
        ];
        let optimizers = kept_by_optimizers().map(|(name, kept)| {
            let state = structure(&[COUNT, network.times(kept)]);
            (name.to_owned(), online.with_gradient(network.size).with_optimizer(state.size))
        });
        ways.into_iter().chain(optimizers).collect()
    }
}

/// The size and alignment of a type.
#[derive(Clone, Copy)]
struct Bytes {
    size: usize,
    align: usize,
}

impl Bytes {
    const NONE: Bytes = Bytes { size: 0, align: 1 };

    fn times(self, count: usize) -> Bytes {
        Bytes { size: self.size.saturating_mul(count), ..self }
    }
}

/// Of a `repr(C)` struct. A tuple of two has the same size: each part's is a multiple of its alignment.
fn structure(parts: &[Bytes]) -> Bytes {
    let align = parts.iter().map(|part| part.align).max().unwrap_or(1);
    let end = parts.iter().fold(0, |end: usize, part| padded(end, part.align).saturating_add(part.size));
    Bytes { size: padded(end, align), align }
}

fn padded(size: usize, align: usize) -> usize {
    size.checked_next_multiple_of(align).unwrap_or(usize::MAX)
}

/// The tape of a chain: pairs of the first layer's and that of the rest.
fn chain(layers: &[Layer], number: Bytes) -> Bytes {
    match layers {
        [] => Bytes::NONE,
        [layer] => tape(layer, number),
        [layer, rest @ ..] => structure(&[tape(layer, number), chain(rest, number)]),
    }
}

/// The output, ∂J/∂y, and what is kept besides.
fn slot(y: Bytes, kept: Bytes) -> Bytes {
    structure(&[y, y, kept])
}

fn tape(layer: &Layer, number: Bytes) -> Bytes {
    let array = |widths: &[usize]| number.times(widths.iter().fold(1, |product: usize, &n| product.saturating_mul(n)));
    let (reads, writes) = (array(layer.reads()), array(layer.writes()));
    match layer.kind() {
        Kind::Residual(_) => structure(&[chain(layer.within(), number), slot(writes, Bytes::NONE)]),
        Kind::Bidirectional(half) => {
            // Each half writes half of it.
            let y = Bytes { size: writes.size / 2, ..writes };
            let half = recurrent(half, layer.reads(), number).unwrap_or_else(|| slot(y, Bytes::NONE));
            structure(&[half, half, slot(reads, Bytes::NONE), slot(writes, Bytes::NONE)])
        }
        Kind::Dropout { .. } => slot(writes, NOISE),
        kind => recurrent(kind, layer.reads(), number).unwrap_or_else(|| slot(writes, Bytes::NONE)),
    }
}

/// Of a layer over steps: all states, and of each step a line of as many numbers for each unit, besides those of the start.
fn recurrent(kind: &Kind, reads: &[usize], number: Bytes) -> Option<Bytes> {
    let (units, all, line, start) = match *kind {
        Kind::Elman { units, all, .. } => (units, all, 0, 1),
        Kind::Gru { units, all, .. } => (units, all, 4, 1),
        Kind::Lstm { units, all } => (units, all, 5, 3),
        _ => return None,
    };
    let steps = reads.first().copied().unwrap_or(1);
    let state = number.times(units);
    let kept = state.times(steps.saturating_mul(line).saturating_add(start));
    let states = slot(state.times(steps), kept);
    Some(if all { states } else { slot(state, states) })
}
