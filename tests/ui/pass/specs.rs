//! A spec with each kind of layer, and the same network by `network!`.
#![no_implicit_prelude]
#![deny(warnings)]

::core::include!(::core::concat!(::core::env!("OUT_DIR"), "/nets.rs"));

mod own {
    use ::core::clone::Clone;
    use ::core::marker::Copy;
    use ::np;

    #[derive(Clone, Copy)]
    pub struct Swish;

    impl np::Activation for Swish {
        const NAME: &'static str = "swish of one's own";

        fn value<V: np::Real>(z: V) -> V {
            z
        }

        fn slope<V: np::Real>(a: V) -> V {
            a
        }
    }

    pub type Fixed = np::Dense<np::width::U8, np::width::U8>;

    np::network! { type Features = 8 => Dense<4>, loss = np::SquaredError; }
    static FEATURES: Features = Features::ZERO;

    np::frozen! {
        /// Weights that stay.
        pub struct Front: Features = &FEATURES;
    }
}

::np::network! {
    type Again = [4, 3] => Elman<6, ::np::Relu, ::np::All>
        => DepthwiseConv1d<2, dilation = 3, padding = causal, ::np::Tanh> => Bidirectional(Elman<3, ::np::Tanh, ::np::All>)
        => Elman<5, ::np::Sigmoid, ::np::All> => Lstm<7, ::np::All> => Gru<6, ::np::All, ::np::ResetBefore>
        => Flatten => Standardize
        => Dense<8, own::Swish, ::np::Unbiased>
        => Residual(LayerNorm => Dense<16, ::np::Relu> => Dropout(20%) => Residual(Gelu => Mish) => Dense<8>) => Silu
        => (own::Fixed) => Frozen(own::Front) => Softmax
        => Unflatten<[2, 2]> => GlobalAvgPool, loss = ::np::Huber;
}

fn main() {
    ::core::assert_eq!(Every::FINGERPRINT, Again::FINGERPRINT);
    let _: Every = Again::ZERO;
}
