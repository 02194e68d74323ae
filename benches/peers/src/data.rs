use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use crate::reference::{Layer, NETWORKS, Network, SAMPLES, Units};

/// A value on a cache line of its own.
#[derive(Clone)]
#[repr(align(64))]
pub struct Aligned<T>(pub T);

impl<T> Deref for Aligned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Aligned<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

/// Numbers that begin on a cache line.
struct Numbers {
    lines: Vec<Aligned<[f32; 16]>>,
    length: usize,
}

impl Numbers {
    fn new(bytes: &[u8]) -> Numbers {
        let line = |bytes: &[u8]| {
            let mut line = Aligned([0.0; 16]);
            line.iter_mut().zip(bytes.chunks_exact(4)).for_each(|(x, b)| {
                *x = f32::from_le_bytes([b[0], b[1], b[2], b[3]]);
            });
            line
        };
        Numbers { lines: bytes.chunks(64).map(line).collect(), length: bytes.len() / 4 }
    }

    fn slice(&self) -> &[f32] {
        // SAFETY: lines of 16 numbers without padding, of which `length` were written.
        unsafe { std::slice::from_raw_parts(self.lines.as_ptr().cast(), self.length) }
    }
}

/// The weights that all peers begin with, and the samples.
pub struct Data {
    /// The network.
    pub net: Network,
    weights: Numbers,
    inputs: Numbers,
    targets: Numbers,
}

impl Data {
    /// Reads what [`write_all`] wrote.
    pub fn read(net: Network) -> io::Result<Data> {
        let bytes = fs::read(directory().join(format!("{}.f32", net.name)))?;
        let (weights, samples) = bytes.split_at(net.parameters() * 4);
        let (inputs, targets) = samples.split_at(SAMPLES * net.inputs() * 4);
        Ok(Data { net, weights: Numbers::new(weights), inputs: Numbers::new(inputs), targets: Numbers::new(targets) })
    }

    /// Θ: layer by layer the biases, then the weights from each input to all outputs.
    pub fn weights(&self) -> &[f32] {
        self.weights.slice()
    }

    /// Each layer's widths `(in, out)`, biases `[out]` and weights `[in × out]`.
    pub fn layers(&self) -> impl Iterator<Item = (usize, usize, &[f32], &[f32])> {
        let mut rest = self.weights();
        self.net.widths.windows(2).map(move |w| {
            let (bias, tail) = rest.split_at(w[1]);
            let (weight, tail) = tail.split_at(w[0] * w[1]);
            rest = tail;
            (w[0], w[1], bias, weight)
        })
    }

    /// Each layer of a network over windows, its biases and its weights.
    pub fn windows(&self) -> impl Iterator<Item = (Layer, &[f32], &[f32])> {
        let mut rest = self.weights();
        self.net.windows.iter().map(move |&layer| {
            let (biases, weights) = layer.sizes();
            let (bias, tail) = rest.split_at(biases);
            let (weight, tail) = tail.split_at(weights);
            rest = tail;
            (layer, bias, weight)
        })
    }

    /// All inputs, row by row.
    pub fn inputs(&self) -> &[f32] {
        self.inputs.slice()
    }

    /// All targets, row by row.
    pub fn targets(&self) -> &[f32] {
        self.targets.slice()
    }

    /// The inputs of call `i` of `size` samples.
    pub fn x(&self, i: usize, size: usize) -> &[f32] {
        let length = size * self.net.inputs();
        &self.inputs()[i * length..][..length]
    }

    /// The targets of call `i` of `size` samples.
    pub fn y(&self, i: usize, size: usize) -> &[f32] {
        let length = size * self.net.outputs();
        &self.targets()[i * length..][..length]
    }
}

/// Where the peers find their numbers: `PEERS_DATA`.
pub fn directory() -> PathBuf {
    env::var_os("PEERS_DATA").map_or_else(|| PathBuf::from("target/data"), PathBuf::from)
}

/// Writes each network's weights, inputs and targets to `NAME.f32`, little-endian, one after the other.
pub fn write_all(directory: &Path) -> io::Result<()> {
    fs::create_dir_all(directory)?;
    for net in NETWORKS {
        let mut random = Xorshift(0x2545_F491_4F6C_DD1D);
        let mut numbers = Vec::new();
        for (biases, weights, terms, _) in net.sizes() {
            let scale = (terms as f32).sqrt().recip();
            numbers.extend((0..biases + weights).map(|_| scale * random.signed()));
        }
        let signed = net.units == Units::Tanh || !net.windows.is_empty();
        let input = |random: &mut Xorshift| if signed { random.signed() } else { random.unit() };
        numbers.extend((0..SAMPLES * net.inputs()).map(|_| input(&mut random)));
        for _ in 0..SAMPLES {
            let class = (random.unit() * net.outputs() as f32) as usize;
            numbers.extend((0..net.outputs()).map(|k| match net.classes() {
                true => f32::from(k == class),
                false => 0.8 * random.signed(),
            }));
        }
        let bytes: Vec<u8> = numbers.iter().flat_map(|x| x.to_le_bytes()).collect();
        fs::write(directory.join(format!("{}.f32", net.name)), bytes)?;
    }
    Ok(())
}

struct Xorshift(u64);

impl Xorshift {
    fn unit(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 40) as f32 / (1 << 24) as f32
    }

    fn signed(&mut self) -> f32 {
        2.0 * self.unit() - 1.0
    }
}
