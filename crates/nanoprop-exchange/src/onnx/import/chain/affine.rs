//! Factors and summands of channels, and functions of each number: in the layer before, or in one of their own.

use super::{Affine, Chain};
use crate::model::{Activation, Kind, Windows};
use crate::onnx::import::function::Function;
use crate::onnx::import::plan::Plan;

/// The ε of nanoprop's normalisations.
pub(in super::super) const EPSILON: f64 = 1e-5;

impl Chain {
    /// Multiplies and adds, each number of the file's value by its own.
    pub(in super::super) fn scale(&mut self, scale: &[f64], shift: &[f64]) -> Result<(), String> {
        let [mut scale, mut shift] = self.of_channels([scale, shift])?;
        let channels = self.channels();
        if let Some(before) = &self.affine {
            let sums = before.shift.iter().zip(&scale).zip(&shift);
            shift = sums.map(|((before, scale), shift)| before * scale + shift).collect();
            scale.iter_mut().zip(&before.scale).for_each(|(scale, before)| *scale *= before);
            self.affine = Some(Affine { scale, shift, norm: None });
            return Ok(());
        }
        // Into the layer before, behind which the numbers may have got another shape.
        let behind = self.plans.iter().rev().take_while(|plan| plan.renames()).count();
        let place = self.plans.len().checked_sub(behind + 1);
        if let Some(plan) = place.and_then(|place| self.plans.get_mut(place)) {
            let len: usize = self.array.iter().product();
            let width = plan.writes.last().copied().unwrap_or(1);
            let spread = |values: &[f64]| {
                let all: Vec<f64> = values.iter().copied().cycle().take(len.max(channels)).collect();
                repeated(&all, width)
            };
            if let (Some(scale), Some(shift)) = (spread(&scale), spread(&shift))
                && plan.absorb(&scale, &shift)
            {
                plan.nodes.append(&mut self.loose);
                return Ok(());
            }
        }
        self.affine = Some(Affine { scale, shift, norm: None });
        Ok(())
    }

    /// A batch normalisation by its gain, bias, mean and variance of each number of the file's value, whose ε is nanoprop's:
    /// in the layer before, or a layer of its own if it gets into none behind.
    pub(in super::super) fn normalize(&mut self, norm: [&[f64]; 4]) -> Result<(), String> {
        let (scale, shift) = Chain::factors(norm);
        let alone = self.affine.is_none();
        self.scale(&scale, &shift)?;
        let own = norm.map(|values| self.per_channel(values));
        if let (true, Some(affine), [Some(a), Some(b), Some(c), Some(d)]) = (alone, &mut self.affine, own) {
            affine.norm = d.iter().all(|&variance| variance as f32 > 0.0).then_some([a, b, c, d]);
        }
        Ok(())
    }

    /// The factors and summands of a batch normalisation.
    fn factors([gain, bias, mean, variance]: [&[f64]; 4]) -> (Vec<f64>, Vec<f64>) {
        let all = gain.iter().zip(bias).zip(mean.iter().zip(variance));
        all.map(|((gain, bias), (mean, variance))| {
            let scale = gain / (variance + EPSILON).sqrt();
            (scale, bias - mean * scale)
        })
        .unzip()
    }

    /// Numbers of each number of the file's value, as those of each channel: where places have others, of a vector.
    pub(in super::super) fn of_channels(&mut self, values: [&[f64]; 2]) -> Result<[Vec<f64>; 2], String> {
        self.choose_last()?;
        if values.iter().any(|values| self.per_channel(values).is_none()) {
            self.vector()?;
        }
        let found = values.map(|values| self.per_channel(values));
        let [Some(a), Some(b)] = found else { return Err("it has not a number for each that it reads".to_owned()) };
        Ok([a, b])
    }

    /// Numbers of each number of the file's value, as those of each channel.
    fn per_channel(&self, values: &[f64]) -> Option<Vec<f64>> {
        let channels = self.channels();
        let mut found: Vec<Option<f64>> = vec![None; channels];
        for (&place, &value) in self.index.iter().zip(values) {
            let slot = found.get_mut(place % channels)?;
            if slot.is_some_and(|found| found != value) {
                return None;
            }
            *slot = Some(value);
        }
        found.into_iter().collect()
    }

    /// Makes pending factors of a vector those of channels, or gives them a layer.
    pub(super) fn channel_by_channel(&mut self, to: &[usize]) -> Result<(), String> {
        let channels = to.last().copied().unwrap_or(1);
        if let Some(Affine { scale, shift, .. }) = &self.affine {
            match (repeated(scale, channels), repeated(shift, channels)) {
                (Some(scale), Some(shift)) => self.affine = Some(Affine { scale, shift, norm: None }),
                _ => self.materialize()?,
            }
        }
        Ok(())
    }

    /// Takes pending factors for the layer to come; those at the input stay a layer of their own.
    pub(in super::super) fn take_affine(&mut self, padded: bool) -> Result<Option<Affine>, String> {
        let shifts = self.affine.as_ref().is_some_and(|affine| affine.shift.iter().any(|&shift| shift != 0.0));
        if self.plans.is_empty() || (padded && shifts) {
            self.materialize()?;
        }
        Ok(self.affine.take())
    }

    /// Gives pending factors a layer.
    pub(in super::super) fn materialize(&mut self) -> Result<(), String> {
        let Some(Affine { scale, shift, norm }) = self.affine.take() else { return Ok(()) };
        if let Some(norm) = norm {
            self.batch_norm(norm);
            return Ok(());
        }
        if scale.iter().zip(&shift).all(|(&scale, &shift)| scale == 1.0 && shift == 0.0) {
            return Ok(());
        }
        let mean: Vec<f64> =
            scale.iter().zip(&shift).map(|(scale, shift)| if *shift == 0.0 { 0.0 } else { -shift / scale }).collect();
        let deviation: Vec<f64> = scale.iter().map(|scale| 1.0 / scale).collect();
        let safe = mean.iter().chain(&deviation).all(|value| value.is_finite() && value.abs() < 1e6);
        if safe && (self.plans.is_empty() || self.array.len() == 1) {
            self.standardize(mean, deviation);
            return Ok(());
        }
        self.pointwise(scale, Some(shift), Activation::Identity);
        Ok(())
    }

    /// Appends a `Standardize`.
    pub(in super::super) fn standardize(&mut self, mean: Vec<f64>, deviation: Vec<f64>) {
        let plan = Plan::new(Kind::Standardize, self.array.clone());
        self.keep(plan.with("mean", mean).with("deviation", deviation));
    }

    /// Appends a `BatchNorm` of these gains, biases, means and variances.
    pub(in super::super) fn batch_norm(&mut self, [gain, bias, mean, variance]: [Vec<f64>; 4]) {
        let plan = Plan::new(Kind::BatchNorm, self.array.clone()).with("gain", gain).with("bias", bias);
        self.keep(plan.with("mean", mean).with("variance", variance));
    }

    /// Appends a depthwise convolution of one place: `g(w ⊙ x + b)`.
    fn pointwise(&mut self, weight: Vec<f64>, bias: Option<Vec<f64>>, activation: Activation) {
        let (before, channels) = (self.array.clone(), self.channels());
        let flat = before.len() == 1;
        if flat {
            self.keep(Plan::new(Kind::Unflatten(vec![1, channels]), vec![1, channels]));
        }
        let kind = Kind::DepthwiseConv { windows: Windows::new(1, 1), activation, bias: bias.is_some() };
        let plan = Plan::new(kind, self.array.clone()).biased(bias).with("weight", weight);
        self.keep(plan);
        if flat {
            self.keep(Plan::new(Kind::Flatten, before));
        }
    }

    /// Applies a function to each number: in the layer before where that has room for it, else in one of its own.
    pub(in super::super) fn activate(&mut self, function: Function) -> Result<(), String> {
        self.choose_last()?;
        let activation = match function {
            Function::Is(Activation::Identity) => return Ok(()),
            Function::Is(activation) => activation,
            Function::Gelu | Function::Silu | Function::Mish => {
                self.materialize()?;
                let kind = match function {
                    Function::Gelu => Kind::Gelu,
                    Function::Silu => Kind::Silu,
                    _ => Kind::Mish,
                };
                self.keep(Plan::new(kind, self.array.clone()));
                return Ok(());
            }
        };
        if let Some(Affine { scale, shift, .. }) = self.affine.take() {
            self.pointwise(scale, Some(shift), activation);
            return Ok(());
        }
        // All activations grow, so that the largest of some numbers can be found before or after.
        let passes = |plan: &Plan| plan.renames() || matches!(plan.kind, Kind::MaxPool(_));
        let before = self.plans.iter_mut().rev().find(|plan| !passes(plan));
        if let Some(plan) = before
            && let Some(place) = plan.activation_mut().filter(|place| **place == Activation::Identity)
        {
            *place = activation;
            plan.nodes.append(&mut self.loose);
            return Ok(());
        }
        self.pointwise(vec![1.0; self.channels()], None, activation);
        Ok(())
    }
}

/// The first of numbers that repeat themselves after so many, if they do.
fn repeated(values: &[f64], period: usize) -> Option<Vec<f64>> {
    let first = values.get(..period)?;
    values.iter().zip(first.iter().cycle()).all(|(a, b)| a == b).then(|| first.to_vec())
}
