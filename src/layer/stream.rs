use typenum::Unsigned;

use crate::array::{Array, Plain, Vector};
use crate::plain::rows;
use crate::scalar::Scalar;
use crate::window::Windows;

/// What a layer or network remembers of a stream, from one step to the next: `Net::STREAM` is its beginning. Sealed.
///
/// A value of constant size, which the caller owns; a clone is a second stream that begins where the first one is.
pub trait StreamState: sealed::Sealed + Clone + Send + Sync + 'static {
    /// Before the first step.
    const START: Self;
}

/// Nothing.
impl StreamState for () {
    const START: Self = ();
}

/// A hidden state, from 0.
impl<A: Array> StreamState for A {
    const START: Self = A::ZERO;
}

/// What the layers of a chain remember.
impl<A: StreamState, B: StreamState> StreamState for (A, B) {
    const START: Self = (A::START, B::START);
}

/// The last steps that windows over a sequence read.
#[derive(Debug)]
pub struct Ring<G: Windows, T: Scalar> {
    steps: G::Stored<T>,
    /// Where the next step goes, and the oldest is.
    next: u32,
    /// How many steps there were, at most as many as a window spans.
    seen: u32,
    /// How many more steps until a window is complete.
    wait: u32,
}

// Not derived: `G` itself need not be `Clone`.
impl<G: Windows, T: Scalar> Clone for Ring<G, T> {
    fn clone(&self) -> Self {
        Ring { steps: self.steps.clone(), ..*self }
    }
}

impl<G: Windows, T: Scalar> StreamState for Ring<G, T> {
    const START: Self = {
        let axis = G::FRAME.columns;
        Ring { steps: G::Stored::<T>::ZERO, next: 0, seen: 0, wait: axis.span().saturating_sub(axis.before) as u32 }
    };
}

impl<G: Windows, T: Scalar> Ring<G, T> {
    /// Takes a step; whether a window ends at it.
    #[inline]
    pub(crate) fn push(&mut self, x: &[T]) -> bool {
        let axis = const { G::FRAME.columns };
        let channels = const { <G::Channels as Unsigned>::USIZE };
        let span = const { G::FRAME.columns.span() as u32 };
        let to = self.steps.flat_mut().chunks_mut(channels).nth(self.next as usize);
        to.into_iter().flatten().zip(x).for_each(|(to, &x)| *to = x);
        self.next = if self.next + 1 < span { self.next + 1 } else { 0 };
        self.seen = span.min(self.seen + 1);
        self.wait = self.wait.saturating_sub(1);
        let ends = self.wait == 0;
        if ends {
            self.wait = axis.stride as u32;
        }
        ends
    }

    /// The window's places that were seen, each with its number in the window, in order.
    #[inline]
    pub(crate) fn places(&self) -> impl Iterator<Item = (usize, &Vector<G::Channels, T>)> {
        let axis = const { G::FRAME.columns };
        let (next, unseen) = (self.next as usize, axis.span().saturating_sub(self.seen as usize));
        (0..axis.window).filter(move |k| k * axis.dilation >= unseen).filter_map(move |k| {
            let at = next + k * axis.dilation;
            let at = if at < axis.span() { at } else { at - axis.span() };
            Some((k, rows(self.steps.flat()).get(at)?))
        })
    }

    /// The window as one vector, with zeros for padding.
    #[inline]
    pub(crate) fn patch(&self) -> Vector<G::Patch, T> {
        let channels = const { <G::Channels as Unsigned>::USIZE };
        let mut patch = Vector::<G::Patch, T>::ZERO;
        for (k, step) in self.places() {
            patch.iter_mut().skip(k * channels).zip(step).for_each(|(to, &x)| *to = x);
        }
        patch
    }
}

/// A layer over windows: what it makes of all of them, and of one that comes as a stream.
pub(super) trait OverWindows<G: Windows, T: Scalar> {
    /// y from the windows of an array.
    fn all(&self, x: &[T], y: &mut [T]);

    /// y from the last steps of a stream.
    fn one(&self, ring: &Ring<G, T>, y: &mut [T]);
}

/// A step of a stream of windows; of an image, which is no sequence, all of it.
#[inline]
pub(super) fn stream<G: Windows, T: Scalar>(
    layer: &impl OverWindows<G, T>,
    x: &[T],
    ring: &mut Ring<G, T>,
    y: &mut [T],
) -> bool {
    if const { !G::SEQUENCE } {
        layer.all(x, y);
        return true;
    }
    let ends = ring.push(x);
    if ends {
        layer.one(ring, y);
    }
    ends
}

// over_windows! { G, T, C } is what `Stack` asks of a layer that writes `C` numbers for each window.
macro_rules! over_windows {
    ($G:ident, $T:ident, $C:ty) => {
        const FAULT: &'static str = Self::REFUSED.as_str();
        const WAITS: &'static str = $G::FRAME.waits();
        const ANEW: &'static str = $G::FRAME.anew();
        type Step = $G::Step<$T>;
        type Emit = $G::Emit<$C, $T>;
        type Stream = $crate::layer::stream::Ring<$G, $T>;

        #[inline]
        fn stream(&self, x: &Self::Step, ring: &mut Self::Stream, y: &mut Self::Emit) -> bool {
            $crate::layer::stream::stream(self, x.flat(), ring, y.flat_mut())
        }
    };
}
pub(super) use over_windows;

mod sealed {
    pub trait Sealed {}
    impl Sealed for () {}
    impl<A: crate::array::Array> Sealed for A {}
    impl<A, B> Sealed for (A, B) {}
    impl<G: crate::window::Windows, T: crate::scalar::Scalar> Sealed for super::Ring<G, T> {}
}
