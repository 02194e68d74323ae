//! Recurrent layers: Keras's gates in nanoprop's order.

use super::config::Config;
use super::convert::{must, named};
use super::weights::Folder;
use crate::error::Error;
use crate::layout::regate;
use crate::model::{Activation, Kind, Reset};

/// The kind of a recurrent layer.
pub(super) fn kind(layer: Config) -> Result<Kind, Error> {
    must(layer, &[("return_state", false), ("stateful", false)])?;
    let (units, all) = (layer.width("units"), layer.flag("return_sequences", false));
    let tanh = layer.text("activation", "tanh") == "tanh";
    let sigmoid = layer.text("recurrent_activation", "sigmoid") == "sigmoid";
    match layer.class() {
        "SimpleRNN" => {
            let name = layer.text("activation", "tanh");
            let activation: Option<Activation> = named(name);
            let activation = activation
                .ok_or_else(|| layer.refuse(&format!("nanoprop has no activation `{name}`: train with another")))?;
            Ok(Kind::Elman { units, activation, all })
        }
        _ if !tanh || !sigmoid => {
            Err(layer.refuse("its activations must be `tanh` and `sigmoid`, as they are by default: train it so"))
        }
        "LSTM" => Ok(Kind::Lstm { units, all }),
        "GRU" => {
            let reset = if layer.flag("reset_after", true) { Reset::After } else { Reset::Before };
            Ok(Kind::Gru { units, all, reset })
        }
        _ => Err(layer.refuse("only SimpleRNN, LSTM and GRU are read within others")),
    }
}

/// The tensors of a recurrent layer, which reads so many inputs.
pub(super) fn tensors(layer: Config, kind: &Kind, inputs: usize, folder: &Folder) -> Result<Vec<Vec<f64>>, Error> {
    let (units, gates, biases) = match kind {
        Kind::Lstm { units, .. } => (*units, 4, 1),
        Kind::Gru { units, reset: Reset::After, .. } => (*units, 3, 2),
        Kind::Gru { units, .. } => (*units, 3, 1),
        Kind::Elman { units, .. } => (*units, 1, 1),
        _ => return Err(layer.refuse("it is not recurrent")),
    };
    let cell = folder.part("cell");
    let row = units.saturating_mul(gates);
    let kernel = cell.get(0, inputs.saturating_mul(row))?;
    let recurrent = cell.get(1, units.saturating_mul(row))?;
    let biased = layer.flag("use_bias", true);
    let bias = if biased { cell.get(2, biases * row)? } else { vec![0.0; biases * row] };
    Ok(match kind {
        // i, f, c, o to i, f, o, g.
        Kind::Lstm { .. } => [&bias, &kernel, &recurrent].map(|values| regate(values, row, &[0, 1, 3, 2])).to_vec(),
        // z, r, h to n, r, z beside x, and r, z, n beside h.
        Kind::Gru { reset: Reset::After, .. } => {
            let (beside_x, beside_h) = bias.split_at(row);
            let (shared, own) = beside_h.split_at(2 * units);
            let shared = shared.iter().copied().chain(std::iter::repeat_n(0.0, units));
            let sum: Vec<f64> = beside_x.iter().zip(shared).map(|(x, h)| x + h).collect();
            let own = own.to_vec();
            vec![
                regate(&sum, row, &[2, 1, 0]),
                own,
                regate(&kernel, row, &[2, 1, 0]),
                regate(&recurrent, row, &[1, 0, 2]),
            ]
        }
        Kind::Gru { .. } => {
            let turned = regate(&recurrent, row, &[1, 0, 2]);
            let part = |from: usize, to: usize| {
                turned.chunks(row.max(1)).flat_map(|row| row.get(from..to).unwrap_or_default().to_vec()).collect()
            };
            let (together, apart) = (part(0, 2 * units), part(2 * units, row));
            vec![regate(&bias, row, &[2, 1, 0]), regate(&kernel, row, &[2, 1, 0]), together, apart]
        }
        _ => vec![bias, kernel, recurrent],
    })
}
