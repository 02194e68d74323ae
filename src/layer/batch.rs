mod by_rows;

use core::slice::{from_mut, from_ref};

pub(crate) use by_rows::{descend_by_rows, descend_some, step_by_rows, step_some};

use crate::activation::Activation;
use crate::array::Array;
use crate::kernel;
use crate::layer::{Layer, Parameters, Slot};
use crate::lines::{Inputs, Lines, LinesMut};
use crate::penalty::{Penalty, Step};
use crate::scalar::{Accumulator, Scalar, is_wide};

/// What a layer does for several samples at once, and an online step: the layer's fast ways.
///
/// [`parameters!`](crate::parameters) provides it by [`Layer::backward`]; `of T, Batch` in it leaves the implementation to
/// the layer, which may have kernels for some of the methods. All have the bits of one sample after the other; the gradient
/// checker of feature `dev` compares them.
///
/// A backward pass has two halves: first [`errors`](Batch::errors), from the last layer to the first; then, for each layer
/// in any order, [`sums`](Batch::sums) of any part of the gradient, by several threads at once, or a
/// [`step`](Batch::step).
pub trait Batch: Layer {
    /// [`Layer::record`] of each sample, over the shorter of `xs` and `tapes`.
    #[inline]
    fn record_batch(&self, xs: Inputs<Self::Input>, mut tapes: LinesMut<Self::Tape>) {
        xs.iter().zip(tapes.iter_mut()).for_each(|(x, tape)| self.record(x, tape));
    }

    /// From `∂J/∂y` on the tapes to `∂J/∂x` in `dxs`, which is `None` where nobody reads it; and on the tapes what
    /// [`sums`](Batch::sums) and [`step`](Batch::step) need.
    ///
    /// Provided by way of a gradient on the stack.
    #[inline]
    fn errors(&self, xs: Inputs<Self::Input>, mut tapes: LinesMut<Self::Tape>, dxs: Option<LinesMut<Self::Input>>) {
        let Some(mut dxs) = dxs else { return };
        let mut grad = Self::ZERO;
        for ((x, tape), dx) in xs.iter().zip(tapes.iter_mut()).zip(dxs.iter_mut()) {
            if Self::COUNT == 0 {
                self.backward(x, tape, &mut grad, Some(dx));
            } else {
                // The sums need dy, which a backward pass may overwrite.
                self.backward(x, &mut tape.clone(), &mut grad, Some(dx));
            }
        }
    }

    /// Adds `∂J/∂Θ` of each sample, in their order, to a part of a gradient.
    ///
    /// Provided by way of a gradient on the stack.
    #[inline]
    fn sums(&self, xs: Inputs<Self::Input>, tapes: Lines<Self::Tape>, part: Part<Self::Scalar>) {
        if Self::COUNT == 0 {
            return;
        }
        let mut grad = Self::ZERO;
        part.of(grad.flat_mut()).iter_mut().zip(&*part.numbers).for_each(|(to, &from)| *to = from);
        for (x, tape) in xs.iter().zip(tapes.iter()) {
            self.backward(x, &mut tape.clone(), &mut grad, None);
        }
        let sums = part.of(grad.flat_mut());
        part.numbers.iter_mut().zip(sums).for_each(|(to, &mut from)| *to = from);
    }

    /// The [`Step`] by the gradient of the samples, which is their [`sums`](Batch::sums) from +0.
    ///
    /// Provided by way of a gradient on the stack.
    #[inline]
    fn step<P: Penalty>(&mut self, xs: Inputs<Self::Input>, tapes: Lines<Self::Tape>, step: Step<P>) {
        if !Self::LEARNS {
            return;
        }
        let mut grad = Self::ZERO;
        self.sums(xs, tapes, Part { start: 0, numbers: grad.flat_mut() });
        stepped(self, &grad, step);
    }

    /// One step down the gradient of one sample, `Θ ← Θ − rate · ∂J/∂Θ`   (T 1.3.2), and ∂J/∂x by the
    /// parameters as they were.
    ///
    /// Provided by way of a gradient on the stack.
    #[inline]
    fn descend(&mut self, x: &Self::Input, tape: &mut Self::Tape, rate: Self::Scalar, dx: Option<&mut Self::Input>) {
        let mut grad = Self::ZERO;
        self.backward(x, tape, &mut grad, dx);
        kernel::axpy(-rate, grad.flat(), self.flat_mut());
    }
}

/// The step by a gradient that is in memory.
#[inline]
pub(crate) fn stepped<L: Parameters, P: Penalty>(layer: &mut L, sums: &L, step: Step<P>) {
    L::tensors(|t| step_of(step, t.penalised(), t.of_mut(layer.flat_mut()), t.of(sums.flat())));
}

/// The step of some parameters of one tensor.
#[inline(always)]
fn step_of<P: Penalty, T: Scalar>(step: Step<P>, penalised: bool, old: &mut [T], sums: &[T]) {
    old.iter_mut().zip(sums).for_each(|(w, &sum)| {
        *w = match penalised {
            _ if P::DITHERS && const { is_wide::<T>() } => step.wide(penalised, *w, T::Accumulator::of(sum)),
            true => step.weight(*w, sum),
            false => step.bias(*w, sum),
        };
    });
}

/// A part of a layer's gradient: numbers of the [flat](crate::Plain::flat) slice that begin and end where a row of a
/// tensor does, the last of its widths.
#[derive(Debug)]
pub struct Part<'a, T> {
    /// The place of the first in the flat slice.
    pub start: usize,
    /// The numbers.
    pub numbers: &'a mut [T],
}

impl<T> Part<'_, T> {
    /// These numbers of a layer's flat slice.
    #[inline(always)]
    pub fn of<'b>(&self, flat: &'b mut [T]) -> &'b mut [T] {
        flat.get_mut(self.start..self.start + self.numbers.len()).unwrap_or_default()
    }

    /// What is before place `at` of the flat slice, and what is from there on, as a part of what begins there.
    #[inline(always)]
    pub fn split(&mut self, at: usize) -> (Part<'_, T>, Part<'_, T>) {
        let (a, b) = self.numbers.split_at_mut(at.saturating_sub(self.start).min(self.numbers.len()));
        (Part { start: self.start, numbers: a }, Part { start: self.start.saturating_sub(at), numbers: b })
    }
}

/// [`Batch::errors`] of one sample.
#[inline]
pub(crate) fn errors_of_one<L: Batch>(layer: &L, x: &L::Input, tape: &mut L::Tape, dx: Option<&mut L::Input>) {
    layer.errors(from_ref(x).into(), from_mut(tape).into(), dx.map(|dx| from_mut(dx).into()));
}

/// [`Layer::backward`] by [`Batch::errors`] and [`Batch::sums`].
#[inline]
pub(crate) fn backward_by_halves<L: Batch>(
    layer: &L,
    x: &L::Input,
    tape: &mut L::Tape,
    grad: &mut L,
    dx: Option<&mut L::Input>,
) {
    errors_of_one(layer, x, tape, dx);
    layer.sums(from_ref(x).into(), from_ref(&*tape).into(), Part { start: 0, numbers: grad.flat_mut() });
}

/// From dy to δ, in its place, on the tapes of a layer that ends in `A`: `δ = dy ⊙ g′(z)`   (T 2.5.8).
#[inline]
pub(crate) fn deltas<A: Activation, Y: Array<Scalar: Scalar>>(mut tapes: LinesMut<Slot<Y>>) {
    for tape in tapes.iter_mut() {
        kernel::through::<A, _>(tape.y.flat(), tape.dy.flat_mut());
    }
}

/// The arrays, the tape and [`Layer::forward`] of a layer that makes of an `X` another, by its method `all`.
macro_rules! same_shape {
    ($X:ident) => {
        type Input = $X;
        type Output = $X;
        type Tape = $crate::layer::Slot<$X>;

        #[inline]
        fn forward(&self, x: &$X, y: &mut $X) {
            self.all(x.flat(), y.flat_mut());
        }
    };
}
pub(super) use same_shape;
