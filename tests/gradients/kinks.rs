//! Kinks are no mistakes, and hide none: networks whose activations have kinks near and at the numbers.

use super::{D, accept, random};
use nanoprop::dev::{Place, Report, What, check_layer, check_network};
use nanoprop::prelude::*;
use nanoprop::{Activation, Role, Slot};

/// Beside a kink, the change is smaller and rounding weighs more.
const BESIDE_A_KINK: f64 = 1e-5;

fn near(what: &str, report: Report) {
    assert!(report.error <= BESIDE_A_KINK, "{what}: {report}");
}

/// Ten networks with random weights and inputs: the change by 0.002 reaches a kink in many of them.
#[test]
fn random_numbers_near_kinks() {
    fn networks<A: Activation>() {
        let mut rng = Pcg32::new(11);
        for seed in 0..10 {
            let mut net = Network::<(D<U6, U12, A>, D<U12, U12, A>, D<U12, U3>), SquaredError>::ZERO;
            random(net.parameters_mut(), 0.7, &mut rng);
            let samples: [_; 4] = core::array::from_fn(|_| {
                let (mut x, mut y) = ([0.0; 6], [0.0; 3]);
                random(&mut x, 1.5, &mut rng);
                random(&mut y, 1.0, &mut rng);
                (x, y)
            });
            near(&format!("{} {seed}", A::NAME), check_network(&net, &samples, L2(0.1)));
        }
    }
    networks::<Relu>();
    networks::<LeakyRelu>();
    networks::<HardTanh>();
}

/// All weighted sums are exactly at the kink: each slope between those of both sides is right.
#[test]
fn numbers_at_kinks() {
    type Net<E> = Network<(D<U3, U4, Relu>, D<U4, U2>), E>;
    let samples = [([0.5, -1.0, 2.0], [0.0, 1.0]), ([0.0, 0.0, 0.0], [1.0, 0.0])];
    accept("weights of 0", check_network(&Net::<SquaredError>::ZERO, &samples, L2(1.0)));
    // z − y = 0, the kink of |z − y|.
    let zero = [([0.5, -1.0, 2.0], [0.0, 0.0])];
    accept("no error", check_network(&Net::<AbsoluteError>::ZERO, &zero, NoPenalty));
    // z = 0 in the first unit, from weights that are not.
    let mut layer = Dense::<U2, U2, Relu, f64>::ZERO;
    layer.flat_mut().copy_from_slice(&[-1.0, 0.5, 2.0, 1.0, 0.0, -1.0]);
    accept("a unit at 0", check_layer(&layer, &[0.5, 0.25].into(), 3));
}

/// The slopes that a backward pass has on both sides of 0.
trait Mistake: 'static {
    const LEFT: f64 = 1.0;
    const RIGHT: f64 = 1.0;
}

parameters! {
    /// y = |g ⊙ x|, whose backward pass says that the slope is that of the right side, times a factor.
    struct Folded<M: Mistake> of f64 {
        gain: Vector<U4, f64> = Role::Gain,
    }
}

impl<M: Mistake> Layer for Folded<M> {
    type Input = Vector<U4, f64>;
    type Output = Vector<U4, f64>;
    type Tape = Slot<Vector<U4, f64>>;

    fn forward(&self, x: &Self::Input, y: &mut Self::Output) {
        y.iter_mut().zip(x).zip(&self.gain).for_each(|((y, x), g)| *y = (g * x).abs());
    }

    fn backward(&self, x: &Self::Input, tape: &mut Self::Tape, grad: &mut Self, mut dx: Option<&mut Self::Input>) {
        for i in 0..4 {
            let slope = if self.gain[i] * x[i] < 0.0 { -M::LEFT } else { M::RIGHT };
            grad.gain[i] += tape.dy[i] * slope * x[i];
            if let Some(dx) = &mut dx {
                dx[i] = tape.dy[i] * slope * self.gain[i];
            }
        }
    }
}

struct Right;
impl Mistake for Right {}
struct TooSteep;
impl Mistake for TooSteep {
    const RIGHT: f64 = 1.001;
}
struct OtherSign;
impl Mistake for OtherSign {
    const LEFT: f64 = -1.0;
}

fn folded<M: Mistake>(gain: [f64; 4]) -> Report {
    let mut layer = Folded::<M>::ZERO;
    layer.gain = gain.into();
    check_layer(&layer, &[1.0, -1.0, 0.5, 2.0].into(), 1)
}

/// 1e-6 from a kink and at one, a slope that is 0.1 % too large, or of the wrong sign on one side.
#[test]
fn mistakes_beside_kinks() {
    const BESIDE: [f64; 4] = [1e-4, 1e-5, -1e-6, 1e-3];
    near("right", folded::<Right>(BESIDE));
    near("right, at a kink", folded::<Right>([0.0; 4]));

    let report = folded::<TooSteep>(BESIDE);
    assert!(report.what == What::Gradient && (report.error - 1e-3 / 1.001).abs() < 1e-5, "{report}");
    let report = folded::<TooSteep>([0.0, 0.0, 0.0, 0.0]);
    assert!((report.error - 1e-3 / 1.001).abs() < 1e-5, "{report}");
    let report = folded::<OtherSign>(BESIDE);
    assert_eq!((report.what, report.error), (What::Gradient, 2.0), "{report}");
    assert!(matches!(report.place, Place::Parameter { tensor: "gain", index: 1 | 2, .. }), "{report}");
}
