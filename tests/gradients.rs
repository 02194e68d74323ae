//! Every layer, activation and loss against central differences, in f64, with and without a penalty.

use std::sync::OnceLock;

use nanoprop::dev::{Report, check_layer, check_network};
use nanoprop::layer::{Batch, Stack};
use nanoprop::layer::{Map, MishFunction, Pass};
use nanoprop::prelude::*;
use nanoprop::width::U48;
use nanoprop::{__activations as activations, __losses as losses, __optimizers as optimizers};
use nanoprop::{
    ArrayLike, Causal, Conv1d, Conv2d, FakeQuantize, InputOf, KeepFloat, Layers, Loss, OutputOf, Pad, Same, Uniform,
    Valid, Weights,
};

#[macro_use]
#[path = "support/list.rs"]
mod list;
#[path = "gradients/batches.rs"]
mod batches;
#[path = "gradients/kinks.rs"]
mod kinks;
#[path = "gradients/mistakes.rs"]
mod mistakes;

const TOLERANCE: f64 = 1e-7;

fn accept(what: &str, report: Report) {
    println!("{what}: {report}");
    assert!(report.error <= TOLERANCE, "{what}: {report}");
    assert!(report.compared > 0);
}

/// Numbers in ±scale, or of eight classes.
fn random<N: Number>(values: &mut [N], scale: f64, rng: &mut Pcg32) {
    for v in values {
        let x = 2.0 * (rng.bits() as f64 / 4_294_967_296.0) - 1.0;
        *v = N::from_f64(if N::CLASS { 4.0 * (x + 1.0) } else { scale * x });
    }
}

/// Parameters of a layer whose activation has kinks at 0, ±1 or ±3, and an input: each z is far from all of
/// them. The first number of each row of x is 1, and its weights to the units are the z's, about; of a layer whose channels
/// don't all read it, the biases.
fn far_from_kinks<L: Layer<Scalar = f64>>(parameters: &mut [f64], x: &mut L::Input, rng: &mut Pcg32) {
    const FAR: [f64; 6] = [0.5, -2.0, 4.0, -0.5, 2.0, -4.0];
    random(x.flat_mut(), 0.8, rng);
    x.flat_mut().chunks_mut(4).for_each(|row| row[0] = Number::from_f64(1.0));
    L::tensors(|t| {
        let values = t.of_mut(parameters);
        random(values, if t.name.ends_with("recurrent") { 0.01 } else { 0.03 }, rng);
        let by_bias = ["Depthwise", "ConvTranspose"].iter().any(|name| L::NAME.starts_with(name));
        if t.name.ends_with(if by_bias { "bias" } else { "weight" }) {
            values.iter_mut().zip(FAR).for_each(|(value, far)| *value = far);
        }
    });
}

/// A layer, and an input for it.
fn setup<L: Layer<Scalar = f64>>(kinked: bool, layer: &mut [f64], x: &mut L::Input, rng: &mut Pcg32) {
    if kinked {
        far_from_kinks::<L>(layer, x, rng);
    } else {
        random(layer, 0.7, rng);
        random(x.flat_mut(), 1.5, rng);
    }
}

fn layer<L: Batch<Scalar = f64>>(kinked: bool) {
    let mut rng = Pcg32::new(1);
    let (mut layer, mut x) = (L::ZERO, L::Input::ZERO);
    for seed in 0..3 {
        setup::<L>(kinked, layer.flat_mut(), &mut x, &mut rng);
        accept("layer", check_layer(&layer, &x, seed));
    }
}

/// Targets for logits: of the kind that the loss wants, and away from its kinks.
mod targets {
    use super::{Pcg32, random};

    /// At distances other than 0 and 1.
    pub(super) fn numbers(z: &[f64], y: &mut [f64], _: &mut Pcg32) {
        let away = [0.5, -2.0, 0.3, -0.4, 1.6, -3.0];
        y.iter_mut().zip(z).zip(away).for_each(|((y, z), away)| *y = z + away);
    }

    /// Within [0, 1], the ends included.
    pub(super) fn probabilities(_: &[f64], y: &mut [f64], rng: &mut Pcg32) {
        random(y, 1.0, rng);
        y.iter_mut().for_each(|y| *y = (*y + 0.5).clamp(0.0, 1.0));
    }

    /// Positive, with the sum 1.
    pub(super) fn distributions(_: &[f64], y: &mut [f64], rng: &mut Pcg32) {
        random(y, 0.5, rng);
        y.iter_mut().for_each(|y| *y += 0.6);
        let sum: f64 = y.iter().sum();
        y.iter_mut().for_each(|y| *y /= sum);
    }
}

type Targets = fn(&[f64], &mut [f64], &mut Pcg32);

/// A layer with what follows it and a loss, as one network: three samples, without and with a penalty.
fn network<L, R, E>(kinked: bool, targets: Targets)
where
    L: Stack<Scalar = f64> + Layers<Scalar = f64, Chain = L>,
    R: Layers<Scalar = f64>,
    E: Loss,
{
    let mut rng = Pcg32::new(2);
    let mut net = Network::<(L, R), E>::ZERO;
    random(net.parameters_mut(), 0.7, &mut rng);
    let inputs: [_; 3] = core::array::from_fn(|_| {
        let mut x = L::Input::ZERO;
        setup::<L>(kinked, &mut net.parameters_mut()[..L::COUNT], &mut x, &mut rng);
        x
    });
    let samples = inputs.map(|x| {
        let mut y = <R::Chain as Layer>::Output::ZERO;
        targets(net.logits(&x).flat(), y.flat_mut(), &mut rng);
        (x, y)
    });
    accept("network, λ = 0", check_network(&net, &samples, L2(0.0)));
    accept("network, λ = 1.5", check_network(&net, &samples, L2(1.5)));
}

/// The layers with an activation: a test for each activation.
mod active {
    use super::*;

    macro_rules! each_layer {
        ($($file:ident: $($layer:ty => $rest:ty),+;)+) => {$($( layer::<$layer>(KINKED); )+)+};
    }
    macro_rules! each_activation {
        ($($file:ident: $activation:ident { kinked: $kinked:literal, $($rest:tt)+ })+) => {$(
            #[test]
            fn $file() {
                type A = $activation;
                const KINKED: bool = $kinked;
                active_layers!(each_layer);
            }
        )+};
    }
    activations!(each_activation);
}

/// Two layers with random weights, as a [`Frozen`] one.
struct Trained;

impl Weights for Trained {
    type Layer = Network<(D<U4, U5, Tanh>, D<U5, U6, Sigmoid>), SquaredError>;

    fn weights() -> &'static Self::Layer {
        static NET: OnceLock<Box<<Trained as Weights>::Layer>> = OnceLock::new();
        NET.get_or_init(|| {
            let mut net = Network::boxed();
            net.initialize(&Uniform(0.7), &mut Pcg32::new(9));
            net
        })
    }
}

/// The other layers: a test for each file.
mod plain {
    use super::*;

    macro_rules! each_layer {
        ($($file:ident: $($layer:ty => $rest:ty),+;)+) => {$(
            #[test]
            fn $file() {
                $( layer::<$layer>(false); )+
            }
        )+};
    }
    plain_layers!(each_layer);
}

/// Networks: for each loss a test with all layers. Each activation in each layer is tried above; which stands before which
/// loss changes no formula.
mod networks {
    use nanoprop::__losses as losses;

    macro_rules! each_layer {
        ($($file:ident: $($layer:ty => $rest:ty),+;)+) => {
            $($( network::<$layer, $rest, E>(false, TARGETS); )+)+
        };
    }
    macro_rules! each_loss {
        ($($file:ident: $loss:ident { targets: $targets:ident })+) => {$(
            #[test]
            fn $file() {
                use super::*;
                type A = Tanh;
                type E = $loss;
                const TARGETS: Targets = targets::$targets;
                active_layers!(each_layer);
                plain_layers!(each_layer);
            }
        )+};
    }
    losses!(each_loss);
}

#[test]
fn every_file_is_listed() {
    macro_rules! files {
        ($($file:ident: $type:ident $rest:tt)+) => { [$(stringify!($file)),+] };
    }
    macro_rules! layer_files {
        ($($file:ident: $($layer:ty => $rest:ty),+;)+) => { [$(stringify!($file)),+] };
    }
    list::complete("src/activation", activations!(files));
    list::complete("src/train/optimizers", optimizers!(files));
    list::complete("src/loss", losses!(files).into_iter().chain(list::NO_LOSS));
    let layers = active_layers!(layer_files).into_iter().chain(plain_layers!(layer_files));
    list::complete("src/layer", layers.chain(list::NO_LAYER));
}

/// A network with random parameters and three samples of the given targets.
fn whole<L: Layers<Scalar = f64>, E: Loss>(targets: Targets) {
    let mut rng = Pcg32::new(3);
    let mut net = Network::<L, E>::ZERO;
    random(net.parameters_mut(), 0.7, &mut rng);
    let samples: [_; 3] = core::array::from_fn(|_| {
        let mut x = InputOf::<L::Chain>::ZERO;
        let mut y = OutputOf::<L::Chain>::ZERO;
        random(x.flat_mut(), 1.5, &mut rng);
        targets(net.logits(&x).flat(), y.flat_mut(), &mut rng);
        (x, y)
    });
    accept("network, no penalty", check_network(&net, &samples, NoPenalty));
    accept("network, λ = 0.5", check_network(&net, &samples, L2(0.5)));
}

type D<In, Out, A = Identity> = Dense<In, Out, A, f64>;

#[test]
fn nested_tuples() {
    whole::<((D<U3, U4, Tanh>, D<U4, U5>), (Gelu<U5, f64>, (D<U5, U4, Sigmoid>,)), D<U4, U2>), SigmoidCrossEntropy>(
        targets::probabilities,
    );
    whole::<(Elman<U3, U2, U4, Tanh, All, f64>, (Elman<U3, U4, U3, Sigmoid, Last, f64>, D<U3, U2>)), SquaredError>(
        targets::numbers,
    );
}

#[test]
fn sixteen_layers() {
    type T2 = D<U3, U3, Tanh>;
    type S2 = Dense<U3, U3, Softplus, f64, Unbiased>;
    whole::<
        (T2, S2, T2, Silu<U3, f64>, T2, S2, T2, Mish<U3, f64>, T2, S2, T2, Gelu<U3, f64>, T2, S2, T2, D<U3, U3>),
        Huber,
    >(targets::numbers);
}

/// Nobody reads ∂J/∂x there, so a chain does not compute it, unless asked to.
#[test]
fn first_layers_without_parameters() {
    whole::<(Softmax<U4, f64>, D<U4, U3>), SoftmaxCrossEntropy>(targets::distributions);
    whole::<(Flatten<Matrix<U2, U2, f64>>, (Mish<U4, f64>, Silu<U4, f64>), D<U4, U3>), SquaredError>(targets::numbers);
    whole::<((Gelu<U4, f64>, D<U4, U4, Tanh>), D<U4, U3>), SquaredError>(targets::numbers);
}

#[test]
fn no_parameters_at_all() {
    whole::<(Gelu<U4, f64>, Silu<U4, f64>), SquaredError>(targets::numbers);
    whole::<Flatten<Matrix<U2, U2, f64>>, SoftmaxCrossEntropy>(targets::distributions);
}

#[test]
fn classes_as_targets() {
    let mut net = Network::<(D<U3, U5, Tanh>, D<U5, U4>), SoftmaxCrossEntropy>::ZERO;
    random(net.parameters_mut(), 0.7, &mut Pcg32::new(4));
    let xs = [[0.3, -1.0, 0.5], [1.1, 0.2, -0.4], [0.0, 0.7, 0.9]];
    let classes = [0, 3, 1].map(|k| Class::<U4>::new(k).unwrap());
    accept("classes", check_network(&net, &(&xs[..], &classes[..]), L2(0.2)));
}

/// With one mask held, as `seek` does: the gradient of what was recorded, through layers on both sides.
#[test]
fn dropout_with_a_fixed_mask() {
    type Around = Residual<(Dropout<U6, Percent<40>, f64>, D<U6, U6, Tanh>)>;
    type Net = Network<(D<U4, U6, Tanh>, Dropout<U6, Percent<50>, f64>, Around, D<U6, U3>), SquaredError>;
    let mut rng = Pcg32::new(5);
    let (mut net, mut grad, mut tape) = (Net::ZERO, Net::ZERO, Net::TAPE);
    random(net.parameters_mut(), 0.7, &mut rng);
    let (mut x, y) = ([0.0; 4], [0.3, -0.2, 0.9]);
    random(&mut x, 1.5, &mut rng);
    for sample in 0..8 {
        grad.parameters_mut().fill(0.0);
        tape.seek(1, sample);
        net.accumulate(&x, &y, &mut grad, &mut tape);
        // Recorded again from the same place, with the logits as recorded.
        let mut cost = |net: &Net| {
            tape.seek(1, sample);
            net.record(x.view(), &mut tape);
            tape.output().iter().zip(&y).map(|(z, y)| 0.5 * (z - y) * (z - y)).sum::<f64>()
        };
        for i in 0..Net::PARAMETERS {
            let (at, h) = (net.parameters()[i], 1e-4);
            let mut near = |to: f64| {
                net.parameters_mut()[i] = to;
                cost(&net)
            };
            let difference =
                (8.0 * (near(at + h) - near(at - h)) - (near(at + 2.0 * h) - near(at - 2.0 * h))) / (12.0 * h);
            net.parameters_mut()[i] = at;
            let found = grad.parameters()[i];
            assert!((found - difference).abs() < 1e-9 + TOLERANCE * found.abs(), "{i}: {found}, not {difference}");
        }
    }
}
