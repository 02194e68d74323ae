//! The macros depend on no name in scope: not on the prelude, not on what a crate calls nanoprop, and the user's own types
//! of the prelude's names change nothing. No lint warns.
#![no_implicit_prelude]
#![deny(warnings)]
#![allow(dead_code)]
#![forbid(unsafe_code)]

/// A module in which every name that a macro could think of is something else.
mod taken {
    pub struct Option;
    pub struct Some;
    pub struct None;
    pub struct Result;
    pub struct Default;
    pub struct Fn;
    pub struct FnMut;
    pub struct FnOnce;
    pub struct Sized;
    pub struct Send;
    pub struct Sync;
    pub struct Copy;
    pub struct Clone;
    pub struct Iterator;
    pub struct Into;
    pub struct From;
    pub struct Vec;
    pub struct Box;
    pub struct Vector;
    pub struct Layer;
    pub struct Layers;
    pub struct Network;
    pub struct Tensor;
    pub struct Plan;
    pub struct Sigmoid;
    pub struct Dense;
    pub struct Width;
    pub struct U64;
    pub struct Word;
    pub mod core {}
    pub mod std {}
    pub mod nanoprop {}
    pub mod generic_array {}
    pub mod typenum {}
}

mod user {
    #[allow(unused_imports, reason = "it is unused exactly where the macros are hygienic")]
    use super::taken::*;
    use ::np;

    /// A width of one's own, with the name of a variable of the macros.
    const N: usize = 8;

    np::network! {
        /// All words.
        pub type Words = [N, 3] => Elman<4, np::Relu, np::All> => Flatten => LayerNorm => Dense<{ 2 * N }, np::Tanh, np::Unbiased>
            => Residual(Dropout(20%) => Dense<16> => Gelu => Residual(Silu => Mish)) => Standardize => Softmax
            => (Scale<np::width!(16)>) => Frozen(Front) => Dense<1>, loss = np::SquaredError;
        type Gated = [N, 3] => Lstm<4, np::All> => Gru<4, np::All> => Gru<2, np::Last, np::ResetBefore>, loss = np::Huber;
        type Double = 2 => Dense<3>, loss = np::Huber, scalar = f64;
        pub(crate) type Fused = 2 => Dense<3>, loss = np::Huber, scalar = np::Fused,;
    }

    np::network! { type Features = 16 => Dense<5>, loss = np::SquaredError; }
    static FEATURES: Features = Features::ZERO;

    np::frozen! { struct Front: Features = &FEATURES; }

    np::parameters! {
        /// A layer of one's own.
        pub struct Scale<N: np::Width, T: np::Scalar = f32> of T {
            /// Its factors.
            pub gain: np::Vector<N, T> = np::Role::Gain,
        }
    }

    impl<N: np::Width, T: np::Scalar> np::Layer for Scale<N, T> {
        type Input = np::Vector<N, T>;
        type Output = np::Vector<N, T>;
        type Tape = np::Slot<np::Vector<N, T>>;

        fn forward(&self, _: &Self::Input, _: &mut Self::Output) {}

        fn backward(
            &self,
            _: &Self::Input,
            _: &mut Self::Tape,
            _: &mut Self,
            _: ::core::option::Option<&mut Self::Input>,
        ) {
        }
    }

    const _: () = np::budget!(Double, np::Online, ram = 1024);
    const _: () = np::budget!(Words, np::FullBatch, ram = 65_536);

    static LOADED: Digits = np::load!(Digits, "digits.nprp");
    np::network! { type Digits = 64 => Dense<32, np::Sigmoid> => Dense<10>, loss = np::SigmoidCrossEntropy; }

    pub fn in_a_function() -> u64 {
        type Float = f32;
        np::network! { type Net = 2 => Dense<3>, loss = np::SquaredError, scalar = Float; }
        const _: () = np::budget!(Net, np::Inference, ram = 1024);
        const DIGEST: u64 = LOADED.digest();
        let _ = Net::ZERO.predict(&[0.0; 2]);
        let _ = Words::ZERO.predict(&[[0.0; 3]; N]);
        DIGEST
    }
}

fn main() {
    ::core::assert_ne!(user::in_a_function(), 0);
}
