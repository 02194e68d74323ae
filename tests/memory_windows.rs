//! The contract on memory, of a convolutional network of 28×28 pixels: it learns from statics, on a small stack, without heap.
//!
//! `cargo test --test memory_windows -- --nocapture` prints the stack that each operation takes.

#[path = "support/memory.rs"]
#[allow(dead_code)]
mod memory;

use std::hint::black_box;
use std::sync::Mutex;

use memory::{Counting, allocations, on_stack_of, stack_within};
use nanoprop::prelude::*;

#[global_allocator]
static COUNTING: Counting = Counting;

network! {
    /// After LeNet-5: 61,706 parameters.
    type LeNet = [28, 28, 1] => Conv2d<6, 5, Relu, padding = same> => MaxPool2d<2> => Conv2d<16, 5, Relu> => MaxPool2d<2>
        => Flatten => Dense<120, Relu> => Dense<84, Relu> => Dense<10>, loss = SoftmaxCrossEntropy;
}

/// All that learning takes, in statics: made by constants, never on a stack.
struct Desk {
    net: LeNet,
    grad: Gradient<LeNet>,
    tapes: [TapeOf<LeNet>; 4],
    training: Training<LeNet, Adam, 4>,
}

static DESK: Mutex<Desk> =
    Mutex::new(Desk { net: LeNet::ZERO, grad: LeNet::GRADIENT, tapes: [LeNet::TAPE; 4], training: Training::ZERO });

const RECIPE: Recipe<Adam> = Recipe { batch: 3, epochs: 3, ..Recipe::new(Adam::DEFAULT) };

type Sample = ([[[f32; 1]; 28]; 28], [f32; 10]);
static SAMPLES: [Sample; 4] = [sample(1), sample(2), sample(3), sample(4)];

/// A picture of stripes, and the class of their number.
const fn sample(stripes: usize) -> Sample {
    let (mut x, mut y) = ([[[0.0]; 28]; 28], [0.0; 10]);
    let mut i = 0;
    while i < 784 {
        x[i / 28][i % 28][0] = (i * stripes / 98 % 2) as f32;
        i += 1;
    }
    y[stripes] = 1.0;
    (x, y)
}

/// An operation by its name.
type Operation = (&'static str, fn(&mut Desk));

const OPERATIONS: [Operation; 7] = [
    ("initialize", |desk| desk.net.initialize(&He, &mut Pcg32::new(7))),
    ("predict", |desk| _ = black_box(desk.net.predict(&SAMPLES[0].0))),
    ("cost", |desk| _ = black_box(desk.net.cost(&SAMPLES, L2(1.0)))),
    ("gradient", |desk| desk.net.gradient(&SAMPLES, L2(1.0), &mut desk.grad, &mut desk.tapes[0])),
    ("descend", |desk| desk.net.descend(&SAMPLES[0].0, &SAMPLES[0].1, 0.01, &mut desk.tapes[0])),
    ("step_batch", |desk| desk.net.step_batch(&SAMPLES, L2(0.0), 0.01, &mut desk.tapes)),
    ("train with Adam", |desk| {
        desk.training.restart();
        assert!(RECIPE.train(&mut desk.net, &mut desk.training).run(&SAMPLES).is_ok());
    }),
];

#[test]
fn nothing_allocates() {
    assert_eq!(allocations(|| _ = black_box(vec![1.0_f32; 1000])), 1);
    let mut desk = DESK.lock().unwrap();
    for (name, operation) in OPERATIONS {
        assert_eq!(allocations(|| operation(&mut desk)), 0, "{name}");
    }
}

/// 247 KB of weights, 38 KB of tape, and a thread whose stack is a quarter of the first.
#[test]
fn it_learns_on_64_kib_of_stack() {
    let learn = || {
        let mut desk = DESK.lock().unwrap();
        OPERATIONS.iter().for_each(|(_, operation)| operation(&mut desk));
        let Desk { net, grad, tapes, .. } = &mut *desk;
        net.initialize(&He, &mut Pcg32::new(7));
        let before = net.cost(&SAMPLES, NoPenalty);
        for _ in 0..10 {
            SAMPLES.iter().for_each(|(x, y)| net.descend(x, y, 0.01, &mut tapes[0]));
            net.gradient(&SAMPLES, L2(0.0), grad, &mut tapes[0]);
            net.update(grad, 0.01);
            net.step_batch(&SAMPLES, L2(0.0), 0.01, tapes);
        }
        (before, net.cost(&SAMPLES, NoPenalty), SAMPLES.each_ref().map(|(x, _)| net.classify(x)))
    };
    let (before, after, classes) = on_stack_of(64 * 1024, learn);
    assert!(after < before / 2.0, "{before} to {after}");
    assert_eq!(classes, [1, 2, 3, 4]);
}

/// Less than those 64 KiB: a forward pass without a tape has what two neighbouring layers write on the stack.
#[test]
fn each_operation_takes_little_stack() {
    const MOST: usize = 60 * 1024;
    let used = on_stack_of(256 * 1024, || {
        let mut desk = DESK.lock().unwrap();
        OPERATIONS.map(|(name, operation)| (name, stack_within::<{ 160 * 1024 }>(|| operation(&mut desk))))
    });
    let kind = if cfg!(debug_assertions) { "debug" } else { "release" };
    for (name, bytes) in used {
        println!("{kind}: {name} of the convolutional network takes {bytes} bytes of stack");
        assert!(bytes < MOST, "{name} takes {bytes} bytes");
    }
}
