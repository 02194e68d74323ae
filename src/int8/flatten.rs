use crate::array::{Flat, Plain, Vector};
use crate::int8::{Int8Layer, Quantize, Scale, at_once, int8};
use crate::layer::{Flatten, Layer};

int8! {
    /// A [`Flatten`](crate::Flatten) of integers: the same ones in the same order.
    pub struct FlattenInt8<X: Flat> {}
}

impl<X: Flat> Int8Layer for FlattenInt8<X> {
    type Input = X::Int8;
    type Output = Vector<X::Width, i8>;

    #[inline]
    fn forward(&self, x: &X::Int8, y: &mut Self::Output) {
        y.iter_mut().zip(x.flat()).for_each(|(y, &x)| *y = x);
    }

    fn scale(&self, x: Scale) -> Scale {
        x
    }
}

at_once! { [X: Flat] FlattenInt8<X> }

impl<X: Flat> Quantize for Flatten<X> {
    type Int8 = FlattenInt8<X>;

    fn observe(&self, x: &X, y: &mut Self::Output, _: &mut impl FnMut(&mut [X::Scalar])) {
        self.forward(x, y);
    }

    fn quantize(&self, x: Scale, _: &mut impl FnMut() -> Scale, _: &mut Self::Int8) -> Scale {
        x
    }
}
