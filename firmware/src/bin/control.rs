//! Learns a controller, 13-64-64-4 with tanh, online and by batches: 21 KB of weights, and twice as much of gradient.
#![cfg_attr(device, no_std, no_main)]

use firmware::{Control, Hand, digest};
use nanoprop::Stop;
use nanoprop::prelude::*;

static NET: Hand<Control> = Hand::new(Control::ZERO);
static GRAD: Hand<Gradient<Control>> = Hand::new(Control::GRADIENT);
static TAPE: Hand<TapeOf<Control>> = Hand::new(Control::TAPE);
static SAMPLES: Hand<[([f32; 13], [f32; 4]); 32]> = Hand::new([([0.0; 13], [0.0; 4]); 32]);

firmware::program!(run);

fn run() -> bool {
    let (Some(net), Some(grad), Some(tape), Some(samples)) = (NET.take(), GRAD.take(), TAPE.take(), SAMPLES.take())
    else {
        return false;
    };
    let mut rng = Pcg32::new(7);
    for (x, y) in samples.iter_mut() {
        x.iter_mut().for_each(|x| *x = (rng.bits() >> 8) as f32 / (1 << 23) as f32 - 1.0);
        let products = x.iter().zip(x.iter().skip(1)).zip(x.iter().skip(9));
        y.iter_mut().zip(products).for_each(|(y, ((&a, &b), &c))| *y = 0.5 * a * b - 0.25 * c);
    }
    net.initialize(&Xavier, &mut rng);
    let before = net.cost(&*samples, NoPenalty);
    for _ in 0..5 {
        samples.iter().for_each(|(x, y)| net.descend(x, y, 0.05, tape));
    }
    digest("online", net.digest());
    net.descend_batch(&*samples, L2(0.1), 0.1, Stop::Steps(3), grad, tape);
    digest("batch", net.digest());
    net.cost(&*samples, NoPenalty) < 0.8 * before
}
