use crate::layer::{Fnv, Layer, Parameters};
use crate::storage::{Restore, Save};
use crate::train::resume::{WORDS, from_words, kept, to_words};
use crate::train::{Optimizer, State, Training};

/// The count of steps, then each value that is kept.
impl<N: Parameters + Save, O: Optimizer> Save for State<N, O> {
    const BYTES: usize = 8 + kept::<O>() * N::BYTES;
    const FINGERPRINT: u64 =
        Fnv::new().bytes(O::NAME.as_bytes()).number(kept::<O>()).number64(<N as Save>::FINGERPRINT).0;

    fn write<E>(&self, to: &mut impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        self.steps().write(to)?;
        self.kept().iter().try_for_each(|kept| kept.write(to))
    }
}

impl<N: Parameters + Restore, O: Optimizer> Restore for State<N, O> {
    fn read<E>(&mut self, from: &mut impl FnMut(&mut [u8]) -> Result<(), E>) -> Result<(), E> {
        let (steps, kept) = self.parts();
        steps.read(from)?;
        kept.iter_mut().try_for_each(|kept| kept.read(from))
    }
}

/// All that a training knows beside the network and the rooms for others: `(&net, &training, &best, &good)` is the whole.
///
/// Restored, it goes on with the same bits. Invalid data restarts the training.
impl<N: Layer + Save, O: Optimizer, const B: usize> Save for Training<N, O, B> {
    const BYTES: usize = 8 * WORDS + State::<N, O>::BYTES + N::BYTES;
    const FINGERPRINT: u64 = Fnv::new().number(WORDS).number64(<State<N, O> as Save>::FINGERPRINT).0;

    fn write<E>(&self, to: &mut impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        to_words(&self.progress, &self.position).write(to)?;
        self.state.write(to)?;
        self.grad.write(to)
    }
}

impl<N: Layer + Restore, O: Optimizer, const B: usize> Restore for Training<N, O, B> {
    fn read<E>(&mut self, from: &mut impl FnMut(&mut [u8]) -> Result<(), E>) -> Result<(), E> {
        let mut words = [0; WORDS];
        words.read(from)?;
        self.state.read(from)?;
        self.grad.read(from)?;
        match from_words(&words) {
            Some((progress, position)) => (self.progress, self.position) = (progress, position),
            None => self.restart(),
        }
        Ok(())
    }
}
