mod freeze;

use core::marker::PhantomData;

pub use freeze::Freeze;

use crate::array::Plain;
use crate::layer::{Batch, Inputs, Layer, LinesMut, Parameters, Plan, Stack, Tensor};

/// Where the weights of a [`Frozen`] layer are. Implemented by [`frozen!`](crate::frozen).
pub trait Weights: 'static {
    /// The layer, or a network, whose layers are meant then, without its loss; or a `Half` network.
    type Layer: Freeze;

    /// The weights, such as a `static` in flash.
    fn weights() -> &'static Self::Layer;
}

/// A layer that has learned: its weights stay where they are, in flash, while the layers around it learn.
///
/// To a network it is a layer without parameters: it has no place in RAM, in a gradient, an optimiser or a
/// checkpoint. In front of all that learns, it has no backward pass either; behind a layer that learns, it gives
/// ∂J/∂x, as [`Batch::errors`] does.
///
/// # Equations
///
/// `y = f(x)`, `dx = ∂f/∂x · dy`, both with the bits of the layer.
///
/// # Shapes
///
/// Those of the layer.
///
/// # Memory
///
/// No parameters; the tape of the layer. Of a `Half` network, whose weights take half of the flash, the
/// tape is its output and ∂J/∂y only; behind a layer that learns, its layers then run anew for ∂J/∂x, each by a copy in `f32` on the
/// stack.
///
/// # Example
///
/// A network is trained where there is room for it; on the device, its last layer goes on learning:
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::{Online, OutOfRange};
///
/// network! { type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy; }
/// static TRAINED: Digits = Digits::ZERO; // or load!(Digits, "digits.nprp")
///
/// frozen! {
///     /// From pixels to features.
///     pub struct Features: Dense<U64, U32, Sigmoid> = TRAINED.layers().0;
/// }
/// network! { type Learner = 64 => (Frozen<Features>) => Dense<10>, loss = SigmoidCrossEntropy; }
///
/// const _: () = budget!(Learner, Online, ram = 2 * 1024); // Digits takes 9976
/// let (mut net, mut tape) = (Learner::ZERO, Learner::TAPE);
/// net.layers_mut().1.flat_mut().copy_from_slice(TRAINED.layers().1.flat());
/// net.descend(&[0.5; 64], &Class::<U10>::new(7)?, 0.5, &mut tape);
/// assert_eq!(net.classify(&[0.5; 64]), 7);
///
/// assert_eq!(
///     Learner::PLAN.to_string(),
///     " 1  Dense sigmoid  64 → 32  2080 frozen parameters\n 2  Dense identity  32 → 10  330 parameters\n",
/// );
/// # Ok::<(), OutOfRange>(())
/// ```
///
/// A checkpoint of `Learner` has the last layer only, and does not know which weights it was trained on.
pub struct Frozen<W: Weights>(PhantomData<fn() -> W>);

// SAFETY: nothing, of no size.
#[allow(unsafe_code)]
unsafe impl<W: Weights> Plain for Frozen<W> {
    type Scalar = <W::Layer as Freeze>::Scalar;
    const COUNT: usize = 0;
}

impl<W: Weights> Parameters for Frozen<W> {
    const NAME: &'static str = "Frozen";
    const LEARNS: bool = false;

    #[inline(always)]
    fn tensors(_: impl FnMut(Tensor)) {}
}

crate::__layers! { [W: Weights] Frozen<W> }

impl<W: Weights> Layer for Frozen<W> {
    type Input = <W::Layer as Freeze>::Input;
    type Output = <W::Layer as Freeze>::Output;
    type Tape = <W::Layer as Freeze>::Tape;

    #[inline]
    fn forward(&self, x: &Self::Input, y: &mut Self::Output) {
        W::weights().frozen_forward(x, y);
    }

    #[inline]
    fn record(&self, x: &Self::Input, tape: &mut Self::Tape) {
        W::weights().frozen_record(x, tape);
    }

    #[inline]
    fn backward(&self, x: &Self::Input, tape: &mut Self::Tape, _: &mut Self, dx: Option<&mut Self::Input>) {
        dx.into_iter().for_each(|dx| W::weights().frozen_errors(x, tape, dx));
    }
}

/// The first half of the layer's backward pass; there are no sums.
impl<W: Weights> Batch for Frozen<W> {
    fn record_batch(&self, xs: Inputs<Self::Input>, tapes: LinesMut<Self::Tape>) {
        W::weights().frozen_record_batch(xs, tapes);
    }

    fn errors(&self, xs: Inputs<Self::Input>, tapes: LinesMut<Self::Tape>, dxs: Option<LinesMut<Self::Input>>) {
        if let Some(dxs) = dxs {
            W::weights().frozen_errors_batch(xs, tapes, dxs);
        }
    }
}

impl<W: Weights> Stack for Frozen<W> {
    const PLAN: &'static Plan = &Plan::frozen(W::Layer::FROZEN);
    const LAYERS: usize = W::Layer::SLICES;
    type Step = <W::Layer as Freeze>::Step;
    type Emit = <W::Layer as Freeze>::Emit;
    type Stream = <W::Layer as Freeze>::Stream;

    fn start(tape: &mut Self::Tape, stream: &Self::Stream) {
        W::Layer::frozen_start(tape, stream);
    }

    fn carry(tape: &mut Self::Tape) {
        W::Layer::frozen_carry(tape);
    }

    fn stream(&self, x: &Self::Step, stream: &mut Self::Stream, y: &mut Self::Emit) -> bool {
        W::weights().frozen_stream(x, stream, y)
    }

    fn record_one(&self, layer: usize, x: &Self::Input, tape: &mut Self::Tape) {
        W::weights().frozen_record_one(layer, x, tape);
    }

    fn errors_one(&self, layer: usize, x: &Self::Input, tape: &mut Self::Tape, dx: &mut Self::Input) {
        W::weights().frozen_errors_one(layer, x, tape, dx);
    }

    fn descend_one(
        &mut self,
        layer: usize,
        x: &Self::Input,
        tape: &mut Self::Tape,
        _: Self::Scalar,
        dx: Option<&mut Self::Input>,
    ) {
        dx.into_iter().for_each(|dx| W::weights().frozen_errors_one(layer, x, tape, dx));
    }
}

/// Declares where the weights of a [`Frozen`] layer are: a type that names them.
///
/// ```
/// use nanoprop::prelude::*;
///
/// type Body = Network<(Dense<U64, U32, Relu>, Dense<U32, U16, Relu>), SquaredError>;
/// static BODY: Body = Body::ZERO; // or load!(Body, "body.nprp")
///
/// frozen! {
///     /// Both layers.
///     pub struct Features: Body = &BODY;
///     struct First: Dense<U64, U32, Relu> = BODY.layers().0;
/// }
/// type Net = Network<(Frozen<Features>, Dense<U16, U10>), SoftmaxCrossEntropy>;
/// assert_eq!(Net::PARAMETERS, 17 * 10);
/// ```
// frozen! { struct First: Layer = BODY.layers().0; } expands to
//
//     struct First;
//     impl Weights for First { type Layer = Layer; fn weights() -> &'static Layer { BODY.layers().0 } }
#[macro_export]
macro_rules! frozen {
    ($($(#[$meta:meta])* $vis:vis struct $name:ident: $layer:ty = $weights:expr;)+) => {$(
        $(#[$meta])*
        $vis struct $name;

        impl $crate::layer::Weights for $name {
            type Layer = $layer;

            #[inline(always)]
            fn weights() -> &'static $layer {
                $weights
            }
        }
    )+};
}
