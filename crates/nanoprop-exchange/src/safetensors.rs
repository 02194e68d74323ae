//! safetensors: named arrays in one file, as Hugging Face's libraries and PyTorch's users write them.

use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

use crate::array::{Array, Arrays, Number};
use crate::error::Error;
use crate::numpy::Width;

fn error(message: impl ToString) -> Error {
    Error::file("safetensors file", message)
}

/// Reads all arrays of a file. Memory is proportional to its size.
///
/// # Errors
///
/// If the bytes are no such file, or an array has other numbers than integers, `F64`, `F32`, `F16` and `BF16`.
///
/// # Example
///
/// ```
/// use nanoprop_exchange::numpy::Width;
/// use nanoprop_exchange::{Array, Arrays, safetensors};
///
/// let arrays = Arrays::from([("0.bias".to_owned(), Array::new(vec![2], vec![0.5, -1.0])?)]);
/// assert_eq!(safetensors::read(&safetensors::write(&arrays, Width::Single)?)?, arrays);
/// # Ok::<(), nanoprop_exchange::Error>(())
/// ```
pub fn read(bytes: &[u8]) -> Result<Arrays, Error> {
    let file = SafeTensors::deserialize(bytes).map_err(error)?;
    let mut arrays = Arrays::new();
    for (name, view) in file.iter() {
        let number =
            number(view.dtype()).ok_or_else(|| error(format!("`{name}` has numbers of {:?}", view.dtype())))?;
        let values = number.all(view.data(), false);
        let array =
            Array::new(view.shape().to_vec(), values).map_err(|problem| error(format!("`{name}`: {problem}")))?;
        arrays.insert(name.to_owned(), array);
    }
    Ok(arrays)
}

fn number(dtype: Dtype) -> Option<Number> {
    Some(match dtype {
        Dtype::F64 => Number::Float(8),
        Dtype::F32 => Number::Float(4),
        Dtype::F16 => Number::Float(2),
        Dtype::BF16 => Number::Brain,
        Dtype::I64 => Number::Signed(8),
        Dtype::I32 => Number::Signed(4),
        Dtype::I16 => Number::Signed(2),
        Dtype::I8 => Number::Signed(1),
        Dtype::U64 => Number::Unsigned(8),
        Dtype::U32 => Number::Unsigned(4),
        Dtype::U16 => Number::Unsigned(2),
        Dtype::U8 => Number::Unsigned(1),
        Dtype::BOOL => Number::Bool,
        _ => return None,
    })
}

/// The file of some arrays.
///
/// # Errors
///
/// If the format can't hold them.
pub fn write(arrays: &Arrays, width: Width) -> Result<Vec<u8>, Error> {
    let dtype = if width == Width::Single { Dtype::F32 } else { Dtype::F64 };
    let data: Vec<_> = arrays.iter().map(|(name, array)| (name, array, width.write(array.values()))).collect();
    let mut views = Vec::new();
    for (name, array, bytes) in &data {
        views.push((name.as_str(), TensorView::new(dtype, array.shape().to_vec(), bytes).map_err(error)?));
    }
    safetensors::serialize(views, None).map_err(error)
}
