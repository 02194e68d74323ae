use core::marker::PhantomData;

use crate::array::{Array, Matrix, Vector};
use crate::scalar::Scalar;
use crate::shape::Text;
use crate::width::{Spreads, U1, Valid, Width};
use crate::window::{Windows, Windows1d};

/// Windows that a sequence is spread over, a step to each: where a transposed convolution writes. [`Spread1d`]. Sealed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` are no windows to spread a sequence over",
    label = "expected `Spread1d<Steps, Channels, Window>` of widths"
)]
pub trait Spread: sealed::Sealed + 'static {
    /// The windows, over what is written.
    type Windows: Windows;
    /// What is spread: `C` numbers for each window.
    type Input<C: Width, T: Scalar>: Array<Scalar = T>;
    /// What is read at a step of a stream.
    #[doc(hidden)]
    type Step<C: Width, T: Scalar>: Array<Scalar = T>;
    /// What is written at a step.
    #[doc(hidden)]
    type Emit<T: Scalar>: Array<Scalar = T>;
    /// The name of the layer that spreads over them.
    #[doc(hidden)]
    const CONV_TRANSPOSE: &'static str;
    /// How many steps are spread.
    #[doc(hidden)]
    const STEPS: usize;
}

/// Why nothing can be spread; nothing where it can.
pub(crate) const fn fault<G: Spread>() -> Text {
    let axis = <G::Windows as Windows>::FRAME.columns;
    let (all, cut) = ((G::STEPS - 1) * axis.stride + axis.span(), axis.total - axis.len);
    if cut < all {
        return Text::new();
    }
    let text = Text::new().words("has padding that cuts off ").number(cut).words(" of the ").number(all);
    text.words(" steps that it would write")
}

/// Why it can't be done step by step; nothing where it can.
pub(crate) const fn waits<G: Spread>() -> &'static str {
    let axis = <G::Windows as Windows>::FRAME.columns;
    if axis.stride > 1 {
        "writes several steps for each that it reads"
    } else if axis.before > 0 {
        "cuts off steps in front, and so needs later ones (`padding = causal` cuts off behind)"
    } else if axis.len != G::STEPS {
        "does not write as many steps as it reads (with `padding = causal` it does)"
    } else {
        ""
    }
}

/// Windows of `K` steps that a sequence of `Steps` is spread over, which is written with `Channels`.
///
/// `S` is the stride, from one window to the next; `D` the dilation. The [`Padding`](crate::Padding) `P` cuts steps off:
/// [`Valid`] none, so that there are `(Steps − 1) S + D (K − 1) + 1`; [`Pad`](crate::Pad) so many in front and behind;
/// [`Same`](crate::Same) and [`Causal`](crate::Causal) as many as leave `Steps · S`, on both sides or behind only.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::type_complexity)]
pub struct Spread1d<Steps, Channels, K, S = U1, D = U1, P = Valid>(PhantomData<fn() -> (Steps, Channels, K, S, D, P)>);

impl<Steps, C, K, S, D, P> Spread for Spread1d<Steps, C, K, S, D, P>
where
    Steps: Spreads<K, S, D, P>,
    C: Width,
    Windows1d<Steps::Length, C, K, S, D, Steps::Around>: Windows,
    Self: 'static,
{
    type Windows = Windows1d<Steps::Length, C, K, S, D, Steps::Around>;
    type Input<I: Width, T: Scalar> = Matrix<Steps, I, T>;
    type Step<I: Width, T: Scalar> = Vector<I, T>;
    type Emit<T: Scalar> = Vector<C, T>;
    const CONV_TRANSPOSE: &'static str = "ConvTranspose1d";
    const STEPS: usize = Steps::USIZE;
}

mod sealed {
    pub trait Sealed {}
    impl<N, C, K, S, D, P> Sealed for super::Spread1d<N, C, K, S, D, P> {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::width::{Causal, Pad, Same, U2, U3, U4, U5, U6, U7};

    /// The steps that are written, those cut off in front, and whether it is refused; the windows are as many as the steps.
    fn written<G: Spread>() -> (usize, usize, bool) {
        let axis = <G::Windows as Windows>::FRAME.columns;
        let refused = !fault::<G>().as_str().is_empty();
        assert!(refused || axis.count == G::STEPS, "{axis:?}");
        (axis.len, axis.before, refused)
    }

    #[test]
    fn lengths_are_those_of_pytorch() {
        assert_eq!(written::<Spread1d<U5, U2, U3>>(), (7, 0, false));
        assert_eq!(written::<Spread1d<U5, U2, U4, U2>>(), (12, 0, false));
        assert_eq!(written::<Spread1d<U5, U2, U4, U2, U1, Pad<U1>>>(), (10, 1, false));
        assert_eq!(written::<Spread1d<U5, U2, U2, U3, U4>>(), (17, 0, false));
        assert_eq!(written::<Spread1d<U1, U2, U1>>(), (1, 0, false));
        assert_eq!(written::<Spread1d<U2, U2, U3, U2, U1, Pad<U3, U1>>>(), (1, 3, false));
        assert_eq!(written::<Spread1d<U2, U2, U3, U2, U1, Pad<U3, U2>>>(), (1, 3, true));
        assert_eq!(written::<Spread1d<U2, U2, U3, U2, U1, Pad<U6, U7>>>(), (1, 6, true));
        assert_eq!(written::<Spread1d<U3, U2, U6, U3, U1, Same>>(), (9, 1, false));
        assert_eq!(written::<Spread1d<U3, U2, U6, U3, U1, Causal>>(), (9, 0, false));
        assert_eq!(written::<Spread1d<U3, U2, U1, U4, U1, Causal>>(), (12, 0, false));
        assert_eq!(written::<Spread1d<U3, U2, U1, U4, U1, Same>>(), (12, 0, false));
    }
}
