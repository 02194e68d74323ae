use crate::layer::{Stack, StreamOf, TapeOf};
use crate::loss::Loss;
use crate::network::{Layers, Network};

/// Learning from an endless stream, a window at a time: truncated backpropagation through time.
impl<L: Layers, E: Loss> Network<L, E> {
    /// The window that is recorded next on a tape goes on where the one that was recorded last ended: its recurrent layers
    /// start from the hidden states after the last step. They do so until the next `carry` or [`start`](Network::start).
    ///
    /// Errors don't flow back into the window before. Predictions and costs without a tape start from 0 as ever; to predict
    /// step by step, use [`stream`](Network::stream).
    ///
    /// # Errors
    ///
    /// A chain that can't go on does not compile: `layer 1 can't carry its state on: it reads its steps from the last on,
    /// too`.
    ///
    /// # Example
    ///
    /// A sum that fades, over all numbers so far, learned from windows of four:
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// network! { type Net = [4, 1] => Elman<6> => Dense<1>, loss = SquaredError; }
    /// let (mut net, mut tape, mut rng) = (Net::ZERO, Net::TAPE, Pcg32::new(1));
    /// net.initialize(&Xavier, &mut rng);
    /// let mut sum = 0.0;
    /// let mut next = || {
    ///     let x = (rng.bits() >> 31) as f32 - 0.5;
    ///     sum = 0.9 * sum + x;
    ///     (x, sum)
    /// };
    /// for _ in 0..4000 {
    ///     let steps: [(f32, f32); 4] = core::array::from_fn(|_| next());
    ///     net.descend(&steps.map(|(x, _)| [x]), &[steps[3].1], 0.05, &mut tape);
    ///     Net::carry(&mut tape); // without it, the network sees no more than four numbers
    /// }
    ///
    /// let (mut stream, mut error) = (Net::STREAM, 0.0);
    /// Net::start(&mut tape, &stream); // the next window begins anew
    /// # sum = 0.0;
    /// # let mut next = || {
    /// #     let x = (rng.bits() >> 31) as f32 - 0.5;
    /// #     sum = 0.9 * sum + x;
    /// #     (x, sum)
    /// # };
    /// for _ in 0..400 {
    ///     let (x, sum) = next();
    ///     let h = net.stream(&[x], &mut stream).unwrap();
    ///     error += (h[0] - sum).powi(2) / 400.0;
    /// }
    /// assert!(error < 0.05, "{error}"); // 1.3 is the square of the sum itself
    /// ```
    ///
    /// # Source
    ///
    /// R. Williams, J. Peng, "An efficient gradient-based algorithm for on-line training of recurrent network trajectories",
    /// Neural Computation 2, 1990.
    #[inline]
    #[doc(alias("stateful", "detach", "truncated"))]
    pub fn carry(tape: &mut TapeOf<Self>) {
        const { Self::PLAN.check_carry(1) }
        L::Chain::carry(tape);
    }

    /// The window that is recorded next on a tape goes on from this state of a stream: from hidden states of one's own, or
    /// with `&Net::STREAM` from 0.
    ///
    /// # Errors
    ///
    /// As [`carry`](Network::carry).
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::ArrayLike;
    /// use nanoprop::prelude::*;
    ///
    /// network! { type Net = [2, 1] => Elman<1, Relu>, loss = SquaredError; }
    /// let mut net = Net::ZERO;
    /// net.parameters_mut().copy_from_slice(&[0.0, 1.0, 1.0]); // h ← x + h
    ///
    /// let (mut tape, mut stream) = (Net::TAPE, Net::STREAM);
    /// net.stream(&[10.0], &mut stream);
    /// Net::start(&mut tape, &stream);
    /// net.record([[1.0], [2.0]].view(), &mut tape);
    /// assert_eq!(tape.output()[0], 13.0);
    /// ```
    #[inline]
    #[doc(alias("reset_states", "initial_state", "h0", "hx"))]
    pub fn start(tape: &mut TapeOf<Self>, stream: &StreamOf<Self>) {
        const { Self::PLAN.check_carry(1) }
        L::Chain::start(tape, stream);
    }
}
