use crate::array::{Plain, Vector};
use crate::layer::Fnv;
use crate::loss::Loss;
use crate::network::{Layers, Network};
use crate::scalar::Number;
use crate::train::TensorName;
use crate::width::Width;

/// What [`Slots::save`](super::Slots::save) writes: networks, numbers, arrays of them, references to them, and tuples
/// of up to eight.
///
/// So a gradient or a moment, a value of a network's type, is one, and `(&net, &moments, &steps)` is.
///
/// # Example
///
/// A state of one's own, by way of a tuple:
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::TensorName;
/// use nanoprop::storage::{Restore, Save};
///
/// type Net = Network<Dense<U2, U1>, SquaredError>;
/// struct State {
///     net: Net,
///     steps: u64,
/// }
///
/// impl Save for State {
///     const BYTES: usize = <(Net, u64)>::BYTES;
///     const FINGERPRINT: u64 = <(Net, u64)>::FINGERPRINT;
///
///     fn write<E>(&self, to: &mut impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
///         (&self.net, &self.steps).write(to)
///     }
///
///     fn not_finite(&self) -> Option<TensorName> {
///         Save::not_finite(&self.net)
///     }
/// }
///
/// impl Restore for State {
///     fn read<E>(&mut self, from: &mut impl FnMut(&mut [u8]) -> Result<(), E>) -> Result<(), E> {
///         (&mut self.net, &mut self.steps).read(from)
///     }
/// }
/// assert_eq!(State::BYTES, 3 * 4 + 8);
/// ```
pub trait Save {
    /// How many bytes.
    const BYTES: usize;

    /// A hash of what the bytes mean: of a network, its [architecture](Network::FINGERPRINT).
    const FINGERPRINT: u64;

    /// Hands all bytes to `to`, in pieces of any length.
    ///
    /// # Errors
    ///
    /// Those of `to`.
    fn write<E>(&self, to: &mut impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E>;

    /// The first tensor of a network with NaN or an infinite number, which a save refuses. Provided: there is none, as in
    /// numbers; a state of one's own that holds a network asks it.
    fn not_finite(&self) -> Option<TensorName> {
        None
    }
}

/// What [`Slots::restore`](super::Slots::restore) reads again, into what is there: the types of [`Save`], by exclusive
/// references.
pub trait Restore: Save {
    /// Fills itself with the bytes that `from` puts into the pieces it is handed.
    ///
    /// # Errors
    ///
    /// Those of `from`.
    fn read<E>(&mut self, from: &mut impl FnMut(&mut [u8]) -> Result<(), E>) -> Result<(), E>;
}

impl<L: Layers, E: Loss> Save for Network<L, E> {
    const BYTES: usize = size_of::<Self>();
    const FINGERPRINT: u64 = Network::<L, E>::FINGERPRINT;

    fn write<Error>(&self, to: &mut impl FnMut(&[u8]) -> Result<(), Error>) -> Result<(), Error> {
        self.flat().iter().try_for_each(|value| to(value.to_bytes().get(..L::Scalar::BYTES).unwrap_or_default()))
    }

    fn not_finite(&self) -> Option<TensorName> {
        Network::not_finite(self)
    }
}

impl<L: Layers, E: Loss> Restore for Network<L, E> {
    fn read<Error>(&mut self, from: &mut impl FnMut(&mut [u8]) -> Result<(), Error>) -> Result<(), Error> {
        for value in self.flat_mut() {
            let mut bytes = [0; 8];
            from(bytes.get_mut(..L::Scalar::BYTES).unwrap_or_default())?;
            *value = L::Scalar::from_bytes(bytes);
        }
        Ok(())
    }
}

macro_rules! numbers {
    ($($t:ident)+) => {$(
        impl Save for $t {
            const BYTES: usize = size_of::<$t>();
            const FINGERPRINT: u64 = Fnv::new().bytes(stringify!($t).as_bytes()).0;

            fn write<E>(&self, to: &mut impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
                to(&self.to_le_bytes())
            }
        }

        impl Restore for $t {
            fn read<E>(&mut self, from: &mut impl FnMut(&mut [u8]) -> Result<(), E>) -> Result<(), E> {
                let mut bytes = [0; size_of::<$t>()];
                from(&mut bytes)?;
                *self = $t::from_le_bytes(bytes);
                Ok(())
            }
        }
    )+};
}

numbers! { u8 u16 u32 u64 i8 i16 i32 i64 f32 f64 }

// arrays! { [generics] [elements; count] as type } makes arrays of what can be saved.
macro_rules! arrays {
    ([$($generics:tt)*] $array:ty, $count:expr) => {
        impl<S: Save, $($generics)*> Save for $array {
            const BYTES: usize = $count * S::BYTES;
            const FINGERPRINT: u64 = Fnv::new().number($count).number64(S::FINGERPRINT).0;

            fn write<E>(&self, to: &mut impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
                self.iter().try_for_each(|value| value.write(to))
            }

            fn not_finite(&self) -> Option<TensorName> {
                self.iter().find_map(Save::not_finite)
            }
        }

        impl<S: Restore, $($generics)*> Restore for $array {
            fn read<E>(&mut self, from: &mut impl FnMut(&mut [u8]) -> Result<(), E>) -> Result<(), E> {
                self.iter_mut().try_for_each(|value| value.read(from))
            }
        }
    };
}

arrays!([const N: usize] [S; N], N);
arrays!([N: Width] Vector<N, S>, N::USIZE);

macro_rules! references {
    ($($reference:ty)+) => {$(
        impl<S: Save> Save for $reference {
            const BYTES: usize = S::BYTES;
            const FINGERPRINT: u64 = S::FINGERPRINT;

            fn write<E>(&self, to: &mut impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
                (**self).write(to)
            }

            fn not_finite(&self) -> Option<TensorName> {
                (**self).not_finite()
            }
        }
    )+};
}

references! { &S &mut S }

impl<S: Restore> Restore for &mut S {
    fn read<E>(&mut self, from: &mut impl FnMut(&mut [u8]) -> Result<(), E>) -> Result<(), E> {
        (**self).read(from)
    }
}

// tuple!(A a, B b) makes (A, B) what can be saved, then does (B,).
macro_rules! tuple {
    ($A:ident $a:ident $(, $B:ident $b:ident)*) => {
        impl<$A: Save $(, $B: Save)*> Save for ($A, $($B,)*) {
            const BYTES: usize = $A::BYTES $(+ $B::BYTES)*;
            const FINGERPRINT: u64 = Fnv::new().number64($A::FINGERPRINT)$(.number64($B::FINGERPRINT))*.0;

            fn write<Error>(&self, to: &mut impl FnMut(&[u8]) -> Result<(), Error>) -> Result<(), Error> {
                let ($a, $($b,)*) = self;
                $a.write(to)?;
                $($b.write(to)?;)*
                Ok(())
            }

            fn not_finite(&self) -> Option<TensorName> {
                let ($a, $($b,)*) = self;
                $a.not_finite()$(.or_else(|| $b.not_finite()))*
            }
        }

        impl<$A: Restore $(, $B: Restore)*> Restore for ($A, $($B,)*) {
            fn read<Error>(&mut self, from: &mut impl FnMut(&mut [u8]) -> Result<(), Error>) -> Result<(), Error> {
                let ($a, $($b,)*) = self;
                $a.read(from)?;
                $($b.read(from)?;)*
                Ok(())
            }
        }
        tuple!($($B $b),*);
    };
    () => {};
}

tuple!(A a, B b, C c, D d, E e, F f, G g, H h);
