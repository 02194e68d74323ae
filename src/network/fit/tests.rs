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
    assert_eq!(says::<(Dense<U1, U2>, Frozen<Trained>), SigmoidCrossEntropy>(), format!("layer 3 {again} Dense<3>"));
    type Choice<R> = (Dense<U2, U3>, Softmax<U3>, R);
    let softmax = "layer 2 ends in Softmax, and SoftmaxCrossEntropy applies it again: leave it out";
    assert_eq!(says::<(Dense<U2, U3>, Softmax<U3>), SoftmaxCrossEntropy>(), softmax);
    assert_eq!(says::<Choice<Dense<U3, U3>>, SoftmaxCrossEntropy>(), "");
    let yes =
        "layer 2 ends in Softmax, between 0 and 1, but SigmoidCrossEntropy reads logits of any size: leave it out";
    assert_eq!(says::<(Dense<U2, U3>, Softmax<U3>), SigmoidCrossEntropy>(), yes);
    let gelu = "layer 2 ends in Gelu, never below -1, but SigmoidCrossEntropy reads logits of any size: leave it out";
    assert_eq!(says::<(Dense<U2, U3>, Gelu<U3>), SigmoidCrossEntropy>(), gelu);
    assert_eq!(says::<(Dense<U2, U3>, Gelu<U3>), SoftmaxCrossEntropy>(), "");
    let elman = "layer 1 ends in Tanh, between -1 and 1, but SoftmaxCrossEntropy reads logits of any size: put a Dense<4> behind it";
    assert_eq!(says::<Elman<U3, U2, U4>, SoftmaxCrossEntropy>(), elman);
    assert_eq!(says::<(Elman<U1, U2, U4, Tanh, All>, Flatten<Matrix<U1, U4>>), SoftmaxCrossEntropy>(), elman);
    let lstm = "layer 1 ends in Lstm, between -1 and 1, but SoftmaxCrossEntropy reads logits of any size: put a Dense<4> behind it";
    assert_eq!(says::<Lstm<U3, U2, U4>, SoftmaxCrossEntropy>(), lstm);
    assert_eq!(says::<Gru<U3, U2, U4>, SoftmaxCrossEntropy>(), lstm.replace("Lstm", "Gru"));
    assert_eq!(says::<Bidirectional<Lstm<U3, U2, U2>>, SoftmaxCrossEntropy>(), lstm);
    assert_eq!(says::<Bidirectional<Elman<U3, U2, U2>>, SoftmaxCrossEntropy>(), elman);
    let conv = "layer 1 ends in Sigmoid, and SigmoidCrossEntropy applies it again: leave its activation out";
    assert_eq!(says::<Conv1d<U3, U2, U4, U2, Sigmoid>, SigmoidCrossEntropy>(), conv);
    assert_eq!(says::<Conv1d<U3, U2, U4, U2>, SigmoidCrossEntropy>(), "");
    type Pooled<A> = (Conv1d<U4, U2, U4, U2, A>, AvgPool1d<U3, U4, U2>, GlobalAvgPool<Matrix<U1, U4>>);
    assert_eq!(says::<Pooled<Sigmoid>, SigmoidCrossEntropy>(), conv);
    assert_eq!(says::<Pooled<Identity>, SigmoidCrossEntropy>(), "");
    // A sum with what is read, and values with a mean of 0, are of any size and sign.
    assert_eq!(says::<(Dense<U2, U3>, Residual<Dense<U3, U3, Sigmoid>>), SigmoidCrossEntropy>(), "");
    assert_eq!(says::<(Dense<U2, U3, Sigmoid>, LayerNorm<U3>), SigmoidCrossEntropy>(), "");
    assert_eq!(says::<Flatten<Matrix<U1, U4>>, SoftmaxCrossEntropy>(), "");
    let one = "SoftmaxCrossEntropy over one output, a share that is always 1: write SigmoidCrossEntropy for a yes or no, or an output for each class";
    assert_eq!(says::<Dense<U2, U1>, SoftmaxCrossEntropy>(), one);
    assert_eq!(says::<Dense<U2, U1>, SigmoidCrossEntropy>(), "");
}
