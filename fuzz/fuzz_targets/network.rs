//! `Network::load`: what it accepts is saved as the same bytes, if it is finite, and can be trained; what it refuses changes nothing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nanoprop::CheckpointError;
use nanoprop::prelude::*;

mod forge;

network! {
    type Net = 3 => Dense<4, Tanh> => Dense<2>, loss = SoftmaxCrossEntropy;
}

fn check(bytes: &[u8]) {
    let mut net = Net::ZERO;
    net.initialize(&Xavier, &mut Pcg32::new(1));
    let before = net.digest();
    let alone = nanoprop_exchange::Checkpoint::read(bytes);
    if net.load(bytes).is_err() {
        return assert_eq!(net.digest(), before, "refused, and the network has changed");
    }
    assert_eq!(alone.unwrap().digest, net.digest());
    let mut saved = [0; Net::CHECKPOINT];
    if net.is_finite() {
        assert_eq!(net.save(&mut saved), Ok(bytes.len()));
        assert_eq!(saved, bytes, "accepted, and saved otherwise");
    } else {
        assert!(matches!(net.save(&mut saved), Err(CheckpointError::NotFinite(_))));
    }
    let (mut tape, y) = (Net::TAPE, Class::<U2>::new(1).unwrap());
    (0..3).for_each(|_| net.descend(&[0.5, -1.0, 2.0], &y, 0.1, &mut tape));
    net.predict(&[0.5, -1.0, 2.0]);
}

fuzz_target!(|data: &[u8]| {
    check(data);
    let mut forged = vec![0; Net::CHECKPOINT];
    Net::ZERO.save(&mut forged).unwrap();
    forge::damage(&mut forged, data);
    forge::seal(&mut forged);
    check(&forged);
});
