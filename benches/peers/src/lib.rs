//! The harness that all peers written in Rust share: the networks, their numbers, the clock and the protocol.
//!
//! A peer is a program that answers lines on its standard input, so that every peer is loaded once, keeps its
//! caches and compiled code, and can be measured in turns with the others:
//!
//! ```text
//! ready candle-core 0.11.1          it starts
//! > check digits online             the outputs after the steps that `Quantity` describes
//! ok 0.41 0.66 …
//! > measure digits online 50        milliseconds
//! ok 231.2 229.9 228.4              ns per sample: median, tenth percentile, least
//! > measure digits batch-step 50
//! no                                it can't
//! ```

mod clock;
mod data;
mod protocol;
mod reference;

pub use clock::{Timing, time};
pub use data::{Aligned, Data, directory, write_all};
pub use protocol::{Peer, Ready, serve, serve_dense};
pub use reference::{BATCH, LARGE, Layer, NETWORKS, Network, POOL, Quantity, RATE, SAMPLES, STEPS, TOLERANCE, Units};

/// The version of a package in this crate's lock file.
pub fn locked(package: &str) -> String {
    let wanted = format!("name = \"{package}\"");
    let mut lines = include_str!("../Cargo.lock").lines().skip_while(|line| *line != wanted).skip(1);
    let version = lines.next().and_then(|line| line.split('"').nth(1)).unwrap_or("?");
    format!("{package} {version}")
}
