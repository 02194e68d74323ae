//! All ways to compute J and its gradient of a set of samples, and all sets: the same bits, and the right ones.

use nanoprop::prelude::*;
use nanoprop::{Array, ConjugateGradient, InputOf, Layers, Loss, OutputOf, Penalty, Samples, Search, Stop, Target};

use rayon::{ThreadPool, ThreadPoolBuilder};

use super::{Mixed, Small, Wide, bits};

/// What was computed, how, and its bits.
type Found = Vec<(&'static str, String, Vec<u64>)>;

/// J and its gradient by each method, in batches of `B` and on threads.
fn computed<L: Layers, E: Loss, S, P, const B: usize>(
    net: &Network<L, E>,
    samples: &S,
    penalty: P,
    pools: &[ThreadPool],
) -> Found
where
    S: Samples<InputOf<Network<L, E>>, OutputOf<Network<L, E>>> + Sync + ?Sized,
    P: Penalty + Sync,
{
    let (mut found, mut grad) = (Found::new(), Box::new(Network::<L, E>::GRADIENT));
    let mut tape = Network::<L, E>::TAPE;
    // What is there already changes nothing.
    let nan = |grad: &mut Network<L, E>| grad.parameters_mut().fill(L::Scalar::from_f64(f64::NAN));

    found.push(("J", "cost".into(), bits(&[net.cost(samples, penalty)])));
    nan(&mut grad);
    net.gradient(samples, penalty, &mut grad, &mut tape);
    found.push(("gradient", "gradient".into(), bits(grad.parameters())));
    nan(&mut grad);
    let cost = net.cost_and_gradient(samples, penalty, &mut grad, &mut tape);
    found.push(("J", "cost_and_gradient".into(), bits(&[cost])));
    found.push(("gradient", "cost_and_gradient".into(), bits(grad.parameters())));
    nan(&mut grad);
    net.gradient_batch(samples, penalty, &mut grad, &mut [Network::<L, E>::TAPE; B]);
    found.push(("gradient", format!("gradient_batch, {B}"), bits(grad.parameters())));
    for pool in pools {
        for sets in [0, 2] {
            let mut tapes = vec![[Network::<L, E>::TAPE; B]; sets];
            let how = format!("{sets} sets of {B}, {} threads", pool.current_num_threads());
            pool.install(|| {
                nan(&mut grad);
                net.gradient_parallel(samples, penalty, &mut grad, &mut tapes);
                found.push(("gradient", how.clone(), bits(grad.parameters())));
                nan(&mut grad);
                let cost = net.cost_and_gradient_parallel(samples, penalty, &mut grad, &mut tapes);
                found.push(("gradient", format!("with J, {how}"), bits(grad.parameters())));
                found.push(("J", format!("with gradient, {how}"), bits(&[cost])));
                found.push(("J", how.clone(), bits(&[net.cost_parallel(samples, penalty, &mut tapes)])));
            });
        }
    }
    found
}

/// The parameters after each kind of step, and what the step says of J.
fn stepped<L: Layers, E: Loss, S, P: Penalty, const B: usize>(
    start: &Network<L, E>,
    samples: &S,
    penalty: P,
    steps: usize,
) -> Found
where
    S: Samples<InputOf<Network<L, E>>, OutputOf<Network<L, E>>> + ?Sized,
{
    let (mut net, mut grad, mut found) = (Network::<L, E>::boxed(), Box::new(Network::<L, E>::GRADIENT), Found::new());
    let (rate, stop) = (L::Scalar::from_f64(0.125), Stop::Steps(steps));
    net.copy_from(start);
    net.step_batch(samples, penalty, rate, &mut [Network::<L, E>::TAPE; B]);
    found.push(("step", format!("step_batch, {B}"), bits(net.parameters())));
    net.copy_from(start);
    let end = net.descend_batch(samples, penalty, rate, stop, &mut grad, &mut { Network::<L, E>::TAPE });
    found.push(("step", "descend_batch".into(), bits(net.parameters())));
    found.push(("J", "descend_batch".into(), bits(&[end.cost])));
    net.copy_from(start);
    let mut search = Box::new(Search::<Network<L, E>, ConjugateGradient, B>::ZERO);
    let end = net.minimize(samples, penalty, &ConjugateGradient, stop, &mut search);
    found.push(("step", format!("minimize, {B}"), bits(net.parameters())));
    found.push(("J", format!("minimize, {B}"), bits(&[end.cost])));
    net.copy_from(start);
    let mut training = Box::new(Training::<Network<L, E>, Adam, B>::ZERO);
    let recipe = Recipe { batch: 7, epochs: 2, order: Order::Shuffled(3), ..Recipe::new(Adam::new(0.01)) };
    _ = recipe.penalty(penalty).train(&mut net, &mut training).run(samples);
    found.push(("step", format!("run, {B}"), bits(net.parameters())));
    found
}

fn threads(count: usize) -> ThreadPool {
    ThreadPoolBuilder::new().num_threads(count).build().unwrap()
}

fn start<L: Layers, E: Loss>() -> Box<Network<L, E>> {
    let mut net = Network::<L, E>::boxed();
    net.initialize(&Xavier, &mut Pcg32::new(1));
    net
}

/// The mean of a million numbers is as good as each, in f32: added up one by one, the gradient is −1.41156.
#[test]
fn a_million_equal_samples() {
    type Line = Network<Dense<U1, U1>, SquaredError>;
    let root = 2.0_f32.sqrt();
    let samples = vec![([1.0_f32], [root]); 1_000_000];
    // Each costs ½ (√2)² in f32, and their sum in f64 is exact.
    let cost = 0.5 * root * root;
    let (net, mut one, mut other) = (Line::ZERO, Line::GRADIENT, Line::GRADIENT);
    assert_eq!(net.cost_and_gradient(&samples, NoPenalty, &mut one, &mut { Line::TAPE }), cost);
    for g in one.parameters() {
        assert!((g + std::f32::consts::SQRT_2).abs() <= 1e-5, "{g}");
    }
    net.gradient_batch(&samples, NoPenalty, &mut other, &mut [Line::TAPE; 32]);
    assert_eq!(bits(other.parameters()), bits(one.parameters()), "in batches");
    let mut tapes = vec![[Line::TAPE; 32]; 5];
    other.parameters_mut().fill(f32::NAN);
    let found = threads(2).install(|| net.cost_and_gradient_parallel(&samples, NoPenalty, &mut other, &mut tapes));
    assert_eq!((bits(other.parameters()), found), (bits(one.parameters()), cost), "on threads");
    let (mut net, mut search) = (Line::ZERO, Search::<Line, ConjugateGradient, 32>::ZERO);
    let end = net.minimize(&samples, NoPenalty, &ConjugateGradient, Stop::Steps(0), &mut search);
    assert_eq!(end.cost, cost);
}

#[test]
fn of_no_samples_all_is_zero() {
    <Small as Ways>::none();
    <Wide as Ways>::none();
    <Mixed as Ways>::none();
}

/// However samples are kept, in an array or by whoever gives them one by one, all bits are the same.
#[test]
fn any_set_of_the_same_samples_has_the_same_bits() {
    <Small as Ways>::sets::<1>();
    <Small as Ways>::sets::<60>();
    <Wide as Ways>::sets::<1>();
    <Wide as Ways>::sets::<37>();
    <Mixed as Ways>::sets::<9>();
}

trait Ways {
    fn none();
    fn sets<const M: usize>();
}

type Pair<L, E> = (InputOf<Network<L, E>>, OutputOf<Network<L, E>>);

impl<L: Layers, E: Loss> Ways for Network<L, E> {
    fn none() {
        let none: [Pair<L, E>; 0] = [];
        zero::<L, E, _>(&none);
        zero::<L, E, _>(&Vec::<Pair<L, E>>::new());
        zero::<L, E, [Pair<L, E>]>(&none[..]);
        zero::<L, E, (&[InputOf<Self>], &[OutputOf<Self>])>(&(&[], &[]));
        zero::<L, E, _>(&OnesOwn::<Pair<L, E>>(&[]));
    }

    fn sets<const M: usize>() {
        let (net, rng) = (start::<L, E>(), &mut Pcg32::new(5));
        let mut unit = || L::Scalar::from_f64(f64::from(rng.bits() >> 8) / f64::from(1 << 24));
        let samples: Box<[Pair<L, E>; M]> = Box::new(core::array::from_fn(|k| {
            let (mut x, mut y) = (InputOf::<Self>::ZERO, OutputOf::<Self>::ZERO);
            x.flat_mut().fill_with(|| Number::from_f64(unit().to_f64()));
            let classes = y.flat().len();
            y.flat_mut()[k % classes] = L::Scalar::from_f64(1.0);
            (x, y)
        }));
        let (xs, ys): (Vec<_>, Vec<_>) = samples.iter().cloned().unzip();
        let expected = all::<L, E, [Pair<L, E>]>(&net, &samples[..]);
        let same = |name: &str, found: Found| {
            assert_eq!(found.len(), expected.len());
            for (found, expected) in found.iter().zip(&expected) {
                assert_eq!(found, expected, "{name} of {M}, against a slice");
            }
        };
        same("an array", all::<L, E, _>(&net, &*samples));
        same("a vector", all::<L, E, _>(&net, &samples.to_vec()));
        same("two slices", all::<L, E, _>(&net, &(&xs[..], &ys[..])));
        same("one's own", all::<L, E, _>(&net, &OnesOwn(&samples[..])));
    }
}

fn all<L: Layers, E: Loss, S>(net: &Network<L, E>, samples: &S) -> Found
where
    S: Samples<InputOf<Network<L, E>>, OutputOf<Network<L, E>>> + Sync + ?Sized,
{
    let pools = [threads(3)];
    let mut found = computed::<L, E, S, _, 5>(net, samples, L2(0.3), &pools);
    found.extend(computed::<L, E, S, _, 32>(net, samples, NoPenalty, &pools));
    found.extend(stepped::<L, E, S, _, 5>(net, samples, L2(0.3), 2));
    found.extend(stepped::<L, E, S, _, 32>(net, samples, NoPenalty, 2));
    found
}

/// J and its gradient of no samples are 0, and no step changes the weights.
fn zero<L: Layers, E: Loss, S>(samples: &S)
where
    S: Samples<InputOf<Network<L, E>>, OutputOf<Network<L, E>>> + Sync + ?Sized,
{
    let (net, pools) = (start::<L, E>(), [threads(1), threads(2)]);
    let mut found = computed::<L, E, S, _, 4>(&net, samples, L2(40.0), &pools);
    found.extend(computed::<L, E, S, _, 4>(&net, samples, nanoprop::L1(40.0), &pools));
    found.extend(stepped::<L, E, S, _, 4>(&net, samples, L2(40.0), 3));
    let mut grad = Network::<L, E>::boxed();
    grad.parameters_mut().fill(L::Scalar::from_f64(f64::NAN));
    net.average(0, L2(40.0), &mut grad);
    found.push(("gradient", "average".into(), bits(grad.parameters())));
    for (what, how, found) in found {
        let expected = if what == "step" { bits(net.parameters()) } else { vec![0; found.len()] };
        assert_eq!(found, expected, "{what}: {how}");
    }
}

/// Samples that say nothing of how they stand in memory.
struct OnesOwn<'s, P>(&'s [P]);

impl<X: Array, Y: Array<Scalar: Scalar> + Target<Y>> Samples<X, Y> for OnesOwn<'_, (X, Y)> {
    type Target = Y;

    fn len(&self) -> usize {
        self.0.len()
    }

    fn get(&self, index: usize) -> Option<(&X, &Y)> {
        self.0.get(index).map(|(x, y)| (x, y))
    }
}
