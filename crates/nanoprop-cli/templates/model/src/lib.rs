//! {{target}}, from the other columns of {{table}}: a trained network, without heap or operating system.
#![no_std]

mod network;

use nanoprop::prelude::*;
use nanoprop::width;

pub use network::*;

/// The trained network, a constant: in flash on a device. Before the first training it is 0.
#[cfg(trained)]
pub static MODEL: Model = nanoprop::load!(Model, "../model.nprp");
/// Not trained yet.
#[cfg(not(trained))]
pub static MODEL: Model = Model::ZERO;

/// Whether there was a training.
pub const TRAINED: bool = cfg!(trained);

frozen! {
{{fronts}}
}
network! {
    /// The same network on a device that goes on learning: the last layer is in RAM, all before it stay in flash.
    pub type Tuned = {{inputs}}{{frozen}} => Dense<{{outputs}}>, loss = {{loss}};
}

/// A copy of the last layer: where [`Tuned`] starts from.
pub fn start(net: &mut Tuned) {
    net.layers_mut().{{last}}.flat_mut().copy_from_slice(MODEL.layers().{{last}}.flat());
}

/// A row that neither training nor choice has seen.
pub struct Row {
    /// The inputs.
    pub x: [f32; {{inputs}}],
    /// What the table says.
%classes     pub target: usize,
%numbers     pub target: f32,
    /// What the network said after the training, the same on every machine.
%classes     pub predicted: usize,
%numbers     pub predicted: f32,
}

/// Rows held out, 200 at most; none before the first training.
pub static ROWS: &[Row] = include!("../rows.rs");
