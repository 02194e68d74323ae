use nanoprop::prelude::*;

network! {
    type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy;
    type Mnist = 784 => Dense<128, Sigmoid> => Dense<64, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy;
}

static NET: Digits = load!(Digits, concat!("dig", "its.nprp"));
static MNIST: Mnist = load!(Mnist, "mnist.nprp");
const DIGEST: u64 = NET.digest();
// Of 437 KB, without a word about `long_running_const_eval`.
const LARGE: u64 = MNIST.digest();

frozen! { struct First: Dense<U64, U32, Sigmoid> = NET.layers().0; }
type Learner = Network<(Frozen<First>, Dense<U32, U10>), SigmoidCrossEntropy>;

fn main() {
    assert_eq!(NET.digest(), DIGEST);
    assert_eq!((&raw const NET).addr() % align_of::<f32>(), 0);
    let mut net = Learner::ZERO;
    net.layers_mut().1.flat_mut().copy_from_slice(NET.layers().1.flat());
    assert_eq!(net.predict(&[0.5; 64]), NET.predict(&[0.5; 64]));
    assert_eq!(MNIST.digest(), LARGE);
    println!("{DIGEST} {LARGE}");
}
