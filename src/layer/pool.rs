use crate::array::Vector;
use crate::kernel::windows;
use crate::layer::Ring;
use crate::plain::{rows, rows_mut};
use crate::scalar::{Accumulator, Scalar, is_wide};
use crate::window::Windows;

/// What a pooling makes of the places of a window, channel by channel.
pub(super) trait Pooling<T: Scalar> {
    /// Before the first place.
    const START: f64;

    /// Whether it is the mean, which is summed beside y where the accumulator is wide.
    const MEAN: bool = false;

    /// Takes a place.
    fn take(x: &[T], y: &mut [T]);

    /// After `n` places.
    fn end(n: usize, y: &mut [T]);
}

/// All windows of an array.
#[inline]
pub(super) fn all<G: Windows, P: Pooling<T>, T: Scalar>(x: &[T], y: &mut [T]) {
    let x: &[Vector<G::Channels, T>] = rows(x);
    for (t, y) in rows_mut::<G::Channels, T>(y).iter_mut().enumerate() {
        if const { P::MEAN && is_wide::<T>() } {
            for (c, y) in y.iter_mut().enumerate() {
                let (mut n, mut sum) = (0, T::Accumulator::of(T::ZERO));
                windows::places::<G>(t, |place| {
                    n += 1;
                    x.get(place).and_then(|x| x.get(c)).into_iter().for_each(|&x| sum = sum + T::Accumulator::of(x));
                });
                *y = sum.share(n);
            }
            continue;
        }
        y.fill(T::of(P::START));
        let mut n = 0;
        windows::places::<G>(t, |place| {
            n += 1;
            x.get(place).into_iter().for_each(|x| P::take(x, y));
        });
        P::end(n, y);
    }
}

/// The window that ends a stream.
#[inline]
pub(super) fn one<G: Windows, P: Pooling<T>, T: Scalar>(ring: &Ring<G, T>, y: &mut [T]) {
    if const { P::MEAN && is_wide::<T>() } {
        for (c, y) in y.iter_mut().enumerate() {
            let (mut n, mut sum) = (0, T::Accumulator::of(T::ZERO));
            for (_, x) in ring.places() {
                n += 1;
                x.get(c).into_iter().for_each(|&x| sum = sum + T::Accumulator::of(x));
            }
            *y = sum.share(n);
        }
        return;
    }
    y.fill(T::of(P::START));
    let mut n = 0;
    for (_, x) in ring.places() {
        n += 1;
        P::take(x, y);
    }
    P::end(n, y);
}

// pool! { Name } makes a layer over windows of a `Pooling`.
macro_rules! pool {
    ($Name:ident) => {
        impl<G: Windows, T: Scalar> $Name<G, T> {
            const TEXT: &'static Text = &G::FRAME.describe(Text::new());
            const REFUSED: &'static Text = &G::FRAME.pooling_fault();
        }

        impl<G: Windows, T: Scalar> OverWindows<G, T> for $Name<G, T> {
            #[inline]
            fn all(&self, x: &[T], y: &mut [T]) {
                pool::all::<G, Self, T>(x, y);
            }

            #[inline]
            fn one(&self, ring: &Ring<G, T>, y: &mut [T]) {
                pool::one::<G, Self, T>(ring, y);
            }
        }

        impl<G: Windows, T: Scalar> Batch for $Name<G, T> {}

        impl<G: Windows, T: Scalar> Stack for $Name<G, T> {
            const PLAN: &'static Plan = &Plan::leaf::<Self>();
            over_windows! { G, T, G::Channels }
        }
    };
}
pub(super) use pool;
