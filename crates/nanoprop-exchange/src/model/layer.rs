use super::infer::{self, Form};
use super::{Activation, Kind, Misfit};

/// A layer at its place: what it reads and writes, and its tensors.
///
/// # Example
///
/// ```
/// use nanoprop_exchange::{Activation, Kind, Layer, Model, Padding, Tensor, Windows};
///
/// let mut model = Model::new("Net", &[8, 3])?;
/// let windows = Windows { padding: Padding::Causal, stride: 2, ..Windows::new(1, 3) };
/// let layer: &mut Layer =
///     model.push(Kind::Conv { channels: 4, windows, activation: Activation::Identity, bias: true })?;
/// assert_eq!((layer.word(), layer.reads(), layer.writes()), ("Conv1d", &[8, 3][..], &[4, 4][..]));
/// assert!(layer.set_activation(Activation::Relu));
/// assert_eq!(layer.kind().activation(), Some(Activation::Relu));
///
/// for tensor in layer.tensors_mut() {
///     tensor.set(vec![0.5; tensor.count()])?;
/// }
/// let weight: &Tensor = layer.tensor("weight").ok_or("no weight")?;
/// assert_eq!((weight.name(), weight.shape(), weight.is_set()), ("weight", &[9, 4][..], true));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A `Residual` has layers within, which nanoprop counts in its place:
///
/// ```
/// use nanoprop_exchange::{Activation::Tanh, Kind, Misfit, Model};
///
/// let dense = Kind::Dense { units: 4, activation: Tanh, bias: true };
/// let mut model = Model::new("Net", &[4])?;
/// let block = model.push(Kind::Residual(vec![dense.clone(), dense]))?;
/// assert_eq!((block.count(), block.tensors().len(), block.within()[1].tensors().len()), (2, 0, 2));
/// block.within_mut()[0].set("bias", vec![0.0; 4])?;
/// assert_eq!((model.layers().len(), model.leaves().len()), (1, 2));
/// for leaf in model.leaves_mut() {
///     leaf.set("weight", vec![0.1; 16])?;
/// }
/// # Ok::<(), Misfit>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// What the file that it comes from calls it; empty where that is nothing.
    pub label: String,
    kind: Kind,
    reads: Vec<usize>,
    writes: Vec<usize>,
    tensors: Vec<Tensor>,
    within: Vec<Layer>,
}

/// A named array of parameters, as nanoprop's layer has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    name: &'static str,
    shape: Vec<usize>,
    values: Vec<f64>,
}

impl Tensor {
    /// Its name in the layer, such as `weight`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Its widths.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// How many numbers it has when it is set.
    #[must_use]
    pub fn count(&self) -> usize {
        self.shape.iter().product()
    }

    /// Its numbers, row by row; empty where it is not set.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Whether it has numbers.
    #[must_use]
    pub fn is_set(&self) -> bool {
        !self.values.is_empty()
    }

    /// Sets its numbers.
    ///
    /// # Errors
    ///
    /// If they are not as many as it has.
    pub fn set(&mut self, values: Vec<f64>) -> Result<(), Misfit> {
        if values.len() != self.count() {
            let (name, shape, count) = (self.name, infer::show(&self.shape), values.len());
            return Err(Misfit::new(format!("`{name}` has {shape} numbers, not {count}")));
        }
        self.values = values;
        Ok(())
    }
}

impl Layer {
    pub(super) fn new(kind: Kind, reads: &[usize], depth: usize) -> Result<Self, Misfit> {
        let mut within = Vec::new();
        if let Kind::Residual(kinds) = &kind {
            within = infer::within(kinds, reads, depth)?;
        }
        let Form { writes, tensors } = infer::form(&kind, reads, &within, depth)?;
        let tensors = tensors.into_iter().map(|(name, shape)| Tensor { name, shape, values: Vec::new() }).collect();
        Ok(Layer { label: String::new(), kind, reads: reads.to_vec(), writes, tensors, within })
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> &Kind {
        &self.kind
    }

    /// The word of `network!` for it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        self.kind.word(&self.reads)
    }

    /// What it reads.
    #[must_use]
    pub fn reads(&self) -> &[usize] {
        &self.reads
    }

    /// What it writes.
    #[must_use]
    pub fn writes(&self) -> &[usize] {
        &self.writes
    }

    /// Its tensors in the order of the flat slice; those within a `Residual` are those of the layers [`within`](Layer::within).
    #[must_use]
    pub fn tensors(&self) -> &[Tensor] {
        &self.tensors
    }

    /// Its tensors, to set them.
    pub fn tensors_mut(&mut self) -> &mut [Tensor] {
        &mut self.tensors
    }

    /// The layers within a `Residual`.
    #[must_use]
    pub fn within(&self) -> &[Layer] {
        &self.within
    }

    /// The layers within a `Residual`, to set their tensors.
    pub fn within_mut(&mut self) -> &mut [Layer] {
        &mut self.within
    }

    /// The tensor of this name.
    #[must_use]
    pub fn tensor(&self, name: &str) -> Option<&Tensor> {
        self.tensors.iter().find(|tensor| tensor.name == name)
    }

    /// Sets the numbers of the tensor of this name.
    ///
    /// # Errors
    ///
    /// If there is none, or it has not so many.
    pub fn set(&mut self, name: &str, values: Vec<f64>) -> Result<(), Misfit> {
        let word = self.word();
        match self.tensors.iter_mut().find(|tensor| tensor.name == name) {
            Some(tensor) => tensor.set(values),
            None => Err(Misfit::new(format!("this {word} has no tensor `{name}`"))),
        }
    }

    /// Gives it another activation; says whether its kind has any.
    pub fn set_activation(&mut self, activation: Activation) -> bool {
        let place = self.kind.activation_mut();
        place.is_some_and(|place| {
            *place = activation;
            true
        })
    }

    /// How many parameters it has.
    #[must_use]
    pub fn parameters(&self) -> usize {
        let own: usize = self.tensors.iter().map(Tensor::count).sum();
        own + self.within.iter().map(Layer::parameters).sum::<usize>()
    }

    /// How many layers nanoprop counts: those within a `Residual`, else 1.
    #[must_use]
    pub fn count(&self) -> usize {
        if self.within.is_empty() { 1 } else { self.within.iter().map(Layer::count).sum() }
    }

    pub(super) fn leaves<'a>(&'a self, to: &mut Vec<&'a Layer>) {
        match self.within.is_empty() {
            true => to.push(self),
            false => self.within.iter().for_each(|layer| layer.leaves(to)),
        }
    }

    pub(super) fn leaves_mut<'a>(&'a mut self, to: &mut Vec<&'a mut Layer>) {
        match self.within.is_empty() {
            true => to.push(self),
            false => self.within.iter_mut().for_each(|layer| layer.leaves_mut(to)),
        }
    }
}
