//! Checkpoints without the model that they belong to: of networks and of trainings, and damaged ones.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use crc::{CRC_32_ISO_HDLC, Crc};
use nanoprop::prelude::*;
use nanoprop::{AdamW, CheckpointError, Guard, Momentum, Optimizer, Rprop};
use nanoprop_exchange::{Checkpoint, Error};

network! { type Net = 3 => Dense<4, Tanh> => Dense<2>, loss = SoftmaxCrossEntropy; }

const SAMPLES: [([f32; 3], [f32; 2]); 3] =
    [([0.5, -1.0, 2.0], [0.0, 1.0]), ([0.1, 0.2, 0.3], [1.0, 0.0]), ([-3.0, 1.0, 0.0], [0.0, 1.0])];

/// A training after so many samples of batches of two, and its bytes; with rooms for the best and the last good weights, or not.
fn trained<O: Optimizer>(optimizer: O, samples: usize, rooms: bool) -> (Net, Net, Vec<u8>) {
    let recipe = Recipe { batch: 2, ..Recipe::new(optimizer) };
    let (mut net, mut best, mut good) = (Net::ZERO, Net::ZERO, Net::ZERO);
    let mut training = Training::<Net, O>::ZERO;
    net.initialize(&Xavier, &mut Pcg32::new(1));
    let mut file = vec![0; Training::<Net, O>::CHECKPOINT];
    let length = {
        let mut trainer = recipe.train(&mut net, &mut training);
        if rooms {
            trainer = trainer.keep_best(&mut best).guard(Guard::FINITE, &mut good);
        }
        for _ in 0..samples {
            trainer.step(&SAMPLES).unwrap();
        }
        trainer.save(&mut file).unwrap()
    };
    file.truncate(length);
    (net, best, file)
}

fn numbers(net: &Net) -> Vec<f64> {
    net.parameters().iter().map(|&w| f64::from(w)).collect()
}

#[test]
fn trainings_are_told_apart() {
    let (net, best, file) = trained(Adam::new(0.1), 6, true);
    let checkpoint = Checkpoint::read(&file).unwrap();
    assert_eq!((checkpoint.width, checkpoint.fingerprint, checkpoint.digest), (4, Net::FINGERPRINT, net.digest()));
    assert_eq!(checkpoint.parameters, numbers(&net));
    let training = checkpoint.training.unwrap();
    assert_eq!((training.optimizer, training.steps), (Some("Adam"), 4));
    assert_eq!((training.progress.epochs, training.progress.steps), (2, 4));
    let named: Vec<_> = training.parts.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(named, ["optimizer 1", "optimizer 2", "best", "good"]);
    assert_eq!(training.parts[2].1, numbers(&best));

    // In the middle of a batch.
    let parts = |file: &[u8]| {
        let training = Checkpoint::read(file).unwrap().training.unwrap();
        (training.optimizer, training.parts.into_iter().map(|(name, _)| name).collect::<Vec<_>>())
    };
    let own = ["optimizer 1", "gradient"].map(String::from).to_vec();
    assert_eq!(parts(&trained(Momentum::new(0.1), 1, false).2), (Some("Momentum"), own));
    assert_eq!(parts(&trained(Sgd::new(0.1), 2, false).2), (Some("Sgd"), vec![]));
    assert_eq!(parts(&trained(Rprop::DEFAULT, 2, false).2).0, Some("Rprop"));
    assert_eq!(parts(&trained(AdamW::new(0.1), 2, false).2).0, Some("AdamW"));
}

#[test]
fn what_is_wrong_is_said() {
    let (_, _, training) = trained(Adam::new(0.1), 3, true);
    let mut network = vec![0; Net::CHECKPOINT];
    Net::ZERO.save(&mut network).unwrap();
    let error = |bytes: &[u8]| match Checkpoint::read(bytes) {
        Err(Error::Checkpoint(error)) => error,
        other => panic!("{other:?}"),
    };
    for file in [&network, &training] {
        let all = file.len();
        assert_eq!(error(&file[1..]), CheckpointError::NotACheckpoint);
        assert_eq!(error(&file[..20]), CheckpointError::Truncated { expected: 28, found: 20 });
        assert!(matches!(error(&file[..60]), CheckpointError::Truncated { found: 60, .. }));
        assert_eq!(error(&[&file[..all - 1], &[file[all - 1] ^ 1]].concat()), CheckpointError::Corrupted);
        let mut newer = file.clone();
        newer[4] = 9;
        assert_eq!(error(&newer), CheckpointError::UnknownVersion { found: 9 });
    }
    let longer = [&network[..], &[0]].concat();
    let expected = Net::CHECKPOINT;
    assert_eq!(error(&longer), CheckpointError::TrailingBytes { expected, found: expected + 1 });
}

/// Bytes that were changed, under a checksum that is right: they are read as what they say, or refused.
#[test]
fn changed_bytes_do_no_harm() {
    let mut network = vec![0; Net::CHECKPOINT];
    Net::ZERO.save(&mut network).unwrap();
    let crc = Crc::<u32>::new(&CRC_32_ISO_HDLC);
    let (mut read, mut state) = (0, 7_u32);
    for file in [network, trained(Adam::new(0.1), 4, true).2, trained(Sgd::new(0.1), 2, false).2] {
        for at in 0..file.len().min(280) {
            for change in [0xff, 0x01, 0x80] {
                let mut file = file.clone();
                file[at] ^= change;
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                if state >> 30 == 0 {
                    file.truncate(at + 4);
                }
                let body = file.len() - 4;
                let sum = crc.checksum(&file[..body]).to_le_bytes();
                file[body..].copy_from_slice(&sum);
                if let Ok(checkpoint) = Checkpoint::read(&file) {
                    let parts = checkpoint.training.map_or(0, |training| training.parts.len());
                    assert!((1 + parts) * checkpoint.parameters.len() * checkpoint.width <= file.len());
                    read += 1;
                }
            }
        }
    }
    assert!(read > 300, "{read}");
}
