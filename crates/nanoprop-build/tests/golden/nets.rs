// Made by nanoprop-build from the networks' specs: edit those.

::nanoprop::network! {
    /// Thirteen readings in, four commands between −1 and 1 out: a small controller.
    ///
    /// `13 => Dense<64, Tanh> => Dense<64, Tanh> => Dense<4, Tanh>`, SquaredError, f32.
    #[allow(dead_code)]
    pub type Control = 13
        => Dense<64, ::nanoprop::Tanh> // networks/control.toml:5
        => Dense<64, ::nanoprop::Tanh> // networks/control.toml:11
        => Dense<4, ::nanoprop::Tanh> // networks/control.toml:17
        , loss = ::nanoprop::SquaredError // networks/control.toml:3
        , in "networks/control.toml" [
            (7, [13], 8, [64], []),
            (13, [64], 14, [64], []),
            (19, [64], 20, [4], []),
        ];
}

::nanoprop::network! {
    /// 8×8 pixels in, one probability per digit out.
    ///
    /// `64 => Dense<32, Sigmoid> => Dense<10>`, SigmoidCrossEntropy, f32.
    #[allow(dead_code)]
    pub type Digits = 64
        => Dense<32, ::nanoprop::Sigmoid> // networks/digits.toml:5
        => Dense<10> // networks/digits.toml:11
        , loss = ::nanoprop::SigmoidCrossEntropy // networks/digits.toml:3
        , in "networks/digits.toml" [
            (7, [64], 8, [32], []),
            (13, [32], 14, [10], []),
        ];
}

::nanoprop::network! {
    /// 28×28 pixels in, one probability per digit out.
    ///
    /// `784 => Dense<128, Sigmoid> => Dense<64, Sigmoid> => Dense<10>`, SigmoidCrossEntropy, f32.
    #[allow(dead_code)]
    pub type Mnist = 784
        => Dense<128, ::nanoprop::Sigmoid> // networks/mnist.toml:5
        => Dense<64, ::nanoprop::Sigmoid> // networks/mnist.toml:11
        => Dense<10> // networks/mnist.toml:17
        , loss = ::nanoprop::SigmoidCrossEntropy // networks/mnist.toml:3
        , in "networks/mnist.toml" [
            (7, [784], 8, [128], []),
            (13, [128], 14, [64], []),
            (19, [64], 20, [10], []),
        ];
}

::nanoprop::network! {
    /// 20×20 pixels in, one probability per digit out: the network of Andrew Ng's course.
    ///
    /// `400 => Dense<25, Sigmoid> => Dense<10>`, SigmoidCrossEntropy, f32.
    #[allow(dead_code)]
    pub type Ng = 400
        => Dense<25, ::nanoprop::Sigmoid> // networks/ng.toml:5
        => Dense<10> // networks/ng.toml:11
        , loss = ::nanoprop::SigmoidCrossEntropy // networks/ng.toml:3
        , in "networks/ng.toml" [
            (7, [400], 8, [25], []),
            (13, [25], 14, [10], []),
        ];
}

::nanoprop::network! {
    /// 128 features in, one probability for each of ten classes out.
    ///
    /// `128 => Dense<256, Relu> => Dense<10>`, SoftmaxCrossEntropy, f32.
    #[allow(dead_code)]
    pub type ReluNet = 128
        => Dense<256, ::nanoprop::Relu> // networks/relu.toml:5
        => Dense<10> // networks/relu.toml:11
        , loss = ::nanoprop::SoftmaxCrossEntropy // networks/relu.toml:3
        , in "networks/relu.toml" [
            (7, [128], 8, [256], []),
            (13, [256], 14, [10], []),
        ];
}

::nanoprop::network! {
    /// Three numbers in, three probabilities out: the widths of a textbook drawing.
    ///
    /// `3 => Dense<5, Sigmoid> => Dense<5, Sigmoid> => Dense<3>`, SigmoidCrossEntropy, f32.
    #[allow(dead_code)]
    pub type Tiny = 3
        => Dense<5, ::nanoprop::Sigmoid> // networks/tiny.toml:5
        => Dense<5, ::nanoprop::Sigmoid> // networks/tiny.toml:11
        => Dense<3> // networks/tiny.toml:17
        , loss = ::nanoprop::SigmoidCrossEntropy // networks/tiny.toml:3
        , in "networks/tiny.toml" [
            (7, [3], 8, [5], []),
            (13, [5], 14, [5], []),
            (19, [5], 20, [3], []),
        ];
}
