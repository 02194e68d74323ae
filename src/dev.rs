//! Tools for authors of layers, losses and networks: the gradient checker. Feature `dev`.
//!
//! A gradient is right when it is what small changes of each parameter and of each input do to the
//! objective. [`check_layer`] tries them all on one layer, [`check_network`] on a network with its loss,
//! samples and penalty. Use `f64`: in `f32` only gross mistakes show.

mod report;

pub use report::{FLOOR, Place, Report, What};

use crate::array::{Array, Plain};
use crate::init::{Pcg32, Random};
use crate::layer::{Batch, InputOf, Layer, OutputOf, Role, Tape, TapeOf};
use crate::loss::{Loss, Target};
use crate::network::{Layers, Network, Samples};
use crate::penalty::Penalty;
use crate::scalar::{Real, Scalar};

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
/// - [`descend`](Layer::descend) of each sample with [`accumulate`](Network::accumulate);
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
            let (z, dz) = tape.split();
            y.with_outputs(E::OUTPUTS, |y| E::delta(z.flat(), y, dz.flat_mut()));
            crate::loss::weigh(y.weight(), dz.flat_mut());
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

/// What a check has found so far.
struct Checker {
    report: Report,
    /// What an error is relative to at least.
    floor: f64,
}

impl Checker {
    fn new<T: Scalar>(objective: T) -> Checker {
        let nothing =
            Report { error: 0.0, what: What::Gradient, place: Place::Cost, found: 0.0, expected: 0.0, compared: 0 };
        Checker { report: nothing, floor: FLOOR * objective.to_f64().abs().max(1.0) }
    }

    fn note(&mut self, what: What, place: Place, [found, expected]: [f64; 2], error: f64) {
        let compared = self.report.compared + 1;
        self.report.compared = compared;
        if error > 1.01 * self.report.error || compared == 1 {
            self.report = Report { error, what, place, found, expected, compared };
        }
    }

    fn close<T: Scalar>(&mut self, what: What, place: Place, found: T, expected: T) {
        let (found, expected) = (found.to_f64(), expected.to_f64());
        let error = (found - expected).abs() / found.abs().max(expected.abs()).max(self.floor);
        self.note(what, place, [found, expected], if error.is_nan() { f64::INFINITY } else { error });
    }

    fn same<T: Scalar>(&mut self, what: What, place: Place, found: T, expected: T) {
        let error = if found.to_bytes() == expected.to_bytes() { 0.0 } else { f64::INFINITY };
        self.note(what, place, [found.to_f64(), expected.to_f64()], error);
    }

    /// `dv` with the differences of `objective` by each number of `v`, or with 0 where it is not learned.
    fn gradient<V: Plain>(
        &mut self,
        v: &mut V,
        dv: &V,
        place: impl Fn(usize) -> Place,
        learned: impl Fn(usize) -> bool,
        objective: impl Fn(&V) -> V::Scalar,
    ) {
        for (i, &found) in dv.flat().iter().enumerate() {
            if !learned(i) {
                self.same(What::Gradient, place(i), found, V::Scalar::ZERO);
                continue;
            }
            let Some(&at) = v.flat().get(i) else { return };
            let expected = difference(at, |number| {
                set(v, i, number);
                objective(v)
            });
            set(v, i, at);
            self.close(What::Gradient, place(i), found, expected);
        }
    }

    /// The output of `record` with that of `forward`, into memory that held something else.
    fn record<L: Layer>(&mut self, layer: &L, x: &L::Input, sample: usize, tape: &mut L::Tape) {
        let mut y = blank::<L::Output>();
        layer.forward(x, &mut y);
        fill(tape.split().0, L::Scalar::of(f64::NAN));
        layer.record(x, tape);
        for (index, (&found, &expected)) in tape.output().flat().iter().zip(y.flat()).enumerate() {
            self.same(What::Record, Place::Output { sample, index }, found, expected);
        }
    }

    /// `descend` with the gradient and the dx of `backward`; `errors` records and puts dy on the tape.
    #[expect(clippy::too_many_arguments)]
    fn descent<L: Batch>(
        &mut self,
        layer: &L,
        x: &L::Input,
        sample: usize,
        tape: &mut L::Tape,
        errors: impl Fn(&L, &mut L::Tape),
        grad: &L,
        dx: &L::Input,
    ) {
        let rate = L::Scalar::of(0.5);
        let mut lower = L::ZERO;
        let mut found = blank::<L::Input>();
        for with_dx in [false, true] {
            copy(layer, &mut lower);
            errors(layer, tape);
            lower.descend(x, tape, rate, with_dx.then_some(&mut found));
            let change = lower.flat().iter().zip(layer.flat()).map(|(&new, &old)| (old - new) / rate);
            for (i, (found, &expected)) in change.zip(grad.flat()).enumerate() {
                self.close(What::Descent, place::<L>(i), found, expected);
            }
        }
        for (index, (&found, &expected)) in found.flat().iter().zip(dx.flat()).enumerate() {
            self.close(What::Descent, Place::Input { sample, index }, found, expected);
        }
    }
}

/// f′(at) from four values: `[8 (f(at + h) − f(at − h)) − (f(at + 2h) − f(at − 2h))] / 12h`, whose error is
/// `h⁴/30 · f⁽⁵⁾` and what rounding of f becomes over h; h = 2⁻¹⁰ in `f64`, 2⁻⁴ in `f32`, where they meet.
fn difference<T: Scalar>(at: T, mut f: impl FnMut(T) -> T) -> T {
    let h = T::pow2(T::of(-((T::DIGITS / 5) as f64))) * at.abs().max(T::ONE);
    let near = f(at + h) - f(at - h);
    let two = T::of(2.0);
    let far = f(at + two * h) - f(at - two * h);
    (T::of(8.0) * near - far) / (T::of(12.0) * h)
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
