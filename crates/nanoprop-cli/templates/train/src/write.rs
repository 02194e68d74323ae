//! Rows held out, as source text for Rust and C, and the facts of a training.

use std::fmt::Write;

%classes use nanoprop::prelude::*;
%classes use nanoprop::width;
use nanoprop::{AdamW, FullBatch, Inference, MiniBatch, Online};

use crate::network::{INPUTS, Model};

%classes type Sample = ([f32; INPUTS.len()], Class<width!({{outputs}})>);
%numbers type Sample = ([f32; INPUTS.len()], [f32; 1]);
/// The most rows: they take flash.
const MOST: usize = 200;

/// `Row`s of the package `{{name}}`.
pub fn rust(net: &Model, samples: &[Sample]) -> String {
    let row = |(x, y): &Sample| {
%classes         let (target, predicted) = (y.index(), net.classify(x));
%numbers         let (target, predicted) = (y[0], net.predict(x)[0]);
        format!("    Row {{ x: {x:?}, target: {target:?}, predicted: {predicted:?} }},\n")
    };
    format!("&[\n{}]\n", samples.iter().take(MOST).map(row).collect::<String>())
}

/// Arrays of C.
pub fn c(net: &Model, samples: &[Sample]) -> String {
    let samples = &samples[..samples.len().min(MOST)];
    let row = |(x, _): &Sample| format!("    {{{}}},\n", x.map(|x| format!("{x:?}f")).join(", "));
    let rows: String = samples.iter().map(row).collect();
%classes     let targets: String = samples.iter().map(|(_, y)| format!("{}, ", y.index())).collect();
%classes     let predicted: String = samples.iter().map(|(x, _)| format!("{}, ", net.classify(x))).collect();
%classes     let number = "int";
%numbers     let targets: String = samples.iter().map(|(_, y)| format!("{:?}f, ", y[0])).collect();
%numbers     let predicted: String = samples.iter().map(|(x, _)| format!("{:?}f, ", net.predict(x)[0])).collect();
%numbers     let number = "float";
    format!(
        "/* Rows held out, and what the network says of them: written by the training. */\n\
         enum {{ ROWS = {} }};\n\
         static const float rows[ROWS][{}] = {{\n{rows}}};\n\
         static const {number} targets[ROWS] = {{{targets}}};\n\
         static const {number} predicted[ROWS] = {{{predicted}}};\n",
        samples.len(),
        INPUTS.len(),
    )
}

/// What the training was of, as TOML.
pub fn facts(net: &Model, end: &str, rows: [usize; 3]) -> String {
    let ways = [
        ("inference", Model::footprint::<Inference>()),
        ("online", Model::footprint::<Online>()),
        ("mini-batch of 32", Model::footprint::<MiniBatch<32>>()),
        ("full batch", Model::footprint::<FullBatch>()),
        ("AdamW", Model::footprint::<AdamW>()),
    ];
    let mut text = format!(
        "end = {end:?}\nrows = {rows:?}\nparameters = {}\nfingerprint = \"{:016x}\"\ndigest = \"{:016x}\"\nplan = '''\n{}'''\n",
        Model::PARAMETERS,
        Model::FINGERPRINT,
        net.digest(),
        Model::PLAN,
    );
    for (way, bytes) in ways {
        let _ = write!(
            text,
            "\n[[footprint]]\nway = {way:?}\nweights = {}\ngradient = {}\ntape = {}\noptimizer = {}\n",
            bytes.weights, bytes.gradient, bytes.tape, bytes.optimizer
        );
    }
    text
}

/// The target and the prediction of each row held out.
pub fn held_out(net: &Model, samples: &[Sample]) -> String {
%classes     let row = |(x, y): &Sample| format!("{},{}\n", y.index(), net.classify(x));
%numbers     let row = |(x, y): &Sample| format!("{:?},{:?}\n", y[0], net.predict(x)[0]);
    format!("target,predicted\n{}", samples.iter().map(row).collect::<String>())
}
