//! Transposed convolutions of sequences.

use super::Inputs;
use super::window::planes;
use crate::onnx::array::{Array, Budget, count, show};
use crate::onnx::graph::Node;

/// Windows that steps are spread over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Spread {
    pub(in super::super) window: usize,
    pub(in super::super) stride: usize,
    pub(in super::super) dilation: usize,
    /// What is cut off in front and behind.
    pub(in super::super) cut: (usize, usize),
    /// What is added behind, of what was cut off or of biases.
    pub(in super::super) more: usize,
    /// How many steps are written.
    pub(in super::super) len: usize,
}

impl Spread {
    /// The windows of a node of this kernel, to which steps of these places are spread.
    pub(in super::super) fn new(node: &Node, places: &[usize], kernel: &[usize]) -> Result<Self, String> {
        let (&[steps], &[window]) = (places, kernel) else {
            return Err(format!(
                "it reads places of {}, but nanoprop's ConvTranspose1d reads a sequence",
                show(places)
            ));
        };
        match node.text("auto_pad").unwrap_or_default().as_str() {
            "" | "NOTSET" | "VALID" => (),
            other => return Err(format!("`auto_pad` is {other}: export with `pads`")),
        }
        if node.ints("output_shape").is_some_and(|shape| !shape.is_empty()) {
            return Err("it says its length by `output_shape`: export with `pads`".to_owned());
        }
        if node.int("group", 1) != 1 {
            return Err("its channels are in groups: nanoprop's ConvTranspose1d has one group".to_owned());
        }
        let numbers = |name: &str, default: &[usize]| -> Result<Vec<usize>, String> {
            let Some(found) = node.ints(name) else { return Ok(default.to_vec()) };
            let widths = found.iter().map(|&n| usize::try_from(n).ok().filter(|&n| n < 1 << 20));
            let widths: Option<Vec<usize>> = widths.collect();
            let fits = |widths: &Vec<usize>| widths.len() == default.len();
            widths.filter(fits).ok_or_else(|| format!("`{name}` is {}", show(&found)))
        };
        let one = |name: &str, default: usize| numbers(name, &[default]).map(|n| n.first().copied().unwrap_or(default));
        let (stride, dilation, more) = (one("strides", 1)?, one("dilations", 1)?, one("output_padding", 0)?);
        let pads = numbers("pads", &[0, 0])?;
        let cut = (pads.first().copied().unwrap_or(0), pads.get(1).copied().unwrap_or(0));
        if [steps, window, stride, dilation].iter().any(|&n| n == 0 || n >= 1 << 24) {
            return Err(format!(
                "its window is {window}, its stride {stride}, its dilation {dilation}, over {steps} steps"
            ));
        }
        let all = (steps - 1) * stride + dilation * (window - 1) + 1;
        let len = (all + more).checked_sub(cut.0 + cut.1).filter(|&len| len > 0);
        let len = len.ok_or("its padding cuts off all that it would write")?;
        Ok(Spread { window, stride, dilation, cut, more, len })
    }
}

pub(super) fn evaluate(inputs: &Inputs, budget: &mut Budget) -> Option<Result<Vec<Array>, String>> {
    let node = inputs.node;
    (node.domain.is_empty() && node.op == "ConvTranspose").then(|| conv(inputs, budget).map(|array| vec![array]))
}

fn conv(inputs: &Inputs, budget: &mut Budget) -> Result<Array, String> {
    let (x, weight, bias) = (inputs.need(0)?, inputs.need(1)?, inputs.get(2));
    let (batch, channels, places) = planes(x)?;
    let (depth, outputs, kernel) = planes(weight)?;
    let Spread { window, stride, dilation, cut: (before, _), len, .. } = Spread::new(inputs.node, places, kernel)?;
    if depth != channels {
        return Err("its weights have other channels than its input".to_owned());
    }
    let shape = vec![batch, outputs, len];
    let numbers = budget.numbers(count(&shape))?;
    let steps = places.first().copied().unwrap_or(1);
    budget.work(&[batch, steps, window, channels, outputs])?;
    let mut values = Vec::with_capacity(numbers);
    for x in x.values.chunks((channels * steps).max(1)) {
        for output in 0..outputs {
            let start = bias.and_then(|bias| bias.values.get(output)).copied().unwrap_or(0.0);
            let mut y = vec![start; len];
            for (channel, x) in x.chunks(steps.max(1)).enumerate() {
                let at = (channel * outputs + output) * window;
                let w = weight.values.get(at..at + window).unwrap_or_default();
                for (t, x) in x.iter().enumerate() {
                    for (k, w) in w.iter().enumerate() {
                        let place = (t * stride + k * dilation).checked_sub(before);
                        if let Some(y) = place.and_then(|place| y.get_mut(place)) {
                            *y += x * w;
                        }
                    }
                }
            }
            values.extend(y);
        }
    }
    Array::new(x.number, shape, values)
}
