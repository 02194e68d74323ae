//! Statistics of what layers read: what a [`BatchNorm`](crate::BatchNorm) normalises by.

use crate::array::ArrayLike;
use crate::layer::{Cue, InputOf, Layer as _, OutputOf, Stack as _, Tape as _, TapeOf};
use crate::loss::Loss;
use crate::network::{Layers, Network, Samples};

/// Statistics.
impl<L: Layers, E: Loss> Network<L, E> {
    /// Measures what each [`BatchNorm`](crate::BatchNorm) reads of these samples, and sets its mean and variance to theirs:
    /// one layer after the other, each behind those that were measured before. No other parameter changes.
    ///
    /// Call it when the network is initialised, and as the weights change, such as after an epoch. Each layer costs a
    /// forward pass of all samples; some hundred samples are enough.
    ///
    /// # Order
    ///
    /// [`observe`](crate::BatchNorm::observe) of the samples in their order, the k-th with the weight 1/k. The sums are in
    /// f64, what is kept is rounded to the network's scalar: in f32, samples behind the first million count less and less.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// network! { type Net = 1 => BatchNorm => Dense<2> => BatchNorm => Dense<1>, loss = SquaredError; }
    /// let mut net = Net::ZERO;
    /// net.initialize(&Xavier, &mut Pcg32::new(1));
    /// net.layers_mut().1.flat_mut().copy_from_slice(&[5.0, 6.0, 1.0, 10.0]);
    /// net.measure(&[([1.0], [0.0]), ([3.0], [0.0])], &mut { Net::TAPE });
    ///
    /// let (first, _, second, _) = net.layers();
    /// assert_eq!((first.mean()[0], first.variance()[0]), (2.0, 1.0));
    /// // It reads 5 ± 1 and 6 ± 10, but for ε.
    /// assert_eq!(second.mean().as_slice(), [5.0, 6.0]);
    /// assert!((second.variance()[1] - 100.0).abs() < 0.01);
    /// ```
    pub fn measure<S: Samples<InputOf<Self>, OutputOf<Self>> + ?Sized>(
        &mut self,
        samples: &S,
        tape: &mut TapeOf<Self>,
    ) {
        let () = S::FITS;
        for which in 0..L::Chain::MEASURED {
            let mut count = 0.0;
            samples.each(|x, _| {
                count += 1.0;
                self.show(Some(which), x, 1.0 / count, tape);
            });
        }
    }

    /// Moves the statistics of each [`BatchNorm`](crate::BatchNorm) towards what it reads of one sample: a running average,
    /// in which the sample has this weight, such as 0.01.
    ///
    /// It goes on from statistics that were [measured](Network::measure), beside a training: after `descend` or a batch, for
    /// some or all of its samples. Frequent small steps keep statistics and weights together.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// network! { type Net = 1 => BatchNorm => Dense<1>, loss = SquaredError; }
    /// let (mut net, mut tape) = (Net::ZERO, Net::TAPE);
    /// net.measure(&[([1.0], [0.0]), ([3.0], [0.0])], &mut tape);
    /// net.track(&[6.0], 0.25, &mut tape);
    /// let norm = net.layers().0;
    /// assert_eq!((norm.mean()[0], norm.variance()[0]), (3.0, 3.75)); // of 1, 3 and 6, with the shares 3/8, 3/8 and 1/4
    /// ```
    pub fn track<X: ArrayLike<InputOf<Self>>>(&mut self, x: &X, weight: f64, tape: &mut TapeOf<Self>) {
        let () = X::FITS;
        self.show(None, x.view(), weight, tape);
    }

    fn show(&mut self, which: Option<usize>, x: &InputOf<Self>, weight: f64, tape: &mut TapeOf<Self>) {
        tape.cue(Cue::Predict, 0);
        self.layers.record(x, tape);
        self.layers.observe(which, x, tape, weight);
    }
}
