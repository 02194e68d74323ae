//! Samples in memory-mapped files: what is read comes into memory, and leaves it when others need the room.

mod idx;
mod raw;

use std::fs::File;
use std::path::Path;

pub use idx::Idx;
use memmap2::Mmap;
use nanoprop::{Number, Scalar};
pub use raw::Raw;

use crate::Error;

/// Samples by number, read one at a time.
pub trait Source: Sync {
    /// How many samples.
    fn len(&self) -> usize;

    /// How many numbers an input has, and a target.
    fn widths(&self) -> (usize, usize);

    /// Writes sample `index` to `x` and `y`, which have the [`widths`](Source::widths).
    ///
    /// # Errors
    ///
    /// Where there is no such sample, or its numbers are not what they should be.
    fn read<X: Number, Y: Scalar>(&self, index: usize, x: &mut [X], y: &mut [Y]) -> Result<(), Error>;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The bytes of a file.
fn map(path: &Path) -> Result<Mmap, Error> {
    let file = File::open(path).map_err(Error::io(path))?;
    // SAFETY: the bytes are read as numbers, of which any bits are a value. A file that others shorten meanwhile ends the
    // process by SIGBUS, as a disk does that fails; that they must not change it is documented.
    unsafe { Mmap::map(&file) }.map_err(Error::io(path))
}
