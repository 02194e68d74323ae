//! The main job: handwritten digits, learned one sample at a time, all of it on the stack.

use std::{env, fs, path::Path, process::ExitCode, time::Duration, time::Instant};

use indicatif::{ProgressBar, ProgressStyle};
use nanoprop::prelude::*;
#[path = "support/digits.rs"]
mod digits;
#[path = "support/pictures.rs"]
mod pictures;

network! {
    /// 8×8 pixels in, one probability per digit out.
    type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy;
}
const EPOCHS: usize = 20;

fn main() -> ExitCode {
    let outcome = run();
    outcome.as_ref().err().inspect(|error| eprintln!("digits: {error}"));
    if outcome.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn run() -> Result<(), pictures::Error> {
    let seed = match env::args_os().nth(1).map(|text| text.to_string_lossy().into_owned()) {
        Some(text) => text.parse().map_err(|_| format!("expected a seed, a whole number from 0, not `{text}`"))?,
        None => 1,
    };
    let (train, held_out) = digits::split(|row| row % 5 == 4);
    println!("64-32-10, seed {seed}: {} samples to learn from, {} held out", train.len(), held_out.len());

    let (mut net, mut tape) = (Digits::ZERO, Digits::TAPE);
    net.initialize(&Xavier, &mut Pcg32::new(seed));

    let style = ProgressStyle::with_template("{bar:40} epoch {pos} of {len}, {msg}")?;
    let bar = ProgressBar::new(EPOCHS as u64).with_style(style);
    let (mut history, mut time) = (vec![], Duration::ZERO);
    for epoch in 0..EPOCHS {
        let rate = 0.5 / (1.0 + epoch as f32 / 5.0);
        let start = Instant::now();
        train.iter().for_each(|(x, y)| net.descend(x, y, rate, &mut tape));
        time += start.elapsed();

        let [cost, held_out_cost] = [&train, &held_out].map(|samples| f64::from(net.cost(samples, NoPenalty)));
        history.push([cost, held_out_cost, accuracy(&net, &train), accuracy(&net, &held_out)]);
        bar.set_message(format!("cost {cost:.4}"));
        bar.inc(1);
    }
    bar.finish_and_clear();

    println!("\nepoch    cost  held out   accuracy  held out");
    for (epoch, [cost, held_out_cost, accuracy, held_out_accuracy]) in (1..).zip(&history) {
        if [1, 2, 5, 10, EPOCHS].contains(&epoch) {
            println!("{epoch:5}  {cost:.4}    {held_out_cost:.4}   {accuracy:6.2} %  {held_out_accuracy:6.2} %");
        }
    }

    let mut confusion = [[0; 10]; 10];
    held_out.iter().for_each(|(x, y)| confusion[y.index()][net.classify(x)] += 1);
    println!("\nheld out: a row for each digit, a column for each answer\n     0   1   2   3   4   5   6   7   8   9");
    for (digit, row) in confusion.iter().enumerate() {
        println!("{digit} {}", row.map(|n| if n == 0 { "   ·".into() } else { format!("{n:4}") }).concat());
    }

    let steps = EPOCHS * train.len();
    println!("\n{steps} steps, {:.0} samples per second", steps as f64 / time.as_secs_f64());
    println!("{}", Digits::FOOTPRINT);

    let target = env::var("CARGO_TARGET_DIR").unwrap_or(concat!(env!("CARGO_MANIFEST_DIR"), "/target").into());
    let folder = Path::new(&target).join("digits");
    fs::create_dir_all(&folder).map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
    let units: Vec<[f32; 64]> =
        (1..=32).map(|j| std::array::from_fn(|i| net.theta(1, j, i + 1).unwrap_or_default())).collect();
    let mut checkpoint = vec![0; Digits::CHECKPOINT];
    net.save(&mut checkpoint)?;
    let curve = pictures::learning("64-32-10 learns the 8×8 digits", &history)?;
    let maps = pictures::maps("What the 32 hidden units look at", &units)?;
    for (name, bytes) in
        [("digits.nprp", &*checkpoint), ("curve.svg", curve.as_bytes()), ("units.svg", maps.as_bytes())]
    {
        let path = folder.join(name);
        fs::write(&path, bytes).map_err(|error| format!("cannot write {}: {error}", path.display()))?;
        println!("wrote {}, {} bytes", path.display(), bytes.len());
    }
    Ok(())
}

fn accuracy(net: &Digits, samples: &[digits::Sample]) -> f64 {
    let right = samples.iter().filter(|(x, y)| net.classify(x) == y.index()).count();
    100.0 * right as f64 / samples.len() as f64
}
