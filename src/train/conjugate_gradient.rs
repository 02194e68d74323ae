use crate::kernel;
use crate::layer::Parameters;
use crate::train::search::{Less, Method, Negative, Turn, dot};

/// The nonlinear conjugate gradient of Polak and Ribière: each direction is bent away from the one before it.
///
/// # Equations
///
/// - `d ← −g` at first, then `d ← β d − g` with `β = max(0, g · (g − g′) / (g′ · g′))`, g′ the gradient before
/// - c₂ = 0.1
///
/// # Memory
///
/// Nothing beside what each [`Search`](super::Search) has.
///
/// # Example
///
/// A parabola in as many steps as it has axes:
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::{ConjugateGradient, Search, Stop};
///
/// type Line = Network<Dense<U1, U1, Identity, f64>, SquaredError>;
/// let samples = [([0.0], [1.0]), ([1.0], [3.0]), ([2.0], [5.0])]; // y = 1 + 2x
/// let (mut net, mut search) = (Line::ZERO, Search::<Line, ConjugateGradient>::ZERO);
/// net.minimize(&samples, NoPenalty, &ConjugateGradient, Stop::Steps(12), &mut search);
/// assert!((net.parameters()[0] - 1.0).abs() < 1e-6 && (net.parameters()[1] - 2.0).abs() < 1e-6);
/// ```
///
/// # Source
///
/// E. Polak, G. Ribière, "Note sur la convergence de méthodes de directions conjuguées", 1969; J. Nocedal, S. Wright,
/// *Numerical Optimization*, 2nd ed. (2006), (5.44) and (5.45).
#[doc(alias("CG", "fmincg"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConjugateGradient;

impl super::sealed::Method for ConjugateGradient {}

impl Method for ConjugateGradient {
    type Pairs<P> = [[P; 2]; 0];
    const FLATTER: f64 = 0.1;
    const SCALED: bool = false;

    fn turn<N: Parameters>(&self, at: Turn<'_, N>, _: &mut [[N; 2]]) {
        let Turn { count, grad, before, direction, .. } = at;
        let square = dot(before, before);
        if count == 0 || !square.is_positive() {
            return kernel::map(Negative, grad.flat(), grad.flat(), direction.flat_mut());
        }
        let beta = dot(grad, grad).minus(dot(grad, before)).over(square).max(0.0);
        for (d, &g) in direction.flat_mut().iter_mut().zip(grad.flat()) {
            *d = kernel::Lanewise::of(Less(beta), *d, g);
        }
    }
}
