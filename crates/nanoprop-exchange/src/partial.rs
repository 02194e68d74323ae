//! Weights from a model that is not the same.

use crate::checkpoint::place;
use crate::error::Place;
use crate::model::{Layer, Model};

/// What [`Model::load_partial`] did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Transfer {
    /// The tensors that were set, each with the one that it is from.
    pub loaded: Vec<(Place, Place)>,
    /// Those that were left as they were.
    pub kept: Vec<Place>,
    /// Those of the other model that were not used.
    pub unused: Vec<Place>,
    /// What is the same in shape but not in what it computes, such as another activation.
    pub notes: Vec<String>,
}

impl Model {
    /// Sets the tensors of the first layers from those of another model, up to the first layer whose kind or shapes differ.
    ///
    /// Layers without parameters don't count: a network without its `Dropout`, or with another one, has all its weights
    /// loaded. Of networks with another last layer, all but that are.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop_exchange::{Activation::Relu, Kind, Misfit, Model, Place, Transfer};
    ///
    /// let dense = |units| Kind::Dense { units, activation: Relu, bias: false };
    /// let mut old = Model::new("Old", &[1])?;
    /// old.push(dense(1))?.set("weight", vec![5.0])?;
    /// old.push(Kind::Dropout { percent: 20 })?;
    /// old.push(dense(3))?;
    ///
    /// let mut new = Model::new("New", &[1])?;
    /// new.push(dense(1))?;
    /// new.push(dense(2))?;
    /// let transfer: Transfer = new.load_partial(&old);
    /// assert_eq!(new.layers()[0].tensor("weight").unwrap().values(), [5.0]);
    /// let place: &Place = &transfer.kept[0];
    /// assert_eq!(place.to_string(), "`weight` of layer 2, Dense");
    /// assert_eq!(transfer.unused[0].to_string(), "`weight` of layer 3, Dense");
    /// # Ok::<(), Misfit>(())
    /// ```
    pub fn load_partial(&mut self, from: &Model) -> Transfer {
        let mut transfer = Transfer::default();
        let holds = |(_, layer): &(usize, &Layer)| !layer.tensors().is_empty();
        let mut others = from.leaves().into_iter().enumerate().filter(holds).peekable();
        let mut alike = true;
        for (number, layer) in self.leaves_mut().into_iter().enumerate() {
            if layer.tensors().is_empty() {
                continue;
            }
            let other = others.peek().copied().filter(|(_, other)| alike && same(layer, other));
            let Some((at, other)) = other else {
                alike = false;
                transfer.kept.extend(layer.tensors().iter().map(|tensor| place(number, layer, tensor)));
                continue;
            };
            others.next();
            if layer.kind() != other.kind() {
                let (ours, theirs) = (number + 1, at + 1);
                transfer.notes.push(format!(
                    "layer {ours} computes {:?}, layer {theirs} there {:?}",
                    layer.kind(),
                    other.kind()
                ));
            }
            for tensor in other.tensors().iter().filter(|tensor| tensor.is_set()) {
                if layer.set(tensor.name(), tensor.values().to_vec()).is_ok()
                    && let Some(own) = layer.tensor(tensor.name())
                {
                    transfer.loaded.push((place(number, layer, own), place(at, other, tensor)));
                }
            }
        }
        for (at, other) in others {
            transfer.unused.extend(other.tensors().iter().map(|tensor| place(at, other, tensor)));
        }
        transfer
    }
}

/// Whether the tensors of a layer can be another's.
fn same(layer: &Layer, other: &Layer) -> bool {
    let names = |layer: &Layer| layer.tensors().iter().map(|t| (t.name(), t.shape().to_vec())).collect::<Vec<_>>();
    layer.word() == other.word() && names(layer) == names(other)
}
