//! Operators over windows of a sequence or an image, channels first.

use super::Inputs;
use crate::onnx::array::{Array, Budget, count, show};
use crate::onnx::graph::Node;

/// Windows along the one or two axes of a sequence or an image; the first has one place for a sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Geometry {
    /// The places of the input.
    pub(in super::super) len: [usize; 2],
    pub(in super::super) window: [usize; 2],
    pub(in super::super) stride: [usize; 2],
    pub(in super::super) dilation: [usize; 2],
    pub(in super::super) before: [usize; 2],
    pub(in super::super) after: [usize; 2],
    /// How many windows.
    pub(in super::super) count: [usize; 2],
}

/// Widths of the last axes, as those of an image.
fn image(widths: &[usize]) -> Result<[usize; 2], String> {
    match *widths {
        [columns] => Ok([1, columns]),
        [rows, columns] => Ok([rows, columns]),
        _ => Err(format!("nanoprop has windows over sequences and images only, not over {}", show(widths))),
    }
}

impl Geometry {
    /// The windows of a node of this kernel over an array of these places.
    pub(in super::super) fn new(node: &Node, places: &[usize], kernel: &[usize]) -> Result<Self, String> {
        let (len, window) = (image(places)?, image(kernel)?);
        if places.len() != kernel.len() {
            return Err("its window has other axes than its input".to_owned());
        }
        let each = |name: &str| -> Result<[usize; 2], String> {
            let Some(numbers) = node.ints(name) else { return Ok([1, 1]) };
            let bad = || format!("`{name}` is {}", show(&numbers));
            let widths = numbers.iter().map(|&n| usize::try_from(n).ok().filter(|n| (1..1 << 20).contains(n)));
            let widths: Vec<usize> = widths.collect::<Option<_>>().ok_or_else(bad)?;
            if widths.len() != places.len() { Err(bad()) } else { image(&widths) }
        };
        let (stride, dilation) = (each("strides")?, each("dilations")?);
        if window.iter().chain(&len).any(|&n| n == 0 || n >= 1 << 24) {
            return Err(format!("its window is {} over {}", show(kernel), show(places)));
        }
        let auto = node.text("auto_pad").unwrap_or_default();
        let explicit = pads(node, places.len())?;
        let (mut before, mut after, mut counts) = ([0; 2], [0; 2], [0; 2]);
        for k in 0..2 {
            let [len, window, stride, dilation] = [len, window, stride, dilation].map(|each| each[k]);
            let span = dilation * (window - 1) + 1;
            (before[k], after[k]) = match auto.as_str() {
                "SAME_UPPER" | "SAME_LOWER" => {
                    let all = ((len.div_ceil(stride) - 1) * stride + span).saturating_sub(len);
                    let (less, more) = (all / 2, all - all / 2);
                    if auto == "SAME_UPPER" { (less, more) } else { (more, less) }
                }
                "VALID" => (0, 0),
                "" | "NOTSET" => explicit[k],
                other => return Err(format!("`auto_pad` is {other}")),
            };
            let room = (before[k] + len + after[k]).checked_sub(span).ok_or("its window is larger than its input")?;
            counts[k] = room / stride + 1;
            if node.int("ceil_mode", 0) != 0 && room % stride != 0 && counts[k] * stride < before[k] + len {
                // One more window, which starts within the input and ends behind it.
                after[k] += counts[k] * stride - room;
                counts[k] += 1;
            }
        }
        Ok(Geometry { len, window, stride, dilation, before, after, count: counts })
    }

    /// Places of a window along axis `k`, each with its number in the window; those in the padding are left out.
    fn taps(&self, k: usize, at: usize) -> impl Iterator<Item = (usize, usize)> + use<> {
        let start = (at * self.stride[k]) as isize - self.before[k] as isize;
        let (dilation, len) = (self.dilation[k], self.len[k]);
        (0..self.window[k]).filter_map(move |tap| {
            let place = usize::try_from(start + (tap * dilation) as isize).ok()?;
            (place < len).then_some((tap, place))
        })
    }

    /// Calls `go` with each window's number, and the numbers in the window and the plane of each of its places.
    fn each(&self, mut go: impl FnMut(usize, usize, usize)) {
        for row in 0..self.count[0] {
            for column in 0..self.count[1] {
                for (ky, y) in self.taps(0, row) {
                    for (kx, x) in self.taps(1, column) {
                        go(row * self.count[1] + column, ky * self.window[1] + kx, y * self.len[1] + x);
                    }
                }
            }
        }
    }

    fn windows(&self) -> usize {
        self.count[0] * self.count[1]
    }

    /// The widths of the last axes of what is written, of so many axes.
    fn writes(&self, axes: usize) -> &[usize] {
        self.count.get(2 - axes.min(2)..).unwrap_or_default()
    }
}

/// Numbers before and after each axis.
fn pads(node: &Node, axes: usize) -> Result<[(usize, usize); 2], String> {
    let Some(pads) = node.ints("pads") else { return Ok([(0, 0); 2]) };
    let widths: Option<Vec<usize>> = pads.iter().map(|&n| usize::try_from(n).ok().filter(|&n| n < 1 << 20)).collect();
    match (axes, widths.as_deref()) {
        (1, Some(&[left, right])) => Ok([(0, 0), (left, right)]),
        (2, Some(&[top, left, bottom, right])) => Ok([(top, bottom), (left, right)]),
        _ => Err(format!("`pads` is {}", show(&pads))),
    }
}

pub(super) fn evaluate(inputs: &Inputs, budget: &mut Budget) -> Option<Result<Vec<Array>, String>> {
    let known = match (inputs.node.domain.as_str(), inputs.node.op.as_str()) {
        ("", "Conv") => conv(inputs, budget),
        ("", "MaxPool") if inputs.node.outputs.get(1).is_some_and(|name| !name.is_empty()) => {
            Err("its indices are not read".to_owned())
        }
        ("", "MaxPool" | "AveragePool") => pool(inputs, budget),
        ("", "GlobalAveragePool") => global(inputs, budget),
        _ => return None,
    };
    Some(known.map(|array| vec![array]))
}

/// The batch, the channels and the places of an array.
pub(in super::super) fn planes(x: &Array) -> Result<(usize, usize, &[usize]), String> {
    match x.shape.as_slice() {
        &[batch, channels, ref places @ ..] if !places.is_empty() => Ok((batch, channels, places)),
        shape => Err(format!("it reads {}, which has no places", show(shape))),
    }
}

fn conv(inputs: &Inputs, budget: &mut Budget) -> Result<Array, String> {
    let (x, weight, bias) = (inputs.need(0)?, inputs.need(1)?, inputs.get(2));
    let (batch, channels, places) = planes(x)?;
    let (outputs, depth, kernel) = planes(weight)?;
    let geometry = Geometry::new(inputs.node, places, kernel)?;
    let groups = usize::try_from(inputs.node.int("group", 1)).unwrap_or(0);
    if groups == 0 || depth.checked_mul(groups) != Some(channels) || outputs % groups != 0 {
        return Err("its weights have other channels than its input".to_owned());
    }
    let mut shape = vec![batch, outputs];
    shape.extend(geometry.writes(places.len()));
    let len = budget.numbers(count(&shape))?;
    let (size, plane): (usize, usize) = (kernel.iter().product(), places.iter().product());
    budget.work(&[len, size, depth])?;
    let (windows, per_group) = (geometry.windows(), outputs / groups);
    let mut values = Vec::with_capacity(len);
    for image in x.values.chunks((channels * plane).max(1)) {
        for output in 0..outputs {
            let start = bias.and_then(|bias| bias.values.get(output)).copied().unwrap_or(0.0);
            let mut y = vec![start; windows];
            for channel in 0..depth {
                let from = (output / per_group) * depth + channel;
                let x = image.get(from * plane..(from + 1) * plane).unwrap_or_default();
                let at = (output * depth + channel) * size;
                let w = weight.values.get(at..at + size).unwrap_or_default();
                geometry.each(|window, tap, place| {
                    if let (Some(y), Some(x), Some(w)) = (y.get_mut(window), x.get(place), w.get(tap)) {
                        *y += x * w;
                    }
                });
            }
            values.extend(y);
        }
    }
    Array::new(x.number, shape, values)
}

/// The windows of a pooling.
pub(in super::super) fn pooling(node: &Node, places: &[usize]) -> Result<Geometry, String> {
    let kernel = node.ints("kernel_shape").ok_or("it has no `kernel_shape`")?;
    let kernel: Option<Vec<usize>> = kernel.iter().map(|&n| usize::try_from(n).ok()).collect();
    Geometry::new(node, places, &kernel.ok_or("its `kernel_shape` is negative")?)
}

fn pool(inputs: &Inputs, budget: &mut Budget) -> Result<Array, String> {
    let (node, x) = (inputs.node, inputs.need(0)?);
    let (batch, channels, places) = planes(x)?;
    let geometry = pooling(node, places)?;
    let mut shape = vec![batch, channels];
    shape.extend(geometry.writes(places.len()));
    let len = budget.numbers(count(&shape))?;
    budget.work(&[len, geometry.window[0], geometry.window[1]])?;
    let max = node.op == "MaxPool";
    let padded = node.int("count_include_pad", 0) != 0;
    let (windows, plane): (usize, usize) = (geometry.windows(), places.iter().product());
    // The places that count when padding does: those of the windows that ceil_mode added end with the padding.
    let explicit = pads(node, places.len()).unwrap_or_default();
    let shares = |k: usize, at: usize| {
        let start = at * geometry.stride[k];
        let end = (start + geometry.window[k]).min(geometry.before[k] + geometry.len[k] + explicit[k].1);
        end.saturating_sub(start)
    };
    let mut values = Vec::with_capacity(len);
    for x in x.values.chunks(plane.max(1)) {
        let mut y = vec![if max { f64::NEG_INFINITY } else { 0.0 }; windows];
        let mut counts = vec![0_usize; windows];
        geometry.each(|window, _, place| {
            if let (Some(y), Some(count), Some(&x)) = (y.get_mut(window), counts.get_mut(window), x.get(place)) {
                *y = if max { y.max(x) } else { *y + x };
                *count += 1;
            }
        });
        if !max {
            for (window, (y, &count)) in y.iter_mut().zip(&counts).enumerate() {
                let columns = geometry.count[1];
                let all = shares(0, window / columns) * shares(1, window % columns);
                *y /= if padded { all } else { count } as f64;
            }
        }
        values.extend(y);
    }
    Array::new(x.number, shape, values)
}

fn global(inputs: &Inputs, budget: &mut Budget) -> Result<Array, String> {
    let x = inputs.need(0)?;
    let (batch, channels, places) = planes(x)?;
    let plane: usize = places.iter().product();
    let mut shape = vec![batch, channels];
    shape.extend(places.iter().map(|_| 1));
    budget.numbers(count(&shape))?;
    let mean = |x: &[f64]| x.iter().sum::<f64>() / plane as f64;
    Array::new(x.number, shape, x.values.chunks(plane.max(1)).map(mean).collect())
}
