//! Dropout's masks; what was measured of the data, and its folding away.

use super::{bits, fill, net};
use nanoprop::layer::Rate;
use nanoprop::prelude::*;
use nanoprop::{Course, End, Moments, Optimizer, Stop, Uniform};
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

/// The numbers of a matrix are left out as those of a vector are.
#[test]
fn masks_of_a_matrix_are_those_of_its_numbers() {
    type Net = Network<Dropout<U64, Percent<50>, f32, Matrix<U16, U4>>, SquaredError>;
    let (net, mut grad, mut tape) = (Net::ZERO, Net::ZERO, Net::TAPE);
    tape.seek(3, 7);
    net.accumulate(&[[1.0; 4]; 16], &[[0.0; 4]; 16], &mut grad, &mut tape);
    assert_eq!(tape.output().flat(), mask::<Percent<50>>(3, 7).as_slice());
    assert_eq!(net.predict(&[[3.0; 4]; 16]).flat(), [3.0; 64]);
}

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
        let mut tapes = [Dropped::TAPE; 3];
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
        let mut tapes = [Dropped::TAPE; 3];
        Dropped::step_batch(&mut plain, &samples, NoPenalty, 0.1, &mut tapes);
        prop_assert_eq!(bits(plain.parameters()), bits(other.parameters()));
    }

    /// A batch that is not full counts its samples, and not its tapes.
    #[test]
    fn masks_of_batches_that_are_not_full(seed: u64, n in 1..9_usize) {
        let samples: Vec<_> = (0..n).map(|k| ([k as f32 + 1.0; 64], [1.0, -1.0])).collect();
        let net = net(seed);
        let (mut tape, mut tapes) = (Dropped::TAPE, [Dropped::TAPE; 8]);
        let (mut one_by_one, mut batched) = (Dropped::GRADIENT, Dropped::GRADIENT);
        for _ in 0..2 {
            net.gradient(&samples, NoPenalty, &mut one_by_one, &mut tape);
            net.gradient_batch(&samples, NoPenalty, &mut batched, &mut tapes);
            prop_assert_eq!(bits(batched.parameters()), bits(one_by_one.parameters()));
        }
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

/// The statistics of channels, folded into convolutions: rows of data with means and deviations far from 0 and 1.
#[test]
fn folded_into_a_convolution_is_the_same_function() {
    network! {
        type Sequence = [9, 3] => Standardize => Conv1d<4, 3, Tanh, dilation = 2> => Flatten => Dense<2>, loss = SquaredError,
            scalar = f64;
        type Shipped = [9, 3] => Conv1d<4, 3, Tanh, dilation = 2> => Flatten => Dense<2>, loss = SquaredError, scalar = f64;
        type Picture = [4, 5, 2] => Standardize => Conv2d<3, [3, 2]>, loss = SquaredError, scalar = f64;
        type Alone = [4, 5, 2] => Conv2d<3, [3, 2]>, loss = SquaredError, scalar = f64;
    }
    let rng = &mut Pcg32::new(4);
    let far =
        |x: &mut [f64], k: usize| x.iter_mut().for_each(|x| *x = 40.0 * k as f64 + *x * 10.0_f64.powi(k as i32 - 1));
    let (mut x, mut moments) = ([[0.0; 3]; 9], Moments::<U3>::NEW);
    for row in &mut x {
        fill(row, 1.0, rng);
        row.chunks_mut(1).enumerate().for_each(|(k, x)| far(x, k));
    }
    moments.observe_rows(&x);
    let (mut trained, mut shipped) = (Sequence::ZERO, Shipped::ZERO);
    trained.layers_mut().0.fit(&moments);
    trained.initialize(&Uniform(0.7), rng);
    trained.fold(&mut shipped).unwrap();
    for (a, b) in trained.predict(&x).iter().zip(&shipped.predict(&x)) {
        assert!((a - b).abs() < 1e-12, "{a} {b}");
    }

    let (mut x, mut moments) = ([[[0.0; 2]; 5]; 4], Moments::<U2>::NEW);
    for place in x.as_flattened_mut() {
        fill(place, 1.0, rng);
        place.chunks_mut(1).enumerate().for_each(|(k, x)| far(x, k + 1));
    }
    moments.observe_rows(&x);
    let (mut trained, mut shipped) = (Picture::ZERO, Alone::ZERO);
    trained.layers_mut().0.fit(&moments);
    trained.initialize(&Uniform(0.7), rng);
    trained.fold(&mut shipped).unwrap();
    for (a, b) in trained.predict(&x).flat().iter().zip(shipped.predict(&x).flat()) {
        assert!((a - b).abs() < 1e-11, "{a} {b}");
    }
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
    let (mut grad, mut tape, mut tapes) = (Trained::GRADIENT, Trained::TAPE, [Trained::TAPE; 2]);
    net.step_batch(&samples, L2(0.5), 0.1, &mut tapes);
    net.descend_batch(&samples, L2(0.5), 0.1, Stop::Steps(3), &mut grad, &mut tape);
    net.descend(&[0.5; 5], &[1.0, -1.0], 0.1, &mut tape);
    assert_eq!(net.parameters()[..10], [1.5, 3.0, 6.0, 6.0, 3.0, 0.5, 1.0, 3.0, 2.0, 2.0]);
    assert_eq!(net.parameters()[..10], before[..10]);
    assert!(net.parameters()[10..].iter().zip(&before[10..]).all(|(a, b)| a != b));
}

/// A training with dropout, cut after some steps and resumed from its checkpoint in fresh memory.
fn trained<const B: usize>(cut: usize) -> u64 {
    let samples: Vec<_> = (0..30).map(|k| ([(k as f32).sin(); 64], [(k as f32).cos(), 0.5])).collect();
    let recipe = Recipe { batch: 7, epochs: 3, order: Order::Shuffled(5), ..Recipe::new(Adam::new(0.01)) };
    let (mut net, mut training) = (net::<_, _>(8), Box::new(Training::<Dropped, Adam, B>::ZERO));
    let mut file = vec![0; Training::<Dropped, Adam, B>::CHECKPOINT];
    let mut trainer = recipe.train(&mut net, &mut training);
    (0..cut).for_each(|_| _ = trainer.step(&samples).unwrap());
    let length = trainer.save(&mut file).unwrap();

    let (mut net, mut training) = (Dropped::boxed(), Box::new(Training::<Dropped, Adam, B>::ZERO));
    let mut trainer = recipe.train(&mut net, &mut training);
    trainer.load(&file[..length]).unwrap();
    assert_eq!(trainer.run(&samples), Ok(End::Epochs));
    net.digest()
}

#[test]
fn trainings_with_dropout_resume_and_come_in_any_pieces() {
    let whole = trained::<1>(0);
    for cut in [1, 6, 7, 31, 50] {
        assert_eq!(trained::<1>(cut), whole, "cut after {cut}");
    }
    assert_eq!([trained::<3>(0), trained::<3>(9), trained::<8>(2)], [whole; 3]);
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
        Recipe { batch: 2, ..Recipe::new(optimizer) }
            .penalty(L2(0.1))
            .train(&mut net, &mut training)
            .run(&samples)
            .unwrap();
        assert_eq!(bits(&net.parameters()[..10]), bits(&before[..10]), "{}", O::NAME);
        assert!(net.parameters()[10..].iter().zip(&before[10..]).all(|(a, b)| a != b), "{}", O::NAME);
    }
    macro_rules! each {
        ($($file:ident: $type:ident { by_rate: $by_rate:literal, such: $optimizer:expr })+) => {
            $( after($optimizer); )+
        };
    }
    nanoprop::__optimizers!(each);
}
