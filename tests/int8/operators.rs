//! Each operator against LiteRT's reference kernels: `operators.py` wrote what they give.

use nanoprop::int8::{
    AvgPoolInt8, ConvInt8, DenseInt8, DepthwiseConvInt8, ElmanInt8, GlobalAvgPoolInt8, GruInt8, Int8Activation,
    Int8Layer, Int8Stream, LstmInt8, MaxPoolInt8, ResidualInt8, Scale,
};
use nanoprop::prelude::*;
use nanoprop::typenum::Unsigned;
use nanoprop::{Array, Same, Valid, Windows, Windows1d, Windows2d};

use crate::digest::{FNV, fnv};

const NUMBERS: &str = concat!(include_str!("operators.txt"), include_str!("recurrent.txt"));
const BLOCK: usize = 25;
const FIRST: usize = 8;
const CASES: usize = 100_000;

/// The generator of litert.py.
struct Generator(u64);

impl Generator {
    fn bits(&mut self) -> i32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 48) as i32
    }

    fn byte(&mut self) -> i8 {
        ((self.bits() >> 8) - 128) as i8
    }

    fn bytes<A: Array<Scalar = i8>>(&mut self) -> A {
        let mut all = A::ZERO;
        all.flat_mut().iter_mut().for_each(|x| *x = self.byte());
        all
    }

    fn weights<A: Array<Scalar = i8>>(&mut self) -> A {
        let shift = self.bits() % 14;
        let by = 1 << if shift < 7 { shift } else { 0 };
        let mut all = A::ZERO;
        all.flat_mut().iter_mut().for_each(|x| *x = (i32::from(self.byte().max(-127)) / by) as i8);
        all
    }

    fn exponent(&mut self, low: i32, high: i32) -> i32 {
        low + self.bits() % (high - low + 1)
    }

    fn step(&mut self, exponent: i32) -> f32 {
        ((1.0 + f64::from(self.bits()) / 65536.0) * 2_f64.powi(exponent)) as f32
    }

    fn scale(&mut self, exponent: i32) -> Scale {
        let step = self.step(exponent);
        Scale::new(step, self.byte())
    }

    /// Exponents of the steps of inputs, weights and outputs; and the scale of inputs.
    fn start(&mut self) -> ([i32; 3], Scale) {
        let (x, w) = (self.exponent(-40, 10), self.exponent(-40, 10));
        let y = x + w + self.exponent(-6, 20);
        ([x, w, y], self.scale(x))
    }

    fn bias(&mut self, count: usize) -> Vec<i32> {
        let mut bias = || {
            let n = i64::from(self.bits() << 16 | self.bits()).rem_euclid(1 << 32) - (1 << 31);
            (n >> (10 + self.bits() % 22)) as i32
        };
        (0..count).map(|_| bias()).collect()
    }

    fn steps(&mut self, exponent: i32, count: usize) -> Vec<f32> {
        (0..count)
            .map(|_| {
                let down = self.bits() % 4;
                self.step(exponent - down)
            })
            .collect()
    }
}

/// A layer between integers.
trait Integers: Int8Layer<Input: Array<Scalar = i8>, Output: Array<Scalar = i8>> {}

impl<L: Int8Layer<Input: Array<Scalar = i8>, Output: Array<Scalar = i8>>> Integers for L {}

/// A layer that is set from weights, of which tests draw the numbers.
trait Weighted: Integers {
    type Weights: Array<Scalar = i8>;
    const OUT: usize;
    fn fill(&mut self, weights: &Self::Weights, bias: &[i32], steps: &[f32], x: Scale, y: Scale) -> Scale;
}

macro_rules! weighted {
    ([$($generics:tt)*] $Layer:ty, $Weights:ty, $out:ty) => {
        impl<$($generics)*> Weighted for $Layer
        where
            Self: Integers,
        {
            type Weights = $Weights;
            const OUT: usize = <$out>::USIZE;

            fn fill(&mut self, weights: &Self::Weights, bias: &[i32], steps: &[f32], x: Scale, y: Scale) -> Scale {
                self.set(weights, bias, steps, x, y)
            }
        }
    };
}
weighted!([In: Width, Out: Width, A: Int8Activation] DenseInt8<In, Out, A>, Matrix<Out, In, i8>, Out);
weighted!([G: Windows, Out: Width, A: Int8Activation] ConvInt8<G, Out, A>, Matrix<Out, G::Patch, i8>, Out);
weighted!([G: Windows, A: Int8Activation] DepthwiseConvInt8<G, A>, Matrix<G::Window, G::Channels, i8>, G::Channels);

/// Draws what a layer is set from, with steps of these exponents.
fn fill<L: Weighted>(layer: &mut L, g: &mut Generator, x: Scale, [_, w, y]: [i32; 3]) -> Scale {
    let weights = g.weights();
    let (bias, steps) = (g.bias(L::OUT), g.steps(w, L::OUT));
    let y = g.scale(y);
    layer.fill(&weights, &bias, &steps, x, y);
    y
}

fn times_power(scale: Scale, n: i32) -> Scale {
    Scale::new((f64::from(scale.step()) * 2_f64.powi(n)) as f32, scale.zero())
}

/// Draws samples, and shows a layer's outputs.
fn run<L: Integers>(layer: &L, g: &mut Generator, samples: usize, show: &mut impl FnMut(&[i8])) {
    for _ in 0..samples {
        let (x, mut y): (L::Input, _) = (g.bytes(), L::Output::ZERO);
        y.flat_mut().fill(77); // what stands there is overwritten
        layer.forward(&x, &mut y);
        show(y.flat());
    }
}

/// A layer with weights, and outputs of it.
fn layer<L: Weighted>(samples: usize, g: &mut Generator, show: &mut impl FnMut(&[i8])) {
    let (exponents, x) = g.start();
    let mut layer = L::ZERO;
    fill(&mut layer, g, x, exponents);
    run(&layer, g, samples, show);
}

/// Runs all models of an operator, and compares.
fn compare(number: u64, name: &str, mut model: impl FnMut(usize, &mut Generator, &mut dyn FnMut(&[i8]))) {
    let mut lines = NUMBERS.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    let (mut case, mut count) = (0, 0);
    while count < CASES {
        let line = lines.next().unwrap_or_else(|| panic!("{name}: too few lines"));
        let (expected, first) = line.split_once(' ').unwrap();
        let (mut digest, mut shown) = (FNV, String::new());
        for _ in 0..BLOCK {
            let mut g = Generator(number * 65536 + case as u64);
            model(case, &mut g, &mut |outputs| {
                if shown.is_empty() {
                    shown = outputs.iter().take(FIRST).map(i8::to_string).collect::<Vec<_>>().join(" ");
                }
                digest = fnv(digest, outputs);
                count += outputs.len();
            });
            case += 1;
        }
        assert!(first.starts_with(&shown), "{name}, model {}: {shown} and not {first}", case - BLOCK);
        assert_eq!(format!("{digest:016x}"), expected, "{name}, models {} to {case}", case - BLOCK);
    }
    assert_eq!(lines.next(), None);
    println!("{name}: {count} outputs of {case} models");
}

#[test]
fn dense() {
    compare(0, "dense", |case, g, mut show| match case % 2 {
        0 => layer::<DenseInt8<U16, U16>>(16, g, &mut show),
        _ => layer::<DenseInt8<U16, U16, Relu>>(16, g, &mut show),
    });
}

#[test]
fn tables() {
    fn of<A: Int8Activation>(g: &mut Generator, show: &mut impl FnMut(&[i8])) {
        let (exponents, x) = g.start();
        let times = g.exponent(-12, 0) - exponents[2];
        let mut layer = DenseInt8::<U16, U16, A>::ZERO;
        // Steps of inputs and sums are moved alike.
        let [_, w, y] = exponents;
        fill(&mut layer, g, times_power(x, times), [0, w, y + times]);
        run(&layer, g, 16, show);
    }
    compare(1, "tanh", |_, g, mut show| of::<Tanh>(g, &mut show));
    compare(2, "sigmoid", |_, g, mut show| of::<Sigmoid>(g, &mut show));
}

#[test]
fn convolutions() {
    type Around = Windows2d<U5, U6, U3, U3, U3, U1, U1, Same>;
    compare(3, "conv2d_same", |case, g, mut show| match case % 2 {
        0 => layer::<ConvInt8<Around, U4>>(4, g, &mut show),
        _ => layer::<ConvInt8<Around, U4, Relu>>(4, g, &mut show),
    });
    type Strided = Windows2d<U7, U6, U2, U3, U3, U2, U1, Same>;
    compare(4, "conv2d_stride", |case, g, mut show| match case % 2 {
        0 => layer::<ConvInt8<Strided, U8>>(4, g, &mut show),
        _ => layer::<ConvInt8<Strided, U8, Relu>>(4, g, &mut show),
    });
    type Inside = Windows2d<U6, U6, U3, U2, U2, U2, U1, Valid>;
    compare(5, "conv2d_valid", |case, g, mut show| match case % 2 {
        0 => layer::<ConvInt8<Inside, U16>>(4, g, &mut show),
        _ => layer::<ConvInt8<Inside, U16, Relu>>(4, g, &mut show),
    });
    type Dilated = Windows1d<U16, U3, U3, U1, U2, Same>;
    compare(6, "conv1d_dilated", |case, g, mut show| match case % 2 {
        0 => layer::<ConvInt8<Dilated, U4>>(4, g, &mut show),
        _ => layer::<ConvInt8<Dilated, U4, Relu>>(4, g, &mut show),
    });
}

#[test]
fn depthwise() {
    type Around = Windows2d<U5, U6, U4, U3, U3, U1, U1, Same>;
    compare(7, "depthwise_same", |case, g, mut show| match case % 2 {
        0 => layer::<DepthwiseConvInt8<Around>>(4, g, &mut show),
        _ => layer::<DepthwiseConvInt8<Around, Relu>>(4, g, &mut show),
    });
    type Strided = Windows2d<U9, U8, U6, U3, U3, U2, U1, Valid>;
    compare(8, "depthwise_stride", |case, g, mut show| match case % 2 {
        0 => layer::<DepthwiseConvInt8<Strided>>(4, g, &mut show),
        _ => layer::<DepthwiseConvInt8<Strided, Relu>>(4, g, &mut show),
    });
}

#[test]
fn pools() {
    /// The step and the zero point, which a pooling does not see.
    fn of<L: Integers>(g: &mut Generator, show: &mut impl FnMut(&[i8])) {
        let exponent = g.exponent(-40, 10);
        let scale = g.scale(exponent);
        assert_eq!(L::ZERO.scale(scale), scale);
        run(&L::ZERO, g, 4, show);
    }
    type Inside = Windows2d<U8, U8, U4, U2, U2, U2>;
    type Around = Windows2d<U7, U6, U4, U3, U3, U2, U1, Same>;
    compare(9, "max_pool", |_, g, mut show| of::<MaxPoolInt8<Inside>>(g, &mut show));
    compare(10, "max_pool_same", |_, g, mut show| of::<MaxPoolInt8<Around>>(g, &mut show));
    compare(11, "avg_pool", |_, g, mut show| of::<AvgPoolInt8<Inside>>(g, &mut show));
    compare(12, "avg_pool_same", |_, g, mut show| of::<AvgPoolInt8<Around>>(g, &mut show));
    compare(14, "global_avg_pool", |_, g, mut show| of::<GlobalAvgPoolInt8<Volume<U7, U6, U4>>>(g, &mut show));
}

#[test]
fn residual() {
    fn of<A: Int8Activation>(g: &mut Generator, show: &mut impl FnMut(&[i8])) {
        let ([of_x, w, of_f], x) = g.start();
        let apart = (of_f - of_x).rem_euclid(21) - 10;
        let mut layer = ResidualInt8::<DenseInt8<U16, U16, A>>::ZERO;
        let f = fill(layer.layers_mut(), g, x, [of_x, w + apart - (of_f - of_x), of_x + apart]);
        let exponent = of_x + apart.max(0) + g.exponent(-2, 2);
        let y = g.scale(exponent);
        layer.set(f, x, y);
        run(&layer, g, 16, show);
    }
    compare(13, "residual", |case, g, mut show| match case % 2 {
        0 => of::<Identity>(g, &mut show),
        _ => of::<Relu>(g, &mut show),
    });
}

/// Weights from −127 on.
fn symmetric<A: Array<Scalar = i8>>(g: &mut Generator) -> A {
    let mut all: A = g.bytes();
    all.flat_mut().iter_mut().for_each(|w| *w = (*w).max(-127));
    all
}

/// A step of these exponents.
fn step(g: &mut Generator, low: i32, high: i32) -> f32 {
    let exponent = g.exponent(low, high);
    g.step(exponent)
}

/// Scales of inputs and outputs.
fn ends(g: &mut Generator) -> [Scale; 2] {
    [(-9, -4), (-9, -6)].map(|(low, high)| {
        let exponent = g.exponent(low, high);
        g.scale(exponent)
    })
}

/// All steps at once, and one by one.
macro_rules! sequence {
    ($layer:expr, $g:expr, $show:expr) => {{
        let (layer, x) = ($layer, $g.bytes::<Matrix<U8, U5, i8>>());
        let (mut y, mut state) = (Matrix::<U8, U6, i8>::ZERO, layer.start());
        layer.forward(&x, &mut y);
        for (x, y) in x.iter().zip(&y) {
            layer.step(x, &mut state);
            assert_eq!(state.h, *y);
        }
        $show(y.flat());
    }};
}

#[test]
fn lstm() {
    compare(15, "lstm", |_, g, show| {
        let [x, y] = ends(g);
        let cells = g.exponent(-15, -9);
        let mut layer = LstmInt8::<U8, U5, U6, nanoprop::All>::ZERO;
        let (weights, recurrent) = (symmetric::<Matrix<U24, U5, i8>>(g), symmetric::<Matrix<U24, U6, i8>>(g));
        let steps = [(); 2].map(|()| [(); 4].map(|()| step(g, -11, -5)));
        layer.set(&weights, &recurrent, &g.bias(24), steps, x, cells as i8, y);
        sequence!(layer, g, show);
    });
}

/// Against the integers of recurrent.py: LiteRT has no such operators.
#[test]
fn gru_and_elman() {
    fn of<R: nanoprop::layer::ResetMode>(g: &mut Generator, show: &mut dyn FnMut(&[i8])) {
        let [x, y] = ends(g);
        let mut layer = GruInt8::<U8, U5, U6, nanoprop::All, R>::ZERO;
        let (weights, recurrent, new) = (symmetric(g), symmetric(g), symmetric(g));
        let steps = [(); 6].map(|()| step(g, -11, -5));
        let [a, b, c, d, e, n] = steps;
        let bias = [g.bias(18), g.bias(6)];
        layer.set(&weights, &recurrent, &new, [&bias[0], &bias[1]], ([a, b, c], [d, e], n), x, y);
        sequence!(layer, g, show);
    }
    compare(16, "gru_after", |_, g, show| of::<nanoprop::ResetAfter>(g, show));
    compare(18, "elman", |_, g, show| {
        let [x, y] = ends(g);
        let mut layer = ElmanInt8::<U8, U5, U6, nanoprop::All>::ZERO;
        let (weights, recurrent) = (symmetric(g), symmetric(g));
        let steps = [(); 2].map(|()| step(g, -11, -5));
        layer.set(&weights, &recurrent, &g.bias(6), steps, x, y);
        let (x, mut all, mut h) = (g.bytes::<Matrix<U8, U5, i8>>(), Matrix::<U8, U6, i8>::ZERO, layer.start());
        layer.forward(&x, &mut all);
        for (x, y) in x.iter().zip(&all) {
            layer.step(x, &mut h);
            assert_eq!(h, *y);
        }
        show(all.flat());
    });
    compare(17, "gru_before", |_, g, show| of::<nanoprop::ResetBefore>(g, show));
}
