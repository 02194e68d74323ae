//! Tools for authors of layers, losses and networks: the gradient checker. Feature `dev`.
//!
//! A gradient is right when it is what small changes of each parameter and of each input do to the
//! objective. [`check_layer`] tries them all on one layer, [`check_network`] on a network with its loss,
//! samples and penalty. Use `f64`: in `f32` only gross mistakes show.
//!
//! Kinks, such as ReLU's, are no mistakes: where a small change reaches one, a smaller change is tried, and at the kink
//! itself any slope between those of the two sides is right.

mod batches;
mod checker;
mod difference;
mod report;

pub use report::{FLOOR, Place, Report, What};

pub(crate) use batches::{MOST, Visit};

use crate::array::{Array, Plain};
use crate::init::{Pcg32, Random};
use crate::layer::{Batch, InputOf, Layer, Lines, OutputOf, Role, Stack, Tape, TapeOf};
use crate::loss::Loss;
use crate::network::{Layers, Network, Samples};
use crate::penalty::Penalty;
use crate::scalar::{Number, Real};
use batches::{like, random_dy};
use checker::Checker;

/// Checks a layer: every parameter and every input.
///
/// The objective is `J = Σₖ cₖ yₖ` with random `cₖ` in ±1, from `seed`. Compared are
///
/// - `backward` with central differences of `forward`, of the parameters and of `x`. It is called twice on
///   one `grad`, so that a layer that overwrites what it should add to is found, and with `dx` and without;
/// - `descend`, with `dx` and without, with `backward`;
/// - `record` with `forward`;
/// - the other methods of [`Batch`], `record_batch`, `errors`, `sums` and `step`, with `record` and `backward` of one sample
///   after the other, bit for bit: of 1, 3 and 17 samples, the sums whole and by rows. The inputs are `x`, and `x` with each
///   number times a random one in ±1.
///
/// # Memory
///
/// Stack: six layers, 34 tapes and as many inputs.
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
    let output = |index| Place::Output { layer: 0, sample: 0, index };
    check.record(layer, x, &mut tape, output);

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
    check.gradient(&mut probe, &grad, |i| place::<L>(0, i), learned::<L>, |probe| objective(probe, x));
    let mut probe = x.clone();
    let input = |index| Place::Input { layer: 0, sample: 0, index };
    check.gradient(&mut probe, &dx, input, |_| true, |probe| objective(layer, probe));
    check.descent(layer, x, 0, &mut tape, errors, &grad, &dx);

    let mut xs = blanks::<L::Input>();
    like(1, |_| Some(x), &mut xs);
    check.batches(layer, [0, 0], xs[..].into(), &random_dy::<L>);
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
/// - [`cost_and_gradient`](Network::cost_and_gradient) with `cost` and `gradient`;
/// - the other methods of [`Batch`] of each layer with the inputs that it gets in the network, and of the network, as in
///   [`check_layer`]. Where there are fewer than 17 samples, the inputs of others are theirs with each number times a random
///   one in ±1.
///
/// # Memory
///
/// Stack: eight networks, 34 tapes, and as many inputs and outputs of each layer.
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
    check.gradient(&mut probe, &grad, |i| place::<Network<L, E>>(0, i), learned, |probe| probe.cost(samples, penalty));

    let mut again = Network::<L, E>::GRADIENT;
    let together = net.cost_and_gradient(samples, penalty, &mut again, &mut tape);
    check.same(What::Together, Place::Cost, together, cost);
    check.alike::<Network<L, E>>(What::Together, &again, &grad, |i| place::<Network<L, E>>(0, i));

    let last = Network::<L, E>::PLAN.layers().saturating_sub(1);
    let mut sample = 0;
    samples.each(|x, y| {
        let output = |index| Place::Output { layer: last, sample, index };
        check.record(net, x, &mut tape, output);
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
        let place = |index| Place::Input { layer: 0, sample, index };
        check.gradient(&mut moved, &dx, place, |_| true, |moved| net.loss(moved, y));
        check.descent(net, x, sample, &mut tape, errors, &grad, &dx);
        sample += 1;
    });

    let mut xs = blanks::<InputOf<Network<L, E>>>();
    like(samples.len(), |k| Some(samples.get(k)?.0), &mut xs);
    let xs = Lines::from(&xs[..]).take(if samples.is_empty() { 0 } else { MOST });
    net.chain().visit(0, xs, &mut check);
    check.batches(net.chain(), [0, last], xs, &|k, tape| {
        if let Some((_, y)) = k.checked_rem(samples.len()).and_then(|k| samples.get(k)) {
            Network::<L, E>::delta(y, tape, |_, _, _| ());
        }
    });
    check.report
}

/// Where parameter `index` of the flat slice stands; `first` is the number of the first layer.
fn place<L: Layer>(first: usize, index: usize) -> Place {
    let mut place = Place::Parameter { layer: first, tensor: "in no tensor", index };
    L::tensors(|t| {
        if let Some(index) = index.checked_sub(t.start).filter(|&index| index < t.shape.count()) {
            place = Place::Parameter { layer: first + t.layer, tensor: t.name, index };
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
    fill(&mut blank, A::Scalar::from_f64(f64::NAN));
    blank
}

/// Such arrays for the inputs of a batch.
fn blanks<A: Array>() -> [A; MOST] {
    core::array::from_fn(|_| blank())
}
