//! How many windows an axis has: the arithmetic of convolution and pooling.

use core::ops::{Add, Div, Mul, Sub};

use typenum::{Add1, B1, Diff, Max, Maximum, Prod, Quot, Sub1, Sum, UInt, UTerm, Unsigned};

use crate::width::{Times, Width};

/// What stands around an axis before windows slide over it: zeros for a convolution, nothing for a pooling.
///
/// [`Valid`], [`Same`], [`Causal`] or [`Pad`]. Sealed.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
///
/// network! {
///     type Inside = [8, 1] => Conv1d<1, 3>, loss = SquaredError;
///     type Around = [8, 1] => Conv1d<1, 3, padding = same>, loss = SquaredError;
///     type Before = [8, 1] => Conv1d<1, 3, padding = causal>, loss = SquaredError;
///     type Two = [8, 1] => Conv1d<1, 3, padding = 2>, loss = SquaredError;
/// }
/// let steps = [Inside::PLAN, Around::PLAN, Before::PLAN, Two::PLAN].map(|plan| plan.writes().widths()[0]);
/// assert_eq!(steps, [6, 8, 8, 10]);
/// ```
#[doc(alias = "padding_mode")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a padding",
    label = "expected `Valid`, `Same`, `Causal` or `Pad<U2, U1>`"
)]
pub trait Padding: sealed::Sealed + 'static {
    /// Which it is.
    #[doc(hidden)]
    const KIND: Around;
}

/// No padding: windows lie within the input.
///
/// # Example
///
/// The four kinds, as `network!` has them, and as types:
///
/// ```
/// use nanoprop::prelude::*;
///
/// network! {
///     type Plain = [16, 2] => Conv1d<4, 5> => Flatten => Dense<1>, loss = SquaredError;
///     type Wide = [16, 2] => Conv1d<4, 5, padding = same> => Flatten => Dense<1>, loss = SquaredError;
///     type Past = [16, 2] => Conv1d<4, 5, padding = causal> => Flatten => Dense<1>, loss = SquaredError;
/// }
/// // 12 steps without padding, 16 with it, of 4 channels each
/// assert_eq!([Plain::PARAMETERS, Wide::PARAMETERS, Past::PARAMETERS], [44 + 49, 44 + 65, 44 + 65]);
///
/// use nanoprop::{Causal, Conv, Pad, Same, Valid, Windows1d};
/// type Steps<P> = Conv<Windows1d<U16, U2, U5, U1, U1, P>, U4>;
/// let _: [fn() -> usize; 4] = [
///     || size_of::<Steps<Valid>>(),
///     || size_of::<Steps<Same>>(),
///     || size_of::<Steps<Causal>>(),
///     || size_of::<Steps<Pad<U1, U3>>>(),
/// ];
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Valid;

/// As many zeros as give `⌈n / stride⌉` windows, half of them in front; where their number is odd, one more behind.
#[derive(Clone, Copy, Debug)]
pub struct Same;

/// All zeros in front, so that a window ends at its own step and sees none of the later ones.
#[derive(Clone, Copy, Debug)]
pub struct Causal;

/// So many zeros in front and behind.
#[derive(Clone, Copy, Debug)]
pub struct Pad<Before, After = Before>(core::marker::PhantomData<fn() -> (Before, After)>);

/// All zeros behind: what [`Causal`] is to what is spread over windows.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Later;

impl Padding for Valid {
    const KIND: Around = Around::Valid;
}
impl Padding for Same {
    const KIND: Around = Around::Same;
}
impl Padding for Causal {
    const KIND: Around = Around::Causal;
}
impl Padding for Later {
    const KIND: Around = Around::Later;
}
impl<B: Unsigned + 'static, A: Unsigned + 'static> Padding for Pad<B, A> {
    const KIND: Around = Around::Pad(B::USIZE, A::USIZE);
}

/// A [`Padding`] as a value.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Around {
    Valid,
    Same,
    Causal,
    Later,
    Pad(usize, usize),
}

/// An axis of `Self` numbers over which windows of `K` slide, by steps of `S`, with `D` from one number of a window to the
/// next, in padding `P`.
pub trait Slides<K, S, D, P>: Width {
    /// How many windows. Where one is larger than all that is there, 1; the fit check refuses that.
    type Count: Width;
}

/// What a window of `K` numbers spans, `D · (K − 1) + 1`.
pub trait Spans<D>: Width {
    /// The numbers from its first to its last.
    type Span: Width;
}

impl<K, D> Spans<D> for K
where
    K: Width + Sub<B1>,
    Sub1<K>: Mul<D>,
    Prod<Sub1<K>, D>: Add<B1>,
    Add1<Prod<Sub1<K>, D>>: Width,
{
    type Span = Add1<Prod<Sub1<K>, D>>;
}

type SpanOf<K, D> = <K as Spans<D>>::Span;
/// ⌊(n − span) / S⌋ + 1, where n is at least the span, else 1.
type CountOf<N, Span, S> = Add1<Quot<Diff<Maximum<N, Span>, Span>, S>>;

impl<N, K, S, D> Slides<K, S, D, Valid> for N
where
    N: Width + Max<SpanOf<K, D>>,
    K: Spans<D>,
    Maximum<N, SpanOf<K, D>>: Sub<SpanOf<K, D>>,
    Diff<Maximum<N, SpanOf<K, D>>, SpanOf<K, D>>: Div<S>,
    Quot<Diff<Maximum<N, SpanOf<K, D>>, SpanOf<K, D>>, S>: Add<B1>,
    CountOf<N, SpanOf<K, D>, S>: Width,
{
    type Count = CountOf<N, SpanOf<K, D>, S>;
}

impl<N, K, S, D, B, A> Slides<K, S, D, Pad<B, A>> for N
where
    N: Width + Add<B>,
    Sum<N, B>: Add<A>,
    Sum<Sum<N, B>, A>: Slides<K, S, D, Valid>,
{
    type Count = <Sum<Sum<N, B>, A> as Slides<K, S, D, Valid>>::Count;
}

// ⌈n / S⌉ = ⌊(n − 1) / S⌋ + 1: the span has no part in it.
impl<N, K, S, D> Slides<K, S, D, Same> for N
where
    N: Width + Sub<B1>,
    Sub1<N>: Div<S>,
    Quot<Sub1<N>, S>: Add<B1>,
    Add1<Quot<Sub1<N>, S>>: Width,
{
    type Count = Add1<Quot<Sub1<N>, S>>;
}

impl<N, K, S, D> Slides<K, S, D, Causal> for N
where
    N: Slides<K, S, D, Same>,
{
    type Count = <N as Slides<K, S, D, Same>>::Count;
}

/// An axis of `Self` numbers, each of which is spread over a window of `K`: the windows lie `S` numbers apart on the axis that
/// is written, with `D` from one number of a window to the next, and what stands out of that axis by padding `P` is cut off.
pub trait Spreads<K, S, D, P>: Width {
    /// How many numbers are written: those over which `Self` windows slide. Where all are cut off, 1; the fit check refuses
    /// that.
    type Length: Width;
    /// What is cut off, as the padding of these windows.
    type Around: Padding;
}

/// (n − 1) S + span.
type Spread<N, K, S, D> = Sum<Prod<Sub1<N>, S>, SpanOf<K, D>>;

impl<N, K, S, D> Spreads<K, S, D, Valid> for N
where
    N: Width + Sub<B1>,
    Sub1<N>: Mul<S>,
    K: Spans<D>,
    Prod<Sub1<N>, S>: Add<SpanOf<K, D>>,
    Spread<N, K, S, D>: Width,
{
    type Length = Spread<N, K, S, D>;
    type Around = Valid;
}

// max(all, cut + 1) − cut, so that there is always a number.
impl<N, K, S, D, B, A> Spreads<K, S, D, Pad<B, A>> for N
where
    N: Spreads<K, S, D, Valid>,
    B: Add<A> + Unsigned + 'static,
    A: Unsigned + 'static,
    Sum<B, A>: Add<B1>,
    N::Length: Max<Add1<Sum<B, A>>>,
    Maximum<N::Length, Add1<Sum<B, A>>>: Sub<Sum<B, A>>,
    Diff<Maximum<N::Length, Add1<Sum<B, A>>>, Sum<B, A>>: Width,
{
    type Length = Diff<Maximum<N::Length, Add1<Sum<B, A>>>, Sum<B, A>>;
    type Around = Pad<B, A>;
}

impl<N: Times<S>, K, S: Width, D> Spreads<K, S, D, Same> for N {
    type Length = N::Product;
    type Around = Same;
}

impl<N: Times<S>, K, S: Width, D> Spreads<K, S, D, Causal> for N {
    type Length = N::Product;
    type Around = Later;
}

impl<N, K, S, D> Slides<K, S, D, Later> for N
where
    N: Slides<K, S, D, Same>,
{
    type Count = <N as Slides<K, S, D, Same>>::Count;
}

/// How many numbers of a window lie side by side, where `Self` is the dilation: all where it is 1, else a channel's worth.
pub trait Dilates<K, C>: Width {
    /// So many.
    type Run: Width;
}

impl<K: Times<C>, C: Width> Dilates<K, C> for UInt<UTerm, B1> {
    type Run = K::Product;
}

impl<U, A, B, K, C: Width> Dilates<K, C> for UInt<UInt<U, A>, B>
where
    Self: Width,
{
    type Run = C;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Valid {}
    impl Sealed for super::Same {}
    impl Sealed for super::Causal {}
    impl Sealed for super::Later {}
    impl<B, A> Sealed for super::Pad<B, A> {}
}
