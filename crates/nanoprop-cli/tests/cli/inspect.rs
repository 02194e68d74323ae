//! What is said of each kind of file.

use std::fs;
use std::path::Path;

use nanoprop::prelude::*;
use nanoprop::{Footprint, FullBatch, MiniBatch, Online};
use nanoprop_exchange::numpy::{self, Width};
use nanoprop_exchange::{Array, Arrays, safetensors};

use super::{copy, folder, json, refused, said};

network! { type Net = 3 => Dense<2, Tanh> => Dense<1>, loss = SquaredError; }

const SPEC: &str = "name = 'Net'\nloss = 'SquaredError'\n[[layer]]\nkind = 'Dense'\nreads = 3\nwrites = 2\nactivation = 'Tanh'\n\
                    [[layer]]\nkind = 'Dense'\nreads = 2\nwrites = 1\n";

/// A checkpoint of a network, and that of a training in the middle of a batch.
pub(crate) fn checkpoints(folder: &Path) -> (Net, Net) {
    let mut net = Net::ZERO;
    net.parameters_mut().iter_mut().zip(1_u8..).for_each(|(w, k)| *w = f32::from(k));
    let mut file = vec![0; Net::CHECKPOINT];
    net.save(&mut file).unwrap();
    fs::write(folder.join("net.nprp"), &file).unwrap();

    type Learning = Training<Net, Adam>;
    let samples = [([0.0, 1.0, 2.0], [1.0]), ([1.0, 0.0, -1.0], [3.0]), ([2.0, 1.0, 0.0], [5.0])];
    let recipe = Recipe { batch: 2, epochs: 3, order: Order::AsGiven, ..Recipe::new(Adam::new(0.1)) };
    let (mut learned, mut best, mut training) = (Net::ZERO, Net::ZERO, Learning::ZERO);
    learned.parameters_mut().copy_from_slice(net.parameters());
    let mut trainer = recipe.train(&mut learned, &mut training).keep_best(&mut best);
    // A sample each: an epoch of three, and one of the next batch.
    for _ in 0..4 {
        trainer.step(&samples).unwrap();
    }
    let mut file = vec![0; Learning::CHECKPOINT];
    let length = trainer.save(&mut file).unwrap();
    fs::write(folder.join("training.nprp"), &file[..length]).unwrap();
    (net, learned)
}

#[test]
fn checkpoints_of_networks() {
    let folder = folder();
    let folder = folder.path();
    let (net, _) = checkpoints(folder);
    let facts = json(folder, "inspect net.nprp --json");
    assert_eq!((&facts["kind"], &facts["parameters"]), (&"checkpoint".into(), &11.into()));
    assert_eq!(facts["fingerprint"], format!("{:016x}", Net::FINGERPRINT));
    assert_eq!(facts["digest"], format!("{:016x}", net.digest()));
    assert_eq!(facts["tensors"][0]["mean"], 6.0);
    assert!(
        facts["network"].is_null() && facts["notes"][0].as_str().unwrap().starts_with("without --spec, its layers")
    );

    fs::write(folder.join("spec.toml"), SPEC).unwrap();
    let facts = json(folder, "inspect net.nprp --spec spec.toml --json");
    let tensors = facts["tensors"].as_array().unwrap();
    let named: Vec<_> =
        tensors.iter().map(|t| (t["tensor"].as_str().unwrap(), t["min"].as_f64(), t["max"].as_f64())).collect();
    let expected = [
        ("1 Dense.bias", Some(1.0), Some(2.0)),
        ("1 Dense.weight", Some(3.0), Some(8.0)),
        ("2 Dense.bias", Some(9.0), Some(9.0)),
        ("2 Dense.weight", Some(10.0), Some(11.0)),
    ];
    assert_eq!(named, expected);
    // Population deviation of 3, 4, …, 8.
    assert!((tensors[1]["std"].as_f64().unwrap() - (35.0_f64 / 12.0).sqrt()).abs() < 1e-15);
    assert_eq!(facts["network"]["layers"][0]["detail"], "tanh");

    // The spec beside it, if it is of the same network.
    fs::write(folder.join("net.toml"), SPEC).unwrap();
    let text = said(folder, "inspect net.nprp");
    assert!(
        text.contains("\nNet: 3 => 1, loss SquaredError, scalar f32\n") && text.contains("\n2 Dense.weight "),
        "{text}"
    );
    fs::write(folder.join("net.toml"), SPEC.replace("Tanh", "Relu")).unwrap();
    assert!(json(folder, "inspect net.nprp --json")["network"].is_null());
    let other = "net.nprp: the checkpoint is of another network than net.toml: 11 parameters and fingerprint ";
    refused(folder, "inspect net.nprp --spec net.toml", 1, other);
    refused(folder, "inspect spec.toml --spec net.toml", 1, "--spec is for checkpoints, but this is a spec");
}

#[test]
fn checkpoints_of_trainings() {
    let folder = folder();
    let folder = folder.path();
    let (_, learned) = checkpoints(folder);
    fs::write(folder.join("training.toml"), SPEC).unwrap();
    let facts = json(folder, "inspect training.nprp --json");
    assert_eq!(facts["digest"], format!("{:016x}", learned.digest()));
    let training = &facts["training"];
    assert_eq!((&training["optimizer"], &training["epochs"]), (&"Adam".into(), &1.into()));
    let parts: Vec<_> = training["parts"].as_array().unwrap().iter().map(|part| part.as_str().unwrap()).collect();
    assert_eq!(parts, ["optimizer 1", "optimizer 2", "gradient", "best"]);
    // The four tensors of the network, and the parts.
    assert_eq!(facts["tensors"].as_array().unwrap().len(), 8);
    assert_eq!(facts["tensors"][4]["tensor"], "optimizer 1");
    let text = said(folder, "inspect training.nprp");
    assert!(text.contains("a training with Adam: epoch 1, step "), "{text}");
}

#[test]
fn a_network_is_taken_out_of_its_training() {
    let folder = folder();
    let folder = folder.path();
    let (_, learned) = checkpoints(folder);
    fs::write(folder.join("net.toml"), SPEC).unwrap();
    let text = said(folder, "export net.toml training.nprp --npz net.npz --c net-c");
    let line = "the weights of a training's last step: epoch 1, step ";
    assert!(
        text.contains(line) && text.contains("; the training keeps others as its best, which are not taken\n"),
        "{text}"
    );
    assert!(text.contains(&format!("digest {:016x}\n", learned.digest())), "{text}");
    let arrays = numpy::read_npz(&fs::read(folder.join("net.npz")).unwrap()).unwrap();
    let bias = learned.parameters()[8]; // behind the 2 · (1 + 3) of the first layer
    assert_eq!(arrays["2.bias"].values(), [f64::from(bias)]);
    // What is in the crate is a network's checkpoint.
    let mut net = Net::ZERO;
    net.load(&fs::read(folder.join("net-c/model.nprp")).unwrap()).unwrap();
    assert_eq!(net.digest(), learned.digest());
    assert!(json(folder, "export net.toml net.nprp --npz other.npz --json").get("training").is_none());

    fs::write(folder.join("other.toml"), SPEC.replace("Tanh", "Relu")).unwrap();
    let other = "training.nprp: the checkpoint is of another network than other.toml: 11 parameters and fingerprint ";
    refused(folder, "export other.toml training.nprp --onnx a.onnx", 1, other);
}

#[test]
fn specs_have_a_footprint() {
    let folder = folder();
    let folder = folder.path();
    fs::write(folder.join("net.toml"), SPEC).unwrap();
    let facts = json(folder, "inspect net.toml --json");
    assert_eq!((&facts["kind"], &facts["network"]["bytes"]), (&"spec".into(), &44.into()));
    let ways = facts["network"]["footprint"].as_array().unwrap();
    let expected: [(&str, Footprint); 4] = [
        ("online", Net::footprint::<Online>()),
        ("mini-batch of 32", Net::footprint::<MiniBatch<32>>()),
        ("full batch", Net::footprint::<FullBatch>()),
        ("Adam", Net::footprint::<Adam>()),
    ];
    for (name, bytes) in expected {
        let way = ways.iter().find(|way| way["way"] == name).unwrap();
        let parts =
            ["weights", "gradient", "tape", "optimizer", "total"].map(|part| way[part].as_u64().unwrap() as usize);
        assert_eq!(parts, [bytes.weights, bytes.gradient, bytes.tape, bytes.optimizer, bytes.total()], "{name}");
    }
    assert!(
        said(folder, "inspect net.toml").contains("\nonline                 44         0    24          0     68\n")
    );
    fs::write(folder.join("bad.toml"), SPEC.replace("reads = 2", "reads = 4")).unwrap();
    refused(folder, "inspect bad.toml", 1, "bad.toml:10: layer 2 reads 4 values, but layer 1 writes 2");
}

#[test]
fn models_of_other_libraries() {
    let folder = folder();
    let folder = folder.path();
    for file in ["onnx/gru_script.onnx", "keras/gru.keras", "torch/gru.safetensors", "torch/gru.npz"] {
        copy(folder, file);
    }
    // The kind is in the file, not in the name.
    for (file, name, kind) in [
        ("gru_script.onnx", "a.toml", "onnx"),
        ("gru.keras", "b.nprp", "keras"),
        ("gru.safetensors", "c.onnx", "safetensors"),
        ("gru.npz", "d", "npz"),
    ] {
        fs::rename(folder.join(file), folder.join(name)).unwrap();
        let facts = json(folder, &format!("inspect {name} --json"));
        assert_eq!((&facts["kind"], &facts["finite"]), (&kind.into(), &true.into()), "{name}");
        assert_eq!(facts["network"].is_null(), matches!(kind, "safetensors" | "npz"), "{name}");
    }
    assert_eq!(json(folder, "inspect c.onnx --json")["parameters"], 285);
    let text = said(folder, "inspect b.nprp");
    assert!(text.contains("\nGru reset_before    7×5       4         120    480\n"), "{text}");
    let facts = json(folder, "inspect a.toml --json");
    assert!(facts["compared"]["largest_difference"].as_f64().unwrap() < 1e-6, "{facts}");
}

#[test]
fn numbers_that_are_not_finite_are_counted() {
    let folder = folder();
    let folder = folder.path();
    let array = Array::new(vec![2, 3], vec![1.0, f64::NAN, f64::INFINITY, -2.0, f64::NAN, 4.0]).unwrap();
    fs::write(folder.join("x.npy"), numpy::write_npy(&array, Width::Double)).unwrap();
    let arrays =
        Arrays::from([("w".to_owned(), array), ("\u{1b}[2J".to_owned(), Array::new(vec![0], vec![]).unwrap())]);
    fs::write(folder.join("x.safetensors"), safetensors::write(&arrays, Width::Single).unwrap()).unwrap();
    for (file, place) in [("x.npy", 0), ("x.safetensors", 1)] {
        let facts = json(folder, &format!("inspect {file} --json"));
        let tensor = &facts["tensors"][place];
        assert_eq!((&tensor["nan"], &tensor["infinite"], &facts["finite"]), (&2.into(), &1.into(), &false.into()));
        assert_eq!((&tensor["min"], &tensor["max"], &tensor["mean"]), (&(-2.0).into(), &4.0.into(), &1.0.into()));
    }
    let text = said(folder, "inspect x.safetensors");
    assert!(text.contains("\n [2J        0          -") && !text.contains('\u{1b}'), "{text}");
}
