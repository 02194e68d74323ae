use core::fmt;

use crate::layer::TapeOf;
use crate::loss::Loss;
use crate::network::{Gradient, Layers, Network};
use crate::shape::Text;

/// The bytes that a network needs, part by part; constants of its type.
///
/// Each [`Usage`] of a network needs other parts; its footprint has those. The stack and the weights of
/// [`Frozen`](crate::Frozen) layers, which are in flash, are not included.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::{Inference, MiniBatch};
///
/// network! { type Tiny = 3 => Dense<5, Sigmoid> => Dense<3>, loss = SigmoidCrossEntropy; }
/// let bytes = Tiny::FOOTPRINT;
/// assert_eq!((bytes.inference(), bytes.online()), (38 * 4, 38 * 4 + 64));
/// assert_eq!(Tiny::footprint::<Inference>().total(), 38 * 4);
/// assert_eq!(Tiny::footprint::<MiniBatch<32>>().total(), 38 * 4 + 32 * 64);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Footprint {
    /// The network.
    pub weights: usize,
    /// A gradient.
    pub gradient: usize,
    /// The tapes.
    pub tape: usize,
    /// What an optimiser keeps from step to step.
    pub optimizer: usize,
}

impl Footprint {
    /// No bytes, from which a [`Usage`] builds its footprint.
    pub const NONE: Footprint = Footprint { weights: 0, gradient: 0, tape: 0, optimizer: 0 };

    /// Bytes of all parts.
    pub const fn total(&self) -> usize {
        self.weights + self.gradient + self.tape + self.optimizer
    }

    /// Bytes for inference.
    pub const fn inference(&self) -> usize {
        self.weights
    }

    /// Bytes for learning one sample at a time.
    pub const fn online(&self) -> usize {
        self.weights + self.tape
    }

    /// Bytes for learning from batches with a gradient.
    pub const fn batch(&self) -> usize {
        self.weights + self.tape + self.gradient
    }

    /// These parts, and `bytes` of weights, such as arrays of your own.
    ///
    /// ```
    /// use nanoprop::Footprint;
    ///
    /// const ALL: Footprint = Footprint::NONE.with_weights(400).with_tape(80).with_gradient(400).with_optimizer(800);
    /// assert_eq!((ALL.batch(), ALL.optimizer), (880, 800));
    /// ```
    pub const fn with_weights(self, bytes: usize) -> Footprint {
        Footprint { weights: self.weights + bytes, ..self }
    }

    /// These parts, and `bytes` of gradient.
    pub const fn with_gradient(self, bytes: usize) -> Footprint {
        Footprint { gradient: self.gradient + bytes, ..self }
    }

    /// These parts, and `bytes` of tape.
    pub const fn with_tape(self, bytes: usize) -> Footprint {
        Footprint { tape: self.tape + bytes, ..self }
    }

    /// These parts, and `bytes` of an optimiser.
    pub const fn with_optimizer(self, bytes: usize) -> Footprint {
        Footprint { optimizer: self.optimizer + bytes, ..self }
    }
}

impl fmt::Display for Footprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "weights {} B, gradient {} B, tape {} B", self.weights, self.gradient, self.tape)?;
        if self.optimizer > 0 { write!(f, ", optimizer {} B", self.optimizer) } else { Ok(()) }
    }
}

/// A way to use a network of type `N`, and the memory that it takes, which [`budget!`](crate::budget) adds up.
///
/// [`Inference`], [`Online`], [`MiniBatch`] and [`FullBatch`] are such ways, and so are the optimisers.
///
/// # Example
///
/// A custom usage: a network that learns online from a second one, its teacher.
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::{Footprint, Online, Usage};
///
/// network! { type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy; }
/// struct Distilled;
///
/// impl Usage<Digits> for Distilled {
///     const FOOTPRINT: Footprint = <Online as Usage<Digits>>::FOOTPRINT.with_weights(size_of::<Digits>());
/// }
/// assert_eq!(Digits::footprint::<Distilled>().total(), 2 * 9640 + 336);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no way to use a network",
    label = "expected `Inference`, `Online`, `MiniBatch<32>`, `FullBatch` or an optimiser"
)]
pub trait Usage<N> {
    /// The bytes, part by part.
    const FOOTPRINT: Footprint;
}

/// Predictions only: the weights.
#[derive(Clone, Copy, Debug)]
pub struct Inference;

/// Steps of [`descend`](Network::descend), one sample at a time: weights and a tape.
#[derive(Clone, Copy, Debug)]
pub struct Online;

/// Steps of [`step_batch`](Network::step_batch), `B` samples at a time: weights and `B` tapes, no gradient.
#[derive(Clone, Copy, Debug)]
pub struct MiniBatch<const B: usize>;

/// Steps by a [`gradient`](Network::gradient), or, `B` samples at a time, by a
/// [`gradient_batch`](Network::gradient_batch): weights, a gradient and `B` tapes.
#[derive(Clone, Copy, Debug)]
pub struct FullBatch<const B: usize = 1>;

impl<L: Layers, E: Loss> Usage<Network<L, E>> for Inference {
    const FOOTPRINT: Footprint = Footprint::NONE.with_weights(size_of::<Network<L, E>>());
}

impl<L: Layers, E: Loss> Usage<Network<L, E>> for Online {
    const FOOTPRINT: Footprint =
        <Inference as Usage<Network<L, E>>>::FOOTPRINT.with_tape(size_of::<TapeOf<Network<L, E>>>());
}

impl<L: Layers, E: Loss, const B: usize> Usage<Network<L, E>> for MiniBatch<B> {
    const FOOTPRINT: Footprint =
        <Inference as Usage<Network<L, E>>>::FOOTPRINT.with_tape(size_of::<[TapeOf<Network<L, E>>; B]>());
}

impl<L: Layers, E: Loss, const B: usize> Usage<Network<L, E>> for FullBatch<B> {
    const FOOTPRINT: Footprint =
        <MiniBatch<B> as Usage<Network<L, E>>>::FOOTPRINT.with_gradient(size_of::<Gradient<Network<L, E>>>());
}

/// Asserts that one [`Usage`] of a network fits a number of bytes of RAM; the build fails if it does not.
///
/// The message lists the parts, such as `Digits, Online: 9976 bytes of RAM, 976 over the budget of 9000: weights
/// 9640, tape 336`. The stack is not included.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::Online;
///
/// network! { type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy; }
/// const _: () = budget!(Digits, Online, ram = 12 * 1024);
/// ```
///
/// ```compile_fail
/// # use nanoprop::prelude::*;
/// # use nanoprop::FullBatch;
/// # network! { type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy; }
/// const _: () = budget!(Digits, FullBatch, ram = 12 * 1024); // 19616 bytes
/// ```
// budget!(Digits, Online, ram = 9000) expands to
//
//     network::budget("Digits", "Online", <Online as Usage<Digits>>::FOOTPRINT, 9000)
#[macro_export]
macro_rules! budget {
    ($net:ty, $way:ty, ram = $ram:expr $(,)?) => {
        $crate::network::budget(
            ::core::stringify!($net),
            ::core::stringify!($way),
            <$way as $crate::network::Usage<$net>>::FOOTPRINT,
            $ram,
        )
    };
}

/// Refuses a footprint over a budget.
#[track_caller]
pub const fn budget(net: &str, way: &str, footprint: Footprint, ram: usize) {
    let total = footprint.total();
    if total > ram {
        let text = Text::new().words(net).words(", ").words(way).words(": ").number(total);
        let text = text.words(" bytes of RAM, ").number(total - ram).words(" over the budget of ").number(ram);
        let parts = [
            (": weights ", footprint.weights),
            (", gradient ", footprint.gradient),
            (", tape ", footprint.tape),
            (", optimizer ", footprint.optimizer),
        ];
        let (mut text, mut i) = (text, 0);
        while i < parts.len() {
            if parts[i].1 > 0 || i == 0 {
                text = text.words(parts[i].0).number(parts[i].1);
            }
            i += 1;
        }
        panic!("{}", text.as_str());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prelude::*;

    #[test]
    fn ways_add_up() {
        type Digits = Network<(Dense<U64, U32, Sigmoid>, Dense<U32, U10>), SigmoidCrossEntropy>;
        let total = |f: Footprint| f.total();
        assert_eq!(total(Digits::footprint::<Inference>()), 9640);
        assert_eq!(total(Digits::footprint::<Online>()), 9640 + 336);
        assert_eq!(Digits::footprint::<MiniBatch<1>>(), Digits::footprint::<Online>());
        assert_eq!(total(Digits::footprint::<MiniBatch<32>>()), 9640 + 32 * 336);
        assert_eq!(Digits::footprint::<FullBatch>(), Digits::FOOTPRINT);
        assert_eq!(total(Digits::footprint::<FullBatch<4>>()), 9640 + size_of::<Gradient<Digits>>() + 4 * 336);
        let text = Digits::footprint::<Online>().with_optimizer(8).to_string();
        assert_eq!(text, "weights 9640 B, gradient 0 B, tape 336 B, optimizer 8 B");
        budget("Digits", "Online", Digits::footprint::<Online>(), 9976);
    }

    #[test]
    #[should_panic = "Digits, Online: 9976 bytes of RAM, 976 over the budget of 9000: weights 9640, tape 336"]
    fn over_budget() {
        type Digits = Network<(Dense<U64, U32, Sigmoid>, Dense<U32, U10>), SigmoidCrossEntropy>;
        budget!(Digits, Online, ram = 9000);
    }
}
