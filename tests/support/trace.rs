//! Whole trainings of a network, as bits, at each level of instructions; batches have the bits of their samples.

use nanoprop::prelude::*;
use nanoprop::{Clip, InputOf, Layers, Level, Loss, Optimizer, OutputOf, Real, Role, State, Stop};

const LEVELS: [Level; 5] = [Level::Portable, Level::Sse2, Level::Avx2, Level::Avx512, Level::Neon];

/// An input and its target.
type Sample<N> = (InputOf<N>, OutputOf<N>);

/// What a training leaves: the weights after online steps, after batch steps, and predictions, as bits.
pub(crate) type Trace = (u64, u64, Vec<[u8; 8]>);

pub(crate) fn train<L: Layers, E: Loss>(
    net: &mut Network<L, E>,
    grad: &mut Gradient<Network<L, E>>,
    tape: &mut TapeOf<Network<L, E>>,
    also: Also<L, E>,
) -> Trace {
    let rng = &mut Pcg32::new(5);
    net.initialize(&Xavier, rng);
    Network::<L, E>::tensors(|t| {
        if t.role == Role::Statistic {
            t.of_mut(net.parameters_mut()).fill(L::Scalar::of(0.5));
        }
    });
    let mut samples: Vec<_> =
        (0..31).map(|_| (InputOf::<Network<L, E>>::ZERO, OutputOf::<Network<L, E>>::ZERO)).collect();
    for (x, y) in &mut samples {
        x.flat_mut().iter_mut().for_each(|x| *x = Number::from_f64((rng.bits() >> 8) as f64 / (1 << 23) as f64 - 1.0));
        // A distribution, for the losses that ask for one.
        let count = y.flat().len();
        y.flat_mut()[rng.bits() as usize % count] = L::Scalar::ONE;
    }
    for _ in 0..2 {
        samples.iter().for_each(|(x, y)| net.descend(x, y, L::Scalar::of(0.03), tape));
    }
    let online = net.digest();
    net.descend_batch(&samples, L2(0.1), L::Scalar::of(0.1), Stop::Steps(3), grad, tape);
    batches::<L, E, 13>(net, &samples);
    batches::<L, E, 40>(net, &samples);
    also(net, grad, &samples[..4], tape);
    let predictions = samples.iter().flat_map(|(x, _)| bits(net.predict(x).flat())).collect();
    assert!(net.parameters().iter().all(|w| w.is_finite()), "nothing is compared where all is NaN");
    (online, net.digest(), predictions)
}

/// What a training does besides: [`optimizers`], or [`nothing`] where they would be compiled once more for nothing new.
type Also<L, E> =
    fn(&mut Network<L, E>, &mut Gradient<Network<L, E>>, &[Sample<Network<L, E>>], &mut TapeOf<Network<L, E>>);

#[allow(dead_code)]
pub(crate) fn nothing<L: Layers, E: Loss>(
    _: &mut Network<L, E>,
    _: &mut Gradient<Network<L, E>>,
    _: &[Sample<Network<L, E>>],
    _: &mut TapeOf<Network<L, E>>,
) {
}

/// Two steps of each formula, one after the other.
#[allow(dead_code)]
pub(crate) fn optimizers<L: Layers, E: Loss>(
    net: &mut Network<L, E>,
    grad: &mut Gradient<Network<L, E>>,
    samples: &[Sample<Network<L, E>>],
    tape: &mut TapeOf<Network<L, E>>,
) {
    macro_rules! each {
        ($($file:ident: $type:ident { by_rate: $by_rate:literal, such: $optimizer:expr })+) => {$(
            let mut state = boxed(&$optimizer);
            for _ in 0..2 {
                net.gradient(samples, L2(0.1), grad, tape);
                grad.clip(Clip::Norm(1.0));
                net.optimize(grad, &$optimizer, &mut state);
            }
        )+};
    }
    nanoprop::__optimizers!(each);
}

fn boxed<N: Parameters, O: Optimizer>(_: &O) -> Box<State<N, O>> {
    Box::new(State::ZERO)
}

/// Tiles of `B` samples, the last of fewer, have the bits of sample after sample.
fn batches<L: Layers, E: Loss, const B: usize>(net: &Network<L, E>, samples: &[Sample<Network<L, E>>]) {
    let mut tapes = Box::new([<Network<L, E>>::TAPE; B]);
    let mut tape = Box::new(Network::<L, E>::TAPE);
    let mut one_by_one = Box::new(Network::<L, E>::GRADIENT);
    let mut batched = Box::new(Network::<L, E>::GRADIENT);
    let seek = |tape: &mut TapeOf<Network<L, E>>, sample: usize| tape.seek(3, sample as u64);
    let what = format!("batches of {} at {:?}", B, Level::current());

    seek(&mut tape, 0);
    tapes.iter_mut().for_each(|tape| tape.seek(3, 0));
    net.gradient(samples, L2(0.1), &mut one_by_one, &mut tape);
    net.gradient_batch(samples, L2(0.1), &mut batched, &mut tapes);
    assert_eq!(bits(batched.parameters()), bits(one_by_one.parameters()), "gradient, {what}");

    let mut sets: Vec<_> = vec![[<Network<L, E>>::TAPE; B]; 3];
    batched.parameters_mut().fill(L::Scalar::of(f64::NAN));
    sets.iter_mut().flatten().for_each(|tape| tape.seek(3, 0));
    net.gradient_parallel(samples, L2(0.1), &mut batched, &mut sets);
    assert_eq!(bits(batched.parameters()), bits(one_by_one.parameters()), "parallel gradient, {what}");

    let (mut stepped, mut batched) = (Network::<L, E>::boxed(), Network::<L, E>::boxed());
    stepped.parameters_mut().copy_from_slice(net.parameters());
    batched.parameters_mut().copy_from_slice(net.parameters());
    seek(&mut tape, 0);
    tapes.iter_mut().for_each(|tape| tape.seek(3, 0));
    batched.step_batch(samples, L2(0.1), L::Scalar::of(0.03), &mut tapes);
    for batch in samples.chunks(B) {
        stepped.gradient(batch, L2(0.1), &mut one_by_one, &mut tape);
        stepped.update(&one_by_one, L::Scalar::of(0.03));
    }
    assert_eq!(bits(batched.parameters()), bits(stepped.parameters()), "step, {what}");

    let (mut one_by_one, mut sums) = (Network::<L, E>::boxed(), Box::new(Network::<L, E>::GRADIENT));
    seek(&mut tape, 0);
    tapes.iter_mut().for_each(|tape| tape.seek(3, 0));
    samples.iter().for_each(|(x, y)| net.accumulate(x, y, &mut one_by_one, &mut tape));
    net.accumulate_batch(samples, &mut sums, &mut tapes);
    assert_eq!(bits(sums.parameters()), bits(one_by_one.parameters()), "sums, {what}");

    batched.parameters_mut().copy_from_slice(net.parameters());
    sets.iter_mut().flatten().for_each(|tape| tape.seek(3, 0));
    batched.step_batch_parallel(samples, B, L2(0.1), L::Scalar::of(0.03), &mut sums, &mut sets);
    assert_eq!(bits(batched.parameters()), bits(stepped.parameters()), "parallel step, {what}");

    let (xs, mut hs): (Vec<_>, Vec<_>) = samples.iter().cloned().unzip();
    batched.parameters_mut().copy_from_slice(net.parameters());
    tapes.iter_mut().for_each(|tape| tape.seek(3, 0));
    batched.step_batch(&(&*xs, &*hs), L2(0.1), L::Scalar::of(0.03), &mut tapes);
    assert_eq!(bits(batched.parameters()), bits(stepped.parameters()), "step of slices, {what}");
    net.predict_batch(&xs, &mut hs, &mut tapes);
    for (x, h) in xs.iter().zip(&hs) {
        assert_eq!(bits(h.flat()), bits(net.predict(x).flat()), "prediction, {what}");
    }
}

fn bits<T: Scalar>(numbers: &[T]) -> Vec<[u8; 8]> {
    numbers.iter().map(|x| x.to_bytes()).collect()
}

/// Compares the traces at each level with those at the best.
///
/// In one test, because the level is one for all threads; and on a stack for arrays of tapes.
pub(crate) fn levels_agree(traces: impl Fn() -> Vec<(&'static str, Trace)> + Send) {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(64 << 20).spawn_scoped(scope, || compare(traces));
        if let Err(panic) = thread.unwrap().join() {
            std::panic::resume_unwind(panic);
        }
    });
}

fn compare(traces: impl Fn() -> Vec<(&'static str, Trace)>) {
    let best = Level::current();
    assert_eq!(best, Level::best());
    assert_ne!(best, Level::Portable, "there is nothing to compare with");
    let expected = traces();
    for level in LEVELS {
        assert_eq!(level.available(), level.force());
        if !level.available() {
            println!("{level:?}: not on this processor or in this build, not tested");
            assert_eq!(Level::current(), best, "{level:?} was refused, so nothing changes");
            continue;
        }
        assert_eq!(Level::current(), level);
        for ((net, expected), (_, found)) in expected.iter().zip(traces()) {
            assert!(found == *expected, "{net} at {level:?}: {found:x?}, not as at {best:?}: {expected:x?}");
        }
        println!("{level:?}: as {best:?}");
        assert!(best.force());
    }
}

/// The trace of each network at the current level; those behind `optimizers` take steps of each formula, too.
macro_rules! traces {
    ($($also:ident: $($Net:ident),+;)+) => {
        || {
            vec![$($((
                stringify!($Net),
                trace::train(&mut $Net::boxed(), &mut Box::new($Net::GRADIENT), &mut Box::new($Net::TAPE), trace::$also),
            )),+),+]
        }
    };
}
