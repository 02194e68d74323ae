//! ONNX files of PyTorch's exporters, of skl2onnx and by hand: outputs are the framework's. `fixtures/onnx/make.py` made them.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::fs;
use std::path::{Path, PathBuf};

use nanoprop_exchange::onnx::{self, Options};
use nanoprop_exchange::{Loss, Scalar};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/onnx")
}

/// The ONNX files of a folder, in the order of their names.
fn files(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files.filter(|path| path.extension().is_some_and(|end| end == "onnx")).collect();
    files.sort();
    files
}

fn numbers(line: &str, key: &str) -> Vec<f64> {
    line.strip_prefix(key).unwrap().split_whitespace().map(|word| word.parse().unwrap()).collect()
}

#[test]
fn outputs_are_those_of_the_framework() {
    let files = files(&folder());
    assert!(files.len() >= 25, "{} files", files.len());
    let mut failures = Vec::new();
    for path in &files {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let import = match onnx::read(path, &Options::default()) {
            Ok(import) => import,
            Err(error) => {
                failures.push(format!("{name}: {error}"));
                continue;
            }
        };
        let (model, report) = (&import.model, &import.report);
        let text = fs::read_to_string(path.with_extension("txt")).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let mut most: f64 = 0.0;
        for pair in lines.chunks(2) {
            let (x, y) = (numbers(pair[0], "x:"), numbers(pair[1], "y:"));
            let x: Vec<f32> = report.input_order.iter().map(|&place| x[place] as f32).collect();
            let h = model.predict(&x).unwrap();
            for (&h, &place) in h.iter().zip(&report.output_order) {
                let log = report.notes.iter().any(|note| note.contains("logarithms"));
                let y = if log { y[place].exp() } else { y[place] };
                most = most.max((f64::from(h) - y).abs() / y.abs().max(1.0));
            }
            assert_eq!(h.len(), report.output_order.len(), "{name}");
        }
        println!("--- {name}\n{report}\nfrom the framework: {most:.1e}\n");
        if most > 1e-6 || report.difference > 1e-6 || report.difference_f64 > 2e-7 {
            failures.push(format!("{name}: differs by {most:e}, {:e}, {:e}", report.difference, report.difference_f64));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Each line of `refused.txt` is a file and what is said of it.
#[test]
fn what_can_not_be_read_is_refused_with_its_node() {
    let folder = folder().join("refused");
    let files = files(&folder);
    let said: Vec<String> = files
        .iter()
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap();
            match onnx::read(path, &Options::default()) {
                Ok(import) => format!("{name}: READ\n{}", import.report),
                Err(error) => format!("{name}: {error}"),
            }
        })
        .collect();
    let expected = fs::read_to_string(folder.join("refused.txt")).unwrap_or_default();
    assert_eq!(said.join("\n"), expected.trim_end());
}

#[test]
fn names_losses_and_scalars_are_the_files() {
    let read = |name: &str| onnx::read(folder().join(name), &Options::default()).unwrap().model;
    let model = read("sklearn_two.onnx");
    assert_eq!((model.loss, model.scalar, model.output()), (Loss::SigmoidCrossEntropy, Scalar::F32, &[1][..]));
    assert_eq!(read("sklearn_classes.onnx").loss, Loss::SoftmaxCrossEntropy);
    assert_eq!(read("double.onnx").scalar, Scalar::F64);
    let options = Options { name: Some("my digits-2".to_owned()), ..Options::default() };
    assert_eq!(onnx::read(folder().join("mlp_script.onnx"), &options).unwrap().model.name, "MyDigits2");
}
