use crate::kernel::{self, Lanewise};
use crate::layer::Parameters;
use crate::scalar::Number;
use crate::train::search::{Along, Method, Negative, Turn, dot};

/// Newton's method with the curvature that the last `M` steps have shown: L-BFGS.
///
/// # Equations
///
/// With the changes of the parameters `s` and of the gradient `y` in each of the last M steps, and `ρ = 1 / (s · y)`, the
/// two loops of algorithm 7.4, from `d = −g`:
///
/// - from the newest step: `a ← ρ s · d`, `d ← d − a y`
/// - `d ← (s · y) / (y · y) d` by the newest step
/// - from the oldest: `d ← d + (a − ρ y · d) s`
///
/// A step with `s · y ≤ 0` is left out. c₂ = 0.9, and a step of 1 is tried first.
///
/// # Memory
///
/// `2 M` values of the network's type.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::{Lbfgs, Search, Stop};
///
/// type Line = Network<Dense<U1, U1, Identity, f64>, SquaredError>;
/// let samples = [([0.0], [1.0]), ([1.0], [3.0]), ([2.0], [5.0])]; // y = 1 + 2x
/// let (mut net, mut search) = (Line::ZERO, Search::<Line, Lbfgs<3>>::ZERO);
/// net.minimize(&samples, NoPenalty, &Lbfgs, Stop::Steps(12), &mut search);
/// assert!((net.parameters()[0] - 1.0).abs() < 1e-6 && (net.parameters()[1] - 2.0).abs() < 1e-6);
/// ```
///
/// # Source
///
/// D. Liu, J. Nocedal, "On the limited memory BFGS method for large scale optimization", Math. Programming 45 (1989); J.
/// Nocedal, S. Wright, *Numerical Optimization*, 2nd ed. (2006), algorithm 7.4 and (7.20).
#[doc(alias("LBFGS", "L-BFGS", "BFGS", "history_size"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lbfgs<const M: usize>;

impl<const M: usize> super::sealed::Method for Lbfgs<M> {}

impl<const M: usize> Method for Lbfgs<M> {
    type Pairs<P> = [[P; 2]; M];
    const FLATTER: f64 = 0.9;
    const SCALED: bool = true;

    fn turn<N: Parameters>(&self, at: Turn<'_, N>, pairs: &mut [[N; 2]]) {
        let Turn { count, net, grad, start, before, direction } = at;
        if let Some(place) = count.checked_sub(1).and_then(|last| last.checked_rem(M))
            && let Some([s, y]) = pairs.get_mut(place)
        {
            kernel::map(Along(-1.0), net.flat(), start.flat(), s.flat_mut());
            kernel::map(Along(-1.0), grad.flat(), before.flat(), y.flat_mut());
        }
        kernel::map(Negative, grad.flat(), grad.flat(), direction.flat_mut());
        // The pairs from the oldest.
        let oldest = count.saturating_sub(M);
        let pair = |step: usize| pairs.get(step.checked_rem(M)?).map(|[s, y]| (s, y, dot(s, y)));
        let mut shares = [0.0; M];
        let mut scale = None;
        for step in (oldest..count).rev() {
            if let Some((s, y, curvature)) = pair(step).filter(|pair| pair.2.is_positive()) {
                let share = dot(s, direction).over(curvature);
                add(-share, y, direction);
                scale = scale.or(Some(curvature.over(dot(y, y))));
                shares.iter_mut().skip(step - oldest).take(1).for_each(|place| *place = share);
            }
        }
        let scale = scale.unwrap_or(1.0);
        direction.flat_mut().iter_mut().for_each(|d| *d = N::Scalar::from_f64(scale) * *d);
        for (step, share) in (oldest..count).zip(shares) {
            if let Some((s, y, curvature)) = pair(step).filter(|pair| pair.2.is_positive()) {
                add(share - dot(y, direction).over(curvature), s, direction);
            }
        }
    }
}

/// d ← d + a v.
fn add<N: Parameters>(a: f64, v: &N, d: &mut N) {
    d.flat_mut().iter_mut().zip(v.flat()).for_each(|(d, &v)| *d = Along(a).of(*d, v));
}
