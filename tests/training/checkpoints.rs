//! Checkpoints of trainings: what is refused, and in which words.

use super::*;
use nanoprop::{Cause, CheckpointError};

#[test]
fn checkpoints_of_trainings_are_refused_in_words() {
    let refused = |error: CheckpointError| error.to_string();
    let (mut net, mut best, mut training) = (start(), Net::boxed(), Training::<Net, Adam>::ZERO);
    let mut file = vec![0; Training::<Net, Adam>::CHECKPOINT];
    let recipe = recipe(Adam::DEFAULT);
    let length = recipe.train(&mut net, &mut training).save(&mut file).unwrap();
    assert_eq!(length, 24 + 8 * 28 + 3 * size_of::<Net>() + 4);
    assert_eq!(
        refused(recipe.train(&mut net, &mut training).save(&mut file[..9]).unwrap_err()),
        format!("the checkpoint has {length} bytes, but the buffer has room for 9"),
    );
    let file = &file[..length];
    assert_eq!(refused(net.load(file).unwrap_err()), "the checkpoint is of a training, not of a network alone");
    let trainer = recipe.train(&mut net, &mut training);
    assert_eq!(
        refused(trainer.keep_best(&mut best).load(file).unwrap_err()),
        "the checkpoint is of a training with a different optimizer, `guard` or `keep_best`",
    );
    let mut other = Training::<Net, AdamW>::ZERO;
    let result = Recipe::new(AdamW::DEFAULT).train(&mut net, &mut other).load(file);
    assert_eq!(result, Err(CheckpointError::WrongTraining));

    let mut alone = vec![0; Net::CHECKPOINT];
    net.save(&mut alone).unwrap();
    let mut trainer = recipe.train(&mut net, &mut training);
    let named = "the checkpoint is of a network alone, without its training";
    assert_eq!(refused(trainer.load(&alone).unwrap_err()), named);
    assert_eq!(format!("{:?}", trainer.load(&alone).unwrap_err()), named, "what `main` prints");
    alone.resize(length, 0);
    assert_eq!(trainer.load(&alone), Err(CheckpointError::Corrupted));
    let before = trainer.training().progress().steps;
    for at in (0..length).step_by(97) {
        let mut broken = file.to_vec();
        broken[at] ^= 4;
        assert!(trainer.load(&broken).is_err(), "byte {at}");
        let cut = trainer.load(&file[..at]).unwrap_err();
        assert!(
            matches!(cut, CheckpointError::Truncated { expected, found } if expected <= length && found == at),
            "{cut}"
        );
    }
    assert_eq!(trainer.training().progress().steps, before);
    let (mut double, mut training) = (Double::boxed(), Training::<Double, Adam>::ZERO);
    let error = recipe.train(&mut double, &mut training).load(file).unwrap_err();
    assert_eq!(error, CheckpointError::WrongScalar { expected: 8, found: 4 });
}

/// A checkpoint's numbers are anybody's: whatever they are, it is refused or goes on without an overflow.
#[test]
fn forged_counters_do_no_harm() {
    let samples = samples(10, 1);
    let recipe = Recipe { batch: 4, epochs: 2, patience: 3, ..Recipe::new(Adam::new(0.01)) };
    let recipe = recipe.schedule(ReduceOnPlateau { patience: 0, ..ReduceOnPlateau::DEFAULT });
    let (mut net, mut training) = (start(), Training::<Net, Adam, 2>::ZERO);
    let mut file = vec![0; Training::<Net, Adam>::CHECKPOINT];
    for cut in [0, 1, 2, 5, 6, 9, 11] {
        training.restart();
        (0..cut).for_each(|_| _ = recipe.train(&mut net, &mut training).validate(&samples).step(&samples).unwrap());
        let length = recipe.train(&mut net, &mut training).save(&mut file).unwrap();
        let mut refused = 0;
        for word in 0..26 {
            for forged in [1, 2, 1 << 62, (1 << 62) + 1, 1 << 63, u64::MAX - 1, u64::MAX, f64::NAN.to_bits()] {
                let mut file = file[..length].to_vec();
                let at = 24 + 8 * (2 + word);
                file[at..at + 8].copy_from_slice(&forged.to_le_bytes());
                seal(&mut file);
                let (mut net, mut training) = (start(), Training::<Net, Adam, 2>::ZERO);
                let loaded = recipe.train(&mut net, &mut training).load(&file);
                refused += loaded.is_err() as usize;
                let mut trainer = recipe.train(&mut net, &mut training).validate(&samples);
                (0..30).for_each(|_| _ = trainer.step(&samples));
                _ = Recipe { epochs: u64::MAX, ..recipe }.train(&mut net, &mut training).step(&samples);
            }
        }
        assert!(refused > 60, "{refused}");
    }
}

/// Makes the CRC-32 at the end right, by its definition.
fn seal(file: &mut [u8]) {
    let (body, crc) = file.split_last_chunk_mut::<4>().unwrap_or_else(|| panic!("a file"));
    let sum = !body.iter().fold(!0_u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    });
    *crc = sum.to_le_bytes();
}

/// What is NaN is named and not written, in whichever part of the training it is.
#[test]
fn what_is_not_finite_is_not_saved() {
    let recipe = recipe(Adam::DEFAULT);
    let (mut net, mut best, mut good) = (start(), Net::boxed(), Net::boxed());
    let mut training = Training::<Net, Adam>::ZERO;
    let mut file = vec![7; Training::<Net, Adam>::CHECKPOINT];
    for part in 0..3 {
        let trainer = recipe.train(&mut net, &mut training).keep_best(&mut best);
        let _ = trainer.guard(Guard::FINITE, &mut good);
        [&mut net, &mut best, &mut good][part].parameters_mut()[84] = f32::INFINITY;
        let trainer = recipe.train(&mut net, &mut training).keep_best(&mut best);
        let error = trainer.guard(Guard::FINITE, &mut good).save(&mut file).unwrap_err();
        assert_eq!(error.to_string(), "not saved: the bias of layer 2 is not finite");
        [&mut net, &mut best, &mut good][part].parameters_mut()[84] = 0.0;
    }
    assert!(file.iter().all(|&byte| byte == 7));
}

/// The rooms have what was saved, and trainers that are made anew for each step leave it there.
#[test]
fn rooms_are_not_filled_anew_after_a_load() {
    let (samples, held_out) = (samples(20, 1), samples(10, 2));
    let recipe = Recipe { batch: 10, epochs: 9, ..Recipe::new(Adam::new(0.01)) };
    let (mut net, mut best, mut good) = (start(), Net::boxed(), Net::boxed());
    let mut training = Training::<Net, Adam, 4>::ZERO;
    let mut file = vec![0; Training::<Net, Adam>::CHECKPOINT];
    let trainer = recipe.train(&mut net, &mut training).validate(&held_out).keep_best(&mut best);
    let mut trainer = trainer.guard(Guard::FINITE, &mut good);
    while !(trainer.training().progress().epochs == 2 && trainer.training().progress().samples == 14) {
        trainer.step(&samples).unwrap();
    }
    let length = trainer.save(&mut file).unwrap();

    let (mut net, mut other, mut sound) = (start(), Net::boxed(), Net::boxed());
    let mut training = Training::<Net, Adam, 4>::ZERO;
    let trainer = recipe.train(&mut net, &mut training).keep_best(&mut other);
    trainer.guard(Guard::FINITE, &mut sound).load(&file[..length]).unwrap();
    let trainer = recipe.train(&mut net, &mut training).validate(&held_out).keep_best(&mut other);
    trainer.guard(Guard::FINITE, &mut sound).step(&samples).unwrap();
    assert_eq!((other.digest(), sound.digest()), (best.digest(), good.digest()));
    assert_ne!(best.digest(), net.digest());
}

/// What is loaded is saved as the same bytes: the parts that a checkpoint has and those that it says are the same. Found by
/// a fuzz target.
#[test]
fn parts_that_contradict_themselves_are_refused() {
    const FLAGS: usize = 24 + 8;
    const GUARDED: usize = 24 + 8 * (3 + 22);
    let recipe = Recipe { batch: 1, epochs: 3, ..Recipe::new(Sgd::new(0.25)) };
    let (mut net, mut best, mut good) = (Line::ZERO, Line::ZERO, Line::ZERO);
    let (mut training, mut file) = (Training::<Line, Sgd>::ZERO, vec![0; Training::<Line, Sgd>::CHECKPOINT]);
    let mut trainer = recipe.train(&mut net, &mut training).keep_best(&mut best).guard(Guard::FINITE, &mut good);
    trainer.run(&[([1.0], [1.0])]).unwrap();
    let length = trainer.save(&mut file).unwrap();
    assert_eq!((file[FLAGS], file[GUARDED], file[GUARDED + 8]), (6, 1, 1));
    for at in [GUARDED, GUARDED + 8] {
        let mut forged = file[..length].to_vec();
        forged[at] = 0;
        seal(&mut forged);
        assert_eq!(trainer.load(&forged), Err(CheckpointError::Corrupted));
    }
    // A trainer without the rooms that one before it had.
    let mut trainer = recipe.train(&mut net, &mut training);
    let length = trainer.save(&mut file).unwrap();
    trainer.load(&file[..length]).unwrap();
    let mut again = vec![0; length];
    trainer.save(&mut again).unwrap();
    assert_eq!(again, file[..length]);
}

/// What was stored in flash is as anybody's: numbers that no training writes start it anew.
#[test]
fn forged_counters_in_flash_restart_the_training() {
    use nanoprop::storage::{Restore, Save};
    type Learning = Training<Line, Sgd>;
    let recipe = Recipe { batch: 1, epochs: 3, ..Recipe::new(Sgd::new(0.25)) };
    let (mut net, mut training) = (Line::ZERO, Learning::ZERO);
    recipe.train(&mut net, &mut training).run(&[([1.0], [1.0])]).unwrap();
    let mut bytes = vec![];
    let Ok(()) = training.write::<core::convert::Infallible>(&mut |piece| {
        bytes.extend_from_slice(piece);
        Ok(())
    });
    let restored = |bytes: &[u8]| {
        let (mut training, mut rest) = (Learning::ZERO, bytes);
        let Ok(()) = training.read::<core::convert::Infallible>(&mut |piece| {
            let (first, others) = rest.split_at(piece.len());
            piece.copy_from_slice(first);
            rest = others;
            Ok(())
        });
        (training.progress().epochs, training.progress().steps, training.state().steps())
    };
    assert_eq!(restored(&bytes), (3, 3, 3));
    bytes[16..24].copy_from_slice(&u64::MAX.to_le_bytes()); // samples
    assert_eq!(restored(&bytes), (0, 0, 0));
}

/// Restored from flash, a training knows that the rooms beside it were filled.
#[test]
fn rooms_are_not_filled_anew_after_a_restore() {
    use nanoprop::storage::{Restore, Save};
    let recipe = Recipe { batch: 1, epochs: 3, ..Recipe::new(Sgd::new(0.25)) };
    let (mut net, mut best, mut good) = (Line::ZERO, Line::ZERO, Line::ZERO);
    let (mut training, mut restored, mut bytes) = (Training::<Line, Sgd>::ZERO, Training::<Line, Sgd>::ZERO, vec![]);
    let mut trainer = recipe.train(&mut net, &mut training).keep_best(&mut best).guard(Guard::FINITE, &mut good);
    trainer.run(&[([1.0], [1.0])]).unwrap();
    let Ok(()) = training.write::<core::convert::Infallible>(&mut |piece| {
        bytes.extend_from_slice(piece);
        Ok(())
    });
    let mut rest = &bytes[..];
    let Ok(()) = restored.read::<core::convert::Infallible>(&mut |piece| {
        let (first, others) = rest.split_at(piece.len());
        piece.copy_from_slice(first);
        rest = others;
        Ok(())
    });
    let before = [best.digest(), good.digest()];
    let _ = recipe.train(&mut net, &mut restored).keep_best(&mut best).guard(Guard::FINITE, &mut good);
    assert_eq!([best.digest(), good.digest()], before);
    assert!(!before.contains(&net.digest()));
}

/// A moment that overflowed, as the square of 10²⁵ does, is no fault of the weights.
#[test]
fn what_the_optimizer_keeps_may_be_infinite() {
    type Absolute = Network<Dense<U1, U1>, AbsoluteError>;
    let (mut net, mut training) = (Absolute::ZERO, Training::<Absolute, Adam>::ZERO);
    let recipe = Recipe { batch: 1, ..Recipe::new(Adam::DEFAULT) };
    let mut trainer = recipe.train(&mut net, &mut training);
    trainer.learn(&[1e25], &[1.0]).unwrap();
    assert!(!trainer.training().state().kept()[1].is_finite());
    assert!(trainer.save(&mut [0; Training::<Absolute, Adam>::CHECKPOINT]).is_ok());
}

/// A batch that was cut behind a sample which is not finite is left out as a whole, and nothing is undone.
#[test]
fn what_was_not_finite_is_remembered() {
    let recipe = Recipe { batch: 2, ..Recipe::new(Momentum::new(0.25)) };
    let mut file = [0; Training::<Line, Momentum>::CHECKPOINT];
    let (mut net, mut good, mut training) = (Line::ZERO, Line::ZERO, Training::<Line, Momentum>::ZERO);
    let mut trainer = recipe.train(&mut net, &mut training).guard(Guard::FINITE, &mut good);
    [1.0, 1.0, f32::NAN].iter().for_each(|y| _ = trainer.learn(&[1.0], &[*y]).unwrap());
    let length = trainer.save(&mut file).unwrap();

    let (mut net, mut good, mut training) = (Line::ZERO, Line::ZERO, Training::<Line, Momentum>::ZERO);
    let mut trainer = recipe.train(&mut net, &mut training).guard(Guard::FINITE, &mut good);
    trainer.load(&file[..length]).unwrap();
    assert_eq!(trainer.learn(&[1.0], &[1.0]), Ok(Event::Rollback(Cause::Sample)));
    assert_eq!((net.parameters(), training.state().steps()), (&[0.25, 0.25][..], 1));
}

/// Parts that are not there, or that are one too many, behind a right CRC.
#[test]
fn forged_lengths_are_refused() {
    let recipe = Recipe { batch: 2, ..Recipe::new(Adam::new(0.01)) };
    let mut file = [0; Training::<Line, Adam>::CHECKPOINT];
    let (mut net, mut training) = (Line::ZERO, Training::<Line, Adam>::ZERO);
    let length = recipe.train(&mut net, &mut training).save(&mut file).unwrap();
    let mut trainer = recipe.train(&mut net, &mut training);
    let mut load = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut file = file[..length].to_vec();
        change(&mut file);
        seal(&mut file);
        trainer.load(&file)
    };
    assert_eq!(load(&|_| ()), Ok(()));
    assert_eq!(load(&|file| file.truncate(length - 8)), Err(CheckpointError::Corrupted));
    assert_eq!(load(&|file| file.extend([0; 8])), Err(CheckpointError::Corrupted));
    // A gradient, which there is in the middle of a batch only.
    let gradient = |file: &mut Vec<u8>| {
        file[32] |= 1;
        file.extend([0; 8]);
    };
    assert_eq!(load(&gradient), Err(CheckpointError::Corrupted));
    assert_eq!(load(&|file| file[24 + 8 * 27] = 1), Err(CheckpointError::Corrupted), "the word that is 0");
}
