//! Checkpoints of a model, the bytes that `Network::save` writes and `Network::load` reads.

mod file;

use crc::{CRC_32_ISO_HDLC, Crc};
use nanoprop::runtime::{Fnv, Text, digest, values};

pub(crate) use file::kept_by_optimizers;
pub use file::{Checkpoint, Learning};

use crate::error::{Error, Place};
use crate::model::{Kind, Layer, Misfit, Model, Reset, Scalar, Tensor, frame, spread};

const CRC_32: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

/// Checkpoints.
impl Model {
    /// The architecture's hash, `Network::FINGERPRINT` of the network that the model's spec declares.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    /// use nanoprop_exchange::{Activation, Kind, Model};
    ///
    /// network! { type Net = 3 => Dense<2, Tanh>, loss = SquaredError; }
    /// let mut model = Model::new("Net", &[3])?;
    /// model.push(Kind::Dense { units: 2, activation: Activation::Tanh, bias: true })?;
    /// assert_eq!(model.fingerprint(), Net::FINGERPRINT);
    /// # Ok::<(), nanoprop_exchange::Misfit>(())
    /// ```
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        let scalar = match self.scalar {
            Scalar::F32 => "f32",
            Scalar::F64 => "f64",
            Scalar::Fused => "fused",
        };
        let start = Fnv::new().bytes(scalar.as_bytes()).bytes(self.loss.name().as_bytes());
        self.layers().iter().fold(start, hash).finish()
    }

    /// The bytes that the network's `load` reads.
    ///
    /// # Errors
    ///
    /// If a tensor has no numbers, or one that is NaN or infinite in the model's scalar.
    pub fn checkpoint(&self) -> Result<Vec<u8>, Error> {
        let count = self.parameters() as u64;
        let mut bytes = b"nprp\x01\0".to_vec();
        bytes.extend((self.scalar.bytes() as u16).to_le_bytes());
        bytes.extend(self.fingerprint().to_le_bytes());
        bytes.extend(count.to_le_bytes());
        for (number, layer) in self.leaves().into_iter().enumerate() {
            for tensor in layer.tensors() {
                let place = || place(number, layer, tensor);
                if !tensor.is_set() {
                    return Err(Error::Unset(place()));
                }
                for &value in tensor.values() {
                    let finite = match self.scalar {
                        Scalar::F64 => {
                            bytes.extend(value.to_le_bytes());
                            value.is_finite()
                        }
                        Scalar::F32 | Scalar::Fused => {
                            bytes.extend((value as f32).to_le_bytes());
                            (value as f32).is_finite()
                        }
                    };
                    if !finite {
                        return Err(Error::NotFinite(place()));
                    }
                }
            }
        }
        let crc = CRC_32.checksum(&bytes);
        bytes.extend(crc.to_le_bytes());
        Ok(bytes)
    }

    /// Sets all tensors from the bytes that the network's `save` wrote.
    ///
    /// # Errors
    ///
    /// What is wrong with the bytes. The model is unchanged then.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    /// use nanoprop_exchange::{Error, Model};
    ///
    /// network! { type Net = 2 => Dense<1>, loss = SquaredError; }
    /// let mut net = Net::ZERO;
    /// net.parameters_mut().copy_from_slice(&[0.5, 1.0, 2.0]);
    /// let mut file = [0; Net::CHECKPOINT];
    /// net.save(&mut file).unwrap();
    ///
    /// let spec = "name = 'Net'\nloss = 'SquaredError'\n[[layer]]\nkind = 'Dense'\nreads = 2\nwrites = 1";
    /// let mut model = Model::from_toml("net.toml", spec)?;
    /// model.load_checkpoint(&file)?;
    /// assert_eq!(model.layers()[0].tensor("weight").unwrap().values(), [1.0, 2.0]);
    /// assert_eq!(model.checkpoint()?, file);
    /// # Ok::<(), Error>(())
    /// ```
    pub fn load_checkpoint(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let width = self.scalar.bytes();
        let values = values(bytes, self.fingerprint(), self.parameters(), width)?;
        let numbers: Vec<f64> = values.chunks_exact(width).map(number).collect();
        self.set_parameters(&numbers)?;
        Ok(())
    }

    /// Sets all tensors from the flat slice of parameters, such as a [`Checkpoint`]'s.
    ///
    /// # Errors
    ///
    /// If they are not as many as it has. The model is unchanged then.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop_exchange::{Activation, Kind, Misfit, Model};
    ///
    /// let mut model = Model::new("Net", &[1])?;
    /// model.push(Kind::Dense { units: 1, activation: Activation::Identity, bias: true })?;
    /// model.set_parameters(&[0.5, 2.0])?;
    /// assert_eq!(model.layers()[0].tensor("weight").unwrap().values(), [2.0]);
    /// assert_eq!(model.set_parameters(&[0.5]).unwrap_err().to_string(), "1 numbers, but there are 2 parameters");
    /// # Ok::<(), Misfit>(())
    /// ```
    pub fn set_parameters(&mut self, numbers: &[f64]) -> Result<(), Misfit> {
        let count = self.parameters();
        if numbers.len() != count {
            return Err(Misfit::new(format!("{} numbers, but there are {count} parameters", numbers.len())));
        }
        let mut numbers = numbers.iter().copied();
        for layer in self.leaves_mut() {
            for tensor in layer.tensors_mut() {
                let own = numbers.by_ref().take(tensor.count()).collect();
                tensor.set(own)?;
            }
        }
        Ok(())
    }

    /// The hash of the parameters' bits, `Network::digest` of the network that its checkpoint is of.
    ///
    /// # Errors
    ///
    /// As [`checkpoint`](Model::checkpoint).
    pub fn digest(&self) -> Result<u64, Error> {
        let bytes = self.checkpoint()?;
        Ok(digest(bytes.get(24..bytes.len() - 4).unwrap_or_default()))
    }
}

/// A tensor, for messages.
pub(crate) fn place(number: usize, layer: &Layer, tensor: &Tensor) -> Place {
    let what = match layer.label.as_str() {
        "" => layer.word().to_owned(),
        label => format!("{} `{label}`", layer.word()),
    };
    Place { layer: number + 1, what, tensor: tensor.name().to_owned() }
}

/// A number of four or eight bytes.
fn number(bytes: &[u8]) -> f64 {
    match *bytes {
        [a, b, c, d] => f64::from(f32::from_le_bytes([a, b, c, d])),
        [a, b, c, d, e, f, g, h] => f64::from_le_bytes([a, b, c, d, e, f, g, h]),
        _ => 0.0,
    }
}

/// What nanoprop's plan adds of a layer.
fn hash(hash: Fnv, layer: &Layer) -> Fnv {
    if let Kind::Residual(_) = layer.kind() {
        return layer.within().iter().fold(hash.bytes(b"Residual").number(layer.count()), self::hash);
    }
    let (name, detail) = (name(layer.kind(), layer.reads()), detail(layer.kind(), layer.reads()));
    let hash = hash.bytes(name.as_bytes()).bytes(detail.as_str().as_bytes());
    hash.widths(layer.reads()).widths(layer.writes()).number(layer.parameters())
}

/// The layer's `NAME`.
fn name(kind: &Kind, reads: &[usize]) -> &'static str {
    match kind {
        Kind::Gelu | Kind::Silu | Kind::Mish => "Map",
        Kind::GroupNorm { .. } => "GroupNorm",
        _ => kind.word(reads),
    }
}

impl Layer {
    /// What nanoprop's summary says of it beside its name: its activation, its windows, its share.
    ///
    /// ```
    /// use nanoprop_exchange::{Activation, Kind, Misfit, Model, Padding, Windows};
    ///
    /// let mut model = Model::new("Net", &[6, 2])?;
    /// let windows = Windows { stride: 2, padding: Padding::Pad(1, 1), ..Windows::new(1, 4) };
    /// let layer = model.push(Kind::ConvTranspose { channels: 3, windows, activation: Activation::Relu, bias: true })?;
    /// assert_eq!((layer.detail().as_str(), layer.writes()), ("relu, window 4, stride 2, padding 1 and 1", &[12, 3][..]));
    /// # Ok::<(), Misfit>(())
    /// ```
    #[must_use]
    pub fn detail(&self) -> String {
        detail(self.kind(), self.reads()).as_str().to_owned()
    }
}

/// The layer's `DETAIL`.
fn detail(kind: &Kind, reads: &[usize]) -> Text {
    let text = Text::new();
    let windows = |windows, text: Text| match frame(windows, reads) {
        Ok(frame) => frame.describe(text),
        Err(_) => text,
    };
    match kind {
        Kind::Dense { activation, .. } | Kind::Elman { activation, .. } => text.words(activation.name()),
        Kind::Gru { reset: Reset::After, .. } => text.words("reset_after"),
        Kind::Gru { reset: Reset::Before, .. } => text.words("reset_before"),
        Kind::Conv { windows: at, activation, .. } | Kind::DepthwiseConv { windows: at, activation, .. } => {
            windows(at, text.words(activation.name()).words(", "))
        }
        Kind::ConvTranspose { channels, windows: at, activation, .. } => {
            let text = text.words(activation.name()).words(", ");
            match spread(at, reads, *channels) {
                Ok(frame) => frame.describe(text),
                Err(_) => text,
            }
        }
        Kind::Embedding { wide, .. } => text.words(if *wide { "u16" } else { "u8" }),
        Kind::GroupNorm { groups: 1 } => text.words("1 group"),
        Kind::GroupNorm { groups } => text.words(&groups.to_string()).words(" groups"),
        Kind::MaxPool(at) | Kind::AvgPool(at) => windows(at, text),
        Kind::Gelu => text.words("gelu"),
        Kind::Silu => text.words("silu"),
        Kind::Mish => text.words("mish"),
        Kind::Dropout { percent } => text.words(&percent.to_string()).words(" %"),
        Kind::Bidirectional(half) => {
            let (name, detail) = (name(half, reads), detail(half, reads));
            let space = if detail.as_str().is_empty() { "" } else { " " };
            text.words(name).words(space).words(detail.as_str())
        }
        _ => text,
    }
}
