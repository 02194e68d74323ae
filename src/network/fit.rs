//! What [`network!`](crate::network!) checks of a network that it declares.

use crate::array::Array;
use crate::layer::Plan;
use crate::shape::{Shape, Text};

/// Refuses a network whose first layer does not read the input, or whose layers do not fit.
///
/// Without type parameters: so the compiler's message points at the declaration and spells no types.
#[track_caller]
pub const fn fits(input: Shape, plan: &Plan) {
    if !plan.reads().same(&input) {
        let text = Text::new().words("layer 1 reads ").shape(plan.reads());
        let text = text.words(" values, but the input has ").shape(input);
        panic!("{}", text.flatten(plan.reads(), input).as_str());
    }
    plan.check();
}

/// The shape of an input.
pub const fn shape<X: Array>() -> Shape {
    X::SHAPE
}

/// What stands in for a layer that `network!` does not know.
pub trait Unknown<const NAME: bool> {
    /// The layer before.
    type Same;
}

impl<X, const NAME: bool> Unknown<NAME> for X {
    type Same = X;
}
