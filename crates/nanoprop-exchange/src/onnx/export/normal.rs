//! Layers that normalise.

use super::layers::Tensors;
use super::writer::{Writer, float, int};

/// Initializers of one number for each channel.
fn per_channel<const N: usize>(
    writer: &mut Writer,
    names: [&str; N],
    channels: usize,
    tensors: Tensors,
) -> [String; N] {
    names.map(|name| writer.tensor(name, &[channels], tensors.get(name)))
}

pub(super) fn layer(writer: &mut Writer, rank: usize, channels: usize, tensors: Tensors) {
    writer.last(rank);
    let [gain, bias] = per_channel(writer, ["gain", "bias"], channels, tensors);
    writer.apply_with("LayerNormalization", &[&gain, &bias], vec![int("axis", -1), float("epsilon", 1e-5)]);
}

/// Groups of channels, each an instance of its own; the operator for groups is of a later version.
pub(super) fn group(writer: &mut Writer, reads: &[usize], groups: usize, tensors: Tensors) {
    writer.first(reads.len());
    let Some((&channels, places)) = reads.split_last() else { return };
    if groups == channels {
        let [gain, bias] = per_channel(writer, ["gain", "bias"], channels, tensors);
        writer.apply_with("InstanceNormalization", &[&gain, &bias], vec![float("epsilon", 1e-5)]);
        return;
    }
    // 0 copies the batch.
    let apart = writer.integers("groups", &[0, groups as i64, -1]);
    writer.apply_with("Reshape", &[&apart], vec![]);
    let one = writer.tensor("one", &[groups], &vec![1.0; groups]);
    let zero = writer.tensor("zero", &[groups], &vec![0.0; groups]);
    writer.apply_with("InstanceNormalization", &[&one, &zero], vec![float("epsilon", 1e-5)]);
    let shape: Vec<i64> = [0, channels as i64].into_iter().chain(places.iter().map(|&width| width as i64)).collect();
    let together = writer.integers("shape", &shape);
    writer.apply_with("Reshape", &[&together], vec![]);
    let widths: Vec<usize> = [channels].into_iter().chain(places.iter().map(|_| 1)).collect();
    let [gain, bias] = ["gain", "bias"].map(|name| writer.tensor(name, &widths, tensors.get(name)));
    writer.apply_with("Mul", &[&gain], vec![]);
    writer.apply_with("Add", &[&bias], vec![]);
}

pub(super) fn batch(writer: &mut Writer, rank: usize, channels: usize, tensors: Tensors) {
    writer.first(rank);
    let [gain, bias, mean] = per_channel(writer, ["gain", "bias", "mean"], channels, tensors);
    // A variance of 0 counts as one whose deviation is 1.
    let variance = tensors.get("variance").iter().map(|&value| if value <= 0.0 { 1.0 - 1e-5 } else { value });
    let variance = writer.tensor("variance", &[channels], &variance.collect::<Vec<_>>());
    writer.apply_with("BatchNormalization", &[&gain, &bias, &mean, &variance], vec![float("epsilon", 1e-5)]);
}

pub(super) fn standardize(writer: &mut Writer, rank: usize, channels: usize, tensors: Tensors) {
    writer.last(rank);
    // A deviation of 0 counts as 1.
    let deviation = tensors.get("deviation").iter().map(|&value| if value == 0.0 { 1.0 } else { value });
    let mean = writer.tensor("mean", &[channels], tensors.get("mean"));
    let deviation = writer.tensor("deviation", &[channels], &deviation.collect::<Vec<_>>());
    writer.apply_with("Sub", &[&mean], vec![]);
    writer.apply_with("Div", &[&deviation], vec![]);
}
