//! The words of [`network!`](crate::network!): a type for each layer that it can write.
//!
//! A word knows everything about a layer but its input. [`Words`] walks a chain of words from the network's input on, and
//! finds the type of each layer from the output of the layer before it. So each type is named once, and the compiler's work
//! is proportional to the number of layers. A new layer needs a word here, and no change to the macro.

use core::marker::PhantomData;

use crate::activation::{self, Activation};
use crate::array::{Channelled, Flat, Grid, Image, Matrix, Places, Volume};
use crate::layer::{
    self, BiasMode, Emission, GeluFunction, Layer, Map, MishFunction, OutputOf, Rate, ResetMode, SiluFunction,
};
use crate::network::Layers;
use crate::scalar::{ClassNumber, Scalar};
use crate::width::{self, Gates, Times, Width};
use crate::window::{Spread, Spread1d, Windows, Windows1d, Windows2d};

/// A word for a layer that reads an `X`, of scalar `T`.
pub trait Word<X, T> {
    /// The layer.
    type Layer: Layer;
}

/// A word and what follows it, `(A, (B, (C, ())))`, behind the layers `Done` that write an `X`.
pub trait Words<X, T, Done> {
    /// All layers, as a tuple.
    type Layers;
}

impl<X, T, Done> Words<X, T, Done> for () {
    type Layers = Done;
}

impl<X, T, Done, A, Rest> Words<X, T, Done> for (A, Rest)
where
    A: Word<X, T>,
    Done: Push<A::Layer>,
    Rest: Words<OutputOf<A::Layer>, T, Done::Longer>,
{
    type Layers = Rest::Layers;
}

/// A tuple with room for one more.
#[diagnostic::on_unimplemented(
    message = "a chain has at most sixteen layers",
    label = "a `Residual` counts as one, and so does a tuple of layers in parentheses, `((A, B))`"
)]
pub trait Push<L> {
    /// The longer tuple.
    type Longer;
}

// push!([A] B C) makes (A,) longer by B, then (A, B) by C.
macro_rules! push {
    ([$($done:ident)*]) => {};
    ([$($done:ident)*] $next:ident $($rest:ident)*) => {
        #[diagnostic::do_not_recommend]
        impl<$($done,)* $next> Push<$next> for ($($done,)*) {
            type Longer = ($($done,)* $next,);
        }
        push!([$($done)* $next] $($rest)*);
    };
}
push!([] A B C D E F G H I J K L M N O P);

// word! { Name<P: Bound, …>: X: What => Layer } makes a word for a layer that reads an X, in scalar T.
macro_rules! word {
    ($($name:ident $(<$($p:ident $(: $bound:path)? $(= $default:ty)?),+>)?: $x:ident $(: $reads:path)? => $layer:ty;)+) => {$(
        #[doc = concat!("The word `", stringify!($name), "`.")]
        #[derive(Debug)]
        pub struct $name $(<$($p $(= $default)?),+>(PhantomData<fn() -> ($($p,)+)>))?;

        impl<$x $(: $reads)?, T: Scalar $($(, $p $(: $bound)?)+)?> Word<$x, T> for $name $(<$($p),+>)? {
            type Layer = $layer;
        }
    )+};
}

word! {
    Dense<Out: Width, A: Activation = activation::Identity, B: BiasMode = layer::Biased>: X: Flat =>
        layer::Dense<X::Width, Out, A, T, B>;
    Elman<Hidden: Width, A: Activation = activation::Tanh, E: Emission = layer::Last>: X: Grid =>
        layer::Elman<X::Rows, X::Columns, Hidden, A, E, T>;
    Lstm<Hidden: Gates, E: Emission = layer::Last>: X: Grid => layer::Lstm<X::Rows, X::Columns, Hidden, E, T>;
    Gru<Hidden: Gates, E: Emission = layer::Last, R: ResetMode = layer::ResetAfter>: X: Grid =>
        layer::Gru<X::Rows, X::Columns, Hidden, E, T, R>;
    Embedding<Classes: Width, Out: Width, K: ClassNumber = u8>: X: Flat =>
        layer::Embedding<X::Width, Classes, Out, K, T>;
    Flatten: X: Flat => layer::Flatten<X>;
    Unflatten<S: Form>: X => layer::Unflatten<S::Array<T>>;
    Gelu: X: Flat => Map<GeluFunction, X>;
    Silu: X: Flat => Map<SiluFunction, X>;
    Mish: X: Flat => Map<MishFunction, X>;
    Softmax: X: Flat => layer::Softmax<X::Width, T>;
    LayerNorm: X: Flat => layer::LayerNorm<X::Channels, X::Scalar, X>;
    BatchNorm: X: Flat => layer::BatchNorm<X::Channels, X::Scalar, X>;
    GroupNorm<Groups: Width>: X: Flat => layer::GroupNorm<X::Channels, Groups, X::Scalar, X>;
    InstanceNorm: X: Flat => layer::InstanceNorm<X::Channels, X::Scalar, X>;
    Standardize: X: Flat => layer::Standardize<X::Channels, X::Scalar, X>;
    Dropout<P: Rate>: X: Flat => layer::Dropout<X::Width, P, X::Scalar, X>;
    GlobalAvgPool: X: Places => layer::GlobalAvgPool<X>;
    Frozen<W: layer::Weights>: X => layer::Frozen<W>;
    Own<L: Layer>: X => L;
}

/// The widths of a matrix or volume.
#[diagnostic::on_unimplemented(
    message = "an Unflatten needs all widths of the matrix or volume that it writes",
    label = "expected `Unflatten<[rows, columns]>` or `Unflatten<[height, width, channels]>`"
)]
pub trait Form: 'static {
    /// The array.
    type Array<T: Scalar>: Flat<Scalar = T>;
}

impl<R: Times<C>, C: Width> Form for (R, C) {
    type Array<T: Scalar> = Matrix<R, C, T>;
}

impl<H: Times<W::Product>, W: Times<C>, C: Width> Form for (H, W, C) {
    type Array<T: Scalar> = Volume<H, W, C, T>;
}

/// The word `Residual`, around other words.
#[derive(Debug)]
pub struct Residual<Inner>(PhantomData<fn() -> Inner>);

impl<X, T, Inner: Words<X, T, ()>> Word<X, T> for Residual<Inner>
where
    Inner::Layers: Layers,
{
    type Layer = layer::Residual<Inner::Layers>;
}

/// The word `Bidirectional`, around another word.
#[derive(Debug)]
pub struct Bidirectional<Inner>(PhantomData<fn() -> Inner>);

impl<X, T, Inner: Words<X, T, ()>> Word<X, T> for Bidirectional<Inner>
where
    Inner::Layers: Layers,
    layer::Bidirectional<<Inner::Layers as Layers>::Chain>: Layer,
{
    type Layer = layer::Bidirectional<<Inner::Layers as Layers>::Chain>;
}

/// The word `KeepFloat`, around other words.
#[derive(Debug)]
pub struct KeepFloat<Inner>(PhantomData<fn() -> Inner>);

impl<X, T, Inner: Words<X, T, ()>> Word<X, T> for KeepFloat<Inner>
where
    Inner::Layers: Layers,
{
    type Layer = layer::KeepFloat<<Inner::Layers as Layers>::Chain>;
}

/// The word `FakeQuantize`, around another word or alone.
#[derive(Debug)]
pub struct FakeQuantize<Inner = ()>(PhantomData<fn() -> Inner>);

impl<X: Channelled, T> Word<X, T> for FakeQuantize {
    type Layer = layer::FakeQuantize<layer::Pass<X>>;
}

impl<X, T, A, Rest> Word<X, T> for FakeQuantize<(A, Rest)>
where
    (A, Rest): Words<X, T, (), Layers: Layers<Chain: layer::Rounds>>,
{
    type Layer = layer::FakeQuantize<<<(A, Rest) as Words<X, T, ()>>::Layers as Layers>::Chain>;
}

/// What the arguments of a word over windows say: activation, stride, dilation, padding, bias.
#[derive(Debug)]
#[allow(clippy::type_complexity)]
pub struct Options<A, S, D, P, B>(PhantomData<fn() -> (A, S, D, P, B)>);

/// The option `stride = N`.
#[derive(Debug)]
pub struct Stride<N>(PhantomData<fn() -> N>);

/// The option `dilation = N`.
#[derive(Debug)]
pub struct Dilation<N>(PhantomData<fn() -> N>);

/// An argument of a word over windows, behind others that came to options `O`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no option of a layer over windows",
    label = "expected an activation, `Unbiased`, `stride = 2`, `dilation = 2`, or `padding = same`"
)]
pub trait Argument<O> {
    /// What they come to with it.
    type Options;
}

/// No argument.
impl<O> Argument<O> for () {
    type Options = O;
}

impl<X, A: Activation, S, D, P, B> Argument<Options<X, S, D, P, B>> for A {
    type Options = Options<A, S, D, P, B>;
}

impl<N, A, S, D, P, B> Argument<Options<A, S, D, P, B>> for Stride<N> {
    type Options = Options<A, N, D, P, B>;
}

impl<N, A, S, D, P, B> Argument<Options<A, S, D, P, B>> for Dilation<N> {
    type Options = Options<A, S, N, P, B>;
}

// argument! { [generics] Type: padding or bias }
macro_rules! argument {
    ($([$($generic:ident)*] $type:ty: $A:ident $S:ident $D:ident $P:ty, $B:ty;)+) => {$(
        impl<$($generic,)* A, S, D, P, B> Argument<Options<A, S, D, P, B>> for $type {
            type Options = Options<$A, $S, $D, $P, $B>;
        }
    )+};
}
argument! {
    [] width::Same: A S D width::Same, B;
    [] width::Causal: A S D width::Causal, B;
    [] width::Valid: A S D width::Valid, B;
    [Before After] width::Pad<Before, After>: A S D width::Pad<Before, After>, B;
    [] layer::Biased: A S D P, layer::Biased;
    [] layer::Unbiased: A S D P, layer::Unbiased;
}

/// The two sides of a window: a square of a width, or of two.
pub trait Sides {
    /// Its rows.
    type Height;
    /// Its columns.
    type Width;
}

impl<N: Width> Sides for N {
    type Height = N;
    type Width = N;
}

impl<H: Width, W: Width> Sides for (H, W) {
    type Height = H;
    type Width = W;
}

// over_windows! { Name[Out or nothing]<K: Sides>: X: Shape, stride by default => Trait: windows => layer } makes a word whose
// arguments may stand in any order.
macro_rules! over_windows {
    ($($name:ident[$($out:ident)?]<K: $sides:ident>: X: $shape:ident, $stride:ty => $fit:ident: $windows:ty => $layer:ty;)+) => {$(
        #[doc = concat!("The word `", stringify!($name), "`.")]
        #[derive(Debug)]
        #[allow(clippy::type_complexity)]
        pub struct $name<$($out,)? K, O1 = (), O2 = (), O3 = (), O4 = (), O5 = ()>(
            PhantomData<fn() -> ($($out,)? K, O1, O2, O3, O4, O5)>,
        );

        impl<X: $shape, T: Scalar, $($out: Width,)? K: $sides, O1, O2, O3, O4, O5, A, S, D, P, B> Word<X, T>
            for $name<$($out,)? K, O1, O2, O3, O4, O5>
        where
            O1: Argument<Options<activation::Identity, $stride, width::U1, width::Valid, layer::Biased>>,
            O2: Argument<O1::Options>,
            O3: Argument<O2::Options>,
            O4: Argument<O3::Options>,
            O5: Argument<O4::Options, Options = Options<A, S, D, P, B>>,
            A: Activation,
            B: BiasMode,
            $windows: $fit,
        {
            type Layer = $layer;
        }
    )+};
}
over_windows! {
    Conv1d[Out]<K: Width>: X: Grid, width::U1 => Windows: Windows1d<X::Rows, X::Columns, K, S, D, P> =>
        layer::Conv<Windows1d<X::Rows, X::Columns, K, S, D, P>, Out, A, T, B>;
    ConvTranspose1d[Out]<K: Width>: X: Grid, width::U1 => Spread: Spread1d<X::Rows, Out, K, S, D, P> =>
        layer::ConvTranspose<Spread1d<X::Rows, Out, K, S, D, P>, X::Columns, A, T, B>;
    Conv2d[Out]<K: Sides>: X: Image, width::U1 =>
        Windows: Windows2d<X::Height, X::Width, X::Channels, K::Height, K::Width, S, D, P> =>
        layer::Conv<Windows2d<X::Height, X::Width, X::Channels, K::Height, K::Width, S, D, P>, Out, A, T, B>;
    DepthwiseConv1d[]<K: Width>: X: Grid, width::U1 => Windows: Windows1d<X::Rows, X::Columns, K, S, D, P> =>
        layer::DepthwiseConv<Windows1d<X::Rows, X::Columns, K, S, D, P>, A, T, B>;
    DepthwiseConv2d[]<K: Sides>: X: Image, width::U1 =>
        Windows: Windows2d<X::Height, X::Width, X::Channels, K::Height, K::Width, S, D, P> =>
        layer::DepthwiseConv<Windows2d<X::Height, X::Width, X::Channels, K::Height, K::Width, S, D, P>, A, T, B>;
    MaxPool1d[]<K: Width>: X: Grid, K => Windows: Windows1d<X::Rows, X::Columns, K, S, D, P> =>
        layer::MaxPool<Windows1d<X::Rows, X::Columns, K, S, D, P>, T>;
    AvgPool1d[]<K: Width>: X: Grid, K => Windows: Windows1d<X::Rows, X::Columns, K, S, D, P> =>
        layer::AvgPool<Windows1d<X::Rows, X::Columns, K, S, D, P>, T>;
    MaxPool2d[]<K: Width>: X: Image, K => Windows: Windows2d<X::Height, X::Width, X::Channels, K, K, S, D, P> =>
        layer::MaxPool<Windows2d<X::Height, X::Width, X::Channels, K, K, S, D, P>, T>;
    AvgPool2d[]<K: Width>: X: Image, K => Windows: Windows2d<X::Height, X::Width, X::Channels, K, K, S, D, P> =>
        layer::AvgPool<Windows2d<X::Height, X::Width, X::Channels, K, K, S, D, P>, T>;
}
