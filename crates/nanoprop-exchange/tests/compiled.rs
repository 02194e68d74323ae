//! Models beside the networks that are their types: the same fingerprint, tensors, checkpoint, spec, and bits of predictions.

use nanoprop::{InputOf, Layers, Network, Number, Pcg32, Plain, Random};
use nanoprop_exchange::Kind::{self, *};
use nanoprop_exchange::{Activation, Loss, Model, Padding, Reset, Windows};

fn dense(units: usize, activation: Activation) -> Kind {
    Dense { units, activation, bias: true }
}

fn windows(size: [usize; 2], stride: usize, dilation: usize, padding: Padding) -> Windows {
    Windows { size, stride, dilation, padding }
}

fn conv(channels: usize, windows: Windows, activation: Activation, bias: bool) -> Kind {
    Conv { channels, windows, activation, bias }
}

fn transposed(channels: usize, windows: Windows, activation: Activation, bias: bool) -> Kind {
    ConvTranspose { channels, windows, activation, bias }
}

/// A model in which everything but the weights is there.
fn model(name: &str, input: &[usize], kinds: Vec<Kind>, loss: Loss, scalar: nanoprop_exchange::Scalar) -> Model {
    let mut model = Model::new(name, input).unwrap();
    for kind in kinds {
        model.push(kind).unwrap();
    }
    (model.loss, model.scalar) = (loss, scalar);
    model
}

/// A number from −1 to 1.
fn uniform(random: &mut Pcg32) -> f64 {
    f64::from(random.bits()) / f64::from(1 << 31) - 1.0
}

/// Compares a model with the network, whose layers are `words` in `network!`.
fn compare<L: Layers, E: nanoprop::Loss>(mut model: Model, words: &str) {
    type T<L> = <L as Layers>::Scalar;
    let name = model.name.clone();
    assert_eq!(model.fingerprint(), Network::<L, E>::FINGERPRINT, "{name}");
    assert_eq!(model.parameters(), Network::<L, E>::PARAMETERS, "{name}");

    // Tensors: layer, name, shape, start.
    let (mut expected, mut found, mut start) = (Vec::new(), Vec::new(), 0);
    <Network<L, E> as nanoprop::Parameters>::tensors(|t| {
        expected.push((t.layer, t.name, t.shape.widths().to_vec(), t.start))
    });
    for (number, layer) in model.leaves().into_iter().enumerate() {
        for tensor in layer.tensors() {
            found.push((number, tensor.name(), tensor.shape().to_vec(), start));
            start += tensor.count();
        }
    }
    assert_eq!(found, expected, "{name}");

    // The bytes of each way to use it.
    let ways = [
        ("inference", Network::<L, E>::footprint::<nanoprop::Inference>()),
        ("online", Network::<L, E>::footprint::<nanoprop::Online>()),
        ("mini-batch of 32", Network::<L, E>::footprint::<nanoprop::MiniBatch<32>>()),
        ("full batch", Network::<L, E>::footprint::<nanoprop::FullBatch>()),
        ("Adam", Network::<L, E>::footprint::<nanoprop::Adam>()),
        ("Momentum", Network::<L, E>::footprint::<nanoprop::Momentum>()),
    ];
    let footprints = model.footprints();
    assert_eq!(footprints.len(), 4 + 8, "{name}");
    for (way, expected) in ways {
        let found = footprints.iter().find(|(name, _)| name == way).map(|(_, footprint)| *footprint);
        assert_eq!(found, Some(expected), "{name}, {way}");
    }

    // The spec, through nanoprop-build and back.
    let toml = model.to_toml();
    let text =
        nanoprop_build::aliases(&[("net.toml", &toml)]).unwrap_or_else(|errors| panic!("{name}: {errors:?}\n{toml}"));
    let line = text.lines().find_map(|line| line.trim().strip_prefix("/// `")).unwrap();
    let pure = |text: &str| text.replace([' ', '\n'], "");
    assert_eq!(pure(line.split('`').next().unwrap()), pure(words), "{name}");
    assert_eq!(Model::from_toml("net.toml", &toml).unwrap(), model, "{name}");

    // Weights, by way of a checkpoint.
    let mut net = Network::<L, E>::ZERO;
    let mut random = Pcg32::new(7);
    net.parameters_mut().iter_mut().for_each(|w| *w = T::<L>::from_f64(uniform(&mut random)));
    let mut file = vec![0; Network::<L, E>::CHECKPOINT];
    net.save(&mut file).unwrap();
    model.load_checkpoint(&file).unwrap();
    assert_eq!(model.checkpoint().unwrap(), file, "{name}");

    // Predictions, bit for bit; the same numbers far from 0 and tiny, where states become 0.
    let evaluator = model.evaluator::<T<L>>().unwrap();
    for scale in [1.0, 30.0, 1e-32] {
        for _ in 0..5 {
            let mut x = InputOf::<Network<L, E>>::ZERO;
            x.flat_mut().iter_mut().for_each(|x| *x = Number::from_f64(scale * uniform(&mut random)));
            let numbers: Vec<T<L>> = x.flat().iter().map(|x| Number::from_f64(x.to_f64())).collect();
            let bits = |y: &[T<L>]| y.iter().map(|y| y.to_bytes()).collect::<Vec<_>>();
            assert_eq!(bits(&evaluator.predict(&numbers).unwrap()), bits(net.predict(&x).flat()), "{name}");
            assert_eq!(bits(&evaluator.logits(&numbers).unwrap()), bits(net.logits(&x).flat()), "{name}");
        }
    }
}

// nets! { Name = layers, loss = Loss, scalar = Scalar: [input] [kinds] … } makes a test of each.
macro_rules! nets {
    ($($test:ident: $loss:ident $scalar:ident $variant:ident { $($layers:tt)+ } = $input:expr, [$($kind:expr),+ $(,)?];)+) => {$(
        mod $test {
            #[allow(unused_imports, reason = "each network names some of them")]
            use nanoprop::*;
            nanoprop::network! {
                /// A network.
                pub type Net = $($layers)+, loss = $loss, scalar = $scalar;
            }
        }

        #[test]
        fn $test() {
            let model = model("Net", &$input, vec![$($kind),+], Loss::$loss, nanoprop_exchange::Scalar::$variant);
            run::<$test::Net>(model, stringify!($($layers)+));
        }
    )+};
}

/// A network, to name its parts.
trait Parts {
    fn compare(model: Model, words: &str);
}

impl<L: Layers, E: nanoprop::Loss> Parts for Network<L, E> {
    fn compare(model: Model, words: &str) {
        compare::<L, E>(model, words);
    }
}

fn run<N: Parts>(model: Model, words: &str) {
    N::compare(model, words);
}

nets! {
    digits: SigmoidCrossEntropy f32 F32 { 64 => Dense<32, Sigmoid> => Dense<10> } =
        [64], [dense(32, Activation::Sigmoid), dense(10, Activation::Identity)];
    activations: SoftmaxCrossEntropy f32 F32 {
        5 => Dense<6, Elu> => Dense<7, HardSigmoid> => Dense<8, HardTanh> => Dense<40, LeakyRelu> => Dense<9, Relu>
            => Dense<17, Softplus> => Dense<20, Softsign> => Dense<3, Identity, Unbiased>
    } = [5], [
        dense(6, Activation::Elu), dense(7, Activation::HardSigmoid), dense(8, Activation::HardTanh),
        dense(40, Activation::LeakyRelu), dense(9, Activation::Relu), dense(17, Activation::Softplus),
        dense(20, Activation::Softsign), Dense { units: 3, activation: Activation::Identity, bias: false },
    ];
    double: Huber f64 F64 { 5 => Dense<40, Tanh> => Gelu => LayerNorm => Dense<3> } =
        [5], [dense(40, Activation::Tanh), Gelu, LayerNorm, dense(3, Activation::Identity)];
    fused: AbsoluteError Fused Fused { [6, 3] => Lstm<5> => Dense<33, Tanh> => Dense<2> } =
        [6, 3], [Lstm { units: 5, all: false }, dense(33, Activation::Tanh), dense(2, Activation::Identity)];
    functions: SquaredError f32 F32 { 7 => Dense<9> => Gelu => Silu => Mish => Softmax => Dropout(20%) => Dense<2> } =
        [7], [dense(9, Activation::Identity), Gelu, Silu, Mish, Softmax, Dropout { percent: 20 }, dense(2, Activation::Identity)];
    norms: SquaredError f32 F32 { [4, 3, 5] => Standardize => LayerNorm => Flatten => LayerNorm => Dense<2> } =
        [4, 3, 5], [Standardize, LayerNorm, Flatten, LayerNorm, dense(2, Activation::Identity)];
    elman: SquaredError f32 F32 { [6, 3] => Elman<5, Tanh, All> => Elman<20, Relu> => Dense<2> } =
        [6, 3], [
            Elman { units: 5, activation: Activation::Tanh, all: true },
            Elman { units: 20, activation: Activation::Relu, all: false }, dense(2, Activation::Identity),
        ];
    lstm: SquaredError f32 F32 { [6, 3] => Lstm<5, All> => Lstm<9> } =
        [6, 3], [Lstm { units: 5, all: true }, Lstm { units: 9, all: false }];
    gru: SigmoidCrossEntropy f32 F32 { [6, 3] => Gru<5, All> => Gru<12, All, ResetBefore> => Gru<9> => Dense<1> } =
        [6, 3], [
            Gru { units: 5, all: true, reset: Reset::After }, Gru { units: 12, all: true, reset: Reset::Before },
            Gru { units: 9, all: false, reset: Reset::After }, dense(1, Activation::Identity),
        ];
    both_ways: SquaredError f32 F32 {
        [6, 3] => Bidirectional(Gru<5, All>) => Bidirectional(Conv1d<4, 3, Tanh>) => Bidirectional(Lstm<2, All>) => Bidirectional(Elman<4>)
    } = [6, 3], [
        Bidirectional(Box::new(Gru { units: 5, all: true, reset: Reset::After })),
        Bidirectional(Box::new(conv(4, Windows::new(1, 3), Activation::Tanh, true))),
        Bidirectional(Box::new(Lstm { units: 2, all: true })),
        Bidirectional(Box::new(Elman { units: 4, activation: Activation::Tanh, all: false })),
    ];
    conv1d: SquaredError f32 F32 {
        [32, 3] => Conv1d<5, 3, Relu, padding = same> => Conv1d<20, 3, stride = 2, dilation = 2, padding = causal, Unbiased>
            => Conv1d<4, 2, Tanh, padding = [1, 3]> => MaxPool1d<3> => AvgPool1d<2, stride = 1, padding = same> => Flatten => Dense<2>
    } = [32, 3], [
        conv(5, windows([1, 3], 1, 1, Padding::Same), Activation::Relu, true),
        conv(20, windows([1, 3], 2, 2, Padding::Causal), Activation::Identity, false),
        conv(4, windows([1, 2], 1, 1, Padding::Pad(1, 3)), Activation::Tanh, true),
        MaxPool(windows([1, 3], 3, 1, Padding::Valid)), AvgPool(windows([1, 2], 1, 1, Padding::Same)), Flatten,
        dense(2, Activation::Identity),
    ];
    conv2d: SoftmaxCrossEntropy f32 F32 {
        [12, 10, 2] => Conv2d<6, 3, Relu> => Conv2d<5, [2, 3], stride = 2, padding = same> => MaxPool2d<2, stride = 1>
            => AvgPool2d<2, padding = 1> => DepthwiseConv2d<3, Tanh, padding = same> => GlobalAvgPool => Dense<3>
    } = [12, 10, 2], [
        conv(6, Windows::new(3, 3), Activation::Relu, true),
        conv(5, windows([2, 3], 2, 1, Padding::Same), Activation::Identity, true),
        MaxPool(windows([2, 2], 1, 1, Padding::Valid)), AvgPool(windows([2, 2], 2, 1, Padding::Pad(1, 1))),
        DepthwiseConv { windows: windows([3, 3], 1, 1, Padding::Same), activation: Activation::Tanh, bias: true },
        GlobalAvgPool, dense(3, Activation::Identity),
    ];
    depthwise: SquaredError f32 F32 {
        [20, 3] => DepthwiseConv1d<4, stride = 2, padding = causal, Unbiased> => DepthwiseConv1d<2, Relu, dilation = 3> => GlobalAvgPool
    } = [20, 3], [
        DepthwiseConv { windows: windows([1, 4], 2, 1, Padding::Causal), activation: Activation::Identity, bias: false },
        DepthwiseConv { windows: windows([1, 2], 1, 3, Padding::Valid), activation: Activation::Relu, bias: true },
        GlobalAvgPool,
    ];
    residual: SquaredError f32 F32 {
        8 => Residual(Dense<6, Tanh> => Residual(LayerNorm => Dense<6>) => Dense<8>) => Residual(Gelu) => Dense<2>
    } = [8], [
        Residual(vec![
            dense(6, Activation::Tanh), Residual(vec![LayerNorm, dense(6, Activation::Identity)]), dense(8, Activation::Identity),
        ]),
        Residual(vec![Gelu]), dense(2, Activation::Identity),
    ];
    embedding: SoftmaxCrossEntropy f32 F32 { 9 => Embedding<27, 5> => Gru<6> => Dense<3> } =
        [9], [
            Embedding { classes: 27, units: 5, wide: false }, Gru { units: 6, all: false, reset: Reset::After },
            dense(3, Activation::Identity),
        ];
    wide: SquaredError Fused Fused { 4 => Embedding<300, 3, u16> => Flatten => Dense<2> } =
        [4], [Embedding { classes: 300, units: 3, wide: true }, Flatten, dense(2, Activation::Identity)];
    groups: SquaredError f32 F32 {
        [7, 6] => GroupNorm<2> => InstanceNorm => BatchNorm => Flatten => GroupNorm<1> => BatchNorm => Dense<2>
    } = [7, 6], [
        GroupNorm { groups: 2 }, GroupNorm { groups: 6 }, BatchNorm, Flatten, GroupNorm { groups: 1 }, BatchNorm,
        dense(2, Activation::Identity),
    ];
    images: SquaredError f64 F64 { [4, 3, 20] => BatchNorm => GroupNorm<5> => InstanceNorm => GlobalAvgPool } =
        [4, 3, 20], [BatchNorm, GroupNorm { groups: 5 }, GroupNorm { groups: 20 }, GlobalAvgPool];
    longer: SquaredError f32 F32 {
        [5, 3] => ConvTranspose1d<4, 4, Relu, stride = 2, padding = 1> => ConvTranspose1d<20, 3, padding = same>
            => ConvTranspose1d<2, 5, Tanh, stride = 2, padding = causal, Unbiased> => ConvTranspose1d<3, 2, stride = 3, dilation = 2>
            => ConvTranspose1d<1, 3, padding = [2, 0]>
    } = [5, 3], [
        transposed(4, windows([1, 4], 2, 1, Padding::Pad(1, 1)), Activation::Relu, true),
        transposed(20, windows([1, 3], 1, 1, Padding::Same), Activation::Identity, true),
        transposed(2, windows([1, 5], 2, 1, Padding::Causal), Activation::Tanh, false),
        transposed(3, windows([1, 2], 3, 2, Padding::Valid), Activation::Identity, true),
        transposed(1, windows([1, 3], 1, 1, Padding::Pad(2, 0)), Activation::Identity, true),
    ];
    spread: SquaredError Fused Fused { [3, 33] => ConvTranspose1d<2, 1, stride = 3, padding = same> => ConvTranspose1d<17, 4, stride = 2> } =
        [3, 33], [
            transposed(2, windows([1, 1], 3, 1, Padding::Same), Activation::Identity, true),
            transposed(17, windows([1, 4], 2, 1, Padding::Valid), Activation::Identity, true),
        ];
    shapes: SquaredError f32 F32 { 24 => Unflatten<[4, 3, 2]> => Silu => Flatten => Unflatten<[6, 4]> => Residual(Elman<4, Tanh, All>) => Flatten } =
        [24], [
            Unflatten(vec![4, 3, 2]), Silu, Flatten, Unflatten(vec![6, 4]),
            Residual(vec![Elman { units: 4, activation: Activation::Tanh, all: true }]), Flatten,
        ];
}

/// The list above has every kind, activation and loss.
#[test]
fn all_kinds() {
    let source = include_str!("compiled.rs");
    let kinds = include_str!("../src/model/kind.rs");
    let words = kinds.lines().filter_map(|line| line.split("Kind::").nth(1)?.split("=> \"").nth(1)?.split('"').next());
    let words: Vec<_> = words.collect();
    assert!(words.len() > 20, "{words:?}");
    let listed = source.split("nets! {").nth(2).unwrap();
    for word in words {
        assert!(
            listed.contains(&format!("{word}<"))
                || listed.contains(&format!("{word} "))
                || listed.contains(&format!("{word}(")),
            "{word}"
        );
    }
    for name in Activation::ALL.iter().map(|a| a.word()).chain(Loss::ALL.iter().map(|l| l.word())) {
        assert!(listed.contains(name), "{name}");
    }
}
