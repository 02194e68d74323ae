//! Learns five classes, 16-24-24-5 with ReLU and softmax, online and by batches.
#![cfg_attr(device, no_std, no_main)]

use firmware::{Hand, Rectified, digest};
use nanoprop::prelude::*;

type Sample = ([f32; 16], [f32; 5]);

static NET: Hand<Rectified> = Hand::new(Rectified::ZERO);
static GRAD: Hand<Rectified> = Hand::new(Rectified::ZERO);
static TAPE: Hand<TapeOf<Rectified>> = Hand::new(Rectified::TAPE);
static SAMPLES: Hand<[Sample; 32]> = Hand::new([([0.0; 16], [0.0; 5]); 32]);

firmware::program!(run);

fn run() -> bool {
    let (Some(net), Some(grad), Some(tape), Some(samples)) = (NET.take(), GRAD.take(), TAPE.take(), SAMPLES.take())
    else {
        return false;
    };
    let mut rng = Pcg32::new(8);
    for (x, y) in samples.iter_mut() {
        x.iter_mut().for_each(|x| *x = (rng.bits() >> 8) as f32 / (1 << 23) as f32 - 1.0);
        // The class is that of the first three numbers' sum, in five steps from −3 to 3.
        let sum = x.iter().take(3).fold(3.0, |sum, x| sum + x);
        let step = (sum * (5.0 / 6.0)) as usize;
        if let Some(y) = y.get_mut(step.min(4)) {
            *y = 1.0;
        }
    }
    net.initialize(&He, &mut rng);
    let before = net.cost(&*samples, NoPenalty);
    for _ in 0..10 {
        samples.iter().for_each(|(x, y)| net.descend(x, y, 0.05, tape));
    }
    digest("online", net.digest());
    // As `descend_batch` does, without room for the carry of more than 256 samples, which 16 KiB do not have.
    for _ in 0..5 {
        grad.parameters_mut().fill(0.0);
        samples.iter().for_each(|(x, y)| net.accumulate(x, y, grad, tape));
        net.average(samples.len(), L2(0.1), grad);
        net.update(grad, 0.1);
    }
    digest("batch", net.digest());
    net.cost(&*samples, NoPenalty) < 0.8 * before
}
