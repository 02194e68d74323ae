//! How recurrent layers run by stored parameters: a step is the sums of [`gemv`](super::gemv), in their order, and what the layer
//! makes of them.

use typenum::Unsigned;

use super::gemv::{add, start};
use super::{Stored, Widen, split};
use crate::activation::Activation;
use crate::array::{Matrix, Plain, Vector};
use crate::kernel::{self, Flushed};
use crate::layer::{Elman, Emission, Gru, Lstm, ResetMode};
use crate::plain::rows_mut;
use crate::width::{Gates, U4, Width};

/// to ← to + Wᵀ x, of as many numbers as `to` has.
#[inline(always)]
fn add_to<Out: Width, S: Stored>(w: &[S], x: &[f32], to: &mut [f32]) {
    rows_mut::<Out, f32>(to).iter_mut().for_each(|to| add(w, x, to));
}

/// y ← a window, step after step: `step` writes the state after an input.
#[inline(always)]
fn every_step<E: Emission, Steps: Width, Hidden: Width, X>(
    xs: &[X],
    y: &mut E::Output<Steps, Hidden, f32>,
    mut step: impl FnMut(&X, &mut Vector<Hidden, f32>) -> bool,
) {
    let mut now = Vector::ZERO;
    for (t, x) in xs.iter().enumerate() {
        step(x, &mut now);
        E::write(t, &now, y);
    }
}

impl<Steps: Width, In: Width, Hidden: Width, A: Activation, E: Emission> Widen for Elman<Steps, In, Hidden, A, E, f32> {
    #[inline]
    fn forward_by<S: Stored>(parameters: &[S], x: &Self::Input, y: &mut Self::Output) {
        let mut h = Vector::ZERO;
        every_step::<E, Steps, Hidden, _>(x, y, |x, now| Self::stream_by(parameters, x, &mut h, now));
    }

    #[inline]
    fn stream_by<S: Stored>(parameters: &[S], x: &Self::Step, h: &mut Self::Stream, y: &mut Self::Emit) -> bool {
        let (bias, rest) = split(parameters, Hidden::USIZE);
        let (w, u) = split(rest, In::USIZE * Hidden::USIZE);
        start(bias, y);
        add(w, x, y);
        add(u, h, y);
        kernel::activate_in_place::<Flushed<A>, f32>(y);
        h.copy_from_slice(y);
        true
    }
}

impl<Steps: Width, In: Width, Hidden: Gates, E: Emission> Widen for Lstm<Steps, In, Hidden, E, f32> {
    #[inline]
    fn forward_by<S: Stored>(parameters: &[S], x: &Self::Input, y: &mut Self::Output) {
        let mut state = (Vector::ZERO, Vector::ZERO);
        every_step::<E, Steps, Hidden, _>(x, y, |x, now| Self::stream_by(parameters, x, &mut state, now));
    }

    #[inline]
    fn stream_by<S: Stored>(parameters: &[S], x: &Self::Step, (h, c): &mut Self::Stream, y: &mut Self::Emit) -> bool {
        let (bias, rest) = split(parameters, Hidden::Four::USIZE);
        let (w, u) = split(rest, In::USIZE * Hidden::Four::USIZE);
        let mut gates = Matrix::<U4, Hidden, f32>::ZERO;
        start(bias, gates.flat_mut());
        add_to::<Hidden::Four, S>(w, x, gates.flat_mut());
        add_to::<Hidden::Four, S>(u, h, gates.flat_mut());
        Self::gated(&mut gates, h, c);
        y.copy_from_slice(h);
        true
    }
}

impl<Steps: Width, In: Width, Hidden: Gates, E: Emission, R: ResetMode> Widen for Gru<Steps, In, Hidden, E, f32, R> {
    #[inline]
    fn forward_by<S: Stored>(parameters: &[S], x: &Self::Input, y: &mut Self::Output) {
        let mut h = Vector::ZERO;
        every_step::<E, Steps, Hidden, _>(x, y, |x, now| Self::stream_by(parameters, x, &mut h, now));
    }

    #[inline]
    fn stream_by<S: Stored>(parameters: &[S], x: &Self::Step, h: &mut Self::Stream, y: &mut Self::Emit) -> bool {
        let (bias, rest) = split(parameters, Hidden::Three::USIZE);
        let (recurrent_bias, rest) = split(rest, R::Bias::<Hidden, f32>::COUNT);
        let (w, rest) = split(rest, In::USIZE * Hidden::Three::USIZE);
        let (together, apart) = split(rest, Hidden::USIZE * R::Together::<Hidden>::USIZE);
        let mut line = Matrix::<U4, Hidden, f32>::ZERO;
        start(bias, line.flat_mut());
        let sums = line.flat_mut().get_mut(..Hidden::Three::USIZE).unwrap_or_default();
        add_to::<Hidden::Three, S>(w, x, sums);
        let sums = line.flat_mut().get_mut(Hidden::USIZE..).unwrap_or_default();
        let beside = sums.len().saturating_sub(recurrent_bias.len());
        start(recurrent_bias, sums.get_mut(beside..).unwrap_or_default());
        let sums = sums.get_mut(..R::Together::<Hidden>::USIZE).unwrap_or_default();
        add_to::<R::Together<Hidden>, S>(together, h, sums);
        R::finish(&mut line, h, |reset, new| add(apart, reset, new));
        y.copy_from_slice(h);
        true
    }
}
