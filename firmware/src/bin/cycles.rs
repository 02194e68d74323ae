//! A forward pass and an online step of digits, in `f32`, with weights of 16 bits, in fixed point and in integers
//! of 8 bits, each between two calls of
//! `mark`, for `firmware/cycles` to find in a trace of what an emulator executes.
#![cfg_attr(device, no_std, no_main)]

use core::hint::black_box;

use firmware::{Digits, Fixed, Hand, number, weights};
use nanoprop::Q16;
use nanoprop::prelude::*;

static SINGLE: Hand<Digits> = Hand::new(Digits::ZERO);
static SINGLE_TAPE: Hand<TapeOf<Digits>> = Hand::new(Digits::TAPE);
static FIXED: Hand<Fixed> = Hand::new(Fixed::ZERO);
static FIXED_TAPE: Hand<TapeOf<Fixed>> = Hand::new(Fixed::TAPE);

/// Inputs of which none is 0: kernels pass over those. From 1 to 255.
const SHADES: [u8; 64] = {
    let (mut all, mut state, mut k) = ([0; 64], 1_u32, 0);
    while k < 64 {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        all[k] = (state >> 24) as u8 | 1;
        k += 1;
    }
    all
};

firmware::program!(run);

fn run() -> bool {
    let (Some(single), Some(single_tape)) = (SINGLE.take(), SINGLE_TAPE.take()) else { return false };
    let (Some(fixed), Some(fixed_tape)) = (FIXED.take(), FIXED_TAPE.take()) else { return false };
    single.initialize(&Xavier, &mut Pcg32::new(1));
    fixed.initialize(&Xavier, &mut Pcg32::new(1));
    let y = match Class::<U10>::new(7) {
        Ok(class) => class,
        Err(_) => return false,
    };

    traced("nothing", &mut || ());
    let x = const {
        let (mut x, mut k) = ([0.0_f32; 64], 0);
        while k < 64 {
            x[k] = SHADES[k] as f32 / 256.0;
            k += 1;
        }
        x
    };
    traced("f32/forward", &mut || _ = black_box(single.predict(black_box(&x))));
    traced("f32/online", &mut || single.descend(black_box(&x), black_box(&y), black_box(0.1), single_tape));
    traced("bf16/forward", &mut || _ = black_box(weights::BRAIN.predict(black_box(&x))));
    traced("f16/forward", &mut || _ = black_box(weights::BINARY16.predict(black_box(&x))));
    let x = SHADES.map(|shade| Q16::<12>::from_bits(i16::from(shade) << 4));
    traced("fixed/forward", &mut || _ = black_box(fixed.predict(black_box(&x))));
    let rate = black_box(const { Q16::new(0.1) });
    traced("fixed/online", &mut || fixed.descend(black_box(&x), black_box(&y), rate, fixed_tape));
    let x = SHADES.map(|shade| shade as i8 ^ -128);
    traced("int8/forward", &mut || _ = black_box(weights::SMALL.logits(black_box(&x))));
    true
}

/// Some work between two marks.
#[inline(never)]
fn traced(name: &str, work: &mut dyn FnMut()) {
    number("trace", name, 0);
    mark();
    work();
    mark();
}

/// A place in a trace.
#[inline(never)]
#[unsafe(no_mangle)]
extern "C" fn mark() {
    black_box(());
}
