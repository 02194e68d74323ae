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
/// - `Elman<hidden>`, `Elman<hidden, Activation>`, `Elman<hidden, Activation, All>`: steps and inputs are
///   the two widths of what it reads.
/// - `Flatten`, `Gelu`, `Silu`, `Mish`, `Softmax`, `LayerNorm`, `Standardize`: as wide as what they read.
/// - `Dropout(20%)`: leaves out 20 % while it learns.
/// - `Residual(layer => … => layer)`: what the layers read is added to what they write.
/// - `(Type)`: a layer of one's own, its type in full.
///
/// A width is a number, a constant's name, or an expression in braces; it is at most 1,048,575. The macro
/// emits the fit check, so that `cargo check` finds a layer that does not fit.
// type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = E; expands, with L1 for the first layer's type, to
//
//     type Digits = Network<(
//         Dense<<Vector<width!(64), f32> as Flat>::Width, width!(32), Sigmoid, f32>,
//         Dense<<<L1 as Layer>::Output as Flat>::Width, width!(10), Identity, f32>,
//     ), E>;
//     const _: () = network::fits(network::shape::<Vector<width!(64), f32>>(), <Digits>::PLAN);
#[macro_export]
macro_rules! network {
    ($(
        $(#[$meta:meta])*
        $vis:vis type $name:ident = $input:tt $(=> $kind:tt $(<$out:tt $(, $arg:ty)* $(,)?>)? $(($($inner:tt)+))?)+,
            loss = $loss:ty $(, scalar = $t:ty)? $(,)?;
    )*) => {$(
        $(#[$meta])*
        $vis type $name = $crate::Network<
            $crate::network!(@chain $crate::network!(@scalar $($t)?);
                []; $crate::network!(@input $crate::network!(@scalar $($t)?), $input);
                $({$kind $(<$out $(, $arg)*>)? $(($($inner)+))?})+),
            $loss,
        >;
        const _: () = $crate::network::fits(
            $crate::network::shape::<$crate::network!(@input $crate::network!(@scalar $($t)?), $input)>(),
            <$name>::PLAN,
            <$loss as $crate::Loss>::NAME,
            <$loss as $crate::Loss>::OUTPUTS,
        );
    )*};

    (@scalar) => { f32 };
    (@scalar $t:ty) => { $t };

    (@input $t:ty, [$rows:tt, $columns:tt]) => {
        $crate::array::Matrix<$crate::width!($rows), $crate::width!($columns), $t>
    };
    (@input $t:ty, [$channels:tt, $height:tt, $width:tt]) => {
        $crate::array::Volume<$crate::width!($channels), $crate::width!($height), $crate::width!($width), $t>
    };
    (@input $t:ty, $n:tt) => { $crate::array::Vector<$crate::width!($n), $t> };

    (@chain $t:ty; [$($layer:ty,)+]; $x:ty;) => { ($($layer,)+) };
    (@chain $t:ty; [$($layer:ty,)*]; $x:ty; {$($next:tt)+} $($rest:tt)*) => {
        $crate::network!(@chain $t;
            [$($layer,)* $crate::network!(@layer $t, $x, $($next)+),];
            <$crate::network!(@layer $t, $x, $($next)+) as $crate::layer::Layer>::Output;
            $($rest)*)
    };

    (@layer $t:ty, $x:ty, Dense<$out:tt>) => {
        $crate::Dense<<$x as $crate::array::Flat>::Width, $crate::width!($out), $crate::Identity, $t>
    };
    (@layer $t:ty, $x:ty, Dense<$out:tt, $a:ty>) => {
        $crate::Dense<<$x as $crate::array::Flat>::Width, $crate::width!($out), $a, $t>
    };
    (@layer $t:ty, $x:ty, Dense<$out:tt, $a:ty, $bias:ty>) => {
        $crate::Dense<<$x as $crate::array::Flat>::Width, $crate::width!($out), $a, $t, $bias>
    };
    (@layer $t:ty, $x:ty, Elman<$hidden:tt>) => { $crate::network!(@layer $t, $x, Elman<$hidden, $crate::Tanh>) };
    (@layer $t:ty, $x:ty, Elman<$hidden:tt, $a:ty>) => {
        $crate::network!(@layer $t, $x, Elman<$hidden, $a, $crate::Last>)
    };
    (@layer $t:ty, $x:ty, Elman<$hidden:tt, $a:ty, $emit:ty>) => {
        $crate::Elman<
            <$x as $crate::array::Grid>::Rows,
            <$x as $crate::array::Grid>::Columns,
            $crate::width!($hidden), $a, $emit, $t,
        >
    };
    (@layer $t:ty, $x:ty, Flatten) => { $crate::Flatten<$x> };
    (@layer $t:ty, $x:ty, Gelu) => { $crate::layer::Map<$crate::layer::GeluFunction, $x> };
    (@layer $t:ty, $x:ty, Silu) => { $crate::layer::Map<$crate::layer::SiluFunction, $x> };
    (@layer $t:ty, $x:ty, Mish) => { $crate::layer::Map<$crate::layer::MishFunction, $x> };
    (@layer $t:ty, $x:ty, Softmax) => { $crate::Softmax<<$x as $crate::array::Flat>::Width, $t> };
    (@layer $t:ty, $x:ty, LayerNorm) => { $crate::LayerNorm<<$x as $crate::array::Flat>::Width, $t> };
    (@layer $t:ty, $x:ty, Standardize) => { $crate::Standardize<<$x as $crate::array::Flat>::Width, $t> };
    (@layer $t:ty, $x:ty, Dropout($percent:tt %)) => {
        $crate::Dropout<<$x as $crate::array::Flat>::Width, $crate::Percent<$percent>, $t>
    };
    (@layer $t:ty, $x:ty, Residual(
        $kind:tt $(<$out:tt $(, $arg:ty)* $(,)?>)? $(($($inner:tt)+))?
        $(=> $kinds:tt $(<$outs:tt $(, $args:ty)* $(,)?>)? $(($($inners:tt)+))?)*
    )) => {
        $crate::Residual<$crate::network!(@chain $t;
            []; $x;
            {$kind $(<$out $(, $arg)*>)? $(($($inner)+))?} $({$kinds $(<$outs $(, $args)*>)? $(($($inners)+))?})*)>
    };
    (@layer $t:ty, $x:ty, ($layer:ty)) => { $layer };
    // A stand-in, so that there is this one error.
    (@layer $t:ty, $x:ty, $kind:tt $($rest:tt)*) => {
        $crate::layer::Map<$crate::layer::GeluFunction, <$x as $crate::network::Unknown<{
            compile_error!(concat!(
                "`", stringify!($kind), "` is no layer that network! knows: write Dense<out>, Dense<out, Activation>, ",
                "Elman<hidden>, Flatten, Gelu, Silu, Mish, Softmax, LayerNorm, Standardize, Dropout(20%), ",
                "Residual(layers), or a layer's type in parentheses",
            ))
        }>>::Same>
    };

    ($($other:tt)*) => {
        compile_error!("expected `type Name = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy;`");
    };
}
