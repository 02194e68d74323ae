//! nanoprop, built as its users build it: `cargo build --release`, no flags.
//!
//! `nanoprop [fused] [portable|sse2|avx2|avx512]`: with the scalar `Fused`; at a forced level.

mod windows;

use nanoprop::generic_array::GenericArray;
use nanoprop::layer::{InputOf, OutputOf, TapeOf};
use nanoprop::nets::{Control, Digits, Mnist, Ng, ReluNet, Tiny};
use nanoprop::{Level, NoPenalty};
use nanoprop_peers::{Aligned, BATCH, Data, LARGE, POOL, Peer, Quantity, RATE, Ready, SAMPLES, locked, serve};

/// The reference networks with fused multiply-adds.
mod fused {
    use nanoprop::Fused;
    use nanoprop::prelude::*;

    network! {
        pub(crate) type Tiny = 3 => Dense<5, Sigmoid> => Dense<5, Sigmoid> => Dense<3>,
            loss = SigmoidCrossEntropy, scalar = Fused;
        pub(crate) type Control = 13 => Dense<64, Tanh> => Dense<64, Tanh> => Dense<4, Tanh>,
            loss = SquaredError, scalar = Fused;
        pub(crate) type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy, scalar = Fused;
        pub(crate) type Ng = 400 => Dense<25, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy, scalar = Fused;
        pub(crate) type Mnist = 784 => Dense<128, Sigmoid> => Dense<64, Sigmoid> => Dense<10>,
            loss = SigmoidCrossEntropy, scalar = Fused;
        pub(crate) type ReluNet = 128 => Dense<256, Relu> => Dense<10>, loss = SoftmaxCrossEntropy, scalar = Fused;
    }
}

/// The peer for one type of network, on samples of the second's, which has them in f32.
macro_rules! peer {
    ($name:ident, $net:ty, $samples:ty) => {
        struct $name {
            net: Box<Aligned<$net>>,
            tape: Box<Aligned<TapeOf<$net>>>,
            tapes: Box<Aligned<[TapeOf<$net>; 32]>>,
            inputs: &'static [InputOf<$samples>],
            targets: &'static [OutputOf<$samples>],
            out: Box<Aligned<[OutputOf<$net>; LARGE]>>,
            last: usize,
        }

        impl Peer for $name {
            const DOES: &'static [Quantity] = &Quantity::ALL;

            fn new(data: &'static Data) -> Self {
                let mut net = Box::new(Aligned(<$net>::ZERO));
                net.parameters_mut().iter_mut().zip(data.weights()).for_each(|(to, &w)| *to = w.into());
                let inputs = GenericArray::chunks_from_slice(data.inputs()).0;
                let targets = GenericArray::chunks_from_slice(data.targets()).0;
                assert!(inputs.len() == SAMPLES && targets.len() == SAMPLES);
                $name {
                    net,
                    tape: Box::new(Aligned(<$net>::TAPE)),
                    tapes: Box::new(Aligned([<$net>::TAPE; 32])),
                    inputs,
                    targets,
                    out: Box::new(Aligned([const { <OutputOf<$net> as nanoprop::Plain>::ZERO }; LARGE])),
                    last: 0,
                }
            }

            fn forward(&mut self, i: usize) {
                self.out[0] = self.net.predict(&self.inputs[i % POOL]);
                self.last = 1;
            }

            fn online(&mut self, i: usize) {
                let i = i % POOL;
                self.net.descend(&self.inputs[i], &self.targets[i], RATE.into(), &mut self.tape);
            }

            fn batch_step(&mut self, i: usize) {
                let samples = (&self.inputs[i * BATCH..][..BATCH], &self.targets[i * BATCH..][..BATCH]);
                self.net.step_batch(&samples, NoPenalty, RATE.into(), &mut self.tapes);
            }

            fn batch_forward(&mut self, i: usize) {
                self.net.predict_batch(&self.inputs[i * LARGE..][..LARGE], &mut self.out[..], &mut self.tapes);
                self.last = LARGE;
            }

            fn outputs(&self) -> Vec<f32> {
                self.out[..self.last].iter().flatten().map(|&h| h.into()).collect()
            }
        }
    };
}

peer!(OfTiny, Tiny, Tiny);
peer!(OfControl, Control, Control);
peer!(OfDigits, Digits, Digits);
peer!(OfNg, Ng, Ng);
peer!(OfMnist, Mnist, Mnist);
peer!(OfRelu, ReluNet, ReluNet);
peer!(FusedTiny, fused::Tiny, Tiny);
peer!(FusedControl, fused::Control, Control);
peer!(FusedDigits, fused::Digits, Digits);
peer!(FusedNg, fused::Ng, Ng);
peer!(FusedMnist, fused::Mnist, Mnist);
peer!(FusedRelu, fused::ReluNet, ReluNet);

fn main() -> std::io::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let fused = words.first().is_some_and(|word| word == "fused");
    let level = match words.last().map(String::as_str) {
        Some("portable") => Level::Portable,
        Some("sse2") => Level::Sse2,
        Some("avx2") => Level::Avx2,
        Some("avx512") => Level::Avx512,
        _ => Level::best(),
    };
    if !level.force() {
        return Err(std::io::Error::other("this processor lacks the level"));
    }
    let about = if fused { ", fused" } else { "" };
    serve(&format!("{}{about}, {level:?}", locked("nanoprop")), |data| match data.net.name {
        _ if !data.net.windows.is_empty() => windows::ready(data, fused),
        "tiny" if fused => Ready::new::<FusedTiny>(data),
        "control" if fused => Ready::new::<FusedControl>(data),
        "digits" if fused => Ready::new::<FusedDigits>(data),
        "ng" if fused => Ready::new::<FusedNg>(data),
        "mnist" if fused => Ready::new::<FusedMnist>(data),
        "relu" if fused => Ready::new::<FusedRelu>(data),
        "tiny" => Ready::new::<OfTiny>(data),
        "control" => Ready::new::<OfControl>(data),
        "digits" => Ready::new::<OfDigits>(data),
        "ng" => Ready::new::<OfNg>(data),
        "mnist" => Ready::new::<OfMnist>(data),
        _ => Ready::new::<OfRelu>(data),
    })
}
