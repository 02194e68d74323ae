//! Networks learn: fixed seeds, stated accuracy, and a digest of the weights that every machine must reach.

use nanoprop::prelude::*;
use nanoprop::{Fused, Layers, Loss, Stop};

#[path = "support/digits.rs"]
mod digits;

network! {
    type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy;
    type Control = 13 => Dense<64, Tanh> => Dense<64, Tanh> => Dense<4, Tanh>, loss = SquaredError;
    type Rectified = 16 => Dense<24, Relu> => Dense<24, Relu> => Dense<5>, loss = SoftmaxCrossEntropy;
    type FusedDigits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy, scalar = Fused;
    type FusedControl = 13 => Dense<64, Tanh> => Dense<64, Tanh> => Dense<4, Tanh>, loss = SquaredError, scalar = Fused;
    type Xor = 2 => Dense<4, Tanh> => Dense<1>, loss = SigmoidCrossEntropy;
}

/// What [`Network::digest`] is after the small training of the test of that name. The same in debug and in release, with
/// any instruction set, on every target; a change of the numerics changes them, and a test that fails prints the new one.
mod digest {
    pub(crate) const DIGITS: u64 = 0x4829_fe4a_5f8f_523a;
    pub(crate) const CONTROL: u64 = 0x1d8c_2ff0_4a80_313f;
    pub(crate) const RECTIFIED: u64 = 0x19fb_12c3_1d1c_5974;
    pub(crate) const FUSED_DIGITS: u64 = 0xf5b9_892c_79c4_6b4e;
    pub(crate) const FUSED_CONTROL: u64 = 0xcbde_56a8_e962_963e;
}

/// Online descent over all samples, again and again, at a rate that falls from `rate` by and by.
fn learn(seed: u64, epochs: usize, rate: f32, samples: &[digits::Sample]) -> Digits {
    let (mut net, mut tape) = (Digits::ZERO, Digits::TAPE);
    net.initialize(&Xavier, &mut Pcg32::new(seed));
    for epoch in 0..epochs {
        let rate = rate / (1.0 + epoch as f32 / 4.0);
        samples.iter().for_each(|(x, y)| net.descend(x, y, rate, &mut tape));
    }
    net
}

fn expect<L: Layers, E: Loss>(net: &Network<L, E>, digest: u64) {
    let found = net.digest();
    assert!(found == digest, "the digest of the weights is {found:#018x}, not {digest:#018x}");
}

/// Every fifth digit held out: each writer is among those that are learned from.
#[test]
fn digits_are_recognised() {
    let (train, held_out) = digits::split(|row| row % 5 == 4);
    for seed in [1, 2, 3] {
        let net = learn(seed, 12, 0.3, &train);
        let percent = digits::accuracy(&held_out, |x| net.classify(x));
        println!("seed {seed}: {percent:.2} %");
        assert!(percent >= 96.5, "seed {seed}: {percent:.2} % of the held-out digits");
    }
}

/// The last rows held out. They are by writers whom nothing was learned from, and so are harder for every
/// implementation, logistic regression included (90.0 %): as good as above would mean that they leaked into training.
#[test]
fn digits_of_other_writers_are_harder() {
    let (train, held_out) = digits::split(|row| row >= digits::COUNT - 360);
    let net = learn(1, 12, 0.3, &train);
    let percent = digits::accuracy(&held_out, |x| net.classify(x));
    println!("{percent:.2} %");
    assert!((88.0..=93.0).contains(&percent), "{percent:.2} % of the last 360 digits");
}

#[test]
fn digits_reach_the_same_bits() {
    let (train, _) = digits::split(|row| row % 5 == 4);
    let mut net = learn(1, 3, 0.3, &train);
    let (mut grad, mut tape) = (Digits::GRADIENT, Digits::TAPE);
    net.descend_batch(&train[..256], L2(1.0), 0.5, Stop::Steps(3), &mut grad, &mut tape);
    expect(&net, digest::DIGITS);
}

/// As well as in `f32`, from the very samples; in other bits.
#[test]
fn fused_digits_reach_the_same_bits() {
    let (train, held_out) = digits::split(|row| row % 5 == 4);
    let (mut net, mut grad, mut tape) = (FusedDigits::ZERO, FusedDigits::GRADIENT, FusedDigits::TAPE);
    net.initialize(&Xavier, &mut Pcg32::new(1));
    for epoch in 0..3 {
        let rate = 0.3 / (1.0 + epoch as f32 / 4.0);
        train.iter().for_each(|(x, y)| net.descend(x, y, Fused(rate), &mut tape));
    }
    net.descend_batch(&train[..256], L2(1.0), Fused(0.5), Stop::Steps(3), &mut grad, &mut tape);
    let percent = digits::accuracy(&held_out, |x| net.classify(x));
    assert!(percent >= 93.0, "{percent:.2} % of the held-out digits");
    expect(&net, digest::FUSED_DIGITS);

    let mut strict = Digits::ZERO;
    strict.parameters_mut().copy_from_slice(Fused::numbers(net.parameters()));
    for (x, _) in &held_out {
        for (h, fused) in strict.predict(x).iter().zip(net.predict(x)) {
            assert!((h - fused.0).abs() < 1e-5, "{h} in f32, {fused} fused");
        }
    }
}

fn control_samples(rng: &mut Pcg32) -> [([f32; 13], [f32; 4]); 64] {
    core::array::from_fn(|_| {
        let x = random(rng);
        (x, core::array::from_fn(|k| 0.5 * x[k] * x[k + 1] - 0.25 * x[k + 9]))
    })
}

#[test]
fn fused_control_reaches_the_same_bits() {
    let mut rng = Pcg32::new(7);
    let samples = control_samples(&mut rng);
    let (mut net, mut tape, mut tapes) = (FusedControl::ZERO, FusedControl::TAPE, [FusedControl::TAPE; 13]);
    net.initialize(&Xavier, &mut rng);
    for _ in 0..10 {
        samples.iter().for_each(|(x, y)| net.descend(x, y, Fused(0.05), &mut tape));
        net.step_batch(&samples, L2(0.1), Fused(0.1), &mut tapes);
    }
    expect(&net, digest::FUSED_CONTROL);
}

#[test]
fn control_reaches_the_same_bits() {
    let mut rng = Pcg32::new(7);
    let samples = control_samples(&mut rng);
    let (mut net, mut grad, mut tape) = (Control::ZERO, Control::GRADIENT, Control::TAPE);
    net.initialize(&Xavier, &mut rng);
    let before = net.cost(&samples, NoPenalty);
    for _ in 0..10 {
        samples.iter().for_each(|(x, y)| net.descend(x, y, 0.05, &mut tape));
    }
    let end = net.descend_batch(&samples, L2(0.1), 0.1, Stop::Steps(5), &mut grad, &mut tape);
    println!("cost {before} to {}", end.cost);
    assert!(net.cost(&samples, NoPenalty) < 0.5 * before);
    expect(&net, digest::CONTROL);
}

#[test]
fn rectified_reaches_the_same_bits() {
    let mut rng = Pcg32::new(8);
    // The class is that of the first three numbers' sum, in five steps from −3 to 3.
    let samples: [([f32; 16], Class<U5>); 128] = core::array::from_fn(|_| {
        let x = random(&mut rng);
        let step = (x[0] + x[1] + x[2] + 3.0) * (5.0 / 6.0);
        (x, Class::new((step as usize).min(4)).expect("one of five"))
    });
    let (mut net, mut grad, mut tape) = (Rectified::ZERO, Rectified::GRADIENT, Rectified::TAPE);
    net.initialize(&He, &mut rng);
    let before = net.cost(&samples, NoPenalty);
    for _ in 0..10 {
        samples.iter().for_each(|(x, y)| net.descend(x, y, 0.05, &mut tape));
    }
    let end = net.descend_batch(&samples, L2(0.1), 0.1, Stop::Steps(5), &mut grad, &mut tape);
    println!("cost {before} to {}", end.cost);
    assert!(net.cost(&samples, NoPenalty) < 0.5 * before);
    expect(&net, digest::RECTIFIED);
}

/// Uniform in [−1, 1), exactly.
fn random<const N: usize>(rng: &mut Pcg32) -> [f32; N] {
    core::array::from_fn(|_| (rng.bits() >> 8) as f32 / (1 << 23) as f32 - 1.0)
}

/// By batch descent, from every one of these seeds.
#[test]
fn xor_is_learned() {
    let samples = [([0.0, 0.0], [0.0]), ([0.0, 1.0], [1.0]), ([1.0, 0.0], [1.0]), ([1.0, 1.0], [0.0])];
    for seed in 1..=8 {
        let (mut net, mut grad, mut tape) = (Xor::ZERO, Xor::GRADIENT, Xor::TAPE);
        net.initialize(&Xavier, &mut Pcg32::new(seed));
        let end = net.descend_batch(&samples, NoPenalty, 1.0, Stop::Steps(2000), &mut grad, &mut tape);
        println!("seed {seed}: {end:?}");
        assert!(end.steps == 2000 && end.cost < 0.01, "seed {seed}: {end:?}");
        for (x, [y]) in &samples {
            assert!((net.predict(x)[0] - y).abs() < 0.05, "seed {seed}: {x:?} gives {}", net.predict(x)[0]);
        }
    }
}
