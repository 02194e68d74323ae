//! Nine networks, four quantities each, in functions of their own: `networks avx2` runs each once, for `instructions`.

use std::hint::black_box;

use counts::{Control, Digits, Gated, LeNet, Mnist, Ng, ReluNet, Sensor, Tiny};
use nanoprop::prelude::*;
use nanoprop::{InputOf, Layers, Loss, OutputOf};

const RATE: f32 = 0.05;

/// A network and what it needs.
struct Desk<L: Layers<Scalar = f32>, E: Loss> {
    net: Box<Network<L, E>>,
    tape: TapeOf<Network<L, E>>,
    tapes: [TapeOf<Network<L, E>>; 32],
    xs: Vec<InputOf<Network<L, E>>>,
    ys: Vec<OutputOf<Network<L, E>>>,
    hs: Vec<OutputOf<Network<L, E>>>,
}

impl<L: Layers<Scalar = f32>, E: Loss> Desk<L, E> {
    fn new() -> Box<Self> {
        let rng = &mut Pcg32::new(1);
        let mut net = Network::<L, E>::boxed();
        net.initialize(&Xavier, rng);
        let mut xs = vec![InputOf::<Network<L, E>>::ZERO; 256];
        let mut ys = vec![OutputOf::<Network<L, E>>::ZERO; 256];
        for (k, (x, y)) in xs.iter_mut().zip(&mut ys).enumerate() {
            x.flat_mut().fill_with(|| Number::from_f64((rng.bits() >> 8) as f64 / (1 << 24) as f64));
            let outputs = y.flat().len();
            y.flat_mut()[k % outputs] = 1.0;
        }
        let hs = ys.clone();
        Box::new(Desk { net, tape: Network::<L, E>::TAPE, tapes: [<Network<L, E>>::TAPE; 32], xs, ys, hs })
    }
}

// networks! { Tiny: tiny_forward …; } makes the four functions of each network, and `all`, which runs them.
macro_rules! networks {
    ($($Net:ident: $forward:ident $online:ident $batch_32:ident $forward_256:ident;)*) => {
        $(
            #[unsafe(no_mangle)]
            #[inline(never)]
            fn $forward(desk: &mut DeskOf<$Net>) {
                desk.xs[..64].iter().zip(&mut desk.hs).for_each(|(x, h)| *h = desk.net.predict(x));
            }

            #[unsafe(no_mangle)]
            #[inline(never)]
            fn $online(desk: &mut DeskOf<$Net>) {
                let samples = desk.xs[..64].iter().zip(&desk.ys);
                samples.for_each(|(x, y)| desk.net.descend(x, y, RATE, &mut desk.tape));
            }

            #[unsafe(no_mangle)]
            #[inline(never)]
            fn $batch_32(desk: &mut DeskOf<$Net>) {
                desk.net.step_batch(&(&desk.xs[..64], &desk.ys[..64]), NoPenalty, RATE, &mut desk.tapes);
            }

            #[unsafe(no_mangle)]
            #[inline(never)]
            fn $forward_256(desk: &mut DeskOf<$Net>) {
                desk.net.predict_batch(&desk.xs, &mut desk.hs, &mut desk.tapes);
            }
        )*

        fn all() {$(
            let mut desk = black_box(DeskOf::<$Net>::new());
            $forward(&mut desk);
            $online(&mut desk);
            $batch_32(&mut desk);
            $forward_256(&mut desk);
            black_box(desk);
        )*}
    };
}

type DeskOf<N> = <N as HasDesk>::Desk;

trait HasDesk {
    type Desk;
}

impl<L: Layers<Scalar = f32>, E: Loss> HasDesk for Network<L, E> {
    type Desk = Desk<L, E>;
}

networks! {
    Tiny: tiny_forward tiny_online tiny_batch_32 tiny_forward_256;
    Control: control_forward control_online control_batch_32 control_forward_256;
    Digits: digits_forward digits_online digits_batch_32 digits_forward_256;
    Ng: ng_forward ng_online ng_batch_32 ng_forward_256;
    Mnist: mnist_forward mnist_online mnist_batch_32 mnist_forward_256;
    ReluNet: relu_forward relu_online relu_batch_32 relu_forward_256;
    Sensor: sensor_forward sensor_online sensor_batch_32 sensor_forward_256;
    LeNet: lenet_forward lenet_online lenet_batch_32 lenet_forward_256;
    Gated: gated_forward gated_online gated_batch_32 gated_forward_256;
}

fn main() {
    counts::force_level();
    all();
}
