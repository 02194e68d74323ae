use std::io::Read;
use std::path::{Path, PathBuf};

use nanoprop::{Class, Scalar, Width};

use super::{DataError, source};

/// An array of an IDX file, the format of MNIST and its kin, gzipped or not.
///
/// # Source
///
/// Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits": two zero bytes, the type of number, how
/// many widths, the widths as 32-bit numbers and the numbers row by row, all with the highest byte first.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop_host::data::{DataError, Idx};
///
/// // Two images of 1×3 pixels, and their labels.
/// let images = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 0, 51, 255, 255, 0, 0];
/// let images = Idx::read("images", &images[..])?;
/// assert_eq!(images.widths(), [2, 1, 3]);
/// assert_eq!(images.rows::<f32, 3>(1.0 / 255.0)?[0], [0.0, 0.2, 1.0]);
/// let labels = Idx::read("labels", &[0, 0, 8, 1, 0, 0, 0, 2, 7, 10][..])?;
/// assert_eq!(
///     labels.classes::<U10>().unwrap_err().to_string(),
///     "labels: sample 1: expected a class from 0 to 9, found 10",
/// );
/// # Ok::<(), DataError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Idx {
    file: PathBuf,
    kind: Kind,
    widths: Vec<usize>,
    bytes: Vec<u8>,
}

/// The type of an IDX file's numbers.
#[derive(Clone, Copy, Debug)]
enum Kind {
    U8,
    I8,
    I16,
    I32,
    F32,
    F64,
}

impl Kind {
    fn new(code: u8) -> Option<Kind> {
        Some(match code {
            0x08 => Kind::U8,
            0x09 => Kind::I8,
            0x0b => Kind::I16,
            0x0c => Kind::I32,
            0x0d => Kind::F32,
            0x0e => Kind::F64,
            _ => return None,
        })
    }

    fn bytes(self) -> usize {
        match self {
            Kind::U8 | Kind::I8 => 1,
            Kind::I16 => 2,
            Kind::I32 | Kind::F32 => 4,
            Kind::F64 => 8,
        }
    }

    /// The number of so many bytes.
    fn number(self, bytes: &[u8]) -> f64 {
        let all = bytes.iter().fold(0, |all, &byte| all << 8 | u64::from(byte));
        match self {
            Kind::U8 => all as f64,
            Kind::I8 => f64::from(all as i8),
            Kind::I16 => f64::from(all as i16),
            Kind::I32 => f64::from(all as i32),
            Kind::F32 => f64::from(f32::from_bits(all as u32)),
            Kind::F64 => f64::from_bits(all),
        }
    }
}

impl Idx {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// As [`read`](Idx::read), and where the file can't be opened.
    pub fn open(path: impl AsRef<Path>) -> Result<Idx, DataError> {
        let path = path.as_ref();
        Idx::read(path, source::open(path)?)
    }

    /// Reads bytes, which gzip may have packed, to 1 GiB at most when unpacked; `name` is for messages.
    ///
    /// # Errors
    ///
    /// Where the bytes are not those of an IDX file, or too few or too many.
    pub fn read(name: impl AsRef<Path>, source: impl Read) -> Result<Idx, DataError> {
        Idx::read_limited(name, source, source::LIMIT)
    }

    /// [`read`](Idx::read) with another limit, in bytes.
    ///
    /// # Errors
    ///
    /// As [`read`](Idx::read).
    pub fn read_limited(name: impl AsRef<Path>, source: impl Read, limit: u64) -> Result<Idx, DataError> {
        let name = name.as_ref();
        let mut bytes = source::bytes(name, source, limit)?;
        let wrong = |problem| DataError::new(name, problem);
        let short = |expected: usize| wrong(format!("cut short: expected {expected} bytes, found {}", bytes.len()));
        let Some((&[a, b, code, rank], rest)) = bytes.split_first_chunk() else { return Err(short(4)) };
        if [a, b] != [0, 0] {
            return Err(wrong(format!("not an IDX file: expected it to begin with 00 00, found {a:02x} {b:02x}")));
        }
        let kind = Kind::new(code).ok_or_else(|| {
            wrong(format!("expected a type of number, one of 08, 09, 0b, 0c, 0d and 0e, in byte 3, found {code:02x}"))
        })?;
        let header = 4 + 4 * usize::from(rank);
        let widths = rest.get(..header - 4).ok_or_else(|| short(header))?;
        let widths: Vec<usize> = widths.as_chunks().0.iter().map(|&width| u32::from_be_bytes(width) as usize).collect();
        let numbers = product(&widths).and_then(|numbers| numbers.checked_mul(kind.bytes()));
        let expected = numbers.and_then(|numbers| numbers.checked_add(header)).unwrap_or(usize::MAX);
        match bytes.len() {
            found if found < expected => Err(short(expected)),
            found if found > expected => Err(wrong(format!("too long: expected {expected} bytes, found {found}"))),
            _ => Ok(Idx { file: name.to_owned(), kind, widths, bytes: bytes.split_off(header) }),
        }
    }

    /// The widths, the first of which counts samples.
    pub fn widths(&self) -> &[usize] {
        &self.widths
    }

    /// Each sample as `N` numbers, multiplied by `scale`: 1/255 makes pixels from 0 to 1.
    ///
    /// # Errors
    ///
    /// Where a sample has not `N` numbers, or one is not finite.
    pub fn rows<T: Scalar, const N: usize>(&self, scale: f64) -> Result<Vec<[T; N]>, DataError> {
        let (count, widths) = self.widths.split_first().unwrap_or((&1, &[]));
        let found = product(widths).unwrap_or(usize::MAX);
        if found != N {
            let shape: Vec<String> = widths.iter().map(usize::to_string).collect();
            let product = if widths.len() > 1 { format!("{} = ", shape.join("×")) } else { String::new() };
            let problem = format!("expected samples of {N} values, found {product}{found}");
            return Err(DataError::new(&self.file, problem));
        }
        let mut rows = Vec::with_capacity((*count).min(self.bytes.len()));
        for (sample, bytes) in self.bytes.chunks(self.kind.bytes() * N.max(1)).enumerate() {
            let mut row = [T::from_f64(0.0); N];
            for (value, bytes) in row.iter_mut().zip(bytes.chunks(self.kind.bytes())) {
                *value = T::from_f64(self.kind.number(bytes) * scale);
            }
            if let Some(k) = row.iter().position(|value| !value.is_finite()) {
                let problem = format!("expected a finite number, found {} in place {k}", row[k]);
                return Err(DataError::new(&self.file, problem).sample(sample));
            }
            rows.push(row);
        }
        Ok(rows)
    }

    /// Each sample as a class.
    ///
    /// # Errors
    ///
    /// Where a sample has more than a number, or one is no class of `K`.
    pub fn classes<K: Width>(&self) -> Result<Vec<Class<K>>, DataError> {
        if let [_, inner @ ..] = &self.widths[..]
            && product(inner) != Some(1)
        {
            let found = product(inner).unwrap_or(usize::MAX);
            let problem = format!("expected one label a sample, found {found}");
            return Err(DataError::new(&self.file, problem));
        }
        let class = |(sample, bytes)| {
            let found = self.kind.number(bytes);
            let whole = found >= 0.0 && found.fract() == 0.0;
            let class = if whole { Class::new(found as usize).ok() } else { None };
            let problem = || format!("expected a class from 0 to {}, found {found}", K::USIZE.saturating_sub(1));
            class.ok_or_else(|| DataError::new(&self.file, problem()).sample(sample))
        };
        self.bytes.chunks(self.kind.bytes()).enumerate().map(class).collect()
    }
}

/// How many numbers these widths are; `None` where they are more than memory has. One width of 0 makes it 0, however large
/// the others are.
fn product(widths: &[usize]) -> Option<usize> {
    if widths.contains(&0) {
        Some(0)
    } else {
        widths.iter().try_fold(1_usize, |product, &width| product.checked_mul(width))
    }
}
