//! What a model computes, in any of nanoprop's scalars.

mod dense;
mod function;
mod normal;
mod recurrent;
mod window;

use nanoprop::Scalar;

use crate::checkpoint::place;
use crate::error::Error;
use crate::model::{Kind, Layer, Loss, Misfit, Model, frame, spread};

/// A model with its weights in one scalar, ready to predict.
///
/// In the model's own scalar, the outputs have the bits of the network that is its type: the loops are nanoprop's plain ones,
/// with the same sums in the same order. In `f64` they are a reference for what rounding does.
///
/// # Example
///
/// ```
/// use nanoprop_exchange::{Error, Kind, Model};
///
/// let mut model = Model::new("Net", &[2])?;
/// model.push(Kind::Standardize)?;
/// let layer = &mut model.layers_mut()[0];
/// layer.set("mean", vec![1.0, 2.0])?;
/// layer.set("deviation", vec![3.0, 0.0])?;
/// assert_eq!(model.evaluator::<f64>()?.predict(&[2.0, 4.0])?, [1.0 / 3.0, 2.0]);
/// assert_eq!(model.predict(&[2.0, 4.0])?, [1.0 / 3.0, 2.0]);
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Evaluator<T> {
    input: usize,
    steps: Vec<Step<T>>,
    loss: Loss,
}

/// A layer with its weights.
#[derive(Clone, Debug)]
struct Step<T> {
    layer: Layer,
    tensors: Vec<Vec<T>>,
    within: Vec<Step<T>>,
}

impl Model {
    /// The model with its weights rounded to `T`.
    ///
    /// # Errors
    ///
    /// If a tensor has no numbers.
    pub fn evaluator<T: Scalar>(&self) -> Result<Evaluator<T>, Error> {
        for (number, layer) in self.leaves().into_iter().enumerate() {
            if let Some(tensor) = layer.tensors().iter().find(|tensor| !tensor.is_set()) {
                return Err(Error::Unset(place(number, layer, tensor)));
            }
        }
        let steps = self.layers().iter().map(Step::new).collect();
        Ok(Evaluator { input: self.input().iter().product(), steps, loss: self.loss })
    }

    /// The prediction of one input, in the order of the array, in `f32`.
    ///
    /// # Errors
    ///
    /// If a tensor has no numbers, or the input has another length. An [`Evaluator`] rounds the weights once for many
    /// inputs.
    pub fn predict(&self, x: &[f32]) -> Result<Vec<f32>, Error> {
        self.evaluator::<f32>()?.predict(x)
    }
}

impl<T: Scalar> Evaluator<T> {
    /// The logits of one input: what the last layer writes.
    ///
    /// # Errors
    ///
    /// If the input has another length.
    pub fn logits(&self, x: &[T]) -> Result<Vec<T>, Error> {
        self.check(x)?;
        self.steps.iter().try_fold(x.to_vec(), |x, step| step.forward(&x))
    }

    /// The prediction of one input: the link of its [`logits`](Evaluator::logits).
    ///
    /// # Errors
    ///
    /// As there.
    pub fn predict(&self, x: &[T]) -> Result<Vec<T>, Error> {
        self.logits(x).map(|z| function::link(self.loss, &z))
    }

    /// What each layer writes for one input, and the prediction.
    ///
    /// # Errors
    ///
    /// As there.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop_exchange::{Activation, Error, Evaluator, Kind, Loss, Model};
    ///
    /// let mut model = Model::new("Net", &[1])?;
    /// model.push(Kind::Dense { units: 1, activation: Activation::Relu, bias: false })?.set("weight", vec![2.0])?;
    /// model.loss = Loss::SigmoidCrossEntropy;
    /// let evaluator: Evaluator<f64> = model.evaluator()?;
    /// assert_eq!(evaluator.logits(&[0.0])?, [0.0]);
    /// assert_eq!(evaluator.trace(&[0.0])?, [[0.0], [0.5]]);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn trace(&self, x: &[T]) -> Result<Vec<Vec<T>>, Error> {
        self.check(x)?;
        let mut all: Vec<Vec<T>> = Vec::new();
        for step in &self.steps {
            let y = step.forward(all.last().map_or(x, Vec::as_slice))?;
            all.push(y);
        }
        let h = function::link(self.loss, all.last().map_or(x, Vec::as_slice));
        all.push(h);
        Ok(all)
    }

    fn check(&self, x: &[T]) -> Result<(), Error> {
        let (expected, found) = (self.input, x.len());
        if expected == found { Ok(()) } else { Err(Error::Input { expected, found }) }
    }
}

impl<T: Scalar> Step<T> {
    fn new(layer: &Layer) -> Self {
        let round = |values: &[f64]| values.iter().map(|&value| T::from_f64(value)).collect();
        let tensors = layer.tensors().iter().map(|tensor| round(tensor.values())).collect();
        let within = layer.within().iter().map(Step::new).collect();
        Step { layer: layer.clone(), tensors, within }
    }

    fn forward(&self, x: &[T]) -> Result<Vec<T>, Error> {
        if let Kind::Residual(_) = self.layer.kind() {
            let y = self.within.iter().try_fold(x.to_vec(), |x, step| step.forward(&x))?;
            return Ok(y.iter().zip(x).map(|(&f, &x)| f + x).collect());
        }
        let tensors: Vec<&[T]> = self.tensors.iter().map(Vec::as_slice).collect();
        forward(self.layer.kind(), self.layer.reads(), &tensors, x)
    }
}

/// What a layer that is no residual writes.
fn forward<T: Scalar>(kind: &Kind, reads: &[usize], tensors: &[&[T]], x: &[T]) -> Result<Vec<T>, Error> {
    let channels = reads.last().copied().unwrap_or(1);
    let missing = || Error::Misfit(Misfit::new("a layer has not the tensors of its kind"));
    // A layer without bias starts from zeros.
    let biased = |tensors: &[&[T]], outputs: usize| match tensors {
        [bias, weight] => Ok((bias.to_vec(), weight.to_vec())),
        [weight] => Ok((vec![T::of(0.0); outputs], weight.to_vec())),
        _ => Err(missing()),
    };
    Ok(match kind {
        Kind::Dense { units, activation, .. } => {
            let (mut y, weight) = biased(tensors, *units)?;
            dense::product(&weight, x, &mut y);
            function::activate(*activation, &mut y);
            y
        }
        Kind::Conv { channels, windows, activation, .. } => {
            let (bias, weight) = biased(tensors, *channels)?;
            let mut y = window::conv(&frame(windows, reads)?, &weight, &bias, x);
            function::activate(*activation, &mut y);
            y
        }
        Kind::ConvTranspose { channels: outputs, windows, activation, .. } => {
            let (bias, weight) = biased(tensors, *outputs)?;
            let mut y = window::spread(&spread(windows, reads, *outputs)?, &weight, &bias, channels, x);
            function::activate(*activation, &mut y);
            y
        }
        Kind::Embedding { classes, units, .. } => match *tensors {
            [weight] => x.iter().flat_map(|&x| dense::row(weight, *classes, *units, x)).collect(),
            _ => return Err(missing()),
        },
        Kind::DepthwiseConv { windows, activation, .. } => {
            let (bias, weight) = biased(tensors, channels)?;
            let mut y = window::depthwise(&frame(windows, reads)?, &weight, &bias, x);
            function::activate(*activation, &mut y);
            y
        }
        Kind::MaxPool(windows) => window::max_pool(&frame(windows, reads)?, x),
        Kind::AvgPool(windows) => window::avg_pool(&frame(windows, reads)?, x),
        Kind::GlobalAvgPool => window::mean(channels, x),
        Kind::Elman { units, activation, all } => match *tensors {
            [bias, weight, recurrent] => {
                recurrent::elman(*activation, [bias, weight, recurrent], (channels, *units, *all), x)
            }
            _ => return Err(missing()),
        },
        Kind::Lstm { units, all } => match *tensors {
            [bias, weight, recurrent] => recurrent::lstm([bias, weight, recurrent], (channels, *units, *all), x),
            _ => return Err(missing()),
        },
        Kind::Gru { units, all, reset } => match *tensors {
            [a, b, c, d] => recurrent::gru(*reset, [a, b, c, d], (channels, *units, *all), x),
            _ => return Err(missing()),
        },
        Kind::Bidirectional(half) => {
            let (ahead, back) = tensors.split_at(tensors.len() / 2);
            let turned: Vec<T> = x.chunks(channels).rev().flatten().copied().collect();
            let (ahead, back) = (forward(half, reads, ahead, x)?, forward(half, reads, back, &turned)?);
            let width = half.last_width().unwrap_or(channels);
            let rows = ahead.chunks(width).zip(back.chunks(width).rev());
            rows.flat_map(|(ahead, back)| ahead.iter().chain(back).copied()).collect()
        }
        Kind::Standardize => match *tensors {
            [mean, deviation] => normal::standardize(mean, deviation, x),
            _ => return Err(missing()),
        },
        Kind::LayerNorm => match *tensors {
            [gain, bias] => normal::layer_norm(gain, bias, x),
            _ => return Err(missing()),
        },
        Kind::GroupNorm { groups } => match *tensors {
            [gain, bias] => normal::group_norm(*groups, gain, bias, x),
            _ => return Err(missing()),
        },
        Kind::BatchNorm => match *tensors {
            [gain, bias, mean, variance] => normal::batch_norm([gain, bias, mean, variance], x),
            _ => return Err(missing()),
        },
        Kind::Gelu | Kind::Silu | Kind::Mish => x.iter().map(|&x| function::map(kind, x)).collect(),
        Kind::Softmax => function::link(Loss::SoftmaxCrossEntropy, x),
        Kind::Flatten | Kind::Unflatten(_) | Kind::Dropout { .. } | Kind::Residual(_) => x.to_vec(),
    })
}
