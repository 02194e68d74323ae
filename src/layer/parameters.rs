use crate::array::Plain;
use crate::scalar::Scalar;
use crate::shape::Shape;

/// Values that are parameters: one flat slice, and a description of the tensors in it.
///
/// Optimisers, checkpoints, initialisers and gradient checks use only this. Implemented by
/// [`parameters!`](crate::parameters).
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
///
/// network! { type Net = 2 => Dense<3, Tanh> => Dense<1>, loss = SquaredError; }
/// let mut lines = vec![];
/// Net::tensors(|t| lines.push(format!("{} {} {} from {}", t.layer, t.name, t.shape, t.start)));
/// assert_eq!(lines, ["0 bias 3 from 0", "0 weight 2×3 from 3", "1 bias 1 from 9", "1 weight 3×1 from 10"]);
/// ```
pub trait Parameters: Plain<Scalar: Scalar> {
    /// The type's name, for checkpoints and messages.
    const NAME: &'static str;

    /// Whether steps down the gradient change any of them. Where they don't, a chain computes no ∂J/∂y for the layer
    /// unless a layer before it needs one.
    const LEARNS: bool;

    /// Calls `visit` with each tensor, in the order of the flat slice.
    fn tensors(visit: impl FnMut(Tensor));
}

/// One named array among the parameters.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
///
/// type Line = Network<Dense<U2, U1>, SquaredError>;
/// let (mut net, mut names) = (Line::ZERO, vec![]);
/// Line::tensors(|tensor| {
///     names.push((tensor.name, tensor.penalised()));
///     tensor.of_mut(net.parameters_mut()).fill(0.5);
/// });
/// assert_eq!(names, [("bias", false), ("weight", true)]);
/// assert_eq!(net.parameters(), [0.5; 3]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tensor {
    /// The layer that it belongs to, from 0.
    pub layer: usize,
    /// Its name in that layer, such as `"weight"`.
    pub name: &'static str,
    /// Its shape.
    pub shape: Shape,
    /// Where it starts in the flat slice of parameters.
    pub start: usize,
    /// What it does.
    pub role: Role,
}

impl Tensor {
    /// Whether a penalty on the size of weights includes it: the bias is left out   (T 1.2.4).
    #[inline(always)]
    pub const fn penalised(&self) -> bool {
        matches!(self.role, Role::Weight { .. })
    }

    /// Its numbers, in the flat slice of the parameters that it was described for.
    #[inline(always)]
    pub fn of<'a, T>(&self, parameters: &'a [T]) -> &'a [T] {
        parameters.get(self.start..self.start + self.shape.count()).unwrap_or_default()
    }

    /// Its numbers, in the flat slice of the parameters that it was described for.
    #[inline(always)]
    pub fn of_mut<'a, T>(&self, parameters: &'a mut [T]) -> &'a mut [T] {
        parameters.get_mut(self.start..self.start + self.shape.count()).unwrap_or_default()
    }
}

/// What a tensor does in its layer: how it starts, and whether it is penalised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Role {
    /// Weights from `fan_in` units to `fan_out` units: start random, are penalised.
    Weight {
        /// How many units an output of the tensor reads.
        fan_in: usize,
        /// How many units an input of the tensor reaches.
        fan_out: usize,
    },
    /// The weights of the unit that is always 1: start at 0, or random.
    Bias {
        /// How many units an output of the layer reads, this one left out.
        fan_in: usize,
        /// How many units the bias reaches.
        fan_out: usize,
    },
    /// Factors: start at 1.
    Gain,
    /// Numbers measured from data: no initialiser and no step changes them, and their gradient is 0.
    Statistic,
}

/// Declares a type whose values are parameters: a struct of [arrays](crate::array) of one scalar.
///
/// After `of` stands the scalar; after each field, its [`Role`]. The type gets the bounds as they are
/// written, [`Plain`], [`Parameters`], and nothing else: what it computes is for [`Layer`](crate::Layer)
/// to say, where there is an example.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::Role;
///
/// parameters! {
///     /// Two vectors.
///     pub struct ScaleAndShift<N: Width, T: Scalar = f32> of T {
///         gain: Vector<N, T> = Role::Gain,
///         shift: Vector<N, T> = Role::Bias { fan_in: 1, fan_out: 1 },
///     }
/// }
///
/// let mut value = ScaleAndShift::<U2>::ZERO;
/// value.flat_mut().copy_from_slice(&[1.0, 2.0, 3.0, 4.0]);
/// assert_eq!((value.gain[1], value.shift[0]), (2.0, 3.0));
/// ```
// `#![allow(unsafe_code)]` in front is for this crate, whose own lint sees the macro's `unsafe impl`.
//
// parameters! { struct Scale<N: Width> of f32 { gain: Vector<N> = Role::Gain } } expands to
//
//     #[repr(C)] struct Scale<N: Width> { gain: Vector<N>, marker: PhantomData<fn() -> (N,)> }
//     unsafe impl<N: Width> Plain for Scale<N> { type Scalar = f32; const COUNT: usize = 0 + count::<f32, Vector<N>>(); }
//     impl<N: Width> Layers for Scale<N> where Self: Layer { … }
//     impl<N: Width> Parameters for Scale<N> { fn tensors(…) { visit(Tensor { name: "gain", … }) } }
#[macro_export]
macro_rules! parameters {
    (
        $(#![$lint:meta])*
        $(#[$meta:meta])*
        $vis:vis struct $name:ident<$($p:ident: $bound:path $(= $default:ty)?),* $(,)?> of $scalar:ty $(as $label:path)? $(, $own:ident)* {
            $($(#[$field_meta:meta])* $field_vis:vis $field:ident: $ty:ty = $role:expr),* $(,)?
        }
    ) => {
        $(#[$meta])*
        #[repr(C)]
        $vis struct $name<$($p: $bound $(= $default)?),*> {
            $($(#[$field_meta])* $field_vis $field: $ty,)*
            #[doc(hidden)]
            marker: ::core::marker::PhantomData<fn() -> ($($p,)*)>,
        }

        $(#[$lint])*
        // SAFETY: `repr(C)`, and each field is plain and of the one scalar: `count` demands it.
        unsafe impl<$($p: $bound),*> $crate::array::Plain for $name<$($p),*> {
            type Scalar = $scalar;
            const COUNT: usize = 0 $(+ $crate::__count::<$scalar, $ty>())*;
        }

        $crate::__layers! { [$($p: $bound),*] $name<$($p),*> }
        $crate::__stack! { ($($own)*) [$($p: $bound),*] $name<$($p),*> }

        impl<$($p: $bound),*> $crate::layer::Parameters for $name<$($p),*> {
            const NAME: &'static str = $crate::__label!($name $($label)?);
            const LEARNS: bool =
                false $(|| <$ty as $crate::array::Plain>::COUNT > 0 && !::core::matches!($role, $crate::layer::Role::Statistic))*;

            #[inline(always)]
            #[allow(unused_mut, unused_variables, unused_assignments)]
            fn tensors(mut visit: impl ::core::ops::FnMut($crate::layer::Tensor)) {
                let mut start = 0;
                $(
                    let shape = <$ty as $crate::array::Array>::SHAPE;
                    if shape.count() > 0 {
                        visit($crate::layer::Tensor { layer: 0, name: ::core::stringify!($field), shape, start, role: $role });
                    }
                    start += shape.count();
                )*
            }
        }
    };
}

/// The name of a type of parameters: its own, or one that stands behind `as`.
#[doc(hidden)]
#[macro_export]
macro_rules! __label {
    ($name:ident) => {
        ::core::stringify!($name)
    };
    ($name:ident $label:path) => {
        $label
    };
}
