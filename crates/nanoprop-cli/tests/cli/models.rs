//! Models of other libraries in and out.

use std::fs;
use std::path::Path;

use nanoprop_exchange::{Model, numpy};

use super::{copy, fixtures, folder, json, refused, said};

/// The model that was written to a folder.
fn load(folder: &Path, name: &str) -> Model {
    let read = |end: &str| fs::read(folder.join(format!("{name}.{end}"))).unwrap();
    let mut model = Model::from_toml("net.toml", std::str::from_utf8(&read("toml")).unwrap()).unwrap();
    model.load_checkpoint(&read("nprp")).unwrap();
    model
}

/// The greatest difference of a model's predictions from those of the library that it is from.
fn difference(model: &Model, samples: &str) -> f64 {
    let data = numpy::read_npz(&fs::read(fixtures().join(samples)).unwrap()).unwrap();
    let mut greatest = 0.0_f64;
    for (x, y) in data["x"].rows().zip(data["y"].rows()) {
        let x: Vec<f32> = x.iter().map(|&x| x as f32).collect();
        let h = model.predict(&x).unwrap();
        h.iter().zip(y).for_each(|(&h, &y)| greatest = greatest.max((f64::from(h) - y).abs()));
    }
    assert_eq!(data["y"].shape()[0], 4);
    greatest
}

#[test]
fn onnx_goes_through_all_formats() {
    let folder = folder();
    let folder = folder.path();
    copy(folder, "onnx/mlp_script.onnx");
    let report = json(folder, "import mlp_script.onnx --out nets --json");
    assert_eq!((&report["kind"], &report["spec"]), (&"onnx".into(), &"nets/mlp_script.toml".into()));
    assert_eq!(report["network"]["parameters"], 51);
    assert_eq!(report["network"]["layers"][0]["reads"][0], 4);
    assert!(report["onnx"]["largest_difference"].as_f64().unwrap() < 1e-6, "{report}");
    let first = load(&folder.join("nets"), "mlp_script");
    assert_eq!(report["digest"], format!("{:016x}", first.digest().unwrap()));
    // What PyTorch said, from the fixture.
    let h = first.predict(&[0.786_966_74, 1.417_696_2, -0.797_586_2, 1.223_373_4]).unwrap();
    let expected = [0.248_501_39, 0.482_236_33, 0.269_262_25];
    assert!(h.iter().zip(expected).all(|(h, y): (&f32, f32)| (h - y).abs() < 1e-6), "{h:?}");

    let nets = "nets/mlp_script.toml nets/mlp_script.nprp";
    let text = said(folder, &format!("export {nets} --onnx a.onnx --safetensors a.safetensors --npz a.npz"));
    assert!(text.starts_with(&format!("MlpScript: 51 parameters; fingerprint {:016x}", first.fingerprint())), "{text}");
    said(folder, "import a.onnx --out back --name MlpScript");
    said(folder, "import a.safetensors --spec nets/mlp_script.toml --out torch");
    said(folder, "import a.npz --spec nets/mlp_script.toml --out numpy");
    let bytes = |file: &str| fs::read(folder.join(file)).unwrap();
    for back in ["back", "torch", "numpy"] {
        let file = format!("{back}/mlp_script");
        assert_eq!(bytes(&format!("{file}.nprp")), bytes("nets/mlp_script.nprp"), "{back}");
        assert_eq!(bytes(&format!("{file}.toml")), bytes("nets/mlp_script.toml"), "{back}");
    }
}

#[test]
fn weights_of_torch_and_keras_predict_the_same() {
    let folder = folder();
    let folder = folder.path();
    for file in ["torch/mlp.safetensors", "torch/mlp.toml", "keras/gru.keras", "onnx/mlp_script.onnx"] {
        copy(folder, file);
    }
    let text = said(folder, "import mlp.safetensors --spec mlp.toml --out . --name Digits");
    assert!(
        text.contains("layer 4 from 5.weight\n") && text.ends_with("wrote ./digits.toml and ./digits.nprp\n"),
        "{text}"
    );
    assert!(difference(&load(folder, "digits"), "torch/mlp.npz") < 1e-6);
    said(folder, "import gru.keras --out .");
    assert!(difference(&load(folder, "gru"), "keras/gru.npz") < 1e-6);
}

#[test]
fn nothing_is_replaced_unless_told() {
    let folder = folder();
    let folder = folder.path();
    for file in ["torch/mlp.safetensors", "torch/mlp.toml", "keras/gru.keras"] {
        copy(folder, file);
    }
    fs::write(folder.join("gru.nprp"), "mine").unwrap();
    refused(folder, "import gru.keras --out .", 1, "./gru.nprp: it is there already: --force replaces it");
    assert!(!folder.join("gru.toml").exists());
    assert_eq!(fs::read(folder.join("gru.nprp")).unwrap(), b"mine");
    said(folder, "import gru.keras --out . --force");
    assert_eq!(load(folder, "gru").parameters(), 265);
    // The spec that is given stays, with its comments.
    let text = format!("# mine\n{}", fs::read_to_string(folder.join("mlp.toml")).unwrap());
    fs::write(folder.join("net.toml"), &text).unwrap();
    said(folder, "import mlp.safetensors --spec net.toml --out .");
    assert_eq!(fs::read_to_string(folder.join("net.toml")).unwrap(), text);
    refused(folder, "export gru.toml gru.nprp --onnx gru.toml", 1, "gru.toml: it is there already");
    fs::write(folder.join("names.toml"), "1 = 'first'").unwrap();
    said(folder, "export net.toml net.nprp --safetensors a.safetensors --mapping names.toml");
    let text = said(folder, "inspect a.safetensors");
    assert!(text.contains("\nfirst.weight    8×6 "), "{text}");
    refused(
        folder,
        "import a.safetensors --spec net.toml --out b --mapping gru.nprp",
        1,
        "gru.nprp: not text: expected UTF-8",
    );
    said(folder, "import a.safetensors --spec net.toml --out b --mapping names.toml");
    assert_eq!(fs::read(folder.join("b/net.nprp")).unwrap(), fs::read(folder.join("net.nprp")).unwrap());
}

/// The layers that are the same get the weights of a file that has layers of its own.
#[test]
fn a_spec_may_differ_in_layers_without_weights() {
    let folder = folder();
    let folder = folder.path();
    copy(folder, "onnx/mlp_script.onnx");
    said(folder, "import mlp_script.onnx --out nets");
    let spec = fs::read_to_string(folder.join("nets/mlp_script.toml")).unwrap();
    let dropout = "[[layer]]\nkind = \"Dropout\"\nreads = 6\npercent = 20\n\n[[layer]]\nkind = \"Dense\"\nreads = 6";
    let dropped = spec.replace("[[layer]]\nkind = \"Dense\"\nreads = 6", dropout).replace("MlpScript", "Dropped");
    fs::write(folder.join("dropped.toml"), dropped).unwrap();
    let text = said(folder, "import mlp_script.onnx --spec dropped.toml --out nets");
    assert!(text.contains("`weight` of layer 3, Dense from `weight` of layer 2, Dense `/2/Gemm`\n"), "{text}");
    let [first, second] = ["mlp_script", "dropped"].map(|name| load(&folder.join("nets"), name));
    assert_eq!((second.digest(), second.layers().len()), (first.digest(), 3));
    fs::write(folder.join("wide.toml"), spec.replace("writes = 3", "writes = 4")).unwrap();
    let words = "import mlp_script.onnx --spec wide.toml --out wide";
    refused(folder, words, 1, "`bias` of layer 2, Dense, of wide.toml gets no numbers, nor do 1 other tensors");
    assert!(!folder.join("wide").exists());
}

#[test]
fn a_crate_is_written() {
    let folder = folder();
    let folder = folder.path();
    copy(folder, "onnx/mlp_script.onnx");
    said(folder, "import mlp_script.onnx --out nets");
    let nets = "nets/mlp_script.toml nets/mlp_script.nprp";
    let text = said(folder, &format!("export {nets} --c lib"));
    assert!(text.ends_with("Next: cd lib && ./install prefix mlp_script_c mlp_script\n"), "{text}");
    let read = |file: &str| fs::read_to_string(folder.join("lib").join(file)).unwrap();
    let library = read("src/lib.rs");
    assert!(library.contains("static MODEL: MlpScript = nanoprop::load!(MlpScript, \"../model.nprp\");"), "{library}");
    assert!(library.contains("nanoprop_c::c_api!(MlpScript as mlp_script, weights = MODEL);"), "{library}");
    assert!(read("src/network.rs").contains("pub type MlpScript = 4\n"));
    let manifest: toml::Table = read("Cargo.toml").parse().unwrap();
    assert_eq!(
        (manifest["package"]["name"].as_str(), manifest["lib"]["name"].as_str()),
        (Some("mlp-script-c"), Some("mlp_script_c"))
    );
    assert_eq!(manifest["dependencies"]["nanoprop-c"]["version"].as_str(), Some("0.1"));
    assert!(manifest.contains_key("workspace") && !library.contains("{{") && !library.contains('%'));
    assert_eq!(
        fs::read(folder.join("lib/model.nprp")).unwrap(),
        fs::read(folder.join("nets/mlp_script.nprp")).unwrap()
    );
    refused(folder, &format!("export {nets} --c lib"), 1, "it is there already: --force replaces it");
    // A name that is a word of C.
    said(folder, "import mlp_script.onnx --out nets --name While");
    refused(folder, "export nets/while.toml nets/while.nprp --c while", 1, "`while` can't be the name");
}

#[test]
fn what_can_t_be_read_is_refused() {
    let folder = folder();
    let folder = folder.path();
    for file in
        ["torch/mlp.safetensors", "torch/gru.toml", "keras/bad_selu.keras", "keras/gru.keras", "onnx/mlp_script.onnx"]
    {
        copy(folder, file);
    }
    copy(folder, "onnx/refused/leaky_slope.onnx");
    let spec =
        "mlp.safetensors: it has weights and no architecture: --spec FILE names the spec of the network, in TOML";
    refused(folder, "import mlp.safetensors --out nets", 1, spec);
    refused(
        folder,
        "import mlp.safetensors --spec gru.toml --out nets",
        1,
        "mlp.safetensors: layer 1, a Gru: no module",
    );
    refused(folder, "import bad_selu.keras --out nets", 1, "nanoprop has no activation `selu`: train with another");
    refused(folder, "import leaky_slope.onnx --out nets", 1, "(LeakyRelu): its slope is");
    copy(folder, "onnx/refused/dynamic_steps.onnx");
    let open = "only the batch may be left open, since nanoprop's shapes are fixed: export with fixed widths, or say them with --input";
    refused(folder, "import dynamic_steps.onnx --out nets", 1, open);
    refused(folder, "inspect dynamic_steps.onnx", 1, open);
    let facts = json(folder, "inspect dynamic_steps.onnx --input 1,7,3 --json");
    assert_eq!(facts["network"]["input"], serde_json::json!([7, 3]));
    refused(folder, "import gru.toml --out nets", 1, "gru.toml: a spec: expected a model of another library");
    refused(folder, "import none.onnx --out nets", 1, "none.onnx: ");
    refused(folder, "import . --out nets", 1, ".: not a file");
    refused(folder, "import gru.keras", 2, "--out <DIR>");
    assert!(!folder.join("nets").exists());
    said(folder, "import gru.keras --out nets");
    said(folder, "import mlp_script.onnx --out nets");
    refused(
        folder,
        "export nets/gru.toml nets/gru.nprp",
        2,
        "<--onnx <FILE>|--safetensors <FILE>|--npz <FILE>|--c <DIR>>",
    );
    let other = "the checkpoint is of a different network: 51 parameters, but this one has 265";
    refused(folder, "export nets/gru.toml nets/mlp_script.nprp --onnx a.onnx", 1, other);
    // PyTorch's GRU applies its reset gate after the product.
    let gate = "a.safetensors: layer 2: ";
    refused(folder, "export nets/gru.toml nets/gru.nprp --onnx a.onnx --safetensors a.safetensors", 1, gate);
    assert!(!folder.join("a.onnx").exists());
}
