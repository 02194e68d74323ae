use crate::array::{Array, Matrix, Plain, Vector};
use crate::layer::{Kept, LinesMut, Slot, Tape};
use crate::scalar::Scalar;
use crate::width::Width;

/// Which hidden states a recurrent layer writes: [`Last`] or [`All`]. Sealed.
pub trait Emission: sealed::Sealed + 'static {
    /// `[Hidden]` or `[Steps × Hidden]`.
    type Output<Steps: Width, Hidden: Width, T: Scalar>: Array<Scalar = T>;
    /// All states, the places of `∂J/∂h`, what a layer keeps besides, and the output.
    type Tape<Steps: Width, Hidden: Width, T: Scalar, K: Kept>: Tape<Output = Self::Output<Steps, Hidden, T>>;

    /// y ← what state h of step t means for it.
    #[doc(hidden)]
    fn write<S: Width, H: Width, T: Scalar>(t: usize, h: &Vector<H, T>, y: &mut Self::Output<S, H, T>);

    /// The states, the places of `∂J/∂h`, and what is kept besides.
    #[doc(hidden)]
    #[expect(clippy::type_complexity)]
    fn steps<S: Width, H: Width, T: Scalar, K: Kept>(
        tape: &mut Self::Tape<S, H, T, K>,
    ) -> (&mut Matrix<S, H, T>, &mut Matrix<S, H, T>, &mut K);

    /// [`steps`](Emission::steps), to read.
    #[doc(hidden)]
    #[expect(clippy::type_complexity)]
    fn seen<S: Width, H: Width, T: Scalar, K: Kept>(
        tape: &Self::Tape<S, H, T, K>,
    ) -> (&Matrix<S, H, T>, &Matrix<S, H, T>, &K);

    /// [`steps`](Emission::steps) of several tapes.
    #[doc(hidden)]
    #[expect(clippy::type_complexity)]
    fn lines<S: Width, H: Width, T: Scalar, K: Kept>(
        tapes: LinesMut<Self::Tape<S, H, T, K>>,
    ) -> (LinesMut<Matrix<S, H, T>>, LinesMut<Matrix<S, H, T>>, LinesMut<K>);

    /// After the last state of a recorded pass.
    #[doc(hidden)]
    fn end<S: Width, H: Width, T: Scalar, K: Kept>(tape: &mut Self::Tape<S, H, T, K>);

    /// Before a backward pass: dy goes to the `∂J/∂h` of the states that are written.
    #[doc(hidden)]
    fn begin<S: Width, H: Width, T: Scalar, K: Kept>(tape: &mut Self::Tape<S, H, T, K>);
}

/// The last hidden state only: a sequence in, a vector out.
///
/// ```
/// use nanoprop::prelude::*;
///
/// network! {
///     type Final = [16, 2] => Gru<8> => Dense<1>, loss = SquaredError; // `Last`
///     type Each = [16, 2] => Gru<8, All> => Flatten => Dense<1>, loss = SquaredError;
/// }
/// assert_eq!(Each::PARAMETERS - Final::PARAMETERS, 15 * 8);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Last;

/// Every hidden state: a sequence in, a sequence out.
#[derive(Clone, Copy, Debug)]
pub struct All;

impl Emission for All {
    type Output<Steps: Width, Hidden: Width, T: Scalar> = Matrix<Steps, Hidden, T>;
    type Tape<Steps: Width, Hidden: Width, T: Scalar, K: Kept> = Slot<Matrix<Steps, Hidden, T>, K>;

    #[inline]
    fn write<S: Width, H: Width, T: Scalar>(t: usize, h: &Vector<H, T>, y: &mut Matrix<S, H, T>) {
        y.iter_mut().skip(t).take(1).for_each(|y| y.copy_from_slice(h));
    }

    #[inline]
    fn steps<S: Width, H: Width, T: Scalar, K: Kept>(
        tape: &mut Self::Tape<S, H, T, K>,
    ) -> (&mut Matrix<S, H, T>, &mut Matrix<S, H, T>, &mut K) {
        (&mut tape.y, &mut tape.dy, &mut tape.kept)
    }

    #[inline]
    fn seen<S: Width, H: Width, T: Scalar, K: Kept>(
        tape: &Self::Tape<S, H, T, K>,
    ) -> (&Matrix<S, H, T>, &Matrix<S, H, T>, &K) {
        (&tape.y, &tape.dy, &tape.kept)
    }

    #[inline]
    fn lines<S: Width, H: Width, T: Scalar, K: Kept>(
        tapes: LinesMut<Self::Tape<S, H, T, K>>,
    ) -> (LinesMut<Matrix<S, H, T>>, LinesMut<Matrix<S, H, T>>, LinesMut<K>) {
        tapes.parts()
    }

    #[inline]
    fn end<S: Width, H: Width, T: Scalar, K: Kept>(_: &mut Self::Tape<S, H, T, K>) {}

    #[inline]
    fn begin<S: Width, H: Width, T: Scalar, K: Kept>(_: &mut Self::Tape<S, H, T, K>) {}
}

/// The tape keeps all steps.
impl Emission for Last {
    type Output<Steps: Width, Hidden: Width, T: Scalar> = Vector<Hidden, T>;
    type Tape<Steps: Width, Hidden: Width, T: Scalar, K: Kept> =
        Slot<Vector<Hidden, T>, Slot<Matrix<Steps, Hidden, T>, K>>;

    #[inline]
    fn write<S: Width, H: Width, T: Scalar>(_: usize, h: &Vector<H, T>, y: &mut Vector<H, T>) {
        y.copy_from_slice(h);
    }

    #[inline]
    fn steps<S: Width, H: Width, T: Scalar, K: Kept>(
        tape: &mut Self::Tape<S, H, T, K>,
    ) -> (&mut Matrix<S, H, T>, &mut Matrix<S, H, T>, &mut K) {
        All::steps(&mut tape.kept)
    }

    #[inline]
    fn seen<S: Width, H: Width, T: Scalar, K: Kept>(
        tape: &Self::Tape<S, H, T, K>,
    ) -> (&Matrix<S, H, T>, &Matrix<S, H, T>, &K) {
        All::seen(&tape.kept)
    }

    #[inline]
    fn lines<S: Width, H: Width, T: Scalar, K: Kept>(
        tapes: LinesMut<Self::Tape<S, H, T, K>>,
    ) -> (LinesMut<Matrix<S, H, T>>, LinesMut<Matrix<S, H, T>>, LinesMut<K>) {
        tapes.kept().parts()
    }

    #[inline]
    fn end<S: Width, H: Width, T: Scalar, K: Kept>(tape: &mut Self::Tape<S, H, T, K>) {
        if let Some(last) = tape.kept.y.last() {
            tape.y.copy_from_slice(last);
        }
    }

    #[inline]
    fn begin<S: Width, H: Width, T: Scalar, K: Kept>(tape: &mut Self::Tape<S, H, T, K>) {
        tape.kept.dy.flat_mut().fill(T::ZERO);
        if let Some(last) = tape.kept.dy.last_mut() {
            last.copy_from_slice(&tape.dy);
        }
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Last {}
    impl Sealed for super::All {}
}
