//! A network that recognises drawn digits, shows what it computes, and can be taught.

use nanoprop::prelude::*;

use crate::Digits;
use crate::digits::{self, BLANK, Sample};
use crate::once::Once;

/// What the page reads and writes: f32 numbers only, in this order.
#[repr(C)]
struct View {
    /// x, which the page writes.
    pixels: [f32; 64],
    /// a of the hidden units.
    hidden: [f32; 32],
    /// h, a probability for each digit.
    answer: [f32; 10],
    /// δ of the hidden units: the gradient of their biases.
    hidden_delta: [f32; 32],
    /// δ of the output units.
    answer_delta: [f32; 10],
    /// The cost, if there is a target.
    cost: f32,
}

struct Work {
    net: Digits,
    tape: TapeOf<Digits>,
    grad: Digits,
    sample: Sample,
    view: View,
}

static WORK: Once<Work> = Once::new(Work {
    net: Digits::ZERO,
    tape: Digits::TAPE,
    grad: Digits::ZERO,
    sample: BLANK,
    view: View {
        pixels: [0.0; 64],
        hidden: [0.0; 32],
        answer: [0.0; 10],
        hidden_delta: [0.0; 32],
        answer_delta: [0.0; 10],
        cost: 0.0,
    },
});

/// Where the view is.
#[unsafe(no_mangle)]
extern "C" fn digit_view() -> *const f32 {
    // SAFETY: a place within the static; nothing is read.
    unsafe { (&raw const (*WORK.place()).view).cast() }
}

/// Where the weights are: the biases of the hidden units, for each pixel its 32 weights, then the second layer.
#[unsafe(no_mangle)]
extern "C" fn digit_weights() -> *const f32 {
    // SAFETY: as in `digit_view`.
    unsafe { (&raw const (*WORK.place()).net).cast() }
}

/// Starts from a seed, and learns for some epochs; gives how many of the 120 digits held out are recognised.
#[unsafe(no_mangle)]
extern "C" fn digit_train(seed: u32, epochs: u32) -> u32 {
    // SAFETY: no other use of WORK meanwhile.
    unsafe {
        WORK.with(|work| {
            work.net.initialize(&Xavier, &mut Pcg32::new(seed.into()));
            for epoch in 0..epochs {
                let rate = 0.5 / (1.0 + epoch as f32 / 5.0);
                for row in digits::training() {
                    digits::read(row, &mut work.sample);
                    work.net.descend(&work.sample.0, &work.sample.1, rate, &mut work.tape);
                }
            }
            digits::recognised(&work.net, &mut work.sample)
        })
    }
}

/// Reads a digit that was held out into the view's pixels; gives its label.
#[unsafe(no_mangle)]
extern "C" fn digit_example(number: u32) -> u32 {
    // SAFETY: as above.
    unsafe {
        WORK.with(|work| {
            let row = digits::held_out().nth(number as usize % 120).unwrap_or(4);
            digits::read(row, &mut work.sample);
            work.view.pixels = work.sample.0;
            work.sample.1.index() as u32
        })
    }
}

/// Forward and backward of the view's pixels: all of the view. Without a target, 10 or more, δ is 0.
#[unsafe(no_mangle)]
extern "C" fn digit_look(target: u32) {
    // SAFETY: as above.
    unsafe { WORK.with(|work| work.look(target)) }
}

/// Takes an online step on the view's pixels, and looks again.
#[unsafe(no_mangle)]
extern "C" fn digit_teach(target: u32, rate: f32) {
    // SAFETY: as above.
    unsafe {
        WORK.with(|work| {
            if let Ok(class) = Class::<U10>::new(target as usize) {
                work.net.descend(&work.view.pixels, &class, rate, &mut work.tape);
            }
            work.look(target);
        });
    }
}

impl Work {
    fn look(&mut self, target: u32) {
        let class = Class::<U10>::new(target as usize);
        self.grad.parameters_mut().fill(0.0);
        // The tape needs some target; without one, δ is thrown away.
        let any = class.unwrap_or(BLANK.1);
        self.net.accumulate(&self.view.pixels, &any, &mut self.grad, &mut self.tape);
        copy(self.tape.0.output().as_slice(), &mut self.view.hidden);
        copy(self.net.predict(&self.view.pixels).as_slice(), &mut self.view.answer);
        let shown = if class.is_ok() { 1.0 } else { 0.0 };
        // ∂J/∂b = δ: the biases come first in each layer.
        let grad = self.grad.parameters();
        copy(grad, &mut self.view.hidden_delta);
        copy(grad.get(65 * 32..).unwrap_or_default(), &mut self.view.answer_delta);
        self.view.hidden_delta.iter_mut().chain(&mut self.view.answer_delta).for_each(|d| *d *= shown);
        self.view.cost = shown * self.net.loss(&self.view.pixels, &any);
    }
}

fn copy(from: &[f32], to: &mut [f32]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
}
