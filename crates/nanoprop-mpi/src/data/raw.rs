use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use memmap2::Mmap;
use nanoprop::{Number, Scalar};

use super::{Source, map};
use crate::Error;

const MAGIC: [u8; 4] = *b"nprd";
const VERSION: u32 = 1;
const HEADER: usize = 24;

/// Samples of `f32` in one memory-mapped file, which nobody may change while it is open.
///
/// # Format
///
/// Little-endian: `nprd`, the version 1 in 4 bytes, the number of samples in 8, the width of an input and of a target in 4
/// each; then sample after sample, its input and its target.
///
/// # Example
///
/// ```
/// use nanoprop_mpi::{Raw, Source};
///
/// let path = std::env::temp_dir().join(format!("doc-{}.nprd", std::process::id()));
/// Raw::write(&path, (2, 1), [([1.0, 2.0], [3.0]), ([4.0, 5.0], [6.0])])?;
/// let data = Raw::open(&path)?;
/// let (mut x, mut y) = ([0.0_f32; 2], [0.0_f32; 1]);
/// data.read(1, &mut x, &mut y)?;
/// assert_eq!((data.len(), x, y), (2, [4.0, 5.0], [6.0]));
/// # std::fs::remove_file(path).unwrap();
/// # Ok::<(), nanoprop_mpi::Error>(())
/// ```
#[derive(Debug)]
pub struct Raw {
    path: PathBuf,
    bytes: Mmap,
    len: usize,
    widths: (usize, usize),
}

impl Raw {
    /// Opens a file.
    ///
    /// # Errors
    ///
    /// Where it can't be opened, is no such file, or has not the length that its header says.
    pub fn open(path: impl AsRef<Path>) -> Result<Raw, Error> {
        let path = path.as_ref();
        let bytes = map(path)?;
        let wrong = |problem: String| Err(Error::file(path, problem));
        let Some((header, rest)) = bytes.split_first_chunk::<HEADER>() else {
            return wrong(format!("cut short: a header has {HEADER} bytes, found {}", bytes.len()));
        };
        let word =
            |at: usize| header.get(at..at + 4).map_or(0, |b| b.iter().rev().fold(0_u64, |n, &b| n << 8 | u64::from(b)));
        if header[..4] != MAGIC || word(4) != u64::from(VERSION) {
            return wrong("not a file of samples: expected it to begin with `nprd` and version 1".into());
        }
        let (len, x, y) = (word(12) << 32 | word(8), word(16), word(20));
        let expected = len.checked_mul(4 * (x + y));
        if expected != Some(rest.len() as u64) {
            let expected = expected.map_or("more than 2⁶⁴".into(), |bytes| bytes.to_string());
            return wrong(format!("{len} samples of {x} and {y} numbers are {expected} bytes, found {}", rest.len()));
        }
        if x == 0 || y == 0 {
            return wrong(format!("samples need inputs and targets, found {x} and {y} numbers"));
        }
        Ok(Raw { path: path.to_owned(), len: len as usize, widths: (x as usize, y as usize), bytes })
    }

    /// Writes a file of samples, which need not be in memory at once.
    ///
    /// # Errors
    ///
    /// What the file system says, or where a sample has other widths.
    pub fn write<X: AsRef<[f32]>, Y: AsRef<[f32]>>(
        path: impl AsRef<Path>,
        (inputs, targets): (u32, u32),
        samples: impl IntoIterator<Item = (X, Y), IntoIter: ExactSizeIterator>,
    ) -> Result<(), Error> {
        let (path, samples) = (path.as_ref(), samples.into_iter());
        let mut file = BufWriter::new(File::create(path).map_err(Error::io(path))?);
        let mut write = |bytes: &[u8]| file.write_all(bytes).map_err(Error::io(path));
        write(&MAGIC)?;
        write(&VERSION.to_le_bytes())?;
        write(&(samples.len() as u64).to_le_bytes())?;
        write(&inputs.to_le_bytes())?;
        write(&targets.to_le_bytes())?;
        for (k, (x, y)) in samples.enumerate() {
            let (x, y) = (x.as_ref(), y.as_ref());
            if (x.len(), y.len()) != (inputs as usize, targets as usize) {
                return Err(Error::file(path, format!("sample {k} has {} and {} numbers", x.len(), y.len())));
            }
            x.iter().chain(y).try_for_each(|x| write(&x.to_le_bytes()))?;
        }
        file.flush().map_err(Error::io(path))
    }
}

impl Source for Raw {
    fn len(&self) -> usize {
        self.len
    }

    fn widths(&self) -> (usize, usize) {
        self.widths
    }

    fn read<X: Number, Y: Scalar>(&self, index: usize, x: &mut [X], y: &mut [Y]) -> Result<(), Error> {
        let size = 4 * (self.widths.0 + self.widths.1);
        let at = index.checked_mul(size).and_then(|at| at.checked_add(HEADER));
        let bytes = at.and_then(|at| self.bytes.get(at..at.checked_add(size)?));
        let Some(bytes) = bytes else { return Err(Error::file(&self.path, format!("there is no sample {index}"))) };
        let mut numbers = bytes.as_chunks::<4>().0.iter().map(|&bytes| f64::from(f32::from_le_bytes(bytes)));
        let mut finite = true;
        let mut next = || {
            let next = numbers.next().unwrap_or(0.0);
            finite &= next.is_finite();
            next
        };
        x.iter_mut().for_each(|x| *x = X::from_f64(next()));
        y.iter_mut().for_each(|y| *y = Y::from_f64(next()));
        if finite {
            Ok(())
        } else {
            Err(Error::file(&self.path, format!("sample {index} has a number that is not finite")))
        }
    }
}
