//! What [`network!`](crate::network!) checks of a network that it declares.

use crate::activation::*;
use crate::layer::{Ending, Function, GeluFunction, MishFunction, Plan, SiluFunction, Stack as _};
use crate::loss::Outputs;
use crate::network::Layers;
use crate::shape::{Shape, Text, same};

/// Where a network is declared, if that is a file that nanoprop-build reads: for messages.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// Its name; empty if there is none.
    pub file: &'static str,
    /// What it says of each layer.
    pub layers: &'static [Shapes],
}

/// The shapes that a spec gives a layer.
#[derive(Clone, Copy, Debug)]
pub struct Shapes {
    /// The line of what it reads.
    pub reads_line: usize,
    /// What it reads.
    pub reads: &'static [usize],
    /// The line of what it writes.
    pub writes_line: usize,
    /// What it writes; empty if the spec leaves it out.
    pub writes: &'static [usize],
    /// The layers of a Residual; then its own shapes are theirs.
    pub within: &'static [Shapes],
}

/// Refuses a network whose first layer does not read the input, whose layers do not fit, or are not as its spec says, or
/// whose outputs are not what the loss of this name reads.
/// The message begins with the line of the spec, or with the network's name, since the compiler underlines all of the
/// macro.
///
/// Without type parameters: so the compiler's message points at the declaration and spells no types. The input's widths
/// are numbers, so that the compiler computes each width once and a wrong one is one error.
#[track_caller]
pub const fn fits(net: &str, input: &[usize], plan: &Plan, spec: Spec, loss: &str, outputs: Outputs) {
    let shape = shape(input);
    spec.check(spec.layers, plan, shape, 1);
    if !plan.reads().same(&shape) {
        let text = Text::new().words(net).words(": layer 1 reads ").shape(plan.reads());
        let text = text.words(" values, but the input has ").shape(shape);
        panic!("{}", text.flatten(plan.reads(), shape).as_str());
    }
    plan.check_of(net);
    check_logits(net, plan, loss, outputs);
}

impl Spec {
    /// Compares the shapes of `layers` with their plan, behind a layer that writes `before`; returns the number of the next
    /// layer.
    #[track_caller]
    const fn check(self, layers: &[Shapes], plan: &Plan, before: Shape, number: usize) -> usize {
        let Some((first, rest)) = layers.split_first() else { return number };
        let (plan, plans) = match plan.parts() {
            Some((plan, plans)) if !rest.is_empty() => (plan, plans),
            _ => (plan, plan),
        };
        let next = match plan.inside() {
            Some(inside) if !first.within.is_empty() => self.check(first.within, inside, before, number),
            _ => {
                self.check_one(first, plan, before, number);
                number + 1
            }
        };
        self.check(rest, plans, plan.writes(), next)
    }

    #[track_caller]
    const fn check_one(self, layer: &Shapes, plan: &Plan, before: Shape, number: usize) {
        let reads = shape(layer.reads);
        if !reads.same(&before) {
            let text = self.at(layer.reads_line).words("layer ").number(number).words(" reads ").shape(reads);
            let text = text.words(" values, but layer ").number(number - 1).words(" writes ").shape(before);
            panic!("{}", text.flatten(reads, before).as_str());
        }
        if !reads.same(&plan.reads()) {
            let text = self.at(layer.reads_line).words("layer ").number(number).words(" reads ").shape(plan.reads());
            let text = text.words(" values, but ").words(if number == 1 {
                "the input has "
            } else {
                "the one before it writes "
            });
            panic!("{}", text.shape(reads).flatten(plan.reads(), reads).as_str());
        }
        if !layer.writes.is_empty() && !shape(layer.writes).same(&plan.writes()) {
            let text = self.at(layer.writes_line).words("layer ").number(number).words(" writes ");
            panic!("{}", text.shape(plan.writes()).words(" values, not ").shape(shape(layer.writes)).as_str());
        }
    }

    const fn at(self, line: usize) -> Text {
        Text::new().words(self.file).words(":").number(line).words(": ")
    }
}

/// The shape of these widths.
const fn shape(widths: &[usize]) -> Shape {
    let (mut shape, mut i) = (Shape::SCALAR, widths.len());
    while i > 0 {
        i -= 1;
        shape = shape.of(widths[i]);
    }
    shape
}

/// The plan of a network's layers.
pub const fn plan<L: Layers>() -> &'static Plan {
    L::Chain::PLAN
}

/// Refuses outputs that can't be the logits which a loss reads: those of a link that the loss applies itself, or that
/// are bounded.
///
/// # Panics
///
/// At compile time, as `layer 3 ends in Sigmoid, and SigmoidCrossEntropy applies it again: write Dense<3>`.
#[track_caller]
pub(crate) const fn check_logits(net: &str, plan: &Plan, loss: &str, outputs: Outputs) {
    let text = if net.is_empty() { Text::new() } else { Text::new().words(net).words(": ") };
    if matches!(outputs, Outputs::Numbers) {
        return;
    }
    let classes = matches!(outputs, Outputs::Classes);
    if classes && plan.writes().count() == 1 {
        let text = text.camel(loss).words(" over one output, a share that is always 1: write ");
        panic!("{}", text.words("SigmoidCrossEntropy for a yes or no, or an output for each class").as_str());
    }
    let Some(last) = plan.last(1) else { return };
    let (function, least, greatest) = ends(last.name, last.detail);
    let both = greatest <= 1.0;
    // A choice depends on differences of logits only: those bounded on one side can have any. But a rectifier's lack a
    // slope where they are 0, and a class that is never learned is no choice.
    let refused = if classes { both || same(function, Relu::NAME) } else { least >= -1.0 };
    if refused {
        let text = text.words("layer ").number(last.position).words(" ends in ").camel(function);
        let softmax = classes && same(function, "softmax") && same(loss, "softmax_cross_entropy");
        let sigmoid = !classes && same(function, Sigmoid::NAME) && same(loss, "sigmoid_cross_entropy");
        let text = if softmax || sigmoid {
            text.words(", and ").camel(loss).words(" applies it again: ")
        } else {
            let text = text.words(if both { ", between " } else { ", never below " });
            let text = text.words(if least < 0.0 { "-1" } else { "0" }).words(if both { " and 1" } else { "" });
            text.words(", but ").camel(loss).words(" reads logits of any size: ")
        };
        panic!("{}", remedy(text, &last).as_str());
    }
}

/// Refuses to make a class of one number.
#[track_caller]
pub(crate) const fn check_classes(outputs: Outputs, count: usize) {
    assert!(
        count > 1 || matches!(outputs, Outputs::Labels),
        "one output is a number under this loss, and no class: use SigmoidCrossEntropy, or compare the prediction itself \
         (a loss of your own whose logits are yes or no by their sign says `const OUTPUTS: Outputs = Outputs::Labels`)"
    );
}

/// Refuses a threshold where a class is not decided by one.
#[track_caller]
pub(crate) const fn check_threshold(outputs: Outputs, count: usize) {
    check_classes(outputs, count);
    assert!(
        count == 1,
        "a threshold is for one output: of several, the largest logit decides; `MultiLabel` has one for each"
    );
}

/// The function that a layer ends in, and its least and greatest value.
const fn ends(name: &'static str, detail: &'static str) -> (&'static str, f64, f64) {
    if same(name, "Softmax") {
        return ("softmax", 0.0, 1.0);
    }
    if same(name, "Lstm") || same(name, "Gru") {
        return (name, -1.0, 1.0);
    }
    if same(name, "Bidirectional") || same(name, "FakeQuantize") {
        // Its detail is the layer within, and that one's.
        let (name, detail) = cut(detail, b' ');
        return ends(name, detail);
    }
    let convolves = is_convolution(name);
    if convolves || same(name, "Dense") || same(name, "Elman") || same(name, "Map") {
        // Of a convolution, the rest tells its windows.
        let detail = if convolves { cut(detail, b',').0 } else { detail };
        macro_rules! each {
            ($($word:ident: $type:ident { kinked: $kinked:literal, least: $least:expr, greatest: $greatest:expr })+) => {$(
                if same(detail, $type::NAME) {
                    return (detail, $least, $greatest);
                }
            )+};
        }
        crate::__activations!(each);
        crate::__functions!(each);
    }
    ("", f64::NEG_INFINITY, f64::INFINITY)
}

/// Appends what to write instead.
const fn remedy(text: Text, last: &Ending) -> Text {
    if same(last.name, "Dense") {
        let text = text.words("write Dense<").number(last.writes.count());
        return text.words(if last.biased { ">" } else { ", Identity, Unbiased>" });
    }
    let recurrent = same(last.name, "Elman") || same(last.name, "Lstm") || same(last.name, "Gru");
    if recurrent || same(last.name, "Bidirectional") {
        return text.words("put a Dense<").number(last.writes.count()).words("> behind it");
    }
    text.words(if is_convolution(last.name) { "leave its activation out" } else { "leave it out" })
}

const fn is_convolution(name: &str) -> bool {
    same(name, "Conv1d") || same(name, "Conv2d") || same(name, "DepthwiseConv1d") || same(name, "DepthwiseConv2d")
}

/// What stands before the first such byte, and behind it.
const fn cut(words: &str, at: u8) -> (&str, &str) {
    let mut i = 0;
    while i < words.len() && words.as_bytes()[i] != at {
        i += 1;
    }
    let (before, rest) = words.split_at(i);
    (before, if rest.is_empty() { rest } else { rest.split_at(1).1 })
}

#[cfg(test)]
mod tests;
