use crate::activation::Activation;
use crate::array::Vector;
use crate::layer::{Layer, Tape, Tapes};
use crate::penalty::{Penalty, Step};
use crate::plain::{gather, unzip};
use crate::width::Width;

/// What a batch of samples does with a layer or a chain of them, all samples of one layer, then the next; and what
/// one sample does with one layer of a chain.
///
/// Implemented for a layer by way of its methods whose names end in `_batch`, and for a chain by way of its
/// layers. Sealed.
pub trait Batched: Layer {
    /// [`Layer::SPLITS`], of all layers.
    #[doc(hidden)]
    const ALL_SPLIT: bool;

    /// The tapes of `B` samples: an array for each layer.
    type Tapes<B: Width>: Tapes;

    /// How many layers one after the other.
    #[doc(hidden)]
    const LAYERS: usize = 1;

    /// [`Layer::record`] of one of the layers, from 0.
    #[doc(hidden)]
    #[inline]
    fn record_one(&self, _layer: usize, x: &Self::Input, tape: &mut Self::Tape) {
        self.record(x, tape);
    }

    /// [`Layer::errors`] of one of the layers.
    #[doc(hidden)]
    #[inline]
    fn errors_one(&self, _layer: usize, x: &Self::Input, tape: &mut Self::Tape, dx: &mut Self::Input) {
        self.errors(x, tape, dx);
    }

    /// [`Layer::descend`] of one of the layers.
    #[doc(hidden)]
    #[inline]
    fn descend_one(
        &mut self,
        _layer: usize,
        x: &Self::Input,
        tape: &mut Self::Tape,
        rate: Self::Scalar,
        dx: Option<&mut Self::Input>,
    ) {
        self.descend(x, tape, rate, dx);
    }

    /// [`Layer::record_batch`].
    #[doc(hidden)]
    fn record_all<B: Width>(&self, xs: &[&Self::Input], tapes: &mut Self::Tapes<B>);

    /// The outputs, and `G` of each number: [`Layer::forward_batch_through`] by way of the tapes of all layers but
    /// the last.
    #[doc(hidden)]
    fn forward_all<B: Width, G: Activation>(
        &self,
        xs: &[&Self::Input],
        tapes: &mut Self::Tapes<B>,
        ys: &mut [Self::Output],
    );

    /// [`Layer::backward_batch`].
    #[doc(hidden)]
    fn backward_all<B: Width>(
        &self,
        xs: &[&Self::Input],
        tapes: &mut Self::Tapes<B>,
        grad: &mut Self,
        dxs: Option<&mut [&mut Self::Input]>,
    );

    /// [`Layer::errors_batch`].
    #[doc(hidden)]
    fn errors_all<B: Width>(
        &self,
        xs: &[&Self::Input],
        tapes: &mut Self::Tapes<B>,
        dxs: Option<&mut [&mut Self::Input]>,
    );

    /// [`Layer::step_batch`].
    #[doc(hidden)]
    fn step_all<B: Width, P: Penalty>(
        &mut self,
        xs: &[&Self::Input],
        tapes: &mut Self::Tapes<B>,
        step: Step<P>,
        dxs: Option<&mut [&mut Self::Input]>,
    );

    /// [`Layer::sums_batch`].
    #[doc(hidden)]
    fn sums_all<B: Width>(xs: &[&Self::Input], tapes: &Self::Tapes<B>, start: usize, sums: &mut [Self::Scalar]);

    /// Calls `read` with the first `n` outputs y.
    #[doc(hidden)]
    fn recorded<B: Width, R: Default>(tapes: &Self::Tapes<B>, n: usize, read: impl FnOnce(&[&Self::Output]) -> R) -> R;

    /// Calls `read` with the first `n` outputs y and the places of their dy.
    #[doc(hidden)]
    fn outputs<B: Width, R: Default>(
        tapes: &mut Self::Tapes<B>,
        n: usize,
        read: impl FnOnce(&[&Self::Output], &mut [&mut Self::Output]) -> R,
    ) -> R;
}

// batched! { [L: Bound] Type } makes a layer one that a batch goes through, by its `_batch` methods.
#[doc(hidden)]
#[macro_export]
macro_rules! __batched {
    ([$($generics:tt)*] $layer:ty) => {
        impl<$($generics)*> $crate::layer::Batched for $layer
        where
            Self: $crate::layer::Layer,
        {
            const ALL_SPLIT: bool = <Self as $crate::layer::Layer>::SPLITS;
            type Tapes<__B: $crate::Width> = $crate::Vector<__B, $crate::TapeOf<Self>>;

            #[inline]
            fn record_all<__B: $crate::Width>(&self, xs: &[&$crate::InputOf<Self>], tapes: &mut Self::Tapes<__B>) {
                $crate::Layer::record_batch(self, xs, tapes);
            }

            #[inline]
            fn forward_all<__B: $crate::Width, __G: $crate::Activation>(
                &self,
                xs: &[&$crate::InputOf<Self>],
                _: &mut Self::Tapes<__B>,
                ys: &mut [$crate::OutputOf<Self>],
            ) {
                $crate::Layer::forward_batch_through::<__G>(self, xs, ys);
            }

            #[inline]
            fn backward_all<__B: $crate::Width>(
                &self,
                xs: &[&$crate::InputOf<Self>],
                tapes: &mut Self::Tapes<__B>,
                grad: &mut Self,
                dxs: ::core::option::Option<&mut [&mut $crate::InputOf<Self>]>,
            ) {
                let tapes = tapes.get_mut(..xs.len()).unwrap_or_default();
                $crate::Layer::backward_batch(self, xs, tapes, grad, dxs);
            }

            #[inline]
            fn errors_all<__B: $crate::Width>(
                &self,
                xs: &[&$crate::InputOf<Self>],
                tapes: &mut Self::Tapes<__B>,
                dxs: ::core::option::Option<&mut [&mut $crate::InputOf<Self>]>,
            ) {
                let tapes = tapes.get_mut(..xs.len()).unwrap_or_default();
                $crate::Layer::errors_batch(self, xs, tapes, dxs);
            }

            #[inline]
            fn step_all<__B: $crate::Width, __P: $crate::Penalty>(
                &mut self,
                xs: &[&$crate::InputOf<Self>],
                tapes: &mut Self::Tapes<__B>,
                step: $crate::Step<__P>,
                dxs: ::core::option::Option<&mut [&mut $crate::InputOf<Self>]>,
            ) {
                let tapes = tapes.get_mut(..xs.len()).unwrap_or_default();
                $crate::Layer::step_batch(self, xs, tapes, step, dxs);
            }

            #[inline]
            fn sums_all<__B: $crate::Width>(
                xs: &[&$crate::InputOf<Self>],
                tapes: &Self::Tapes<__B>,
                start: usize,
                sums: &mut [$crate::ScalarOf<Self>],
            ) {
                let tapes = tapes.get(..xs.len()).unwrap_or_default();
                <Self as $crate::Layer>::sums_batch(xs, tapes, start, sums);
            }

            #[inline]
            fn recorded<__B: $crate::Width, __R: ::core::default::Default>(
                tapes: &Self::Tapes<__B>,
                n: usize,
                read: impl ::core::ops::FnOnce(&[&$crate::OutputOf<Self>]) -> __R,
            ) -> __R {
                $crate::layer::__recorded::<_, __B, __R>(tapes, n, read)
            }

            #[inline]
            fn outputs<__B: $crate::Width, __R: ::core::default::Default>(
                tapes: &mut Self::Tapes<__B>,
                n: usize,
                read: impl ::core::ops::FnOnce(&[&$crate::OutputOf<Self>], &mut [&mut $crate::OutputOf<Self>]) -> __R,
            ) -> __R {
                $crate::layer::__outputs::<_, __B, __R>(tapes, n, read)
            }
        }
    };
}

/// Calls `read` with the first `n` outputs of an array of tapes.
#[doc(hidden)]
#[inline]
pub fn recorded<T: Tape, B: Width, R: Default>(
    tapes: &Vector<B, T>,
    n: usize,
    read: impl FnOnce(&[&T::Output]) -> R,
) -> R {
    gather::<_, B, R>(tapes.iter().take(n).map(T::output), read)
}

/// Calls `read` with the first `n` outputs of an array of tapes and the places of their dy.
#[doc(hidden)]
#[inline]
pub fn outputs<T: Tape, B: Width, R: Default>(
    tapes: &mut Vector<B, T>,
    n: usize,
    read: impl FnOnce(&[&T::Output], &mut [&mut T::Output]) -> R,
) -> R {
    let pairs = tapes.iter_mut().take(n).map(|tape| {
        let (y, dy) = tape.split();
        (&*y, dy)
    });
    unzip::<_, _, B, R>(pairs, read)
}
