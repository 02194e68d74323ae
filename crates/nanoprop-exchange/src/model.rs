//! A network of nanoprop's as a value.

mod infer;
mod kind;
mod layer;
mod misfit;
mod names;
mod slide;

pub(crate) use infer::{reverse, show};
pub use kind::{Kind, Padding, Reset, Windows};
pub use layer::{Layer, Tensor};
pub use misfit::Misfit;
pub use names::{Activation, Loss, Scalar, type_name};
pub(crate) use slide::{frame, spread};

/// A network of nanoprop's layers, known at run time: shapes, layers, weights and loss.
///
/// It is what readers make and writers take. Its tensors have the names, shapes and order of the layers' in nanoprop, so that
/// a checkpoint is their numbers one after the other.
///
/// # Shapes
///
/// Inputs and what layers write have one to three widths, channels last: a vector, `[rows, columns]` or
/// `[height, width, channels]`.
///
/// # Example
///
/// ```
/// use nanoprop_exchange::{Activation, Kind, Loss, Model};
///
/// let mut model = Model::new("Xor", &[2])?;
/// model.push(Kind::Dense { units: 3, activation: Activation::Tanh, bias: true })?;
/// let last = model.push(Kind::Dense { units: 1, activation: Activation::Identity, bias: true })?;
/// last.set("weight", vec![1.0, -2.0, 1.0])?;
/// model.loss = Loss::SigmoidCrossEntropy;
/// assert_eq!((model.output(), model.parameters()), (&[1][..], 3 * 3 + 4 * 1));
/// # Ok::<(), nanoprop_exchange::Misfit>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// The name of its type: a capital, then letters and digits.
    pub name: String,
    /// Its documentation; empty if there is none.
    pub doc: String,
    /// Its loss, which owns the link from logits to predictions. A file that has none gets the one whose link its last
    /// function is.
    pub loss: Loss,
    /// What it computes with.
    pub scalar: Scalar,
    input: Vec<usize>,
    layers: Vec<Layer>,
}

/// The greatest width of nanoprop's.
pub const WIDEST: usize = (1 << 20) - 1;
/// The most numbers of an array between layers.
pub const MOST_NUMBERS: usize = 1 << 24;
/// The most parameters.
pub const MOST_PARAMETERS: usize = 1 << 28;
/// The most layers of a chain in nanoprop. A [`Model`] can have more; a spec can't.
pub const MOST_LAYERS: usize = 16;

impl Model {
    /// A network of no layers, with [`Loss::SquaredError`] in `f32`.
    ///
    /// # Errors
    ///
    /// If the input has no width, more than three, or one that is 0 or too large.
    pub fn new(name: impl Into<String>, input: &[usize]) -> Result<Self, Misfit> {
        infer::array(input).map_err(|message| Misfit::new(format!("the input {message}")))?;
        Ok(Model {
            name: name.into(),
            doc: String::new(),
            loss: Loss::SquaredError,
            scalar: Scalar::F32,
            input: input.to_vec(),
            layers: Vec::new(),
        })
    }

    /// Appends a layer, whose tensors are not set yet.
    ///
    /// # Errors
    ///
    /// A [`Misfit`] if it can't read what the layer before it writes, or is too large.
    pub fn push(&mut self, kind: Kind) -> Result<&mut Layer, Misfit> {
        let number = self.layers().iter().map(Layer::count).sum::<usize>() + 1;
        if matches!(kind, Kind::Embedding { .. }) && number > 1 {
            return Err(Misfit::new("an Embedding reads numbers of classes, so it is the first layer").at(number));
        }
        let layer = Layer::new(kind, self.output(), 0).map_err(|misfit| misfit.at(number))?;
        let parameters = self.parameters().saturating_add(layer.parameters());
        if parameters > MOST_PARAMETERS {
            return Err(
                Misfit::new(format!("{parameters} parameters, but at most {MOST_PARAMETERS} are read")).at(number)
            );
        }
        self.layers.push(layer);
        self.layers.last_mut().ok_or_else(|| Misfit::new("no layer"))
    }

    /// Takes the last layer away, to put another in its place.
    ///
    /// ```
    /// use nanoprop_exchange::{Activation::Tanh, Kind, Misfit, Model};
    ///
    /// let mut model = Model::new("Net", &[4])?;
    /// model.push(Kind::Dense { units: 8, activation: Tanh, bias: true })?;
    /// assert_eq!(model.pop().map(|layer| layer.word()), Some("Dense"));
    /// assert_eq!(model.output(), [4]);
    /// # Ok::<(), Misfit>(())
    /// ```
    pub fn pop(&mut self) -> Option<Layer> {
        self.layers.pop()
    }

    /// What it reads.
    #[must_use]
    pub fn input(&self) -> &[usize] {
        &self.input
    }

    /// What its last layer writes; what it reads, if it has none.
    #[must_use]
    pub fn output(&self) -> &[usize] {
        self.layers.last().map_or(&self.input, Layer::writes)
    }

    /// The layers, in the order of the data.
    #[must_use]
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// The layers, to set their tensors.
    pub fn layers_mut(&mut self) -> &mut [Layer] {
        &mut self.layers
    }

    /// How many parameters it has.
    #[must_use]
    pub fn parameters(&self) -> usize {
        self.layers.iter().map(Layer::parameters).sum()
    }

    /// The layers that nanoprop counts, those within a `Residual` in its place, in the order of the flat slice.
    #[must_use]
    pub fn leaves(&self) -> Vec<&Layer> {
        let mut leaves = Vec::new();
        self.layers.iter().for_each(|layer| layer.leaves(&mut leaves));
        leaves
    }

    /// [`leaves`](Model::leaves), to set their tensors.
    pub fn leaves_mut(&mut self) -> Vec<&mut Layer> {
        let mut leaves = Vec::new();
        self.layers.iter_mut().for_each(|layer| layer.leaves_mut(&mut leaves));
        leaves
    }
}
