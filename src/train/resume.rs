//! A training as bytes, and back.

use crate::array::Plain;
use crate::checkpoint::{CRC, CRC_32, CheckpointError, HEADER, MAGIC, TRAINING, belongs};
use crate::layer::Fnv;
use crate::loss::Loss;
use crate::network::{Layers, Network};
use crate::penalty::Penalty;
use crate::scalar::Number;
use crate::train::progress::{Phase, Position};
use crate::train::{Optimizer, Plateau, Progress, Recipe, Schedule, Trainer, Training};

/// Numbers of progress and position.
pub const WORDS: usize = 25;

/// The header, the optimiser and the parts, its steps, and how far it is.
pub const FIXED: usize = HEADER + 8 * (3 + WORDS);

/// Which parts a checkpoint has beside the network and what the optimiser keeps.
const GRADIENT: u64 = 1;
const BEST: u64 = 2;
const GOOD: u64 = 4;

impl<L: Layers, E: Loss, O: Optimizer, const B: usize> Training<Network<L, E>, O, B> {
    /// The most bytes of a checkpoint of a training with this network and optimiser.
    pub const CHECKPOINT: usize = FIXED + size_of::<Network<L, E>>() * (1 + kept::<O>() + 3) + CRC;
}

/// How many numbers an optimiser keeps of each parameter.
pub const fn kept<O: Optimizer>() -> usize {
    size_of::<O::Kept<f64>>() / size_of::<f64>()
}

impl<L: Layers, E: Loss, O: Optimizer, S: Schedule, P: Penalty, V: ?Sized, const B: usize>
    Trainer<'_, Network<L, E>, Recipe<O, S, P>, V, B>
{
    /// Writes all that the training knows to the front of `bytes`, and returns how many bytes it wrote, at most
    /// [`CHECKPOINT`](Training::CHECKPOINT): parameters, optimiser, progress, the rooms for the best and the last good
    /// weights, and, in the middle of a batch, the gradient.
    ///
    /// A training that is cut at any step and resumed with the same recipe and samples has the same bits as one that
    /// was not. The format is that of [`checkpoint`](crate::checkpoint), version 2.
    ///
    /// # Errors
    ///
    /// [`BufferTooSmall`](CheckpointError::BufferTooSmall), or [`NotFinite`](CheckpointError::NotFinite) where the network,
    /// its best or its last good weights have NaN or an infinite number; with nothing written. What the optimiser keeps may
    /// be infinite where the weights are not, such as the square of a large gradient.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// type Line = Network<Dense<U1, U1>, SquaredError>;
    /// type Learning = Training<Line, Adam>;
    /// let samples = [([0.0], [1.0]), ([1.0], [3.0]), ([2.0], [5.0])];
    /// let recipe = Recipe { batch: 2, ..Recipe::new(Adam::new(0.1)) };
    ///
    /// let (mut net, mut training, mut file) = (Line::ZERO, Learning::ZERO, [0; Learning::CHECKPOINT]);
    /// let mut trainer = recipe.train(&mut net, &mut training);
    /// trainer.step(&samples)?; // in the middle of a batch
    /// let length = trainer.save(&mut file)?;
    /// trainer.run(&samples)?;
    ///
    /// let (mut other, mut training) = (Line::ZERO, Learning::ZERO);
    /// let mut trainer = recipe.train(&mut other, &mut training);
    /// trainer.load(&file[..length])?;
    /// trainer.run(&samples)?;
    /// assert_eq!(other.digest(), net.digest());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn save(&self, bytes: &mut [u8]) -> Result<usize, CheckpointError> {
        let flags = self.flags();
        let (needed, found) = (Self::length(flags), bytes.len());
        let error = CheckpointError::BufferTooSmall { needed, found };
        let (body, rest) = bytes.split_at_mut_checked(needed - CRC).ok_or(error)?;
        let crc = rest.first_chunk_mut::<CRC>().ok_or(error)?;
        let (head, numbers) = body.split_at_mut_checked(FIXED).ok_or(error)?;
        let training = &*self.training;
        let shadows = self.best.as_deref().into_iter().chain(self.guard.as_ref().map(|(_, good)| &**good));
        if let Some(tensor) = [&*self.net].into_iter().chain(shadows).find_map(Network::not_finite) {
            return Err(CheckpointError::NotFinite(tensor));
        }
        let words = [optimizer::<O>(), flags, training.state.steps()];
        // Of rooms that were there before, this trainer has nothing to write.
        let position = Position { keeps: flags & BEST != 0, guarded: flags & GOOD != 0, ..training.position };
        let words = words.into_iter().chain(to_words(&training.progress, &position));
        let fields = Network::<L, E>::header(TRAINING).into_iter().chain(words.flat_map(u64::to_le_bytes));
        head.iter_mut().zip(fields).for_each(|(to, from)| *to = from);

        let gradient = (flags & GRADIENT != 0).then_some(&training.grad);
        let shadows = self.best.as_deref().into_iter().chain(self.guard.as_ref().map(|(_, good)| &**good));
        let parts = [&*self.net].into_iter().chain(training.state.kept()).chain(gradient).chain(shadows);
        let values = parts.flat_map(|part| part.flat());
        for (to, value) in numbers.chunks_exact_mut(L::Scalar::BYTES).zip(values) {
            to.iter_mut().zip(value.to_bytes()).for_each(|(to, from)| *to = from);
        }
        *crc = CRC_32.checksum(body).to_le_bytes();
        Ok(needed)
    }

    /// Reads what [`save`](Trainer::save) wrote, with the same rooms for best and good weights.
    ///
    /// # Errors
    ///
    /// A [`CheckpointError`] that says what is wrong with `bytes`; the training is then as it was.
    pub fn load(&mut self, bytes: &[u8]) -> Result<(), CheckpointError> {
        let (flags, steps, progress, position, numbers) = self.parse(bytes)?;
        let training = &mut *self.training;
        (training.progress, training.position) = (progress, position);
        let (count, kept) = training.state.parts();
        *count = steps;
        let gradient = (flags & GRADIENT != 0).then_some(&mut training.grad);
        let shadows = self.best.as_deref_mut().into_iter().chain(self.guard.as_mut().map(|(_, good)| &mut **good));
        let parts = [&mut *self.net].into_iter().chain(kept).chain(gradient).chain(shadows);
        let values = parts.flat_map(|part| part.flat_mut());
        for (value, chunk) in values.zip(numbers.chunks_exact(L::Scalar::BYTES)) {
            let mut bytes = [0; 8];
            bytes.iter_mut().zip(chunk).for_each(|(to, &from)| *to = from);
            *value = L::Scalar::from_bytes(bytes);
        }
        Ok(())
    }

    /// The parts that a checkpoint has now.
    fn flags(&self) -> u64 {
        let gradient = if self.training.position.batch > 0 { GRADIENT } else { 0 };
        gradient | if self.best.is_some() { BEST } else { 0 } | if self.guard.is_some() { GOOD } else { 0 }
    }

    fn length(flags: u64) -> usize {
        FIXED + size_of::<Network<L, E>>() * (1 + kept::<O>() + (flags & 7).count_ones() as usize) + CRC
    }

    /// What a whole checkpoint of this training says.
    fn parse<'b>(&self, bytes: &'b [u8]) -> Result<(u64, u64, Progress, Position, &'b [u8]), CheckpointError> {
        use CheckpointError as Error;
        let found = bytes.len();
        if !bytes.starts_with(&MAGIC) && !MAGIC.starts_with(bytes) {
            return Err(Error::NotACheckpoint);
        }
        let least = Error::Truncated { expected: Self::length(0), found };
        let (body, crc) = bytes.split_last_chunk::<CRC>().ok_or(least)?;
        let (header, rest) = body.split_first_chunk::<HEADER>().ok_or(least)?;
        // What the whole is comes before what this training needs: a network alone is shorter.
        let whole = CRC_32.checksum(body).to_le_bytes() == *crc;
        if whole {
            let parameters = Network::<L, E>::PARAMETERS;
            belongs(header, TRAINING, Network::<L, E>::FINGERPRINT, parameters, L::Scalar::BYTES)?;
        }
        let short = if whole { Error::Corrupted } else { least };
        let (words, numbers) = rest.split_at_checked(FIXED - HEADER).ok_or(short)?;
        if !whole {
            let flags = words.as_chunks::<8>().0.get(1).map_or(0, |flags| u64::from_le_bytes(*flags));
            let expected = Self::length(flags);
            return Err(if found < expected { Error::Truncated { expected, found } } else { Error::Corrupted });
        }
        let mut words = words.as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word));
        let mut next = || words.next().unwrap_or(0);
        let (name, flags, steps) = (next(), next(), next());
        let rooms = self.flags() & !GRADIENT;
        if name != optimizer::<O>() || flags & !GRADIENT != rooms {
            return Err(Error::WrongTraining);
        }
        let (progress, position) = from_words(&core::array::from_fn(|_| next())).ok_or(Error::Corrupted)?;
        let parts = [(GRADIENT, position.batch > 0), (BEST, position.keeps), (GOOD, position.guarded)];
        if found != Self::length(flags) || parts.iter().any(|&(part, there)| (flags & part != 0) != there) {
            return Err(Error::Corrupted);
        }
        Ok((flags, steps, progress, position, numbers))
    }
}

/// What the optimiser must agree in.
pub fn optimizer<O: Optimizer>() -> u64 {
    O::NAME.bytes().fold(Fnv::new(), Fnv::byte).byte(kept::<O>() as u8).0
}

/// How far the training of a checkpoint is, of a network known at run time.
pub fn progress(words: &[u64; WORDS]) -> Option<Progress> {
    from_words(words).map(|(progress, _)| progress)
}

/// How far a training is, as numbers.
pub(super) fn to_words(progress: &Progress, position: &Position) -> [u64; WORDS] {
    let Plateau { factor, best, bad_epochs, cooldown } = progress.plateau;
    let phase = match position.phase {
        Phase::Learning => 0,
        Phase::Validating => 1,
    };
    [
        progress.steps,
        progress.epochs,
        progress.samples,
        progress.loss.to_bits(),
        progress.epoch_loss.to_bits(),
        progress.validation.to_bits(),
        progress.best.to_bits(),
        progress.best_epoch,
        progress.stale,
        progress.rollbacks,
        factor.to_bits(),
        best.to_bits(),
        bad_epochs,
        cooldown,
        phase,
        position.batch,
        position.batch_sum.to_bits(),
        position.poisoned.into(),
        position.epoch,
        position.epoch_sum.to_bits(),
        position.checked,
        position.checked_sum.to_bits(),
        position.guarded.into(),
        position.keeps.into(),
        0,
    ]
}

/// More than any training counts to, and far enough from 2⁶⁴ that nothing overflows that goes on from there.
const LIMIT: u64 = 1 << 62;

/// What [`to_words`] wrote; `None` where no training can have written it. The numbers are as trustworthy as their bytes.
pub(super) fn from_words(words: &[u64; WORDS]) -> Option<(Progress, Position)> {
    let number = f64::from_bits;
    let [steps, epochs, samples, loss, epoch_loss, validation, best, best_epoch, stale, rollbacks, rest @ ..] = *words;
    let [factor, lowest, bad_epochs, cooldown, phase, batch, batch_sum, poisoned, rest @ ..] = rest;
    let [epoch, epoch_sum, checked, checked_sum, guarded, keeps, 0] = rest else { return None };
    let counts = [steps, epochs, samples, best_epoch, stale, rollbacks, bad_epochs, batch, epoch, checked];
    let flags = [poisoned, guarded, keeps];
    if counts.iter().any(|&count| count > LIMIT) || flags.iter().any(|&flag| flag > 1) {
        return None;
    }
    let progress = Progress {
        steps,
        epochs,
        samples,
        loss: number(loss),
        epoch_loss: number(epoch_loss),
        validation: number(validation),
        best: number(best),
        best_epoch,
        stale,
        rollbacks,
        plateau: Plateau { factor: number(factor), best: number(lowest), bad_epochs, cooldown },
    };
    let phase = match phase {
        0 => Phase::Learning,
        1 => Phase::Validating,
        _ => return None,
    };
    let position = Position {
        phase,
        batch,
        batch_sum: number(batch_sum),
        poisoned: poisoned != 0,
        epoch,
        epoch_sum: number(epoch_sum),
        checked,
        checked_sum: number(checked_sum),
        guarded: guarded != 0,
        keeps: keeps != 0,
    };
    Some((progress, position))
}
