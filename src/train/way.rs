use crate::layer::TapeOf;
use crate::loss::Loss;
use crate::network::{Footprint, Inference, Layers, Network, Usage};
use crate::train::optimizers::*;
use crate::train::{Layerwise, Optimizer, State, Stochastic, Training};

// way! { [O: Optimizer] Type } makes an optimiser a way of training: weights, a gradient, a tape, and its state. For each of
// the list, because next to an implementation for all optimisers the compiler would speak of those where something
// else is no way.
macro_rules! way {
    ([$($generics:tt)*] $optimizer:ty) => {
        impl<L: Layers, E: Loss, $($generics)*> Usage<Network<L, E>> for $optimizer {
            const FOOTPRINT: Footprint = <Inference as Usage<Network<L, E>>>::FOOTPRINT
                .with_gradient(size_of::<Network<L, E>>())
                .with_tape(size_of::<TapeOf<Network<L, E>>>())
                .with_optimizer(size_of::<State<Network<L, E>, $optimizer>>());
        }
    };
}
way! { [O: Optimizer, const LAYERS: usize] Layerwise<O, LAYERS> }
way! { [O: Optimizer] Stochastic<O> }

macro_rules! ways {
    ($($file:ident: $optimizer:ident $rest:tt)+) => {
        $(way! { [] $optimizer })+
    };
}
crate::__optimizers!(ways);

/// All of it, with any optimiser and `B` tapes; how far the training is counts as the optimiser's.
impl<L: Layers, E: Loss, O: Optimizer, const B: usize> Usage<Network<L, E>> for Training<Network<L, E>, O, B> {
    const FOOTPRINT: Footprint = {
        let (gradient, tapes) = (size_of::<Network<L, E>>(), size_of::<[TapeOf<Network<L, E>>; B]>());
        let rest = size_of::<Self>() - gradient - tapes;
        let footprint = <Inference as Usage<Network<L, E>>>::FOOTPRINT.with_gradient(gradient);
        footprint.with_tape(tapes).with_optimizer(rest)
    };
}

#[cfg(test)]
mod tests {
    use crate::prelude::*;
    use crate::{Layerwise, Momentum};

    #[test]
    fn optimisers_have_a_footprint() {
        type Digits = Network<(Dense<U64, U32, Sigmoid>, Dense<U32, U10>), SigmoidCrossEntropy>;
        assert_eq!(Digits::footprint::<Sgd>().total(), 2 * 9640 + 336 + 8);
        assert_eq!(Digits::footprint::<Momentum>().total(), 3 * 9640 + 336 + 8);
        assert_eq!(Digits::footprint::<Adam>().total(), 4 * 9640 + 336 + 8);
        assert_eq!(Digits::footprint::<Layerwise<Adam, 2>>(), Digits::footprint::<Adam>());
        let whole = Digits::footprint::<Training<Digits, Adam, 32>>().total();
        assert_eq!(whole, size_of::<Digits>() + size_of::<Training<Digits, Adam, 32>>());
        assert!(whole < 4 * 9640 + 32 * 336 + 256);
    }
}
