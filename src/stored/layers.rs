//! How each layer runs by stored parameters.

use super::gemv::gemv;
use super::{Stored, Widen};
use crate::activation::Activation;
use crate::array::{Array, Channelled, Flat, Places, Plain, Vector};
use crate::kernel::windows;
use crate::layer::{
    AvgPool, BatchNorm, BiasMode, Conv, Dense, Flatten, Function, GlobalAvgPool, KeepFloat, Layer, LayerNorm, Map,
    MaxPool, OutputOf, Residual, Softmax, Stack, Standardize, Unflatten,
};
use crate::network::{Layers, Link};
use crate::plain::{fit, rows_mut};
use crate::width::Width;
use crate::window::Windows;

impl<A: Widen, B: Widen> Widen for Link<A, B>
where
    Self: Layer<Scalar = f32, Input = A::Input, Output = B::Output>,
{
    #[inline]
    fn forward_by<S: Stored>(parameters: &[S], x: &A::Input, y: &mut B::Output) {
        let (first, second) = parameters.split_at_checked(A::COUNT).unwrap_or((&[], &[]));
        let mut between = A::Output::ZERO;
        A::forward_by(first, x, &mut between);
        B::forward_by(second, fit(&between), y);
    }
}

impl<In: Width, Out: Width, A: Activation, B: BiasMode> Widen for Dense<In, Out, A, f32, B> {
    #[inline]
    fn forward_by<S: Stored>(parameters: &[S], x: &Vector<In, f32>, y: &mut Vector<Out, f32>) {
        let (bias, w) = parameters.split_at_checked(B::Of::<Vector<Out, f32>>::COUNT).unwrap_or((&[], &[]));
        gemv::<Out, A, S>(bias, w, x, y);
    }
}

/// Window by window, each copied, with the padding's zeros.
impl<G: Windows, Out: Width, A: Activation, B: BiasMode> Widen for Conv<G, Out, A, f32, B>
where
    Self: Layer<Scalar = f32, Input = G::Input<f32>, Output = G::Output<Out, f32>>,
    G::Input<f32>: Array<Scalar = f32>,
    G::Output<Out, f32>: Array<Scalar = f32>,
{
    #[inline]
    fn forward_by<S: Stored>(parameters: &[S], x: &Self::Input, y: &mut Self::Output) {
        let (bias, w) = parameters.split_at_checked(B::Of::<Vector<Out, f32>>::COUNT).unwrap_or((&[], &[]));
        let columns = const { G::FRAME.columns.count };
        let mut patch = Vector::<G::Patch, f32>::ZERO;
        for (t, y) in rows_mut::<Out, f32>(y.flat_mut()).iter_mut().enumerate() {
            windows::copy::<G, f32>(x.flat(), t / columns, t % columns, 0.0, &mut patch);
            gemv::<Out, A, S>(bias, w, &patch, y);
        }
    }
}

impl<L: Layers<Scalar = f32, Chain: Widen>> Widen for Residual<L> {
    #[inline]
    fn forward_by<S: Stored>(parameters: &[S], x: &Self::Input, y: &mut Self::Output) {
        let mut f = OutputOf::<L::Chain>::ZERO;
        L::Chain::forward_by(parameters, x, &mut f);
        Self::join(x, &f, y);
    }
}

impl<L: Widen + Stack> Widen for KeepFloat<L> {
    #[inline]
    fn forward_by<S: Stored>(parameters: &[S], x: &Self::Input, y: &mut Self::Output) {
        L::forward_by(parameters, x, y);
    }
}

// few! { [generics] Layer } runs a layer of few parameters, or none, by a copy of it in f32 on the stack.
macro_rules! few {
    ($([$($generics:tt)*] $layer:ty;)+) => {$(
        impl<$($generics)*> Widen for $layer
        where
            Self: Layer<Scalar = f32>,
            <Self as Layer>::Input: Array<Scalar = f32>,
            <Self as Layer>::Output: Array<Scalar = f32>,
        {
            #[inline]
            fn forward_by<S: Stored>(parameters: &[S], x: &Self::Input, y: &mut Self::Output) {
                let mut layer = Self::ZERO;
                layer.flat_mut().iter_mut().zip(parameters).for_each(|(to, from)| *to = from.widen());
                layer.forward(x, y);
            }
        }
    )+};
}
few! {
    [X: Flat] Flatten<X>;
    [X: Flat] Unflatten<X>;
    [G: Windows] MaxPool<G, f32>;
    [G: Windows] AvgPool<G, f32>;
    [X: Places] GlobalAvgPool<X>;
    [N: Width] Softmax<N, f32>;
    [F: Function, X: Channelled] Map<F, X>;
    [N: Width, X: Channelled<Channels = N, Scalar = f32>] LayerNorm<N, f32, X>;
    [N: Width, X: Channelled<Channels = N, Scalar = f32>] BatchNorm<N, f32, X>;
    [N: Width, X: Channelled<Channels = N, Scalar = f32>] Standardize<N, f32, X>;
}
