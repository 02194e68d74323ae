//! The networks over windows: the same peer in `f32` and in `Fused`, with a stream where the network has one.

use nanoprop::layer::{InputOf, OutputOf, TapeOf};
use nanoprop::prelude::*;
use nanoprop::{EmitOf, Fused, StreamOf};
use nanoprop_peers::{Aligned, BATCH, Data, POOL, Peer, Quantity, RATE, Ready};

/// A network in both scalars. For one, `net!(Lstm16, FusedLstm16 = [64, 1] => Lstm<16> => Dense<1>, SquaredError)` is
///
/// ```text
/// network! { type Lstm16 = [64, 1] => Lstm<16> => Dense<1>, loss = SquaredError; }
/// network! { type FusedLstm16 = [64, 1] => Lstm<16> => Dense<1>, loss = SquaredError, scalar = Fused; }
/// ```
macro_rules! net {
    ($name:ident, $fused:ident, $loss:ident, $($layers:tt)+) => {
        network! { type $name = $($layers)+, loss = $loss; }
        network! { type $fused = $($layers)+, loss = $loss, scalar = Fused; }
    };
}

net!(Lstm16, FusedLstm16, SquaredError, [64, 1] => Lstm<16> => Dense<1>);
net!(Lstm40, FusedLstm40, SquaredError, [64, 1] => Lstm<40> => Dense<1>);
net!(Gru8, FusedGru8, SquaredError, [64, 1] => Gru<8> => Dense<1>);
net!(Sensor, FusedSensor, SoftmaxCrossEntropy,
    [64, 3] => Conv1d<16, 5, Relu> => Conv1d<32, 3, Relu> => Flatten => Dense<5>);
net!(LeNet, FusedLeNet, SoftmaxCrossEntropy,
    [28, 28, 1] => Conv2d<6, 5, Relu, padding = same> => MaxPool2d<2> => Conv2d<16, 5, Relu> => MaxPool2d<2>
    => Flatten => Dense<120, Relu> => Dense<84, Relu> => Dense<10>);
net!(Causal, FusedCausal, SquaredError,
    [64, 1] => Conv1d<16, 3, Relu, padding = causal> => Conv1d<16, 3, Relu, dilation = 2, padding = causal>
    => Conv1d<16, 3, Relu, dilation = 4, padding = causal> => Conv1d<16, 3, Relu, dilation = 8, padding = causal>
    => Conv1d<1, 1>);

fn arrays<A: nanoprop::Array>(numbers: &[f32]) -> Vec<A>
where
    A::Scalar: From<f32>,
{
    let array = |numbers: &[f32]| {
        let mut array = A::ZERO;
        array.flat_mut().iter_mut().zip(numbers).for_each(|(to, &x)| *to = x.into());
        array
    };
    numbers.chunks(A::ZERO.flat().len()).map(array).collect()
}

/// The peer for one type of network, on samples of the second's, which has them in f32; with `stream`, of a network that has
/// one.
macro_rules! peer {
    ($name:ident, $net:ty, $samples:ty $(, $stream:ident)?) => {
        struct $name {
            net: Box<Aligned<$net>>,
            tapes: Box<Aligned<[TapeOf<$net>; BATCH]>>,
            inputs: Vec<InputOf<$samples>>,
            targets: Vec<OutputOf<$samples>>,
            out: OutputOf<$net>,
            $(
                /// Its state, and what the last step gave.
                $stream: Box<Aligned<(StreamOf<$net>, Option<EmitOf<$net>>)>>,
                steps: &'static [f32],
            )?
        }

        impl Peer for $name {
            const DOES: &'static [Quantity] = &Quantity::ALL;

            fn new(data: &'static Data) -> Self {
                let mut net = Box::new(Aligned(<$net>::ZERO));
                net.parameters_mut().iter_mut().zip(data.weights()).for_each(|(to, &w)| *to = w.into());
                $name {
                    net,
                    tapes: Box::new(Aligned([<$net>::TAPE; BATCH])),
                    inputs: arrays(data.inputs()),
                    targets: arrays(data.targets()),
                    out: <OutputOf<$net>>::ZERO,
                    $(
                        $stream: Box::new(Aligned((<$net>::STREAM, None))),
                        steps: data.inputs(),
                    )?
                }
            }

            fn forward(&mut self, i: usize) {
                $(self.$stream.1 = None;)?
                self.out = self.net.predict(&self.inputs[i % POOL]);
            }

            fn online(&mut self, i: usize) {
                let i = i % POOL;
                self.net.descend(&self.inputs[i], &self.targets[i], RATE.into(), &mut self.tapes[0]);
            }

            fn batch_step(&mut self, i: usize) {
                let samples = (&self.inputs[i * BATCH..][..BATCH], &self.targets[i * BATCH..][..BATCH]);
                self.net.step_batch(&samples, NoPenalty, RATE.into(), &mut self.tapes);
            }

            $(fn stream(&mut self, i: usize) {
                let (state, emitted) = &mut self.$stream.0;
                *emitted = self.net.stream(&[self.steps[i % POOL]], state);
            })?

            fn outputs(&self) -> Vec<f32> {
                $(if let Some(h) = &self.$stream.1 {
                    return h.flat().iter().map(|&h| h.into()).collect();
                })?
                self.out.flat().iter().map(|&h| h.into()).collect()
            }
        }
    };
}

peer!(OfLstm16, Lstm16, Lstm16, stream);
peer!(OfFusedLstm16, FusedLstm16, Lstm16, stream);
peer!(OfLstm40, Lstm40, Lstm40, stream);
peer!(OfFusedLstm40, FusedLstm40, Lstm40, stream);
peer!(OfGru8, Gru8, Gru8, stream);
peer!(OfFusedGru8, FusedGru8, Gru8, stream);
peer!(OfSensor, Sensor, Sensor);
peer!(OfFusedSensor, FusedSensor, Sensor);
peer!(OfLeNet, LeNet, LeNet);
peer!(OfFusedLeNet, FusedLeNet, LeNet);
peer!(OfCausal, Causal, Causal, stream);
peer!(OfFusedCausal, FusedCausal, Causal, stream);

/// The peer of a network over windows.
pub(crate) fn ready(data: &'static Data, fused: bool) -> Ready {
    match data.net.name {
        "lstm-16" if fused => Ready::new::<OfFusedLstm16>(data),
        "lstm-40" if fused => Ready::new::<OfFusedLstm40>(data),
        "gru-8" if fused => Ready::new::<OfFusedGru8>(data),
        "sensor" if fused => Ready::new::<OfFusedSensor>(data),
        "lenet" if fused => Ready::new::<OfFusedLeNet>(data),
        "causal" if fused => Ready::new::<OfFusedCausal>(data),
        "lstm-16" => Ready::new::<OfLstm16>(data),
        "lstm-40" => Ready::new::<OfLstm40>(data),
        "gru-8" => Ready::new::<OfGru8>(data),
        "sensor" => Ready::new::<OfSensor>(data),
        "lenet" => Ready::new::<OfLeNet>(data),
        _ => Ready::new::<OfCausal>(data),
    }
}
