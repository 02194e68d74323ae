//! The optimisers of this crate, one a file.

/// Calls `$go!` with each optimiser: its file, its type, whether a rate of 0 stops it, and one of its kind for tests.
/// Re-exports, ways of training and tests read this list.
#[doc(hidden)]
#[macro_export]
macro_rules! __optimizers {
    ($go:ident) => {
        $go! {
            adagrad: Adagrad { by_rate: true, such: $crate::Adagrad { rate_decay: 0.1, start: 0.25, ..$crate::Adagrad::new(0.1) } }
            adam: Adam { by_rate: true, such: $crate::Adam::new(0.01) }
            adam_w: AdamW { by_rate: true, such: $crate::AdamW::new(0.01) }
            momentum: Momentum { by_rate: true, such: $crate::Momentum { dampening: 0.25, ..$crate::Momentum::new(0.1) } }
            nesterov: Nesterov { by_rate: true, such: $crate::Nesterov::new(0.1) }
            rms_prop: RmsProp { by_rate: true, such: $crate::RmsProp::DEFAULT }
            rprop: Rprop { by_rate: false, such: $crate::Rprop::DEFAULT }
            sgd: Sgd { by_rate: true, such: $crate::Sgd { decay: $crate::Decay::Decoupled(0.1), ..$crate::Sgd::new(0.1) } }
        }
    };
}

// Written out, because rustfmt does not find modules that a macro declares.
pub(super) mod adagrad;
pub(super) mod adam;
pub(super) mod adam_w;
pub(super) mod momentum;
pub(super) mod nesterov;
pub(super) mod rms_prop;
pub(super) mod rprop;
pub(super) mod sgd;

macro_rules! public {
    ($($file:ident: $type:ident $rest:tt)+) => {
        $(pub use $file::$type;)+
    };
}
__optimizers!(public);
