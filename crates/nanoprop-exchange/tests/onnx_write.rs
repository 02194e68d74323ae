//! ONNX files of nanoprop's layers: read again they have the same weights. `fixtures/onnx/check.py` runs them in onnxruntime.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "onnx_write/chance.rs"]
mod chance;

use std::path::Path;
use std::{env, fs};

use nanoprop::{Pcg32, Random as _};
use nanoprop_exchange::onnx::{self, Options};
use nanoprop_exchange::{Activation, Kind, Layer, Loss, Model, Padding, Reset, Scalar, Windows};

fn dense(units: usize, activation: Activation) -> Kind {
    Kind::Dense { units, activation, bias: true }
}

fn conv(channels: usize, windows: Windows, activation: Activation) -> Kind {
    Kind::Conv { channels, windows, activation, bias: true }
}

/// A model of these layers, with numbers that are those of `f32`.
fn model(name: &str, input: &[usize], loss: Loss, kinds: Vec<Kind>) -> Model {
    let mut model = Model::new(name, input).unwrap();
    for kind in kinds {
        model.push(kind).unwrap();
    }
    model.loss = loss;
    fill(&mut model);
    model
}

/// Gives a model numbers.
fn fill(model: &mut Model) {
    let name = model.name.clone();
    let mut random = Pcg32::new(name.len() as u64);
    let mut number = || f64::from((f64::from(random.bits()) / f64::from(u32::MAX) - 0.5) as f32);
    for layer in model.leaves_mut() {
        for tensor in layer.tensors_mut() {
            let positive = matches!(tensor.name(), "deviation" | "gain" | "variance");
            let one = |_| if positive { f64::from((1.0 + number()) as f32) } else { number() };
            let values = (0..tensor.count()).map(one).collect();
            tensor.set(values).unwrap();
        }
    }
}

/// Models of all kinds of layers.
fn models() -> Vec<Model> {
    use Activation::{Elu, Identity, LeakyRelu, Relu, Sigmoid, Tanh};
    let windows = Windows::new;
    let sequence = |size| Windows::new(1, size);
    let plain = Loss::SquaredError;
    let mut models = Vec::new();
    for &activation in Activation::ALL {
        let word = activation.word();
        models.push(model(&format!("Dense{word}"), &[3], plain, vec![dense(4, activation), dense(2, activation)]));
        for all in [false, true] {
            let elman = Kind::Elman { units: 3, activation, all };
            models.push(model(&format!("Elman{word}{all}"), &[4, 2], plain, vec![elman]));
        }
    }
    let unbiased = |units| Kind::Dense { units, activation: Identity, bias: false };
    models.push(model("Sigmoids", &[3], Loss::SigmoidCrossEntropy, vec![unbiased(4), Kind::Gelu, dense(2, Identity)]));
    models.push(model("Classes", &[3], Loss::SoftmaxCrossEntropy, vec![unbiased(4), Kind::Silu, dense(3, Identity)]));
    models.push(model("Huber", &[3], Loss::Huber, vec![unbiased(4), Kind::Mish, dense(2, Identity)]));
    models.push(model("Absolute", &[3], Loss::AbsoluteError, vec![Kind::Standardize, dense(2, Tanh)]));
    models.push(model("Shares", &[3], plain, vec![dense(4, Relu), Kind::Softmax]));
    models.push(model("Normal", &[4], plain, vec![Kind::LayerNorm, dense(5, Tanh), Kind::LayerNorm]));
    models.push(model(
        "Places",
        &[2, 3, 4],
        plain,
        vec![Kind::Standardize, Kind::LayerNorm, Kind::Flatten, dense(2, Elu)],
    ));

    let paddings = [Padding::Valid, Padding::Same, Padding::Causal, Padding::Pad(1, 1), Padding::Pad(2, 0)];
    for (number, padding) in paddings.into_iter().enumerate() {
        for (stride, dilation) in [(1, 1), (2, 1), (1, 2)] {
            let of = |size: [usize; 2]| Windows { size, stride, dilation, padding };
            let name = format!("{number}{stride}{dilation}");
            let depthwise = |size| Kind::DepthwiseConv { windows: of(size), activation: Relu, bias: stride == 1 };
            let layers = vec![conv(3, of([1, 3]), Tanh), depthwise([1, 2])];
            models.push(model(&format!("Sequence{name}"), &[11, 2], plain, layers));
            let layers = vec![conv(3, of([2, 3]), LeakyRelu), depthwise([3, 2])];
            models.push(model(&format!("Image{name}"), &[9, 8, 2], plain, layers));
        }
        let pool = Windows { stride: 2, padding, ..windows(3, 3) };
        let layers =
            vec![Kind::MaxPool(pool), Kind::AvgPool(Windows { stride: 1, ..pool }), Kind::Flatten, dense(2, Relu)];
        models.push(model(&format!("Pools{number}"), &[9, 11, 2], plain, layers));
        let pool = Windows { stride: 2, padding, ..sequence(3) };
        models.push(model(&format!("Steps{number}"), &[10, 3], plain, vec![Kind::AvgPool(pool), Kind::MaxPool(pool)]));
    }
    let layers = vec![conv(3, sequence(2), Relu), Kind::GlobalAvgPool, dense(2, Identity)];
    models.push(model("Mean", &[5, 2], Loss::SoftmaxCrossEntropy, layers));
    models.push(model("MeanOfSteps", &[5, 2], plain, vec![Kind::GlobalAvgPool]));
    let layers = vec![dense(12, Relu), Kind::Unflatten(vec![2, 3, 2]), conv(2, windows(2, 2), Sigmoid), Kind::Flatten];
    models.push(model("Image", &[3], plain, layers));
    let same = Windows { padding: Padding::Same, ..windows(3, 3) };
    let block = |last| Kind::Residual(vec![conv(2, same, Relu), Kind::Residual(vec![conv(2, same, last)])]);
    let layers =
        vec![conv(2, windows(2, 2), Relu), block(Identity), block(Tanh), Kind::MaxPool(windows(2, 2)), Kind::Flatten];
    models.push(model("Blocks", &[6, 5, 1], plain, layers));
    let layers = vec![
        Kind::Residual(vec![dense(3, Tanh), Kind::Dropout { percent: 20 }, dense(3, Identity)]),
        dense(1, Identity),
    ];
    models.push(model("Residual", &[3], Loss::SigmoidCrossEntropy, layers));

    for all in [false, true] {
        let after = Kind::Gru { units: 3, all, reset: Reset::After };
        let before = Kind::Gru { units: 3, all, reset: Reset::Before };
        let elman = Kind::Elman { units: 3, activation: Relu, all };
        for (word, kind) in
            [("Lstm", Kind::Lstm { units: 3, all }), ("After", after), ("Before", before), ("Elman", elman)]
        {
            let both = Kind::Bidirectional(Box::new(kind.clone()));
            models.push(model(&format!("{word}{all}"), &[4, 2], plain, vec![kind]));
            models.push(model(&format!("Both{word}{all}"), &[4, 2], plain, vec![both]));
        }
        let hard = Kind::Elman { units: 3, activation: Activation::HardTanh, all };
        models.push(model(&format!("BothHard{all}"), &[4, 2], plain, vec![Kind::Bidirectional(Box::new(hard))]));
    }
    let layers = vec![Kind::Bidirectional(Box::new(conv(3, sequence(2), Tanh)))];
    models.push(model("BothConv", &[5, 2], plain, layers));
    let layers = vec![Kind::Gru { units: 3, all: true, reset: Reset::After }, Kind::Lstm { units: 2, all: false }];
    models.push(model("Stacked", &[5, 2], plain, layers));
    let embedding = |classes, wide| Kind::Embedding { classes, units: 3, wide };
    let gru = Kind::Gru { units: 3, all: false, reset: Reset::After };
    models.push(model("Letters", &[5], Loss::SoftmaxCrossEntropy, vec![embedding(27, false), gru, dense(2, Identity)]));
    models.push(model("Words", &[4], plain, vec![embedding(300, true), Kind::Flatten, dense(2, Tanh)]));
    models.push(model("Table", &[1], plain, vec![embedding(9, false)]));
    let groups = |groups| Kind::GroupNorm { groups };
    let layers = vec![groups(2), conv(6, windows(2, 2), Relu), groups(3), Kind::BatchNorm, Kind::Flatten];
    models.push(model("Instances", &[4, 5, 3], plain, vec![groups(3), Kind::Silu, conv(2, windows(2, 2), Tanh)]));
    models.push(model("GroupsOfImages", &[5, 6, 4], plain, layers));
    let layers = vec![groups(4), dense(6, Identity), groups(2), Kind::BatchNorm, dense(2, Relu), Kind::BatchNorm];
    models.push(model("Groups", &[8], plain, layers));
    let layers =
        vec![Kind::BatchNorm, conv(2, sequence(3), Identity), Kind::BatchNorm, groups(1), Kind::Gelu, groups(2)];
    models.push(model("GroupsOfSteps", &[9, 3], plain, layers));
    let up = |channels, window, stride, dilation, padding, bias| {
        let windows = Windows { size: [1, window], stride, dilation, padding };
        Kind::ConvTranspose { channels, windows, activation: Relu, bias }
    };
    let cases = [
        up(3, 4, 2, 1, Padding::Pad(1, 1), true),
        up(2, 3, 1, 1, Padding::Valid, false),
        up(4, 3, 2, 2, Padding::Causal, true),
        up(2, 2, 3, 1, Padding::Causal, true),
        up(2, 1, 3, 1, Padding::Causal, false),
        up(2, 3, 1, 2, Padding::Pad(2, 0), true),
        up(2, 5, 2, 1, Padding::Pad(1, 2), true),
    ];
    for (number, up) in cases.into_iter().enumerate() {
        let layers = vec![up, conv(2, sequence(2), Tanh)];
        models.push(model(&format!("Longer{number}"), &[6, 2], plain, layers));
    }
    let layers =
        vec![up(2, 4, 2, 1, Padding::Same, true), Kind::Bidirectional(Box::new(Kind::Lstm { units: 2, all: false }))];
    models.push(model("PaddedLonger", &[4, 3], plain, layers));
    let mut double = model("Double", &[3], plain, vec![dense(4, Tanh), dense(2, Identity)]);
    double.scalar = Scalar::F64;
    double.layers_mut()[0].set("bias", vec![0.1, 0.2, 0.3, 0.4]).unwrap();
    models.push(double);
    models
}

/// Without the layers that an ONNX file does not have.
fn learned(model: &Model) -> Vec<(String, String)> {
    let leaves = model.leaves().into_iter().filter(|layer| !matches!(layer.kind(), Kind::Dropout { .. }));
    leaves.map(|layer| (format!("{:?}", layer.kind()), format!("{:?} {:?}", layer.reads(), layer.tensors()))).collect()
}

#[test]
fn what_is_written_is_read_again_bit_for_bit() {
    // These are several nodes that are no layer any more.
    let several = |name: &str| {
        name.contains("Hard") && name.contains("Tanh") && name.contains("Elman") || name.starts_with("BothHard")
    };
    for model in models() {
        let file = onnx::write(&model).unwrap();
        let name = &model.name;
        let import = onnx::from_bytes(&file, None, &Options::default());
        if several(name) || name == "BothConv" {
            assert!(import.is_err(), "{name}");
            continue;
        }
        let import = import.unwrap_or_else(|error| panic!("{name}: {error}"));
        let again = &import.model;
        assert_eq!(
            (&again.name, again.loss, again.scalar, again.input()),
            (name, model.loss, model.scalar, model.input())
        );
        assert!(import.report.input_order.iter().copied().eq(0..model.input().iter().product()), "{name}");
        let (again, before) = (learned(again), learned(&model));
        let same = again == before;
        // Padding that keeps the widths may be written as numbers.
        let numbers =
            |layers: &[(String, String)]| layers.iter().map(|(_, numbers)| numbers.clone()).collect::<Vec<_>>();
        let padded = name.starts_with("Pools")
            || name.starts_with("Padded")
            || name.starts_with("Sequence")
            || name.starts_with("Image")
            || name.starts_with("Steps");
        assert!(same || (padded && numbers(&again) == numbers(&before)), "{name}\n{again:#?}\n{before:#?}");
    }
}

/// Writes the files with inputs and predictions to the folder `ONNX_FILES`, for `check.py`.
#[test]
fn files_for_other_programs() {
    let Ok(folder) = env::var("ONNX_FILES") else { return };
    let folder = Path::new(&folder);
    fs::create_dir_all(folder).unwrap();
    for model in models().into_iter().chain(chance::models()) {
        fs::write(folder.join(&model.name).with_extension("onnx"), onnx::write(&model).unwrap()).unwrap();
        let mut text = String::new();
        let mut random = Pcg32::new(3);
        for _ in 0..3 {
            let len = model.input().iter().product::<usize>();
            let mut one = || f64::from(random.bits()) / f64::from(u32::MAX);
            let classes = match model.layers().first().map(Layer::kind) {
                Some(&Kind::Embedding { classes, .. }) => classes,
                _ => 0,
            };
            let number = |_| match classes {
                0 => (one() * 2.0 - 1.0) as f32,
                classes => (one() * (classes - 1) as f64).round() as f32,
            };
            let x: Vec<f32> = (0..len).map(number).collect();
            let y = model.predict(&x).unwrap();
            for (key, numbers) in [("x", x), ("y", y)] {
                let words: Vec<String> = numbers.iter().map(f32::to_string).collect();
                text += &format!("{key}: {}\n", words.join(" "));
            }
        }
        fs::write(folder.join(&model.name).with_extension("txt"), text).unwrap();
    }
}

#[test]
fn a_file_says_who_wrote_it_and_what() {
    let file = onnx::write(&model("Small", &[2], Loss::Huber, vec![dense(1, Activation::Identity)])).unwrap();
    let text = String::from_utf8_lossy(&file);
    for word in ["nanoprop.fingerprint", "nanoprop.version", "Huber", "input", "output", "batch", "layers.0.gemm"] {
        assert!(text.contains(word), "{word}");
    }
    let empty = Model::new("Empty", &[2]).unwrap();
    assert!(onnx::from_bytes(&onnx::write(&empty).unwrap(), None, &Options::default()).is_err());
    let mut unset = Model::new("Unset", &[2]).unwrap();
    unset.push(dense(1, Activation::Identity)).unwrap();
    let error = onnx::write(&unset).unwrap_err().to_string();
    assert_eq!(error, "`bias` of layer 1, Dense, has no numbers: load weights first");
}

#[test]
fn a_deviation_of_0_counts_as_1() {
    let mut before =
        model("Constant", &[2], Loss::SquaredError, vec![Kind::Standardize, dense(1, Activation::Identity)]);
    before.layers_mut()[0].set("deviation", vec![0.0, 2.0]).unwrap();
    let again = onnx::from_bytes(&onnx::write(&before).unwrap(), None, &Options::default()).unwrap().model;
    assert_eq!(again.layers()[0].tensor("deviation").unwrap().values(), [1.0, 2.0]);
    assert_eq!(again.predict(&[3.0, -1.0]).unwrap(), before.predict(&[3.0, -1.0]).unwrap());
}
