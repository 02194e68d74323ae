//! Tools for authors of layers, losses and networks: the gradient checker. Feature `dev`.
//!
//! A gradient is right when it is what small changes of each parameter and of each input do to the
//! objective. [`check_layer`] tries them all on one layer, [`check_network`] on a network with its loss,
//! samples and penalty. Use `f64`: in `f32` only gross mistakes show.
//!
//! Kinks, such as ReLU's, are no mistakes: where a small change reaches one, a smaller change is tried, and at the kink
//! itself any slope between those of the two sides is right.

mod checker;
mod difference;
mod report;

pub use report::{FLOOR, Place, Report, What};

use crate::array::{Array, Plain};
use crate::init::{Pcg32, Random};
use crate::layer::{Batch, InputOf, Layer, OutputOf, Role, Tape, TapeOf};
use crate::loss::Loss;
use crate::network::{Layers, Network, Samples};
use crate::penalty::Penalty;
use crate::scalar::Real;
use checker::Checker;

/// Checks a layer: every parameter and every input.
///
/// The objective is `J = Σₖ cₖ yₖ` with random `cₖ` in ±1, from `seed`. Compared are
///
/// - `backward` with central differences of `forward`, of the parameters and of `x`. It is called twice on
///   one `grad`, so that a layer that overwrites what it should add to is found, and with `dx` and without;
/// - `descend`, with `dx` and without, with `backward`;
/// - `record` with `forward`.
///
/// # Memory
///
/// Stack: two layers, a gradient, a tape, and some inputs and outputs.
///
/// # Example
///
/// ```
/// use nanoprop::dev::check_layer;
/// use nanoprop::prelude::*;
///
/// let mut layer = Dense::<U3, U2, Tanh, f64>::ZERO;
/// layer.flat_mut().copy_from_slice(&[0.1, 0.2, 0.3, -0.4, 0.5, 0.6, -0.7, 0.8]);
/// let report = check_layer(&layer, &[0.5, -1.0, 2.0].into(), 1);
/// assert!(report.error < 1e-9, "{report}");
/// ```
pub fn check_layer<L: Batch>(layer: &L, x: &L::Input, seed: u64) -> Report {
    let mut rng = Pcg32::new(seed);
    let mut weighting = L::Output::ZERO;
    for c in weighting.flat_mut() {
        *c = L::Scalar::of(rng.bits() as f64 / (1u32 << 31) as f64 - 1.0);
    }
    let objective = |layer: &L, x: &L::Input| {
        let mut y = L::Output::ZERO;
        layer.forward(x, &mut y);
        y.flat().iter().zip(weighting.flat()).fold(L::Scalar::ZERO, |sum, (&y, &c)| sum + c * y)
    };

    let mut check = Checker::new(objective(layer, x));
    let mut tape = <L::Tape as Tape>::BLANK;
    check.record(layer, x, 0, &mut tape);

    let errors = |layer: &L, tape: &mut L::Tape| {
        layer.record(x, tape);
        copy(&weighting, tape.split().1);
    };
    let (mut grad, mut dx) = (L::ZERO, blank::<L::Input>());
    errors(layer, &mut tape);
    layer.backward(x, &mut tape, &mut grad, None);
    errors(layer, &mut tape);
    layer.backward(x, &mut tape, &mut grad, Some(&mut dx));
    grad.flat_mut().iter_mut().for_each(|g| *g = L::Scalar::of(0.5) * *g);

    let mut probe = L::ZERO;
    copy(layer, &mut probe);
    check.gradient(&mut probe, &grad, place::<L>, learned::<L>, |probe| objective(probe, x));
    let mut probe = x.clone();
    let input = |index| Place::Input { sample: 0, index };
    check.gradient(&mut probe, &dx, input, |_| true, |probe| objective(layer, probe));
    check.descent(layer, x, 0, &mut tape, errors, &grad, &dx);
    check.report
}

/// Checks a network with its loss: every parameter, and every input of every sample.
///
/// Compared are
///
/// - [`gradient`](Network::gradient) with central differences of [`cost`](Network::cost), both with the
///   penalty;
/// - `∂J/∂x` of each sample, through [`Layer::backward`], with central differences of
///   [`loss`](Network::loss);
/// - [`descend`](crate::layer::Batch::descend) of each sample with [`accumulate`](Network::accumulate);
/// - the recorded output of each sample with the logits;
/// - [`cost_and_gradient`](Network::cost_and_gradient) with `cost` and `gradient`.
///
/// # Memory
///
/// Stack: three networks, a tape, and some inputs.
///
/// # Example
///
/// ```
/// use nanoprop::dev::check_network;
/// use nanoprop::prelude::*;
///
/// network! { type Net = 2 => Dense<4, Tanh> => Dense<1>, loss = SigmoidCrossEntropy, scalar = f64; }
///
/// let mut net = Net::ZERO;
/// net.initialize(&Xavier, &mut Pcg32::new(1));
/// let report = check_network(&net, &[([0.5, -1.0], [1.0]), ([2.0, 0.1], [0.0])], L2(0.1));
/// assert!(report.error < 1e-9, "{report}");
/// ```
pub fn check_network<L: Layers, E: Loss, S>(net: &Network<L, E>, samples: &S, penalty: impl Penalty) -> Report
where
    S: Samples<InputOf<Network<L, E>>, OutputOf<Network<L, E>>> + ?Sized,
{
    let cost = net.cost(samples, penalty);
    let mut check = Checker::new(cost);
    let (mut grad, mut tape) = (Network::<L, E>::GRADIENT, Network::<L, E>::TAPE);
    net.gradient(samples, penalty, &mut grad, &mut tape);

    let mut probe = Network::<L, E>::ZERO;
    copy(net, &mut probe);
    let learned = learned::<Network<L, E>>;
    check.gradient(&mut probe, &grad, place::<Network<L, E>>, learned, |probe| probe.cost(samples, penalty));

    let mut again = Network::<L, E>::GRADIENT;
    let together = net.cost_and_gradient(samples, penalty, &mut again, &mut tape);
    check.same(What::Together, Place::Cost, together, cost);
    for (i, (&found, &expected)) in again.flat().iter().zip(grad.flat()).enumerate() {
        check.same(What::Together, place::<Network<L, E>>(i), found, expected);
    }

    let mut sample = 0;
    samples.each(|x, y| {
        check.record(net, x, sample, &mut tape);
        let errors = |net: &Network<L, E>, tape: &mut TapeOf<Network<L, E>>| {
            net.record(x, tape);
            Network::<L, E>::delta(y, tape, |_, _, _| ());
        };
        let mut dx = blank::<InputOf<Network<L, E>>>();
        grad.flat_mut().fill(L::Scalar::ZERO);
        net.accumulate(x, y, &mut grad, &mut tape);
        errors(net, &mut tape);
        net.backward(x, &mut tape, &mut probe, Some(&mut dx));

        let mut moved = x.clone();
        let place = |index| Place::Input { sample, index };
        check.gradient(&mut moved, &dx, place, |_| true, |moved| net.loss(moved, y));
        check.descent(net, x, sample, &mut tape, errors, &grad, &dx);
        sample += 1;
    });
    check.report
}

/// Where parameter `index` of the flat slice stands.
fn place<L: Layer>(index: usize) -> Place {
    let mut place = Place::Parameter { layer: 0, tensor: "in no tensor", index };
    L::tensors(|t| {
        if let Some(index) = index.checked_sub(t.start).filter(|&index| index < t.shape.count()) {
            place = Place::Parameter { layer: t.layer, tensor: t.name, index };
        }
    });
    place
}

/// Whether parameter `index` of the flat slice is learned: the statistics of data are not.
fn learned<L: Layer>(index: usize) -> bool {
    let mut learned = true;
    L::tensors(|t| learned &= t.role != Role::Statistic || !(t.start..t.start + t.shape.count()).contains(&index));
    learned
}

fn set<V: Plain>(v: &mut V, index: usize, number: V::Scalar) {
    v.flat_mut().iter_mut().skip(index).take(1).for_each(|v| *v = number);
}

fn copy<V: Plain>(from: &V, to: &mut V) {
    to.flat_mut().iter_mut().zip(from.flat()).for_each(|(to, &from)| *to = from);
}

fn fill<V: Plain>(v: &mut V, number: V::Scalar) {
    v.flat_mut().fill(number);
}

/// An array in which it shows when a number is not written.
fn blank<A: Array>() -> A {
    let mut blank = A::ZERO;
    fill(&mut blank, A::Scalar::of(f64::NAN));
    blank
}
