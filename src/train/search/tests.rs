use super::{Method, Search, Turn};
use crate::loss::Loss;
use crate::prelude::*;
use crate::scalar::power_of_two;
use crate::train::{ConjugateGradient, Lbfgs, Stop};

type Net<E> = Network<Dense<U2, U1, Identity, f64>, E>;

/// 2ⁿ times the squared error.
struct Times<const N: i64>;

impl<const N: i64> Loss for Times<N> {
    const NAME: &'static str = "times";
    fn value<T: Scalar>(z: &[T], y: &[T]) -> T {
        T::of(power_of_two(N)) * SquaredError::value(z, y)
    }
    fn delta<T: Scalar>(z: &[T], y: &[T], dz: &mut [T]) {
        SquaredError::delta(z, y, dz);
        dz.iter_mut().for_each(|dz| *dz = T::of(power_of_two(N)) * *dz);
    }
}

const SAMPLES: [([f64; 2], [f64; 1]); 4] =
    [([3.0, 1.0], [2.0]), ([-1.0, 4.0], [7.5]), ([2.0, -2.0], [0.25]), ([0.5, 6.0], [-3.0])];

/// A J that is 2⁵⁹² times another has its least where that has it, and the same path there: slopes along a line are then
/// beyond the range of numbers.
#[test]
fn steps_do_not_depend_on_the_size_of_j() {
    fn path<E: Loss, M: Method>(method: &M, steps: usize) -> (usize, Vec<u64>) {
        let (mut net, mut search) = (Net::<E>::ZERO, Search::<Net<E>, M>::ZERO);
        net.parameters_mut().copy_from_slice(&[4.0, -3.0, 2.0]);
        let end = net.minimize(&SAMPLES, NoPenalty, method, Stop::Steps(steps), &mut search);
        (end.steps, net.parameters().iter().map(|w| w.to_bits()).collect())
    }
    // The fourth step is at the least J of three parameters, and of rounding alone.
    for steps in 1..=3 {
        let expected = path::<Times<8>, _>(&ConjugateGradient, steps);
        assert_eq!(expected.0, steps);
        assert_eq!(path::<Times<600>, _>(&ConjugateGradient, steps), expected, "conjugate gradient, {steps}");
        let expected = path::<Times<8>, _>(&Lbfgs::<2>, steps);
        assert_eq!(path::<Times<600>, _>(&Lbfgs::<2>, steps), expected, "L-BFGS, {steps}");
    }
}

/// A method's directions follow the size of what they are made of, where squares overflow and where they vanish.
#[test]
fn directions_do_not_depend_on_the_size_of_slopes() {
    type Line = Net<SquaredError>;
    let value = |numbers: [f64; 3], size: i64| {
        let mut net = Line::ZERO;
        net.parameters_mut().iter_mut().zip(numbers).for_each(|(w, x)| *w = x * power_of_two(size));
        net
    };
    // Slopes of the size 2^`slopes`, parameters of 2^`places`.
    fn turned<M: Method>(method: &M, nets: [&Line; 4], direction: &mut Line, pairs: &mut M::Pairs<Line>) {
        let [net, grad, start, before] = nets;
        method.turn(Turn { count: 1, net, grad, start, before, direction }, pairs.as_mut());
    }
    let directions = |slopes: i64, places: i64| {
        let nets = [
            &value([1.0, 2.5, -1.0], places),
            &value([0.5, 1.0, -2.0], slopes),
            &value([0.5, 1.0, 1.0], places),
            &value([-1.0, -3.0, 2.0], slopes),
        ];
        let (mut turn, mut newton) = (value([1.0, 3.0, -2.0], slopes), Line::ZERO);
        turned(&ConjugateGradient, nets, &mut turn, &mut []);
        let mut search = Search::<Line, Lbfgs<1>>::ZERO;
        turned(&Lbfgs::<1>, nets, &mut newton, &mut search.pairs);
        (turn, newton)
    };
    let (turn, newton) = directions(0, 0);
    // β = max(0, g · (g − g′) / g′ · g′) = 13.75/14, and d = β d − g, by hand.
    let beta = (5.25 + 7.5) / 14.0;
    assert_eq!(turn.parameters(), [beta - 0.5, 3.0 * beta - 1.0, 2.0 - 2.0 * beta]);
    for size in [-600, -520, 520, 600] {
        let (found, _) = directions(size, 0);
        let expected: Vec<f64> = turn.parameters().iter().map(|d| d * power_of_two(size)).collect();
        assert_eq!(found.parameters(), expected, "conjugate gradient, 2^{size}");
        // Newton's step is of the parameters' size, not of the slopes'.
        assert_eq!(directions(size, 0).1.parameters(), newton.parameters(), "L-BFGS, slopes of 2^{size}");
        let (_, found) = directions(0, size);
        let expected: Vec<f64> = newton.parameters().iter().map(|d| d * power_of_two(size)).collect();
        assert_eq!(found.parameters(), expected, "L-BFGS, steps of 2^{size}");
    }
}

/// A loss with a wrong derivative: all steps along it raise J.
struct Uphill;

impl Loss for Uphill {
    const NAME: &'static str = "uphill";
    fn value<T: Scalar>(z: &[T], y: &[T]) -> T {
        SquaredError::value(z, y)
    }
    fn delta<T: Scalar>(z: &[T], y: &[T], dz: &mut [T]) {
        SquaredError::delta(z, y, dz);
        dz.iter_mut().for_each(|dz| *dz = -*dz);
    }
}

/// A search that finds no lower point has not converged, and leaves the network as it was.
#[test]
fn a_failed_search_is_no_convergence() {
    fn fails<M: Method>(method: &M) {
        let (mut net, mut search) = (Net::<Uphill>::ZERO, Search::<Net<Uphill>, M>::ZERO);
        net.parameters_mut().copy_from_slice(&[4.0, -3.0, -0.0]);
        for stop in [Stop::Steps(9), Stop::Tolerance { tolerance: 0.1, steps: 9 }] {
            let end = net.minimize(&SAMPLES, NoPenalty, method, stop, &mut search);
            assert_eq!((end.steps, end.converged, end.cost), (0, false, net.cost(&SAMPLES, NoPenalty)));
            let bits = net.parameters().iter().map(|w| w.to_bits());
            assert!(bits.eq([4.0_f64, -3.0, -0.0].map(f64::to_bits)), "{:?}", net.parameters());
        }
    }
    fails(&ConjugateGradient);
    fails(&Lbfgs::<2>);
    // Where the gradient is 0 there is nothing to search for.
    let (mut net, mut search) = (Net::<SquaredError>::ZERO, Search::<_, ConjugateGradient>::ZERO);
    let end = net.minimize(&[([1.0, 2.0], [0.0])], NoPenalty, &ConjugateGradient, Stop::Steps(9), &mut search);
    assert_eq!((end.steps, end.converged, end.cost), (0, true, 0.0));
    // A tolerance is reached by a step that changes less, or where rounding lets no step of less be seen.
    for tolerance in [1e-1, 1e-6, 1e-12] {
        let stop = Stop::Tolerance { tolerance, steps: 99 };
        let end = net.minimize(&SAMPLES, NoPenalty, &ConjugateGradient, stop, &mut search);
        assert!(end.converged && end.steps < 50, "{tolerance}: {end:?}");
    }
    let end = net.minimize(&SAMPLES, NoPenalty, &ConjugateGradient, Stop::Steps(99), &mut search);
    assert!(!end.converged, "{end:?}");
}

/// A direction that is not finite, or in which J is not, is left: nothing of it gets into the network.
#[test]
fn directions_that_are_not_finite_do_no_harm() {
    #[derive(Clone, Copy)]
    struct Wild(f64);
    impl crate::train::sealed::Method for Wild {}
    impl Method for Wild {
        type Pairs<P> = [[P; 2]; 0];
        const FLATTER: f64 = 0.1;
        const SCALED: bool = false;
        fn turn<N: crate::layer::Parameters>(&self, at: Turn<'_, N>, _: &mut [[N; 2]]) {
            for (d, g) in at.direction.flat_mut().iter_mut().zip(at.grad.flat()) {
                *d = N::Scalar::from_f64(-self.0 * g.to_f64());
            }
        }
    }
    for (wild, steps) in [(f64::INFINITY, 3), (f64::NAN, 3), (f64::MAX, 0)] {
        let (mut net, mut search) = (Net::<SquaredError>::ZERO, Search::<_, Wild>::ZERO);
        let before = net.cost(&SAMPLES, NoPenalty);
        let end = net.minimize(&SAMPLES, NoPenalty, &Wild(wild), Stop::Steps(3), &mut search);
        assert!(net.is_finite() && end.cost <= before && !end.converged, "{wild}: {end:?}");
        assert!(end.steps >= steps, "{wild}: steepest descent instead, {end:?}");
    }
}
