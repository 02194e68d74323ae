//! A layer `y = g ⊙ x` with a mistake in a method for several samples: the checker finds it and says where.

use super::{D, accept, random};
use nanoprop::dev::{Place, Report, What, check_layer, check_network};
use nanoprop::layer::{Batch, Inputs, Lines, LinesMut, Part};
use nanoprop::prelude::*;
use nanoprop::{Penalty, Role, Slot, Step};

#[derive(Clone, Copy, PartialEq)]
enum Mistake {
    None,
    /// record_batch is off by a rounding for y₁ of the second sample.
    Records,
    /// record_batch leaves the samples out that are no multiple of four.
    LeavesOut,
    /// errors gives the last of 17 samples the dx₂ of the one before.
    Errors,
    /// errors does not prepare the tapes where nobody reads dx.
    Unprepared,
    /// sums overwrites the gradient.
    Overwrites,
    /// sums adds the samples from the last to the first.
    Backwards,
    /// sums takes each part for one that starts at 0.
    FromZero,
    /// step forgets the mean.
    NoMean,
    /// step penalises gains.
    Penalises,
}

trait Is: 'static {
    const MISTAKE: Mistake;

    fn is(mistake: Mistake) -> bool {
        Self::MISTAKE == mistake
    }
}

parameters! {
    /// y = g ⊙ x, with g in two rows; between `errors` and `sums`, the tape's dy is twice ∂J/∂y.
    struct Scale<M: Is> of f64, Batch {
        gain: Matrix<U2, U2, f64> = Role::Gain,
    }
}

type Four = Vector<U4, f64>;

impl<M: Is> Layer for Scale<M> {
    type Input = Four;
    type Output = Four;
    type Tape = Slot<Four>;

    fn forward(&self, x: &Four, y: &mut Four) {
        (0..4).for_each(|i| y[i] = self.flat()[i] * x[i]);
    }

    fn backward(&self, x: &Four, tape: &mut Slot<Four>, grad: &mut Self, dx: Option<&mut Four>) {
        (0..4).for_each(|i| grad.flat_mut()[i] += tape.dy[i] * x[i]);
        dx.into_iter().for_each(|dx| (0..4).for_each(|i| dx[i] = tape.dy[i] * self.flat()[i]));
    }
}

impl<M: Is> Batch for Scale<M> {
    fn record_batch(&self, xs: Inputs<Four>, mut tapes: LinesMut<Slot<Four>>) {
        let n = if M::is(Mistake::LeavesOut) && xs.len() > 4 { xs.len() / 4 * 4 } else { xs.len() };
        for (k, (x, tape)) in xs.iter().zip(tapes.iter_mut()).take(n).enumerate() {
            self.forward(x, &mut tape.y);
            if M::is(Mistake::Records) && k == 1 {
                tape.y[1] = tape.y[1].next_up();
            }
        }
    }

    fn errors(&self, _: Inputs<Four>, mut tapes: LinesMut<Slot<Four>>, dxs: Option<LinesMut<Four>>) {
        if M::is(Mistake::Unprepared) && dxs.is_none() {
            return;
        }
        if let Some(mut dxs) = dxs {
            let mut before = 0.0;
            for (k, (tape, dx)) in tapes.iter_mut().zip(dxs.iter_mut()).enumerate() {
                (0..4).for_each(|i| dx[i] = tape.dy[i] * self.flat()[i]);
                let right = dx[2];
                if M::is(Mistake::Errors) && k == 16 {
                    dx[2] = before;
                }
                before = right;
            }
        }
        tapes.iter_mut().for_each(|tape| (0..4).for_each(|i| tape.dy[i] *= 2.0));
    }

    fn sums(&self, xs: Inputs<Four>, tapes: Lines<Slot<Four>>, part: Part<f64>) {
        let start = if M::is(Mistake::FromZero) { 0 } else { part.start };
        for (i, sum) in part.numbers.iter_mut().enumerate() {
            let add = |sum: f64, k| sum + 0.5 * tapes.get(k).unwrap().dy[start + i] * xs.get(k).unwrap()[start + i];
            let from = if M::is(Mistake::Overwrites) { 0.0 } else { *sum };
            let samples = 0..xs.len();
            *sum = if M::is(Mistake::Backwards) { samples.rev().fold(from, add) } else { samples.fold(from, add) };
        }
    }

    fn step<P: Penalty>(&mut self, xs: Inputs<Four>, tapes: Lines<Slot<Four>>, step: Step<P>) {
        let mut sums = [0.0; 4];
        self.sums(xs, tapes, Part { start: 0, numbers: &mut sums });
        let step = Step { share: if M::is(Mistake::NoMean) { 1.0 } else { step.share }, ..step };
        for (gain, sum) in self.flat_mut().iter_mut().zip(sums) {
            *gain = if M::is(Mistake::Penalises) { step.weight(*gain, sum) } else { step.bias(*gain, sum) };
        }
    }
}

macro_rules! mistake {
    ($($mistake:ident)+) => {$(
        struct $mistake;
        impl Is for $mistake {
            const MISTAKE: Mistake = Mistake::$mistake;
        }
    )+};
}
mistake!(None Records LeavesOut Errors Unprepared Overwrites Backwards FromZero NoMean Penalises);

fn scale<M: Is>() -> Report {
    let mut layer = Scale::<M>::ZERO;
    layer.flat_mut().copy_from_slice(&[1.0, 0.7, -0.4, 0.5]);
    check_layer(&layer, &[0.5, -1.5, 2.0, 1.0].into(), 1)
}

/// The same as the second layer of three.
fn within<M: Is>() -> Report {
    let mut net = Network::<(D<U2, U4, Tanh>, Scale<M>, D<U4, U2>), SquaredError>::ZERO;
    random(net.parameters_mut(), 0.7, &mut Pcg32::new(5));
    check_network(&net, &[([0.4, -0.8], [0.5, 0.1]), ([-0.3, 0.6], [0.2, 0.7])], L2(0.1))
}

fn found(report: Report, what: What, place: Place) {
    assert_eq!((report.error, report.what, report.place), (f64::INFINITY, what, place), "{report}");
}

/// What is found in the layer alone and in the network, at the same place but for the layer's number.
fn both<M: Is>(what: What, place: impl Fn(usize) -> Place) {
    found(scale::<M>(), what, place(0));
    found(within::<M>(), what, place(1));
}

fn gain(index: usize) -> impl Fn(usize) -> Place {
    move |layer| Place::Parameter { layer, tensor: "gain", index }
}

#[test]
fn none() {
    accept("right", scale::<self::None>());
    accept("right, in a network", within::<self::None>());
}

#[test]
fn in_record_batch() {
    both::<Records>(What::RecordBatch { samples: 3 }, |layer| Place::Output { layer, sample: 1, index: 1 });
    both::<LeavesOut>(What::RecordBatch { samples: 17 }, |layer| Place::Output { layer, sample: 16, index: 0 });
    let text = within::<Records>().to_string();
    assert!(text.contains(" numbers, at output[1] of layer 2, sample 2: "), "{text}");
    assert!(text.contains(" by record_batch of 3 samples, ") && text.ends_with(" by record"), "{text}");
}

#[test]
fn in_errors() {
    both::<Errors>(What::Errors { samples: 17 }, |layer| Place::Input { layer, sample: 16, index: 2 });
    both::<Unprepared>(What::Sums { samples: 1 }, gain(0));
    let text = scale::<Errors>().to_string();
    assert!(text.contains(" at input[2] of layer 1, sample 17: "), "{text}");
    assert!(text.contains(" by errors of 17 samples, ") && text.ends_with(" by backward"), "{text}");
}

#[test]
fn in_sums() {
    both::<Overwrites>(What::Sums { samples: 1 }, gain(0));
    both::<FromZero>(What::Sums { samples: 1 }, gain(2));
    let report = scale::<Backwards>();
    assert!(matches!(report.what, What::Sums { samples: 3 | 17 }) && (report.found - report.expected).abs() < 1e-12);
    let text = within::<Overwrites>().to_string();
    assert!(text.contains(" at gain[0] of layer 2: ") && text.contains(" by sums of 1 sample, "), "{text}");
}

#[test]
fn in_step() {
    both::<NoMean>(What::Step { samples: 3 }, gain(0));
    both::<Penalises>(What::Step { samples: 1 }, gain(0));
    let text = within::<NoMean>().to_string();
    assert!(text.contains(" at gain[0] of layer 2: ") && text.contains(" by step of 3 samples, "), "{text}");
}
