use nanoprop::nets::Mnist;
use nanoprop::prelude::*;
use std::time::Instant;
fn min(mut f: impl FnMut()) -> f64 {
    let mut best = f64::MAX;
    for _ in 0..30 { let t = Instant::now(); f(); best = best.min(t.elapsed().as_secs_f64()); }
    best * 1e6
}
fn opt<O: Optimizer>(name: &str, o: O) {
    let (mut net, mut grad) = (Mnist::boxed(), Mnist::boxed());
    net.initialize(&Xavier, &mut Pcg32::new(1));
    grad.initialize(&Xavier, &mut Pcg32::new(2));
    let mut state = Box::new(State::<Mnist, O>::ZERO);
    println!("{name}: {:.1} us a step of {} parameters", min(|| net.optimize(&grad, &o, &mut state)), Mnist::PARAMETERS);
}
fn main() {
    opt("sgd", Sgd::new(1e-3)); opt("momentum", Momentum::new(1e-3)); opt("nesterov", Nesterov::new(1e-3));
    opt("rms", RmsProp::DEFAULT); opt("adam", Adam::DEFAULT); opt("adamw", AdamW::DEFAULT); opt("adagrad", Adagrad::DEFAULT); opt("rprop", Rprop::DEFAULT);
    let samples: Vec<_> = (0..320).map(|k| { let mut x = [0.0f32; 784]; x.iter_mut().enumerate().for_each(|(i, x)| *x = ((i * 7 + k * 13) % 17) as f32 / 17.0); (x, Class::<U10>::new(k % 10).unwrap()) }).collect();
    let mut net = Mnist::boxed(); net.initialize(&Xavier, &mut Pcg32::new(1));
    let mut grad = Mnist::boxed();
    let mut tapes = Box::new(TapesOf::<Mnist, U32>::BLANK);
    println!("step_batch: {:.2} us a sample", min(|| net.step_batch(&samples, NoPenalty, 0.01, &mut tapes)) / 320.0);
    println!("gradient_batch + update: {:.2}", min(|| for b in samples.chunks(32) { net.gradient_batch(b, NoPenalty, &mut grad, &mut tapes); net.update(&grad, 0.01) }) / 320.0);
    let mut t = Box::new(Training::<Mnist, Sgd, U32>::ZERO);
    let r = Recipe { epochs: 1, order: Order::Shuffled(1), ..Recipe::new(Sgd::new(0.01)) };
    println!("Trainer Sgd U32 shuffled: {:.2}", min(|| { t.restart(); r.train(&mut net, &mut t).run(&samples); }) / 320.0);
    let r = Recipe { order: Order::AsGiven, ..r };
    println!("Trainer Sgd U32: {:.2}", min(|| { t.restart(); r.train(&mut net, &mut t).run(&samples); }) / 320.0);
    let mut t = Box::new(Training::<Mnist, Adam, U32>::ZERO);
    let r = Recipe { epochs: 1, order: Order::Shuffled(1), ..Recipe::new(Adam::DEFAULT) };
    println!("Trainer Adam U32 shuffled: {:.2}", min(|| { t.restart(); r.train(&mut net, &mut t).run(&samples); }) / 320.0);
    let mut t = Box::new(Training::<Mnist, Adam>::ZERO);
    println!("Trainer Adam U1: {:.2}", min(|| { t.restart(); r.train(&mut net, &mut t).run(&samples); }) / 320.0);
    println!("Level {:?}", Level::current());
}
