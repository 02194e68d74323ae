//! The list of all layers, which feeds the tests beside those of activations, functions and losses in the library;
//! `complete` fails when a file under `src` is missing.

/// Calls `$go!` with each layer that has an activation `A`: its file, and types in f64 that read rows of 4,
/// with what follows each up to 3 outputs.
macro_rules! active_layers {
    ($go:ident) => {
        $go! {
            bidirectional: Bidirectional<Elman<U3, U4, U6, A, Last, f64>> => Dense<U12, U3, Identity, f64>,
                Bidirectional<Elman<U2, U4, U6, A, All, f64>> => (Flatten<Matrix<U2, U12, f64>>, Dense<U24, U3, Identity, f64>);
            conv: Conv1d<U5, U4, U6, U3, A, U1, U1, Valid, f64> => (Flatten<Matrix<U3, U6, f64>>, Dense<U18, U3, Identity, f64>),
                Conv2d<U4, U3, U4, U6, U2, A, U2, U1, Valid, f64> => (Flatten<Volume<U2, U1, U6, f64>>, Dense<U12, U3, Identity, f64>);
            conv_transpose: ConvTranspose1d<U2, U4, U6, U3, A, U2, U1, Valid, f64> =>
                    (Flatten<Matrix<U5, U6, f64>>, Dense<U30, U3, Identity, f64>),
                ConvTranspose1d<U3, U4, U6, U2, A, U1, U1, Causal, f64> =>
                    (Flatten<Matrix<U3, U6, f64>>, Dense<U18, U3, Identity, f64>);
            depthwise_conv: DepthwiseConv1d<U8, U4, U3, A, U1, U1, Valid, f64> =>
                    (Flatten<Matrix<U6, U4, f64>>, Dense<U24, U3, Identity, f64>),
                DepthwiseConv2d<U3, U2, U4, U1, A, U1, U1, Valid, f64> =>
                    (Flatten<Volume<U3, U2, U4, f64>>, Dense<U24, U3, Identity, f64>);
            dense: Dense<U4, U6, A, f64> => Dense<U6, U3, Identity, f64>,
                Dense<U4, U6, A, f64, Unbiased> => Dense<U6, U3, Identity, f64>;
            elman: Elman<U3, U4, U6, A, Last, f64> => Dense<U6, U3, Identity, f64>,
                Elman<U2, U4, U6, A, All, f64> => (Flatten<Matrix<U2, U6, f64>>, Dense<U12, U3, Identity, f64>);
        }
    };
}

/// Calls `$go!` with each other layer: its file, and types in f64, with what follows each up to 3 outputs.
macro_rules! plain_layers {
    ($go:ident) => {
        $go! {
            avg_pool: AvgPool1d<U7, U4, U3, U2, Valid, f64> => (Flatten<Matrix<U3, U4, f64>>, Dense<U12, U3, Identity, f64>),
                AvgPool2d<U5, U3, U4, U2, U1, Pad<U1, nanoprop::width::U0>, f64> =>
                    (Flatten<Volume<U5, U3, U4, f64>>, Dense<U60, U3, Identity, f64>),
                AvgPool1d<U4, U1, U4, U4, Valid, f64> => (Flatten<Matrix<U1, U1, f64>>, Dense<U1, U3, Identity, f64>),
                AvgPool1d<U1, U3, U1, U1, Valid, f64> => (Flatten<Matrix<U1, U3, f64>>, Dense<U3, U3, Identity, f64>);
            batch_norm: BatchNorm<U6, f64> => Dense<U6, U3, Identity, f64>,
                BatchNorm<U4, f64, Matrix<U3, U4, f64>> => (Flatten<Matrix<U3, U4, f64>>, Dense<U12, U3, Identity, f64>),
                BatchNorm<U3, f64, Volume<U2, U1, U3, f64>> => (Flatten<Volume<U2, U1, U3, f64>>, Dense<U6, U3, Identity, f64>);
            bidirectional: Bidirectional<Elman<U1, U4, U3, Tanh, Last, f64>> => Dense<U6, U3, Identity, f64>,
                Bidirectional<Conv1d<U5, U4, U3, U2, Tanh, U2, U1, Valid, f64>> =>
                    (Flatten<Matrix<U2, U6, f64>>, Dense<U12, U3, Identity, f64>);
            conv: Conv1d<U3, U4, U6, U1, Tanh, U1, U1, Valid, f64> => (Flatten<Matrix<U3, U6, f64>>, Dense<U18, U3, Identity, f64>),
                Conv1d<U3, U4, U5, U3, Tanh, U1, U1, Same, f64> => (Flatten<Matrix<U3, U5, f64>>, Dense<U15, U3, Identity, f64>),
                Conv1d<U3, U4, U2, U2, Tanh, U2, U2, Pad<U1, U3>, f64, Unbiased> =>
                    (Flatten<Matrix<U3, U2, f64>>, Dense<U6, U3, Identity, f64>),
                Conv1d<U7, U4, U5, U2, Tanh, U2, U3, Causal, f64> => (Flatten<Matrix<U4, U5, f64>>, Dense<U20, U3, Identity, f64>),
                Conv1d<U1, U4, U3, U1, Tanh, U1, U1, Valid, f64> => (Flatten<Matrix<U1, U3, f64>>, Dense<U3, U3, Identity, f64>),
                Conv2d<U5, U3, U4, U2, U3, Tanh, U1, U1, Valid, f64> =>
                    (Flatten<Volume<U3, U1, U2, f64>>, Dense<U6, U3, Identity, f64>),
                Conv2d<U5, U4, U4, U2, U2, Tanh, U2, U2, Pad<U1, U2>, f64> =>
                    (Flatten<Volume<U3, U3, U2, f64>>, Dense<U18, U3, Identity, f64>),
                Conv1d<U4, U1, U5, U4, Tanh, U1, U1, Valid, f64> => (Flatten<Matrix<U1, U5, f64>>, Dense<U5, U3, Identity, f64>),
                Conv2d<U3, U3, U1, U1, U3, Tanh, U1, U1, Valid, f64> =>
                    (Flatten<Volume<U1, U1, U1, f64>>, Dense<U1, U3, Identity, f64>);
            conv_transpose: ConvTranspose1d<U1, U4, U3, U1, Tanh, U1, U1, Valid, f64> =>
                    (Flatten<Matrix<U1, U3, f64>>, Dense<U3, U3, Identity, f64>),
                ConvTranspose1d<U3, U4, U2, U2, Tanh, U3, U2, Pad<U1, U2>, f64, Unbiased> =>
                    (Flatten<Matrix<U6, U2, f64>>, Dense<U12, U3, Identity, f64>),
                ConvTranspose1d<U2, U4, U3, U4, Tanh, U2, U1, Same, f64> =>
                    (Flatten<Matrix<U4, U3, f64>>, Dense<U12, U3, Identity, f64>),
                ConvTranspose1d<U2, U4, U2, U1, Tanh, U3, U1, Causal, f64> =>
                    (Flatten<Matrix<U6, U2, f64>>, Dense<U12, U3, Identity, f64>),
                ConvTranspose1d<U3, U1, U1, U3, Tanh, U2, U2, Pad<nanoprop::width::U0, U2>, f64> =>
                    (Flatten<Matrix<U7, U1, f64>>, Dense<U7, U3, Identity, f64>);
            depthwise_conv: DepthwiseConv1d<U7, U4, U3, Tanh, U1, U1, Valid, f64> =>
                    (Flatten<Matrix<U5, U4, f64>>, Dense<U20, U3, Identity, f64>),
                DepthwiseConv1d<U7, U4, U2, Tanh, U2, U3, Causal, f64, Unbiased> =>
                    (Flatten<Matrix<U4, U4, f64>>, Dense<U16, U3, Identity, f64>),
                DepthwiseConv1d<U1, U4, U1, Tanh, U1, U1, Valid, f64> =>
                    (Flatten<Matrix<U1, U4, f64>>, Dense<U4, U3, Identity, f64>),
                DepthwiseConv1d<U3, U4, U2, Tanh, U2, U2, Pad<U1, U3>, f64> =>
                    (Flatten<Matrix<U3, U4, f64>>, Dense<U12, U3, Identity, f64>),
                DepthwiseConv2d<U5, U4, U4, U2, Tanh, U2, U2, Pad<U1, U2>, f64> =>
                    (Flatten<Volume<U3, U3, U4, f64>>, Dense<U36, U3, Identity, f64>),
                DepthwiseConv2d<U3, U3, U4, U3, Tanh, U1, U1, Same, f64> =>
                    (Flatten<Volume<U3, U3, U4, f64>>, Dense<U36, U3, Identity, f64>),
                DepthwiseConv1d<U4, U1, U4, Tanh, U1, U1, Valid, f64> =>
                    (Flatten<Matrix<U1, U1, f64>>, Dense<U1, U3, Identity, f64>),
                DepthwiseConv2d<U3, U3, U1, U3, Tanh, U1, U1, Valid, f64> =>
                    (Flatten<Volume<U1, U1, U1, f64>>, Dense<U1, U3, Identity, f64>);
            dropout: Dropout<U6, Percent<0>, f64> => Dense<U6, U3, Identity, f64>,
                Dropout<U6, Percent<0>, f64, Matrix<U2, U3, f64>> => (Flatten<Matrix<U2, U3, f64>>, Dense<U6, U3, Identity, f64>);
            embedding: Embedding<U5, U8, U3, u8, f64> => (Flatten<Matrix<U5, U3, f64>>, Dense<U15, U3, Identity, f64>),
                Embedding<U1, U7, U1, u16, f64> => (Flatten<Matrix<U1, U1, f64>>, Dense<U1, U3, Identity, f64>);
            fake_quantize: FakeQuantize<Dense<U4, U6, Tanh, f64>, U48> => Dense<U6, U3, Identity, f64>,
                FakeQuantize<Dense<U4, U6, Identity, f64, Unbiased>, U48> => Dense<U6, U3, Identity, f64>,
                FakeQuantize<Conv1d<U5, U4, U6, U3, Sigmoid, U1, U1, Same, f64>, U48> =>
                    (Flatten<Matrix<U5, U6, f64>>, Dense<U30, U3, Identity, f64>),
                FakeQuantize<DepthwiseConv1d<U3, U4, U2, Tanh, U2, U2, Pad<U1, U3>, f64>, U48> =>
                    (Flatten<Matrix<U3, U4, f64>>, Dense<U12, U3, Identity, f64>),
                FakeQuantize<Residual<(Dense<U6, U5, Tanh, f64>, Dense<U5, U6, Identity, f64>)>, U48> =>
                    Dense<U6, U3, Identity, f64>,
                FakeQuantize<Pass<Matrix<U2, U3, f64>>, U48> => (Flatten<Matrix<U2, U3, f64>>, Dense<U6, U3, Identity, f64>);
            flatten: Flatten<Matrix<U3, U4, f64>> => Dense<U12, U3, Identity, f64>,
                Flatten<Volume<U2, U3, U2, f64>> => Dense<U12, U3, Identity, f64>;
            frozen: Frozen<Trained> => Dense<U6, U3, Identity, f64>;
            global_avg_pool: GlobalAvgPool<Matrix<U3, U4, f64>> => Dense<U4, U3, Identity, f64>,
                GlobalAvgPool<Volume<U3, U2, U4, f64>> => Dense<U4, U3, Identity, f64>;
            group_norm: GroupNorm<U6, U2, f64> => Dense<U6, U3, Identity, f64>,
                GroupNorm<U4, U1, f64, Matrix<U3, U4, f64>> => (Flatten<Matrix<U3, U4, f64>>, Dense<U12, U3, Identity, f64>),
                GroupNorm<U6, U2, f64, Volume<U1, U3, U6, f64>> => (Flatten<Volume<U1, U3, U6, f64>>, Dense<U18, U3, Identity, f64>),
                InstanceNorm<U4, f64, Volume<U2, U3, U4, f64>> => (Flatten<Volume<U2, U3, U4, f64>>, Dense<U24, U3, Identity, f64>);
            gru: Gru<U3, U4, U6, Last, f64> => Dense<U6, U3, Identity, f64>,
                Gru<U2, U4, U5, All, f64> => (Flatten<Matrix<U2, U5, f64>>, Dense<U10, U3, Identity, f64>),
                Gru<U1, U1, U3, All, f64> => (Flatten<Matrix<U1, U3, f64>>, Dense<U3, U3, Identity, f64>),
                Gru<U3, U4, U5, Last, f64, ResetBefore> => Dense<U5, U3, Identity, f64>,
                Gru<U3, U1, U3, All, f64, ResetBefore> => (Flatten<Matrix<U3, U3, f64>>, Dense<U9, U3, Identity, f64>),
                Gru<U1, U2, U3, Last, f64, ResetBefore> => Dense<U3, U3, Identity, f64>;
            keep_float: KeepFloat<Dense<U4, U6, Tanh, f64>> => Dense<U6, U3, Identity, f64>,
                KeepFloat<Residual<Dense<U6, U6, Sigmoid, f64>>> => Dense<U6, U3, Identity, f64>;
            layer_norm: LayerNorm<U6, f64> => Dense<U6, U3, Identity, f64>,
                LayerNorm<U4, f64, Matrix<U3, U4, f64>> => (Flatten<Matrix<U3, U4, f64>>, Dense<U12, U3, Identity, f64>),
                LayerNorm<U3, f64, Volume<U2, U1, U3, f64>> => (Flatten<Volume<U2, U1, U3, f64>>, Dense<U6, U3, Identity, f64>);
            lstm: Lstm<U3, U4, U6, Last, f64> => Dense<U6, U3, Identity, f64>,
                Lstm<U2, U4, U5, All, f64> => (Flatten<Matrix<U2, U5, f64>>, Dense<U10, U3, Identity, f64>),
                Lstm<U1, U1, U3, Last, f64> => Dense<U3, U3, Identity, f64>;
            map: Gelu<U6, f64> => Dense<U6, U3, Identity, f64>,
                Silu<U6, f64> => Dense<U6, U3, Identity, f64>,
                Mish<U6, f64> => Dense<U6, U3, Identity, f64>,
                Map<MishFunction, Matrix<U2, U3, f64>> => (Flatten<Matrix<U2, U3, f64>>, Dense<U6, U3, Identity, f64>);
            max_pool: MaxPool1d<U7, U4, U3, U2, Valid, f64> => (Flatten<Matrix<U3, U4, f64>>, Dense<U12, U3, Identity, f64>),
                MaxPool2d<U5, U3, U4, U2, U1, Pad<U1, nanoprop::width::U0>, f64> =>
                    (Flatten<Volume<U5, U3, U4, f64>>, Dense<U60, U3, Identity, f64>),
                MaxPool1d<U4, U1, U4, U4, Valid, f64> => (Flatten<Matrix<U1, U1, f64>>, Dense<U1, U3, Identity, f64>),
                MaxPool1d<U1, U3, U1, U1, Valid, f64> => (Flatten<Matrix<U1, U3, f64>>, Dense<U3, U3, Identity, f64>);
            residual: Residual<(Dense<U6, U5, Tanh, f64>, Dense<U5, U6, Identity, f64>)> => Dense<U6, U3, Identity, f64>,
                Residual<Elman<U2, U6, U6, Tanh, All, f64>> => (Flatten<Matrix<U2, U6, f64>>, Dense<U12, U3, Identity, f64>),
                Residual<(Dense<U6, U6, Sigmoid, f64>, Residual<LayerNorm<U6, f64>>)> => Dense<U6, U3, Identity, f64>;
            softmax: Softmax<U6, f64> => Dense<U6, U3, Identity, f64>;
            standardize: Standardize<U6, f64> => Dense<U6, U3, Identity, f64>,
                Standardize<U4, f64, Matrix<U2, U4, f64>> => (Flatten<Matrix<U2, U4, f64>>, Dense<U8, U3, Identity, f64>),
                Standardize<U2, f64, Volume<U2, U2, U2, f64>> => (Flatten<Volume<U2, U2, U2, f64>>, Dense<U8, U3, Identity, f64>);
            unflatten: Unflatten<Matrix<U2, U3, f64>> => (Flatten<Matrix<U2, U3, f64>>, Dense<U6, U3, Identity, f64>),
                Unflatten<Volume<U2, U3, U2, f64>> => (Flatten<Volume<U2, U3, U2, f64>>, Dense<U12, U3, Identity, f64>);
        }
    };
}

/// What lies in src/layer and src/loss and is no layer or loss.
pub(crate) const NO_LAYER: [&str; 11] =
    ["batch", "emission", "fold", "normal", "parameters", "plan", "pool", "recurrent", "stack", "stream", "tape"];
pub(crate) const NO_LOSS: [&str; 5] = ["outputs", "pointwise", "smoothed", "target", "weighted"];

/// Fails unless the Rust files of a folder are those listed.
pub(crate) fn complete<'a>(folder: &str, listed: impl IntoIterator<Item = &'a str>) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_string())
        .collect();
    let mut listed: Vec<&str> = listed.into_iter().collect();
    files.sort();
    files.dedup();
    listed.sort();
    listed.dedup();
    assert_eq!(files, listed, "files of {folder:?}, and those in tests/support/list.rs");
}
