use crate::scalar::Real;
use crate::train::Now;

/// How weights decay, biases never do: in the slope, as a penalty does, or beside it.
///
/// # Equations
///
/// With the decay λ and the rate α of the step,
///
/// - coupled: the optimiser is given `g + λ w` for the slope g
/// - decoupled: `w ← (1 − α λ) w` before the optimiser's change
///
/// For plain descent the two are the same in exact numbers; for others they are not.
///
/// # Source
///
/// I. Loshchilov, F. Hutter, "Decoupled weight decay regularization", ICLR 2019.
#[doc(alias("weight_decay", "kernel_regularizer"))]
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Decay {
    /// λ, in the slope.
    Coupled(f64),
    /// λ, beside the slope.
    Decoupled(f64),
}

impl Decay {
    /// None at all.
    pub const NONE: Decay = Decay::Coupled(0.0);

    /// The factors of a step at this rate.
    #[inline(always)]
    pub fn factors(self, rate: f64, now: &Now) -> Decayed {
        match self {
            _ if !now.decays => Decayed { slope: 0.0, weight: 1.0 },
            Decay::Coupled(lambda) => Decayed { slope: lambda, weight: 1.0 },
            Decay::Decoupled(lambda) => Decayed { slope: 0.0, weight: 1.0 - rate * lambda },
        }
    }
}

/// [`Decay`]'s factors of one step: what to add of the weight to its slope, and what stays of the weight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decayed {
    /// λ where it is coupled, else 0.
    pub slope: f64,
    /// `1 − α λ` where it is decoupled, else 1.
    pub weight: f64,
}

impl Decayed {
    /// The weight and the slope after decay.
    #[inline(always)]
    pub fn of<V: Real>(self, weight: V, slope: V) -> (V, V) {
        (V::of(self.weight) * weight, slope + V::of(self.slope) * weight)
    }
}
