use super::batch::errors_of_one;
use crate::array::Array;
use crate::kernel::Walk;
use crate::layer::{Batch, Plan, StreamState};
#[cfg(feature = "dev")]
use crate::lines::Lines;

/// What a chain knows of its parts. Sealed: `parameters!` implements it.
#[doc(hidden)]
pub trait Stack: Batch + crate::network::__Sealed {
    /// What the fit check, checkpoints and summaries know of the layers.
    const PLAN: &'static Plan;

    /// Why the layer can't be, as `has a window that spans 5 of the 3 steps that it reads`; empty where it can.
    const FAULT: &'static str = "";

    /// Why it can't run step by step, as `pads behind the last step`; empty where it can.
    const WAITS: &'static str = "";

    /// Why a window can't go on where another ended, as `reads its steps from the last on, too`; empty
    /// where it can.
    const ANEW: &'static str = "";

    /// What it reads at a step of a stream: a row of a sequence, or all of what is no sequence.
    type Step: Array;

    /// What it writes at a step.
    type Emit: Array<Scalar = Self::Scalar>;

    /// What it remembers from one step to the next.
    type Stream: StreamState;

    /// One step of a stream; whether it wrote `y`.
    fn stream(&self, x: &Self::Step, stream: &mut Self::Stream, y: &mut Self::Emit) -> bool;

    /// The window that a tape records next goes on from this state of a stream.
    #[inline]
    fn start(_tape: &mut Self::Tape, _stream: &Self::Stream) {}

    /// The window that a tape records next goes on where the one that it recorded last ended.
    #[inline]
    fn carry(_tape: &mut Self::Tape) {}

    /// How many of its layers have statistics that are measured of what they read.
    const MEASURED: usize = 0;

    /// Takes what these layers read into their statistics, by this weight, or what one of them read, from 0: `tape` is that
    /// of `x`.
    #[inline]
    fn observe(&mut self, _which: Option<usize>, _x: &Self::Input, _tape: &Self::Tape, _weight: f64) {}

    /// How many layers one after the other.
    const LAYERS: usize = 1;

    /// How many numbers its layers write, all of them, where they are [`Dense`](crate::Dense) and so narrow that a batch
    /// can have a sample in each lane; else 0.
    const NARROW: usize = 0;

    /// Shows its layers, where they are narrow.
    #[inline(always)]
    fn walk(_: &mut impl Walk) {}

    /// Shows the gradient checker each layer, with what it reads of several inputs; `first` is the number of the first.
    #[cfg(feature = "dev")]
    fn visit(&self, first: usize, xs: Lines<Self::Input>, visitor: &mut impl crate::dev::Visit) {
        visitor.layer(self, first, xs);
    }

    /// [`Layer::record`] of one of the layers, from 0.
    #[inline]
    fn record_one(&self, _layer: usize, x: &Self::Input, tape: &mut Self::Tape) {
        self.record(x, tape);
    }

    /// [`Batch::errors`] of one of the layers and one sample.
    #[inline]
    fn errors_one(&self, _layer: usize, x: &Self::Input, tape: &mut Self::Tape, dx: &mut Self::Input) {
        errors_of_one(self, x, tape, Some(dx));
    }

    /// [`Batch::descend`] of one of the layers.
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
}

// stack! { (…) [L: Bound] Type } makes a layer a part of chains, and gives it the loops of `Batch` unless it is named in
// the parentheses, as what the type implements itself.
#[doc(hidden)]
#[macro_export]
macro_rules! __stack {
    (() [$($generics:tt)*] $layer:ty) => {
        impl<$($generics)*> $crate::layer::Batch for $layer where Self: $crate::layer::Layer {}
        $crate::__stack! { (Batch) [$($generics)*] $layer }
    };
    ((Batch) [$($generics:tt)*] $layer:ty) => {
        impl<$($generics)*> $crate::layer::Stack for $layer
        where
            Self: $crate::layer::Batch,
        {
            const PLAN: &'static $crate::layer::Plan = &$crate::layer::Plan::leaf::<Self>();
            $crate::__at_once! {}
        }
    };
    ((Batch Stack) [$($generics:tt)*] $layer:ty) => {};
}

/// What [`Stack`] asks of a layer that does the same at each place of an `X`, by its method `all`: a step is a row of a matrix,
/// and nothing is remembered.
macro_rules! row_by_row {
    ($X:ident) => {
        type Step = $X::Step;
        type Emit = $X::Step;
        type Stream = ();

        #[inline]
        fn stream(&self, x: &$X::Step, _: &mut (), y: &mut $X::Step) -> bool {
            self.all(x.flat(), y.flat_mut());
            true
        }
    };
}
pub(super) use row_by_row;

/// What [`Stack`] asks of a layer that reads all of its input at once: each is a step, and nothing is remembered.
#[doc(hidden)]
#[macro_export]
macro_rules! __at_once {
    () => {
        type Step = <Self as $crate::layer::Layer>::Input;
        type Emit = <Self as $crate::layer::Layer>::Output;
        type Stream = ();

        #[inline]
        fn stream(&self, x: &Self::Step, _: &mut (), y: &mut Self::Emit) -> bool {
            $crate::layer::Layer::forward(self, x, y);
            true
        }
    };
}
