use typenum::Unsigned;

use crate::array::{Array, Places, Plain, Vector};
use crate::int8::{Int8Layer, Quantize, Scale, at_once, int8};
use crate::kernel::windows;
use crate::layer::{AvgPool, GlobalAvgPool, Layer, MaxPool};
use crate::plain::{rows, rows_mut};
use crate::scalar::Scalar;
use crate::window::Windows;

int8! {
    /// A [`MaxPool`](crate::layer::MaxPool) of integers: the largest of each channel in each window, of what is there.
    pub struct MaxPoolInt8<G: Windows> {}
}

int8! {
    /// An [`AvgPool`](crate::layer::AvgPool) of integers: the mean of each channel in each window, of what is there.
    ///
    /// # Equations
    ///
    /// `y = Σ_k x_k / n`, to the nearest integer, halves away from 0; n the places that are not padding.
    pub struct AvgPoolInt8<G: Windows> {}
}

int8! {
    /// A [`GlobalAvgPool`](crate::GlobalAvgPool) of integers: an [`AvgPoolInt8`] whose only window is the whole array.
    pub struct GlobalAvgPoolInt8<X: Places> {}
}

/// What a pooling makes of the numbers of a channel in a window.
trait Pooling {
    fn of(numbers: impl FnMut(&mut dyn FnMut(i8))) -> i8;
}

impl<G: Windows> Pooling for MaxPoolInt8<G> {
    #[inline(always)]
    fn of(mut numbers: impl FnMut(&mut dyn FnMut(i8))) -> i8 {
        let mut most = i8::MIN;
        numbers(&mut |x| most = most.max(x));
        most
    }
}

impl<G: Windows> Pooling for AvgPoolInt8<G> {
    #[inline(always)]
    fn of(numbers: impl FnMut(&mut dyn FnMut(i8))) -> i8 {
        mean(numbers)
    }
}

/// The mean of some integers, to the nearest, halves away from 0.
#[inline(always)]
fn mean(mut numbers: impl FnMut(&mut dyn FnMut(i8))) -> i8 {
    let (mut sum, mut n) = (0_i32, 0_i32);
    numbers(&mut |x| (sum, n) = (sum.wrapping_add(x.into()), n.wrapping_add(1)));
    let half = if sum > 0 { n / 2 } else { -(n / 2) };
    sum.wrapping_add(half).checked_div(n).unwrap_or(0) as i8
}

impl<X: Places> Int8Layer for GlobalAvgPoolInt8<X> {
    type Input = X::Int8;
    type Output = Vector<X::Channels, i8>;

    #[inline]
    fn forward(&self, x: &X::Int8, y: &mut Self::Output) {
        let places = x.flat().chunks(const { <X::Channels as Unsigned>::USIZE });
        for (c, y) in y.iter_mut().enumerate() {
            *y = mean(|take: &mut dyn FnMut(i8)| places.clone().filter_map(|x| x.get(c)).for_each(|&x| take(x)));
        }
    }

    fn scale(&self, x: Scale) -> Scale {
        x
    }
}

at_once! { [X: Places] GlobalAvgPoolInt8<X> }

impl<X: Places> Quantize for GlobalAvgPool<X> {
    type Int8 = GlobalAvgPoolInt8<X>;

    fn observe(&self, x: &X, y: &mut Self::Output, _: &mut impl FnMut(&mut [X::Scalar])) {
        self.forward(x, y);
    }

    fn quantize(&self, x: Scale, _: &mut impl FnMut() -> Scale, _: &mut Self::Int8) -> Scale {
        x
    }
}

// pool! { Int8, Layer } makes the first what the second becomes.
macro_rules! pool {
    ($Int8:ident, $Layer:ident) => {
        impl<G: Windows> Int8Layer for $Int8<G> {
            type Input = <G::Input<f32> as Array>::Int8;
            type Output = <G::Output<G::Channels, f32> as Array>::Int8;

            #[inline]
            fn forward(&self, x: &Self::Input, y: &mut Self::Output) {
                let x = rows::<G::Channels, i8>(x.flat());
                for (t, y) in rows_mut::<G::Channels, i8>(y.flat_mut()).iter_mut().enumerate() {
                    for (c, y) in y.iter_mut().enumerate() {
                        *y = Self::of(|take: &mut dyn FnMut(i8)| {
                            windows::places::<G>(t, |place| {
                                x.get(place).and_then(|x| x.get(c)).into_iter().for_each(|&x| take(x));
                            });
                        });
                    }
                }
            }

            fn scale(&self, x: Scale) -> Scale {
                x
            }
        }

        at_once! { [G: Windows] $Int8<G> }

        impl<G: Windows, T: Scalar> Quantize for $Layer<G, T> {
            type Int8 = $Int8<G>;

            fn observe(&self, x: &Self::Input, y: &mut Self::Output, _: &mut impl FnMut(&mut [T])) {
                self.forward(x, y);
            }

            fn quantize(&self, x: Scale, _: &mut impl FnMut() -> Scale, _: &mut Self::Int8) -> Scale {
                x
            }
        }
    };
}
pool!(MaxPoolInt8, MaxPool);
pool!(AvgPoolInt8, AvgPool);
