//! Dropout's masks; what was measured of the data, and its folding away.

use super::{bits, fill, net};
use nanoprop::layer::Rate;
use nanoprop::prelude::*;
use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

network! {
    type Dropped = 64 => Dropout(50%) => Dense<3, Tanh> => Dropout(10%) => Dense<2>, loss = SquaredError;
    type Twice = 64 => Dropout(50%) => Dropout(50%), loss = SquaredError;
    type Trained = 5 => Standardize => Dense<7, Tanh> => Dense<2>, loss = SquaredError, scalar = f64;
    type Shipped = 5 => Dense<7, Tanh> => Dense<2>, loss = SquaredError, scalar = f64;
    type Single = 5 => Standardize => Dense<2, Relu>, loss = SquaredError;
    type Folded = 5 => Dense<2, Relu>, loss = SquaredError;
}

/// What a Dropout alone writes of ones, learning sample `sample` of a training.
fn mask<P: Rate>(seed: u64, sample: u64) -> Vector<U64> {
    let (net, mut tape) =
        (Network::<Dropout<U64, P>, SquaredError>::ZERO, Network::<Dropout<U64, P>, SquaredError>::TAPE);
    tape.seek(seed, sample);
    let mut grad = Network::ZERO;
    net.accumulate(&[1.0; 64], &[0.0; 64], &mut grad, &mut tape);
    *tape.output()
}

/// How many numbers are 0, over the samples from 0 of a training.
fn dropped<P: Rate>(seed: u64, samples: u64) -> f64 {
    let zeros = |sample| mask::<P>(seed, sample).iter().filter(|&&y| y == 0.0).count();
    (0..samples).map(zeros).sum::<usize>() as f64 / (64 * samples) as f64
}

#[test]
fn the_share_is_what_was_asked_for() {
    for (share, found) in [
        (0.0, dropped::<Percent<0>>(1, 100)),
        (0.01, dropped::<Percent<1>>(2, 2000)),
        (0.5, dropped::<Percent<50>>(3, 2000)),
        (0.99, dropped::<Percent<99>>(4, 2000)),
    ] {
        let deviation = (share * (1.0 - share) / 128_000_f64).sqrt();
        assert!((found - share).abs() <= 4.0 * deviation, "{found} of {share}");
    }
    let kept: Vec<f32> = mask::<Percent<20>>(1, 0).iter().copied().filter(|&y| y != 0.0).collect();
    assert!(kept.iter().all(|&y| y == 1.25) && (40..64).contains(&kept.len()), "{kept:?}");
}

/// Bits of masks that lie side by side agree as often as coins do: of units, samples, seeds and layers.
#[test]
fn neighbouring_masks_have_nothing_in_common() {
    let agree = |a: &[f32], b: &[f32]| a.iter().zip(b).filter(|(a, b)| a == b).count();
    let twice = |sample| {
        let (net, mut grad, mut tape) = (Twice::ZERO, Twice::ZERO, Twice::TAPE);
        tape.seek(9, sample);
        net.accumulate(&[1.0; 64], &[0.0; 64], &mut grad, &mut tape);
        tape.1.output().iter().map(|&y| (y == 4.0) as u32 as f32).sum::<f32>()
    };
    let (mut units, mut samples, mut seeds, mut both) = (0, 0, 0, 0.0);
    const M: u64 = 2000;
    for sample in 0..M {
        let m = mask::<Percent<50>>(9, sample);
        units += agree(&m[..63], &m[1..]);
        samples += agree(&m, &mask::<Percent<50>>(9, sample + 1));
        seeds += agree(&m, &mask::<Percent<50>>(10, sample));
        both += twice(sample);
    }
    for (what, agreed, of, share) in [
        ("units", units as f64, 63, 0.5),
        ("samples", samples as f64, 64, 0.5),
        ("seeds", seeds as f64, 64, 0.5),
        ("kept by both layers", f64::from(both), 64, 0.25),
    ] {
        let n = (of * M) as f64;
        let deviation = (n * share * (1.0 - share)).sqrt();
        assert!((agreed - share * n).abs() < 4.0 * deviation, "{what}: {agreed} of {n}");
    }
}

/// The same masks on every target: those that a few lines of Python give for the same hash.
#[test]
fn masks_are_pinned() {
    let row = |seed, sample| {
        let m = mask::<Percent<50>>(seed, sample);
        m.iter().fold(0, |bits, &y| bits << 1 | u64::from(y != 0.0))
    };
    assert_eq!([row(0, 0), row(0, 1), row(1, 0), row(u64::MAX, 1 << 40)], PINNED);
}
const PINNED: [u64; 4] = [3470227941185849786, 17916361155201030627, 9947716477380008436, 12262329442671055118];

proptest! {
    /// A training that was cut and resumed by `seek` has the bits of one that was not; a blank tape starts as `seek(0, 0)`.
    #[test]
    fn masks_resume(seed: u64, cut in 0..20_usize) {
        let mut rng = Pcg32::new(seed);
        let samples: Vec<([f32; 64], [f32; 2])> = (0..20).map(|_| {
            let mut sample = ([0.0; 64], [0.0; 2]);
            fill(&mut sample.0, 1.0, &mut rng);
            fill(&mut sample.1, 1.0, &mut rng);
            sample
        }).collect();
        let (mut whole, mut parts) = (net(seed), net(seed));
        let mut tape = Dropped::TAPE;
        samples.iter().for_each(|(x, y)| Dropped::descend(&mut whole, x, y, 0.1, &mut tape));
        for part in [0..cut, cut..20] {
            let mut tape = Dropped::TAPE;
            tape.seek(0, part.start as u64);
            samples[part].iter().for_each(|(x, y)| Dropped::descend(&mut parts, x, y, 0.1, &mut tape));
        }
        prop_assert_eq!(bits(whole.parameters()), bits(parts.parameters()));

        // Predictions in between change nothing, and drop nothing.
        let mut tapes = TapesOf::<Dropped, U3>::BLANK;
        let (mut hs, mut other) = (vec![Vector::ZERO; 20], net(seed));
        for batch in samples.chunks(3) {
            let xs: Vec<_> = batch.iter().map(|sample| sample.0).collect();
            Dropped::step_batch(&mut other, batch, NoPenalty, 0.1, &mut tapes);
            other.predict_batch(&xs, &mut hs, &mut tapes);
            for (x, h) in xs.iter().zip(&hs) {
                prop_assert_eq!(bits(&other.predict(x)), bits(h));
            }
        }
        let mut plain = net(seed);
        let mut tapes = TapesOf::<Dropped, U3>::BLANK;
        Dropped::step_batch(&mut plain, &samples, NoPenalty, 0.1, &mut tapes);
        prop_assert_eq!(bits(plain.parameters()), bits(other.parameters()));
    }

    #[test]
    fn folded_is_the_same_function(seed: u64) {
        let mut rng = Pcg32::new(seed);
        let mut moments = Moments::<U5>::NEW;
        let data: Vec<[f64; 5]> = (0..30).map(|k| {
            let mut x = [0.0; 5];
            fill(&mut x, 1.0, &mut rng);
            [100.0 + x[0], 1e3 * x[1], x[2] - 5.0, 7.0, x[4] * 1e-3 + k as f64]
        }).collect();
        data.iter().for_each(|x| moments.observe(x));

        let (mut trained, mut shipped) = (Trained::ZERO, Shipped::ZERO);
        trained.layers_mut().0.fit(&moments);
        trained.initialize(&Uniform(0.7), &mut rng);
        prop_assert_eq!(trained.layers().0.deviation()[3], 0.0);
        prop_assert!((trained.layers().0.mean()[3] - 7.0).abs() < 1e-14);
        trained.fold(&mut shipped).unwrap();
        for x in &data {
            for (a, b) in trained.predict(x).iter().zip(&shipped.predict(x)) {
                prop_assert!((a - b).abs() < 1e-11, "{a} {b}");
            }
        }
        let data: Vec<_> = data.iter().map(|x| x.map(|x| x as f32)).collect();
        let (mut single, mut folded) = (Single::ZERO, Folded::ZERO);
        single.layers_mut().0.fit(&moments);
        single.initialize(&Xavier, &mut rng);
        single.fold(&mut folded).unwrap();
        for x in &data {
            for (a, b) in single.predict(x).iter().zip(&folded.predict(x)) {
                prop_assert!((a - b).abs() < 1e-4, "{a} {b}");
            }
        }
    }
}

/// x̂ and ∂J/∂x of a layer normalisation with gain 1 and bias 0, by the definition, in f64 with the mean taken off twice.
fn normalised(x: &[f32], dy: &[f32]) -> [Vec<f64>; 2] {
    let n = x.len() as f64;
    let mean = |terms: &[f64]| terms.iter().sum::<f64>() / n;
    let x: Vec<f64> = x.iter().map(|&x| f64::from(x)).collect();
    let centred: Vec<f64> = x.iter().map(|v| v - x[0]).collect();
    let rest = mean(&centred);
    let centred: Vec<f64> = centred.iter().map(|v| v - rest).collect();
    let variance = mean(&centred.iter().map(|v| v * v).collect::<Vec<_>>());
    let scale = 1.0 / (variance + 1e-5).sqrt();
    let normal: Vec<f64> = centred.iter().map(|v| v * scale).collect();
    let dy: Vec<f64> = dy.iter().map(|&dy| f64::from(dy)).collect();
    let along = mean(&dy.iter().zip(&normal).map(|(dy, x)| dy * x).collect::<Vec<_>>());
    let dx = dy.iter().zip(&normal).map(|(d, x)| (d - mean(&dy) - x * along) * scale).collect();
    [normal, dx]
}

/// Samples far from 0 beside their spread, of equal numbers, and of numbers whose squares overflow.
#[test]
fn normalisation_at_the_ends_of_the_range() {
    fn check<N: Width>(x: Vector<N>) -> Vector<N> {
        let (mut layer, mut grad, mut tape, mut dx) =
            (LayerNorm::<N>::ZERO, LayerNorm::<N>::ZERO, Slot::BLANK, Vector::<N>::ZERO);
        layer.flat_mut()[..N::USIZE].fill(1.0);
        let mut y = Vector::<N>::ZERO;
        layer.forward(&x, &mut y);
        layer.record(&x, &mut tape);
        assert_eq!(bits(&y), bits(tape.output()));
        let dy: Vec<f32> = (0..N::USIZE).map(|k| (k as f32 * 1.7).sin()).collect();
        tape.split().1.copy_from_slice(&dy);
        layer.backward(&x, &mut tape, &mut grad, Some(&mut dx));
        let [normal, right] = normalised(&x, &dy);
        let size = right.iter().fold(1e-45, |m: f64, v| m.max(v.abs()));
        for (k, (&y, &normal)) in y.iter().zip(&normal).enumerate() {
            assert!((f64::from(y) - normal).abs() < 1e-6 * (1.0 + normal.abs()), "{k} of {x:?}: {y}, not {normal}");
            let gain = f64::from(grad.flat()[k]);
            assert!((gain - f64::from(dy[k]) * normal).abs() < 3e-6, "∂J/∂g {k} of {x:?}: {gain}");
            let found = f64::from(dx[k]);
            assert!((found - right[k]).abs() < 1e-5 * size + 3e-45, "dx {k} of {x:?}: {found}, not {}", right[k]);
        }
        y
    }
    assert_eq!(check::<U10>([3.3e9; 10].into()).as_slice(), [0.0; 10]);
    let y = check::<U4>([1e7, 1e7 + 1.0, 1e7 + 2.0, 1e7 + 3.0].into());
    for (y, right) in y.iter().zip([-1.341_635_4, -0.447_211_8, 0.447_211_8, 1.341_635_4]) {
        assert!((y - right).abs() < 1e-6, "{y}, not {right}");
    }
    check::<U4>([1e7, 1e-3, 2e-3, -3e-3].into());
    check::<U4>([1e-3, 2e-3, -3e-3, 1e7].into());
    check::<U20>(Vector::<U20>::from([-7.25e5; 20].map(|x| x)));
    check::<U3>([1e30, 2e30, 3e30].into());
    check::<U3>([3.4e38, 3.4e38, 3.4e38].into());
    check::<U2>([3.4e38, -3.4e38].into());
    check::<U5>([3e38, 3.1e38, -3e38, 0.0, 1.0].into());
    check::<U3>([3e14, 3e14_f32.next_up(), 3e14].into());
    check::<U3>([2.8e14, 2.8e14_f32.next_up(), 2.8e14].into());
    check::<U3>([3e14, -3e14, 0.0].into());
    check::<U3>([1e-30, 2e-30, 0.0].into());
    check::<U1>([5.0].into());
    let mut y = Vector::<U2, f64>::ZERO;
    let mut layer = LayerNorm::<U2, f64>::ZERO;
    layer.flat_mut()[..2].fill(1.0);
    for x in [[1e308, -1e308], [1e200, 1e200 * (1.0 + 1e-15)].map(|x| x * 1.0)] {
        layer.forward(&x.into(), &mut y);
        assert!((y[0].abs() - 1.0).abs() < 1e-12 && y[0] == -y[1], "{x:?}: {y:?}");
    }
    layer.forward(&[1e300; 2].into(), &mut y);
    assert_eq!(y.as_slice(), [0.0; 2]);
    layer.forward(&[f64::NAN, 1.0].into(), &mut y);
    assert!(y.iter().all(|y| y.is_nan()));
}

/// A mean of many deviations is folded while the bias keeps the digits that predictions need, and refused beyond.
#[test]
fn folding_keeps_predictions_or_says_why_not() {
    network! {
        type With = 2 => Standardize => Dense<1>, loss = SquaredError;
        type Without = 2 => Dense<1>, loss = SquaredError;
        type Deep = 2 => Standardize => Dense<3, Tanh> => Dense<1>, loss = SquaredError, scalar = f64;
        type Flat = 2 => Dense<3, Tanh> => Dense<1>, loss = SquaredError, scalar = f64;
    }
    let with = |mean: f32, deviation: f32| {
        let mut net = With::ZERO;
        net.parameters_mut().copy_from_slice(&[0.5, mean, 2.0, deviation, 0.3, 0.7, -1.1]);
        net
    };
    let mut folded = Without::ZERO;
    for mean in [10.0, 1e3, -1500.0] {
        let net = with(mean, 1.0);
        net.fold(&mut folded).unwrap();
        for x in [[0.25, mean], [-3.0, mean + 1.0], [4.0, mean - 2.0]] {
            let (a, b) = (net.predict(&x)[0], folded.predict(&x)[0]);
            assert!((a - b).abs() < 1.8 / 4096.0 * 2.0, "{mean}: {a} {b}");
        }
        // At the mean the bias makes up for the weight as it was rounded, to the bit of their sum.
        let (a, b) = (net.predict(&[0.5, mean])[0], folded.predict(&[0.5, mean])[0]);
        assert!((a - b).abs() <= f32::EPSILON * 1.1 * mean.abs(), "{mean}: {a} {b}");
    }
    let before = folded.digest();
    let error = with(1e6, 1.0).fold(&mut folded).unwrap_err();
    assert_eq!((error.input(), folded.digest()), (1, before));
    assert!(error.to_string().starts_with("input 1 has mean 1000000 and deviation 1: folded into a bias"), "{error}");
    assert!(with(5e3, 0.5).fold(&mut folded).is_err());
    assert!(with(1e6, 1e3).fold(&mut folded).is_ok());
    // An input that no weight reads is in nobody's way, and f64 has the digits.
    let mut net = with(1e6, 1.0);
    net.parameters_mut()[6] = 0.0;
    net.fold(&mut folded).unwrap();
    let (mut deep, mut flat) = (Deep::ZERO, Flat::ZERO);
    deep.initialize(&Uniform(1.0), &mut Pcg32::new(4));
    deep.parameters_mut()[..4].copy_from_slice(&[1e6, -1e6, 1.0, 2.0]);
    deep.fold(&mut flat).unwrap();
    let (a, b) = (deep.predict(&[1e6 + 0.5, -1e6 - 1.5])[0], flat.predict(&[1e6 + 0.5, -1e6 - 1.5])[0]);
    assert!((a - b).abs() < 1e-9, "{a} {b}");
    deep.parameters_mut()[0] = 1e13;
    assert!(deep.fold(&mut flat).is_err());
}

/// Neither training nor initialising changes statistics.
#[test]
fn statistics_stay() {
    let mut moments = Moments::<U5>::NEW;
    moments.observe(&[1.0, 2.0, 3.0, 4.0, 5.0]);
    moments.observe(&[2.0, 4.0, 9.0, 8.0, 1.0]);
    let mut net = Trained::ZERO;
    net.layers_mut().0.fit(&moments);
    net.initialize(&Course, &mut Pcg32::new(1));
    let before = net.parameters().to_vec();
    let samples = [([0.5; 5], [1.0, -1.0]); 4];
    let (mut grad, mut tape, mut tapes) = (Trained::ZERO, Trained::TAPE, TapesOf::<Trained, U2>::BLANK);
    net.step_batch(&samples, L2(0.5), 0.1, &mut tapes);
    net.descend_batch(&samples, L2(0.5), 0.1, Stop::Steps(3), &mut grad, &mut tape);
    net.descend(&[0.5; 5], &[1.0, -1.0], 0.1, &mut tape);
    assert_eq!(net.parameters()[..10], [1.5, 3.0, 6.0, 6.0, 3.0, 0.5, 1.0, 3.0, 2.0, 2.0]);
    assert_eq!(net.parameters()[..10], before[..10]);
    assert!(net.parameters()[10..].iter().zip(&before[10..]).all(|(a, b)| a != b));
}

/// A training with dropout, cut after some steps and resumed from its checkpoint in fresh memory.
fn trained<B: Width>(cut: usize) -> u64 {
    let samples: Vec<_> = (0..30).map(|k| ([(k as f32).sin(); 64], [(k as f32).cos(), 0.5])).collect();
    let recipe = Recipe { batch: 7, epochs: 3, order: Order::Shuffled(5), ..Recipe::new(Adam::new(0.01)) };
    let (mut net, mut training) = (net::<_, _>(8), Box::new(Training::<Dropped, Adam, B>::ZERO));
    let mut file = vec![0; Training::<Dropped, Adam, B>::CHECKPOINT];
    let mut trainer = recipe.train(&mut net, &mut training);
    (0..cut).for_each(|_| _ = trainer.step(&samples));
    let length = trainer.save(&mut file).unwrap();

    let (mut net, mut training) = (Dropped::boxed(), Box::new(Training::<Dropped, Adam, B>::ZERO));
    let mut trainer = recipe.train(&mut net, &mut training);
    trainer.load(&file[..length]).unwrap();
    assert_eq!(trainer.run(&samples), End::Epochs);
    net.digest()
}

#[test]
fn trainings_with_dropout_resume_and_come_in_any_pieces() {
    let whole = trained::<U1>(0);
    for cut in [1, 6, 7, 31, 50] {
        assert_eq!(trained::<U1>(cut), whole, "cut after {cut}");
    }
    assert_eq!([trained::<U3>(0), trained::<U3>(9), trained::<U8>(2)], [whole; 3]);
}

/// A gradient of 0 moves nothing, whatever the optimiser does with it.
#[test]
fn no_optimiser_changes_statistics() {
    fn after<O: Optimizer>(optimizer: O) {
        let (mut net, mut training) = (Trained::ZERO, Training::<Trained, O>::ZERO);
        net.initialize(&Xavier, &mut Pcg32::new(1));
        net.parameters_mut()[..10].copy_from_slice(&[1.5, -3.0, 0.25, 6.0, 3.0, 0.5, 1.0, 3.0, 2.0, -0.0]);
        let before = net.parameters().to_vec();
        let samples = [([0.5, 0.1, -0.7, 2.0, 1.0], [1.0, -1.0]); 4];
        Recipe { batch: 2, ..Recipe::new(optimizer) }.penalty(L2(0.1)).train(&mut net, &mut training).run(&samples);
        assert_eq!(bits(&net.parameters()[..10]), bits(&before[..10]), "{}", O::NAME);
        assert!(net.parameters()[10..].iter().zip(&before[10..]).all(|(a, b)| a != b), "{}", O::NAME);
    }
    after(Sgd { decay: Decay::Decoupled(0.1), ..Sgd::new(0.1) });
    after(Momentum::new(0.1));
    after(Nesterov::new(0.1));
    after(RmsProp::DEFAULT);
    after(Adam::new(0.01));
    after(AdamW::new(0.01));
    after(Adagrad::new(0.1));
    after(Rprop::DEFAULT);
}
