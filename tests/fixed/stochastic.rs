//! Rounding at random: the mean is exact, small steps are learned, and a training replays.

use nanoprop::prelude::*;
use nanoprop::{Momentum, Number, Optimizer, Order, Q16, Q32, Recipe, State, Stochastic, Training};

use crate::digits;

network! {
    type Short = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy, scalar = Q16<12>;
    type Shorter = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy, scalar = Q16<8>;
    type Choice = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SoftmaxCrossEntropy, scalar = Q16<12>;
    type Long = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SoftmaxCrossEntropy, scalar = Q32<20>;
    type Longer = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SoftmaxCrossEntropy, scalar = Q32<26>;
    type Steps = [8, 2] => Conv1d<4, 3, Tanh> => Lstm<3> => Dense<2>, loss = SquaredError, scalar = Q16<12>;
    type Xor = 2 => Dense<4, Tanh> => Dense<1>, loss = SigmoidCrossEntropy, scalar = Q16<12>;
}

/// Whether a mean of `n` numbers at steps of `step` is that of roundings of `exact` at random, within four deviations.
fn unbiased(mean: f64, exact: f64, step: f64, n: usize) -> bool {
    let share = (exact / step).rem_euclid(1.0);
    let deviation = step * (share * (1.0 - share) / n as f64).sqrt();
    (mean - exact).abs() <= 4.0 * deviation + 1e-12
}

/// Steps from the same weights: their mean, against the step in f64.
macro_rules! means {
    ($($T:ty)+) => {$({
        type T = $T;
        type Line = Network<Dense<U1, U1, Identity, T>, SquaredError>;
        const N: usize = 20_000;
        let step = f64::from(T::from_bits(1));
        let mut rng = Pcg32::new(7);
        for (w, x, y, rate) in [(0.5, 0.75, 0.25, 0.1), (-0.3, 1.5, 1.9, 0.01), (0.0, -0.4, 0.2, 0.003), (1.0, 1.0, 0.0, 0.5)] {
            let start = [T::new(0.25), T::new(w)];
            let (x, y, rate) = ([T::new(x)], [T::new(y)], T::new(rate));
            let (mut net, mut tape) = (Line::ZERO, [Line::TAPE]);
            net.parameters_mut().copy_from_slice(&start);
            let delta = f64::from(net.predict(&x)[0]) - f64::from(y[0]);
            let slopes = [delta, delta * f64::from(x[0])];
            for batch in [false, true] {
                let mut sums = [0.0; 2];
                for _ in 0..N {
                    net.parameters_mut().copy_from_slice(&start);
                    match batch {
                        false => net.descend_stochastic(&x, &y, rate, &mut tape[0], &mut rng),
                        true => net.step_batch_stochastic(&[(x, y)], NoPenalty, rate, &mut tape, &mut rng),
                    }
                    sums.iter_mut().zip(net.parameters()).for_each(|(sum, &w)| *sum += f64::from(w));
                }
                for ((sum, start), slope) in sums.iter().zip(start).zip(slopes) {
                    let (mean, exact) = (sum / N as f64, f64::from(start) - f64::from(rate) * slope);
                    assert!(unbiased(mean, exact, step, N), "{}: {mean} is not {exact}", T::NAME);
                }
            }
        }
    })+};
}

#[test]
fn the_mean_of_steps_is_exact() {
    means!(Q16<12> Q16<10> Q32<20> Q32<28>);
}

/// The mean of three samples is a third of their sum.
#[test]
fn the_mean_of_batches_is_exact() {
    type T = Q16<12>;
    type Line = Network<Dense<U1, U1, Identity, T, Unbiased>, SquaredError>;
    const N: usize = 20_000;
    let samples = [0.5, 0.25, 1.0].map(|x| ([T::new(x)], [T::new(0.125)]));
    let (mut net, mut tapes, mut rng, mut sum) = (Line::ZERO, [Line::TAPE; 3], Pcg32::new(3), 0.0);
    for _ in 0..N {
        net.parameters_mut().fill(T::new(0.0));
        net.step_batch_stochastic(&samples, NoPenalty, T::new(0.01), &mut tapes, &mut rng);
        sum += f64::from(net.parameters()[0]);
    }
    let exact = f64::from(T::new(0.01)) * 0.125 * 1.75 / 3.0;
    assert!(unbiased(sum / N as f64, exact, f64::from(T::from_bits(1)), N), "{} {exact}", sum / N as f64);
}

/// What optimisers keep is rounded at random, too.
#[test]
fn the_mean_of_an_optimiser_is_exact() {
    type T = Q16<12>;
    type Line = Network<Dense<U1, U1, Identity, T>, SquaredError>;
    const N: usize = 20_000;
    let mut grad = Line::ZERO;
    grad.parameters_mut().copy_from_slice(&[T::from_bits(300), T::from_bits(-7)]);
    let (mut sums, mut moments) = ([0.0; 2], [0.0; 2]);
    for seed in 0..N as u64 {
        let (mut net, mut state) = (Line::ZERO, State::ZERO);
        let momentum = Momentum { dampening: 0.3, ..Momentum::new(0.01) };
        net.optimize(&grad, &Stochastic { optimizer: momentum, seed }, &mut state);
        let first = state.kept()[0].parameters().to_vec();
        net.optimize(&grad, &Stochastic { optimizer: momentum, seed }, &mut state);
        for k in 0..2 {
            sums[k] += f64::from(net.parameters()[k]);
            // Given the first moment, which is exact.
            assert_eq!(first[k], grad.parameters()[k]);
            moments[k] += f64::from(state.kept()[0].parameters()[k]);
        }
    }
    for k in 0..2 {
        let (g, step) = (f64::from(grad.parameters()[k]), f64::from(T::from_bits(1)));
        assert!(unbiased(moments[k] / N as f64, (0.9 + 0.7) * g, step, N), "{} {}", moments[k] / N as f64, 1.6 * g);
        // Two roundings of the weight, each with a variance of a quarter at most.
        let (mean, exact) = (sums[k] / N as f64, -0.01 * (g + 1.6 * g));
        assert!((mean - exact).abs() < 4.0 * step * (0.5 / N as f64).sqrt(), "{mean} {exact}");
    }
}

/// Every layer's step goes down its gradient.
#[test]
fn layers_of_all_kinds() {
    type T = Q16<12>;
    const N: usize = 400;
    let mut rng = Pcg32::new(5);
    let x: [[T; 2]; 8] = core::array::from_fn(|t| [T::new((t as f64).sin()), T::new((2.0 * t as f64).cos())]);
    let y = [T::new(0.5), T::new(-0.5)];
    let (mut start, mut grad, mut tape) = (Steps::ZERO, Steps::GRADIENT, Steps::TAPE);
    start.initialize(&Xavier, &mut rng);
    start.gradient(&[(x, y)], NoPenalty, &mut grad, &mut tape);
    let (mut net, mut sums) = (Steps::ZERO, vec![0.0; Steps::PARAMETERS]);
    for _ in 0..N {
        net.copy_from(&start);
        net.descend_stochastic(&x, &y, T::new(0.125), &mut tape, &mut rng);
        sums.iter_mut().zip(net.parameters()).for_each(|(sum, &w)| *sum += f64::from(w));
    }
    let step = f64::from(T::from_bits(1));
    let mut moved = 0.0_f64;
    for ((sum, &w), &g) in sums.iter().zip(start.parameters()).zip(grad.parameters()) {
        let change = 0.125 * f64::from(g);
        moved = moved.max(change.abs());
        // The gradient is rounded to half a step.
        let apart = (sum / N as f64 - (f64::from(w) - change)).abs();
        assert!(apart < 4.5 * step * 0.5 / (N as f64).sqrt() + 0.125 * step, "{apart}");
    }
    assert!(moved > 20.0 * step, "{moved}");
}

/// What is at an end stays there, and what passes it becomes it.
#[test]
fn ends_stay() {
    type T = Q16<12>;
    type Line = Network<Dense<U1, U1, Identity, T, Unbiased>, SquaredError>;
    let (mut net, mut tape, mut rng) = (Line::ZERO, Line::TAPE, Pcg32::new(1));
    for (w, x, y, end) in
        [(7.9, 1.0, -4.0, T::MIN), (-7.9, 1.0, 4.0, T::MAX), (8.0, 1.0, 0.0, T::MAX), (-8.0, 1.0, 0.0, T::MIN)]
    {
        net.parameters_mut().fill(T::new(w));
        net.descend_stochastic(&[T::new(x)], &[T::new(y)], T::new(4.0), &mut tape, &mut rng);
        assert_eq!(net.parameters(), [end]);
    }
}

#[test]
fn the_same_bits_again() {
    let number = |x: f32| Q16::<12>::from(x);
    let (samples, _) = digits::split(|_| false);
    let samples: Vec<_> = samples[..200].iter().map(|(x, y)| (x.map(number), *y)).collect();
    let learned = |seed: u64| {
        let (mut net, mut tape, mut rng) = (Short::ZERO, Short::TAPE, Pcg32::new(seed));
        net.initialize(&Xavier, &mut Pcg32::new(1));
        samples.iter().for_each(|(x, y)| net.descend_stochastic(x, y, Q16::new(0.3), &mut tape, &mut rng));
        net.digest()
    };
    assert_eq!(learned(1), DIGITS, "{:#018x}", learned(1));
    assert_ne!(learned(2), DIGITS);
}

/// What [`Network::digest`] is on every target.
const DIGITS: u64 = 0x645f_5dcf_3fb1_8b27;

/// A training that was cut goes on with the same numbers.
#[test]
fn a_training_resumes() {
    type Whole = Training<Xor, Stochastic<Momentum>, 4>;
    let samples = [([0.0, 0.0], [0.0]), ([0.0, 1.0], [1.0]), ([1.0, 0.0], [1.0]), ([1.0, 1.0], [0.0])]
        .map(|(x, y): ([f64; 2], [f64; 1])| (x.map(Q16::new), y.map(Q16::new)));
    let optimizer = Stochastic { optimizer: Momentum::new(0.02), seed: 9 };
    let recipe = Recipe { batch: 4, epochs: 400, order: Order::Shuffled(1), ..Recipe::new(optimizer) };
    let mut whole = Xor::ZERO;
    whole.initialize(&Xavier, &mut Pcg32::new(1));
    let mut cut = Xor::ZERO;
    cut.copy_from(&whole);
    recipe.train(&mut whole, &mut { Whole::ZERO }).run(&samples).unwrap();

    let mut bytes = vec![0; Whole::CHECKPOINT];
    let mut training = Whole::ZERO;
    Recipe { epochs: 150, ..recipe }.train(&mut cut, &mut training).run(&samples).unwrap();
    let length = recipe.train(&mut cut, &mut training).save(&mut bytes).unwrap();
    let (mut cut, mut training) = (Xor::ZERO, Whole::ZERO);
    let mut trainer = recipe.train(&mut cut, &mut training);
    trainer.load(&bytes[..length]).unwrap();
    trainer.run(&samples).unwrap();
    assert_eq!(cut.digest(), whole.digest());
    assert!(whole.cost(&samples, NoPenalty) < Q16::new(0.3), "{:?}", whole.cost(&samples, NoPenalty));
}

/// Floats draw nothing.
#[test]
fn floats_are_as_without() {
    type Line = Network<Dense<U3, U2, Tanh>, SquaredError>;
    let mut net = Line::ZERO;
    net.initialize(&Xavier, &mut Pcg32::new(1));
    let mut other = Line::ZERO;
    other.copy_from(&net);
    let (sample, mut rng) = (([0.1, 0.2, 0.3], [0.5, -0.5]), Pcg32::new(4));
    net.descend_stochastic(&sample.0, &sample.1, 0.3, &mut { Line::TAPE }, &mut rng);
    other.step_batch(&[sample], NoPenalty, 0.3, &mut [Line::TAPE]);
    assert_eq!((net.digest(), rng), (other.digest(), Pcg32::new(4)));
}

/// Online descent for 12 epochs at a rate that falls, as in `learning.rs`: the accuracy of what is held out.
macro_rules! learn {
    ($Net:ident, $T:ty, $seed:expr, $random:expr, $rate:expr) => {{
        let number = |x| <$T as Number>::from_f64(f64::from(x));
        let (train, held_out) = digits::split(|row| row % 5 == 4);
        let train: Vec<_> = train.iter().map(|(x, y)| (x.map(number), *y)).collect();
        let (mut net, mut tape, mut rng) = ($Net::ZERO, $Net::TAPE, Pcg32::new($seed));
        net.initialize(&Xavier, &mut Pcg32::new($seed));
        for epoch in 0..12 {
            let rate = number($rate / (1.0 + epoch as f32 / 4.0));
            for (x, y) in &train {
                match $random {
                    true => net.descend_stochastic(x, y, rate, &mut tape, &mut rng),
                    false => net.descend(x, y, rate, &mut tape),
                }
            }
        }
        digits::accuracy(&held_out, |x| net.classify(&x.map(number)))
    }};
}

/// The median of five seeds.
fn median(mut accuracy: impl FnMut(u64) -> f64) -> f64 {
    let mut all = [1, 2, 3, 4, 5].map(&mut accuracy);
    all.sort_by(f64::total_cmp);
    all[2]
}

/// Where steps are small, at 8 bits behind the point or at a small rate, digits are learned that to nearest are not.
#[test]
#[cfg_attr(debug_assertions, ignore = "takes minutes without optimisation")]
fn digits_of_few_bits() {
    for rate in [0.3, 0.03, 0.01] {
        let [nearest, random] = [false, true].map(|random| median(|seed| learn!(Short, Q16<12>, seed, random, rate)));
        println!("12 bits, rate {rate}: to nearest {nearest:.2} %, at random {random:.2} %");
        let [few_nearest, few_random] =
            [false, true].map(|random| median(|seed| learn!(Shorter, Q16<8>, seed, random, rate)));
        println!(" 8 bits, rate {rate}: to nearest {few_nearest:.2} %, at random {few_random:.2} %");
    }
}

/// Adam in 16 bits: what is kept of squares has too few digits, to nearest and at random. In 32 bits it learns.
#[test]
#[cfg_attr(debug_assertions, ignore = "takes a minute without optimisation")]
fn adam_has_no_digits() {
    macro_rules! adam {
        ($Net:ident, $T:ty, $optimizer:expr) => {{
            fn learned<O: Optimizer>(optimizer: O) -> String {
                let number = |x| <$T as Number>::from_f64(f64::from(x));
                let (train, held_out) = digits::split(|row| row % 5 == 4);
                let train: Vec<_> = train.iter().map(|(x, y)| (x.map(number), *y)).collect();
                let mut net = $Net::ZERO;
                net.initialize(&Xavier, &mut Pcg32::new(1));
                let recipe = Recipe { batch: 16, epochs: 12, order: Order::Shuffled(1), ..Recipe::new(optimizer) };
                let mut training = Training::<$Net, O, 16>::boxed();
                let end = recipe.train(&mut net, &mut training).run(&train);
                format!("{:.2} % {end:?}", digits::accuracy(&held_out, |x| net.classify(&x.map(number))))
            }
            learned($optimizer)
        }};
    }
    let adam = Adam { epsilon: 1.0 / 4096.0, ..Adam::new(0.01) };
    let short = adam!(Choice, Q16<12>, adam);
    let random = adam!(Choice, Q16<12>, Stochastic { optimizer: adam, seed: 1 });
    let (long, longer) = (adam!(Long, Q32<20>, adam), adam!(Longer, Q32<26>, adam));
    println!("Q16<12> {short}, at random {random}, Q32<20> {long}, Q32<26> {longer}");
    assert!(short.contains("Err") && random.contains("Err"));
    assert!(long.contains("Ok") && longer.contains("Ok"));
}
