//! Models of Keras and PyTorch, made by the scripts beside them, and their own outputs.

use std::fs;
use std::path::PathBuf;

use nanoprop_exchange::numpy::{self, Width};
use nanoprop_exchange::{Mapping, Model, keras, safetensors};

fn path(folder: &str, file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(folder).join(file)
}

fn read(folder: &str, file: &str) -> Vec<u8> {
    fs::read(path(folder, file)).unwrap()
}

/// The names of a folder's files of one kind.
fn all(folder: &str, end: &str) -> Vec<String> {
    let files = fs::read_dir(path(folder, "")).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter_map(|name| name.strip_suffix(end).map(str::to_owned)).collect();
    names.sort();
    names
}

/// The greatest difference of predictions, in f32, from those of the file.
fn difference(model: &Model, folder: &str, name: &str) -> f64 {
    let data = numpy::read_npz(&read(folder, &format!("{name}.npz"))).unwrap();
    let evaluator = model.evaluator::<f32>().unwrap();
    let mut greatest = 0.0_f64;
    for (x, y) in data["x"].rows().zip(data["y"].rows()) {
        let x: Vec<f32> = x.iter().map(|&x| x as f32).collect();
        let h = evaluator.predict(&x).unwrap();
        assert_eq!(h.len(), y.len(), "{name}");
        h.iter().zip(y).for_each(|(&h, &y)| greatest = greatest.max((f64::from(h) - y).abs() / y.abs().max(1.0)));
    }
    greatest
}

#[test]
fn keras_models_have_keras_outputs() {
    let names = all("keras", ".keras");
    let good: Vec<_> = names.iter().filter(|name| !name.starts_with("bad_")).collect();
    assert_eq!(good.len(), 16, "{good:?}");
    for name in good {
        let model =
            keras::read(&read("keras", &format!("{name}.keras"))).unwrap_or_else(|error| panic!("{name}: {error}"));
        let found = difference(&model, "keras", name);
        println!("{name}: {found:.1e}, {} layers", model.layers().len());
        assert!(found < 1e-6, "{name}: {found}");
        assert_eq!(
            Model::from_toml("net.toml", &model.to_toml()).unwrap().fingerprint(),
            model.fingerprint(),
            "{name}"
        );
        model.checkpoint().unwrap();
    }
}

#[test]
fn what_is_not_read_is_named() {
    let message = |name: &str| keras::read(&read("keras", &format!("bad_{name}.keras"))).unwrap_err().to_string();
    let expected = [
        ("selu", "layer `dense_", "nanoprop has no activation `selu`: train with another, such as `relu`"),
        ("relu6", "layer `re_lu", "a ReLU: its options are not those of nanoprop's: leave them as by default"),
        ("groups", "layer `conv1d", "its channels are in groups: use DepthwiseConv1D or DepthwiseConv2D"),
        (
            "merge",
            "layer `bidirectional",
            "its `merge_mode` must be `concat`: nanoprop's puts both halves side by side",
        ),
        ("gates", "layer `lstm", "its activations must be `tanh` and `sigmoid`, as they are by default: train it so"),
        (
            "upsampling",
            "layer `up_sampling1d",
            "nanoprop has no such layer: leave it out, or replace it by one that is read",
        ),
        ("strides", "layer `conv2d", "its `strides` is not the same along both axes"),
        ("mask", "layer `embedding", "`mask_zero` is true, but only false is read"),
        (
            "transposed2d",
            "layer `conv2d_transpose",
            "nanoprop has no such layer: leave it out, or replace it by one that is read",
        ),
        (
            "divide",
            "layer `group_normalization",
            "only groups of the last axis are normalised by nanoprop: use `axis=-1`",
        ),
        (
            "branch",
            "layer `add",
            "its input is not the one layer before it: only chains are read; import branches by ONNX",
        ),
        (
            "length",
            "layer `input_layer",
            "a width is not known: a nanoprop network has fixed widths, so give it all of them",
        ),
    ];
    assert_eq!(all("keras", ".keras").iter().filter(|name| name.starts_with("bad_")).count(), expected.len());
    for (name, start, end) in expected {
        let message = message(name);
        assert!(message.starts_with(&format!(".keras file: {start}")) && message.ends_with(end), "{message}");
    }
}

fn torch(name: &str) -> Model {
    let spec = String::from_utf8(read("torch", &format!("{name}.toml"))).unwrap();
    Model::from_toml(&format!("{name}.toml"), &spec).unwrap()
}

#[test]
fn torch_models_have_torch_outputs_and_go_back() {
    let names = all("torch", ".safetensors");
    assert_eq!(names.len(), 10);
    for name in names {
        let mut model = torch(&name);
        let state = safetensors::read(&read("torch", &format!("{name}.safetensors"))).unwrap();
        let from = model.load_torch(&state, &Mapping::default()).unwrap_or_else(|error| panic!("{name}: {error}"));
        let read = state.keys().filter(|key| !key.ends_with("num_batches_tracked"));
        assert_eq!(from.len(), read.clone().count(), "{name}");
        let found = difference(&model, "torch", &name);
        println!("{name}: {found:.1e}");
        assert!(found < 1e-6, "{name}: {found}");

        // Out again: the same names and shapes, and the same model when read.
        let back = model.to_torch(&Mapping::default()).unwrap();
        let shapes = |arrays: &nanoprop_exchange::Arrays| {
            let learned = arrays.iter().filter(|(name, _)| !name.ends_with("num_batches_tracked"));
            learned.map(|(name, array)| (name.clone(), array.shape().to_vec())).collect::<Vec<_>>()
        };
        assert_eq!(shapes(&back), shapes(&state), "{name}");
        let file = safetensors::write(&back, Width::Single).unwrap();
        if let Ok(folder) = std::env::var("EXCHANGE_OUT") {
            fs::write(PathBuf::from(folder).join(format!("{name}.safetensors")), &file).unwrap();
        }
        let mut again = torch(&name);
        again.load_torch(&safetensors::read(&file).unwrap(), &Mapping::default()).unwrap();
        assert_eq!(again.checkpoint().unwrap(), model.checkpoint().unwrap(), "{name}");
    }
}

#[test]
fn all_that_does_not_fit_is_listed_at_once() {
    let mut model = torch("mlp");
    let mut state = safetensors::read(&read("torch", "mlp.safetensors")).unwrap();
    state.remove("5.weight");
    let other = nanoprop_exchange::Array::new(vec![8, 7], vec![0.0; 56]).unwrap();
    state.insert("2.weight".to_owned(), other);
    let error = model.load_torch(&state, &Mapping::default()).unwrap_err().to_string();
    assert_eq!(
        error.lines().collect::<Vec<_>>(),
        [
            "layer 2, a Dense: `2.weight` is 8×7, but must be 8×8",
            "layer 4, a Dense: no module is left that has `weight` 3×8",
        ]
    );
    assert_eq!(model, torch("mlp"));
}

#[test]
fn mappings_name_what_names_do_not_tell() {
    let spec = "name = 'Net'\nloss = 'SquaredError'\n[[layer]]\nkind = 'Dense'\nreads = 2\nwrites = 2\n[[layer]]\nkind = 'Dense'\nreads = 2\nwrites = 2";
    let array = |values: Vec<f64>, shape: Vec<usize>| nanoprop_exchange::Array::new(shape, values).unwrap();
    let mut state = nanoprop_exchange::Arrays::new();
    for (k, name) in ["tail", "head"].into_iter().enumerate() {
        state.insert(format!("{name}.weight"), array(vec![k as f64; 4], vec![2, 2]));
        state.insert(format!("{name}.bias"), array(vec![k as f64; 2], vec![2]));
    }
    let mut model = Model::from_toml("net.toml", spec).unwrap();
    let error = model.load_torch(&state, &Mapping::default()).unwrap_err().to_string();
    assert_eq!(error, "layers 1, 2 have the same shapes as `head.*`, `tail.*`: a mapping must say which is which");

    let mapping =
        Mapping::from_toml("names.toml", "1 = 'tail'\n2.weight = 'head.weight'\n2.bias = 'head.bias'").unwrap();
    model.load_torch(&state, &mapping).unwrap();
    assert_eq!(model.layers()[0].tensor("bias").unwrap().values(), [0.0, 0.0]);
    assert_eq!(model.layers()[1].tensor("bias").unwrap().values(), [1.0, 1.0]);
    assert_eq!(model.to_torch(&mapping).unwrap(), state);
}

#[test]
fn groups_of_what_pytorch_has_in_another_order_are_refused() {
    use nanoprop_exchange::{Kind, Misfit, Windows};
    let mut model = Model::new("Net", &[4, 6]).unwrap();
    for kind in [Kind::MaxPool(Windows::new(1, 2)), Kind::Flatten, Kind::GroupNorm { groups: 3 }] {
        model.push(kind).unwrap().tensors_mut().iter_mut().for_each(|tensor| tensor.set(vec![1.0; 18]).unwrap());
    }
    let error = model.to_torch(&Mapping::default()).unwrap_err().to_string();
    let why =
        "its groups are of numbers that lie in another order in PyTorch, channels first: put it before the Flatten";
    assert_eq!(error, format!("layer 3, a GroupNorm behind a Flatten: {why}"));
    assert_eq!(
        model.load_torch(&nanoprop_exchange::Arrays::new(), &Mapping::default()).unwrap_err().to_string(),
        error
    );

    let said = |kind: Kind, input: &[usize]| -> String {
        let mut model = Model::new("Net", input).unwrap();
        model.push(Kind::Dropout { percent: 1 }).unwrap();
        let misfit: Misfit = model.push(kind).unwrap_err();
        misfit.to_string()
    };
    let table = Kind::Embedding { classes: 3, units: 2, wide: false };
    assert_eq!(said(table, &[4]), "layer 2: an Embedding reads numbers of classes, so it is the first layer");
    let groups = "layer 2: has 3 groups, which do not divide its 4 channels";
    assert_eq!(said(Kind::GroupNorm { groups: 3 }, &[4]), groups);
    assert!(Model::new("Net", &[4]).unwrap().push(Kind::GroupNorm { groups: 0 }).is_err());
    assert!(Model::new("Net", &[4]).unwrap().push(Kind::GroupNorm { groups: 4 }).is_err());
    let cut = Windows { padding: nanoprop_exchange::Padding::Pad(3, 2), ..Windows::new(1, 3) };
    let activation = nanoprop_exchange::Activation::Identity;
    let up = Kind::ConvTranspose { channels: 1, windows: cut, activation, bias: true };
    let error = Model::new("Net", &[3, 1]).unwrap().push(up).unwrap_err().to_string();
    assert_eq!(error, "layer 1: has padding that cuts off 5 of the 5 steps that it would write");
}

/// Found by fuzzing: widths beside a 0 are no numbers to count, and no two arrays get one name.
#[test]
fn arrays_of_nothing_and_names_that_archives_change() {
    let npy = |shape: &str| {
        let header = format!("{{'descr': '<f8', 'fortran_order': True, 'shape': {shape}, }}\n");
        let len = u16::try_from(header.len()).unwrap().to_le_bytes();
        [b"\x93NUMPY\x01\0".as_slice(), &len, header.as_bytes()].concat()
    };
    let array = numpy::read_npy(&npy("(3, 4000000000, 0)")).unwrap();
    assert_eq!((array.shape(), array.rows().count()), (&[3, 4_000_000_000, 0][..], 0));
    assert_eq!(numpy::read_npy(&npy("(0, 4294967296, 4294967296)")).unwrap().rows().count(), 0);
    assert!(nanoprop_exchange::layout::permute(&[], &[1 << 40, 0], &[1, 0]).is_empty());

    let one = nanoprop_exchange::Array::new(vec![1], vec![1.0]).unwrap();
    for name in ["x.np:", "a//b", "/a", "../a", "a\\b"] {
        let arrays = nanoprop_exchange::Arrays::from([(name.to_owned(), one.clone())]);
        let error = numpy::write_npz(&arrays, Width::Single).unwrap_err().to_string();
        assert_eq!(error, format!("zip archive: `{name}.npy` can't be the name of a file in it"));
    }
    let arrays = nanoprop_exchange::Arrays::from([("fc/0.weight é".to_owned(), one)]);
    assert_eq!(numpy::read_npz(&numpy::write_npz(&arrays, Width::Single).unwrap()).unwrap(), arrays);
}

/// Files that were cut or changed are refused or read, without a panic.
#[test]
fn damaged_files_do_no_harm() {
    let mut state = 7_u32;
    for (folder, name) in [("keras", "gru.keras"), ("torch", "gru.safetensors"), ("torch", "gru.npz")] {
        let whole = read(folder, name);
        for k in 0..400_usize {
            let mut file = whole.clone();
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            match k % 2 {
                0 => file.truncate(state as usize % whole.len()),
                _ => file[state as usize % whole.len()] ^= 1 << (k % 8),
            }
            let _ = (keras::read(&file), safetensors::read(&file), numpy::read_npz(&file), numpy::read_npy(&file));
        }
    }
}
