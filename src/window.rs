//! Windows that slide over an array: where they lie, for convolution and pooling.

mod frame;
mod spread;

use core::marker::PhantomData;

#[doc(hidden)]
pub use frame::{Axis, Frame};
pub use spread::{Spread, Spread1d};
pub(crate) use spread::{fault, waits};

use typenum::Unsigned;

use crate::array::{Array, Matrix, Vector, Volume};
use crate::scalar::Scalar;
use crate::width::{Dilates, Padding, Slides, Spans, Times, U1, Valid, Width};

/// Windows that slide over an array whose channels come last: [`Windows1d`] or [`Windows2d`]. Sealed.
///
/// A window is read as one vector, the [`Patch`](Windows::Patch): its numbers in the order of the array, channels innermost.
#[diagnostic::on_unimplemented(
    message = "`{Self}` are no windows that fit",
    label = "expected `Windows1d<Steps, Channels, Window>` or `Windows2d<Height, Width, Channels, Window>` of widths"
)]
pub trait Windows: sealed::Sealed + 'static {
    /// Where they lie, in numbers.
    #[doc(hidden)]
    const FRAME: Frame;
    /// The name of the layer that convolves with them; and so on.
    #[doc(hidden)]
    const CONV: &'static str;
    #[doc(hidden)]
    const DEPTHWISE: &'static str;
    #[doc(hidden)]
    const MAX_POOL: &'static str;
    #[doc(hidden)]
    const AVG_POOL: &'static str;

    /// How many numbers stand at each place: the innermost width of the input.
    type Channels: Width;
    /// How many places a window has.
    type Window: Width;
    /// How many numbers a window has: places × channels.
    type Patch: Width;
    /// How many of them lie side by side.
    #[doc(hidden)]
    type Run: Width;
    /// What the windows slide over: `[Steps × Channels]` or `[Height × Width × Channels]`.
    type Input<T: Scalar>: Array<Scalar = T>;
    /// `C` numbers for each window.
    type Output<C: Width, T: Scalar>: Array<Scalar = T>;
    /// Whether they slide over a sequence, which may come step by step.
    #[doc(hidden)]
    const SEQUENCE: bool;
    /// What is read at a step of a stream: a row of a sequence, or an image.
    #[doc(hidden)]
    type Step<T: Scalar>: Array<Scalar = T>;
    /// What is written at a step.
    #[doc(hidden)]
    type Emit<C: Width, T: Scalar>: Array<Scalar = T>;
    /// The steps that a window spans.
    #[doc(hidden)]
    type Stored<T: Scalar>: Array<Scalar = T>;
}

/// Windows of `K` steps over a sequence `[Steps × Channels]`.
///
/// `S` is the stride, `D` the dilation, `P` the [`Padding`].
#[derive(Clone, Copy, Debug)]
#[allow(clippy::type_complexity)]
pub struct Windows1d<Steps, Channels, K, S = U1, D = U1, P = Valid>(PhantomData<fn() -> (Steps, Channels, K, S, D, P)>);

/// Windows of `KH × KW` places over an image `[Height × Width × Channels]`.
///
/// `S` is the stride, `D` the dilation, `P` the [`Padding`], each the same in both directions.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::type_complexity)]
pub struct Windows2d<H, W, Channels, KH, KW = KH, S = U1, D = U1, P = Valid>(
    PhantomData<fn() -> (H, W, Channels, KH, KW, S, D, P)>,
);

impl<Steps, C, K, S, D, P> Windows for Windows1d<Steps, C, K, S, D, P>
where
    Steps: Slides<K, S, D, P>,
    C: Width,
    K: Spans<D> + Times<C>,
    S: Width,
    D: Dilates<K, C>,
    P: Padding,
{
    const FRAME: Frame = Frame {
        channels: C::USIZE,
        rows: Axis::SINGLE,
        columns: Axis::new(Steps::USIZE, K::USIZE, S::USIZE, D::USIZE, P::KIND, Steps::Count::USIZE),
    };
    const CONV: &'static str = "Conv1d";
    const DEPTHWISE: &'static str = "DepthwiseConv1d";
    const MAX_POOL: &'static str = "MaxPool1d";
    const AVG_POOL: &'static str = "AvgPool1d";
    type Channels = C;
    type Window = K;
    type Patch = K::Product;
    type Run = D::Run;
    type Input<T: Scalar> = Matrix<Steps, C, T>;
    type Output<O: Width, T: Scalar> = Matrix<Steps::Count, O, T>;
    const SEQUENCE: bool = true;
    type Step<T: Scalar> = Vector<C, T>;
    type Emit<O: Width, T: Scalar> = Vector<O, T>;
    type Stored<T: Scalar> = Matrix<K::Span, C, T>;
}

impl<H, W, C, KH, KW, S, D, P> Windows for Windows2d<H, W, C, KH, KW, S, D, P>
where
    H: Slides<KH, S, D, P>,
    W: Slides<KW, S, D, P>,
    C: Width,
    KH: Spans<D> + Times<KW>,
    KW: Spans<D>,
    KH::Product: Times<C>,
    S: Width,
    D: Dilates<KW, C>,
    P: Padding,
{
    const FRAME: Frame = Frame {
        channels: C::USIZE,
        rows: Axis::new(H::USIZE, KH::USIZE, S::USIZE, D::USIZE, P::KIND, H::Count::USIZE),
        columns: Axis::new(W::USIZE, KW::USIZE, S::USIZE, D::USIZE, P::KIND, W::Count::USIZE),
    };
    const CONV: &'static str = "Conv2d";
    const DEPTHWISE: &'static str = "DepthwiseConv2d";
    const MAX_POOL: &'static str = "MaxPool2d";
    const AVG_POOL: &'static str = "AvgPool2d";
    type Channels = C;
    type Window = KH::Product;
    type Patch = <KH::Product as Times<C>>::Product;
    type Run = D::Run;
    type Input<T: Scalar> = Volume<H, W, C, T>;
    type Output<O: Width, T: Scalar> = Volume<H::Count, W::Count, O, T>;
    const SEQUENCE: bool = false;
    type Step<T: Scalar> = Volume<H, W, C, T>;
    type Emit<O: Width, T: Scalar> = Volume<H::Count, W::Count, O, T>;
    type Stored<T: Scalar> = [T; 0];
}

mod sealed {
    pub trait Sealed {}
    impl<N, C, K, S, D, P> Sealed for super::Windows1d<N, C, K, S, D, P> {}
    impl<H, W, C, KH, KW, S, D, P> Sealed for super::Windows2d<H, W, C, KH, KW, S, D, P> {}
}
