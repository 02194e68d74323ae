//! The steps of `minimize`, one by one, against a program in NumPy: `golden/minimize.py` wrote `golden/minimize.txt`.

use nanoprop::prelude::*;
use nanoprop::{ConjugateGradient, Layers, Lbfgs, Method, Search, Stop};

use super::Generator;

const NUMBERS: &str = include_str!("../golden/minimize.txt");

// Those of minimize.py.
const SAMPLES: usize = 12;
const STEPS: usize = 20;

network! {
    type Double = 3 => Dense<5, Tanh> => Dense<2>, loss = SigmoidCrossEntropy, scalar = f64;
    type Single = 3 => Dense<5, Tanh> => Dense<2>, loss = SigmoidCrossEntropy;
}

fn line(case: &str, key: &str) -> Option<Vec<f64>> {
    let lines = NUMBERS.lines().skip_while(|line| line.strip_prefix("case ") != Some(case)).skip(1);
    let mut lines = lines.take_while(|line| !line.starts_with("case "));
    let line = lines.find_map(|line| line.strip_prefix(key)?.strip_prefix(' '))?;
    Some(line.split(' ').map(|number| number.parse().unwrap()).collect())
}

/// The largest distances in J and in the parameters, over up to so many steps.
fn distances<L: Layers, M: Method>(method: &M, name: &str, seed: u64, most: usize) -> [f64; 2]
where
    Network<L, SigmoidCrossEntropy>: Layer<Input = Vector<U3, L::Scalar>, Output = Vector<U2, L::Scalar>>,
{
    type Net<L> = Network<L, SigmoidCrossEntropy>;
    let (mut generator, number) = (Generator(seed), L::Scalar::from_f64);
    let mut start = Net::<L>::ZERO;
    start.parameters_mut().iter_mut().for_each(|w| *w = number(3.0 * generator.number()));
    let mut samples = vec![(Vector::<U3, L::Scalar>::ZERO, Vector::<U2, L::Scalar>::ZERO); SAMPLES];
    samples.iter_mut().for_each(|(x, _)| x.iter_mut().for_each(|x| *x = number(2.0 * generator.number())));
    let targets = samples.iter_mut().flat_map(|(_, y)| y.iter_mut());
    targets.for_each(|y| *y = number(if generator.number() > 0.0 { 1.0 } else { 0.0 }));

    let case = format!("{name} {seed}");
    let costs = line(&case, "costs").unwrap_or_else(|| panic!("no case {case}"));
    assert_eq!(costs.len(), STEPS);
    let (mut net, mut search) = (Net::<L>::ZERO, Search::<Net<L>, M, 5>::ZERO);
    let (mut worst, mut compared) = ([0.0_f64; 2], 0);
    for (steps, cost) in (1..=most).zip(costs) {
        net.copy_from(&start);
        let end = net.minimize(&samples, L2(0.05), method, Stop::Steps(steps), &mut search);
        assert_eq!((end.steps, end.converged), (steps, false), "{case}");
        worst[0] = worst[0].max((end.cost.to_f64() - cost).abs());
        if let Some(expected) = line(&case, &format!("after{steps}")) {
            let found = net.parameters().iter().map(|w| w.to_f64());
            worst[1] = found.zip(expected).fold(worst[1], |worst, (found, w)| worst.max((found - w).abs()));
            compared += 1;
        }
    }
    assert!(compared >= 3, "{case}");
    let [cost, place] = worst;
    println!("{case}, {}: {cost:.1e} in J, {place:.1e} in the parameters, over {most} steps", L::Scalar::NAME);
    worst
}

trait Minimizes {
    fn minimizes<M: Method>(method: &M, name: &str, seed: u64, most: usize) -> [f64; 2];
}

impl<L: Layers> Minimizes for Network<L, SigmoidCrossEntropy>
where
    Self: Layer<Input = Vector<U3, L::Scalar>, Output = Vector<U2, L::Scalar>>,
{
    fn minimizes<M: Method>(method: &M, name: &str, seed: u64, most: usize) -> [f64; 2] {
        distances::<L, M>(method, name, seed, most)
    }
}

/// In f64 all of the path; in f32, whose rounding leads elsewhere after a while, its first steps.
fn compare<M: Method>(method: &M, name: &str) {
    for seed in [34, 35] {
        let [cost, place] = <Double as Minimizes>::minimizes(method, name, seed, STEPS);
        assert!(cost <= 1e-11 && place <= 1e-10, "{name} {seed}: {cost:e}, {place:e}");
        let [cost, place] = <Single as Minimizes>::minimizes(method, name, seed, 3);
        assert!(cost <= 1e-5 && place <= 1e-5, "{name} {seed} in f32: {cost:e}, {place:e}");
    }
}

#[test]
fn conjugate_gradient() {
    compare(&ConjugateGradient, "conjugate_gradient");
}

#[test]
fn lbfgs() {
    compare(&Lbfgs::<1>, "lbfgs1");
    compare(&Lbfgs::<3>, "lbfgs3");
    compare(&Lbfgs::<8>, "lbfgs8");
}
