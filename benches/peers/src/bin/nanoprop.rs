//! nanoprop, built as its users build it: `cargo build --release`, no flags.
//!
//! `nanoprop [portable|sse2|avx2|avx512]` forces a level.

use nanoprop::generic_array::GenericArray;
use nanoprop::layer::{InputOf, OutputOf, TapeOf};
use nanoprop::nets::{Control, Digits, Mnist, Ng, Tiny};
use nanoprop::width::U32;
use nanoprop::{Level, NoPenalty, Tapes, TapesOf};
use nanoprop_peers::{Aligned, BATCH, Data, LARGE, POOL, Peer, Quantity, RATE, Ready, SAMPLES, locked, serve};

/// The peer for one type of network.
macro_rules! peer {
    ($name:ident, $net:ty) => {
        struct $name {
            net: Box<Aligned<$net>>,
            tape: Box<Aligned<TapeOf<$net>>>,
            tapes: Box<Aligned<TapesOf<$net, U32>>>,
            inputs: &'static [InputOf<$net>],
            targets: &'static [OutputOf<$net>],
            out: Box<Aligned<[OutputOf<$net>; LARGE]>>,
            last: usize,
        }

        impl Peer for $name {
            const DOES: &'static [Quantity] = &Quantity::ALL;

            fn new(data: &'static Data) -> Self {
                let mut net = Box::new(Aligned(<$net>::ZERO));
                net.parameters_mut().copy_from_slice(data.weights());
                let inputs = GenericArray::chunks_from_slice(data.inputs()).0;
                let targets = GenericArray::chunks_from_slice(data.targets()).0;
                assert!(inputs.len() == SAMPLES && targets.len() == SAMPLES);
                $name {
                    net,
                    tape: Box::new(Aligned(<$net>::TAPE)),
                    tapes: Box::new(Aligned(<TapesOf<$net, U32> as Tapes>::BLANK)),
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
                self.net.descend(&self.inputs[i], &self.targets[i], RATE, &mut self.tape);
            }

            fn batch_step(&mut self, i: usize) {
                let samples = (&self.inputs[i * BATCH..][..BATCH], &self.targets[i * BATCH..][..BATCH]);
                self.net.step_batch(&samples, NoPenalty, RATE, &mut self.tapes);
            }

            fn batch_forward(&mut self, i: usize) {
                self.net.predict_batch(&self.inputs[i * LARGE..][..LARGE], &mut self.out[..], &mut self.tapes);
                self.last = LARGE;
            }

            fn outputs(&self) -> Vec<f32> {
                self.out[..self.last].iter().flatten().copied().collect()
            }
        }
    };
}

peer!(OfTiny, Tiny);
peer!(OfControl, Control);
peer!(OfDigits, Digits);
peer!(OfNg, Ng);
peer!(OfMnist, Mnist);

fn main() -> std::io::Result<()> {
    let level = match std::env::args().nth(1).as_deref() {
        Some("portable") => Level::Portable,
        Some("sse2") => Level::Sse2,
        Some("avx2") => Level::Avx2,
        Some("avx512") => Level::Avx512,
        _ => Level::best(),
    };
    if !level.force() {
        return Err(std::io::Error::other("this processor lacks the level"));
    }
    serve(&format!("{}, {level:?}", locked("nanoprop")), |data| match data.net.name {
        "tiny" => Ready::new::<OfTiny>(data),
        "control" => Ready::new::<OfControl>(data),
        "digits" => Ready::new::<OfDigits>(data),
        "ng" => Ready::new::<OfNg>(data),
        _ => Ready::new::<OfMnist>(data),
    })
}
