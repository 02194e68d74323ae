//! Motions by a three-axis accelerometer, 64 steps each: a convolution and a gated recurrent network learn six of them, and
//! the second one then runs step by step, as numbers come from a sensor.
//!
//! `cargo run --release --example gesture -- 7` takes seed 7 instead of 1. The data are simulated: a sensor that is held,
//! carried, shaken, turned in a circle, tilted or tapped, with gravity in a direction of its own, with noise, at any phase.
//!
//! ```text
//! Conv1d, windows at once
//!  1  Conv1d relu, window 5  64×3 → 60×16  256 parameters
//!  2  MaxPool1d window 2, stride 2  60×16 → 30×16  0 parameters
//!  3  Conv1d relu, window 3, stride 2, 1 step left over  30×16 → 14×32  1568 parameters
//!  4  GlobalAvgPool  14×32 → 32  0 parameters
//!  5  Dense identity  32 → 6  198 parameters
//!
//! epoch    cost  held out  accuracy held out
//!     1  0.5339    0.5323             77.83 %
//!     2  0.4364    0.4423             79.67 %
//!     4  0.1265    0.1281             97.83 %
//!     8  0.0292    0.0336             99.00 %
//!    16  0.0054    0.0066            100.00 %
//!              held carried  shaken circled  tilted  tapped
//!     held      100       0       0       0       0       0
//!  carried        0     100       0       0       0       0
//!   shaken        0       0     100       0       0       0
//!  circled        0       0       0     100       0       0
//!   tilted        0       0       0       0     100       0
//!   tapped        0       0       0       0       0     100
//! to predict: weights 8088 B, gradient 0 B, tape 0 B
//! to learn on a device: weights 8088 B, gradient 0 B, tape 15408 B
//!
//! Gru, step by step
//!  1  Conv1d relu, window 5, causal  64×3 → 64×8  128 parameters
//!  2  MaxPool1d window 2, stride 2  64×8 → 32×8  0 parameters
//!  3  Gru reset_after  32×8 → 16  1216 parameters
//!  4  Dense identity  16 → 6  102 parameters
//!
//! epoch    cost  held out  accuracy held out
//!     1  0.7123    0.7226             72.67 %
//!     2  0.3220    0.3280             83.83 %
//!     4  0.2358    0.2334             89.83 %
//!     8  0.1897    0.1875             94.50 %
//!    16  0.1698    0.2277             94.33 %
//!              held carried  shaken circled  tilted  tapped
//!     held      100       0       0       0       0       0
//!  carried        0      77       0       0       0      23
//!   shaken        0       0     100       0       0       0
//!  circled        0       0       0     100       0       0
//!   tilted        0       0       0       0     100       0
//!   tapped       11       0       0       0       0      89
//! to predict: weights 5784 B, gradient 0 B, tape 0 B
//! to learn on a device: weights 5784 B, gradient 0 B, tape 18608 B
//!
//! step by step, 212 bytes of state: what each motion is taken for at its end
//! held     held      98.7 %
//! shaken   shaken    99.8 %
//! tilted   tilted    99.9 %
//! carried  carried   99.3 %
//! tapped   tapped    87.0 %
//! circled  circled   99.8 %
//! held     held      98.8 %
//! carried  carried   98.2 %
//! 8 of 8
//! ```

#[path = "support/pipe.rs"]
mod pipe;

use std::error::Error;
use std::f32::consts::TAU;
use std::{env, process};

use nanoprop::metrics::{Accuracy, Confusion};
use nanoprop::prelude::*;
use nanoprop::{Inference, Online, OutOfRange};

network! {
    /// Windows at once: what a motion is made of, wherever in the window it is.
    type Windows = [64, 3] => Conv1d<16, 5, Relu> => MaxPool1d<2> => Conv1d<32, 3, stride = 2, Relu> => GlobalAvgPool
        => Dense<6>, loss = SoftmaxCrossEntropy;
    /// The same job step by step: all that it reads is behind it.
    type Steps = [64, 3] => Conv1d<8, 5, Relu, padding = causal> => MaxPool1d<2> => Gru<16> => Dense<6>,
        loss = SoftmaxCrossEntropy;
}

const MOTIONS: [&str; 6] = ["held", "carried", "shaken", "circled", "tilted", "tapped"];
type Window = [[f32; 3]; 64];
type Sample = (Window, Class<U6>);

/// Trains by Adam in batches, and prints the learning curve, what is taken for what, and the bytes.
macro_rules! learn {
    ($title:literal, $Net:ident, $train:ident, $test:ident, $rng:ident) => {{
        println!("{}\n{}", $title, $Net::PLAN);
        let (mut net, mut training) = ($Net::boxed(), Training::<$Net, Adam, 32>::boxed());
        net.initialize(&Xavier, $rng);
        println!("epoch    cost  held out  accuracy held out");
        for epoch in [1, 2, 4, 8, 16] {
            let recipe = Recipe { batch: 32, epochs: epoch, order: Order::Shuffled(1), ..Recipe::new(Adam::new(5e-3)) };
            recipe.train(&mut net, &mut training).run(&$train[..])?;
            let cost = [&$train, &$test].map(|samples| net.cost(&samples[..], NoPenalty));
            let mut accuracy = Accuracy::NEW;
            accuracy.measure(&net, &$test[..]);
            println!("{epoch:5}  {:.4}    {:.4}  {:16.2} %", cost[0], cost[1], 100.0 * accuracy.value());
        }
        let mut confusion = Confusion::<U6>::NEW;
        confusion.measure(&net, &$test[..]);
        println!("         {}", MOTIONS.map(|name| format!("{name:>8}")).concat());
        for (name, row) in MOTIONS.iter().zip(confusion.rows()) {
            println!("{name:>8} {}", row.iter().map(|n| format!("{n:8}")).collect::<String>());
        }
        println!("to predict: {}", $Net::footprint::<Inference>());
        println!("to learn on a device: {}", $Net::footprint::<Online>());
        net
    }};
}

fn main() {
    pipe::end_quietly();
    if let Err(error) = run() {
        eprintln!("gesture: {error}");
        process::exit(1);
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let seed = env::args().nth(1).map_or(Ok(1), |seed| seed.parse())?;
    let rng = &mut Pcg32::new(seed);
    let train = windows(3000, rng)?;
    let test = windows(600, rng)?;

    learn!("Conv1d, windows at once", Windows, train, test, rng);
    println!();
    let net = learn!("Gru, step by step", Steps, train, test, rng);

    // Step by step, as they would come from the sensor; a stream begins anew with a motion, as windows do.
    println!(
        "\nstep by step, {} bytes of state: what each motion is taken for at its end",
        size_of_val(&Steps::STREAM)
    );
    let mut right = 0;
    for class in [0, 2, 4, 1, 5, 3, 0, 1] {
        let (mut stream, mut last) = (Steps::STREAM, None);
        for step in &simulate(class, rng) {
            last = net.stream(step, &mut stream).or(last);
        }
        let h = last.unwrap_or_default();
        let found = (1..6).fold(0, |best, k| if h[k] > h[best] { k } else { best });
        right += usize::from(found == class);
        println!("{:8} {:8} {:5.1} %", MOTIONS[class], MOTIONS[found], 100.0 * h[found]);
    }
    println!("{right} of 8");
    Ok(())
}

/// Some windows of each motion.
fn windows(count: usize, rng: &mut Pcg32) -> Result<Vec<Sample>, OutOfRange> {
    (0..count).map(|k| Ok((simulate(k % 6, rng), Class::new(k % 6)?))).collect()
}

/// From −1 to 1.
fn unit(rng: &mut Pcg32) -> f32 {
    (rng.bits() >> 8) as f32 / (1 << 23) as f32 - 1.0
}

/// What a sensor reads, in units of gravity, 50 times a second.
fn simulate(class: usize, rng: &mut Pcg32) -> Window {
    // Gravity in a direction of its own, near z; a motion of this size, steps a turn, and start.
    let (tilt, turn) = (0.2 * unit(rng), TAU * unit(rng));
    let gravity = [tilt * turn.cos(), tilt * turn.sin(), (1.0 - tilt * tilt).sqrt()];
    let (size, period, phase) = (0.8 + 0.3 * unit(rng), 12.0 + 4.0 * unit(rng), TAU * unit(rng));
    let start = 16.0 + 12.0 * unit(rng);
    std::array::from_fn(|t| {
        let t = t as f32;
        let (angle, since) = (TAU * t / period + phase, t - start);
        let motion = match class {
            1 => [0.0, 0.1 * angle.sin(), 0.4 * size * (0.5 * angle).sin().abs()],
            2 => [size * angle.sin(), 0.0, 0.0],
            3 => [size * angle.cos(), size * angle.sin(), 0.0],
            // Gravity turns from z to x within eight steps.
            4 => [0.7, 0.0, -0.5].map(|a: f32| a * (since / 8.0).clamp(0.0, 1.0)),
            // A knock that rings.
            5 if since >= 0.0 => [0.0, 0.0, 2.0 * size * (-since / 3.0).exp() * (2.0 * since).cos()],
            _ => [0.0; 3],
        };
        std::array::from_fn(|k| gravity[k] + motion[k] + 0.08 * unit(rng))
    })
}
