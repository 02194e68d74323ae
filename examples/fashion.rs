//! A larger job: 60,000 pictures of clothes, 28×28 pixels, ten kinds; 784-128-64-10 with ReLU learns them with Adam,
//! whose rate falls to 0 along a cosine.
//!
//! `apt-get install dataset-fashion-mnist`, then `cargo run --release --features fashion --example fashion`; another folder
//! with the four files of Fashion-MNIST or MNIST is an argument: `-- path`. Ctrl-C ends the training after the step in work,
//! and what was learned is saved. `examples/fashion.py` runs the same recipe in PyTorch, and this, one after the other.
//!
//! ```text
//! 784-128-64-10: 60000 pictures to learn from, 10000 held out
//!
//!           precision   recall       F1
//! T-shirt     82.67 %  83.50 %  83.08 %
//! trousers    99.18 %  97.10 %  98.13 %
//! pullover    78.47 %  79.10 %  78.78 %
//! dress       87.72 %  89.30 %  88.50 %
//! coat        77.29 %  81.00 %  79.10 %
//! sandal      97.66 %  96.20 %  96.93 %
//! shirt       71.08 %  66.10 %  68.50 %
//! sneaker     93.28 %  95.80 %  94.52 %
//! bag         96.72 %  97.20 %  96.96 %
//! boot        96.06 %  95.10 %  95.58 %
//!
//! after 5 epochs: 88.04 % of what was held out is right
//! in integers of 8 bits, 111022 bytes for 437544: 88.02 %
//! wrote target/fashion/fashion.nprp
//! wrote target/fashion/log.csv
//! wrote target/fashion/curve.svg
//! wrote target/fashion/confusion.svg
//! ```

#[path = "support/clothes.rs"]
mod clothes;
#[path = "support/pipe.rs"]
mod pipe;

use std::error::Error;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::{env, fs, io, process, time::Instant};

use nanoprop::int8::Observer;
use nanoprop::metrics::Confusion;
use nanoprop::prelude::*;
use nanoprop::{Cosine, End, Quantized};
use nanoprop_host::observe::{self, Bar, CsvLog, Curve, Until};

network! {
    /// 28×28 pixels in, one probability per kind of clothes out.
    type Fashion = 784 => Dense<128, Relu> => Dense<64, Relu> => Dense<10>, loss = SoftmaxCrossEntropy;
}
const RECIPE: Recipe<Adam, Cosine> =
    Recipe { batch: 64, epochs: 5, order: Order::Shuffled(1), ..Recipe::new(Adam::new(1e-3)) }
        .schedule(Cosine { steps: 5 * 60_000_u64.div_ceil(64), floor: 0.0 });

/// Weights, gradient, Adam's moments and tapes: 1.9 MB that never are on the stack.
static DESK: Mutex<(Fashion, Training<Fashion, Adam, 64>)> = Mutex::new((Fashion::ZERO, Training::ZERO));
static STOP: AtomicBool = AtomicBool::new(false);

fn main() {
    pipe::end_quietly();
    if let Err(error) = run() {
        eprintln!("fashion: {error}");
        process::exit(1);
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let ((images, labels), (test_images, test_labels)) = clothes::load(env::args_os().nth(1).map(Into::into))?;
    let (train, test) = ((&images[..], &labels[..]), (&test_images[..], &test_labels[..]));
    println!("784-128-64-10: {} pictures to learn from, {} held out", images.len(), test_images.len());
    ctrlc::set_handler(|| STOP.store(true, Ordering::Relaxed))?;

    let mut desk = DESK.lock().map_err(|_| "no other thread has the desk")?;
    let (net, training) = &mut *desk;
    net.initialize(&He, &mut Pcg32::new(1));
    let (mut log, mut curve) = (CsvLog::new(vec![]), Curve::new());
    let bar = Bar::new(RECIPE.epochs, images.len(), RECIPE.batch);
    let start = Instant::now();
    let mut observers = ((bar, &mut log), (&mut curve, Until(&STOP)));
    let end = RECIPE.train(net, training).validate(&test).observe(&mut observers).run(&train)?;
    drop(observers);
    let seconds = start.elapsed().as_secs_f64();

    let log = String::from_utf8(log.finish()?)?;
    println!("\n{}", log.replace(',', "\t"));
    let mut confusion = Confusion::<U10>::NEW;
    confusion.measure(net, &test);
    clothes::print(&confusion);
    let how = if end == End::Stopped { "stopped after" } else { "after" };
    let (epochs, percent) = (training.progress().epochs, 100.0 * confusion.accuracy());
    println!("\n{how} {epochs} epochs and {seconds:.2} s: {percent:.2} % of what was held out is right");

    let mut small = Box::new(Quantized::<Fashion>::ZERO);
    small.quantize(net, &(&images[..1000], &labels[..1000]), Observer::MinMax);
    let right = |(x, y): (&_, &Class<U10>)| small.classify(&small.encode(x)) == y.index();
    let right = test_images.iter().zip(&test_labels).filter(|&sample| right(sample)).count();
    let (bytes, percent) = (size_of::<Quantized<Fashion>>(), 100.0 * right as f64 / test_images.len() as f64);
    println!("in integers of 8 bits, {bytes} bytes for {}: {percent:.2} %", size_of::<Fashion>());

    let target = env::var("CARGO_TARGET_DIR").unwrap_or(concat!(env!("CARGO_MANIFEST_DIR"), "/../target").into());
    let folder = Path::new(&target).join("fashion");
    fs::create_dir_all(&folder)?;
    let write = |name: &str, write: &dyn Fn(&Path) -> io::Result<()>| {
        let path = folder.join(name);
        write(&path).map_err(|error| format!("can't write {}: {error}", path.display()))?;
        println!("wrote {}", path.strip_prefix(env::current_dir().unwrap_or_default()).unwrap_or(&path).display());
        Ok::<_, String>(())
    };
    let curve = curve.svg("784-128-64-10 learns Fashion-MNIST")?;
    let matrix = observe::confusion(&confusion, &clothes::NAMES, "What 10,000 pictures were taken for")?;
    write("fashion.nprp", &|path| net.save_to(path))?;
    write("log.csv", &|path| fs::write(path, &log))?;
    write("curve.svg", &|path| fs::write(path, &curve))?;
    Ok(write("confusion.svg", &|path| fs::write(path, &matrix))?)
}
