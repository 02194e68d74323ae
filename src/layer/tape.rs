use crate::array::{Array, Slot, Vector};
use crate::plain::repeat;
use crate::width::Width;

/// What a forward pass keeps for the backward pass: at least the output `y`, and room for `dy`.
///
/// Owned by the caller, who can put it in a `static`: a network's `TAPE` is a constant.
pub trait Tape: Sized + Send + Sync + 'static {
    /// The output's type.
    type Output;

    /// A tape on which nothing was recorded.
    const BLANK: Self;

    /// The recorded output `y`.
    fn output(&self) -> &Self::Output;

    /// `(y, dy)`: the recorded output, and the place of ∂J/∂y.
    fn split(&mut self) -> (&mut Self::Output, &mut Self::Output);

    /// How many tapes it is made of.
    const LAYERS: usize = 1;

    /// Tells a tape, the one of this number in the network, what comes next. Only layers that do something else while
    /// the network learns remember it.
    #[inline(always)]
    fn cue(&mut self, _: Cue, _layer: usize) {}

    /// The next sample that is learned from is number `sample` of the training with this seed: what a
    /// [`Dropout`](crate::Dropout) leaves out depends on the two. A tape counts on from there.
    #[inline]
    fn seek(&mut self, seed: u64, sample: u64) {
        self.cue(Cue::Seek { seed, sample }, 0);
    }
}

/// What a tape is told before it is recorded on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cue {
    /// What is recorded from now on is for predictions, as on a blank tape.
    Predict,
    /// What is recorded from now on is learned from.
    Learn,
    /// Where in a training it is: [`Tape::seek`].
    Seek {
        /// The training's seed.
        seed: u64,
        /// The number of the sample that is learned from next.
        sample: u64,
    },
    /// The sample that is learned from next is so much further on in the training, or back.
    Ahead(i64),
}

impl<Y: Array> Tape for Slot<Y> {
    type Output = Y;
    const BLANK: Self = Slot { y: Y::ZERO, dy: Y::ZERO };

    #[inline(always)]
    fn output(&self) -> &Y {
        &self.y
    }

    #[inline(always)]
    fn split(&mut self) -> (&mut Y, &mut Y) {
        (&mut self.y, &mut self.dy)
    }
}

/// The tapes of two layers in a row; the output is the second's.
impl<A: Tape, B: Tape> Tape for (A, B) {
    type Output = B::Output;
    const BLANK: Self = (A::BLANK, B::BLANK);

    #[inline(always)]
    fn output(&self) -> &B::Output {
        self.1.output()
    }

    #[inline(always)]
    fn split(&mut self) -> (&mut B::Output, &mut B::Output) {
        self.1.split()
    }

    const LAYERS: usize = A::LAYERS + B::LAYERS;

    #[inline(always)]
    fn cue(&mut self, cue: Cue, layer: usize) {
        self.0.cue(cue, layer);
        self.1.cue(cue, layer + A::LAYERS);
    }
}

/// The tapes of several samples: constants, for a `static`.
pub trait Tapes: Sized + Send + Sync + 'static {
    /// Tapes on which nothing was recorded.
    const BLANK: Self;

    /// How many tapes a sample has.
    const LAYERS: usize;

    /// [`Tape::cue`] for all samples.
    fn cue(&mut self, cue: Cue, layer: usize);

    /// [`Tape::seek`]: `sample` is the number of the next batch's first.
    #[inline]
    fn seek(&mut self, seed: u64, sample: u64) {
        self.cue(Cue::Seek { seed, sample }, 0);
    }
}

impl<T: Tape, B: Width> Tapes for Vector<B, T> {
    const BLANK: Self = repeat::<T, B>();
    const LAYERS: usize = T::LAYERS;

    #[inline(always)]
    fn cue(&mut self, cue: Cue, layer: usize) {
        self.iter_mut().for_each(|tape| tape.cue(cue, layer));
    }
}

impl<A: Tapes, B: Tapes> Tapes for (A, B) {
    const BLANK: Self = (A::BLANK, B::BLANK);
    const LAYERS: usize = A::LAYERS + B::LAYERS;

    #[inline(always)]
    fn cue(&mut self, cue: Cue, layer: usize) {
        self.0.cue(cue, layer);
        self.1.cue(cue, layer + A::LAYERS);
    }
}
