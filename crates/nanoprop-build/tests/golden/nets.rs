// Made by nanoprop-build from the networks' specs: edit those.

/// Thirteen readings in, four commands between −1 and 1 out: a small controller.
///
/// `13 → Dense 64 Tanh → Dense 64 Tanh → Dense 4 Tanh`, SquaredError, f32: 5,316 parameters, 21,264 bytes.
pub type Control = ::nanoprop::Network<
    (
        ::nanoprop::Dense<::nanoprop::width!(13), ::nanoprop::width!(64), ::nanoprop::Tanh>,
        ::nanoprop::Dense<::nanoprop::width!(64), ::nanoprop::width!(64), ::nanoprop::Tanh>,
        ::nanoprop::Dense<::nanoprop::width!(64), ::nanoprop::width!(4), ::nanoprop::Tanh>,
    ),
    ::nanoprop::SquaredError,
>;
const _: () = <Control>::FITS;

/// 8×8 pixels in, one probability per digit out.
///
/// `64 → Dense 32 Sigmoid → Dense 10`, SigmoidCrossEntropy, f32: 2,410 parameters, 9,640 bytes.
pub type Digits = ::nanoprop::Network<
    (
        ::nanoprop::Dense<::nanoprop::width!(64), ::nanoprop::width!(32), ::nanoprop::Sigmoid>,
        ::nanoprop::Dense<::nanoprop::width!(32), ::nanoprop::width!(10)>,
    ),
    ::nanoprop::SigmoidCrossEntropy,
>;
const _: () = <Digits>::FITS;

/// 28×28 pixels in, one probability per digit out.
///
/// `784 → Dense 128 Sigmoid → Dense 64 Sigmoid → Dense 10`, SigmoidCrossEntropy, f32: 109,386 parameters, 437,544 bytes.
pub type Mnist = ::nanoprop::Network<
    (
        ::nanoprop::Dense<::nanoprop::width!(784), ::nanoprop::width!(128), ::nanoprop::Sigmoid>,
        ::nanoprop::Dense<::nanoprop::width!(128), ::nanoprop::width!(64), ::nanoprop::Sigmoid>,
        ::nanoprop::Dense<::nanoprop::width!(64), ::nanoprop::width!(10)>,
    ),
    ::nanoprop::SigmoidCrossEntropy,
>;
const _: () = <Mnist>::FITS;

/// 20×20 pixels in, one probability per digit out: the network of Andrew Ng's course.
///
/// `400 → Dense 25 Sigmoid → Dense 10`, SigmoidCrossEntropy, f32: 10,285 parameters, 41,140 bytes.
pub type Ng = ::nanoprop::Network<
    (
        ::nanoprop::Dense<::nanoprop::width!(400), ::nanoprop::width!(25), ::nanoprop::Sigmoid>,
        ::nanoprop::Dense<::nanoprop::width!(25), ::nanoprop::width!(10)>,
    ),
    ::nanoprop::SigmoidCrossEntropy,
>;
const _: () = <Ng>::FITS;

/// Three numbers in, three probabilities out: the widths of a textbook drawing.
///
/// `3 → Dense 5 Sigmoid → Dense 5 Sigmoid → Dense 3`, SigmoidCrossEntropy, f32: 68 parameters, 272 bytes.
pub type Tiny = ::nanoprop::Network<
    (
        ::nanoprop::Dense<::nanoprop::width!(3), ::nanoprop::width!(5), ::nanoprop::Sigmoid>,
        ::nanoprop::Dense<::nanoprop::width!(5), ::nanoprop::width!(5), ::nanoprop::Sigmoid>,
        ::nanoprop::Dense<::nanoprop::width!(5), ::nanoprop::width!(3)>,
    ),
    ::nanoprop::SigmoidCrossEntropy,
>;
const _: () = <Tiny>::FITS;
