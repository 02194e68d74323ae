//! Learns, saves now and then, loses power in the middle of a save, starts anew, and goes on from what it finds in flash:
//! in the end the weights are those of a device that never lost power. Power fails after each operation of a save in turn.
#![cfg_attr(device, no_std, no_main)]

use firmware::flash::Flash;
use firmware::{Hand, Tiny, digest, number};
use nanoprop::prelude::*;
use nanoprop::storage::Slots;

const STEPS: u32 = 40;
/// A save after so many steps.
const EVERY: u32 = 8;

static NET: Hand<Tiny> = Hand::new(Tiny::ZERO);
static TAPE: Hand<TapeOf<Tiny>> = Hand::new(Tiny::TAPE);
static FLASH: Hand<Flash> = Hand::new(Flash::NEW);

firmware::program!(run);

/// Start of a device: what is in flash, or the first weights.
fn start(net: &mut Tiny, flash: &mut Flash) -> u32 {
    let mut steps = 0;
    let found = Slots::new(flash, 0..Flash::BYTES).and_then(|mut slots| slots.restore((&mut *net, &mut steps)));
    if found.is_err() {
        net.initialize(&Xavier, &mut Pcg32::new(1));
        return 0;
    }
    steps
}

/// Learns from step `steps` on, with a save now and then; false where power fails.
fn learn(mut steps: u32, net: &mut Tiny, tape: &mut TapeOf<Tiny>, flash: &mut Flash) -> bool {
    while steps < STEPS {
        let mut rng = Pcg32::new(steps.into());
        let mut x = [0.0; 3];
        x.iter_mut().for_each(|x| *x = (rng.bits() >> 8) as f32 / (1 << 24) as f32);
        let [a, b, c] = x;
        net.descend(&x, &[a * b, b * c, c * a], 0.5, tape);
        steps += 1;
        if steps.is_multiple_of(EVERY) {
            let saved = Slots::new(&mut *flash, 0..Flash::BYTES).and_then(|mut slots| slots.save((&*net, &steps)));
            if saved.is_err() {
                return false;
            }
        }
    }
    true
}

fn run() -> bool {
    let (Some(net), Some(tape), Some(flash)) = (NET.take(), TAPE.take(), FLASH.take()) else { return false };
    net.initialize(&Xavier, &mut Pcg32::new(1));
    if !learn(0, net, tape, flash) {
        return false;
    }
    let straight = net.digest();
    digest("straight", straight);

    // Until there is power for a whole training.
    let mut cuts = 0;
    loop {
        *flash = Flash::NEW;
        flash.power(cuts + 1);
        let steps = start(net, flash);
        let whole = learn(steps, net, tape, flash);
        if !whole {
            net.parameters_mut().fill(0.0);
            flash.power(u32::MAX);
            let steps = start(net, flash);
            if !learn(steps, net, tape, flash) {
                return false;
            }
        }
        if net.digest() != straight {
            return false;
        }
        if whole {
            break;
        }
        cuts += 1;
    }
    number("count", "cuts", cuts);
    cuts > 300
}
