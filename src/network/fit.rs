//! What [`network!`](crate::network!) checks of a network that it declares.

use crate::layer::{Layer, Plan};
use crate::shape::{Shape, Text};

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

/// Refuses a network whose first layer does not read the input, or whose layers do not fit, or are not as its spec says.
/// The message begins with the line of the spec, or with the network's name, since the compiler underlines all of the
/// macro.
///
/// Without type parameters: so the compiler's message points at the declaration and spells no types. The input's widths
/// are numbers, so that the compiler computes each width once and a wrong one is one error.
#[track_caller]
pub const fn fits(net: &str, input: &[usize], plan: &Plan, spec: Spec) {
    let shape = shape(input);
    spec.check(spec.layers, plan, shape, 1);
    if !plan.reads().same(&shape) {
        let text = Text::new().words(net).words(": layer 1 reads ").shape(plan.reads());
        let text = text.words(" values, but the input has ").shape(shape);
        panic!("{}", text.flatten(plan.reads(), shape).as_str());
    }
    plan.check_of(net);
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

/// The plan of a network.
pub const fn plan<N: Layer>() -> &'static Plan {
    N::PLAN
}
