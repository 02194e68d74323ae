//! Dense layers in integers of 8 bits: the instructions and stack of a forward pass of digits, and outputs of layers of all kinds
//! of widths, numbers and places in memory, of which the digests are the host's, whose sums are plain loops.
#![cfg_attr(device, no_std, no_main)]

use core::hint::black_box;

use firmware::measure::measure;
use firmware::{Hand, Small, digest, weights};
use nanoprop::array::Aligned;
use nanoprop::int8::{DenseInt8, Int8Activation, Int8Layer, Scale};
use nanoprop::prelude::*;
use nanoprop::{Plain, width};

static SAMPLE: Hand<[i8; 64]> = Hand::new([0; 64]);

firmware::program!(run);

/// A layer that begins at no multiple of anything.
#[repr(C)]
struct Odd<L>(u8, L);

/// The largest weights and inputs, or any.
fn byte(rng: &mut Pcg32, kind: u32) -> i8 {
    let any = (rng.bits() >> 16) as i8;
    match kind {
        0 => -128,
        1 => 127,
        2 => [-128, 127][usize::from(any < 0)],
        _ => any,
    }
}

/// Sets and runs a layer, on a multiple of four bytes and off one; goes on with a digest of its outputs.
#[inline(never)]
fn layer<In: Width, Out: Width, A: Int8Activation>(rng: &mut Pcg32, all: &mut u64) {
    let mut layer = Aligned::new(DenseInt8::<In, Out, A>::ZERO);
    let mut odd = Aligned::new(Odd(0, DenseInt8::<In, Out, A>::ZERO));
    let mut rows = Matrix::<Out, In, i8>::ZERO;
    let (mut x, mut y) = (Vector::<In, i8>::ZERO, Vector::<Out, i8>::ZERO);
    let (mut bias, mut steps) = ([0; MOST], [0.0; MOST]);
    for case in 0..12 {
        rows.flat_mut().iter_mut().for_each(|w| *w = byte(rng, case));
        bias.iter_mut().for_each(|bias| *bias = rng.bits().cast_signed() >> 16);
        // In the last cases some factors are ¼ or more.
        steps.iter_mut().for_each(|step| *step = (rng.bits() >> 8) as f32 / if case < 9 { 1e11 } else { 1e7 });
        let (from, to) = (Scale::new(1.0, byte(rng, case / 3)), Scale::new(1.0, byte(rng, case % 4)));
        layer.set(&rows, &bias, &steps, from, to);
        odd.1.set(&rows, &bias, &steps, from, to);
        for kind in 0..4 {
            x.iter_mut().for_each(|x| *x = byte(rng, kind));
            for layer in [&*layer, &odd.1] {
                layer.forward(black_box(&x), &mut y);
                y.iter().for_each(|y| *all = (*all ^ u64::from(y.cast_unsigned())).wrapping_mul(0x100_0000_01b3));
            }
        }
    }
}

/// The most outputs.
const MOST: usize = 10;

fn run() -> bool {
    let Some(x) = SAMPLE.take() else { return false };
    measure("nothing", &mut || ());
    let net: &Small = &weights::SMALL;
    measure("int8/forward", &mut || _ = black_box(forward(net, black_box(x))));

    let (mut all, rng) = (0xcbf2_9ce4_8422_2325_u64, &mut Pcg32::new(1));
    layer::<width!(1), U1, Identity>(rng, &mut all);
    layer::<width!(1), U2, Relu>(rng, &mut all);
    layer::<width!(2), U3, Tanh>(rng, &mut all);
    layer::<width!(3), U2, Identity>(rng, &mut all);
    layer::<width!(4), U4, Relu>(rng, &mut all);
    layer::<width!(5), U5, Identity>(rng, &mut all);
    layer::<width!(7), U2, Sigmoid>(rng, &mut all);
    layer::<width!(8), U1, Identity>(rng, &mut all);
    layer::<width!(8), U2, Identity>(rng, &mut all);
    layer::<width!(8), U3, Tanh>(rng, &mut all);
    layer::<width!(9), U4, Relu>(rng, &mut all);
    layer::<width!(12), U2, Identity>(rng, &mut all);
    layer::<width!(16), U5, Relu>(rng, &mut all);
    layer::<width!(24), U4, Tanh>(rng, &mut all);
    layer::<width!(32), U10, Identity>(rng, &mut all);
    layer::<width!(40), U3, Identity>(rng, &mut all);
    layer::<width!(48), U2, Relu>(rng, &mut all);
    layer::<width!(56), U7, Sigmoid>(rng, &mut all);
    layer::<width!(64), U6, Relu>(rng, &mut all);
    layer::<width!(65), U2, Identity>(rng, &mut all);
    layer::<width!(72), U3, Relu>(rng, &mut all);
    layer::<width!(128), U2, Identity>(rng, &mut all);
    layer::<width!(256), U2, Tanh>(rng, &mut all);
    layer::<width!(259), U3, Identity>(rng, &mut all);
    layer::<width!(600), U2, Relu>(rng, &mut all);
    digest("outputs", all);
    true
}

/// Once in flash, and its stack once.
#[inline(never)]
fn forward(net: &Small, x: &[i8; 64]) -> Vector<U10, i8> {
    net.logits(x)
}
