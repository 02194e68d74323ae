//! Networks in one line.

/// Declares networks as type aliases, with each width spelled once, in plain decimals.
///
/// ```
/// use nanoprop::prelude::*;
///
/// network! {
///     /// 8×8 pixels in, one probability per digit out.
///     pub type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy;
///
///     /// Ten readings of three sensors in, four classes out, in f64.
///     type Gesture = [10, 3] => Elman<16> => Dense<4>, loss = SoftmaxCrossEntropy, scalar = f64;
///
///     /// Any constant is a width.
///     type Wide = { 56 * 56 } => Dense<25, Tanh, Unbiased> => Softmax => Dense<1>, loss = SquaredError;
/// }
///
/// assert_eq!(Digits::PARAMETERS, 64 * 32 + 32 + 32 * 10 + 10);
/// assert_eq!(Gesture::PLAN.to_string().lines().next().unwrap(), " 1  Elman tanh  10×3 → 16  320 parameters");
/// ```
///
/// # Syntax
///
/// `input => layer => … => layer, loss = Loss` and, where it is not `f32`, `, scalar = f64`, `, scalar = Fused` or
/// `, scalar = Q16<12>`.
///
/// - `input`: a width, `[rows, columns]`, or `[height, width, channels]`.
/// - `Dense<out>`, `Dense<out, Activation>`, `Dense<out, Activation, Unbiased>`.
/// - `Elman<hidden>`, `Elman<hidden, Activation>`, `Elman<hidden, Activation, All>`; `Lstm<hidden>`, `Lstm<hidden, All>`;
///   `Gru<hidden>`, `Gru<hidden, All>`, `Gru<hidden, All, ResetBefore>`: steps and inputs are the two widths of what they
///   read.
/// - `Embedding<classes, out>`, `Embedding<classes, out, u16>`: the first layer, which reads numbers of classes.
/// - `Conv1d<out, window>` and `Conv2d<out, window>`, with any of an activation, `Unbiased`, `stride = 2`,
///   `dilation = 2`, and `padding = same`, `causal`, `2` or `[2, 1]` behind it: `Conv1d<16, 5, Relu, stride = 2>`. A window
///   of `Conv2d` is a square, or `[3, 5]`.
/// - `ConvTranspose1d<out, window>`, with the same options: a longer sequence; `padding` cuts steps off.
/// - `DepthwiseConv1d<window>` and `DepthwiseConv2d<window>`, each channel by itself, with the same options.
/// - `MaxPool1d<window>`, `AvgPool1d<window>`, `MaxPool2d<window>`, `AvgPool2d<window>`, with `stride` (else one window is
///   behind the other) and `padding`; `GlobalAvgPool`.
/// - `Flatten`, `Gelu`, `Silu`, `Mish`, `Softmax`, `LayerNorm`, `BatchNorm`, `Standardize`: as wide as their input; of a matrix
///   or volume, the last three work on the channels at each place.
/// - `GroupNorm<groups>`, `InstanceNorm`: over all places.
/// - `Unflatten<[rows, columns]>`, `Unflatten<[height, width, channels]>`: a vector as a matrix or volume.
/// - `Dropout(20%)`: leaves out 20 % while it learns.
/// - `Residual(layer => … => layer)`: the input of the layers is added to their output.
/// - `Bidirectional(Elman<hidden>)`: a second layer reads the steps from the last to the first.
/// - `FakeQuantize(layer)`, `FakeQuantize`: rounds weights and outputs, or inputs, as a [quantised](crate::Quantized) network
///   does.
/// - `KeepFloat(layer)`: a layer that stays in floating point where the network is
///   [quantised](crate::Quantized).
/// - `Frozen(Weights)`: a layer whose weights [`frozen!`](crate::frozen!) declares.
/// - `(Type)`: a layer of one's own, its type in full.
///
/// A width is a number, a constant's name, or an expression in braces; it is at most 1,048,575.
///
/// # Errors
///
/// The macro emits the fit check, so that `cargo check` finds a layer that does not fit:
/// `Digits: layer 2 reads 16 values, but layer 1 writes 32`. The compiler underlines a misspelt layer or a wrong token.
/// For an error that it finds after expansion (a misfit, a width, a type that is no activation or no loss) it underlines the
/// whole macro, so the message begins with the network's name, or names the width or type.
// type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = E; expands, in short, to
//
//     type Digits = Network<
//         <(word::Dense<width!(32), Sigmoid>, (word::Dense<width!(10)>, ())) as Words<Vector<width!(64), f32>, f32, ()>>::Layers,
//         E,
//     >;
//     const _: () = network::fits("Digits", &[64], network::plan::<Digits>(), no spec, the loss's name, Outputs::Labels)
//
// `, in` and what follows are from nanoprop-build: the spec's file, and the shapes that it gives the layers, each with
// its line, `in "digits.toml" [(6, [64], 7, [32], []), (12, [32], 13, [10], [])]`.
#[macro_export]
macro_rules! network {
    ($(
        $(#[$meta:meta])*
        $vis:vis type $name:ident = $input:tt
            $(=> $layer:tt $(<$n:tt $(, $arg:tt $($root:ident)? $(:: $more:tt)* $(= $value:tt)?)*>)? $(($($inner:tt)+))?)+,
            loss = $loss:ty $(, scalar = $scalar:ty)? $(, in $file:literal $shapes:tt)? $(,)?;
    )*) => {$(
        $(#[$meta])*
        $vis type $name = $crate::Network<
            <$crate::__words!($($layer $(<$n $(, $arg $($root)? $(:: $more)* $(= $value)?)*>)? $(($($inner)+))? =>)+) as $crate::network::word::Words<
                $crate::__input!($crate::__scalar!($($scalar)?), $input),
                $crate::__scalar!($($scalar)?),
                (),
            >>::Layers,
            $loss,
        >;
        const _: () = $crate::network::fits(
            ::core::stringify!($name),
            $crate::__widths!($input),
            // By the layers, not by `$name`: of a loss that is none, one error is enough.
            $crate::network::plan::<<$crate::__words!($($layer $(<$n $(, $arg $($root)? $(:: $more)* $(= $value)?)*>)? $(($($inner)+))? =>)+) as $crate::network::word::Words<
                $crate::__input!($crate::__scalar!($($scalar)?), $input),
                $crate::__scalar!($($scalar)?),
                (),
            >>::Layers>(),
            $crate::__spec!($($file $shapes)?),
            <$loss as $crate::Loss>::NAME,
            <$loss as $crate::Loss>::OUTPUTS,
        );
    )*};
}

/// A chain of words, each ended by `=>`, as `(A, (B, ()))`.
#[doc(hidden)]
#[macro_export]
macro_rules! __words {
    () => { () };
    ($layer:tt $(<$n:tt $(, $arg:tt $($root:ident)? $(:: $more:tt)* $(= $value:tt)?)*>)? $(($($inner:tt)+))? => $($rest:tt)*) => {
        ($crate::__word!($layer $(<$n $(, $arg $($root)? $(:: $more)* $(= $value)?)*>)? $(($($inner)+))?), $crate::__words!($($rest)*))
    };
}

/// One word. Which there are is for the compiler to say, which points at the word: it looks in `network::word`.
#[doc(hidden)]
#[macro_export]
macro_rules! __word {
    ($layer:ident) => { $crate::network::word::$layer };
    (($own:ty)) => { $crate::network::word::Own<$own> };
    (Frozen($weights:ty)) => { $crate::network::word::Frozen<$weights> };
    ($layer:ident<[$($n:tt),+] $(, $arg:tt $($root:ident)? $(:: $more:tt)* $(= $value:tt)?)*>) => {
        $crate::network::word::$layer<($($crate::width!($n),)+) $(, $crate::__argument!($arg $($root)? $(:: $more)* $(= $value)?))*>
    };
    ($layer:ident<$n:tt $(, $arg:tt $($root:ident)? $(:: $more:tt)* $(= $value:tt)?)*>) => {
        $crate::network::word::$layer<$crate::width!($n) $(, $crate::__argument!($arg $($root)? $(:: $more)* $(= $value)?))*>
    };
    ($layer:ident($percent:tt %)) => { $crate::network::word::$layer<$crate::Percent<$percent>> };
    ($layer:ident($($inner:tt)+)) => { $crate::network::word::$layer<$crate::__words!($($inner)+ =>)> };
}

/// What stands behind a layer's first width: another width, an option, or a type.
#[doc(hidden)]
#[macro_export]
macro_rules! __argument {
    ($width:literal) => { $crate::width!($width) };
    ({ $($width:tt)+ }) => { $crate::width!({ $($width)+ }) };
    ([$rows:tt, $columns:tt]) => { ($crate::width!($rows), $crate::width!($columns)) };
    (stride = $n:tt) => { $crate::network::word::Stride<$crate::width!($n)> };
    (dilation = $n:tt) => { $crate::network::word::Dilation<$crate::width!($n)> };
    (padding = same) => { $crate::Same };
    (padding = causal) => { $crate::Causal };
    (padding = valid) => { $crate::Valid };
    (padding = [$before:tt, $after:tt]) => { $crate::Pad<$crate::__zeros!($before), $crate::__zeros!($after)> };
    (padding = $n:tt) => { $crate::Pad<$crate::__zeros!($n)> };
    ($option:tt = $value:tt) => {
        ::core::compile_error!(::core::concat!(
            "no option `", ::core::stringify!($option),
            "`: there are `stride = 2`, `dilation = 2`, and `padding = same`, `causal`, `valid`, 2 or [2, 1]"
        ))
    };
    ($type:tt $($root:ident)? $(:: $more:tt)*) => { $type $($root)? $(:: $more)* };
}

/// A width, or 0.
#[doc(hidden)]
#[macro_export]
macro_rules! __zeros {
    (0) => {
        $crate::width::Zero
    };
    ($n:tt) => {
        $crate::width!($n)
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __scalar {
    () => {
        ::core::primitive::f32
    };
    ($scalar:ty) => {
        $scalar
    };
}

/// The array that a network reads.
#[doc(hidden)]
#[macro_export]
macro_rules! __input {
    ($scalar:ty, [$rows:tt, $columns:tt]) => {
        $crate::array::Matrix<$crate::width!($rows), $crate::width!($columns), $scalar>
    };
    ($scalar:ty, [$height:tt, $width:tt, $channels:tt]) => {
        $crate::array::Volume<$crate::width!($height), $crate::width!($width), $crate::width!($channels), $scalar>
    };
    ($scalar:ty, $n:tt) => { $crate::array::Vector<$crate::width!($n), $scalar> };
}

/// The widths of the array that a network reads, as numbers.
#[doc(hidden)]
#[macro_export]
macro_rules! __widths {
    ([$($n:tt),+]) => { &[$($n),+] };
    ($n:tt) => { &[$n] };
}

/// The file and the shapes of a spec.
#[doc(hidden)]
#[macro_export]
macro_rules! __spec {
    () => {
        $crate::network::Spec { file: "", layers: &[] }
    };
    ($file:literal $shapes:tt) => {
        $crate::network::Spec { file: $file, layers: $crate::__shapes!($shapes) }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __shapes {
    ([$(($reads_line:literal, $reads:tt, $writes_line:literal, $writes:tt, $within:tt)),* $(,)?]) => {
        &[$($crate::network::Shapes {
            reads_line: $reads_line,
            reads: &$reads,
            writes_line: $writes_line,
            writes: &$writes,
            within: $crate::__shapes!($within),
        }),*]
    };
}
