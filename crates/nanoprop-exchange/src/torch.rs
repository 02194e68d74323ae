//! Weights in PyTorch's layouts, under the names of a `state_dict`.

mod convert;
mod flattened;
mod mapping;
mod matching;
mod slot;

pub use mapping::Mapping;

use crate::array::{Array, Arrays};
use crate::checkpoint::place;
use crate::error::{Error, Place};
use crate::model::{Kind, Layer, Model};
use slot::Slot;

/// PyTorch's weights.
///
/// # Shapes
///
/// | layer | tensors |
/// | --- | --- |
/// | `Dense` | `weight [out, in]`, `bias [out]` |
/// | `Conv1d`, `Conv2d` | `weight [out, in, …]`, `bias [out]` |
/// | `DepthwiseConv1d`, `DepthwiseConv2d` | `weight [channels, 1, …]`, `bias [channels]` |
/// | `ConvTranspose1d` | `weight [in, out, window]`, `bias [out]` |
/// | `Embedding` | `weight [classes, out]` |
/// | `LayerNorm`, `GroupNorm`, `InstanceNorm` | `weight`, `bias` |
/// | `BatchNorm` | `weight`, `bias`, `running_mean`, `running_var`; `num_batches_tracked` is not read |
/// | `Elman`, `Lstm`, `Gru` | `weight_ih_l0`, `weight_hh_l0`, `bias_ih_l0`, `bias_hh_l0`, gates in PyTorch's order |
/// | `Bidirectional` of these | the same, and again with `_reverse` |
/// | `Standardize` | `mean`, `deviation`; PyTorch has no such module |
///
/// A `Dense` behind a `Flatten` of what a convolution or pooling wrote reads channels first in PyTorch, and channels last in
/// nanoprop: its rows are put in order.
impl Model {
    /// Sets all tensors from the arrays of a `state_dict`, and returns the name of what each was read from.
    ///
    /// Modules are matched to layers by the names and shapes of their tensors; several of the same shapes must have names
    /// that differ in numbers only, which give the order. Otherwise the [`Mapping`] says which is which.
    ///
    /// # Errors
    ///
    /// [`Error::Tensors`] with all that is missing, unused, of another shape or ambiguous. The model is unchanged then.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop_exchange::{Activation, Array, Arrays, Kind, Mapping, Model};
    ///
    /// let mut model = Model::new("Net", &[3])?;
    /// model.push(Kind::Dense { units: 2, activation: Activation::Relu, bias: true })?;
    /// // torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.ReLU()).state_dict()
    /// let state = Arrays::from([
    ///     ("0.weight".to_owned(), Array::new(vec![2, 3], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0])?),
    ///     ("0.bias".to_owned(), Array::new(vec![2], vec![10.0, 20.0])?),
    /// ]);
    /// model.load_torch(&state, &Mapping::default())?;
    /// assert_eq!(model.predict(&[1.0, 1.0, 1.0])?, [16.0, 35.0]);
    /// assert_eq!(model.to_torch(&Mapping::default())?, state);
    /// # Ok::<(), nanoprop_exchange::Error>(())
    /// ```
    pub fn load_torch(&mut self, arrays: &Arrays, mapping: &Mapping) -> Result<Vec<(String, Place)>, Error> {
        let orders = flattened::orders(self);
        flattened::groups(self, &orders)?;
        let matched = matching::all(self, arrays, mapping)?;
        let (mut values, mut from) = (Vec::new(), Vec::new());
        for ((number, layer), order) in self.leaves().into_iter().enumerate().zip(&orders) {
            let Some((_, found)) = matched.iter().find(|(at, _)| *at == number) else { continue };
            let found_arrays: Vec<Option<&Array>> =
                found.iter().map(|name| name.as_deref().and_then(|name| arrays.get(name))).collect();
            values.push((number, convert::import(layer, &found_arrays, order.as_deref())));
            from.extend(found.iter().flatten().map(|name| {
                let tensor = layer.tensors().first().map(|tensor| place(number, layer, tensor));
                let place = tensor.unwrap_or(Place { layer: number + 1, what: String::new(), tensor: String::new() });
                (name.clone(), place)
            }));
        }
        let mut leaves = self.leaves_mut();
        for (number, values) in values {
            if let Some(layer) = leaves.get_mut(number) {
                for (tensor, values) in layer.tensors_mut().iter_mut().zip(values) {
                    tensor.set(values)?;
                }
            }
        }
        Ok(from)
    }

    /// The arrays of a `state_dict`, under the names that `torch.nn.Sequential` gives its modules, where each layer is one and
    /// its activation the next; or by a [`Mapping`].
    ///
    /// # Errors
    ///
    /// If a tensor has no numbers, or PyTorch has no module for a layer: a `Gru` with `ResetBefore`, an `Elman` with another
    /// activation than `Tanh` and `Relu`.
    pub fn to_torch(&self, mapping: &Mapping) -> Result<Arrays, Error> {
        let patterns = names(self);
        let orders = flattened::orders(self);
        flattened::groups(self, &orders)?;
        let (mut arrays, mut problems) = (Arrays::new(), Vec::new());
        let leaves = self.leaves().into_iter().enumerate();
        for (((number, layer), pattern), order) in leaves.zip(patterns).zip(orders) {
            if layer.tensors().is_empty() {
                continue;
            }
            if let Some(tensor) = layer.tensors().iter().find(|tensor| !tensor.is_set()) {
                return Err(Error::Unset(place(number, layer, tensor)));
            }
            match slot::slots(layer) {
                Err(problem) => problems.push(format!("layer {}: {problem}", number + 1)),
                Ok(slots) => {
                    for (slot, values) in slots.iter().zip(convert::export(layer, order.as_deref())) {
                        let name = mapping.name(number + 1, slot).unwrap_or_else(|| slot.named(&pattern));
                        if arrays.insert(name.clone(), Array::new(slot.shape.clone(), values)?).is_some() {
                            problems.push(format!("layer {}: the name `{name}` is there twice", number + 1));
                        }
                    }
                }
            }
        }
        if problems.is_empty() { Ok(arrays) } else { Err(Error::Tensors(problems)) }
    }
}

/// The pattern of the names of each leaf in `torch.nn.Sequential`.
fn names(model: &Model) -> Vec<String> {
    fn walk(layers: &[Layer], prefix: &str, names: &mut Vec<String>) {
        let mut index = 0;
        for layer in layers {
            if let Kind::Residual(_) = layer.kind() {
                walk(layer.within(), &format!("{prefix}{index}."), names);
            } else {
                names.push(format!("{prefix}{index}"));
                let sums = layer.kind().activation().is_some()
                    && !matches!(layer.kind(), Kind::Elman { .. } | Kind::Bidirectional(_));
                let active = layer.kind().activation().is_some_and(|a| a != crate::model::Activation::Identity);
                index += usize::from(sums && active);
            }
            index += 1;
        }
    }
    let mut names = Vec::new();
    walk(model.layers(), "", &mut names);
    names
}

impl Slot {
    /// The name by a pattern whose `*` is the tensor's; without one, of this module.
    fn named(&self, pattern: &str) -> String {
        let reverse = if self.reverse { "_reverse" } else { "" };
        match pattern.contains('*') {
            true => pattern.replacen('*', self.name, 1) + reverse,
            false => {
                let (dot, first) = (if pattern.is_empty() { "" } else { "." }, if self.recurrent { "_l0" } else { "" });
                format!("{pattern}{dot}{}{first}{reverse}", self.name)
            }
        }
    }
}
