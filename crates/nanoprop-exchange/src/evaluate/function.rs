//! Activations, functions of numbers, and links, by nanoprop's own.

use nanoprop::layer::{GeluFunction, MishFunction, SiluFunction};
use nanoprop::runtime::flush;
use nanoprop::{Function, Scalar, activation, loss};

use crate::model::{Activation, Kind, Loss};

/// g(z).
pub(super) fn value<T: Scalar>(activation: Activation, z: T) -> T {
    use nanoprop::activation::Activation as Formula;
    match activation {
        Activation::Identity => activation::Identity::value(z),
        Activation::Elu => activation::Elu::value(z),
        Activation::HardSigmoid => activation::HardSigmoid::value(z),
        Activation::HardTanh => activation::HardTanh::value(z),
        Activation::LeakyRelu => activation::LeakyRelu::value(z),
        Activation::Relu => activation::Relu::value(z),
        Activation::Sigmoid => activation::Sigmoid::value(z),
        Activation::Softplus => activation::Softplus::value(z),
        Activation::Softsign => activation::Softsign::value(z),
        Activation::Tanh => activation::Tanh::value(z),
    }
}

/// z ← g(z).
pub(super) fn activate<T: Scalar>(activation: Activation, z: &mut [T]) {
    z.iter_mut().for_each(|z| *z = value(activation, *z));
}

/// g(z), or 0 where it is tiny.
pub(super) fn state<T: Scalar>(activation: Activation, z: T) -> T {
    flush(value(activation, z))
}

/// The function of a layer that is one; x of another.
pub(super) fn map<T: Scalar>(kind: &Kind, x: T) -> T {
    match kind {
        Kind::Gelu => GeluFunction::value(x),
        Kind::Silu => SiluFunction::value(x),
        Kind::Mish => MishFunction::value(x),
        _ => x,
    }
}

/// The prediction of logits.
pub(super) fn link<T: Scalar>(loss: Loss, z: &[T]) -> Vec<T> {
    use nanoprop::Loss as _;
    let mut h = z.to_vec();
    match loss {
        Loss::SquaredError => loss::SquaredError::link(z, &mut h),
        Loss::AbsoluteError => loss::AbsoluteError::link(z, &mut h),
        Loss::Huber => loss::Huber::link(z, &mut h),
        Loss::SigmoidCrossEntropy => loss::SigmoidCrossEntropy::link(z, &mut h),
        Loss::SoftmaxCrossEntropy => loss::SoftmaxCrossEntropy::link(z, &mut h),
    }
    h
}
