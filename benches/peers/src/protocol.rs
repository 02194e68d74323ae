use std::collections::HashMap;
use std::fmt::Write as _;
use std::hint::black_box;
use std::io::{self, Write as _};

use crate::clock::{Timing, time};
use crate::data::Data;
use crate::reference::{BATCH, Network, POOL, Quantity, SAMPLES, STEPS};

/// One network as a peer computes it. Each method is one call of what its [`Quantity`] names.
pub trait Peer: Sized {
    /// What it can do.
    const DOES: &'static [Quantity];

    /// The network with the given weights.
    fn new(data: &'static Data) -> Self;

    /// The given weights again, before every check and measurement.
    fn reset(&mut self, data: &'static Data) {
        *self = Self::new(data);
    }

    /// Forward of sample `i`.
    fn forward(&mut self, i: usize);

    /// Step `i` of a stream.
    fn stream(&mut self, i: usize) {
        let _ = i;
    }

    /// A step by sample `i`.
    fn online(&mut self, i: usize) {
        let _ = i;
    }

    /// A step by samples `32 i` to `32 i + 31`.
    fn batch_step(&mut self, i: usize) {
        let _ = i;
    }

    /// Forward of samples `256 i` to `256 i + 255`.
    fn batch_forward(&mut self, i: usize) {
        let _ = i;
    }

    /// The outputs of the last forward pass or step of a stream: of one sample, or of 256.
    fn outputs(&self) -> Vec<f32>;
}

fn call<P: Peer>(peer: &mut P, quantity: Quantity, i: usize) {
    match quantity {
        Quantity::Forward => peer.forward(i),
        Quantity::Online => peer.online(i),
        Quantity::BatchStep => peer.batch_step(i),
        Quantity::BatchForward => peer.batch_forward(i),
        Quantity::Stream => peer.stream(i),
    }
}

/// What a peer of any type answers with.
trait Answers {
    fn check(&mut self, quantity: Quantity) -> Vec<f32>;
    fn measure(&mut self, quantity: Quantity, ms: f64) -> Timing;
}

impl<P: Peer> Answers for (P, &'static Data) {
    fn check(&mut self, quantity: Quantity) -> Vec<f32> {
        let peer = &mut self.0;
        peer.reset(self.1);
        match quantity {
            Quantity::Forward | Quantity::Stream => {}
            Quantity::Online | Quantity::BatchStep => (0..STEPS).for_each(|i| call(peer, quantity, i)),
            Quantity::BatchForward => {
                peer.batch_forward(0);
                return peer.outputs();
            }
        }
        (0..POOL)
            .flat_map(|i| {
                call(peer, if quantity == Quantity::Stream { quantity } else { Quantity::Forward }, i);
                peer.outputs()
            })
            .collect()
    }

    fn measure(&mut self, quantity: Quantity, ms: f64) -> Timing {
        let peer = &mut self.0;
        peer.reset(self.1);
        let (samples, calls) = (quantity.samples(), quantity.calls());
        // A loop each, so that each holds one kind of call and the compiler can do with it what it likes.
        match quantity {
            Quantity::Forward => time(ms, samples, calls, |i| black_box(&mut *peer).forward(i)),
            Quantity::Online => time(ms, samples, calls, |i| black_box(&mut *peer).online(i)),
            Quantity::BatchStep => time(ms, samples, calls, |i| black_box(&mut *peer).batch_step(i)),
            Quantity::BatchForward => time(ms, samples, calls, |i| black_box(&mut *peer).batch_forward(i)),
            Quantity::Stream => time(ms, samples, calls, |i| black_box(&mut *peer).stream(i)),
        }
    }
}

type Cells = (Box<dyn Answers>, &'static [Quantity]);

/// A peer of one network, ready to answer.
pub struct Ready(Cells);

impl Ready {
    /// Makes the peer.
    pub fn new<P: Peer + 'static>(data: &'static Data) -> Ready {
        Ready((Box::new((P::new(data), data)), P::DOES))
    }
}

/// Answers the lines on standard input until it ends. `make` is asked once for each network.
pub fn serve(version: &str, make: impl FnMut(&'static Data) -> Ready) -> io::Result<()> {
    answer(version, |_| true, make)
}

/// [`serve`] of a peer that has no networks over windows.
pub fn serve_dense(version: &str, make: impl FnMut(&'static Data) -> Ready) -> io::Result<()> {
    answer(version, |net| net.windows.is_empty(), make)
}

fn answer(version: &str, has: fn(&Network) -> bool, mut make: impl FnMut(&'static Data) -> Ready) -> io::Result<()> {
    const { assert!(BATCH * STEPS <= SAMPLES) };
    say(&format!("ready {version}"))?;
    let mut cells: HashMap<&'static str, Cells> = HashMap::new();
    for line in io::stdin().lines() {
        let line = line?;
        let words: Vec<&str> = line.split_whitespace().collect();
        let [verb, net, quantity, ..] = words[..] else { continue };
        let (Some(net), Some(quantity)) = (Network::named(net).filter(has), Quantity::named(quantity)) else {
            say("no")?;
            continue;
        };
        if !cells.contains_key(net.name) {
            let data = Box::leak(Box::new(Data::read(net)?));
            cells.insert(net.name, make(data).0);
        }
        let (peer, does) = cells.get_mut(net.name).expect("it was just made");
        if !does.contains(&quantity) {
            say("no")?;
            continue;
        }
        let mut answer = String::from("ok");
        if verb == "check" {
            peer.check(quantity).iter().for_each(|x| write!(answer, " {x}").expect("strings take all"));
        } else {
            let ms = words.get(3).and_then(|ms| ms.parse().ok()).unwrap_or(50.0);
            let Timing { median, tenth, least } = peer.measure(quantity, ms);
            write!(answer, " {median:.3} {tenth:.3} {least:.3}").expect("strings take all");
        }
        say(&answer)?;
    }
    Ok(())
}

fn say(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}
