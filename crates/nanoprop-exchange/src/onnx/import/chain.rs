//! A chain of layers in the making, and how the file's numbers lie in nanoprop's array at its end.

mod affine;
mod last;

pub(super) use affine::EPSILON;

use super::plan::Plan;
use crate::model::Kind;
use crate::onnx::array::{Array, Number, show};

/// Factors and summands of each channel that no layer has yet.
#[derive(Clone, Debug)]
pub(super) struct Affine {
    pub(super) scale: Vec<f64>,
    pub(super) shift: Vec<f64>,
    /// Gain, bias, mean and variance, where that is all of it.
    pub(super) norm: Option<[Vec<f64>; 4]>,
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
    /// Zeros before and after each axis of the file's value that a convolution to come has around it.
    pub(super) padding: Option<Vec<(usize, usize)>>,
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
                self.channel_by_channel(&to)?;
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
            if let Some(Affine { scale, shift, norm }) = &mut self.affine {
                let spread = |values: &[f64]| values.iter().copied().cycle().take(len).collect::<Vec<_>>();
                (*scale, *shift, *norm) = (spread(scale), spread(shift), None);
            }
            self.keep(Plan::new(Kind::Flatten, vec![len]));
        }
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
