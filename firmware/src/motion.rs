//! Windows of a three-axis accelerometer, by a small simulation: rest, a shake, a circle, a tilt.
//!
//! Only + − ×, so that every target has the same numbers.

use nanoprop::prelude::*;

/// Steps in a window.
pub const STEPS: usize = 32;
/// Motions.
pub const CLASSES: usize = 4;

/// Acceleration in each direction, step by step, in units of gravity.
pub type Window = [[f32; 3]; STEPS];

/// From −1 to 1.
fn unit(rng: &mut Pcg32) -> f32 {
    (rng.bits() >> 8) as f32 / (1 << 23) as f32 - 1.0
}

/// A window of this motion: of random size and speed, from a random phase, with noise.
pub fn window(class: usize, rng: &mut Pcg32, window: &mut Window) {
    let (size, speed) = (0.8 + 0.4 * unit(rng), 0.5 + 0.2 * unit(rng));
    // A vector that turns by (c, s) each step.
    let (c, s) = (1.0 - 0.5 * speed * speed, speed);
    let (mut x, mut y) = (unit(rng), unit(rng));
    let start = (rng.bits() >> 28) as usize;
    for (t, step) in window.iter_mut().enumerate() {
        (x, y) = (c * x - s * y, s * x + c * y);
        // Keeps the length near 1.
        let keep = 1.5 - 0.5 * (x * x + y * y);
        (x, y) = (keep * x, keep * y);
        *step = [0.1 * unit(rng), 0.1 * unit(rng), 1.0 + 0.1 * unit(rng)];
        let [a, b, g] = step;
        match class {
            1 => *a += size * x,
            2 => (*a, *b) = (*a + size * x, *b + size * y),
            3 if t >= start => (*a, *g) = (*a + 0.6 * size, *g - 0.3 * size),
            _ => {}
        }
    }
}
