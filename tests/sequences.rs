//! Convolution, pooling and gates: the same bits at every level of instructions, in batches, as dense layers over windows, and
//! step by step.

use nanoprop::prelude::*;
use nanoprop::typenum::Unsigned;
use nanoprop::{
    Activation, Causal, Conv, ConvTranspose, Fused, InputOf, Pad, Padding, Same, Slot, Spread, Spread1d, StreamOf,
    Valid, Windows, Windows1d, Windows2d,
};

#[macro_use]
#[path = "support/trace.rs"]
mod trace;

network! {
    type Sensor = [21, 3] => Conv1d<16, 5, Relu> => MaxPool1d<2> => Conv1d<32, 3, stride = 2, Tanh> => GlobalAvgPool
        => Dense<5>, loss = SoftmaxCrossEntropy;
    type Picture = [9, 11, 1] => Conv2d<6, 5, Relu, padding = same> => MaxPool2d<2> => Conv2d<16, 3, Tanh> => Flatten
        => Dense<4>, loss = SoftmaxCrossEntropy;
    type Dilated = [19, 2] => Conv1d<20, 3, padding = causal, Relu> => Conv1d<7, 3, dilation = 4, padding = causal, Tanh>
        => AvgPool1d<3, stride = 2> => Flatten => Dense<2>, loss = SquaredError;
    type Odd = [10, 7, 3] => Conv2d<130, [2, 3], stride = 2, padding = [1, 0], Unbiased, Softplus>
        => Conv2d<5, 2, dilation = 2, padding = 1, Tanh> => GlobalAvgPool => Dense<3>, loss = SquaredError;
    type Strips = [40, 28, 3] => Conv2d<5, 3, Relu, padding = same> => MaxPool2d<3, stride = 2> => Conv2d<20, 3, Relu, padding = same>
        => MaxPool2d<2> => Conv2d<6, [3, 2], stride = 2, padding = 2, Tanh> => GlobalAvgPool => Dense<3>, loss = SquaredError;
    type Wide = [4, 30, 22] => Conv2d<4, 3, Relu, padding = same> => Conv2d<2, 3, Tanh> => GlobalAvgPool => Dense<2>,
        loss = SquaredError;
    type Separable = [19, 21] => DepthwiseConv1d<3, Relu, padding = causal> => Conv1d<9, 1, Tanh>
        => DepthwiseConv1d<2, stride = 2, dilation = 3, Softplus, Unbiased> => GlobalAvgPool => Dense<3>, loss = SquaredError;
    type FusedSeparable = [9, 7, 5] => DepthwiseConv2d<[3, 2], Tanh, padding = same> => DepthwiseConv2d<2, dilation = 2>
        => Flatten => Dense<3>, loss = SquaredError, scalar = Fused;
    type Longer = [9, 3] => ConvTranspose1d<20, 5, Relu, stride = 2, padding = 1> => GroupNorm<4>
        => ConvTranspose1d<130, 3, dilation = 3, Unbiased> => BatchNorm => ConvTranspose1d<5, 4, Tanh, stride = 3, padding = same>
        => InstanceNorm => GlobalAvgPool => Dense<3>, loss = SquaredError;
    type FusedLonger = [5, 2] => ConvTranspose1d<9, 4, Tanh, stride = 2, padding = causal> => BatchNorm => GroupNorm<3>
        => Flatten => Dense<2>, loss = SquaredError, scalar = Fused;
    type FusedPicture = [9, 11, 1] => Conv2d<6, 5, Relu, padding = same> => AvgPool2d<2> => Conv2d<16, 3, Tanh> => Flatten
        => Dense<4>, loss = SoftmaxCrossEntropy, scalar = Fused;
}

network! {
    type Simple = [7, 3] => Elman<9, Tanh, All> => Elman<17, Relu> => Dense<2>, loss = SquaredError;
    type Gates = [7, 3] => Lstm<9, All> => Gru<17> => Dense<2>, loss = SquaredError;
    type ResetFirst = [2, 1] => Gru<16, All, ResetBefore> => Lstm<33> => Dense<1>, loss = SquaredError;
    type FusedGates = [5, 3] => Lstm<8, All> => Gru<9, All, ResetBefore> => Gru<6> => Dense<2>, loss = SquaredError,
        scalar = Fused;
}

#[test]
#[cfg_attr(
    not(simd),
    ignore = "a build without optimisation has one level only: cargo test --release --test sequences"
)]
fn levels_agree() {
    trace::levels_agree(traces!(nothing:
        Sensor,
        Picture,
        Dilated,
        Odd,
        Strips,
        Wide,
        Separable,
        FusedSeparable,
        Longer,
        FusedLonger,
        FusedPicture,
        Simple,
        Gates,
        ResetFirst,
        FusedGates;
    ));
}

/// The bits of numbers.
fn bits<T: Scalar>(x: &[T]) -> Vec<[u8; 8]> {
    x.iter().map(|x| x.to_bytes()).collect()
}

/// Numbers in ±1, or of eight classes.
fn random<T: Number>(numbers: &mut [T], rng: &mut Pcg32) {
    for x in numbers {
        let number = (rng.bits() >> 8) as f64 / (1 << 23) as f64 - 1.0;
        *x = T::from_f64(if T::CLASS { 4.0 * (number + 1.0) } else { number });
    }
}

/// Each window of a convolution, with zeros where it reaches into the padding, through a dense layer of the same weights:
/// `window` gives the places of window t in the array, row by row, and `None` for padding.
fn as_dense<G: Windows, Out: Width, T: Scalar>(window: impl Fn(usize, usize) -> Option<usize>) {
    let rng = &mut Pcg32::new(3);
    let mut conv = Conv::<G, Out, Tanh, T>::ZERO;
    let mut dense = Dense::<G::Patch, Out, Tanh, T>::ZERO;
    random(conv.flat_mut(), rng);
    dense.flat_mut().copy_from_slice(conv.flat());
    let (mut x, mut y) = (G::Input::<T>::ZERO, G::Output::<Out, T>::ZERO);
    random(x.flat_mut(), rng);
    conv.forward(&x, &mut y);
    let channels = G::Channels::USIZE;
    for (t, y) in y.flat().chunks(Out::USIZE).enumerate() {
        let mut patch = Vector::<G::Patch, T>::ZERO;
        for (k, patch) in patch.chunks_mut(channels).enumerate() {
            if let Some(place) = window(t, k) {
                patch.copy_from_slice(&x.flat()[place * channels..(place + 1) * channels]);
            }
        }
        let mut expected = Vector::ZERO;
        dense.forward(&patch, &mut expected);
        assert_eq!(bits(y), bits(&expected), "window {t}");
    }
}

#[test]
fn a_convolution_is_a_dense_layer_over_windows() {
    fn all<T: Scalar>() {
        as_dense::<Windows1d<U21, U3, U5>, U16, T>(|t, k| Some(t + k));
        as_dense::<Windows1d<U21, U3, U3, U2, U4, Causal>, U7, T>(|t, k| (2 * t + 4 * k).checked_sub(8));
        as_dense::<Windows1d<U10, U2, U4, U1, U1, Same>, U33, T>(|t, k| (t + k).checked_sub(1).filter(|&at| at < 10));
        as_dense::<Windows1d<U1, U1, U1>, U1, T>(|t, k| Some(t + k));
        // Rows of 7: 2 × 3 places, stride 2, from one row and column in front.
        as_dense::<Windows2d<U10, U7, U3, U2, U3, U2, U1, Pad<U1>>, U20, T>(|t, k| {
            let (y, x) = ((t / 4 * 2 + k / 3).checked_sub(1)?, (t % 4 * 2 + k % 3).checked_sub(1)?);
            (y < 10 && x < 7).then_some(y * 7 + x)
        });
        as_dense::<Windows2d<U9, U8, U2, U3, U3, U1, U3>, U6, T>(|t, k| {
            Some((t / 2 + k / 3 * 3) * 8 + t % 2 + k % 3 * 3)
        });
    }
    all::<f32>();
    all::<f64>();
    all::<Fused>();
}

network! {
    type Stacked = [24, 2] => Conv1d<6, 3, Relu, padding = causal> => Residual(Conv1d<6, 3, dilation = 4, padding = causal, Tanh>)
        => MaxPool1d<3, stride = 2> => Conv1d<4, 2, stride = 3, Tanh> => Elman<5, Tanh> => Dense<3>, loss = SoftmaxCrossEntropy;
    type Gated = [24, 2] => Gru<5, All> => Gru<6, All, ResetBefore> => Lstm<7> => Dense<2>, loss = SquaredError;
    type Averages = [24, 2] => AvgPool1d<4, stride = 1, padding = causal> => Conv1d<3, 1> => Elman<4, Tanh, All>
        => Elman<5> => Dense<2>, loss = SquaredError;
    type Channelwise = [24, 2] => DepthwiseConv1d<3, Tanh, dilation = 2, padding = causal> => Conv1d<5, 1, Relu>
        => DepthwiseConv1d<4, stride = 2, Unbiased> => Elman<4> => Dense<2>, loss = SquaredError;
    type Normal = [24, 3] => Standardize => Conv1d<5, 3, padding = causal> => LayerNorm => Gelu => Dropout(20%)
        => Residual(Silu => Mish) => Elman<4> => Dense<2>, loss = SquaredError;
    type Words = 24 => Embedding<8, 3> => Conv1d<4, 3, Tanh, padding = causal> => Gru<5> => Dense<2>, loss = SquaredError;
}

network! {
    type Transposed = [24, 3] => BatchNorm => ConvTranspose1d<5, 3, Tanh, padding = causal> => BatchNorm
        => ConvTranspose1d<4, 2, dilation = 3, padding = [0, 3], Unbiased> => ConvTranspose1d<3, 1> => Elman<4> => Dense<2>,
        loss = SquaredError;
    type FusedTransposed = [24, 3] => ConvTranspose1d<19, 3, Tanh, dilation = 2, padding = causal> => Elman<4> => Dense<2>,
        loss = SquaredError, scalar = Fused;
}

/// The prediction of the last step is that of the whole window; and a stream goes on.
macro_rules! streams {
    ($Net:ident, $due:expr) => {
        let rng = &mut Pcg32::new(8);
        let mut net = $Net::ZERO;
        random(net.parameters_mut(), rng);
        let mut window = InputOf::<$Net>::ZERO;
        random(window.flat_mut(), rng);
        let mut stream = $Net::STREAM;
        let due: Vec<usize> = (0..24).filter(|&t| net.stream(&window[t], &mut stream).is_some()).collect();
        assert_eq!(due, $due);
        let mut stream = $Net::STREAM;
        let last = (0..24).filter_map(|t| net.stream(&window[t], &mut stream)).last().unwrap();
        assert_eq!(bits(last.flat()), bits(net.predict(&window).flat()));
    };
}

#[test]
fn a_stream_has_the_bits_of_the_window() {
    streams!(Gated, (0..24).collect::<Vec<_>>());
    streams!(Averages, (0..24).collect::<Vec<_>>());
    // Pooling is due at 2, 4, 6, …; windows of two of them at each third.
    streams!(Stacked, [4, 10, 16, 22]);
    streams!(Channelwise, (3..24).step_by(2).collect::<Vec<_>>());
    streams!(Normal, (0..24).collect::<Vec<_>>());
    streams!(Words, (0..24).collect::<Vec<_>>());
    streams!(Transposed, (0..24).collect::<Vec<_>>());
    streams!(FusedTransposed, (0..24).collect::<Vec<_>>());
    // The sums of the steps that a window spans, and the state.
    assert_eq!(size_of::<StreamOf<Transposed>>(), 4 * (3 * 5 + 4 * 4 + 3 + 4));
    assert_eq!(size_of::<StreamOf<Averages>>(), 4 * (4 * 2 + 2 + 4 + 5 + 2 * 3));
}

/// Each step of x, spread by a dense layer of the transposed weights, added in the order of the steps: bit for bit.
#[test]
fn a_transposed_convolution_adds_what_its_windows_get() {
    fn all<T: Scalar, P: Padding>(cut: usize)
    where
        Spread1d<U7, U4, U3, U2, U2, P>: Spread,
    {
        let rng = &mut Pcg32::new(3);
        let mut layer = ConvTranspose::<Spread1d<U7, U4, U3, U2, U2, P>, U5, Tanh, T>::ZERO;
        let (mut x, mut y) =
            (InputOf::<ConvTranspose<Spread1d<U7, U4, U3, U2, U2, P>, U5, Tanh, T>>::ZERO, Plain::ZERO);
        random(layer.flat_mut(), rng);
        random(x.flat_mut(), rng);
        layer.forward(&x, &mut y);
        let (bias, weight) = layer.flat().split_at(4);
        // ∂J/∂x of a dense layer, whose rows are sums in the order of `W x`.
        let mut dense = Dense::<U12, U5, Identity, T, Unbiased>::ZERO;
        dense.flat_mut().copy_from_slice(weight);
        let mut z = [T::ZERO; 17 * 4];
        for (t, x) in x.flat().chunks(5).enumerate() {
            let mut tape: Slot<Vector<U5, T>> = Slot::BLANK;
            let (mut grad, mut patch) = (Dense::ZERO, Vector::<U12, T>::ZERO);
            tape.dy.copy_from_slice(x);
            dense.backward(&Vector::ZERO, &mut tape, &mut grad, Some(&mut patch));
            for (k, patch) in patch.chunks(4).enumerate() {
                z[4 * (2 * t + 2 * k)..].iter_mut().zip(patch).for_each(|(z, &p)| *z = *z + p);
            }
        }
        z.chunks_mut(4).for_each(|z| z.iter_mut().zip(bias).for_each(|(z, &b)| *z = Tanh::value(*z + b)));
        let y: &[T] = y.flat();
        assert_eq!(bits(y), bits(&z[4 * cut..][..y.len()]));
    }
    fn paddings<T: Scalar>() {
        all::<T, Valid>(0);
        all::<T, Causal>(0);
        all::<T, Same>(1);
        all::<T, Pad<U3, U1>>(3);
    }
    paddings::<f32>();
    paddings::<f64>();
    paddings::<Fused>();
}

#[test]
fn summaries_tell_windows() {
    assert_eq!(
        Sensor::PLAN.to_string(),
        " 1  Conv1d relu, window 5  21×3 → 17×16  256 parameters\n \
          2  MaxPool1d window 2, stride 2, 1 step left over  17×16 → 8×16  0 parameters\n \
          3  Conv1d tanh, window 3, stride 2, 1 step left over  8×16 → 3×32  1568 parameters\n \
          4  GlobalAvgPool  3×32 → 32  0 parameters\n \
          5  Dense identity  32 → 5  165 parameters\n"
    );
    assert_eq!(
        FusedLonger::PLAN.to_string(),
        " 1  ConvTranspose1d tanh, window 4, stride 2, causal  5×2 → 10×9  81 parameters\n \
          2  BatchNorm  10×9 → 10×9  36 parameters\n \
          3  GroupNorm 3 groups  10×9 → 10×9  18 parameters\n \
          4  Flatten  10×9 → 90  0 parameters\n \
          5  Dense identity  90 → 2  182 parameters\n"
    );
}
