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

/// Whichever exporter wrote it, it is the same layers; what can be folded is.
#[test]
fn nodes_become_these_layers() {
    let words = |name: &str| {
        let model = onnx::read(folder().join(format!("{name}.onnx")), &Options::default()).unwrap().model;
        model.layers().iter().map(|layer| layer.word()).collect::<Vec<_>>().join(" ")
    };
    for (names, expected) in [
        (&["letters_script", "letters_dynamo"][..], "Embedding Conv1d Gru Dense"),
        (&["words_script", "words_dynamo"], "Embedding Flatten Dense"),
        (
            &["group_norm_script", "group_norm_dynamo", "group_norm_11", "group_norm_21"],
            "Conv2d GroupNorm DepthwiseConv2d Conv2d GroupNorm Flatten Dense",
        ),
        (&["groups_first_script", "groups_first_dynamo"], "GroupNorm Conv1d Flatten Dense GroupNorm Dense"),
        (
            &["instance_norm_script", "instance_norm_dynamo"],
            "Conv1d InstanceNorm DepthwiseConv1d InstanceNorm Flatten Dense",
        ),
        (&["instances_first_script", "instances_first_dynamo"], "InstanceNorm Conv2d"),
        (&["transposed_script", "transposed_dynamo"], "ConvTranspose1d ConvTranspose1d ConvTranspose1d"),
        (&["coder_script", "coder_dynamo"], "BatchNorm Conv1d BatchNorm ConvTranspose1d BatchNorm Conv1d"),
    ] {
        names.iter().for_each(|name| assert_eq!(words(name), expected, "{name}"));
    }
}

#[test]
fn tensors_beside_the_file_are_found_there_only() {
    let path = folder().join("external.onnx");
    let bytes = fs::read(&path).unwrap();
    assert!(onnx::from_bytes(&bytes, Some(&folder()), &Options::default()).is_ok());
    let error = onnx::from_bytes(&bytes, None, &Options::default()).unwrap_err().to_string();
    assert!(error.contains("`external.onnx.data`: read the model from its path"), "{error}");
    let error = onnx::read(folder().join("no such file.onnx"), &Options::default()).unwrap_err().to_string();
    assert!(error.contains("no such file.onnx: "), "{error}");
}

#[test]
fn what_a_file_leaves_open_can_be_said() {
    let path = folder().join("refused/dynamic_steps.onnx");
    let options = Options { input: Some(vec![1, 4, 3]), ..Options::default() };
    let import = onnx::read(&path, &options).unwrap();
    assert_eq!((import.model.input(), import.model.output()), (&[4, 3][..], &[4, 2][..]));
    for bad in [vec![], vec![0, 3], vec![1, 4, 2], vec![usize::MAX, 3], vec![1 << 40, 1 << 40, 3]] {
        let options = Options { input: Some(bad.clone()), ..Options::default() };
        assert!(onnx::read(&path, &options).is_err(), "{bad:?}");
    }
    let options = Options { output: Some("label".to_owned()), ..Options::default() };
    let error = onnx::read(folder().join("sklearn_two.onnx"), &options).unwrap_err().to_string();
    assert!(error.contains("ArgMax") || error.contains("ArrayFeatureExtractor"), "{error}");
    let options = Options { output: Some("none".to_owned()), ..Options::default() };
    let error = onnx::read(folder().join("mlp_script.onnx"), &options).unwrap_err().to_string();
    assert_eq!(error, "there is no output `none`, but `output`");
}

/// No byte of a file may be wrong without a message, or a model that is the file's.
#[test]
fn cut_and_changed_files_do_no_harm() {
    let bytes = fs::read(folder().join("gru_script.onnx")).unwrap();
    for len in 0..bytes.len() {
        assert!(onnx::from_bytes(&bytes[..len], None, &Options::default()).is_err(), "{len}");
    }
    for place in (0..bytes.len()).step_by(3) {
        let mut changed = bytes.clone();
        changed[place] ^= 1 << (place % 8);
        if let Ok(import) = onnx::from_bytes(&changed, None, &Options::default()) {
            assert!(import.report.difference_f64 < 1e-6, "{place}");
        }
    }
}
