//! Metrics against scikit-learn: `golden/metrics.py` wrote `golden/metrics.txt`; and what they say of edge cases.

use nanoprop::metrics::{Accuracy, Confusion, MeanSquaredError, R2, Roc, TopK, roc_auc};
use nanoprop::prelude::*;
use nanoprop::{Moments, Uniform};
use proptest::prelude::{prop, prop_assert, prop_assert_eq, proptest};

#[path = "metrics/answers.rs"]
mod answers;

const NUMBERS: &str = include_str!("golden/metrics.txt");
const SAMPLES: usize = 400;

/// The generator of metrics.py.
struct Generator(u64);

impl Generator {
    fn number(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 48) as f64 / 32768.0 - 1.0
    }
}

/// Compares with the line `key` of a case, to the last digits of a double.
fn compare(case: &str, key: &str, found: &[f64]) {
    let mut lines = NUMBERS.lines().skip_while(|line| line.strip_prefix("case ") != Some(case)).skip(1);
    let line = lines.find_map(|line| line.strip_prefix(key)).unwrap_or_else(|| panic!("no {key} of case {case}"));
    let expected: Vec<f64> = line.split_whitespace().map(|number| number.parse().unwrap()).collect();
    assert_eq!(found.len(), expected.len(), "{case}: {key}");
    for (found, expected) in found.iter().zip(&expected) {
        assert!((found - expected).abs() <= 1e-14 * expected.abs().max(1e-3), "{case}, {key}: {found}, not {expected}");
    }
}

fn classes<Classes: Width>(case: &str, present: usize) {
    let count = Classes::USIZE;
    let mut g = Generator(count as u64);
    let (mut confusion, mut accuracy) = (Confusion::<Classes>::NEW, Accuracy::NEW);
    let (mut one, mut two, mut three) = (TopK::<1>::NEW, TopK::<2>::NEW, TopK::<3>::NEW);
    for _ in 0..SAMPLES {
        let y = ((g.number() + 1.0) / 2.0 * present as f64) as usize;
        let scores: Vec<f64> = (0..count).map(|k| g.number() + if k == y { 0.75 } else { 0.0 }).collect();
        let found = (0..count).max_by(|&a, &b| scores[a].total_cmp(&scores[b])).unwrap();
        confusion.add(Class::new(y).unwrap(), found);
        accuracy.add(y, found);
        one.add(y, &scores);
        two.add(y, &scores);
        three.add(y, &scores);
    }
    let all = |of: &dyn Fn(usize) -> f64| (0..count).map(of).collect::<Vec<_>>();
    let counts: Vec<f64> = confusion.rows().iter().flatten().map(|&n| n.into()).collect();
    compare(case, "confusion", &counts);
    compare(case, "accuracy", &[accuracy.value()]);
    compare(case, "accuracy", &[confusion.accuracy()]);
    compare(case, "top", &[one.value(), two.value(), three.value()]);
    let each = [all(&|k| confusion.precision(k)), all(&|k| confusion.recall(k)), all(&|k| confusion.f1(k))];
    compare(case, "each", &each.concat());
    let micro = confusion.accuracy();
    let means = [confusion.macro_precision(), confusion.macro_recall(), confusion.macro_f1(), micro, micro, micro];
    compare(case, "mean", &means);
}

#[test]
fn of_classes() {
    classes::<U5>("classes", 5);
    classes::<U4>("absent", 3);
}

#[test]
fn of_numbers() {
    let mut g = Generator(7);
    let (mut error, mut root, mut moments) = (MeanSquaredError::NEW, MeanSquaredError::NEW, Moments::<U2>::NEW);
    let mut r2 = [R2::NEW; 2];
    for _ in 0..SAMPLES {
        let [a, b, c, d] = core::array::from_fn(|_| g.number());
        let (y, h) = ([100.0 + a, 1e-3 * b], [100.0 + a + 0.25 * c, 1e-3 * (b + d)]);
        error.add(&h, &y);
        root.add(&h[..1], &y);
        moments.observe(&y);
        r2.iter_mut().zip(h.iter().zip(y)).for_each(|(r2, (&h, y))| r2.add(h, y));
    }
    compare("regression", "mse", &[error.value(), root.root()]);
    // Variances of 1 around 100 lose four digits.
    let r2 = r2.map(|r2| (r2.value() * 1e10).round() / 1e10);
    let line = NUMBERS.lines().find_map(|line| line.strip_prefix("r2 ")).unwrap();
    let expected: Vec<f64> = line.split(' ').map(|x| (x.parse::<f64>().unwrap() * 1e10).round() / 1e10).collect();
    assert_eq!(r2[..], expected);
    let mean = moments.mean();
    compare("regression", "moments", &[mean[0], mean[1], moments.deviation(0), moments.deviation(1)]);
}

#[test]
fn of_columns_that_hardly_change() {
    fn scale(mean: f32, n: usize) -> f64 {
        let mut moments = Moments::<U1>::NEW;
        moments.observe(&[mean.next_up()]);
        (1..n).for_each(|_| moments.observe(&[mean]));
        moments.scale(0)
    }
    for (mean, n) in [(14.62, 1_000_000), (14.62, 10), (1e7, 4), (-3e38, 7)] {
        let found = scale(mean, n);
        let expected = if found == 0.0 { 1.0 } else { found };
        let line = format!("scale_of_{n} ");
        let line = NUMBERS.lines().find_map(|text| text.strip_prefix(line.as_str())).unwrap();
        let right: f64 = line.parse().unwrap();
        assert!((expected - right).abs() <= 1e-7 * right, "{mean}, {n}: {found}, not {right}");
    }
    // What a layer makes of it.
    let mut moments = Moments::<U1>::NEW;
    moments.observe(&[14.62_f32.next_up()]);
    (1..1_000_000).for_each(|_| moments.observe(&[14.62_f32]));
    let mut layer = Standardize::<U1>::ZERO;
    layer.fit(&moments);
    let mut y = Vector::ZERO;
    layer.forward(&[14.63].into(), &mut y);
    assert!((y[0] - 0.01).abs() < 1e-6, "{}", y[0]);
}

#[test]
fn of_two_classes() {
    let mut g = Generator(9);
    let positive: Vec<bool> = (0..SAMPLES).map(|_| g.number() > 0.25).collect();
    let score = |&p: &bool| (0.5 + 0.5 * g.number() + if p { 0.25 } else { 0.0 }).clamp(0.0, 1.0);
    let scores: Vec<f64> = positive.iter().map(score).collect();
    let mut roc = Roc::<U100>::NEW;
    scores.iter().zip(&positive).for_each(|(&score, &p)| roc.add(score, p));
    let mut exact: Vec<_> = scores.iter().copied().zip(positive.iter().copied()).collect();
    let mut ties: Vec<_> = exact.iter().map(|(score, p)| ((score * 16.0).round_ties_even() / 16.0, *p)).collect();
    let areas = [roc_auc(&mut exact), roc_auc(&mut ties), roc.value()];
    compare("roc", "auc", &areas);
    assert!((areas[0] - areas[2]).abs() <= roc.error() && roc.error() < 0.01, "{areas:?} {}", roc.error());
}

proptest! {
    /// Whatever the order, and by all pairs.
    #[test]
    fn the_area_is_the_share_of_pairs(mut samples in prop::collection::vec((0..20_u8, prop::bool::ANY), 2..60)) {
        let scores = |samples: &[(u8, bool)]| samples.iter().map(|&(s, p)| (f32::from(s) / 20.0, p)).collect::<Vec<_>>();
        let expected = pairs(&samples);
        let area = roc_auc(&mut scores(&samples));
        samples.reverse();
        prop_assert_eq!(area.to_bits(), roc_auc(&mut scores(&samples)).to_bits());
        if expected.is_nan() {
            prop_assert!(area.is_nan());
        } else {
            prop_assert!((area - expected).abs() < 1e-12);
        }
        let (mut roc, mut coarse) = (Roc::<U20>::NEW, Roc::<U3>::NEW);
        for (score, p) in scores(&samples) {
            roc.add(score + 0.01, p);
            coarse.add(score, p);
        }
        prop_assert_eq!(roc.value().to_bits(), area.to_bits());
        prop_assert!(area.is_nan() || (coarse.value() - area).abs() <= coarse.error() + 1e-12);
    }
}

fn pairs(samples: &[(u8, bool)]) -> f64 {
    let of = |kind| samples.iter().filter(move |sample| sample.1 == kind);
    let share = |(p, n): (u8, u8)| {
        if p > n {
            1.0
        } else if p == n {
            0.5
        } else {
            0.0
        }
    };
    let all: Vec<f64> = of(true).flat_map(|p| of(false).map(move |n| share((p.0, n.0)))).collect();
    all.iter().sum::<f64>() / all.len() as f64
}

const N: f32 = f32::NAN;

#[test]
fn of_nothing() {
    assert_eq!((Accuracy::NEW.value(), TopK::<3>::NEW.value(), MeanSquaredError::NEW.value()), (0.0, 0.0, 0.0));
    assert_eq!((Confusion::<U3>::NEW.accuracy(), Confusion::<U3>::NEW.macro_f1()), (0.0, 0.0));
    assert!(R2::NEW.value().is_nan() && Roc::<U3>::NEW.value().is_nan() && roc_auc::<f32>(&mut []).is_nan());
}

/// Of equal scores the first counts as higher.
#[test]
fn ties() {
    let hits = |class, scores: &[f32]| {
        let (mut one, mut two) = (TopK::<1>::NEW, TopK::<2>::NEW);
        one.add(class, scores);
        two.add(class, scores);
        [one.value(), two.value()]
    };
    let scores = [0.5, 1.0, 1.0, 1.0, 0.5];
    assert_eq!([1, 2, 3, 0].map(|class| hits(class, &scores)), [[1.0, 1.0], [0.0, 1.0], [0.0, 0.0], [0.0, 0.0]]);
    assert_eq!([0, 1, 2].map(|class| hits(class, &[0.0; 3])), [[1.0, 1.0], [0.0, 1.0], [0.0, 0.0]]);
}

#[test]
fn as_text() {
    let (mut accuracy, mut top, mut error, mut r2) = (Accuracy::NEW, TopK::<2>::NEW, MeanSquaredError::NEW, R2::NEW);
    (0..3).for_each(|k| accuracy.add(0, k / 2));
    top.add(0, &[1.0, 0.0]);
    error.add(&[1.0], &[1.5]);
    [(1.0, 1.0), (2.5, 2.0)].iter().for_each(|&(h, y)| r2.add(h, y));
    assert_eq!(format!("{accuracy:.3} {top} {error} {r2}"), "0.667 1 0.25 0.5");
    let mut roc = Roc::<U2>::NEW;
    [(0.1, false), (0.9, true)].iter().for_each(|&(score, p)| roc.add(score, p));
    assert_eq!(format!("{roc:.1}"), "1.0");
}

#[test]
fn of_nan_and_of_classes_that_are_not() {
    let mut top = TopK::<2>::NEW;
    top.add(1, &[N, 0.5, N]);
    top.add(0, &[N, 0.5, N]);
    top.add(3, &[0.0, 1.0, 2.0]);
    assert_eq!((top.value(), top.samples()), (1.0 / 3.0, 3));

    let (mut error, mut r2) = (MeanSquaredError::NEW, R2::NEW);
    error.add(&[1.0, N], &[1.0, 1.0]);
    [(0.0, 1.0), (N, 2.0)].iter().for_each(|&(h, y)| r2.add(h, y));
    assert!(error.value().is_nan() && r2.value().is_nan());

    let mut roc = Roc::<U10>::NEW;
    [(0.5, false), (7.0, true), (-3.0, false)].iter().for_each(|&(score, p)| roc.add(score, p));
    assert_eq!((roc.value(), roc.error()), (1.0, 0.0));
    roc.add(N, true);
    assert!(roc.value().is_nan() && roc.error().is_nan());
    assert!(roc_auc(&mut [(0.5, true), (N, false)]).is_nan());
    assert_eq!(roc_auc(&mut [(0.0, true), (-0.0, false)]), 0.5);

    let mut confusion = Confusion::<U2>::NEW;
    confusion.add(Class::new(0).unwrap(), 2);
    assert_eq!((confusion.samples(), confusion.count(0, 9), confusion.recall(9)), (0, 0, 0.0));
}

/// Numbers whose squares overflow or vanish in f64: what there is of smaller ones, in their unit.
#[test]
fn squares_at_the_ends_of_the_range() {
    let pairs = [(1.0, 1.0), (2.0, 2.5), (3.0, 3.0), (4.0, 3.5)];
    for unit in [1e-250, 1e-200, 1.0, 1e160, 1e300] {
        let (mut r2, mut error, mut moments) = (R2::NEW, MeanSquaredError::NEW, Moments::<U1>::NEW);
        for (h, y) in pairs.map(|(h, y)| (h * unit, y * unit)) {
            r2.add(h, y);
            error.add(&[h], &[y]);
            moments.observe(&[y]);
        }
        assert!((r2.value() - (1.0 - 0.5 / 3.5)).abs() < 1e-14, "{unit}: {r2}");
        assert!((error.root() / unit - 0.125_f64.sqrt()).abs() < 1e-14, "{unit}: {}", error.root());
        assert!((moments.deviation(0) / unit - 0.875_f64.sqrt()).abs() < 1e-14, "{unit}: {}", moments.deviation(0));
        assert_eq!(moments.scale(0), moments.deviation(0));
    }
}

#[test]
fn equal_targets() {
    let r2 = |pairs: [(f32, f32); 3]| {
        let mut r2 = R2::NEW;
        pairs.iter().for_each(|&(h, y)| r2.add(h, y));
        r2.value()
    };
    assert_eq!(r2([(2.0, 2.0); 3]), 1.0);
    assert_eq!(r2([(2.0, 2.0), (2.0, 2.0), (2.5, 2.0)]), 0.0);
    assert!(r2([(2.0, 2.0), (2.0, 2.0), (N, 2.0)]).is_nan());
    assert_eq!(r2([(2.0, 1.0), (2.0, 2.0), (2.0, 3.0)]), 0.0);
    assert_eq!(r2([(3.0, 1.0), (2.0, 2.0), (1.0, 3.0)]), -3.0);
}

/// What `measure` counts, and two halves are the whole.
#[test]
fn of_a_network() {
    network! { type Net = 3 => Dense<4>, loss = SoftmaxCrossEntropy; }
    let mut net = Net::ZERO;
    net.initialize(&Uniform(1.0), &mut Pcg32::new(3));
    let mut g = Generator(1);
    let samples: Vec<([f32; 3], Class<U4>)> =
        (0..50).map(|k| (core::array::from_fn(|_| g.number() as f32), Class::new(k % 4).unwrap())).collect();
    let (mut confusion, mut half, mut accuracy, mut top) =
        (Confusion::<U4>::NEW, Confusion::NEW, Accuracy::NEW, TopK::<1>::NEW);
    confusion.measure(&net, &samples[..20]);
    half.measure(&net, &samples[20..]);
    confusion.merge(&half);
    accuracy.measure(&net, &samples);
    top.measure(&net, &samples);
    let hits = samples.iter().filter(|(x, y)| net.classify(x) == y.index()).count();
    assert!((5..40).contains(&hits));
    assert_eq!([accuracy.hits(), (top.value() * 50.0) as u64, (confusion.accuracy() * 50.0) as u64], [hits as u64; 3]);
    assert_eq!((confusion.samples(), confusion.support(0), half.samples()), (50, 13, 30));

    let (mut r2, mut by_hand) = (R2::NEW, R2::NEW);
    let numbers: Vec<_> = samples.iter().map(|(x, y)| (*x, [0.0, x[0], y.index() as f32, 0.0])).collect();
    r2.measure_output(2, &net, &numbers);
    numbers.iter().for_each(|(x, y)| by_hand.add(net.predict(x)[2], y[2]));
    assert_eq!(r2, by_hand);
    type Line = Network<Dense<U1, U1>, SquaredError>;
    let (mut line, mut r2) = (Line::ZERO, R2::NEW);
    line.parameters_mut()[1] = 1.0;
    r2.measure(&line, &[([1.0], [1.0]), ([2.5], [2.0]), ([3.0], [3.0]), ([3.5], [4.0])]);
    assert_eq!(r2.value(), 0.9);

    let mut error = MeanSquaredError::NEW;
    error.measure(&net, &[([0.0; 3], [0.0; 4])]);
    let h = net.predict(&[0.0; 3]);
    assert!((error.value() - h.iter().map(|&h| f64::from(h).powi(2)).sum::<f64>() / 4.0).abs() < 1e-15);
}
