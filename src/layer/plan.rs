mod fnv;
mod stream;

use core::fmt;

pub use fnv::Fnv;

use crate::array::{Array, Plain};
use crate::layer::Stack;
use crate::scalar::{Number, Scalar};
use crate::shape::{Shape, Text, same};

/// What a network is made of, as a constant: a tree whose leaves are layers.
///
/// The fit check walks it, checkpoints are fingerprinted by it, and it prints as a summary.
#[derive(Clone, Copy, Debug)]
pub struct Plan(Node);

#[derive(Clone, Copy, Debug)]
struct Leaf {
    name: &'static str,
    detail: &'static str,
    reads: Shape,
    /// Whether it reads numbers of classes.
    classes: bool,
    writes: Shape,
    parameters: usize,
    /// Why the layer can't be; empty where it can.
    fault: &'static str,
    /// What it reads and writes at a step of a stream.
    step: Shape,
    emit: Shape,
    /// Why it can't run step by step; empty where it can.
    waits: &'static str,
    /// Why a window can't go on where another ended; empty where it can.
    anew: &'static str,
}

#[derive(Clone, Copy, Debug)]
#[allow(clippy::large_enum_variant, reason = "plans are constants")]
enum Node {
    Leaf(Leaf),
    Pair(&'static Plan, &'static Plan),
    Frozen(&'static Plan),
    Around(&'static Plan),
}

impl Plan {
    /// The plan of a layer.
    pub const fn leaf<L: Stack>() -> Plan {
        Plan(Node::Leaf(Leaf {
            name: L::NAME,
            detail: L::DETAIL,
            reads: <L::Input as Array>::SHAPE,
            classes: <<L::Input as Plain>::Scalar as Number>::CLASS,
            writes: <L::Output as Array>::SHAPE,
            parameters: <L as Plain>::COUNT,
            fault: L::FAULT,
            step: <L::Step as Array>::SHAPE,
            emit: <L::Emit as Array>::SHAPE,
            waits: L::WAITS,
            anew: L::ANEW,
        }))
    }

    /// The plan of two layers in a row.
    pub const fn pair(first: &'static Plan, second: &'static Plan) -> Plan {
        Plan(Node::Pair(first, second))
    }

    /// The plan of a shortcut around layers; they count, and it does not.
    pub const fn around(layers: &'static Plan) -> Plan {
        Plan(Node::Around(layers))
    }

    /// The plan of layers whose parameters are not the network's.
    pub const fn frozen(layers: &'static Plan) -> Plan {
        Plan(Node::Frozen(layers))
    }

    /// The first layer and what follows it.
    pub(crate) const fn parts(&self) -> Option<(&'static Plan, &'static Plan)> {
        if let Node::Pair(first, second) = self.0 { Some((first, second)) } else { None }
    }

    /// The layers of a Residual.
    pub(crate) const fn inside(&self) -> Option<&'static Plan> {
        if let Node::Around(layers) = self.0 { Some(layers) } else { None }
    }

    /// How many layers.
    pub const fn layers(&self) -> usize {
        match self.0 {
            Node::Leaf(_) => 1,
            Node::Pair(first, second) => first.layers() + second.layers(),
            Node::Frozen(layers) => layers.layers(),
            Node::Around(layers) => layers.layers(),
        }
    }

    /// The shape that the first layer reads.
    pub const fn reads(&self) -> Shape {
        match self.0 {
            Node::Leaf(leaf) => leaf.reads,
            Node::Pair(first, _) => first.reads(),
            Node::Frozen(layers) => layers.reads(),
            Node::Around(layers) => layers.reads(),
        }
    }

    /// Whether the first layer reads numbers of classes, which no layer writes.
    const fn classes(&self) -> bool {
        match self.0 {
            Node::Leaf(leaf) => leaf.classes,
            Node::Pair(first, _) => first.classes(),
            Node::Frozen(layers) | Node::Around(layers) => layers.classes(),
        }
    }

    /// The shape that the last layer writes.
    pub const fn writes(&self) -> Shape {
        match self.0 {
            Node::Leaf(leaf) => leaf.writes,
            Node::Pair(_, second) => second.writes(),
            Node::Frozen(layers) => layers.writes(),
            Node::Around(layers) => layers.writes(),
        }
    }

    /// Layer `k` of the chain, from 0, where a Residual is one.
    #[cfg(feature = "half")]
    const fn part(&self, k: usize) -> Option<&Plan> {
        match self.0 {
            Node::Pair(first, second) => {
                let before = first.length();
                if k < before { first.part(k) } else { second.part(k - before) }
            }
            _ if k == 0 => Some(self),
            _ => None,
        }
    }

    /// How many [`part`](Plan::part)s there are.
    #[cfg(feature = "half")]
    const fn length(&self) -> usize {
        if let Node::Pair(first, second) = self.0 { first.length() + second.length() } else { 1 }
    }

    /// Whether its first layers are those of another, of the same kinds, shapes and parameters.
    #[cfg(feature = "half")]
    pub(crate) const fn starts_with(&self, other: &Plan) -> bool {
        let mut k = 0;
        while k < other.length() {
            let (Some(a), Some(b)) = (self.part(k), other.part(k)) else { return false };
            if a.hash(Fnv::new()).0 != b.hash(Fnv::new()).0 {
                return false;
            }
            k += 1;
        }
        true
    }

    /// Refuses a chain in which a layer does not read what the one before it writes, or a softmax has one value.
    ///
    /// # Panics
    ///
    /// At compile time, as `layer 2 reads 16 values, but layer 1 writes 32`.
    #[track_caller]
    pub const fn check(&self) {
        self.check_from(Text::new(), 1);
    }

    /// [`check`](Plan::check) of the network of this name, with which the message begins.
    #[track_caller]
    pub(crate) const fn check_of(&self, net: &str) {
        self.check_from(Text::new().words(net).words(": "), 1);
    }

    #[track_caller]
    const fn check_from(&self, start: Text, position: usize) {
        let (first, second) = match self.0 {
            Node::Leaf(leaf) => return leaf.check(start, position),
            Node::Pair(first, second) => (first, second),
            Node::Frozen(layers) => return layers.check_from(start, position),
            Node::Around(layers) => return layers.check_around(start, position),
        };
        first.check_from(start, position);
        let next = position + first.layers();
        second.check_numbers(start, next);
        let (writes, reads) = (first.writes(), second.reads());
        if !writes.same(&reads) {
            let text = start.words("layer ").number(next).words(" reads ").shape(reads);
            let text = text.words(" values, but layer ").number(next - 1).words(" writes ").shape(writes);
            panic!("{}", text.flatten(reads, writes).as_str());
        }
        second.check_from(start, next);
    }

    /// Refuses numbers of classes behind a layer or in a Residual.
    #[track_caller]
    const fn check_numbers(&self, start: Text, position: usize) {
        if self.classes() {
            let text = start.words("layer ").number(position);
            panic!("{}", text.words(" reads numbers of classes: put it first, and in no Residual").as_str());
        }
    }

    /// The layer whose function the outputs come from, `position` being the number of the first; `None` where all only
    /// hand values on.
    pub(crate) const fn last(&self, position: usize) -> Option<Ending> {
        match self.0 {
            Node::Leaf(Leaf { name, detail, reads, writes, parameters, .. }) => {
                let hands_on = hands_on(name) || same(name, "FakeQuantize") && detail.is_empty();
                let biased = parameters != reads.count() * writes.count();
                if hands_on { None } else { Some(Ending { position, name, detail, writes, biased }) }
            }
            Node::Pair(first, second) => match second.last(position + first.layers()) {
                None => first.last(position),
                last => last,
            },
            Node::Frozen(layers) => layers.last(position),
            // A sum with what the layers read.
            Node::Around(layers) => {
                Some(Ending { position, name: "Residual", detail: "", writes: layers.writes(), biased: true })
            }
        }
    }

    /// Refuses layers in a Residual that don't write the shape that they read.
    #[track_caller]
    const fn check_around(&self, start: Text, position: usize) {
        self.check_numbers(start, position);
        self.check_from(start, position);
        let (reads, writes, last) = (self.reads(), self.writes(), position + self.layers() - 1);
        if !reads.same(&writes) {
            let text = start.words(if last > position { "layers " } else { "layer " }).number(position);
            let text = if last > position { text.words(" to ").number(last) } else { text };
            let (read, write) = if last > position { ("read ", "write ") } else { ("reads ", "writes ") };
            let text = text.words(" in a Residual ").words(read).shape(reads).words(" values, but ").words(write);
            panic!("{}", text.shape(writes).as_str());
        }
    }

    /// A hash of the architecture: layers, activations, shapes, numbers of parameters, loss and scalar.
    pub(crate) const fn fingerprint<T: Scalar>(&self, loss: &str) -> u64 {
        let hash = Fnv::new().bytes(T::NAME.as_bytes()).bytes(loss.as_bytes());
        self.hash(hash).0
    }

    const fn hash(&self, hash: Fnv) -> Fnv {
        match self.0 {
            Node::Leaf(Leaf { name, detail, reads, writes, parameters, .. }) => {
                hash.bytes(name.as_bytes()).bytes(detail.as_bytes()).shape(reads).shape(writes).number(parameters)
            }
            Node::Pair(first, second) => second.hash(first.hash(hash)),
            Node::Frozen(layers) => layers.hash(hash.bytes(b"Frozen")),
            Node::Around(layers) => layers.hash(hash.bytes(b"Residual").number(layers.layers())),
        }
    }
}

/// Whether a layer of this name hands values on, or something between them.
const fn hands_on(name: &str) -> bool {
    const NAMES: [&str; 8] =
        ["Flatten", "Unflatten", "Dropout", "GlobalAvgPool", "AvgPool1d", "AvgPool2d", "MaxPool1d", "MaxPool2d"];
    let mut i = 0;
    while i < NAMES.len() {
        if same(name, NAMES[i]) {
            return true;
        }
        i += 1;
    }
    false
}

/// The layer that a network's logits come from.
#[derive(Clone, Copy)]
pub(crate) struct Ending {
    pub(crate) position: usize,
    pub(crate) name: &'static str,
    pub(crate) detail: &'static str,
    pub(crate) writes: Shape,
    pub(crate) biased: bool,
}

impl Leaf {
    /// Refuses a layer that can't be, and a softmax that is always 1.
    #[track_caller]
    const fn check(&self, start: Text, position: usize) {
        let text = start.words("layer ").number(position);
        if !self.fault.is_empty() {
            panic!("{}", text.words(" ").words(self.fault).as_str());
        }
        if same(self.name, "Softmax") && self.writes.count() == 1 {
            panic!("{}", text.words(" is a Softmax of one value, which is always 1: leave it out").as_str());
        }
    }
}

/// A line for each layer: `1  Dense sigmoid  64 → 32  2080 parameters`.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines(f, 1, "", "")
    }
}

impl Plan {
    fn lines(&self, f: &mut fmt::Formatter<'_>, position: usize, frozen: &str, within: &str) -> fmt::Result {
        match self.0 {
            Node::Leaf(Leaf { name, detail, reads, writes, parameters, .. }) => {
                let space = if detail.is_empty() { "" } else { " " };
                write!(f, "{position:>2}  {name}{space}{detail}  {reads} → {writes}  ")?;
                writeln!(f, "{parameters} {frozen}parameters{within}")
            }
            Node::Pair(first, second) => {
                first.lines(f, position, frozen, within)?;
                second.lines(f, position + first.layers(), frozen, within)
            }
            Node::Frozen(layers) => layers.lines(f, position, "frozen ", within),
            Node::Around(layers) => layers.lines(f, position, frozen, ", in a Residual"),
        }
    }
}
