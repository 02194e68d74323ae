use nanoprop::prelude::*;
use nanoprop::{FullBatch, Online};

network! { type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy; }
const _: () = budget!(Digits, Online, ram = 12 * 1024);
const _: () = budget!(Digits, FullBatch<8>, ram = 20 * 1024);

fn main() {}
