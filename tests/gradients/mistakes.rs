//! A layer `y = g ⊙ x` with a mistake: the checker finds it and says where.

use super::{D, accept, random};
use nanoprop::dev::{Place, Report, What, check_layer, check_network};
use nanoprop::layer::Batch;
use nanoprop::prelude::*;
use nanoprop::{Role, Slot};

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
    struct Scale<M: Is> of f64, Batch {
        gain: Vector<U4, f64> = Role::Gain,
    }
}

impl<M: Is> Layer for Scale<M> {
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
}

impl<M: Is> Batch for Scale<M> {
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
    Place::Input { layer: 0, sample: 0, index }
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
    assert!(text.starts_with("largest relative error 2.0e0 of 372 numbers, at gain[2] of layer 1: "), "{text}");
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
    assert_eq!(report.place, Place::Output { layer: 0, sample: 0, index: 1 });
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
