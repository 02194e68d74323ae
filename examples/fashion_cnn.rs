//! The clothes of `fashion`, by a small convolutional network that fits a microcontroller: 28×28 pixels, ten kinds.
//!
//! `apt-get install dataset-fashion-mnist`, then `cargo run --release --features fashion --example fashion_cnn`. Arguments, in
//! this order: the number of epochs, 4 if none is given, and the folder of the four files.
//!
//! ```text
//! ```

#[path = "support/clothes.rs"]
mod clothes;
#[path = "support/pipe.rs"]
mod pipe;

use std::error::Error;
use std::path::Path;
use std::sync::Mutex;
use std::{env, fs, process, time::Instant};

use nanoprop::metrics::Confusion;
use nanoprop::prelude::*;
use nanoprop::{Cosine, Inference, Online};
use nanoprop_host::observe::{self, Bar, Curve};

network! {
    /// Pixels row by row in, one probability per kind of clothes out.
    type Clothes = 784 => Unflatten<[28, 28, 1]> => Conv2d<8, 3, Relu, padding = same> => MaxPool2d<2>
        => Conv2d<16, 3, Relu, padding = same> => MaxPool2d<2> => Flatten => Dense<64, Relu> => Dense<10>,
        loss = SoftmaxCrossEntropy;
}

/// Weights, gradient, Adam's moments and tapes: they never are on the stack.
static DESK: Mutex<(Clothes, Training<Clothes, Adam, 32>)> = Mutex::new((Clothes::ZERO, Training::ZERO));

fn main() {
    pipe::end_quietly();
    if let Err(error) = run() {
        eprintln!("fashion_cnn: {error}");
        process::exit(1);
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args_os().skip(1);
    let epochs = arguments.next().map(|epochs| epochs.to_string_lossy().parse());
    let epochs = epochs.unwrap_or(Ok(4)).map_err(|_| "the first argument is a number of epochs")?;
    let ((images, labels), (test_images, test_labels)) = clothes::load(arguments.next().map(Into::into))?;
    let (train, test) = ((&images[..], &labels[..]), (&test_images[..], &test_labels[..]));
    println!("{}", Clothes::PLAN);
    println!("to predict: {}", Clothes::footprint::<Inference>());
    println!("to learn on a device: {}\n", Clothes::footprint::<Online>());

    let mut desk = DESK.lock().map_err(|_| "no other thread has the desk")?;
    let (net, training) = &mut *desk;
    net.initialize(&He, &mut Pcg32::new(1));
    let recipe = Recipe { batch: 32, epochs, order: Order::Shuffled(1), ..Recipe::new(Adam::new(2e-3)) }
        .schedule(Cosine { steps: epochs as u64 * 60_000_u64.div_ceil(32), floor: 0.0 });
    let (mut bar, mut curve, start) = (Bar::new(epochs, images.len(), 32), Curve::new(), Instant::now());
    recipe.train(net, training).validate(&test).observe(&mut (&mut bar, &mut curve)).run(&train)?;
    drop(bar);

    let mut confusion = Confusion::<U10>::NEW;
    confusion.measure(net, &test);
    clothes::print(&confusion);
    let (seconds, percent) = (start.elapsed().as_secs_f64(), 100.0 * confusion.accuracy());
    println!("\nafter {epochs} epochs and {seconds:.1} s: {percent:.2} % of what was held out is right");

    let target = env::var("CARGO_TARGET_DIR").unwrap_or(concat!(env!("CARGO_MANIFEST_DIR"), "/../target").into());
    let folder = Path::new(&target).join("fashion_cnn");
    fs::create_dir_all(&folder)?;
    net.save_to(folder.join("clothes.nprp"))?;
    fs::write(folder.join("curve.svg"), curve.svg("A small CNN learns Fashion-MNIST")?)?;
    let matrix = observe::confusion(&confusion, &clothes::NAMES, "What 10,000 pictures were taken for")?;
    fs::write(folder.join("confusion.svg"), matrix)?;
    println!("wrote clothes.nprp, curve.svg and confusion.svg to {}", folder.display());
    Ok(())
}
