//! Self-tests: sound networks pass, with any weights; planted mistakes do not.

use super::{fill, net};
use nanoprop::nets::{Control, Digits, Mnist, Ng, ReluNet, Tiny};
use nanoprop::prelude::*;
use nanoprop::{InputOf, Layers, Loss, OutputOf, Role, SelfTestError, Slot};

/// Both checks of a network, with weights of several seeds.
fn passes<L: Layers, E: Loss>(name: &str) {
    let mut tape = Network::<L, E>::TAPE;
    for seed in 0..3 {
        let mut net: Box<Network<L, E>> = net(seed);
        net.initialize(&Xavier, &mut Pcg32::new(seed));
        let (mut x, mut y) = (InputOf::<L::Chain>::ZERO, OutputOf::<L::Chain>::ZERO);
        fill(x.flat_mut(), 1.0, &mut Pcg32::new(seed));
        y.flat_mut().first_mut().into_iter().for_each(|y| *y = L::Scalar::ONE);
        assert_eq!(net.check_errors(&x, &y, &mut tape), Ok(()), "{name}, seed {seed}");
        let digest = net.digest();
        assert_eq!(net.check_weights(digest), Ok(()));
        assert_eq!(net.check_weights(digest ^ 1), Err(SelfTestError::Weights));
        assert_eq!(net.check_step(&mut tape), Ok(()), "{name}");
        assert!(net.parameters().iter().all(|w| w.to_f64() == 0.0));
    }
}

trait Passes {
    fn passes(name: &str);
}

impl<L: Layers, E: Loss> Passes for Network<L, E> {
    fn passes(name: &str) {
        passes::<L, E>(name);
    }
}

macro_rules! pass {
    ($($net:ty),+ $(,)?) => {$( <$net as Passes>::passes(stringify!($net)); )+};
}

#[test]
fn sound_networks_pass() {
    pass!(Tiny, Control, Digits, Ng, Mnist, ReluNet);
    network! {
        type Relus = 20 => Dense<40, Relu> => Dense<40, Relu> => Dense<10>, loss = SoftmaxCrossEntropy;
        type Leaky = 20 => Dense<40, LeakyRelu> => Dense<7, Elu> => Dense<3>, loss = Huber;
        type Hard = 9 => Dense<20, HardTanh> => Dense<20, HardSigmoid> => Dense<3>, loss = AbsoluteError;
        type Smooth = 9 => Dense<20, Softplus> => Gelu => Dense<8, Softsign> => Softmax => Dense<3>, loss = SquaredError;
        type Recurrent = [10, 3] => Elman<16, Tanh, All> => Elman<8> => Dense<4>, loss = SoftmaxCrossEntropy;
        type Gated = [10, 3] => Lstm<8, All> => Gru<8> => Dense<4>, loss = SoftmaxCrossEntropy;
        type Double = 9 => Dense<20, Tanh> => Dense<3>, loss = SigmoidCrossEntropy, scalar = f64;
        type Masked = 9 => Dropout(20%) => Dense<20, Tanh> => Dropout(50%) => Dense<3>, loss = SquaredError;
        type NoBias = 9 => Dense<20, Tanh, Unbiased> => Flatten => Dense<3, Identity, Unbiased>, loss = SquaredError;
    }
    pass!(Relus, Leaky, Hard, Smooth, Recurrent, Gated, Double, Masked, NoBias);
    pass!(Network<Gelu<U7>, SquaredError>);
}

/// What is wrong with a layer.
trait Fault: 'static {
    /// What becomes of dx and of the gradient.
    const DX: f32 = 1.0;
    const GRAD: f32 = 1.0;
    const FORWARD: f32 = 1.0;
}

struct Sound;
struct WrongErrors;
struct WrongGradient;
struct NoStep;
struct Broken;
impl Fault for Sound {}
impl Fault for WrongErrors {
    const DX: f32 = -1.0;
}
impl Fault for WrongGradient {
    const GRAD: f32 = 0.75;
}
impl Fault for NoStep {
    const GRAD: f32 = 0.0;
}
impl Fault for Broken {
    const FORWARD: f32 = f32::NAN;
}

parameters! {
    /// y = g ⊙ x, or not quite.
    struct Scale<F: Fault> of f32 {
        gain: Vector<U16> = Role::Weight { fan_in: 1, fan_out: 1 },
    }
}

impl<F: Fault> Layer for Scale<F> {
    type Input = Vector<U16>;
    type Output = Vector<U16>;
    type Tape = Slot<Vector<U16>>;

    fn forward(&self, x: &Vector<U16>, y: &mut Vector<U16>) {
        y.iter_mut().zip(x).zip(&self.gain).for_each(|((y, x), g)| *y = F::FORWARD * (g * x));
    }

    fn backward(&self, x: &Vector<U16>, tape: &mut Self::Tape, grad: &mut Self, dx: Option<&mut Vector<U16>>) {
        grad.gain.iter_mut().zip(&tape.dy).zip(x).for_each(|((dg, dy), x)| *dg += F::GRAD * (dy * x));
        let parts = dx.into_iter().flatten().zip(&tape.dy).zip(&self.gain);
        parts.for_each(|((dx, dy), g)| *dx = F::DX * (dy * g));
    }
}

/// `check_errors` and `check_step` of a network with such a layer in its middle.
fn faulty<F: Fault>() -> [bool; 2] {
    type Net<F> = Network<(Dense<U9, U16, Tanh>, Scale<F>, Dense<U16, U3>), SigmoidCrossEntropy>;
    let (mut net, mut tape): (Box<Net<F>>, _) = (net(1), Net::<F>::TAPE);
    let errors = net.check_errors(&[0.5; 9], &[1.0, 0.0, 0.5], &mut tape);
    let step = net.check_step(&mut tape);
    [errors, step].map(|result| match result {
        Ok(()) => true,
        Err(SelfTestError::Gradient { .. }) => false,
        Err(error) => panic!("{error}"),
    })
}

#[test]
fn planted_mistakes_are_found() {
    assert_eq!(faulty::<Sound>(), [true, true]);
    assert_eq!(faulty::<WrongErrors>(), [false, false]);
    assert_eq!(faulty::<WrongGradient>(), [true, false], "∂J/∂x does not know the gradient");
    assert_eq!(faulty::<NoStep>(), [true, false]);
    assert_eq!(faulty::<Broken>(), [false, false]);
}

#[test]
fn any_flipped_bit_of_the_weights_is_found() {
    let mut net: Box<Tiny> = net(3);
    let digest = net.digest();
    for index in 0..Tiny::PARAMETERS {
        for bit in 0..32 {
            let flip = |weight: &mut f32| *weight = f32::from_bits(weight.to_bits() ^ 1 << bit);
            flip(&mut net.parameters_mut()[index]);
            assert_eq!(net.check_weights(digest), Err(SelfTestError::Weights));
            flip(&mut net.parameters_mut()[index]);
        }
    }
    assert_eq!(net.check_weights(digest), Ok(()));
}
