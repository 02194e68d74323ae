use crate::array::Vector;
use crate::layer::{Layer, Tape, Tapes};
use crate::penalty::{Penalty, Step};
use crate::plain::unzip;
use crate::width::Width;

/// What a batch of samples does with a layer or a chain of them, all samples of one layer, then the next; and what
/// one sample does with one layer of a chain.
///
/// Implemented for a layer by way of its methods whose names end in `_batch`, and for a chain by way of its
/// layers. Sealed.
pub trait Batched: Layer {
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
            type Tapes<__B: $crate::Width> = $crate::Vector<__B, $crate::TapeOf<Self>>;

            #[inline]
            fn record_all<__B: $crate::Width>(&self, xs: &[&$crate::InputOf<Self>], tapes: &mut Self::Tapes<__B>) {
                $crate::Layer::record_batch(self, xs, tapes);
            }

            #[inline]
            fn backward_all<__B: $crate::Width>(
                &self,
                xs: &[&$crate::InputOf<Self>],
                tapes: &mut Self::Tapes<__B>,
                grad: &mut Self,
                dxs: Option<&mut [&mut $crate::InputOf<Self>]>,
            ) {
                let tapes = tapes.get_mut(..xs.len()).unwrap_or_default();
                $crate::Layer::backward_batch(self, xs, tapes, grad, dxs);
            }

            #[inline]
            fn errors_all<__B: $crate::Width>(
                &self,
                xs: &[&$crate::InputOf<Self>],
                tapes: &mut Self::Tapes<__B>,
                dxs: Option<&mut [&mut $crate::InputOf<Self>]>,
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
                dxs: Option<&mut [&mut $crate::InputOf<Self>]>,
            ) {
                let tapes = tapes.get_mut(..xs.len()).unwrap_or_default();
                $crate::Layer::step_batch(self, xs, tapes, step, dxs);
            }

            #[inline]
            fn outputs<__B: $crate::Width, __R: Default>(
                tapes: &mut Self::Tapes<__B>,
                n: usize,
                read: impl FnOnce(&[&$crate::OutputOf<Self>], &mut [&mut $crate::OutputOf<Self>]) -> __R,
            ) -> __R {
                $crate::layer::__outputs::<_, __B, __R>(tapes, n, read)
            }
        }
    };
}

/// Calls `read` with the first `n` outputs of an array of tapes and the places of their dy.
#[doc(hidden)]
#[inline]
pub fn outputs<T: Tape, B: Width, R: Default>(
    tapes: &mut Vector<B, T>,
    n: usize,
    read: impl FnOnce(&[&T::Output], &mut [&mut T::Output]) -> R,
) -> R {
    let pairs = tapes.iter_mut().map(|tape| {
        let (y, dy) = tape.split();
        (&*y, dy)
    });
    unzip::<_, _, B>(pairs).map_or_else(R::default, |(ys, mut dys)| {
        read(ys.get(..n).unwrap_or_default(), dys.get_mut(..n).unwrap_or_default())
    })
}
