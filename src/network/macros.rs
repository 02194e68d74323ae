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
/// `input => layer => … => layer, loss = Loss` and, where it is not `f32`, `, scalar = f64` or
/// `, scalar = Fused`.
///
/// - `input`: a width, `[rows, columns]`, or `[channels, height, width]`.
/// - `Dense<out>`, `Dense<out, Activation>`, `Dense<out, Activation, Unbiased>`.
/// - `Elman<hidden>`, `Elman<hidden, Activation>`, `Elman<hidden, Activation, All>`; `Lstm<hidden>`, `Lstm<hidden, All>`;
///   `Gru<hidden>`, `Gru<hidden, All>`, `Gru<hidden, All, ResetBefore>`: steps and inputs are the two widths of what they
///   read.
/// - `Flatten`, `Gelu`, `Silu`, `Mish`, `Softmax`, `LayerNorm`, `Standardize`: as wide as what they read.
/// - `Dropout(20%)`: leaves out 20 % while it learns.
/// - `Residual(layer => … => layer)`: what the layers read is added to what they write.
/// - `Frozen(Weights)`: a layer whose weights [`frozen!`](crate::frozen!) declares.
/// - `(Type)`: a layer of one's own, its type in full.
///
/// A width is a number, a constant's name, or an expression in braces; it is at most 1,048,575.
///
/// # Errors
///
/// The macro emits the fit check, so that `cargo check` finds a layer that does not fit:
/// `Digits: layer 2 reads 16 values, but layer 1 writes 32`. The compiler underlines a misspelt layer or a wrong token. Of
/// what it finds out only behind the macro, the fit, the widths, and types that are no activation or no loss, it underlines
/// the whole macro; so the message begins with the network's name, or names the width or type.
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
            $(=> $layer:tt $(<$n:tt $(, $m:literal)* $(, $arg:ty)* $(,)?>)? $(($($inner:tt)+))?)+,
            loss = $loss:ty $(, scalar = $scalar:ty)? $(, in $file:literal $shapes:tt)? $(,)?;
    )*) => {$(
        $(#[$meta])*
        $vis type $name = $crate::Network<
            <$crate::__words!($($layer $(<$n $(, $m)* $(, $arg)*>)? $(($($inner)+))? =>)+) as $crate::network::word::Words<
                $crate::__input!($crate::__scalar!($($scalar)?), $input),
                $crate::__scalar!($($scalar)?),
                (),
            >>::Layers,
            $loss,
        >;
        const _: () = $crate::network::fits(
            ::core::stringify!($name),
            $crate::__widths!($input),
            $crate::network::plan::<$name>(),
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
    ($layer:tt $(<$n:tt $(, $m:literal)* $(, $arg:ty)* $(,)?>)? $(($($inner:tt)+))? => $($rest:tt)*) => {
        ($crate::__word!($layer $(<$n $(, $m)* $(, $arg)*>)? $(($($inner)+))?), $crate::__words!($($rest)*))
    };
}

/// One word. Which there are is for the compiler to say, which points at the word: it looks in `network::word`.
#[doc(hidden)]
#[macro_export]
macro_rules! __word {
    ($layer:ident) => { $crate::network::word::$layer };
    (($own:ty)) => { $crate::network::word::Own<$own> };
    (Frozen($weights:ty)) => { $crate::network::word::Frozen<$weights> };
    ($layer:ident<$n:tt $(, $m:literal)* $(, $arg:ty)*>) => {
        $crate::network::word::$layer<$crate::width!($n) $(, $crate::width!($m))* $(, $arg)*>
    };
    ($layer:ident($percent:tt %)) => { $crate::network::word::$layer<$crate::Percent<$percent>> };
    ($layer:ident($($inner:tt)+)) => { $crate::network::word::$layer<$crate::__words!($($inner)+ =>)> };
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
    ($scalar:ty, [$channels:tt, $height:tt, $width:tt]) => {
        $crate::array::Volume<$crate::width!($channels), $crate::width!($height), $crate::width!($width), $scalar>
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
