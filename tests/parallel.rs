//! On any number of threads: the bits of one, from any number of tapes.

#[path = "parallel/ways.rs"]
mod ways;

use nanoprop::prelude::*;
use nanoprop::{InputOf, Layers, Loss, OutputOf, Role, Samples, Slot, Weighted};
use rayon::{ThreadPool, ThreadPoolBuilder};

network! {
    /// Wide enough for kernels and for several tasks; no width is a multiple of a register's.
    type Wide = 37 => Dense<131, Sigmoid> => Dense<33, Relu, Unbiased> => Dense<17>, loss = SoftmaxCrossEntropy;
    type Small = 3 => Dense<5, Tanh> => Dense<2>, loss = SigmoidCrossEntropy;
    type Double = 5 => Dense<40, Tanh> => Dense<3>, loss = SquaredError, scalar = f64;
    type Recurrent = [4, 3] => Elman<9, Tanh, All> => Elman<6, Sigmoid> => Dense<2>, loss = Huber;
    type Gated = [4, 3] => Lstm<9, All> => Gru<5, All> => Gru<6, Last, ResetBefore> => Dense<2>, loss = Huber;
    type Mixed = [3, 7] => Flatten => Gelu => Dense<19> => Softmax => Silu => Dense<4>, loss = AbsoluteError;
    type Rounded = 6 => FakeQuantize => FakeQuantize(Dense<11, Tanh>) => FakeQuantize(Residual(FakeQuantize(Dense<11, Relu>)))
        => KeepFloat(Dense<3>), loss = SquaredError;
    type OneOfOnesOwn = 6 => Dense<11, Tanh> => (Scale<U11>) => Dense<3>, loss = SquaredError;
}

parameters! {
    /// y = g ⊙ x
    pub struct Scale<N: Width> of f32 {
        gain: Vector<N> = Role::Gain,
    }
}

impl<N: Width> Layer for Scale<N> {
    type Input = Vector<N>;
    type Output = Vector<N>;
    type Tape = Slot<Vector<N>>;

    fn forward(&self, x: &Vector<N>, y: &mut Vector<N>) {
        y.iter_mut().zip(x).zip(&self.gain).for_each(|((y, x), g)| *y = g * x);
    }

    fn backward(&self, x: &Vector<N>, tape: &mut Self::Tape, grad: &mut Self, dx: Option<&mut Vector<N>>) {
        grad.gain.iter_mut().zip(&tape.dy).zip(x).for_each(|((dg, dy), x)| *dg += dy * x);
        dx.into_iter().flatten().zip(&tape.dy).zip(&self.gain).for_each(|((dx, dy), g)| *dx = dy * g);
    }
}

fn pools() -> Vec<ThreadPool> {
    [1, 3, 8].map(|n| ThreadPoolBuilder::new().num_threads(n).build().unwrap()).into()
}

fn bits<T: Scalar>(numbers: &[T]) -> Vec<u64> {
    numbers.iter().map(|x| x.to_f64().to_bits()).collect()
}

/// All that there is, from `sets` tapes of `B` samples, on each pool.
fn agree<L: Layers, E: Loss, const B: usize>(count: usize, sets: usize, pools: &[ThreadPool]) {
    type Net<L, E> = Network<L, E>;
    let rng = &mut Pcg32::new(count as u64);
    let mut unit = || L::Scalar::from_f64(f64::from(rng.bits() >> 8) / f64::from(1 << 23) - 1.0);
    let mut net = Net::<L, E>::boxed();
    net.parameters_mut().fill_with(&mut unit);
    let mut samples = vec![(InputOf::<Net<L, E>>::ZERO, OutputOf::<Net<L, E>>::ZERO); count];
    for (k, (x, y)) in samples.iter_mut().enumerate() {
        x.flat_mut().fill_with(|| Number::from_f64(unit().to_f64()));
        let classes = y.flat().len();
        y.flat_mut()[k % classes] = L::Scalar::from_f64(1.0);
    }
    let (mut tape, mut one) = (Net::<L, E>::TAPE, Box::new(Net::<L, E>::GRADIENT));
    let mut all = Box::new(Net::<L, E>::GRADIENT);
    let cost = bits(&[net.cost_and_gradient(&samples, L2(0.3), &mut one, &mut tape)]);
    let expected = bits(one.parameters());
    let xs: Vec<_> = samples.iter().map(|(x, _)| x.clone()).collect();
    let rate = L::Scalar::from_f64(0.125);
    let stepped = [1, 7, 32, 97].map(|batch| {
        let mut one_by_one = Net::<L, E>::boxed();
        one_by_one.copy_from(&net);
        for batch in samples.chunks(batch) {
            one_by_one.gradient(batch, L2(0.3), &mut one, &mut tape);
            one_by_one.update(&one, rate);
        }
        (batch, bits(one_by_one.parameters()))
    });
    for pool in pools {
        let what = format!("{count} samples, {sets} sets of {}, {} threads", B, pool.current_num_threads());
        // What is there already changes nothing.
        let mut tapes: Vec<_> = vec![[<Net<L, E>>::TAPE; B]; sets];
        let mut hs = vec![OutputOf::<Net<L, E>>::ZERO; count];
        all.parameters_mut().fill(L::Scalar::from_f64(f64::NAN));
        let (both, alone) = pool.install(|| {
            net.gradient_parallel(&samples, L2(0.3), &mut all, &mut tapes);
            assert_eq!(bits(all.parameters()), expected, "gradient, {what}");
            all.parameters_mut().fill(L::Scalar::from_f64(f64::NAN));
            net.predict_parallel(&xs, &mut hs, &mut tapes);
            let both = net.cost_and_gradient_parallel(&samples, L2(0.3), &mut all, &mut tapes);
            (both, net.cost_parallel(&samples, L2(0.3), &mut tapes))
        });
        assert_eq!(bits(all.parameters()), expected, "gradient with cost, {what}");
        for (batch, expected) in &stepped {
            let mut moved = Net::<L, E>::boxed();
            moved.copy_from(&net);
            all.parameters_mut().fill(L::Scalar::from_f64(f64::NAN));
            pool.install(|| moved.step_batch_parallel(&samples, *batch, L2(0.3), rate, &mut all, &mut tapes));
            assert_eq!(bits(moved.parameters()), *expected, "steps of {batch}, {what}");
        }
        assert_eq!([bits(&[both]), bits(&[alone])], [cost.clone(), cost.clone()], "cost, {what}");
        for (x, h) in xs.iter().zip(&hs) {
            assert_eq!(bits(h.flat()), bits(net.predict(x).flat()), "prediction, {what}");
        }
    }
}

fn each_size<L: Layers, E: Loss>() {
    let pools = pools();
    for count in [0, 1, 9, 97] {
        agree::<L, E, 1>(count, 3, &pools);
        agree::<L, E, 5>(count, 1, &pools);
        agree::<L, E, 5>(count, 7, &pools);
        agree::<L, E, 32>(count, 40, &pools);
        agree::<L, E, 32>(count, 0, &pools);
    }
}

macro_rules! tests {
    ($($name:ident: $net:ty;)*) => {$(
        #[test]
        fn $name() {
            <$net as Sizes>::each();
        }
    )*};
}

trait Sizes {
    fn each();
}

impl<L: Layers, E: Loss> Sizes for Network<L, E> {
    fn each() {
        each_size::<L, E>();
    }
}

tests! {
    wide: Wide;
    small: Small;
    double: Double;
    recurrent: Recurrent;
    gated: Gated;
    mixed: Mixed;
    rounded: Rounded;
    a_layer_of_ones_own: OneOfOnesOwn;
}

/// On both sides of the end of a block of 256 samples, where sums are carried: one by one, in batches, on threads.
#[test]
fn blocks_end_anywhere() {
    fn batches<const B: usize>(count: usize, pools: &[ThreadPool]) {
        let mut net = Small::ZERO;
        net.initialize(&Xavier, &mut Pcg32::new(1));
        let samples: Vec<_> = (0..count).map(|k| ([0.1, 0.2, k as f32 / 500.0], [0.0, 1.0])).collect();
        let (mut one, mut other, mut tape) = (Small::GRADIENT, Small::GRADIENT, Small::TAPE);
        net.gradient(&samples, L2(0.3), &mut one, &mut tape);
        net.gradient_batch(&samples, L2(0.3), &mut other, &mut [Small::TAPE; B]);
        assert_eq!(other.digest(), one.digest(), "{count} samples in batches of {B}");
        for pool in pools {
            for sets in [1, 3] {
                let mut tapes = vec![[Small::TAPE; B]; sets];
                pool.install(|| net.gradient_parallel(&samples, L2(0.3), &mut other, &mut tapes));
                assert_eq!(other.digest(), one.digest(), "{count} samples on {sets} sets of {B}");
                let (mut moved, mut stepped) = (Small::ZERO, Small::ZERO);
                [&mut moved, &mut stepped].into_iter().for_each(|to| to.copy_from(&net));
                stepped.update(&one, 0.125);
                pool.install(|| moved.step_batch_parallel(&samples, count, L2(0.3), 0.125, &mut other, &mut tapes));
                assert_eq!(moved.digest(), stepped.digest(), "a step of {count} samples on {sets} sets of {B}");
            }
        }
    }
    let pools = pools();
    for count in [255, 256, 257, 511, 512, 513] {
        batches::<3>(count, &pools);
        batches::<24>(count, &pools);
        batches::<64>(count, &pools);
        batches::<256>(count, &pools);
    }
}

#[test]
fn samples_keep_their_weights() {
    let mut net = Small::ZERO;
    net.initialize(&Xavier, &mut Pcg32::new(1));
    let target = |k: u8| Weighted { target: [0.0, 1.0], weight: 0.1 + f32::from(k) / 8.0 };
    let samples: Vec<_> = (0..50).map(|k| ([0.1, 0.2, f32::from(k) / 50.0], target(k))).collect();
    let (mut one, mut all, mut tape) = (Small::GRADIENT, Small::GRADIENT, Small::TAPE);
    let cost = net.cost_and_gradient(&samples, L2(0.3), &mut one, &mut tape);
    for pool in pools() {
        let mut tapes: Vec<_> = vec![[Small::TAPE; 8]; 3];
        let costs = pool.install(|| {
            let both = net.cost_and_gradient_parallel(&samples, L2(0.3), &mut all, &mut tapes);
            [both, net.cost_parallel(&samples, L2(0.3), &mut tapes)]
        });
        assert_eq!(costs, [cost; 2]);
        assert_eq!(all.digest(), one.digest());
    }
}

/// Samples, one of which can't be had.
struct Faulty(Box<[(Vector<U3>, [f32; 2])]>);

impl Samples<Vector<U3>, Vector<U2>> for Faulty {
    type Target = [f32; 2];

    fn len(&self) -> usize {
        self.0.len()
    }

    fn get(&self, index: usize) -> Option<(&Vector<U3>, &[f32; 2])> {
        assert!(index != 71, "sample 71 is gone");
        self.0.get(index).map(|(x, y)| (x, y))
    }
}

#[test]
fn a_panic_reaches_the_caller() {
    let samples = Faulty([(Vector::ZERO, [1.0, 0.0]); 200].into());
    for pool in pools() {
        let mut tapes: Vec<_> = vec![[Small::TAPE; 8]; 6];
        let result = pool.install(|| {
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                Small::boxed().gradient_parallel(&samples, NoPenalty, &mut Box::new(Small::GRADIENT), &mut tapes);
            }))
        });
        let message = result.unwrap_err();
        assert_eq!(message.downcast_ref(), Some(&"sample 71 is gone"));
    }
}
