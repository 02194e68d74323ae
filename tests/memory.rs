//! The contract on memory: no heap, statics from constants, a small stack, and sizes that are what they say.
//!
//! `cargo test --test memory -- --nocapture` prints the stack that each operation takes.

#[path = "support/memory.rs"]
#[allow(dead_code)]
mod memory;

use std::hint::black_box;
use std::sync::Mutex;

use memory::{ALLOCATIONS, Counting, allocations, on_stack_of, stack};
use nanoprop::nets::{Control, Digits, Mnist, Ng, ReluNet, Tiny};
use nanoprop::prelude::*;
use nanoprop::{Clip, Cosine, End, Footprint, Guard, Layers, Lbfgs, Loss, Search, State, Stop};

#[global_allocator]
static COUNTING: Counting = Counting;

/// All that learning takes, in statics: made by constants, never on a stack.
struct Desk {
    net: Mnist,
    grad: Gradient<Mnist>,
    tape: TapeOf<Mnist>,
    file: [u8; Mnist::CHECKPOINT],
    training: Training<Mnist, Adam, 4>,
    search: Search<Mnist, Lbfgs<2>, 4>,
    best: Mnist,
    good: Mnist,
    resumed: [u8; Training::<Mnist, Adam, 4>::CHECKPOINT],
}

static DESK: Mutex<Desk> = Mutex::new(Desk {
    net: Mnist::ZERO,
    grad: Mnist::GRADIENT,
    tape: Mnist::TAPE,
    file: [0; Mnist::CHECKPOINT],
    training: Training::ZERO,
    search: Search::ZERO,
    best: Mnist::ZERO,
    good: Mnist::ZERO,
    resumed: [0; Training::<Mnist, Adam, 4>::CHECKPOINT],
});

const RECIPE: Recipe<Adam, Cosine, L2> = Recipe {
    batch: 3,
    epochs: 3,
    order: Order::Shuffled(1),
    clip: Clip::Norm(1.0),
    max_norm: 2.0,
    ..Recipe::new(Adam::DEFAULT).schedule(Cosine { steps: 6, floor: 0.0 }).penalty(L2(0.1))
};

type Sample = ([f32; 784], [f32; 10]);
static SAMPLES: [Sample; 4] = [sample(1), sample(2), sample(3), sample(4)];

/// A picture of stripes, and the class of their number.
const fn sample(stripes: usize) -> Sample {
    let (mut x, mut y) = ([0.0; 784], [0.0; 10]);
    let mut i = 0;
    while i < 784 {
        x[i] = (i * stripes / 98 % 2) as f32;
        i += 1;
    }
    y[stripes] = 1.0;
    (x, y)
}

/// An operation of the core by its name.
type Operation = (&'static str, fn(&mut Desk));

/// All of them, on the desk.
const OPERATIONS: [Operation; 14] = [
    ("initialize", |desk| desk.net.initialize(&Xavier, &mut Pcg32::new(7))),
    ("predict", |desk| _ = black_box(desk.net.predict(&SAMPLES[0].0))),
    ("classify", |desk| _ = black_box(desk.net.classify(&SAMPLES[0].0))),
    ("cost", |desk| _ = black_box(desk.net.cost(&SAMPLES, L2(1.0)))),
    ("gradient", |desk| desk.net.gradient(&SAMPLES, L2(1.0), &mut desk.grad, &mut desk.tape)),
    ("cost_and_gradient", |desk| {
        black_box(desk.net.cost_and_gradient(&SAMPLES, L2(1.0), &mut desk.grad, &mut desk.tape));
    }),
    ("update", |desk| desk.net.update(&desk.grad, 0.1)),
    ("descend", |desk| desk.net.descend(&SAMPLES[0].0, &SAMPLES[0].1, 0.1, &mut desk.tape)),
    ("descend_batch", |desk| {
        desk.net.descend_batch(&SAMPLES, L2(0.0), 0.1, Stop::Steps(3), &mut desk.grad, &mut desk.tape);
    }),
    ("save", |desk| assert_eq!(desk.net.save(&mut desk.file), Ok(Mnist::CHECKPOINT))),
    ("load", |desk| assert_eq!(desk.net.load(&desk.file), Ok(()))),
    ("train with Adam", |desk| {
        desk.training.restart();
        let trainer = RECIPE.train(&mut desk.net, &mut desk.training).validate(&SAMPLES);
        let mut trainer = trainer.keep_best(&mut desk.best).guard(Guard::FINITE, &mut desk.good);
        assert_eq!(trainer.run(&SAMPLES), Ok(End::Epochs));
    }),
    ("save and load a training", |desk| {
        let trainer = RECIPE.train(&mut desk.net, &mut desk.training);
        let mut trainer = trainer.keep_best(&mut desk.best).guard(Guard::FINITE, &mut desk.good);
        let length = trainer.save(&mut desk.resumed).unwrap();
        assert_eq!(trainer.load(&desk.resumed[..length]), Ok(()));
    }),
    ("minimize by L-BFGS", |desk| {
        desk.net.minimize(&SAMPLES, L2(0.1), &Lbfgs, Stop::Steps(3), &mut desk.search);
    }),
];

#[test]
fn allocations_are_counted() {
    assert_eq!(allocations(|| _ = black_box(vec![1.0_f32; 1000])), 1);
    assert_eq!(allocations(|| _ = black_box(Mnist::boxed())), 1);
}

#[test]
fn nothing_allocates() {
    let mut desk = DESK.lock().unwrap();
    for (name, operation) in OPERATIONS {
        assert_eq!(allocations(|| operation(&mut desk)), 0, "{name}");
    }
}

/// What rayon itself allocates is its pool's threads and queues, and in the thread that waits for them.
#[test]
fn threads_allocate_nothing() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    let (mut net, mut grad) = (Mnist::boxed(), Box::new(Mnist::GRADIENT));
    let mut tapes: Vec<_> = vec![[Mnist::TAPE; 4]; 8];
    let samples = vec![SAMPLES[0]; 100];
    let mut hs = vec![Vector::ZERO; 4];
    let xs = SAMPLES.map(|(x, _)| x);
    let of_all_threads = || pool.broadcast(|_| ALLOCATIONS.get()).iter().sum::<usize>();
    let mut work = || {
        pool.install(|| {
            for _ in 0..10 {
                net.gradient_parallel(&samples, L2(1.0), &mut grad, &mut tapes);
                black_box(net.cost_and_gradient_parallel(&samples, L2(1.0), &mut grad, &mut tapes));
                black_box(net.cost_parallel(&samples, L2(1.0), &mut tapes));
                net.predict_parallel(&xs, &mut hs, &mut tapes);
                net.step_batch_parallel(&samples, 40, L2(1.0), 0.1, &mut grad, &mut tapes);
            }
        });
    };
    work();
    let before = of_all_threads();
    work();
    assert_eq!(of_all_threads() - before, 0);
}

/// 437 KB of weights, as much of gradient, and a thread whose stack is an eighth of either.
#[test]
fn a_large_network_learns_on_64_kib_of_stack() {
    let learn = || {
        let mut desk = DESK.lock().unwrap();
        OPERATIONS.iter().for_each(|(_, operation)| operation(&mut desk));
        let Desk { net, grad, tape, .. } = &mut *desk;
        let before = net.cost(&SAMPLES, NoPenalty);
        for _ in 0..10 {
            SAMPLES.iter().for_each(|(x, y)| net.descend(x, y, 0.3, tape));
            net.gradient(&SAMPLES, L2(0.0), grad, tape);
            net.update(grad, 0.3);
        }
        (before, net.cost(&SAMPLES, NoPenalty), SAMPLES.each_ref().map(|(x, _)| net.classify(x)))
    };
    let (before, after, classes) = on_stack_of(64 * 1024, learn);
    assert!(after < before / 2.0, "{before} to {after}");
    assert_eq!(classes, [1, 2, 3, 4]);
}

/// What `boxed` makes never is on the stack, and is what the constants are.
#[test]
fn large_values_are_boxed_on_64_kib_of_stack() {
    type Learning = Training<Mnist, Adam, 4>;
    type Seeking = Search<Mnist, Lbfgs<2>, 4>;
    type Pictures = [TapeOf<Mnist>; 256];
    static STATICS: Mutex<(Mnist, Learning, Seeking)> = Mutex::new((Mnist::ZERO, Learning::ZERO, Seeking::ZERO));
    static BLANK: Pictures = [Mnist::TAPE; 256];

    fn learn(net: &mut Mnist, training: &mut Learning, search: &mut Seeking) -> (u64, String) {
        net.initialize(&Xavier, &mut Pcg32::new(7));
        RECIPE.train(net, training).run(&SAMPLES).unwrap();
        net.minimize(&SAMPLES, L2(0.1), &Lbfgs, Stop::Steps(3), search);
        (net.digest(), format!("{training:?}"))
    }
    on_stack_of(64 * 1024, || {
        let (mut net, mut training, mut search) = (Mnist::boxed(), Learning::boxed(), Seeking::boxed());
        let (other, others, seeking) = &mut *STATICS.lock().unwrap();
        assert_eq!(net.parameters(), other.parameters());
        assert_eq!(format!("{training:?}"), format!("{others:?}"));
        assert_eq!(learn(&mut net, &mut training, &mut search), learn(other, others, seeking));

        let mut state = State::<Mnist, Adam>::boxed();
        assert_eq!((state.steps(), state.kept()[1].parameters()), (0, Mnist::boxed().parameters()));
        net.optimize(&Mnist::boxed(), &Adam::DEFAULT, &mut state);

        assert_eq!(*Mnist::boxed_tape(), Mnist::TAPE);
        assert!(*Mnist::boxed_tapes::<256>() == BLANK && size_of::<Pictures>() > 400_000);
        assert_eq!(allocations(|| _ = black_box((Learning::boxed(), Seeking::boxed()))), 2);
        assert_eq!(allocations(|| _ = black_box(Mnist::boxed_tapes::<256>())), 1);
    });
}

/// What remains of the 64 KiB is for the program that calls.
#[test]
fn each_operation_takes_little_stack() {
    let used = on_stack_of(64 * 1024, || {
        let mut desk = DESK.lock().unwrap();
        OPERATIONS.map(|(name, operation)| (name, stack(|| operation(&mut desk))))
    });
    let kind = if cfg!(debug_assertions) { "debug" } else { "release" };
    for (name, bytes) in used {
        println!("{kind}: {name} of 784-128-64-10 takes {bytes} bytes of stack");
        // The kernels of batches of narrow layers have transposed samples on the stack.
        let batches = ["train with Adam", "minimize by L-BFGS"].contains(&name);
        let most = if batches { MOST_STACK.max(20 * 1024) } else { MOST_STACK };
        assert!(bytes < most, "{name} takes {bytes} bytes");
    }
}

/// The paint sees what is below: a callee's array of a known size.
#[test]
fn stack_is_measured() {
    #[inline(never)]
    fn callee() {
        black_box(&mut [1_u8; 10_000]);
    }
    let used = on_stack_of(64 * 1024, || stack(callee));
    assert!((10_000..11_000).contains(&used), "{used}");
}

/// Of 437 KB of weights.
const MOST_STACK: usize = if cfg!(debug_assertions) { 16 * 1024 } else { 4 * 1024 };

/// A network is its numbers, a gradient is another, and the constants say how large.
fn sizes<L: Layers, E: Loss>(parameters: usize) {
    type Of<L, E> = Network<L, E>;
    assert_eq!(Of::<L, E>::PARAMETERS, parameters);
    assert_eq!(size_of::<Of<L, E>>(), parameters * size_of::<L::Scalar>());
    assert_eq!(align_of::<Of<L, E>>(), if parameters > 0 { align_of::<L::Scalar>() } else { 1 });
    let Footprint { weights, gradient, tape, .. } = Of::<L, E>::FOOTPRINT;
    assert_eq!(
        [weights, gradient, tape],
        [size_of::<Of<L, E>>(), size_of::<Gradient<Of<L, E>>>(), size_of::<TapeOf<Of<L, E>>>()]
    );
    let footprint = Of::<L, E>::FOOTPRINT;
    assert_eq!(
        [footprint.inference(), footprint.online(), footprint.batch()],
        [weights, weights + tape, weights + tape + gradient]
    );
}

#[test]
fn sizes_are_those_of_the_numbers() {
    macro_rules! sizes {
        ($($net:ty = $parameters:expr;)*) => {$(
            <$net as Sizes>::check($parameters);
        )*};
    }
    trait Sizes {
        fn check(parameters: usize);
    }
    impl<L: Layers, E: Loss> Sizes for Network<L, E> {
        fn check(parameters: usize) {
            sizes::<L, E>(parameters);
        }
    }
    network! {
        type Recurrent = [10, 3] => Elman<16, Tanh, All> => Flatten => Gelu => Dense<4, LeakyRelu, Unbiased>,
            loss = SoftmaxCrossEntropy, scalar = f64;
    }
    type Gated = Network<(Lstm<U10, U3, U8, All>, Gru<U10, U8, U6>), SquaredError>;
    type Before = Network<Gru<U10, U8, U6, Last, f32, ResetBefore>, SquaredError>;
    type Nested = Network<((Dense<U3, U5>, Softmax<U5>), (Dense<U5, U5>, (Dense<U5, U1>,))), Huber>;
    sizes! {
        Tiny = 4 * 5 + 6 * 5 + 6 * 3;
        Control = 14 * 64 + 65 * 64 + 65 * 4;
        Digits = 65 * 32 + 33 * 10;
        Ng = 401 * 25 + 26 * 10;
        Mnist = 785 * 128 + 129 * 64 + 65 * 10;
        ReluNet = 129 * 256 + 257 * 10;
        Recurrent = (1 + 3 + 16) * 16 + 160 * 4;
        Gated = 4 * (1 + 3 + 8) * 8 + 3 * (1 + 8 + 6) * 6 + 6;
        Before = 3 * (1 + 8 + 6) * 6;
        Nested = 4 * 5 + 6 * 5 + 6;
        Network<Gelu<U7>, SquaredError> = 0;
    }
    assert_eq!(size_of::<TapeOf<Gated>>(), ((7 * 10 + 3) * 8 + (6 * 10 + 1) * 6 + 2 * 6) * size_of::<f32>());
    assert_eq!(size_of::<TapeOf<Digits>>(), 2 * (32 + 10) * size_of::<f32>());
}
