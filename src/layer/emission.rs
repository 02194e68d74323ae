use crate::array::{Array, Matrix, Plain, Vector};
use crate::layer::{LinesMut, Slot, Tape};
use crate::scalar::Scalar;
use crate::width::Width;

/// Which hidden states a recurrent layer writes: [`Last`] or [`All`]. Sealed.
pub trait Emission: sealed::Sealed + 'static {
    /// `[Hidden]` or `[Steps × Hidden]`.
    type Output<Steps: Width, Hidden: Width, T: Scalar>: Array<Scalar = T>;
    /// All states and their δ, and the output.
    type Tape<Steps: Width, Hidden: Width, T: Scalar>: Tape<Output = Self::Output<Steps, Hidden, T>>;

    /// y ← what state h of step t means for it.
    #[doc(hidden)]
    fn write<S: Width, H: Width, T: Scalar>(t: usize, h: &Vector<H, T>, y: &mut Self::Output<S, H, T>);

    /// The states and the place of their δ.
    #[doc(hidden)]
    fn steps<S: Width, H: Width, T: Scalar>(
        tape: &mut Self::Tape<S, H, T>,
    ) -> (&mut Matrix<S, H, T>, &mut Matrix<S, H, T>);

    /// The states and their δ.
    #[doc(hidden)]
    fn seen<S: Width, H: Width, T: Scalar>(tape: &Self::Tape<S, H, T>) -> (&Matrix<S, H, T>, &Matrix<S, H, T>);

    /// The states of several tapes, and the places of their δ.
    #[doc(hidden)]
    #[expect(clippy::type_complexity)]
    fn lines<S: Width, H: Width, T: Scalar>(
        tapes: LinesMut<Self::Tape<S, H, T>>,
    ) -> (LinesMut<Matrix<S, H, T>>, LinesMut<Matrix<S, H, T>>);

    /// After the last state of a recorded pass.
    #[doc(hidden)]
    fn end<S: Width, H: Width, T: Scalar>(tape: &mut Self::Tape<S, H, T>);

    /// Before a backward pass: dy goes where the states' δ will be.
    #[doc(hidden)]
    fn begin<S: Width, H: Width, T: Scalar>(tape: &mut Self::Tape<S, H, T>);
}

/// The last hidden state only: a sequence in, a vector out.
#[derive(Clone, Copy, Debug)]
pub struct Last;

/// Every hidden state: a sequence in, a sequence out.
#[derive(Clone, Copy, Debug)]
pub struct All;

impl Emission for All {
    type Output<Steps: Width, Hidden: Width, T: Scalar> = Matrix<Steps, Hidden, T>;
    type Tape<Steps: Width, Hidden: Width, T: Scalar> = Slot<Matrix<Steps, Hidden, T>>;

    #[inline]
    fn write<S: Width, H: Width, T: Scalar>(t: usize, h: &Vector<H, T>, y: &mut Matrix<S, H, T>) {
        y.iter_mut().skip(t).take(1).for_each(|y| y.copy_from_slice(h));
    }

    #[inline]
    fn steps<S: Width, H: Width, T: Scalar>(
        tape: &mut Slot<Matrix<S, H, T>>,
    ) -> (&mut Matrix<S, H, T>, &mut Matrix<S, H, T>) {
        tape.split()
    }

    #[inline]
    fn seen<S: Width, H: Width, T: Scalar>(tape: &Slot<Matrix<S, H, T>>) -> (&Matrix<S, H, T>, &Matrix<S, H, T>) {
        (&tape.y, &tape.dy)
    }

    #[inline]
    fn lines<S: Width, H: Width, T: Scalar>(
        tapes: LinesMut<Slot<Matrix<S, H, T>>>,
    ) -> (LinesMut<Matrix<S, H, T>>, LinesMut<Matrix<S, H, T>>) {
        tapes.slots()
    }

    #[inline]
    fn end<S: Width, H: Width, T: Scalar>(_: &mut Slot<Matrix<S, H, T>>) {}

    #[inline]
    fn begin<S: Width, H: Width, T: Scalar>(_: &mut Slot<Matrix<S, H, T>>) {}
}

/// The tape keeps all steps.
impl Emission for Last {
    type Output<Steps: Width, Hidden: Width, T: Scalar> = Vector<Hidden, T>;
    type Tape<Steps: Width, Hidden: Width, T: Scalar> = Slot<Vector<Hidden, T>, Slot<Matrix<Steps, Hidden, T>>>;

    #[inline]
    fn write<S: Width, H: Width, T: Scalar>(_: usize, h: &Vector<H, T>, y: &mut Vector<H, T>) {
        y.copy_from_slice(h);
    }

    #[inline]
    fn steps<S: Width, H: Width, T: Scalar>(
        tape: &mut Self::Tape<S, H, T>,
    ) -> (&mut Matrix<S, H, T>, &mut Matrix<S, H, T>) {
        tape.kept.split()
    }

    #[inline]
    fn seen<S: Width, H: Width, T: Scalar>(tape: &Self::Tape<S, H, T>) -> (&Matrix<S, H, T>, &Matrix<S, H, T>) {
        (&tape.kept.y, &tape.kept.dy)
    }

    #[inline]
    fn lines<S: Width, H: Width, T: Scalar>(
        tapes: LinesMut<Self::Tape<S, H, T>>,
    ) -> (LinesMut<Matrix<S, H, T>>, LinesMut<Matrix<S, H, T>>) {
        tapes.kept().slots()
    }

    #[inline]
    fn end<S: Width, H: Width, T: Scalar>(tape: &mut Self::Tape<S, H, T>) {
        if let Some(last) = tape.kept.y.last() {
            tape.y.copy_from_slice(last);
        }
    }

    #[inline]
    fn begin<S: Width, H: Width, T: Scalar>(tape: &mut Self::Tape<S, H, T>) {
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
