use crate::array::{Array, Slot, Vector};
use crate::lines::{Lines, LinesMut};
use crate::plain::Plain;
use crate::width::Width;

/// What a forward pass keeps for the backward pass: the output `y`, room for `dy`, and what else a layer needs.
///
/// Owned by the caller, who can put it in a `static`: a network's `TAPE` is a constant, and `[Digits::TAPE; 32]` are the
/// tapes of a batch. A layer's tape is a [`Slot`]; a chain's is the pair of its two parts' tapes. Sealed.
pub trait Tape: sealed::Sealed + Clone + Send + Sync + 'static {
    /// The output's type.
    type Output: Array;

    /// A tape on which nothing was recorded.
    const BLANK: Self;

    /// The recorded output `y`.
    fn output(&self) -> &Self::Output;

    /// How many slots it is made of.
    #[doc(hidden)]
    const SLOTS: usize;

    /// The last slot: the recorded output `y`, and the place of ∂J/∂y.
    #[doc(hidden)]
    fn split(&mut self) -> (&mut Self::Output, &mut Self::Output);

    /// [`split`](Tape::split) of several tapes.
    #[doc(hidden)]
    fn outputs(tapes: LinesMut<Self>) -> (LinesMut<Self::Output>, LinesMut<Self::Output>);

    /// The recorded outputs of several tapes.
    #[doc(hidden)]
    fn recorded(tapes: Lines<Self>) -> Lines<Self::Output>;

    /// Tells a tape, whose first slot has this number in the network, what comes next.
    #[doc(hidden)]
    fn cue(&mut self, cue: Cue, slot: usize);

    /// The next sample that is learned from is number `sample` of the training with this seed: what a
    /// [`Dropout`](crate::Dropout) leaves out depends on the two. A tape counts on from there.
    #[inline]
    fn seek(&mut self, seed: u64, sample: u64) {
        self.cue(Cue::Seek { seed, sample }, 0);
    }
}

/// What a layer keeps of a forward pass besides its output: nothing, `()`, or a type of its own.
pub trait Kept: Clone + Send + Sync + 'static {
    /// Before the first pass.
    const BLANK: Self;

    /// Hears what comes next, and the number of the slot in the network. Only layers that do something else while the
    /// network learns remember it.
    #[inline(always)]
    fn cue(&mut self, _: Cue, _slot: usize) {}
}

impl Kept for () {
    const BLANK: Self = ();
}

impl<Y: Array, K: Kept> Kept for Slot<Y, K> {
    const BLANK: Self = <Self as Tape>::BLANK;
}

/// Numbers that are written by each pass before it reads them, or begin at 0.
impl<A: Array, N: Width> Kept for Vector<N, A> {
    const BLANK: Self = Self::ZERO;
}

impl<A: Array, B: Array> Kept for (A, B) {
    const BLANK: Self = (A::ZERO, B::ZERO);
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

impl<Y: Array, K: Kept> Tape for Slot<Y, K> {
    type Output = Y;
    const BLANK: Self = Slot { y: Y::ZERO, dy: Y::ZERO, kept: K::BLANK };
    const SLOTS: usize = 1;

    #[inline(always)]
    fn split(&mut self) -> (&mut Y, &mut Y) {
        (&mut self.y, &mut self.dy)
    }

    #[inline(always)]
    fn outputs(tapes: LinesMut<Self>) -> (LinesMut<Y>, LinesMut<Y>) {
        tapes.slots()
    }

    #[inline(always)]
    fn recorded(tapes: Lines<Self>) -> Lines<Y> {
        tapes.slots().0
    }

    #[inline(always)]
    fn output(&self) -> &Y {
        &self.y
    }

    #[inline(always)]
    fn cue(&mut self, cue: Cue, slot: usize) {
        self.kept.cue(cue, slot);
    }
}

/// The tapes of two layers in a row; the output is the second's.
impl<A: Tape, B: Tape> Tape for (A, B) {
    type Output = B::Output;
    const BLANK: Self = (A::BLANK, B::BLANK);
    const SLOTS: usize = A::SLOTS + B::SLOTS;

    #[inline(always)]
    fn split(&mut self) -> (&mut B::Output, &mut B::Output) {
        self.1.split()
    }

    #[inline(always)]
    fn outputs(tapes: LinesMut<Self>) -> (LinesMut<B::Output>, LinesMut<B::Output>) {
        B::outputs(tapes.halves().1)
    }

    #[inline(always)]
    fn recorded(tapes: Lines<Self>) -> Lines<B::Output> {
        B::recorded(tapes.halves().1)
    }

    #[inline(always)]
    fn output(&self) -> &B::Output {
        self.1.output()
    }

    #[inline(always)]
    fn cue(&mut self, cue: Cue, slot: usize) {
        self.0.cue(cue, slot);
        self.1.cue(cue, slot + A::SLOTS);
    }
}

/// Blank tapes of `B` samples, as one constant.
pub(crate) struct Blank<T, const B: usize>(core::marker::PhantomData<T>);

impl<T: Tape, const B: usize> Blank<T, B> {
    pub(crate) const TAPES: [T; B] = [const { T::BLANK }; B];
}

/// [`Tape::cue`] of the tapes of several samples.
#[inline(always)]
pub(crate) fn cue_all<T: Tape>(tapes: &mut [T], cue: Cue) {
    tapes.iter_mut().for_each(|tape| tape.cue(cue, 0));
}

mod sealed {
    use super::{Kept, Slot};
    use crate::array::Array;

    pub trait Sealed {}
    impl<Y: Array, K: Kept> Sealed for Slot<Y, K> {}
    impl<A: super::Tape, B: super::Tape> Sealed for (A, B) {}
}
