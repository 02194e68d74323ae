//! The words of [`network!`](crate::network!): a type for each layer that it can write.
//!
//! A word knows all of a layer but what it reads. [`Words`] walks a chain of words from the input on, and finds the
//! layers' types, each from what the one before it writes. So each type is named once, and what the compiler has to do
//! grows with the number of layers. A new layer needs its word here, and nothing in the macro.

use core::marker::PhantomData;

use crate::activation::{self, Activation};
use crate::array::{Flat, Grid};
use crate::layer::{
    self, BiasMode, Emission, GeluFunction, Layer, Map, MishFunction, OutputOf, Rate, ResetMode, SiluFunction,
};
use crate::network::Layers;
use crate::scalar::Scalar;
use crate::width::{Gates, Width};

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
    Flatten: X: Flat => layer::Flatten<X>;
    Gelu: X: Flat => Map<GeluFunction, X>;
    Silu: X: Flat => Map<SiluFunction, X>;
    Mish: X: Flat => Map<MishFunction, X>;
    Softmax: X: Flat => layer::Softmax<X::Width, T>;
    LayerNorm: X: Flat => layer::LayerNorm<X::Width, T>;
    Standardize: X: Flat => layer::Standardize<X::Width, T>;
    Dropout<P: Rate>: X: Flat => layer::Dropout<X::Width, P, T>;
    Frozen<W: layer::Weights>: X => layer::Frozen<W>;
    Own<L: Layer>: X => L;
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
