//! What [`network!`](crate::network!) checks of a network that it declares.

use crate::layer::{Layer, Plan};
use crate::shape::{Shape, Text};

/// Refuses a network whose first layer does not read the input, or whose layers do not fit; the message begins with its
/// name, since the compiler underlines all of the macro.
///
/// Without type parameters: so the compiler's message points at the declaration and spells no types. The input's widths
/// are numbers, so that the compiler computes each width once and a wrong one is one error.
#[track_caller]
pub const fn fits(net: &str, input: &[usize], plan: &Plan) {
    let (mut shape, mut i) = (Shape::SCALAR, input.len());
    while i > 0 {
        i -= 1;
        shape = shape.of(input[i]);
    }
    if !plan.reads().same(&shape) {
        let text = Text::new().words(net).words(": layer 1 reads ").shape(plan.reads());
        let text = text.words(" values, but the input has ").shape(shape);
        panic!("{}", text.flatten(plan.reads(), shape).as_str());
    }
    plan.check_of(net);
}

/// The plan of a network. A function of its type, so that the compiler underlines the network's name where a layer or the
/// loss is none.
pub const fn plan<N: Layer>() -> &'static Plan {
    N::PLAN
}
