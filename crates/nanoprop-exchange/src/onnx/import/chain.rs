//! A chain of layers in the making, and how the file's numbers lie in nanoprop's array at its end.

use super::plan::Plan;
use crate::model::{Activation, Kind, Padding, Windows};
use crate::onnx::array::{Array, Number, show};
use crate::onnx::import::function::Function;

/// Factors and summands of each channel that no layer has yet.
#[derive(Clone, Debug)]
struct Affine {
    scale: Vec<f64>,
    shift: Vec<f64>,
}

/// How an array of the file is nanoprop's, which has channels last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// Channels are the file's axis 1.
    First,
    /// In the file's order.
    AsIs,
}

#[derive(Clone, Debug)]
pub(super) struct Chain {
    pub(super) plans: Vec<Plan>,
    /// What the first layer reads.
    pub(super) start: Vec<usize>,
    /// Whether the first layer will say how the input lies.
    open: bool,
    /// Of each number of the first layer's array, its place in the file's input.
    pub(super) order: Vec<usize>,
    /// What the last layer writes.
    pub(super) array: Vec<usize>,
    /// The shape of the file's value.
    pub(super) shape: Vec<usize>,
    /// Of each number of the file's value, its place in the array.
    pub(super) index: Vec<usize>,
    affine: Option<Affine>,
    /// Zeros before and after each place axis that a convolution to come has around it.
    pub(super) padding: Option<[(usize, usize); 2]>,
    /// Nodes that have no layer yet.
    loose: Vec<String>,
}

/// Where each number of a file's value of this shape lies in an array with its channels last, and that array's widths.
pub(super) fn laid(shape: &[usize], order: Order) -> (Vec<usize>, Vec<usize>) {
    let len: usize = shape.iter().product();
    match shape {
        [1, channels, places @ ..] if order == Order::First && !places.is_empty() => {
            let plane: usize = places.iter().product();
            let mut widths = places.to_vec();
            widths.push(*channels);
            (widths, (0..len).map(|k| (k % plane) * channels + k / plane).collect())
        }
        _ => {
            // The axis of channels stays, whatever its width; others of width 1 are none.
            let (last, outer) = shape.split_last().map_or((1, shape), |(&last, outer)| (last, outer));
            let mut widths: Vec<usize> = outer.iter().copied().filter(|&width| width != 1).collect();
            widths.push(last);
            if widths.len() > 3 {
                widths = vec![len];
            }
            (widths, (0..len).collect())
        }
    }
}

impl Chain {
    /// A chain whose input lies as its first layer wants it.
    pub(super) fn open(shape: &[usize]) -> Self {
        let len: usize = shape.iter().product();
        let all: Vec<usize> = (0..len).collect();
        Chain {
            plans: Vec::new(),
            start: vec![len],
            open: true,
            order: all.clone(),
            array: vec![len],
            shape: shape.to_vec(),
            index: all,
            affine: None,
            padding: None,
            loose: Vec::new(),
        }
    }

    /// A chain of the layers within a residual, behind this one.
    pub(super) fn inner(&self) -> Self {
        Chain { plans: Vec::new(), start: self.array.clone(), loose: Vec::new(), ..self.clone() }
    }

    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    /// Whether there are factors that no layer has yet.
    pub(super) fn is_scaled(&self) -> bool {
        self.affine.is_some()
    }

    /// Takes note of a node that the next layer comes from, too.
    pub(super) fn note(&mut self, nodes: impl IntoIterator<Item = String>) {
        self.loose.extend(nodes);
    }

    /// Gives the nodes that have no layer to the last one.
    pub(super) fn credit(&mut self) {
        if let Some(plan) = self.plans.last_mut() {
            plan.nodes.append(&mut self.loose);
        }
    }

    /// Appends a layer, whose array is the file's value of this shape, number by number.
    pub(super) fn push(&mut self, mut plan: Plan, shape: &[usize]) {
        plan.nodes.append(&mut self.loose);
        self.array.clone_from(&plan.writes);
        self.shape = shape.to_vec();
        self.index = (0..shape.iter().product()).collect();
        self.plans.push(plan);
    }

    /// Appends a layer that keeps the order of the numbers.
    pub(super) fn keep(&mut self, mut plan: Plan) {
        plan.nodes.append(&mut self.loose);
        self.array.clone_from(&plan.writes);
        self.plans.push(plan);
    }

    /// The number of channels at the end.
    pub(super) fn channels(&self) -> usize {
        self.array.last().copied().unwrap_or(1)
    }

    /// The file's value, with the places of its numbers in place of them.
    pub(super) fn places(&self) -> Array {
        let values = self.index.iter().map(|&place| place as f64).collect();
        Array { shape: self.shape.clone(), values, number: Number::Single }
    }

    /// Takes the places that a node which only moves numbers has written.
    pub(super) fn moved(&mut self, places: &Array) {
        self.shape.clone_from(&places.shape);
        self.index = places.values.iter().map(|&place| place as usize).collect();
    }

    /// Decides how the input lies.
    pub(super) fn close(&mut self, order: Order) {
        if self.open {
            let (widths, want) = laid(&self.shape, order);
            self.settle(widths, want).unwrap_or_default();
        }
    }

    /// Gives the array these widths, and the file's numbers these places in it.
    pub(super) fn settle(&mut self, to: Vec<usize>, want: Vec<usize>) -> Result<(), String> {
        self.choose_last()?;
        if self.open {
            let mut order = vec![0; want.len()];
            for (&place, &from) in want.iter().zip(&self.index) {
                if let Some(to) = order.get_mut(place) {
                    *to = self.order.get(from).copied().unwrap_or(0);
                }
            }
            (self.open, self.order, self.start, self.array, self.index) = (false, order, to.clone(), to, want);
            return Ok(());
        }
        if self.index != want && !self.reorder(&want) {
            let (file, array) = (show(&self.shape), show(&self.array));
            return Err(format!(
                "the numbers of {file} lie in another order in nanoprop's array {array}, channels last"
            ));
        }
        if self.array != to {
            self.vector()?;
            if to.len() > 1 {
                self.to_channels(&to)?;
                self.keep(Plan::new(Kind::Unflatten(to.clone()), to));
            }
        }
        Ok(())
    }

    /// Makes the array a vector.
    pub(super) fn vector(&mut self) -> Result<(), String> {
        self.choose_last()?;
        let len = self.index.len();
        if self.open {
            return self.settle(vec![len], (0..len).collect());
        }
        if self.array.len() > 1 {
            if let Some(Affine { scale, shift }) = &mut self.affine {
                let spread = |values: &[f64]| values.iter().copied().cycle().take(len).collect::<Vec<_>>();
                (*scale, *shift) = (spread(scale), spread(shift));
            }
            self.keep(Plan::new(Kind::Flatten, vec![len]));
        }
        Ok(())
    }

    /// Makes pending factors of a vector those of channels, or gives them a layer.
    fn to_channels(&mut self, to: &[usize]) -> Result<(), String> {
        let channels = to.last().copied().unwrap_or(1);
        if let Some(Affine { scale, shift }) = &self.affine {
            match (repeated(scale, channels), repeated(shift, channels)) {
                (Some(scale), Some(shift)) => self.affine = Some(Affine { scale, shift }),
                _ => self.materialize()?,
            }
        }
        Ok(())
    }

    /// Lets the layer before, if it is dense, write its numbers in another order; says whether it can.
    fn reorder(&mut self, want: &[usize]) -> bool {
        let len = want.len();
        let Some(plan) = self.plans.last_mut().filter(|plan| matches!(plan.kind, Kind::Dense { .. })) else {
            return false;
        };
        if plan.writes != [len] || self.affine.is_some() || self.index.len() != len {
            return false;
        }
        let mut from = vec![0; len];
        for (&to, &place) in want.iter().zip(&self.index) {
            if let Some(from) = from.get_mut(to) {
                *from = place;
            }
        }
        for (_, values) in &mut plan.tensors {
            let row = |row: &[f64]| from.iter().filter_map(|&place| row.get(place).copied()).collect::<Vec<_>>();
            *values = values.chunks(len).flat_map(row).collect();
        }
        self.index = want.to_vec();
        true
    }

    /// If a convolution's last steps are cut off that its padding behind made, lets it have less padding; says whether it is so.
    fn cut(&mut self) -> bool {
        let (&[steps, channels], Some(plan)) = (self.array.as_slice(), self.plans.last_mut()) else { return false };
        let (Kind::Conv { windows, .. } | Kind::DepthwiseConv { windows, .. }) = &mut plan.kind else { return false };
        let (Padding::Pad(before, after), 1) = (windows.padding, windows.stride) else { return false };
        let mut sorted = self.index.clone();
        sorted.sort_unstable();
        let left = self.index.len().checked_div(channels).unwrap_or(0);
        let rest = steps.checked_sub(left).and_then(|cut| after.checked_sub(cut));
        let (Some(after), true) = (rest, sorted.into_iter().eq(0..left * channels)) else { return false };
        let causal = after == 0 && before == windows.dilation * (windows.size[1] - 1);
        windows.padding = if causal { Padding::Causal } else { Padding::Pad(before, after) };
        plan.writes = vec![left, channels];
        self.array = vec![left, channels];
        true
    }

    /// If only the last step of a recurrent layer is left, lets the layer write only that.
    pub(super) fn choose_last(&mut self) -> Result<(), String> {
        let len: usize = self.array.iter().product();
        if self.index.len() == len || (self.affine.is_none() && self.cut()) {
            return Ok(());
        }
        let refuse =
            "only some of its numbers are used: nanoprop drops none but the steps before the last of a recurrent layer";
        let &[steps, units] = self.array.as_slice() else { return Err(refuse.to_owned()) };
        let first = steps.saturating_sub(1) * units;
        let all = match self.plans.last_mut().map(|plan| &mut plan.kind) {
            Some(Kind::Elman { all, .. } | Kind::Lstm { all, .. } | Kind::Gru { all, .. }) => all,
            Some(Kind::Bidirectional(_)) => {
                return Err("of a bidirectional layer's steps only some are used: use its last state, `h_n`, which is nanoprop's \
                            last of both directions"
                    .to_owned());
            }
            _ => return Err(refuse.to_owned()),
        };
        let mut sorted = self.index.clone();
        sorted.sort_unstable();
        if !sorted.into_iter().eq(first..first + units) || self.affine.is_some() {
            return Err(refuse.to_owned());
        }
        *all = false;
        self.array = vec![units];
        self.index.iter_mut().for_each(|place| *place -= first);
        if let Some(plan) = self.plans.last_mut() {
            plan.writes = vec![units];
        }
        Ok(())
    }

    /// Multiplies and adds, each number of the file's value by its own.
    pub(super) fn scale(&mut self, scale: &[f64], shift: &[f64]) -> Result<(), String> {
        self.choose_last()?;
        let channels = self.channels();
        let (Some(mut scale), Some(mut shift)) = (self.per_channel(scale), self.per_channel(shift)) else {
            return Err("it has other numbers at each place: nanoprop has numbers for each channel".to_owned());
        };
        if let Some(before) = &self.affine {
            let sums = before.shift.iter().zip(&scale).zip(&shift);
            shift = sums.map(|((before, scale), shift)| before * scale + shift).collect();
            scale.iter_mut().zip(&before.scale).for_each(|(scale, before)| *scale *= before);
            self.affine = Some(Affine { scale, shift });
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
        self.affine = Some(Affine { scale, shift });
        Ok(())
    }

    /// Numbers of each number of the file's value, as those of each channel.
    pub(super) fn per_channel(&self, values: &[f64]) -> Option<Vec<f64>> {
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

    /// Takes pending factors for the layer to come; those at the input stay a layer of their own.
    pub(super) fn take_affine(&mut self, padded: bool) -> Result<Option<(Vec<f64>, Vec<f64>)>, String> {
        let shifts = self.affine.as_ref().is_some_and(|affine| affine.shift.iter().any(|&shift| shift != 0.0));
        if self.plans.is_empty() || (padded && shifts) {
            self.materialize()?;
        }
        Ok(self.affine.take().map(|Affine { scale, shift }| (scale, shift)))
    }

    /// Gives pending factors a layer.
    pub(super) fn materialize(&mut self) -> Result<(), String> {
        let Some(Affine { scale, shift }) = self.affine.take() else { return Ok(()) };
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
    pub(super) fn standardize(&mut self, mean: Vec<f64>, deviation: Vec<f64>) {
        let plan = Plan::new(Kind::Standardize, self.array.clone());
        self.keep(plan.with("mean", mean).with("deviation", deviation));
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
    pub(super) fn activate(&mut self, function: Function) -> Result<(), String> {
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
        if let Some(Affine { scale, shift }) = self.affine.take() {
            self.pointwise(scale, Some(shift), activation);
            return Ok(());
        }
        // All activations grow, so that the largest of some numbers can be found before or after.
        let passes = |plan: &&mut Plan| plan.renames() || matches!(plan.kind, Kind::MaxPool(_));
        let before = self.plans.iter_mut().rev().find(|plan| !passes(&plan));
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

    /// Makes the array one of channels last, of a value with channels first.
    pub(super) fn channels_first(&mut self) -> Result<(), String> {
        if !(3..=4).contains(&self.shape.len()) || self.shape.first() != Some(&1) {
            let shape = show(&self.shape);
            return Err(format!(
                "it reads {shape}, but nanoprop has windows over one sequence or image of channels only"
            ));
        }
        let (widths, want) = laid(&self.shape, Order::First);
        self.settle(widths, want)
    }

    /// Makes the array one of rows of the value's last axis.
    pub(super) fn rows(&mut self) -> Result<(), String> {
        let (widths, want) = laid(&self.shape, Order::AsIs);
        self.settle(widths, want)
    }

    /// How many rows of the value's last axis there are.
    pub(super) fn row_count(&self) -> usize {
        let last = self.shape.last().copied().unwrap_or(1);
        self.index.len().checked_div(last).unwrap_or(0)
    }
}

/// The first of numbers that repeat themselves after so many, if they do.
fn repeated(values: &[f64], period: usize) -> Option<Vec<f64>> {
    let first = values.get(..period)?;
    values.iter().zip(first.iter().cycle()).all(|(a, b)| a == b).then(|| first.to_vec())
}
