//! What importers put together of nanoprop's layers: functions by themselves, factors of channels, the last function as a link.

use crate::model::{Activation, Kind, Layer, Loss, Misfit, Model, Windows};

/// What importers put together.
impl Model {
    /// Applies an activation to what the last layer writes: in that layer, where it has none yet, or in the one before a
    /// `Flatten`; else as a convolution of each channel by itself, with windows of one place and weights of 1.
    ///
    /// # Errors
    ///
    /// If there is no room for such layers.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop_exchange::{Activation, Kind, Loss, Misfit, Model};
    ///
    /// let mut model = Model::new("Net", &[2])?;
    /// model.push(Kind::Dense { units: 3, activation: Activation::Identity, bias: true })?;
    /// model.push_activation(Activation::Sigmoid)?;
    /// assert_eq!((model.layers().len(), model.layers()[0].kind().activation()), (1, Some(Activation::Sigmoid)));
    /// model.take_link(); // the last sigmoid belongs to the loss
    /// assert_eq!((model.loss, model.layers()[0].kind().activation()), (Loss::SigmoidCrossEntropy, Some(Activation::Identity)));
    /// # Ok::<(), Misfit>(())
    /// ```
    pub fn push_activation(&mut self, activation: Activation) -> Result<(), Misfit> {
        let hands_on = |layer: &&mut Layer| !matches!(layer.kind(), Kind::Flatten | Kind::Unflatten(_));
        let last = self.layers_mut().iter_mut().rev().find(hands_on);
        if let Some(layer) = last
            && sums(layer.kind())
            && layer.kind().activation() == Some(Activation::Identity)
        {
            layer.set_activation(activation);
            return Ok(());
        }
        let shape = self.output().to_vec();
        let channels = shape.last().copied().unwrap_or(1);
        if shape.len() == 1 {
            self.push(Kind::Unflatten(vec![1, channels]))?;
        }
        let layer = self.push(Kind::DepthwiseConv { windows: Windows::new(1, 1), activation, bias: false })?;
        layer.set("weight", vec![1.0; channels])?;
        if shape.len() == 1 {
            self.push(Kind::Flatten)?;
        }
        Ok(())
    }

    /// Multiplies each channel that the last layer writes by a factor, and adds a number: in the weights of that layer, where
    /// it has no activation, else as a `Standardize`.
    ///
    /// # Errors
    ///
    /// If there are not as many numbers as channels, or a factor is 0 and can't be folded.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop_exchange::{Activation, Kind, Model};
    ///
    /// let mut model = Model::new("Net", &[1])?;
    /// let dense = model.push(Kind::Dense { units: 2, activation: Activation::Identity, bias: true })?;
    /// dense.set("bias", vec![1.0, 2.0])?;
    /// dense.set("weight", vec![3.0, 4.0])?;
    /// model.push_affine(&[10.0, 0.0], &[0.5, 0.25])?;
    /// assert_eq!(model.predict(&[1.0])?, [40.5, 0.25]);
    /// assert_eq!(model.layers().len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn push_affine(&mut self, factor: &[f64], summand: &[f64]) -> Result<(), Misfit> {
        let channels = self.output().last().copied().unwrap_or(1);
        if factor.len() != channels || summand.len() != channels {
            let (factors, summands) = (factor.len(), summand.len());
            return Err(Misfit::new(format!("{channels} channels, but {factors} factors and {summands} summands")));
        }
        if self.layers().last().is_some_and(foldable) {
            return self.fold(factor, summand);
        }
        if factor.contains(&0.0) {
            return Err(Misfit::new("a channel is multiplied by 0, which no layer here can be given"));
        }
        let pairs = || factor.iter().zip(summand);
        let layer = self.push(Kind::Standardize)?;
        layer.set("mean", pairs().map(|(factor, summand)| 0.0 - summand / factor).collect())?;
        layer.set("deviation", factor.iter().map(|factor| 1.0 / factor).collect())
    }

    /// Normalises each channel by measured statistics: in the weights of the last layer, where it has no activation, else as a
    /// `BatchNorm`, whose ε is 10⁻⁵.
    pub(crate) fn push_batch_norm(&mut self, norm: [Vec<f64>; 4], epsilon: f64) -> Result<(), Misfit> {
        let [gain, bias, mean, variance] = norm;
        let own: Vec<f64> = variance.iter().map(|variance| variance + (epsilon - 1e-5)).collect();
        if !self.layers().last().is_some_and(foldable) && own.iter().all(|&variance| variance as f32 > 0.0) {
            let layer = self.push(Kind::BatchNorm)?;
            return layer.tensors_mut().iter_mut().zip([gain, bias, mean, own]).try_for_each(|(to, own)| to.set(own));
        }
        let factors = gain.iter().zip(variance).map(|(gain, variance)| gain / (variance + epsilon).sqrt());
        let factor: Vec<f64> = factors.collect();
        let summands = bias.iter().zip(&mean).zip(&factor).map(|((bias, mean), factor)| bias - mean * factor);
        self.push_affine(&factor, &summands.collect::<Vec<_>>())
    }

    /// Takes factors and summands into the last layer.
    fn fold(&mut self, factor: &[f64], summand: &[f64]) -> Result<(), Misfit> {
        let Some(old) = self.pop() else { return Ok(()) };
        let values = |name: &str| old.tensor(name).map(|tensor| tensor.values().to_vec());
        let scaled = |values: Vec<f64>| {
            values.iter().zip(factor.iter().cycle()).map(|(value, factor)| value * factor).collect::<Vec<_>>()
        };
        let mut kind = old.kind().clone();
        if let Kind::Dense { bias, .. }
        | Kind::Conv { bias, .. }
        | Kind::ConvTranspose { bias, .. }
        | Kind::DepthwiseConv { bias, .. } = &mut kind
        {
            *bias = true;
        }
        let bias = values("bias").map_or(summand.to_vec(), |bias| {
            scaled(bias).iter().zip(summand).map(|(bias, summand)| bias + summand).collect()
        });
        let weight = values("weight").unwrap_or_default();
        // The rows of a transposed convolution are what is written, those of others what is read.
        let row = if let Kind::ConvTranspose { .. } = kind { old.reads().last().copied().unwrap_or(1) } else { 1 };
        let rows = weight.chunks(row.max(1)).zip(factor.iter().cycle());
        let weight = rows.flat_map(|(row, factor)| row.iter().map(move |value| value * factor)).collect();
        let layer = self.push(kind)?;
        layer.label.clone_from(&old.label);
        layer.set("bias", bias)?;
        layer.set("weight", weight)
    }

    /// Makes the last function the loss's link, where it is a softmax or a sigmoid: nanoprop's losses own theirs.
    pub fn take_link(&mut self) {
        let Some(last) = self.layers_mut().last_mut() else { return };
        match last.kind() {
            Kind::Softmax => {
                self.pop();
                self.loss = Loss::SoftmaxCrossEntropy;
            }
            Kind::Dense { activation: Activation::Sigmoid, .. } => {
                last.set_activation(Activation::Identity);
                self.loss = Loss::SigmoidCrossEntropy;
            }
            _ => {}
        }
    }
}

/// Whether a layer is sums of products.
fn sums(kind: &Kind) -> bool {
    use Kind::{Conv, ConvTranspose, Dense, DepthwiseConv};
    matches!(kind, Dense { .. } | Conv { .. } | ConvTranspose { .. } | DepthwiseConv { .. })
}

/// Whether a layer's weights can take factors of its channels.
fn foldable(layer: &Layer) -> bool {
    let set = layer.tensors().iter().all(|tensor| tensor.is_set());
    sums(layer.kind()) && set && layer.kind().activation() == Some(Activation::Identity)
}
