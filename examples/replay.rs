//! What a device learned in the field, replayed on a desk: the same samples from the same seed give the same weights,
//! bit for bit, whatever the processor. A log that says otherwise is found out at the sample where it departs.
//!
//! The device logs each sample with a witness, 32 bits that its δ = h − y hashes to, and the digest of all weights
//! now and then. δ depends on the sample, its target, and every step before. The witness costs a few hundred
//! instructions, where the digest reads all weights. It tells error from truth, not a forger who learns along.
//!
//! ```text
//! the device learned 600 samples, and logged 41400 bytes and 6 digests
//! replayed: the weights are dab8810e909d8e79, as in the log
//! one pixel of sample 417 a shade darker: departs at sample 417
//! another label of sample 58: departs at sample 58
//! sample 200 lost: departs at sample 200
//! another seed: departs at sample 0
//! ```

#[path = "support/pipe.rs"]
mod pipe;

use nanoprop::layer::Tape;
use nanoprop::prelude::*;

#[path = "../tests/support/digits.rs"]
mod digits;

network! { type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy; }

const RATE: f32 = 0.3;
/// A digest of the weights after so many samples.
const EVERY: usize = 100;

/// What is logged of a sample: 64 bytes of pixels in 0 to 16, one of label, four of witness.
#[derive(Clone)]
struct Record {
    pixels: [u8; 64],
    label: u8,
    witness: u32,
}

/// All that a device logs.
#[derive(Clone)]
struct Log {
    seed: u64,
    records: Vec<Record>,
    digests: Vec<u64>,
}

/// Learns from a log, and shows `look` each sample's index and witness, and the weights after it.
fn learn(log: &Log, mut look: impl FnMut(usize, u32, &Digits)) {
    let (mut net, mut tape) = (Digits::ZERO, Digits::TAPE);
    net.initialize(&Xavier, &mut Pcg32::new(log.seed));
    for (index, record) in log.records.iter().enumerate() {
        let x = record.pixels.map(|pixel| f32::from(pixel) / 16.0);
        let y: Class<U10> = Class::new(record.label.into()).expect("labels are 0 to 9");
        net.descend(&x, &y, RATE, &mut tape);
        let (_, delta) = tape.split();
        // FNV-1a, a word at a time.
        let witness = delta.iter().fold(0x811c_9dc5, |hash, d| (hash ^ d.to_bits()).wrapping_mul(0x0100_0193));
        look(index, witness, &net);
    }
}

/// Where a replay first differs from its log, if it does.
fn departure(log: &Log) -> Option<usize> {
    let mut found = None;
    learn(log, |index, witness, net| {
        let digest = ((index + 1) % EVERY == 0).then(|| log.digests.get(index / EVERY) == Some(&net.digest()));
        if found.is_none() && (log.records[index].witness != witness || digest == Some(false)) {
            found = Some(index);
        }
    });
    found
}

fn main() {
    pipe::end_quietly();
    let (train, _) = digits::split(|row| row % 5 == 4);
    let record =
        |(x, y): &digits::Sample| Record { pixels: x.map(|x| (x * 16.0) as u8), label: y.index() as u8, witness: 0 };
    let mut log = Log { seed: 1, records: train.iter().take(600).map(record).collect(), digests: vec![] };

    // In the field: the device learns and logs.
    let (mut witnesses, mut digests) = (vec![], vec![]);
    learn(&log, |index, witness, net| {
        witnesses.push(witness);
        if (index + 1) % EVERY == 0 {
            digests.push(net.digest());
        }
    });
    log.records.iter_mut().zip(witnesses).for_each(|(record, witness)| record.witness = witness);
    log.digests = digests;
    let (samples, digests) = (log.records.len(), log.digests.len());
    println!("the device learned {samples} samples, and logged {} bytes and {digests} digests", samples * 69);

    // On the desk.
    assert_eq!(departure(&log), None);
    println!("replayed: the weights are {:016x}, as in the log", log.digests[digests - 1]);

    // Logs that do not tell what happened.
    let tampered = |what: &str, at: usize, change: &dyn Fn(&mut Log)| {
        let mut log = log.clone();
        change(&mut log);
        assert_eq!(departure(&log), Some(at), "{what}");
        println!("{what}: departs at sample {at}");
    };
    tampered("one pixel of sample 417 a shade darker", 417, &|log| log.records[417].pixels[28] ^= 1);
    tampered("another label of sample 58", 58, &|log| log.records[58].label = (log.records[58].label + 1) % 10);
    tampered("sample 200 lost", 200, &|log| _ = log.records.remove(200));
    tampered("another seed", 0, &|log| log.seed = 2);
}
