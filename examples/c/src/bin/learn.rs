//! What `digits.c` does, in Rust: the same lines, bit for bit.

use digits::{Digits, TRAINED};
use nanoprop::prelude::*;

static PIXELS: &[[u8; 64]] = include_bytes!("../../../../data/digits/digits8x8_pixels_u8.bin").as_chunks().0;
static LABELS: &[u8] = include_bytes!("../../../../data/digits/digits8x8_labels_u8.bin");

fn main() {
    let samples: Vec<([f32; 64], Class<U10>)> = PIXELS
        .iter()
        .zip(LABELS)
        .map(|(pixels, &label)| {
            (pixels.map(|pixel| f32::from(pixel) / 16.0), Class::new(label.into()).expect("a digit"))
        })
        .collect();
    let (mut net, mut tape) = (Digits::ZERO, Digits::TAPE);
    net.initialize(&Xavier, &mut Pcg32::new(1));
    println!("start {:016x}", net.digest());
    for epoch in 0..20 {
        let rate = 0.5 / (1.0 + epoch as f32 / 5.0);
        for (_, (x, y)) in samples.iter().enumerate().filter(|(row, _)| row % 5 != 4) {
            net.descend(x, y, rate, &mut tape);
        }
    }
    println!("trained {:016x}", net.digest());
    let held_out: Vec<_> = samples.iter().skip(4).step_by(5).copied().collect();
    let right = held_out.iter().filter(|(x, y)| net.classify(x) == y.index()).count();
    println!("recognised {right} of {}", held_out.len());
    println!("cost {:08x}", net.cost(&held_out[..], NoPenalty).to_bits());
    println!("resident {:016x}", TRAINED.digest());
}
