//! What [`network!`](crate::network!) checks of a network that it declares.

use crate::activation::*;
use crate::layer::{Ending, Function, GeluFunction, MishFunction, Plan, SiluFunction, Stack};
use crate::loss::Outputs;
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

/// The plan of a network.
pub const fn plan<N: Stack>() -> &'static Plan {
    N::PLAN
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
    let (function, least, greatest) = ends(&last);
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
const fn ends(last: &Ending) -> (&'static str, f64, f64) {
    if same(last.name, "Softmax") {
        return ("softmax", 0.0, 1.0);
    }
    if same(last.name, "Lstm") || same(last.name, "Gru") {
        return (last.name, -1.0, 1.0);
    }
    if same(last.name, "Dense") || same(last.name, "Elman") || same(last.name, "Map") {
        macro_rules! each {
            ($($word:ident: $type:ident { kinked: $kinked:literal, least: $least:expr, greatest: $greatest:expr })+) => {$(
                if same(last.detail, $type::NAME) {
                    return (last.detail, $least, $greatest);
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
    if same(last.name, "Elman") || same(last.name, "Lstm") || same(last.name, "Gru") {
        return text.words("put a Dense<").number(last.writes.count()).words("> behind it");
    }
    text.words("leave it out")
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;
    use crate::{Layers, Loss, Weights};

    use super::*;

    /// What the fit check says of a network; nothing where it fits.
    fn says<L: Layers, E: Loss>() -> String {
        let check = || check_logits("", L::Chain::PLAN, E::NAME, E::OUTPUTS);
        let refused = std::panic::catch_unwind(check).err();
        refused.map(|panic| panic.downcast_ref::<String>().unwrap().clone()).unwrap_or_default()
    }

    struct Own;
    impl Loss for Own {
        const NAME: &'static str = "own";

        fn value<T: Scalar>(_: &[T], _: &[T]) -> T {
            T::ZERO
        }

        fn delta<T: Scalar>(_: &[T], _: &[T], _: &mut [T]) {}
    }

    struct Margin;
    impl Loss for Margin {
        const NAME: &'static str = "margin";
        const OUTPUTS: Outputs = Outputs::Labels;

        fn value<T: Scalar>(_: &[T], _: &[T]) -> T {
            T::ZERO
        }

        fn delta<T: Scalar>(_: &[T], _: &[T], _: &mut [T]) {}
    }

    struct Trained;
    impl Weights for Trained {
        type Layer = Network<(Dense<U2, U5>, Dense<U5, U3, Sigmoid>), SquaredError>;

        fn weights() -> &'static Self::Layer {
            static NET: <Trained as Weights>::Layer = Network::ZERO;
            &NET
        }
    }

    type Last<A> = (Dense<U2, U5, Tanh>, Dense<U5, U3, A>);

    #[test]
    fn logits_that_no_loss_reads() {
        macro_rules! numbers {
            ($($word:ident: $type:ident $rest:tt)+) => {$(
                assert_eq!(says::<Last<$type>, SquaredError>(), "");
                assert_eq!(says::<Last<$type>, Own>(), "");
            )+};
        }
        crate::__activations!(numbers);

        let labels = "SigmoidCrossEntropy reads logits of any size: write Dense<3>";
        let classes = "SoftmaxCrossEntropy reads logits of any size: write Dense<3>";
        macro_rules! say {
            ($type:ident, $loss:ident, $($words:tt)*) => {
                assert_eq!(says::<Last<$type>, $loss>(), format!($($words)*));
            };
        }
        say!(Elu, SigmoidCrossEntropy, "layer 2 ends in Elu, never below -1, but {labels}");
        say!(HardSigmoid, SigmoidCrossEntropy, "layer 2 ends in HardSigmoid, between 0 and 1, but {labels}");
        say!(HardTanh, SigmoidCrossEntropy, "layer 2 ends in HardTanh, between -1 and 1, but {labels}");
        say!(Identity, SigmoidCrossEntropy, "");
        say!(LeakyRelu, SigmoidCrossEntropy, "");
        say!(Relu, SigmoidCrossEntropy, "layer 2 ends in Relu, never below 0, but {labels}");
        say!(Softplus, SigmoidCrossEntropy, "layer 2 ends in Softplus, never below 0, but {labels}");
        say!(Softsign, SigmoidCrossEntropy, "layer 2 ends in Softsign, between -1 and 1, but {labels}");
        say!(Tanh, SigmoidCrossEntropy, "layer 2 ends in Tanh, between -1 and 1, but {labels}");
        say!(Elu, SoftmaxCrossEntropy, "");
        say!(HardSigmoid, SoftmaxCrossEntropy, "layer 2 ends in HardSigmoid, between 0 and 1, but {classes}");
        say!(HardTanh, SoftmaxCrossEntropy, "layer 2 ends in HardTanh, between -1 and 1, but {classes}");
        say!(Identity, SoftmaxCrossEntropy, "");
        say!(LeakyRelu, SoftmaxCrossEntropy, "");
        say!(Relu, SoftmaxCrossEntropy, "layer 2 ends in Relu, never below 0, but {classes}");
        say!(Sigmoid, SoftmaxCrossEntropy, "layer 2 ends in Sigmoid, between 0 and 1, but {classes}");
        say!(Softplus, SoftmaxCrossEntropy, "");
        say!(Softsign, SoftmaxCrossEntropy, "layer 2 ends in Softsign, between -1 and 1, but {classes}");
        say!(Tanh, SoftmaxCrossEntropy, "layer 2 ends in Tanh, between -1 and 1, but {classes}");
        say!(
            Sigmoid,
            Margin,
            "layer 2 ends in Sigmoid, between 0 and 1, but Margin reads logits of any size: write Dense<3>"
        );
        say!(LeakyRelu, Margin, "");
    }

    #[test]
    fn links_that_are_doubled() {
        let again = "ends in Sigmoid, and SigmoidCrossEntropy applies it again: write";
        assert_eq!(says::<Last<Sigmoid>, SigmoidCrossEntropy>(), format!("layer 2 {again} Dense<3>"));
        type Unshifted = Dense<U2, U3, Sigmoid, f64, Unbiased>;
        let unbiased = format!("layer 1 {again} Dense<3, Identity, Unbiased>");
        assert_eq!(says::<Unshifted, SigmoidCrossEntropy>(), unbiased);
        type Nested = ((Dense<U2, U4>,), (Gelu<U4>, (Dense<U4, U3, Sigmoid>, Dropout<U3, Percent<10>>)));
        assert_eq!(says::<Nested, SigmoidCrossEntropy>(), format!("layer 3 {again} Dense<3>"));
        assert_eq!(
            says::<(Dense<U1, U2>, Frozen<Trained>), SigmoidCrossEntropy>(),
            format!("layer 3 {again} Dense<3>")
        );
        type Choice<R> = (Dense<U2, U3>, Softmax<U3>, R);
        let softmax = "layer 2 ends in Softmax, and SoftmaxCrossEntropy applies it again: leave it out";
        assert_eq!(says::<(Dense<U2, U3>, Softmax<U3>), SoftmaxCrossEntropy>(), softmax);
        assert_eq!(says::<Choice<Dense<U3, U3>>, SoftmaxCrossEntropy>(), "");
        let yes =
            "layer 2 ends in Softmax, between 0 and 1, but SigmoidCrossEntropy reads logits of any size: leave it out";
        assert_eq!(says::<(Dense<U2, U3>, Softmax<U3>), SigmoidCrossEntropy>(), yes);
        let gelu =
            "layer 2 ends in Gelu, never below -1, but SigmoidCrossEntropy reads logits of any size: leave it out";
        assert_eq!(says::<(Dense<U2, U3>, Gelu<U3>), SigmoidCrossEntropy>(), gelu);
        assert_eq!(says::<(Dense<U2, U3>, Gelu<U3>), SoftmaxCrossEntropy>(), "");
        let elman = "layer 1 ends in Tanh, between -1 and 1, but SoftmaxCrossEntropy reads logits of any size: put a Dense<4> behind it";
        assert_eq!(says::<Elman<U3, U2, U4>, SoftmaxCrossEntropy>(), elman);
        assert_eq!(says::<(Elman<U1, U2, U4, Tanh, All>, Flatten<Matrix<U1, U4>>), SoftmaxCrossEntropy>(), elman);
        let lstm = "layer 1 ends in Lstm, between -1 and 1, but SoftmaxCrossEntropy reads logits of any size: put a Dense<4> behind it";
        assert_eq!(says::<Lstm<U3, U2, U4>, SoftmaxCrossEntropy>(), lstm);
        assert_eq!(says::<Gru<U3, U2, U4>, SoftmaxCrossEntropy>(), lstm.replace("Lstm", "Gru"));
        // A sum with what is read, and values with a mean of 0, are of any size and sign.
        assert_eq!(says::<(Dense<U2, U3>, Residual<Dense<U3, U3, Sigmoid>>), SigmoidCrossEntropy>(), "");
        assert_eq!(says::<(Dense<U2, U3, Sigmoid>, LayerNorm<U3>), SigmoidCrossEntropy>(), "");
        assert_eq!(says::<Flatten<Matrix<U1, U4>>, SoftmaxCrossEntropy>(), "");
        let one = "SoftmaxCrossEntropy over one output, a share that is always 1: write SigmoidCrossEntropy for a yes or no, or an output for each class";
        assert_eq!(says::<Dense<U2, U1>, SoftmaxCrossEntropy>(), one);
        assert_eq!(says::<Dense<U2, U1>, SigmoidCrossEntropy>(), "");
    }
}
