//! A network beside PyTorch: predictions, costs, gradients and trained parameters, as `golden/cases.py` writes them.

use nanoprop::prelude::*;
use nanoprop::{InputOf, Layers, Loss, OutputOf, Stop};

/// The largest distance from PyTorch's float64, for the two scalars.
pub(crate) const DOUBLE: f64 = 1e-12;
pub(crate) const SINGLE: f64 = 1e-6;

// Those of cases.py.
const SAMPLES: usize = 6;
pub(crate) const RATE: f64 = 0.125;
const LONG: usize = 200;
const STRIDE: usize = 13;

/// The generator of cases.py.
pub(crate) struct Generator(pub(crate) u64);

impl Generator {
    fn number(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 48) as f64 / 32768.0 - 1.0
    }

    /// Numbers in ±scale, or of eight classes.
    pub(crate) fn fill<T: Number>(&mut self, values: &mut [T], scale: f64) {
        for value in values {
            let number = self.number();
            *value = T::from_f64(if T::CLASS { 4.0 * (number + 1.0) } else { number * scale });
        }
    }
}

/// The line `key` of a case.
fn expected(numbers: &str, case: &str, key: &str) -> Vec<f64> {
    let mut lines = numbers.lines().skip_while(|line| line.strip_prefix("case ") != Some(case)).skip(1);
    let line = lines.find_map(|line| line.strip_prefix(key)).unwrap_or_else(|| panic!("no {key} of case {case}"));
    line.split_whitespace().map(|number| number.parse().unwrap()).collect()
}

/// Compares with the line `key`, and returns the largest distance.
pub(crate) fn compare<T: Scalar>(numbers: &str, case: &str, key: &str, found: &[T], tolerance: f64) -> f64 {
    let expected = expected(numbers, case, key);
    let stride = if found.len() > LONG { STRIDE } else { 1 };
    let found: Vec<f64> = found.iter().step_by(stride).map(|v| v.to_f64()).collect();
    assert_eq!(found.len(), expected.len(), "{case}: {key}");
    let distances = found.iter().zip(&expected).map(|(found, expected)| (found - expected).abs());
    let (at, worst) =
        distances.enumerate().fold((0, 0.0), |worst, d| if worst.1 >= d.1 || worst.1.is_nan() { worst } else { d });
    assert!(worst <= tolerance, "{case}, {}: {key}[{at}] is {} and not {}", T::NAME, found[at], expected[at]);
    worst
}

/// A case of `numbers`, with one scalar: penalty, scale of the parameters and number of steps as there.
pub(crate) fn case<L: Layers, E: Loss>(
    numbers: &str,
    name: &str,
    lambda: f64,
    scale: f64,
    steps: usize,
    tolerance: f64,
) {
    type X<L> = InputOf<<L as Layers>::Chain>;
    type Y<L> = OutputOf<<L as Layers>::Chain>;
    let number = L::Scalar::from_f64;
    let mut generator = Generator(name.len() as u64);
    let (mut net, mut tape) = (Network::<L, E>::boxed(), Network::<L, E>::TAPE);
    let mut grad = Box::new(Network::<L, E>::GRADIENT);
    generator.fill(net.parameters_mut(), scale);
    let start = net.parameters().to_vec();

    let mut samples = vec![(X::<L>::ZERO, Y::<L>::ZERO); SAMPLES];
    samples.iter_mut().for_each(|(x, _)| generator.fill(x.flat_mut(), 1.0));
    for (k, (_, y)) in samples.iter_mut().enumerate() {
        let y = y.flat_mut();
        match E::NAME {
            "softmax_cross_entropy" => {
                let class = (generator.number() * 32768.0).rem_euclid(y.len() as f64) as usize;
                match k + 1 {
                    SAMPLES => y.fill(number(1.0 / y.len() as f64)),
                    _ => y[class] = number(1.0),
                }
            }
            "sigmoid_cross_entropy" => y.iter_mut().for_each(|y| *y = number((generator.number() + 1.0) / 2.0)),
            _ => generator.fill(y, 1.0),
        }
    }

    let penalty = L2(lambda);
    let mut worst = 0.0_f64;
    let mut compare = |key: &str, found: &[L::Scalar]| worst = worst.max(compare(numbers, name, key, found, tolerance));

    let predictions: Vec<_> = samples.iter().flat_map(|(x, _)| net.predict(x).flat().to_vec()).collect();
    compare("predict", &predictions);
    compare("cost", &[net.cost(&samples, penalty)]);
    net.gradient(&samples, penalty, &mut grad, &mut tape);
    compare("gradient", grad.parameters());

    for (x, y) in samples.iter().cycle().take(steps) {
        net.descend(x, y, number(RATE), &mut tape);
    }
    compare("online", net.parameters());

    net.parameters_mut().copy_from_slice(&start);
    let end = net.descend_batch(&samples, penalty, number(RATE), Stop::Steps(steps), &mut grad, &mut tape);
    compare("batch", net.parameters());
    compare("end", &[end.cost]);
    assert_eq!((end.steps, end.converged), (steps, false));
    println!("{name}, {}: {worst:.1e}", L::Scalar::NAME);
}

/// Fails unless the cases of `numbers` are those of a test.
pub(crate) fn complete<'a>(numbers: &str, cases: impl IntoIterator<Item = &'a str>) {
    let mut cases: Vec<&str> = cases.into_iter().collect();
    let mut written: Vec<&str> = numbers.lines().filter_map(|line| line.strip_prefix("case ")).collect();
    cases.sort();
    written.sort();
    assert_eq!(written, cases, "cases of the numbers, and of this file");
}
