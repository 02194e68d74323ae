//! Trains the network of `model` by `table.toml`, and writes what the other packages take: weights, and rows held out.

#[path = "../../model/src/network.rs"]
mod network;
mod write;

use std::error::Error;
use std::fs;
use std::path::Path;

%classes use nanoprop::metrics::Confusion;
%numbers use nanoprop::metrics::{MeanSquaredError, R2};
use nanoprop::prelude::*;
use nanoprop::{AdamW, Moments, width};
%numbers use nanoprop_host::data::Scaling;
use nanoprop_host::data::{TableSpec, take};
use nanoprop_host::observe::{Bar, CsvLog, Curve};

%classes use network::{CLASSES, INPUTS, Model};
%numbers use network::{INPUTS, Model};

/// How it is trained: the place to change something.
const RECIPE: Recipe<AdamW> =
    Recipe { batch: {{batch}}, epochs: 300, order: Order::Shuffled(1), patience: 30, ..Recipe::new(AdamW::new(0.003)) };
/// The seed of the first weights.
const SEED: u64 = 1;

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));

    // 1. Read, and split: to learn from, to choose by, to judge by.
    let spec = TableSpec::open(root.join("table.toml"))?;
    if spec.inputs() != INPUTS {
        let found = spec.inputs();
        return Err(format!("table.toml has the inputs {found:?}, but model/src/network.rs {INPUTS:?}").into());
    }
    let table = spec.table(root)?;
    let parts = spec.parts(&table)?;
    let mut columns = spec.encoding();
    columns.learn(&table, &parts.train)?;
    let inputs = columns.rows::<f32, { INPUTS.len() }>(&table)?;
%classes     if spec.target.classes.as_deref() != Some(&CLASSES.map(String::from)[..]) {
%classes         return Err(format!("table.toml has other classes than model/src/network.rs, {CLASSES:?}").into());
%classes     }
%classes     let targets = table.class_column::<width!({{outputs}})>(&spec.target.column, &CLASSES)?;
%numbers     let targets = table.number_column::<f32>(&spec.target.column)?.into_iter().map(|target| [target]);
    let samples: Vec<_> = inputs.into_iter().zip(targets).collect();
    let [train, validation, test] = [&parts.train, &parts.validation, &parts.test].map(|rows| take(&samples, rows));
    println!("{} rows to learn from, {} to choose by, {} to judge by", train.len(), validation.len(), test.len());
%numbers 
%numbers     // The network learns targets of mean 0 and deviation 1; its last layer undoes that at the end.
%numbers     let scaling = Scaling::of(&train.iter().map(|(_, y)| *y).collect::<Vec<_>>());
%numbers     let scaled = |samples: &[([f32; INPUTS.len()], [f32; 1])]| -> Vec<_> {
%numbers         samples.iter().map(|(x, y)| (*x, scaling.scale(y))).collect()
%numbers     };
%numbers     let (train, validation) = (scaled(&train), scaled(&validation));

    // 2. Train, and watch.
    let (mut net, mut best, mut training) = (Model::boxed(), Model::boxed(), Training::<Model, AdamW>::boxed());
    net.initialize(&He, &mut Pcg32::new(SEED));
    let mut moments = Moments::<width!({{inputs}})>::NEW;
    train.iter().for_each(|(x, _)| moments.observe(x));
    net.layers_mut().0.fit(&moments);
    let (mut log, mut curve) = (CsvLog::new(vec![]), Curve::new());
    let bar = Bar::new(RECIPE.epochs, train.len(), RECIPE.batch);
    let trainer = RECIPE.train(&mut net, &mut training).validate(&validation).keep_best(&mut best);
    let end = trainer.observe(&mut (bar, (&mut log, &mut curve))).run(&train)?;
    let end = format!("{end}: {}", training.progress());
    println!("{end}");
%numbers     scaling.fold(best.layers_mut().{{last}});

    // 3. Judge, by rows that neither training nor choice has seen.
%classes     let mut confusion = Confusion::<width!({{outputs}})>::NEW;
%classes     confusion.measure(&best, &test);
%classes     let right = test.iter().filter(|(x, y)| best.classify(x) == y.index()).count();
%classes     let judgement = format!(
%classes         "{right} of {} rows held out are classified correctly, {:.1} %; macro F1 {:.3}\n\n\
%classes          a row for each class, a column for each answer: {}\n{confusion}",
%classes         test.len(),
%classes         100.0 * confusion.accuracy(),
%classes         confusion.macro_f1(),
%classes         CLASSES.join(", "),
%classes     );
%numbers     let (mut error, mut r2) = (MeanSquaredError::NEW, R2::NEW);
%numbers     for (x, [y]) in &test {
%numbers         let h = best.predict(x)[0];
%numbers         error.add(&[h], &[*y]);
%numbers         r2.add(h, *y);
%numbers     }
%numbers     let judgement = format!(
%numbers         "{} rows held out: root of the mean squared error {:.4}, R² {:.3}\n",
%numbers         test.len(),
%numbers         error.root(),
%numbers         r2.value(),
%numbers     );
    print!("{judgement}");

    // 4. Write.
    let report = root.join("report");
    fs::create_dir_all(&report)?;
    fs::write(report.join("judgement.txt"), format!("{judgement}\n{}\n{}", Model::PLAN, Model::FOOTPRINT))?;
    fs::write(report.join("log.csv"), log.finish()?)?;
    fs::write(report.join("curve.svg"), curve.svg("{{name}}")?)?;
    fs::write(report.join("columns.txt"), columns.to_string())?;
    // For `nanoprop report`.
    fs::write(report.join("facts.toml"), write::facts(&best, &end, [train.len(), validation.len(), test.len()]))?;
    fs::write(report.join("held_out.csv"), write::held_out(&best, &test))?;
    fs::write(root.join("model/rows.rs"), write::rust(&best, &test))?;
    fs::write(root.join("c/rows.h"), write::c(&best, &test))?;
    best.save_to(root.join("model/model.nprp"))?;
    println!("wrote model/model.nprp and report/");
    Ok(())
}
