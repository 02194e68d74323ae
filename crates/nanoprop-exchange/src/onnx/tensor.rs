//! From the tensors of a file to arrays, also where their numbers are in a file beside it.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Component, Path};

use super::array::{Array, Number, count, show};
use super::message::TensorProto;

/// Numbers of [`TensorProto::data_type`].
pub(super) mod kind {
    pub(in super::super) const FLOAT: i32 = 1;
    pub(in super::super) const UINT8: i32 = 2;
    pub(in super::super) const INT8: i32 = 3;
    pub(in super::super) const INT32: i32 = 6;
    pub(in super::super) const INT64: i32 = 7;
    pub(in super::super) const STRING: i32 = 8;
    pub(in super::super) const BOOL: i32 = 9;
    pub(in super::super) const FLOAT16: i32 = 10;
    pub(in super::super) const DOUBLE: i32 = 11;
    pub(in super::super) const BFLOAT16: i32 = 16;
}

/// The name of a kind of number.
pub(super) fn name(kind: i32) -> &'static str {
    const NAMES: [&str; 24] = [
        "undefined",
        "float",
        "uint8",
        "int8",
        "uint16",
        "int16",
        "int32",
        "int64",
        "string",
        "bool",
        "float16",
        "double",
        "uint32",
        "uint64",
        "complex64",
        "complex128",
        "bfloat16",
        "float8e4m3fn",
        "float8e4m3fnuz",
        "float8e5m2",
        "float8e5m2fnuz",
        "uint4",
        "int4",
        "float4e2m1",
    ];
    usize::try_from(kind).ok().and_then(|kind| NAMES.get(kind)).copied().unwrap_or("of an unknown kind")
}

/// What a kind's numbers are, if they are read.
pub(super) fn number(kind: i32) -> Option<Number> {
    match kind {
        kind::FLOAT | kind::FLOAT16 | kind::BFLOAT16 => Some(Number::Single),
        kind::DOUBLE => Some(Number::Double),
        kind::UINT8 | kind::INT8 | kind::INT32 | kind::INT64 | kind::BOOL => Some(Number::Integer),
        _ => None,
    }
}

/// The numbers of a tensor; those beside the file are in `folder`.
pub(super) fn read(tensor: &TensorProto, folder: Option<&Path>) -> Result<Array, String> {
    let kind = tensor.data_type;
    let number = number(kind).ok_or_else(|| {
        format!("has numbers of type {}; float, double, float16, integers and bool are read", name(kind))
    })?;
    let shape: Option<Vec<usize>> = tensor.dims.iter().map(|&dim| usize::try_from(dim).ok()).collect();
    let shape = shape.ok_or_else(|| format!("has the shape {}", show(&tensor.dims)))?;
    let count = count(&shape).ok_or_else(|| format!("has the shape {}: too large", show(&shape)))?;
    let values = if tensor.data_location == 1 {
        let bytes = count.checked_mul(width(kind)).ok_or("is too large")?;
        raw(kind, &beside(tensor, folder, bytes)?)
    } else if let Some(bytes) = &tensor.raw_data {
        if Some(bytes.len()) != count.checked_mul(width(kind)) {
            return Err(format!("has {} bytes for {} numbers of type {}", bytes.len(), show(&shape), name(kind)));
        }
        raw(kind, bytes)
    } else {
        typed(tensor)
    };
    if values.len() != count {
        return Err(format!("has {} numbers for {}", values.len(), show(&shape)));
    }
    Array::new(number, shape, values)
}

/// Bytes of one number.
fn width(kind: i32) -> usize {
    match kind {
        kind::UINT8 | kind::INT8 | kind::BOOL => 1,
        kind::FLOAT16 | kind::BFLOAT16 => 2,
        kind::DOUBLE | kind::INT64 => 8,
        _ => 4,
    }
}

/// Little-endian numbers.
fn raw(kind: i32, bytes: &[u8]) -> Vec<f64> {
    let one = |bytes: &[u8]| match (kind, bytes) {
        (kind::FLOAT, &[a, b, c, d]) => f64::from(f32::from_le_bytes([a, b, c, d])),
        (kind::INT32, &[a, b, c, d]) => f64::from(i32::from_le_bytes([a, b, c, d])),
        (kind::DOUBLE, &[a, b, c, d, e, f, g, h]) => f64::from_le_bytes([a, b, c, d, e, f, g, h]),
        (kind::INT64, &[a, b, c, d, e, f, g, h]) => i64::from_le_bytes([a, b, c, d, e, f, g, h]) as f64,
        (kind::FLOAT16, &[a, b]) => half(u16::from_le_bytes([a, b])),
        (kind::BFLOAT16, &[a, b]) => f64::from(f32::from_bits(u32::from(u16::from_le_bytes([a, b])) << 16)),
        (kind::INT8, &[a]) => f64::from(a as i8),
        (_, &[a]) => f64::from(a),
        _ => f64::NAN,
    };
    bytes.chunks_exact(width(kind)).map(one).collect()
}

/// Numbers in fields of their own; small kinds are in that of 32 bits.
fn typed(tensor: &TensorProto) -> Vec<f64> {
    let small = |value: &i32| match tensor.data_type {
        kind::FLOAT16 => half(*value as u16),
        kind::BFLOAT16 => f64::from(f32::from_bits((*value as u32) << 16)),
        _ => f64::from(*value),
    };
    match tensor.data_type {
        kind::FLOAT => tensor.float_data.iter().map(|&value| f64::from(value)).collect(),
        kind::DOUBLE => tensor.double_data.clone(),
        kind::INT64 => tensor.int64_data.iter().map(|&value| value as f64).collect(),
        _ => tensor.int32_data.iter().map(small).collect(),
    }
}

/// A number of 16 bits, of which 10 are the fraction's.
fn half(bits: u16) -> f64 {
    let fraction = f64::from(bits & 0x3ff);
    let size = match (bits >> 10) & 0x1f {
        0 => fraction * 2_f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        exponent => (1024.0 + fraction) * 2_f64.powi(i32::from(exponent) - 25),
    };
    if bits >> 15 == 0 { size } else { -size }
}

/// The bytes of a tensor in a file of the model's folder.
fn beside(tensor: &TensorProto, folder: Option<&Path>, bytes: usize) -> Result<Vec<u8>, String> {
    let get = |key: &str| tensor.external_data.iter().find(|entry| entry.key == key).map(|entry| entry.value.as_str());
    let location = get("location").ok_or("has its numbers in another file, but no location of it")?;
    let folder = folder.ok_or_else(|| {
        format!("has its numbers in the file `{location}`: read the model from its path, with that file beside it")
    })?;
    let place = |key: &str| match get(key) {
        Some(text) => text.parse::<u64>().map(Some).map_err(|_| format!("has the {key} `{text}` in `{location}`")),
        None => Ok(None),
    };
    let (offset, length) = (place("offset")?.unwrap_or(0), place("length")?.unwrap_or(bytes as u64));
    if length != bytes as u64 {
        return Err(format!("has {length} bytes in `{location}`, but its shape asks for {bytes}"));
    }
    let inside = !location.is_empty() && Path::new(location).components().all(|c| matches!(c, Component::Normal(_)));
    let path = folder.join(location);
    let failed = |error: std::io::Error| format!("has its numbers in the file `{location}` beside the model: {error}");
    let real = |path: &Path| path.canonicalize().map_err(failed);
    if !inside || !real(&path)?.starts_with(real(folder)?) {
        return Err(format!("has its numbers in `{location}`, which is not in the model's folder: put the file there"));
    }
    let mut file = File::open(&path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    let end = offset.checked_add(length).filter(|&end| end <= metadata.len());
    if end.is_none() || !metadata.is_file() {
        let size = metadata.len();
        return Err(format!("has {length} bytes from {offset} on in `{location}`, but that has {size}: it is cut"));
    }
    let mut data = vec![0; bytes];
    file.seek(SeekFrom::Start(offset)).and_then(|_| file.read_exact(&mut data)).map_err(failed)?;
    Ok(data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_exact() {
        let numbers = [0x0000, 0x0001, 0x03ff, 0x0400, 0x3c00, 0x3555, 0xc000, 0x7bff, 0xfc00].map(half);
        let small = 2_f64.powi(-24);
        let third = 1365.0 / 4096.0;
        let expected = [0.0, small, 1023.0 * small, 2_f64.powi(-14), 1.0, third, -2.0, 65504.0, f64::NEG_INFINITY];
        assert_eq!(numbers, expected);
        assert!(half(0x7c01).is_nan());
    }
}
