use nanoprop::{Pcg32, Random as _};
use nanoprop_exchange::onnx::{self, Options};
use nanoprop_exchange::{Activation, Kind, Loss, Model, Padding, Reset, Windows};

use crate::{fill, learned};

/// Chains of layers one behind the other as chance has it, as far as they fit.
pub fn models() -> Vec<Model> {
    (0..120).map(one_by_chance).filter(|model| model.parameters() > 0).collect()
}

fn one_by_chance(seed: u64) -> Model {
    let mut random = Pcg32::new(seed);
    let mut below = |n: usize| random.bits() as usize % n;
    let inputs = [vec![5], vec![6, 3], vec![1, 4], vec![7, 6, 2], vec![5, 5, 1]];
    let mut model = Model::new(format!("Chance{seed}"), &inputs[below(inputs.len())]).unwrap();
    let wanted = 2 + below(5);
    for _ in 0..40 {
        let kind = kind_by_chance(&mut below, model.output(), model.layers().is_empty());
        // Where it does not fit, another.
        let _ = model.push(kind);
        if model.layers().len() == wanted {
            break;
        }
    }
    model.loss = Loss::ALL[below(Loss::ALL.len())];
    if model.loss == Loss::SoftmaxCrossEntropy && (model.output().len() > 1 || model.output() == [1]) {
        model.loss = Loss::SquaredError;
    }
    fill(&mut model);
    model
}

fn kind_by_chance(below: &mut impl FnMut(usize) -> usize, reads: &[usize], first: bool) -> Kind {
    let activation = Activation::ALL[below(Activation::ALL.len())];
    let (units, all, bias) = (1 + below(4), below(2) == 0, below(4) > 0);
    let padding = [Padding::Valid, Padding::Same, Padding::Causal, Padding::Pad(1, 0), Padding::Pad(1, 2)][below(5)];
    let (rows, columns) = (1 + below(3), 1 + below(3));
    let size = if reads.len() < 3 { [1, columns] } else { [rows, columns] };
    let windows = Windows { size, stride: 1 + below(2), dilation: 1 + below(2), padding };
    let square = Windows { size: [if reads.len() < 3 { 1 } else { columns }, columns], dilation: 1, ..windows };
    let reset = if bias { Reset::After } else { Reset::Before };
    let channels = reads.last().copied().unwrap_or(1);
    match below(28) {
        0..4 => Kind::Dense { units, activation, bias },
        4..6 => Kind::Conv { channels: units, windows, activation, bias },
        6 => Kind::DepthwiseConv { windows, activation, bias },
        7 => Kind::MaxPool(square),
        8 => Kind::AvgPool(square),
        9 => Kind::GlobalAvgPool,
        10 => Kind::Flatten,
        11 => Kind::Unflatten(vec![1, reads.iter().product()]),
        12 => Kind::Gelu,
        13 => Kind::Silu,
        14 => Kind::Mish,
        // Of few channels, it makes much of rounding.
        15 if reads.last() > Some(&3) => Kind::LayerNorm,
        16 => Kind::Standardize,
        17 => Kind::Lstm { units, all },
        18 => Kind::Gru { units, all, reset },
        19 => Kind::Elman { units, activation: Activation::Softsign, all },
        20 => Kind::Bidirectional(Box::new(Kind::Gru { units, all, reset })),
        // Behind functions, whose numbers may hardly differ, these make much of rounding.
        21 if first => Kind::GroupNorm { groups: 1 + below(2) },
        22 if first => Kind::GroupNorm { groups: channels },
        23 => Kind::BatchNorm,
        24 if reads.len() == 2 => {
            Kind::ConvTranspose { channels: units, windows: Windows { size, ..windows }, activation, bias }
        }
        _ => {
            let same = Windows { stride: 1, padding: Padding::Same, ..windows };
            let dense = Kind::Dense { units: channels, activation, bias };
            let conv = Kind::Conv { channels, windows: same, activation, bias };
            Kind::Residual(vec![Kind::Silu, if reads.len() == 1 { dense } else { conv }])
        }
    }
}

#[test]
fn layers_in_any_order_are_read_as_the_same_function() {
    let mut same = 0;
    for before in models() {
        let name = &before.name;
        let again = onnx::from_bytes(&onnx::write(&before).unwrap(), None, &Options::default());
        let again = again.unwrap_or_else(|error| panic!("{name}: {error}\n{before:#?}")).model;
        let len: usize = before.input().iter().product();
        assert_eq!(again.input().iter().product::<usize>(), len, "{name}");
        assert_eq!(again.loss, before.loss, "{name}");
        let x: Vec<f64> = (0..len).map(|k| ((k * k) as f64 * 0.37).sin()).collect();
        let [a, b] = [&again, &before].map(|model| model.evaluator::<f64>().unwrap().predict(&x).unwrap());
        assert_eq!(a.len(), b.len(), "{name}");
        let far = a.iter().zip(&b).map(|(a, b)| (a - b).abs() / b.abs().max(1.0)).fold(0.0, f64::max);
        assert!(far < 1e-6, "{name}: {far:e}\n{before:#?}\n{again:#?}");
        same += usize::from(learned(&again) == learned(&before));
    }
    println!("{same} have the same layers and numbers");
    assert!(same > 40, "{same}");
}
