//! `Trainer::load`: what it accepts is saved as the same bytes, if its weights are finite, and the training goes on; what it refuses changes nothing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nanoprop::prelude::*;
use nanoprop::{CheckpointError, Guard, ReduceOnPlateau};

mod forge;

network! {
    type Net = 3 => Dense<4, Tanh> => Dropout(30%) => Dense<2>, loss = SoftmaxCrossEntropy;
}
type Learning = Training<Net, Adam, 2>;

const SAMPLES: [([f32; 3], [f32; 2]); 5] = [
    ([0.5, -1.0, 2.0], [0.0, 1.0]),
    ([0.1, 0.2, 0.3], [1.0, 0.0]),
    ([-3.0, 1.0, 0.0], [0.0, 1.0]),
    ([1.0, 1.0, 1.0], [1.0, 0.0]),
    ([0.0, 0.0, -1.0], [0.5, 0.5]),
];

/// A trainer with all that a checkpoint may have: a guard, held-out samples, the best weights.
fn train(read: Option<&[u8]>, damage: &[u8]) {
    let recipe = Recipe { batch: 3, epochs: 9, order: Order::Shuffled(1), ..Recipe::new(Adam::new(0.01)) }
        .schedule(ReduceOnPlateau { factor: 0.5, patience: 2, ..ReduceOnPlateau::DEFAULT });
    let (mut net, mut best, mut good) = (Net::ZERO, Net::ZERO, Net::ZERO);
    let mut training = Learning::ZERO;
    net.initialize(&Xavier, &mut Pcg32::new(1));
    let held_out = &SAMPLES[3..];
    let mut trainer =
        recipe.train(&mut net, &mut training).validate(held_out).keep_best(&mut best).guard(Guard::FINITE, &mut good);
    let mut before = [0; Learning::CHECKPOINT];
    let bytes = match read {
        Some(bytes) => bytes.to_vec(),
        None => {
            // As it is somewhere in its second epoch, then damaged.
            (0..damage.first().copied().unwrap_or_default() % 8).for_each(|_| _ = trainer.step(&SAMPLES[..3]));
            let length = trainer.save(&mut before).unwrap();
            let mut bytes = before[..length].to_vec();
            forge::damage(&mut bytes, damage.get(1..).unwrap_or_default());
            forge::seal(&mut bytes);
            bytes
        }
    };
    let length = trainer.save(&mut before).unwrap();
    let accepted = trainer.load(&bytes).is_ok();
    let mut after = [0; Learning::CHECKPOINT];
    let saved = trainer.save(&mut after);
    let alone = nanoprop_exchange::Checkpoint::read(&bytes);
    if accepted {
        assert_eq!(alone.unwrap().training.unwrap().optimizer, Some("Adam"));
        match saved {
            Ok(saved) => assert_eq!(after[..saved], bytes, "accepted, and saved otherwise"),
            Err(error) => assert!(matches!(error, CheckpointError::NotFinite(_)), "{error}"),
        }
        (0..12).for_each(|_| _ = trainer.step(&SAMPLES[..3]));
    } else {
        assert_eq!(after[..saved.unwrap()], before[..length], "refused, and the training has changed");
    }
}

fuzz_target!(|data: &[u8]| {
    train(Some(data), &[]);
    train(None, data);
});
