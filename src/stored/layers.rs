//! How each layer runs by stored parameters.

use super::gemv::{gemv, start};
use super::{Stored, Widen, split, widened};
use crate::activation::Activation;
use crate::array::{Array, Channelled, Doubled, Flat, Grid, Places, Plain, Vector};
use crate::kernel::{self, windows};
use crate::layer::{
    AvgPool, BatchNorm, BiasMode, Bidirectional, Conv, Dense, DepthwiseConv, Dropout, Embedding, Flatten, Frozen,
    Function, GlobalAvgPool, GroupNorm, InputOf, KeepFloat, Layer, LayerNorm, Map, MaxPool, OutputOf, Rate, Residual,
    Ring, Softmax, Stack, Standardize, Unflatten, Weights,
};
use crate::network::{Layers, Link};
use crate::plain::{fit, fit_mut, fit_step, rows, rows_mut};
use crate::scalar::ClassNumber;
use crate::width::Width;
use crate::window::Windows;

/// What [`Widen`] asks of a layer that reads all of its input at once.
macro_rules! at_once {
    () => {
        #[inline]
        fn stream_by<S: Stored>(parameters: &[S], x: &Self::Step, (): &mut (), y: &mut Self::Emit) -> bool {
            Self::forward_by(parameters, x, y);
            true
        }
    };
}

impl<A: Widen, B: Widen> Widen for Link<A, B>
where
    Self: Stack + Layer<Scalar = f32, Input = A::Input, Output = B::Output>,
    Self: Stack<Step = A::Step, Emit = B::Emit, Stream = (A::Stream, B::Stream)>,
{
    #[inline]
    fn forward_by<S: Stored>(parameters: &[S], x: &A::Input, y: &mut B::Output) {
        let (first, second) = split(parameters, A::COUNT);
        let mut between = A::Output::ZERO;
        A::forward_by(first, x, &mut between);
        B::forward_by(second, fit(&between), y);
    }

    #[inline]
    fn stream_by<S: Stored>(parameters: &[S], x: &A::Step, stream: &mut Self::Stream, y: &mut B::Emit) -> bool {
        let (first, second) = split(parameters, A::COUNT);
        let mut between = A::Emit::ZERO;
        A::stream_by(first, x, &mut stream.0, &mut between)
            && fit_step(&between).is_some_and(|x| B::stream_by(second, x, &mut stream.1, y))
    }

    /// What lies between the two is computed anew.
    fn errors_by<S: Stored>(parameters: &[S], x: &A::Input, dy: &B::Output, dx: &mut A::Input) {
        let (first, second) = split(parameters, A::COUNT);
        let (mut between, mut dbetween) = (A::Output::ZERO, A::Output::ZERO);
        A::forward_by(first, x, &mut between);
        B::errors_by(second, fit(&between), dy, fit_mut(&mut dbetween));
        A::errors_by(first, x, &dbetween, dx);
    }
}

impl<In: Width, Out: Width, A: Activation, B: BiasMode> Widen for Dense<In, Out, A, f32, B> {
    #[inline]
    fn forward_by<S: Stored>(parameters: &[S], x: &Vector<In, f32>, y: &mut Vector<Out, f32>) {
        let (bias, w) = split(parameters, B::Of::<Vector<Out, f32>>::COUNT);
        gemv::<Out, A, S>(bias, w, x, y);
    }

    at_once! {}
}

/// Window by window, each copied, with the padding's zeros.
impl<G: Windows, Out: Width, A: Activation, B: BiasMode> Widen for Conv<G, Out, A, f32, B> {
    #[inline]
    fn forward_by<S: Stored>(parameters: &[S], x: &Self::Input, y: &mut Self::Output) {
        conv::<G, Out, A, B, S>(parameters, x.flat(), y.flat_mut());
    }

    #[inline]
    fn stream_by<S: Stored>(parameters: &[S], x: &Self::Step, ring: &mut Ring<G, f32>, y: &mut Self::Emit) -> bool {
        if const { !G::SEQUENCE } {
            conv::<G, Out, A, B, S>(parameters, x.flat(), y.flat_mut());
            return true;
        }
        let ends = ring.push(x.flat());
        if ends {
            let (bias, w) = split(parameters, B::Of::<Vector<Out, f32>>::COUNT);
            let y = rows_mut(y.flat_mut()).first_mut();
            y.into_iter().for_each(|y| gemv::<Out, A, S>(bias, w, &ring.patch(), y));
        }
        ends
    }
}

fn conv<G: Windows, Out: Width, A: Activation, B: BiasMode, S: Stored>(parameters: &[S], x: &[f32], y: &mut [f32]) {
    let (bias, w) = split(parameters, B::Of::<Vector<Out, f32>>::COUNT);
    let columns = const { G::FRAME.columns.count };
    let mut patch = Vector::<G::Patch, f32>::ZERO;
    for (t, y) in rows_mut::<Out, f32>(y).iter_mut().enumerate() {
        windows::copy::<G, f32>(x, t / columns, t % columns, 0.0, &mut patch);
        gemv::<Out, A, S>(bias, w, &patch, y);
    }
}

/// y ← y + x ⊙ w of place `k`.
#[inline(always)]
fn tap<C: Width, S: Stored>(w: &[S], k: usize, x: &Vector<C, f32>, y: &mut [f32]) {
    let w = w.get(k * C::USIZE..).unwrap_or_default();
    y.iter_mut().zip(x).zip(w).for_each(|((y, x), w)| *y += x * w.widen());
}

/// Place by place of each window, without the padding.
impl<G: Windows, A: Activation, B: BiasMode> Widen for DepthwiseConv<G, A, f32, B> {
    #[inline]
    fn forward_by<S: Stored>(parameters: &[S], x: &Self::Input, y: &mut Self::Output) {
        depthwise::<G, A, B, S>(parameters, x.flat(), y.flat_mut());
    }

    #[inline]
    fn stream_by<S: Stored>(parameters: &[S], x: &Self::Step, ring: &mut Ring<G, f32>, y: &mut Self::Emit) -> bool {
        if const { !G::SEQUENCE } {
            depthwise::<G, A, B, S>(parameters, x.flat(), y.flat_mut());
            return true;
        }
        let ends = ring.push(x.flat());
        if ends {
            let (bias, w) = split(parameters, B::Of::<Vector<G::Channels, f32>>::COUNT);
            let y = y.flat_mut();
            start(bias, y);
            ring.places().for_each(|(k, x)| tap(w, k, x, y));
            kernel::activate_in_place::<A, f32>(y);
        }
        ends
    }
}

fn depthwise<G: Windows, A: Activation, B: BiasMode, S: Stored>(parameters: &[S], x: &[f32], y: &mut [f32]) {
    let (bias, w) = split(parameters, B::Of::<Vector<G::Channels, f32>>::COUNT);
    let x = rows::<G::Channels, f32>(x);
    for (t, y) in rows_mut::<G::Channels, f32>(y).iter_mut().enumerate() {
        start(bias, y);
        windows::taps::<G>(t, |k, place| x.get(place).into_iter().for_each(|x| tap(w, k, x, y)));
    }
    kernel::activate_in_place::<A, f32>(y);
}

/// y ← the row of a class, or 0 of one that there is not.
fn row<S: Stored>(parameters: &[S], class: usize, y: &mut [f32]) {
    let mut rows = parameters.chunks_exact(y.len().max(1));
    start(rows.nth(class).unwrap_or_default(), y);
}

impl<Steps: Width, Classes: Width, Out: Width, K: ClassNumber> Widen for Embedding<Steps, Classes, Out, K, f32> {
    #[inline]
    fn forward_by<S: Stored>(parameters: &[S], x: &Self::Input, y: &mut Self::Output) {
        x.iter().zip(y).for_each(|(&class, y)| row(parameters, class.into(), y));
    }

    #[inline]
    fn stream_by<S: Stored>(parameters: &[S], &class: &K, (): &mut (), y: &mut Self::Emit) -> bool {
        row(parameters, class.into(), y);
        true
    }
}

impl<L: Layers<Scalar = f32, Chain: Widen>> Widen for Residual<L> {
    #[inline]
    fn forward_by<S: Stored>(parameters: &[S], x: &Self::Input, y: &mut Self::Output) {
        let mut f = OutputOf::<L::Chain>::ZERO;
        L::Chain::forward_by(parameters, x, &mut f);
        Self::join(x, &f, y);
    }

    #[inline]
    fn stream_by<S: Stored>(parameters: &[S], x: &Self::Step, stream: &mut Self::Stream, y: &mut Self::Emit) -> bool {
        let done = L::Chain::stream_by(parameters, x, stream, y);
        if done {
            fit_step::<_, Self::Emit>(x).into_iter().for_each(|x| kernel::add(x.flat(), y.flat_mut()));
        }
        done
    }
}

impl<L: Widen> Widen for Bidirectional<L>
where
    InputOf<L>: Grid,
    OutputOf<L>: Doubled<Doubled: Array<Scalar = f32>>,
{
    #[inline]
    fn forward_by<S: Stored>(parameters: &[S], x: &Self::Input, y: &mut Self::Output) {
        let (ahead, back) = split(parameters, L::COUNT);
        Self::both(x, y, |x, y| L::forward_by(ahead, x, y), |x, y| L::forward_by(back, x, y));
    }

    at_once! {}
}

impl<L: Widen> Widen for KeepFloat<L> {
    #[inline]
    fn forward_by<S: Stored>(parameters: &[S], x: &Self::Input, y: &mut Self::Output) {
        L::forward_by(parameters, x, y);
    }

    #[inline]
    fn stream_by<S: Stored>(parameters: &[S], x: &Self::Step, stream: &mut Self::Stream, y: &mut Self::Emit) -> bool {
        L::stream_by(parameters, x, stream, y)
    }
}

// few! { [generics] Layer } runs a layer of few parameters, or none, by a copy of it in f32 on the stack.
macro_rules! few {
    ($([$($generics:tt)*] $layer:ty;)+) => {$(
        impl<$($generics)*> Widen for $layer
        where
            Self: Stack<Scalar = f32>,
            <Self as Layer>::Output: Array<Scalar = f32>,
        {
            #[inline]
            fn forward_by<S: Stored>(parameters: &[S], x: &Self::Input, y: &mut Self::Output) {
                widened::<Self, S>(parameters).forward(x, y);
            }

            #[inline]
            fn stream_by<S: Stored>(
                parameters: &[S],
                x: &Self::Step,
                stream: &mut Self::Stream,
                y: &mut Self::Emit,
            ) -> bool {
                widened::<Self, S>(parameters).stream(x, stream, y)
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
    [N: Width, P: Rate, X: Flat<Width = N, Scalar = f32>] Dropout<N, P, f32, X>;
    [W: Weights] Frozen<W>;
    [N: Width, X: Channelled<Channels = N, Scalar = f32>] LayerNorm<N, f32, X>;
    [N: Width, Groups: Width, X: Channelled<Channels = N, Scalar = f32>] GroupNorm<N, Groups, f32, X>;
    [N: Width, X: Channelled<Channels = N, Scalar = f32>] BatchNorm<N, f32, X>;
    [N: Width, X: Channelled<Channels = N, Scalar = f32>] Standardize<N, f32, X>;
}
