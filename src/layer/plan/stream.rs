//! What a plan says of streams.

use super::{Leaf, Node, Plan};
use crate::shape::{Shape, Text};

impl Plan {
    /// What the first layer reads at a step of a stream.
    const fn step(&self) -> Shape {
        match self.0 {
            Node::Leaf(leaf) => leaf.step,
            Node::Pair(first, _) => first.step(),
            Node::Frozen(layers) | Node::Around(layers) => layers.step(),
        }
    }

    /// What the last layer writes at a step of a stream.
    const fn emit(&self) -> Shape {
        match self.0 {
            Node::Leaf(leaf) => leaf.emit,
            Node::Pair(_, second) => second.emit(),
            Node::Frozen(layers) | Node::Around(layers) => layers.emit(),
        }
    }

    /// Refuses a chain that can't run step by step.
    ///
    /// # Panics
    ///
    /// At compile time, as `layer 3 reads 15×32 values at once, but layer 2 writes 32 at each step of a stream`.
    #[track_caller]
    pub(crate) const fn check_stream(&self, position: usize) {
        let (first, second) = match self.0 {
            Node::Leaf(Leaf { waits, .. }) => {
                if !waits.is_empty() {
                    let text = Text::new().words("layer ").number(position).words(" can't run step by step: it ");
                    panic!("{}", text.words(waits).as_str());
                }
                return;
            }
            Node::Pair(first, second) => (first, second),
            Node::Frozen(layers) | Node::Around(layers) => return layers.check_stream(position),
        };
        first.check_stream(position);
        let next = position + first.layers();
        let (emit, step) = (first.emit(), second.step());
        if !emit.same(&step) {
            let text = Text::new().words("layer ").number(next).words(" reads ").shape(step);
            let text = text.words(" values at once, but layer ").number(next - 1).words(" writes ").shape(emit);
            panic!("{}", text.words(" at each step of a stream").as_str());
        }
        second.check_stream(next);
    }

    /// Refuses a chain whose windows can't go on where others ended.
    ///
    /// # Panics
    ///
    /// At compile time, as `layer 1 can't carry its state on: it reads its steps from the last on, too`.
    #[track_caller]
    pub(crate) const fn check_carry(&self, position: usize) {
        match self.0 {
            Node::Leaf(Leaf { anew, .. }) => {
                if !anew.is_empty() {
                    let text = Text::new().words("layer ").number(position).words(" can't carry its state on: it ");
                    panic!("{}", text.words(anew).as_str());
                }
            }
            Node::Pair(first, second) => {
                first.check_carry(position);
                second.check_carry(position + first.layers());
            }
            Node::Frozen(layers) | Node::Around(layers) => layers.check_carry(position),
        }
    }
}
