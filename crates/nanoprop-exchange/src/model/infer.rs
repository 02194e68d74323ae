//! What a layer writes, and which tensors it has, by what it reads.

use super::slide::{fault, frame, slid, spread};
use super::{Kind, Layer, MOST_NUMBERS, MOST_PARAMETERS, Misfit, Reset, WIDEST};

/// How deep residuals may lie in each other.
const DEEPEST: usize = 8;

pub(super) struct Form {
    pub(super) writes: Vec<usize>,
    pub(super) tensors: Vec<(&'static str, Vec<usize>)>,
}

/// `8×12`, of widths.
pub(crate) fn show(widths: &[usize]) -> String {
    widths.iter().map(usize::to_string).collect::<Vec<_>>().join("×")
}

/// Whether these are the widths of an array: one to three, of which none is 0 or too large.
pub(super) fn array(widths: &[usize]) -> Result<(), String> {
    if !(1..=3).contains(&widths.len()) {
        return Err(format!("has {} widths, but arrays have one to three", widths.len()));
    }
    if let Some(width) = widths.iter().find(|&&width| width == 0 || width > WIDEST) {
        return Err(format!("has {} values, but a width is from 1 to {WIDEST}, not {width}", show(widths)));
    }
    match widths.iter().try_fold(1_usize, |product, &width| product.checked_mul(width)) {
        Some(product) if product <= MOST_NUMBERS => Ok(()),
        _ => Err(format!("has {} values, but an array has at most {MOST_NUMBERS}", show(widths))),
    }
}

/// The layers of a residual.
pub(super) fn within(kinds: &[Kind], reads: &[usize], depth: usize) -> Result<Vec<Layer>, Misfit> {
    if depth >= DEEPEST {
        return Err(Misfit::new(format!("residuals lie in each other at most {DEEPEST} deep")));
    }
    let mut layers: Vec<Layer> = Vec::new();
    for kind in kinds {
        let before = layers.last().map_or(reads, Layer::writes);
        layers.push(Layer::new(kind.clone(), before, depth + 1)?);
    }
    Ok(layers)
}

/// What a layer of this kind writes, and its tensors.
pub(super) fn form(kind: &Kind, reads: &[usize], within: &[Layer], depth: usize) -> Result<Form, Misfit> {
    let word = kind.word(reads);
    let article = if word.starts_with(['A', 'E', 'U']) { "an" } else { "a" };
    let refuse = |wanted: &str| {
        let hint = if wanted == "a vector" { ": put a Flatten between them" } else { "" };
        let found = show(reads);
        Err(Misfit::new(format!("{article} {word} reads {wanted}, but there are {found} values before it{hint}")))
    };
    let form = match (kind, reads) {
        (&Kind::Dense { units, bias, .. }, &[inputs]) => {
            Form { writes: vec![units], tensors: biased(bias, vec![units], vec![inputs, units]) }
        }
        (Kind::Dense { .. }, _) => return refuse("a vector"),
        (&Kind::Elman { units, all, .. }, &[steps, inputs]) => gates(units, all, steps, inputs, units),
        (&Kind::Lstm { units, all }, &[steps, inputs]) => gates(units, all, steps, inputs, units.saturating_mul(4)),
        (&Kind::Gru { units, all, reset }, &[steps, inputs]) => gru(units, all, reset, steps, inputs),
        (Kind::Elman { .. } | Kind::Lstm { .. } | Kind::Gru { .. }, _) => return refuse("[steps, inputs]"),
        (&Kind::Conv { channels, windows, bias, .. }, _) => {
            let frame = frame(&windows, reads)?;
            let patch = windows.size.iter().product::<usize>().saturating_mul(frame.channels);
            let tensors = biased(bias, vec![channels], vec![patch, channels]);
            Form { writes: slid(&frame, reads, channels), tensors }
        }
        (&Kind::DepthwiseConv { windows, bias, .. }, _) => {
            let frame = frame(&windows, reads)?;
            let (places, channels) = (windows.size.iter().product(), frame.channels);
            let tensors = biased(bias, vec![channels], vec![places, channels]);
            Form { writes: slid(&frame, reads, channels), tensors }
        }
        (&Kind::ConvTranspose { channels, windows, bias, .. }, &[_, inputs]) => {
            let frame = spread(&windows, reads, channels)?;
            let patch = windows.size[1].saturating_mul(channels);
            let tensors = biased(bias, vec![channels], vec![patch, inputs]);
            Form { writes: vec![frame.columns.len, channels], tensors }
        }
        (Kind::ConvTranspose { .. }, _) => return refuse("[steps, channels]"),
        (&Kind::Embedding { classes, units, wide }, &[steps]) if depth == 0 => {
            let (number, most) = if wide { ("u16", 1 << 16) } else { ("u8", 1 << 8) };
            if classes == 0 || classes > most {
                return Err(Misfit::new(format!("has {classes} classes, but {number} tells {most} apart")));
            }
            Form { writes: vec![steps, units], tensors: vec![("weight", vec![classes, units])] }
        }
        (Kind::Embedding { .. }, _) => return refuse("a vector of classes, as the first layer"),
        (Kind::MaxPool(windows) | Kind::AvgPool(windows), _) => {
            let square = windows.size[0] == windows.size[1] || reads.len() < 3;
            if windows.dilation != 1 || !square {
                return Err(Misfit::new(format!("{article} {word} has windows as high as wide, of dilation 1")));
            }
            let frame = frame(windows, reads)?;
            fault(frame.pooling_fault().as_str())?;
            Form { writes: slid(&frame, reads, frame.channels), tensors: Vec::new() }
        }
        (Kind::GlobalAvgPool, [.., channels]) if reads.len() > 1 => as_is(vec![*channels]),
        (Kind::GlobalAvgPool, _) => return refuse("a matrix or volume"),
        (Kind::Flatten, _) => as_is(vec![reads.iter().product()]),
        (Kind::Unflatten(to), [width]) if to.len() > 1 => {
            let product = to.iter().try_fold(1_usize, |product, &width| product.checked_mul(width));
            if product != Some(*width) {
                return Err(Misfit::new(format!("{width} values are no {}", show(to))));
            }
            as_is(to.clone())
        }
        (Kind::Unflatten(_), _) => return refuse("a vector, and writes a matrix or volume"),
        (Kind::Softmax, [1]) => return Err(Misfit::new("a Softmax of one value is always 1: leave it out")),
        (Kind::Softmax, [_]) | (Kind::Gelu | Kind::Silu | Kind::Mish | Kind::Dropout { .. }, _) => {
            as_is(reads.to_vec())
        }
        (Kind::Softmax, _) => return refuse("a vector"),
        (Kind::LayerNorm, [.., channels]) => per_channel(reads, ["gain", "bias"], *channels),
        (Kind::Standardize, [.., channels]) => per_channel(reads, ["mean", "deviation"], *channels),
        (Kind::BatchNorm, [.., channels]) => {
            let tensors = ["gain", "bias", "mean", "variance"].map(|name| (name, vec![*channels])).to_vec();
            Form { writes: reads.to_vec(), tensors }
        }
        (&Kind::GroupNorm { groups }, [.., channels]) => {
            let numbers = reads.iter().product::<usize>().checked_div(groups).unwrap_or(0);
            if channels.checked_rem(groups) != Some(0) {
                let text = format!("has {groups} groups, which do not divide its {channels} channels");
                return Err(Misfit::new(text));
            }
            if numbers < 2 {
                return Err(Misfit::new(format!("has {groups} groups of one number, which would always be 0")));
            }
            per_channel(reads, ["gain", "bias"], *channels)
        }
        (Kind::LayerNorm | Kind::Standardize | Kind::BatchNorm | Kind::GroupNorm { .. }, []) => {
            return refuse("an array");
        }
        (Kind::Residual(_), _) => {
            let Some(last) = within.last() else { return Err(Misfit::new("a Residual needs layers")) };
            if last.writes() != reads {
                let (reads, writes) = (show(reads), show(last.writes()));
                return Err(Misfit::new(format!("layers in a Residual read {reads} values, but write {writes}")));
            }
            as_is(reads.to_vec())
        }
        (Kind::Bidirectional(half), &[_, _]) => bidirectional(half, reads, depth)?,
        (Kind::Bidirectional(_), _) => return refuse("[steps, inputs]"),
    };
    if let &Kind::Dropout { percent: percent @ 100.. } = kind {
        return Err(Misfit::new(format!("a Dropout leaves out 0 to 99 %, not {percent} %")));
    }
    array(&form.writes).map_err(|message| Misfit::new(format!("what {article} {word} writes {message}")))?;
    for (name, shape) in &form.tensors {
        let count = shape.iter().try_fold(1_usize, |product, &width| product.checked_mul(width));
        if count.is_none_or(|count| count > MOST_PARAMETERS) {
            return Err(Misfit::new(format!("`{name}` has {} numbers, but at most {MOST_PARAMETERS}", show(shape))));
        }
    }
    Ok(form)
}

fn as_is(writes: Vec<usize>) -> Form {
    Form { writes, tensors: Vec::new() }
}

fn biased(bias: bool, of_bias: Vec<usize>, of_weight: Vec<usize>) -> Vec<(&'static str, Vec<usize>)> {
    let bias = bias.then_some(("bias", of_bias));
    bias.into_iter().chain([("weight", of_weight)]).collect()
}

fn per_channel(reads: &[usize], names: [&'static str; 2], channels: usize) -> Form {
    Form { writes: reads.to_vec(), tensors: names.map(|name| (name, vec![channels])).to_vec() }
}

fn emitted(all: bool, steps: usize, units: usize) -> Vec<usize> {
    if all { vec![steps, units] } else { vec![units] }
}

/// A recurrent layer whose rows of weights have `row` numbers.
fn gates(units: usize, all: bool, steps: usize, inputs: usize, row: usize) -> Form {
    let tensors = vec![("bias", vec![row]), ("weight", vec![inputs, row]), ("recurrent", vec![units, row])];
    Form { writes: emitted(all, steps, units), tensors }
}

fn gru(units: usize, all: bool, reset: Reset, steps: usize, inputs: usize) -> Form {
    let times = |n: usize| units.saturating_mul(n);
    let tensors = match reset {
        Reset::After => vec![
            ("bias", vec![times(3)]),
            ("recurrent_bias", vec![units]),
            ("weight", vec![inputs, times(3)]),
            ("recurrent", vec![units, times(3)]),
        ],
        Reset::Before => vec![
            ("bias", vec![times(3)]),
            ("weight", vec![inputs, times(3)]),
            ("recurrent", vec![units, times(2)]),
            ("recurrent_new", vec![units, units]),
        ],
    };
    Form { writes: emitted(all, steps, units), tensors }
}

/// The layer's tensors, and again those of the one that reads backwards.
fn bidirectional(half: &Kind, reads: &[usize], depth: usize) -> Result<Form, Misfit> {
    if matches!(half, Kind::Residual(_) | Kind::Bidirectional(_)) {
        return Err(Misfit::new("a Bidirectional is of one layer that reads steps: put each of several into one"));
    }
    let Form { mut writes, mut tensors } = form(half, reads, &[], depth)?;
    let grid = writes.len() < 3;
    let Some(last) = writes.last_mut().filter(|_| grid) else {
        return Err(Misfit::new("the layer in a Bidirectional writes a vector or a matrix"));
    };
    *last = last.saturating_mul(2);
    let again: Vec<_> = tensors.iter().map(|(name, shape)| (reverse(name), shape.clone())).collect();
    tensors.extend(again);
    Ok(Form { writes, tensors })
}

/// nanoprop's name of a tensor of the layer that reads from the last step on.
pub(crate) fn reverse(name: &str) -> &'static str {
    match name {
        "bias" => "reverse_bias",
        "gain" => "reverse_gain",
        "mean" => "reverse_mean",
        "deviation" => "reverse_deviation",
        "variance" => "reverse_variance",
        "weight" => "reverse_weight",
        "recurrent" => "reverse_recurrent",
        "recurrent_bias" => "reverse_recurrent_bias",
        "recurrent_new" => "reverse_recurrent_new",
        _ => "reverse",
    }
}
