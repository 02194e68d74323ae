//! Layers with gates: the same bits at every level of SIMD, one by one, in batches and on threads.

use nanoprop::prelude::*;
use nanoprop::{Fused, InputOf, Layers, Level, OutputOf};

network! {
    type Long = [7, 3] => Lstm<9, All> => Gru<17> => Dense<2>, loss = SquaredError;
    type Short = [2, 1] => Gru<16, All, ResetBefore> => Lstm<33> => Dense<1>, loss = SquaredError;
    type Fusing = [5, 3] => Lstm<8, All> => Gru<9, All, ResetBefore> => Gru<6> => Dense<2>, loss = SquaredError, scalar = Fused;
}

const LEVELS: [Level; 5] = [Level::Portable, Level::Sse2, Level::Avx2, Level::Avx512, Level::Neon];

fn bits<T: Scalar>(numbers: &[T]) -> Vec<[u8; 8]> {
    numbers.iter().map(|x| x.to_bytes()).collect()
}

trait Traced {
    /// Predictions, a gradient, and weights after online and batch steps, as bits.
    fn trace() -> Vec<Vec<[u8; 8]>>;
}

impl<L: Layers> Traced for Network<L, SquaredError> {
    fn trace() -> Vec<Vec<[u8; 8]>> {
        let rng = &mut Pcg32::new(5);
        let mut net = Self::boxed();
        let (mut tape, mut grad) = (Box::new(Self::TAPE), Gradient::<Self>::boxed());
        let mut unit = || L::Scalar::from_f64(f64::from(rng.bits() >> 8) / f64::from(1 << 23) - 1.0);
        net.parameters_mut().fill_with(&mut unit);
        let mut samples = vec![(InputOf::<Self>::ZERO, OutputOf::<Self>::ZERO); 23];
        for (x, y) in &mut samples {
            x.flat_mut().fill_with(&mut unit);
            y.flat_mut().fill_with(&mut unit);
        }
        let mut trace: Vec<_> = samples.iter().map(|(x, _)| bits(net.predict(x).flat())).collect();
        net.gradient(&samples, L2(0.1), &mut grad, &mut tape);
        trace.push(bits(grad.parameters()));
        batches::<L, 5>(&net, &samples, &trace);
        batches::<L, 40>(&net, &samples, &trace);
        samples.iter().for_each(|(x, y)| net.descend(x, y, L::Scalar::from_f64(0.03), &mut tape));
        trace.push(bits(net.parameters()));
        assert!(net.parameters().iter().all(|w| w.is_finite()), "nothing is compared where all is NaN");
        let mut tapes = Box::new([const { Network::<L, SquaredError>::TAPE }; 7]);
        net.step_batch(&samples, L2(0.1), L::Scalar::from_f64(0.03), &mut tapes);
        trace.push(bits(net.parameters()));
        trace
    }
}

type Samples<L> = [(InputOf<Network<L, SquaredError>>, OutputOf<Network<L, SquaredError>>)];

/// `B` samples at once, and sets of as many on threads, have the bits of sample after sample: predictions, then the gradient.
fn batches<L: Layers, const B: usize>(net: &Network<L, SquaredError>, samples: &Samples<L>, expected: &[Vec<[u8; 8]>]) {
    let what = format!("batches of {B} at {:?}", Level::current());
    let mut tapes = vec![[const { Network::<L, SquaredError>::TAPE }; B]; 3];
    let mut grad = Gradient::<Network<L, SquaredError>>::boxed();
    net.gradient_batch(samples, L2(0.1), &mut grad, &mut tapes[0]);
    assert_eq!(bits(grad.parameters()), expected[samples.len()], "gradient, {what}");
    grad.parameters_mut().fill(L::Scalar::from_f64(f64::NAN));
    net.gradient_parallel(samples, L2(0.1), &mut grad, &mut tapes);
    assert_eq!(bits(grad.parameters()), expected[samples.len()], "parallel gradient, {what}");
    let (xs, mut hs): (Vec<_>, Vec<_>) = samples.iter().cloned().unzip();
    net.predict_batch(&xs, &mut hs, &mut tapes[0]);
    let predictions: Vec<_> = hs.iter().map(|h| bits(h.flat())).collect();
    assert_eq!(predictions, expected[..samples.len()], "predictions, {what}");
}

/// One test, because the level is one for all threads.
#[test]
fn levels_agree() {
    let best = Level::current();
    let traces = || [Long::trace(), Short::trace(), Fusing::trace()];
    let expected = traces();
    for level in LEVELS.into_iter().filter(|level| level.available()) {
        assert!(level.force());
        for (k, (found, expected)) in traces().iter().zip(&expected).enumerate() {
            assert_eq!(found, expected, "network {k} at {level:?}, not as at {best:?}");
        }
        println!("{level:?}: as {best:?}");
        assert!(best.force());
    }
}
