//! By hand, in a nested tuple: a softmax in front of the loss that has one.

use nanoprop::prelude::*;

type Net = Network<(Dense<U4, U5, Tanh>, (Dense<U5, U3>, Softmax<U3>)), SoftmaxCrossEntropy>;

const _: () = Net::FITS;

fn main() {}
