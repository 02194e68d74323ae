//! Gradients in fixed point, against central differences in f64 of the same function: the same layers with the weights,
//! input and target as they are in fixed point.

use nanoprop::prelude::*;
use nanoprop::{InputOf, Number, OutputOf, Plain, Q16, Q32};

/// Numbers in ±`size`, each a multiple of 2⁻⁸, so that they are the same in every scalar here.
fn scatter(rng: &mut Pcg32, size: f64) -> f64 {
    let unit = f64::from(rng.bits() >> 8) / f64::from(1 << 23) - 1.0;
    (unit * size * 256.0).round() / 256.0
}

/// The greatest difference over all parameters, in steps, of a few random networks.
macro_rules! check {
    ($($name:ident: $input:literal -> $output:literal, $bound16:literal, $bound32:literal, { $($network:tt)+ })+) => {$(
        mod $name {
            use super::*;

            network! {
                type Double = $($network)+, scalar = f64;
                type Short = $($network)+, scalar = Q16<12>;
                type Long = $($network)+, scalar = Q32<20>;
            }

            #[test]
            fn differences() {
                let (mut worst16, mut worst32) = (0.0_f64, 0.0_f64);
                for seed in 1..=8 {
                    let mut rng = Pcg32::new(seed);
                    let (mut double, mut short, mut long) = (Double::ZERO, Short::ZERO, Long::ZERO);
                    for ((w, a), b) in double.parameters_mut().iter_mut().zip(short.parameters_mut()).zip(long.parameters_mut()) {
                        *w = scatter(&mut rng, 1.0);
                        (*a, *b) = (Number::from_f64(*w), Number::from_f64(*w));
                    }
                    let x: [f64; $input] = std::array::from_fn(|_| scatter(&mut rng, 1.0));
                    let k = rng.bits() as usize % $output;
                    let y: [f64; $output] = std::array::from_fn(|j| if j == k { 1.0 } else { 0.0 });
                    macro_rules! gradient {
                        ($Net:ident, $net:ident) => {{
                            let (mut grad, mut tape) = ($Net::ZERO, $Net::TAPE);
                            let (mut input, mut target) = (InputOf::<$Net>::ZERO, OutputOf::<$Net>::ZERO);
                            input.flat_mut().iter_mut().zip(x).for_each(|(to, x)| *to = Number::from_f64(x));
                            target.flat_mut().iter_mut().zip(y).for_each(|(to, y)| *to = Number::from_f64(y));
                            $net.accumulate(&input, &target, &mut grad, &mut tape);
                            grad.parameters().iter().map(|g| g.to_f64()).collect::<Vec<_>>()
                        }};
                    }
                    let (of16, of32) = (gradient!(Short, short), gradient!(Long, long));
                    let (mut input, mut target) = (InputOf::<Double>::ZERO, OutputOf::<Double>::ZERO);
                    input.flat_mut().copy_from_slice(&x);
                    target.flat_mut().copy_from_slice(&y);
                    for k in 0..Double::PARAMETERS {
                        let h = 1e-5;
                        let mut moved = |by| {
                            double.parameters_mut()[k] += by;
                            let cost = double.loss(&input, &target);
                            double.parameters_mut()[k] -= by;
                            cost
                        };
                        let difference = (moved(h) - moved(-h)) / (2.0 * h);
                        worst16 = worst16.max((of16[k] - difference).abs() * 4096.0);
                        worst32 = worst32.max((of32[k] - difference).abs() * 1_048_576.0);
                    }
                }
                println!("{}: {worst16:.1} steps of 2⁻¹², {worst32:.1} of 2⁻²⁰", stringify!($name));
                assert!(worst16 <= $bound16 && worst32 <= $bound32, "{worst16} steps of 2⁻¹², {worst32} of 2⁻²⁰");
                assert!(worst16 > 0.0 && worst32 > 0.0);
            }
        }
    )+};
}

check! {
    sigmoid: 4 -> 3, 1.3, 1.1, { 4 => Dense<6, Sigmoid> => Dense<5, Sigmoid> => Dense<3>, loss = SigmoidCrossEntropy }
    tanh: 4 -> 3, 1.9, 1.3, { 4 => Dense<6, Tanh> => Dense<5, Tanh> => Dense<3>, loss = SoftmaxCrossEntropy }
    softplus: 4 -> 2, 3.4, 3.2, { 4 => Dense<6, Softplus> => Gelu => Dense<2>, loss = SquaredError }
    convolution: 36 -> 3, 6.0, 6.3, { [6, 6, 1] => Conv2d<3, 3, Tanh, padding = same> => AvgPool2d<2> => Flatten => Dense<3>, loss = SoftmaxCrossEntropy }
    depthwise: 16 -> 3, 3.5, 2.8, { [8, 2] => DepthwiseConv1d<3, Tanh> => GlobalAvgPool => Dense<3>, loss = SoftmaxCrossEntropy }
    normalised: 4 -> 2, 4.6, 3.4, { 4 => Dense<6, Tanh> => LayerNorm => Dense<2>, loss = SigmoidCrossEntropy }
    elman: 12 -> 2, 2.6, 3.4, { [4, 3] => Elman<4> => Dense<2>, loss = SigmoidCrossEntropy }
    lstm: 12 -> 2, 2.0, 2.4, { [4, 3] => Lstm<4> => Dense<2>, loss = SigmoidCrossEntropy }
    gru: 12 -> 2, 2.8, 2.0, { [4, 3] => Gru<4> => Dense<2>, loss = SigmoidCrossEntropy }
}
