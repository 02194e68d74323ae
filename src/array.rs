//! What layers read and write: vectors, matrices and volumes whose widths are types.

mod aligned;

pub use aligned::Aligned;
use generic_array::GenericArray;

pub use crate::plain::{ArrayLike, Plain};
use crate::scalar::{Number, Scalar};
use crate::shape::Shape;
use crate::width::{Times, U2, Width};

/// `N` numbers: `[N]`.
pub type Vector<N, T = f32> = GenericArray<T, N>;
/// `R` rows of `C` numbers: `[R × C]`, row-major.
pub type Matrix<R, C, T = f32> = Vector<R, Vector<C, T>>;
/// `H × W` places of `C` channels: `[H × W × C]`, channels last.
pub type Volume<H, W, C, T = f32> = Vector<H, Matrix<W, C, T>>;

/// A nested array of numbers with a shape. Sealed by its bounds: numbers and arrays of arrays.
pub trait Array: Plain + ArrayLike<Self> + Clone + PartialEq + core::fmt::Debug {
    /// The widths, outermost first.
    const SHAPE: Shape;
    /// The array of the same shape with an `i8` in place of each number: what a [`Quantized`](crate::Quantized) network has.
    type Int8: Array<Scalar = i8>;
}

impl<T: Number> Array for T {
    const SHAPE: Shape = Shape::SCALAR;
    type Int8 = i8;
}
impl<A: Array, N: Width> Array for GenericArray<A, N> {
    const SHAPE: Shape = A::SHAPE.of(N::USIZE);
    type Int8 = GenericArray<A::Int8, N>;
}
impl<A: Array, const M: usize> Array for [A; M] {
    const SHAPE: Shape = A::SHAPE.of(M);
    type Int8 = [A::Int8; M];
}

/// An array whose innermost numbers are channels: a vector, a matrix or a volume.
#[diagnostic::on_unimplemented(
    message = "this layer reads a vector, matrix or volume of as many channels as it is said to have",
    label = "expected such as `Vector<C>`, `Matrix<Steps, C>` or `Volume<Height, Width, C>`"
)]
pub trait Channelled: Array<Scalar: Scalar> {
    /// How many numbers stand at each place: the innermost width.
    type Channels: Width;
    /// What comes at a step of a stream: a row of a matrix, or all of what is no sequence.
    #[doc(hidden)]
    type Step: Channelled<Channels = Self::Channels, Scalar = Self::Scalar>;
}

impl<C: Width, T: Scalar> Channelled for Vector<C, T> {
    type Channels = C;
    type Step = Self;
}
impl<R: Width, C: Width, T: Scalar> Channelled for Matrix<R, C, T> {
    type Channels = C;
    type Step = Vector<C, T>;
}
impl<H: Width, W: Width, C: Width, T: Scalar> Channelled for Volume<H, W, C, T> {
    type Channels = C;
    type Step = Self;
}

/// A vector or matrix whose rows can be twice as long: what a [`Bidirectional`](crate::Bidirectional) needs of what its
/// layers write.
#[diagnostic::on_unimplemented(
    message = "a Bidirectional needs a layer that writes a vector or a matrix",
    label = "expected such as `Elman<8>` or `Elman<8, Tanh, All>`"
)]
pub trait Doubled: Channelled {
    /// It with twice as many channels.
    type Doubled: Array<Scalar = Self::Scalar>;
}

impl<C: Times<U2>, T: Scalar> Doubled for Vector<C, T> {
    type Doubled = Vector<C::Product, T>;
}
impl<R: Width, C: Times<U2>, T: Scalar> Doubled for Matrix<R, C, T> {
    type Doubled = Matrix<R, C::Product, T>;
}

/// An array that a vector of the same numbers can stand for.
pub trait Flat: Channelled {
    /// How many numbers.
    type Width: Width;
}

impl<N: Width, T: Scalar> Flat for Vector<N, T> {
    type Width = N;
}
impl<R: Times<C>, C: Width, T: Scalar> Flat for Matrix<R, C, T> {
    type Width = R::Product;
}
impl<H: Times<W::Product>, W: Times<C>, C: Width, T: Scalar> Flat for Volume<H, W, C, T> {
    type Width = H::Product;
}

/// An array of rows: what a layer over a sequence reads, a step in each row.
#[diagnostic::on_unimplemented(
    message = "a layer over a sequence reads a matrix, a step in each row",
    label = "expected `[steps, channels] => …`, or a layer before it that writes a matrix"
)]
pub trait Grid: Array<Scalar: Scalar> {
    /// How many rows.
    type Rows: Width;
    /// How many numbers in each.
    type Columns: Width;
}

impl<R: Width, C: Width, T: Scalar> Grid for Matrix<R, C, T> {
    type Rows = R;
    type Columns = C;
}

/// An image: what a convolution in two directions reads.
#[diagnostic::on_unimplemented(
    message = "a layer in two directions reads an image",
    label = "expected `[height, width, channels] => …`, or a layer before it that writes a volume"
)]
pub trait Image: Channelled {
    /// How many rows.
    type Height: Width;
    /// How many places in each.
    type Width: Width;
}

impl<H: Width, W: Width, C: Width, T: Scalar> Image for Volume<H, W, C, T> {
    type Height = H;
    type Width = W;
}

/// An array of places with the same number of channels at each: a matrix or a volume.
#[diagnostic::on_unimplemented(
    message = "a layer over all places reads a matrix or a volume",
    label = "expected `[steps, channels] => …` or `[height, width, channels] => …`, or a layer before it that writes such"
)]
pub trait Places: Channelled {}

impl<R: Width, C: Width, T: Scalar> Places for Matrix<R, C, T> {}

impl<H: Width, W: Width, C: Width, T: Scalar> Places for Volume<H, W, C, T> {}

/// The tape of a layer: its output, and what else its backward pass needs.
#[derive(Clone, Debug, PartialEq)]
#[repr(C)]
pub struct Slot<Y, K = ()> {
    /// The output.
    pub y: Y,
    /// ∂J/∂y, of the shape of `y`.
    pub dy: Y,
    /// What a forward pass keeps besides.
    pub kept: K,
}
