/// The meaning of a network's logits, which its loss states: [`Loss::OUTPUTS`](super::Loss::OUTPUTS).
///
/// # Example
///
/// A hinge loss, `J = Σₖ max(0, 1 − tₖ zₖ)` with `t = 2y − 1`, whose predictions are the signs of the logits:
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::{Loss, Outputs};
///
/// struct Hinge;
///
/// impl Loss for Hinge {
///     const NAME: &'static str = "hinge";
///     const OUTPUTS: Outputs = Outputs::Labels;
///
///     fn value<T: Scalar>(z: &[T], y: &[T]) -> T {
///         z.iter().zip(y).fold(T::ZERO, |sum, (&z, &y)| sum + T::ZERO.max(T::ONE - (y + y - T::ONE) * z))
///     }
///
///     fn delta<T: Scalar>(z: &[T], y: &[T], dz: &mut [T]) {
///         for ((&z, &y), dz) in z.iter().zip(y).zip(dz) {
///             let t = y + y - T::ONE;
///             *dz = if t * z < T::ONE { -t } else { T::ZERO };
///         }
///     }
/// }
///
/// let mut net = Network::<Dense<U1, U1>, Hinge>::ZERO;
/// net.parameters_mut().copy_from_slice(&[-1.0, 2.0]);
/// assert_eq!([net.classify(&[0.25]), net.classify(&[0.75])], [0, 1]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outputs {
    /// K numbers of any meaning.
    Numbers,
    /// K independent yes-or-no labels: yes if the logit is positive. Targets lie in [0, 1].
    Labels,
    /// One choice among K classes: the one with the largest logit. Targets are a distribution over the classes.
    Classes,
}
