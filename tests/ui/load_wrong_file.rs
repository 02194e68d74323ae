use nanoprop::prelude::*;

network! {
    type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy;
    type Relus = 64 => Dense<32, Relu> => Dense<10>, loss = SigmoidCrossEntropy;
    type Last = 32 => Dense<10>, loss = SigmoidCrossEntropy;
    type Double = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy, scalar = f64;
}

static OTHER: Last = load!(Last, "digits.nprp");
static SAME_SIZE: Relus = load!(Relus, "digits.nprp");
static SCALAR: Double = load!(Double, "digits.nprp");
static TRUNCATED: Digits = load!(Digits, "truncated.nprp");
static CORRUPTED: Digits = load!(Digits, "corrupted.nprp");
static LONGER: Digits = load!(Digits, "longer.nprp");
static TEXT: Digits = load!(Digits, "main.rs");

fn main() {}
