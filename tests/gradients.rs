//! Every layer, activation and loss against central differences, in f64, with and without a penalty.

use nanoprop::dev::{Place, Report, What, check_layer, check_network};
use nanoprop::layer::{Map, MishFunction};
use nanoprop::prelude::*;

#[macro_use]
#[path = "support/list.rs"]
mod list;

const TOLERANCE: f64 = 1e-7;

fn accept(what: &str, report: Report) {
    println!("{what}: {report}");
    assert!(report.error <= TOLERANCE, "{what}: {report}");
    assert!(report.compared > 0);
}

/// Numbers in ±scale.
fn random(values: &mut [f64], scale: f64, rng: &mut Pcg32) {
    values.iter_mut().for_each(|v| *v = scale * (2.0 * (rng.next_u32() as f64 / 4_294_967_296.0) - 1.0));
}

/// Parameters of a layer whose activation has kinks at 0, ±1 or ±3, and an input: each z is far from all of
/// them. The first number of each row of x is 1, and its weights to the units are the z's, about.
fn far_from_kinks<L: Layer<Scalar = f64>>(parameters: &mut [f64], x: &mut [f64], rng: &mut Pcg32) {
    const FAR: [f64; 6] = [0.5, -2.0, 4.0, -0.5, 2.0, -4.0];
    random(x, 0.8, rng);
    x.chunks_mut(4).for_each(|row| row[0] = 1.0);
    L::tensors(|t| {
        let values = t.of_mut(parameters);
        random(values, if t.name == "recurrent" { 0.01 } else { 0.03 }, rng);
        if t.name == "weight" {
            values[..6].copy_from_slice(&FAR);
        }
    });
}

/// A layer, and an input for it.
fn setup<L: Layer<Scalar = f64>>(kinked: bool, layer: &mut [f64], x: &mut [f64], rng: &mut Pcg32) {
    if kinked {
        far_from_kinks::<L>(layer, x, rng);
    } else {
        random(layer, 0.7, rng);
        random(x, 1.5, rng);
    }
}

fn layer<L: Layer<Scalar = f64>>(kinked: bool) {
    let mut rng = Pcg32::new(1);
    let (mut layer, mut x) = (L::ZERO, L::Input::ZERO);
    for seed in 0..3 {
        setup::<L>(kinked, layer.flat_mut(), x.flat_mut(), &mut rng);
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
    L: Layer<Scalar = f64> + Layers<Scalar = f64, Chain = L>,
    R: Layers<Scalar = f64>,
    E: Loss,
{
    let mut rng = Pcg32::new(2);
    let mut net = Network::<(L, R), E>::ZERO;
    random(net.parameters_mut(), 0.7, &mut rng);
    let inputs: [_; 3] = core::array::from_fn(|_| {
        let mut x = L::Input::ZERO;
        setup::<L>(kinked, &mut net.parameters_mut()[..L::COUNT], x.flat_mut(), &mut rng);
        x
    });
    let samples = inputs.map(|x| {
        let mut y = <R::Chain as Layer>::Output::ZERO;
        targets(net.logits(&x).flat(), y.flat_mut(), &mut rng);
        (x, y)
    });
    accept("network", check_network(&net, &samples, NoPenalty));
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
        ($($file:ident: $activation:ident, kinked = $kinked:literal;)+) => {$(
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

/// Networks: for each loss a test for each activation, with all layers that have one, and one for the others.
mod networks {
    macro_rules! each_active_layer {
        ($($file:ident: $($layer:ty => $rest:ty),+;)+) => {
            $($( network::<$layer, $rest, E>(KINKED, TARGETS); )+)+
        };
    }
    macro_rules! each_plain_layer {
        ($($file:ident: $($layer:ty => $rest:ty),+;)+) => {
            $($( network::<$layer, $rest, E>(false, TARGETS); )+)+
        };
    }
    macro_rules! each_activation {
        ($($file:ident: $activation:ident, kinked = $kinked:literal;)+) => {$(
            #[test]
            fn $file() {
                type A = $activation;
                const KINKED: bool = $kinked;
                active_layers!(each_active_layer);
            }
        )+};
    }
    macro_rules! each_loss {
        ($($file:ident: $loss:ident, $targets:ident;)+) => {$(
            mod $file {
                use super::super::*;
                type E = $loss;
                const TARGETS: Targets = targets::$targets;

                activations!(each_activation);

                #[test]
                fn without_activation() {
                    plain_layers!(each_plain_layer);
                }
            }
        )+};
    }
    losses!(each_loss);
}

#[test]
fn every_file_is_listed() {
    macro_rules! files {
        ($($file:ident: $type:ident, $($rest:ident)+ $(= $kinked:literal)?;)+) => { [$(stringify!($file)),+] };
    }
    macro_rules! layer_files {
        ($($file:ident: $($layer:ty => $rest:ty),+;)+) => { [$(stringify!($file)),+] };
    }
    list::complete("src/activation", activations!(files));
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

/// A layer `y = g ⊙ x` with a mistake, and that the checker finds it and where.
mod mistakes {
    use super::*;

    #[derive(PartialEq)]
    enum Mistake {
        None,
        /// ∂J/∂g₂ has the wrong sign.
        Parameter,
        /// ∂J/∂x₁ is 0.1 % too large.
        Input,
        /// grad is overwritten, not added to.
        Overwrites,
        /// dx is added to, not overwritten.
        Adds,
        /// dx₀ is not written.
        Forgets,
        /// One step is twice as long for g₃.
        Descends,
        /// descend gives dx by the weights after the step.
        Late,
        /// record is off by a rounding for y₁.
        Records,
    }

    trait Is: 'static {
        const MISTAKE: Mistake;
    }

    parameters! {
        /// y = g ⊙ x
        struct Scale<M: Is> of f64 {
            gain: Vector<U4, f64> = Role::Gain,
        }
    }

    impl<M: Is> Layer for Scale<M> {
        const NAME: &'static str = "Scale";
        type Input = Vector<U4, f64>;
        type Output = Vector<U4, f64>;
        type Tape = Slot<Vector<U4, f64>>;

        fn forward(&self, x: &Self::Input, y: &mut Self::Output) {
            for i in 0..4 {
                y[i] = self.gain[i] * x[i];
            }
        }

        fn record(&self, x: &Self::Input, tape: &mut Self::Tape) {
            self.forward(x, &mut tape.y);
            if M::MISTAKE == Mistake::Records {
                tape.y[1] = tape.y[1].next_up();
            }
        }

        fn backward(&self, x: &Self::Input, tape: &mut Self::Tape, grad: &mut Self, dx: Option<&mut Self::Input>) {
            for i in 0..4 {
                let old = if M::MISTAKE == Mistake::Overwrites { 0.0 } else { grad.gain[i] };
                let sign = if M::MISTAKE == Mistake::Parameter && i == 2 { -1.0 } else { 1.0 };
                grad.gain[i] = old + sign * tape.dy[i] * x[i];
            }
            let Some(dx) = dx else { return };
            for i in 0..4 {
                let old = if M::MISTAKE == Mistake::Adds { dx[i] } else { 0.0 };
                let factor = if M::MISTAKE == Mistake::Input && i == 1 { 1.001 } else { 1.0 };
                if M::MISTAKE != Mistake::Forgets || i != 0 {
                    dx[i] = old + factor * tape.dy[i] * self.gain[i];
                }
            }
        }

        fn descend(&mut self, x: &Self::Input, tape: &mut Self::Tape, rate: f64, mut dx: Option<&mut Self::Input>) {
            for i in 0..4 {
                let before = self.gain[i];
                let rate = if M::MISTAKE == Mistake::Descends && i == 3 { 2.0 * rate } else { rate };
                self.gain[i] -= rate * tape.dy[i] * x[i];
                let gain = if M::MISTAKE == Mistake::Late { self.gain[i] } else { before };
                if let Some(dx) = &mut dx {
                    dx[i] = tape.dy[i] * gain;
                }
            }
        }
    }

    fn scale<M: Is>() -> Report {
        let mut layer = Scale::<M>::ZERO;
        layer.gain = [1.0, 0.7, -0.4, 0.5].into();
        check_layer(&layer, &[0.5, -1.5, 2.0, 1.0].into(), 1)
    }

    const fn gain(layer: usize, index: usize) -> Place {
        Place::Parameter { layer, tensor: "gain", index }
    }

    const fn input(index: usize) -> Place {
        Place::Input { sample: 0, index }
    }

    macro_rules! mistake {
        ($($mistake:ident)+) => {$(
            struct $mistake;
            impl Is for $mistake {
                const MISTAKE: Mistake = Mistake::$mistake;
            }
        )+};
    }
    mistake!(None Parameter Input Overwrites Adds Forgets Descends Late Records);

    #[test]
    fn none() {
        accept("right", scale::<self::None>());
    }

    #[test]
    fn in_a_parameter() {
        let report = scale::<Parameter>();
        assert_eq!((report.what, report.place), (What::Gradient, gain(0, 2)));
        assert!((report.error - 2.0).abs() < 1e-9 && (report.found + report.expected).abs() < 1e-9);
        let text = report.to_string();
        assert!(text.starts_with("largest relative error 2.0e0 of 24 numbers, at gain[2] of layer 1: "), "{text}");
        assert!(text.ends_with(" by differences"), "{text}");
    }

    #[test]
    fn in_an_input() {
        let report = scale::<Input>();
        assert_eq!((report.what, report.place), (What::Gradient, input(1)));
        assert!((report.error - 1e-3 / 1.001).abs() < 1e-9);
    }

    #[test]
    fn in_the_habits() {
        let report = scale::<Overwrites>();
        assert_eq!((report.what, report.error), (What::Gradient, 0.5));
        assert!(matches!(report.place, Place::Parameter { .. }));
        assert_eq!((scale::<Adds>().error, scale::<Adds>().place), (f64::INFINITY, input(0)));
        assert_eq!((scale::<Forgets>().error, scale::<Forgets>().place), (f64::INFINITY, input(0)));
    }

    #[test]
    fn in_descend() {
        let report = scale::<Descends>();
        assert_eq!((report.what, report.place), (What::Descent, gain(0, 3)));
        assert!((report.error - 0.5).abs() < 1e-9);
        let report = scale::<Late>();
        assert!(report.what == What::Descent && matches!(report.place, Place::Input { .. }), "{report}");
    }

    #[test]
    fn in_record() {
        let report = scale::<Records>();
        assert_eq!((report.what, report.error), (What::Record, f64::INFINITY));
        assert_eq!(report.place, Place::Output { sample: 0, index: 1 });
    }

    /// The checker names the layer in its chain.
    #[test]
    fn inside_a_network() {
        let mut net = Network::<(D<U2, U4, Tanh>, Scale<Parameter>, D<U4, U2>), SquaredError>::ZERO;
        random(net.parameters_mut(), 0.7, &mut Pcg32::new(5));
        let report = check_network(&net, &[([0.4, -0.8], [0.5, 0.1])], L2(0.1));
        assert_eq!((report.what, report.place), (What::Gradient, gain(1, 2)), "{report}");
        assert!(report.to_string().contains(" at gain[2] of layer 2: "), "{report}");
    }
}
