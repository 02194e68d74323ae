//! One output of two classes, and outputs that are labels.

use super::{Generator, N, SAMPLES, compare};
use nanoprop::Smoothed;
use nanoprop::metrics::{Accuracy, Confusion, MultiLabel, TopK};
use nanoprop::prelude::*;

/// The answers of metrics.py: K logits of each sample, and what is true.
fn answers() -> Vec<([f64; 4], [f64; 4])> {
    let mut g = Generator(11);
    let sample = |_| {
        let (a, b): ([f64; 4], [f64; 4]) = (core::array::from_fn(|_| g.number()), core::array::from_fn(|_| g.number()));
        let y = core::array::from_fn(|k| if a[k] > 0.25 * k as f64 { 1.0 } else { 0.0 });
        (core::array::from_fn(|k| b[k] + if y[k] == 1.0 { 0.5 } else { -0.5 }), y)
    };
    (0..SAMPLES).map(sample).collect()
}

/// One output that hands its input on, of two classes.
#[test]
fn of_one_output() {
    type Net = Network<Dense<U1, U1, Identity, f64>, SigmoidCrossEntropy>;
    let mut net = Net::ZERO;
    net.parameters_mut()[1] = 1.0;
    let samples: Vec<_> = answers().iter().map(|(z, y)| ([z[0]], [y[0]])).collect();
    let classes: Vec<_> = samples.iter().map(|(z, y)| (*z, Class::<U2>::new(y[0] as usize).unwrap())).collect();
    let smoothed: Vec<_> = samples.iter().map(|&(z, target)| (z, Smoothed { target, label_smoothing: 0.2 })).collect();

    let (mut accuracy, mut confusion) = ([Accuracy::NEW; 4], Confusion::<U2>::NEW);
    accuracy[0].measure(&net, &samples);
    accuracy[1].measure(&net, &classes);
    accuracy[2].measure(&net, &smoothed);
    samples.iter().for_each(|(z, y)| accuracy[3].add(y[0] as usize, net.classify(z)));
    confusion.measure(&net, &samples);
    accuracy.iter().for_each(|accuracy| compare("answers", "two_accuracy", &[accuracy.value()]));
    let counts: Vec<f64> = confusion.rows().iter().flatten().map(|&n| n.into()).collect();
    compare("answers", "two_confusion", &counts);
    compare("answers", "two_f1", &[confusion.f1(1)]);
    let (mut one, mut two) = (TopK::<1>::NEW, TopK::<2>::NEW);
    one.measure(&net, &samples);
    two.measure(&net, &samples);
    compare("answers", "two_accuracy", &[one.value()]);
    assert_eq!(two.value(), 1.0);

    let (mut accuracy, mut confusion) = (Accuracy::NEW, Confusion::<U2>::NEW);
    accuracy.measure_above(&net, &samples, 0.25);
    confusion.measure_above(&net, &classes, 0.25);
    compare("answers_above", "two_accuracy", &[accuracy.value()]);
    let counts: Vec<f64> = confusion.rows().iter().flatten().map(|&n| n.into()).collect();
    compare("answers_above", "two_confusion", &counts);
    assert_eq!([-0.0, 0.0, 1e-300, f64::NAN].map(|z| net.classify(&[z])), [0, 0, 1, 0]);
    assert_eq!([0.25, 0.250001].map(|z| net.classify_above(&[z], 0.25)), [0, 1]);
    // Whatever the cost of a class is, it is that of its number.
    assert_eq!(net.loss(&[0.5], &Class::<U2>::new(1).unwrap()), net.loss(&[0.5], &[1.0]));
    assert_eq!(net.loss(&[0.5], &Class::<U2>::new(0).unwrap()), net.loss(&[0.5], &[0.0]));
}

#[test]
fn of_several_labels() {
    type Net = Network<Dense<U4, U4, Identity, f64>, SigmoidCrossEntropy>;
    let mut net = Net::ZERO;
    (0..4).for_each(|k| net.parameters_mut()[4 + 5 * k] = 1.0);
    let samples = answers();
    for (case, threshold) in [("answers", 0.0), ("answers_above", 0.25)] {
        let mut labels = MultiLabel::<U4>::above(threshold);
        let mut half = labels.clone();
        labels.measure(&net, &samples[..150]);
        half.measure(&net, &samples[150..]);
        labels.merge(&half);
        let all = |of: &dyn Fn(usize) -> f64| (0..4).map(of).collect::<Vec<_>>();
        let each = [all(&|k| labels.precision(k)), all(&|k| labels.recall(k)), all(&|k| labels.f1(k))];
        compare(case, "each", &each.concat());
        compare(case, "macro", &[labels.macro_precision(), labels.macro_recall(), labels.macro_f1()]);
        compare(case, "micro", &[labels.micro_precision(), labels.micro_recall(), labels.micro_f1()]);
        compare(case, "match", &[labels.exact_match(), labels.hamming_loss()]);
        let support = samples.iter().filter(|(_, y)| y[2] == 1.0).count() as u64;
        assert_eq!((labels.samples(), labels.support(2), half.samples()), (400, support, 250));
        assert_eq!(
            labels.to_string().lines().next(),
            Some(&*format!(" 0  {:.3}  {:.3}  {:.3}", labels.precision(0), labels.recall(0), labels.f1(0)))
        );
    }
    let empty = MultiLabel::<U4>::NEW;
    assert_eq!([empty.micro_f1(), empty.macro_f1(), empty.exact_match(), empty.hamming_loss(), empty.f1(9)], [0.0; 5]);
    let mut odd = MultiLabel::<U2>::NEW;
    odd.add(&[N, 1.0], &[1.0, 1.0]);
    odd.add(&[1.0], &[]);
    assert_eq!((odd.recall(0), odd.precision(0), odd.recall(1), odd.exact_match()), (0.0, 0.0, 1.0, 0.0));
}
