//! Conveniences for machines with a heap and files.

use crate::loss::Loss;
use crate::network::{Layers, Network};
use alloc::boxed::Box;

impl<L: Layers, E: Loss> Network<L, E> {
    /// A [`ZERO`](Network::ZERO) on the heap, which never was on the stack: for a network or gradient that
    /// is too large for it.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// network! { type Wide = 784 => Dense<1000, Relu> => Dense<10>, loss = SoftmaxCrossEntropy; }
    /// let mut net = Wide::boxed(); // 3.2 MB
    /// net.initialize(&He, &mut Pcg32::new(1));
    /// ```
    #[allow(unsafe_code)]
    pub fn boxed() -> Box<Self> {
        let () = Self::FITS;
        // SAFETY: a network is `Plain`: numbers only, and zero bytes are +0.
        unsafe { Box::<Self>::new_zeroed().assume_init() }
    }
}

#[cfg(all(feature = "std", feature = "checkpoint"))]
mod file {
    use super::{Layers, Loss, Network};
    use std::path::Path;
    use std::{fs, io};

    impl<L: Layers, E: Loss> Network<L, E> {
        /// Writes a [checkpoint](crate::checkpoint) to a file, which is replaced as a whole or not at all.
        ///
        /// # Errors
        ///
        /// What the file system says, or a [`CheckpointError`](crate::CheckpointError) for a network with NaN; a file that
        /// was there is then as it was.
        pub fn save_to(&self, path: impl AsRef<Path>) -> io::Result<()> {
            let path = path.as_ref();
            let mut bytes = alloc::vec![0; Self::CHECKPOINT];
            self.save(&mut bytes).map_err(io::Error::other)?;
            let mut name = path.file_name().unwrap_or_default().to_os_string();
            name.push(".part");
            let part = path.with_file_name(name);
            fs::write(&part, &bytes)?;
            fs::rename(&part, path)
        }

        /// Reads a [checkpoint](crate::checkpoint) from a file.
        ///
        /// # Errors
        ///
        /// What the file system says, or a [`CheckpointError`](crate::CheckpointError) of kind
        /// [`InvalidData`](io::ErrorKind::InvalidData); the network is then as it was.
        pub fn load_from(&mut self, path: impl AsRef<Path>) -> io::Result<()> {
            self.load(&fs::read(path)?).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
        }
    }
}
