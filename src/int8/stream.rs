use crate::array::{Array, Plain};
use crate::int8::{Int8Layer, Quantize, hand_on};
use crate::network::Link;
use crate::shape::Text;

/// What the form in integers of a layer or network reads at a step of a stream.
pub type Int8StepOf<L> = <<L as Quantize>::Int8 as Int8Stream>::Step;
/// What it writes at a step of a stream.
pub type Int8EmitOf<L> = <<L as Quantize>::Int8 as Int8Stream>::Emit;
/// What it remembers from one step of a stream to the next.
pub type Int8StreamOf<L> = <<L as Quantize>::Int8 as Int8Stream>::Stream;

/// A layer in integers, one step of a stream at a time.
pub trait Int8Stream: Int8Layer {
    /// What it reads at a step of a [`stream`](crate::Quantized::stream): a row of a sequence where it is recurrent, else all.
    type Step: Array;
    /// What it writes at a step.
    type Emit: Array;
    /// What it remembers from one step to the next.
    type Stream: Clone;

    /// Where a stream starts.
    fn start(&self) -> Self::Stream;

    /// One step of a stream.
    fn stream(&self, x: &Self::Step, stream: &mut Self::Stream, y: &mut Self::Emit);
}

/// The stream of a layer that reads all of its input at once.
macro_rules! at_once {
    ([$($generics:tt)*] $layer:ty) => {
        impl<$($generics)*> $crate::int8::Int8Stream for $layer {
            type Step = <Self as $crate::int8::Int8Layer>::Input;
            type Emit = <Self as $crate::int8::Int8Layer>::Output;
            type Stream = ();

            #[inline(always)]
            fn start(&self) {}

            #[inline(always)]
            fn stream(&self, x: &Self::Step, (): &mut (), y: &mut Self::Emit) {
                $crate::int8::Int8Layer::forward(self, x, y);
            }
        }
    };
}
pub(super) use at_once;

impl<A: Int8Stream, B: Int8Stream> Int8Stream for Link<A, B> {
    type Step = A::Step;
    type Emit = B::Emit;
    type Stream = (A::Stream, B::Stream);

    fn start(&self) -> Self::Stream {
        (self.0.start(), self.1.start())
    }

    fn stream(&self, x: &A::Step, stream: &mut Self::Stream, y: &mut B::Emit) {
        const { step_by_step::<A::Emit, B::Step>() }
        let mut between = A::Emit::ZERO;
        self.0.stream(x, &mut stream.0, &mut between);
        hand_on(&between, || self.between(), |x| self.1.stream(x, &mut stream.1, y));
    }
}

/// Refuses a stream in which a layer reads another number of values than the one before it writes at a step.
const fn step_by_step<X: Array, Y: Array>() {
    if !X::SHAPE.same(&Y::SHAPE) {
        let text =
            Text::new().words("a layer reads ").shape(Y::SHAPE).words(" values at once, but the one before it writes ");
        panic!("{}", text.shape(X::SHAPE).words(" at each step of a stream").as_str());
    }
}
