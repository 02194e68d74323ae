use nanoprop::prelude::*;

network! { type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy; }
const _: () = budget!(Digits, Sigmoid, ram = 12 * 1024);

fn main() {}
