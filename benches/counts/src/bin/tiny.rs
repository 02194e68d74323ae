//! The time of tiny's forward pass, in nanoseconds: the shortest of many rounds, for `dispatch`.

use std::hint::black_box;
use std::time::Instant;

use counts::Tiny;
use nanoprop::prelude::*;

fn main() {
    let mut net = Tiny::ZERO;
    net.initialize(&Xavier, &mut Pcg32::new(1));
    let xs: [[f32; 3]; 64] = std::array::from_fn(|k| [k as f32 / 64.0, 0.5, 0.25]);
    let mut best = f64::INFINITY;
    for _ in 0..4000 {
        let start = Instant::now();
        for _ in 0..8 {
            for x in &xs {
                black_box(black_box(&net).predict(black_box(x)));
            }
        }
        best = best.min(start.elapsed().as_secs_f64() / 512.0);
    }
    println!("{:.3}", best * 1e9);
}
