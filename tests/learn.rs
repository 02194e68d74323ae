use nanoprop::prelude::*;
network! {
    /// x
    pub type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy;
    type Gesture = [10, 3] => Elman<16> => Dense<4>, loss = SoftmaxCrossEntropy, scalar = f64;
    type Wide = { 56 * 56 } => Dense<25, Tanh, Unbiased> => Softmax => Dense<1>, loss = SquaredError;
}
#[test]
fn xor() {
    type Xor = Network<(Dense<U2, U4, Tanh>, Dense<U4, U1>), SigmoidCrossEntropy>;
    let samples = [([0.0, 0.0], [0.0]), ([0.0, 1.0], [1.0]), ([1.0, 0.0], [1.0]), ([1.0, 1.0], [0.0])];
    let (mut net, mut tape) = (Xor::ZERO, Xor::TAPE);
    net.initialize(&Xavier, &mut Pcg32::new(1));
    for _ in 0..1000 {
        for (x, y) in &samples {
            net.descend(x, y, 0.5, &mut tape);
        }
    }
    println!("{} {}", net.predict(&[0.0, 1.0])[0], net.cost(&samples, L2(0.0)));
    println!("{}{}{}", Xor::PLAN, Gesture::PLAN, Wide::PLAN);
    println!("{} {:x}", Digits::FOOTPRINT, Digits::FINGERPRINT);
    let (a, b) = net.layers();
    let _: (&Dense<U2, U4, Tanh>, &Dense<U4, U1>) = (a, b);
}
