//! NumPy's `.npy` and `.npz`, for samples and weights.

mod header;

use crate::array::{Array, Arrays};
use crate::error::Error;
use crate::zip;

/// How the numbers of a file are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Width {
    /// As `f32`.
    #[default]
    Single,
    /// As `f64`.
    Double,
}

impl Width {
    pub(crate) fn write(self, values: &[f64]) -> Vec<u8> {
        match self {
            Width::Single => values.iter().flat_map(|&value| (value as f32).to_le_bytes()).collect(),
            Width::Double => values.iter().flat_map(|value| value.to_le_bytes()).collect(),
        }
    }
}

/// Reads a `.npy` file: truth values, integers and floats, in either byte order, in C or Fortran order.
///
/// # Errors
///
/// If the bytes are no such file, are cut, or have other things than numbers.
///
/// # Example
///
/// ```
/// use nanoprop_exchange::{Array, numpy};
///
/// let samples = Array::new(vec![2, 2], vec![1.0, 2.0, 3.0, 4.0])?;
/// let file = numpy::write_npy(&samples, numpy::Width::Single);
/// assert_eq!(numpy::read_npy(&file)?, samples);
/// # Ok::<(), nanoprop_exchange::Error>(())
/// ```
///
/// # Source
///
/// NumPy's `numpy.lib.format`, versions 1 to 3.
pub fn read_npy(bytes: &[u8]) -> Result<Array, Error> {
    let error = |message: String| Error::file(".npy file", message);
    let (header, data) = header::split(bytes).map_err(error)?;
    let header = header::parse(header).map_err(error)?;
    let count = header.shape.iter().try_fold(1_usize, |product, &width| product.checked_mul(width));
    let needed = count.and_then(|count| count.checked_mul(header.number.bytes()));
    if needed != Some(data.len()) {
        let needed = needed.map_or("too many".to_owned(), |needed| needed.to_string());
        return Err(error(format!("its shape needs {needed} bytes, but {} are there", data.len())));
    }
    let values = header.number.all(data, header.big_endian);
    if !header.fortran {
        return Array::new(header.shape, values);
    }
    // The first axis is the innermost: the array of the opposite axes, transposed.
    let turned: Vec<usize> = header.shape.iter().rev().copied().collect();
    let axes: Vec<usize> = (0..turned.len()).rev().collect();
    Array::new(header.shape, crate::layout::permute(&values, &turned, &axes))
}

/// The `.npy` file of an array.
#[must_use]
pub fn write_npy(array: &Array, width: Width) -> Vec<u8> {
    let mut file = header::write(array.shape(), if width == Width::Single { "<f4" } else { "<f8" });
    file.extend(width.write(array.values()));
    file
}

/// Reads a `.npz` file, an archive of `.npy` files, stored or deflated.
///
/// # Errors
///
/// If the bytes are no archive, one of its files is no array, or unpacked it has more than
/// [`MOST_UNPACKED`](crate::MOST_UNPACKED) bytes.
pub fn read_npz(bytes: &[u8]) -> Result<Arrays, Error> {
    let mut arrays = Arrays::new();
    for (name, file) in zip::read(bytes)? {
        let array = read_npy(&file).map_err(|error| Error::file(".npz file", format!("`{name}`: {error}")))?;
        let name = name.strip_suffix(".npy").unwrap_or(&name);
        if arrays.insert(name.to_owned(), array).is_some() {
            return Err(Error::file(".npz file", format!("`{name}` is there twice")));
        }
    }
    Ok(arrays)
}

/// The `.npz` file of some arrays, stored.
///
/// # Errors
///
/// If a name can't be one of an archive's file.
///
/// # Example
///
/// ```
/// use nanoprop_exchange::{Array, Arrays, numpy};
///
/// let arrays = Arrays::from([("x".to_owned(), Array::new(vec![3], vec![1.0, 2.0, 3.0])?)]);
/// assert_eq!(numpy::read_npz(&numpy::write_npz(&arrays, numpy::Width::Double)?)?, arrays);
/// # Ok::<(), nanoprop_exchange::Error>(())
/// ```
pub fn write_npz(arrays: &Arrays, width: Width) -> Result<Vec<u8>, Error> {
    let files: Vec<_> = arrays.iter().map(|(name, array)| (format!("{name}.npy"), write_npy(array, width))).collect();
    zip::write(files.iter().map(|(name, file)| (name.as_str(), file.clone())))
}
