//! Learns four motions of an accelerometer by a convolution and a recurrent layer, recognises new ones by windows, and runs
//! step by step, with the bits of a window.
#![cfg_attr(device, no_std, no_main)]

use firmware::{Gesture, Hand, digest, motion, number};
use nanoprop::prelude::*;

static NET: Hand<Gesture> = Hand::new(Gesture::ZERO);
static TAPE: Hand<TapeOf<Gesture>> = Hand::new(Gesture::TAPE);
static WINDOW: Hand<motion::Window> = Hand::new([[0.0; 3]; motion::STEPS]);

firmware::program!(run);

fn run() -> bool {
    let (Some(net), Some(tape), Some(window)) = (NET.take(), TAPE.take(), WINDOW.take()) else {
        return false;
    };
    let mut rng = Pcg32::new(11);
    net.initialize(&Xavier, &mut rng);
    for k in 0..480 {
        let class = k % motion::CLASSES;
        motion::window(class, &mut rng, window);
        let mut target = [0.0; motion::CLASSES];
        target.iter_mut().skip(class).take(1).for_each(|y| *y = 1.0);
        net.descend(&*window, &target, 0.1, tape);
    }
    digest("online", net.digest());

    let mut right = 0;
    for k in 0..40 {
        let class = k % motion::CLASSES;
        motion::window(class, &mut rng, window);
        right += u32::from(net.classify(&*window) == class);
    }
    number("gesture", "right", right);

    // The last window once more, as it would come from the sensor.
    let (mut stream, mut last) = (Gesture::STREAM, None);
    for step in window.iter() {
        last = net.stream(step, &mut stream).or(last);
    }
    let h = net.predict(&*window);
    let same = last.is_some_and(|last| last.iter().zip(&h).all(|(a, b)| a.to_bits() == b.to_bits()));
    same && right >= 36
}
