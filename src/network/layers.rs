//! What a network can be made of: layers and tuples of them.

use crate::layer::Stack;
use crate::network::Link;
use crate::scalar::Scalar;

/// What keeps [`Layers`] and [`Stack`] to the crate and to `parameters!`.
#[doc(hidden)]
pub trait __Sealed {}

/// What a [`Network`](crate::Network) can be made of: a layer, or a tuple of up to sixteen, whose elements
/// may be tuples again. Sealed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a layer or a tuple of layers",
    label = "expected layers such as `(Dense<U64, U32, Sigmoid>, Dense<U32, U10>)`: sixteen at most, all of one scalar"
)]
pub trait Layers: __Sealed + 'static {
    /// The scalar of all of them.
    type Scalar: Scalar;
    /// What they are stored as: a layer.
    type Chain: Stack<Scalar = Self::Scalar>;
    /// References to each: a tuple as it was written.
    type Refs<'a>;
    /// Exclusive references to each.
    type Muts<'a>;

    /// Takes the chain apart.
    fn refs(chain: &Self::Chain) -> Self::Refs<'_>;
    /// Takes the chain apart.
    fn muts(chain: &mut Self::Chain) -> Self::Muts<'_>;
}

// layers! { [L: Bound] Type } makes a layer what a network can be made of. Written out for each, and by
// `parameters!`, because next to an implementation for all layers the compiler would name a whole tuple where
// one element is no layer.
#[doc(hidden)]
#[macro_export]
macro_rules! __layers {
    ([$($generics:tt)*] $layer:ty) => {
        impl<$($generics)*> $crate::network::__Sealed for $layer {}

        impl<$($generics)*> $crate::network::Layers for $layer
        where
            Self: $crate::layer::Stack,
        {
            type Scalar = <Self as $crate::array::Plain>::Scalar;
            type Chain = Self;
            type Refs<'a> = &'a Self;
            type Muts<'a> = &'a mut Self;

            fn refs(chain: &Self) -> &Self {
                chain
            }

            fn muts(chain: &mut Self) -> &mut Self {
                chain
            }
        }
    };
}

// tuple!(A a, B b, C c) makes (A, B, C) a chain stored as Link<A, Link<B, C>>, then does (B, C), then (C,).
macro_rules! tuple {
    ($A:ident $a:ident $(, $B:ident $b:ident)*) => {
        impl<$A: Layers $(, $B: Layers<Scalar = $A::Scalar>)*> __Sealed for ($A, $($B,)*) {}

        impl<$A: Layers $(, $B: Layers<Scalar = $A::Scalar>)*> Layers for ($A, $($B,)*) {
            type Scalar = $A::Scalar;
            type Chain = tuple!(@type $A::Chain $(, $B::Chain)*);
            type Refs<'a> = ($A::Refs<'a>, $($B::Refs<'a>,)*);
            type Muts<'a> = ($A::Muts<'a>, $($B::Muts<'a>,)*);

            fn refs(chain: &Self::Chain) -> Self::Refs<'_> {
                let tuple!(@value $a $(, $b)*) = chain;
                ($A::refs($a), $($B::refs($b),)*)
            }

            fn muts(chain: &mut Self::Chain) -> Self::Muts<'_> {
                let tuple!(@value $a $(, $b)*) = chain;
                ($A::muts($a), $($B::muts($b),)*)
            }
        }
        tuple!($($B $b),*);
    };
    () => {};
    (@type $A:ty) => { $A };
    (@type $A:ty, $($B:ty),+) => { Link<$A, tuple!(@type $($B),+)> };
    (@value $a:ident) => { $a };
    (@value $a:ident, $($b:ident),+) => { Link($a, tuple!(@value $($b),+)) };
}

tuple!(A a, B b, C c, D d, E e, F f, G g, H h, I i, J j, K k, L l, M m, N n, O o, P p);
