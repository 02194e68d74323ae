//! Networks that divide the plane into two classes: one type for each activation.

use nanoprop::prelude::*;
use nanoprop::{Momentum, Real, State};

use crate::once::Once;

network! {
    /// A point in, the probability of the second class out.
    type Tangent = 2 => Dense<12, Tanh> => Dense<8, Tanh> => Dense<1>, loss = SigmoidCrossEntropy;
    /// With sigmoids.
    type Logistic = 2 => Dense<12, Sigmoid> => Dense<8, Sigmoid> => Dense<1>, loss = SigmoidCrossEntropy;
    /// With rectifiers.
    type Rectified = 2 => Dense<12, Relu> => Dense<8, Relu> => Dense<1>, loss = SigmoidCrossEntropy;
}

/// How many points there can be.
const MOST: usize = 256;
/// How many points a step has.
const BATCH: usize = 16;
/// The surface is so many points wide and high.
const SIDE: usize = 48;
/// The plane goes from −1 to 1 in both directions.
const REACH: f32 = 1.0;

/// What is asked of a network, whatever its activation.
trait Play {
    fn start(&mut self, seed: u32);
    fn epoch(&mut self, points: &[Point], optimizer: u32, rate: f64, lambda: f64);
    /// Cost, gradient's norm, how many points are on their side.
    fn measure(&mut self, points: &[Point], lambda: f64) -> [f32; 3];
    fn predict(&self, x: [f32; 2]) -> f32;
    fn weights(&self) -> *const f32;
}

type Point = ([f32; 2], [f32; 1]);

macro_rules! players {
    ($($name:ident: $net:ident, $init:expr;)+) => {$(
        struct $name {
            net: $net,
            grad: Gradient<$net>,
            tape: TapeOf<$net>,
            momentum: State<$net, Momentum>,
            adam: State<$net, Adam>,
        }

        impl $name {
            const NEW: Self = $name {
                net: $net::ZERO,
                grad: $net::GRADIENT,
                tape: $net::TAPE,
                momentum: State::ZERO,
                adam: State::ZERO,
            };
        }

        impl Play for $name {
            fn start(&mut self, seed: u32) {
                self.net.initialize(&$init, &mut Pcg32::new(seed.into()));
                self.momentum.reset();
                self.adam.reset();
            }

            fn epoch(&mut self, points: &[Point], optimizer: u32, rate: f64, lambda: f64) {
                for batch in points.chunks(BATCH) {
                    self.net.gradient(batch, L2(lambda), &mut self.grad, &mut self.tape);
                    match optimizer {
                        0 => self.net.update(&self.grad, rate as f32),
                        1 => self.net.optimize(&self.grad, &Momentum::new(rate), &mut self.momentum),
                        _ => self.net.optimize(&self.grad, &Adam::new(rate), &mut self.adam),
                    }
                }
            }

            fn measure(&mut self, points: &[Point], lambda: f64) -> [f32; 3] {
                let cost = self.net.cost_and_gradient(points, L2(lambda), &mut self.grad, &mut self.tape);
                let squares: f32 = self.grad.parameters().iter().map(|slope| slope * slope).sum();
                let right = points.iter().filter(|(x, [y])| (self.predict(*x) > 0.5) == (*y > 0.5)).count();
                [cost, Real::sqrt(squares), right as f32]
            }

            fn predict(&self, x: [f32; 2]) -> f32 {
                self.net.predict(&x).iter().copied().sum()
            }

            fn weights(&self) -> *const f32 {
                self.net.parameters().as_ptr()
            }
        }
    )+};
}
players! {
    ByTangent: Tangent, Xavier;
    ByLogistic: Logistic, Xavier;
    ByRectified: Rectified, He;
}

static TANGENT: Once<ByTangent> = Once::new(ByTangent::NEW);
static LOGISTIC: Once<ByLogistic> = Once::new(ByLogistic::NEW);
static RECTIFIED: Once<ByRectified> = Once::new(ByRectified::NEW);
static POINTS: Once<[Point; MOST]> = Once::new([([0.0; 2], [0.0; 1]); MOST]);
static MEASURED: Once<[f32; 3]> = Once::new([0.0; 3]);
static SURFACE: Once<[[f32; SIDE]; SIDE]> = Once::new([[0.0; SIDE]; SIDE]);
static RNG: Once<Pcg32> = Once::new(Pcg32::new(0));

/// Works on the network with this activation.
fn player<R>(activation: u32, work: impl FnOnce(&mut dyn Play) -> R) -> R {
    // SAFETY: no exported function calls another, and each works on one network.
    unsafe {
        match activation {
            0 => TANGENT.with(|player| work(player)),
            1 => LOGISTIC.with(|player| work(player)),
            _ => RECTIFIED.with(|player| work(player)),
        }
    }
}

/// Works on the first points.
fn points<R>(count: u32, work: impl FnOnce(&[Point]) -> R) -> R {
    // SAFETY: as in `player`.
    unsafe { POINTS.with(|points| work(points.get(..count as usize).unwrap_or_default())) }
}

/// Where the points are, three numbers each: x, y, class. There are 256.
#[unsafe(no_mangle)]
extern "C" fn plane_points() -> *mut f32 {
    POINTS.place().cast()
}

/// Where the weights of a network are: for each layer the biases, then for each input its weights.
#[unsafe(no_mangle)]
extern "C" fn plane_weights(activation: u32) -> *const f32 {
    player(activation, |player| player.weights())
}

/// New random weights, and an optimiser that remembers nothing.
#[unsafe(no_mangle)]
extern "C" fn plane_start(activation: u32, seed: u32) {
    player(activation, |player| player.start(seed));
}

/// Once through the points, by an optimiser: 0 gradient descent, 1 momentum, 2 Adam.
#[unsafe(no_mangle)]
extern "C" fn plane_epoch(activation: u32, count: u32, optimizer: u32, rate: f64, lambda: f64) {
    player(activation, |player| points(count, |points| player.epoch(points, optimizer, rate, lambda)));
}

/// Gives the place of three numbers: cost, gradient's norm, how many points are classified correctly.
#[unsafe(no_mangle)]
extern "C" fn plane_measure(activation: u32, count: u32, lambda: f64) -> *const f32 {
    let found = player(activation, |player| points(count, |points| player.measure(points, lambda)));
    // SAFETY: as in `player`.
    unsafe { MEASURED.with(|measured| *measured = found) };
    MEASURED.place().cast()
}

/// Gives the place of 48×48 probabilities of the second class, row by row from the top.
#[unsafe(no_mangle)]
extern "C" fn plane_surface(activation: u32) -> *const f32 {
    let at = |k: usize| REACH * ((2 * k + 1) as f32 / SIDE as f32 - 1.0);
    player(activation, |player| {
        // SAFETY: as in `player`.
        unsafe {
            SURFACE.with(|rows| {
                for (j, row) in rows.iter_mut().enumerate() {
                    for (i, value) in row.iter_mut().enumerate() {
                        *value = player.predict([at(i), -at(j)]);
                    }
                }
            });
        }
    });
    SURFACE.place().cast()
}

/// Starts the generator that the page makes its points with.
#[unsafe(no_mangle)]
extern "C" fn random_start(seed: u32) {
    // SAFETY: as in `player`.
    unsafe { RNG.with(|rng| *rng = Pcg32::new(seed.into())) };
}

/// A random number from 0 to 1.
#[unsafe(no_mangle)]
extern "C" fn random() -> f32 {
    // SAFETY: as in `player`.
    unsafe { RNG.with(|rng| (rng.bits() >> 8) as f32 / (1 << 24) as f32) }
}
