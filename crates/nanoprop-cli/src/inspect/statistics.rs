//! What the numbers of a tensor are like.

use nanoprop_exchange::{Arrays, Model};
use serde::Serialize;

use crate::output::{self, table, visible};

/// A tensor; the least, the greatest, mean and deviation are of its finite numbers, and none where there is none.
#[derive(Serialize)]
pub(crate) struct Tensor {
    tensor: String,
    shape: Vec<usize>,
    #[serde(flatten)]
    statistics: Statistics,
}

#[derive(Debug, PartialEq, Serialize)]
pub(crate) struct Statistics {
    min: Option<f64>,
    max: Option<f64>,
    mean: Option<f64>,
    std: Option<f64>,
    nan: usize,
    infinite: usize,
}

impl Tensor {
    pub(crate) fn new(tensor: impl Into<String>, shape: &[usize], values: &[f64]) -> Tensor {
        Tensor { tensor: tensor.into(), shape: shape.to_vec(), statistics: Statistics::of(values) }
    }

    /// Whether a number is NaN or infinite.
    pub(crate) fn is_bad(&self) -> bool {
        self.statistics.nan + self.statistics.infinite > 0
    }
}

/// Each tensor of a model that is set.
pub(crate) fn of_model(model: &Model) -> Vec<Tensor> {
    let mut tensors = vec![];
    for (layer, number) in model.leaves().into_iter().zip(1..) {
        let set = layer.tensors().iter().filter(|tensor| tensor.is_set());
        tensors.extend(set.map(|tensor| {
            let name = format!("{number} {}.{}", layer.word(), tensor.name());
            Tensor::new(name, tensor.shape(), tensor.values())
        }));
    }
    tensors
}

/// Each array of a file.
pub(crate) fn of_arrays(arrays: &Arrays) -> Vec<Tensor> {
    arrays.iter().map(|(name, array)| Tensor::new(name, array.shape(), array.values())).collect()
}

impl Statistics {
    /// In two passes, scaled so that no square overflows.
    fn of(values: &[f64]) -> Statistics {
        let finite = || values.iter().copied().filter(|value| value.is_finite());
        let count = finite().count();
        let (min, max) = (finite().reduce(f64::min), finite().reduce(f64::max));
        let scale = min.unwrap_or(0.0).abs().max(max.unwrap_or(0.0).abs());
        let scale = if scale > 0.0 { scale } else { 1.0 };
        let known = count > 0;
        let mean = finite().map(|value| value / scale).sum::<f64>() / count as f64;
        let variance = finite().map(|value| (value / scale - mean).powi(2)).sum::<f64>() / count as f64;
        Statistics {
            min,
            max,
            mean: known.then_some(mean * scale),
            std: known.then_some(variance.sqrt() * scale),
            nan: values.iter().filter(|value| value.is_nan()).count(),
            infinite: values.iter().filter(|value| value.is_infinite()).count(),
        }
    }
}

/// The tensors as a table.
pub(crate) fn text(tensors: &[Tensor]) -> String {
    let head = ["tensor", "shape", "min", "max", "mean", "std", "NaN", "infinite"].map(str::to_owned);
    let rows = tensors.iter().map(|Tensor { tensor, shape, statistics }| {
        let Statistics { min, max, mean, std, nan, infinite } = statistics;
        let number = |value: &Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.4e}"));
        let shape = if shape.is_empty() { "1".to_owned() } else { output::widths(shape) };
        let [min, max, mean, std] = [min, max, mean, std].map(number);
        [visible(tensor), shape, min, max, mean, std, nan.to_string(), infinite.to_string()]
    });
    let rows: Vec<_> = [head].into_iter().chain(rows).collect();
    table(&rows, [true, false, false, false, false, false, false, false])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_are_of_the_finite_numbers() {
        let found = Statistics::of(&[1.0, f64::NAN, 3.0, f64::INFINITY, 5.0, 7.0, f64::NEG_INFINITY]);
        let std = found.std.unwrap();
        let (min, max, mean) = (Some(1.0), Some(7.0), Some(4.0));
        assert_eq!(found, Statistics { min, max, mean, std: Some(std), nan: 1, infinite: 2 });
        // numpy.std([1, 3, 5, 7])
        assert!((std - 2.23606797749979).abs() < 1e-15, "{std}");
        assert_eq!(Statistics::of(&[f64::NAN]).mean, None);
        let large = Statistics::of(&[f64::MAX, -f64::MAX, f64::MAX, -f64::MAX]);
        assert_eq!((large.mean, large.std), (Some(0.0), Some(f64::MAX)));
        assert_eq!(Statistics::of(&[0.0, 0.0]).std, Some(0.0));
    }
}
