//! The header of a `.npy` file: a Python dictionary.

use crate::array::Number;

const MAGIC: &[u8] = b"\x93NUMPY";

/// What a header says.
pub(super) struct Header {
    pub(super) number: Number,
    pub(super) big_endian: bool,
    pub(super) fortran: bool,
    pub(super) shape: Vec<usize>,
}

/// A file's header, and the numbers behind it.
pub(super) fn split(bytes: &[u8]) -> Result<(&str, &[u8]), String> {
    let rest = bytes.strip_prefix(MAGIC).ok_or("it does not begin with \\x93NUMPY")?;
    let (len, rest) = match *rest {
        [1, _, a, b, ref rest @ ..] => (usize::from(u16::from_le_bytes([a, b])), rest),
        [2 | 3, _, a, b, c, d, ref rest @ ..] => (u32::from_le_bytes([a, b, c, d]) as usize, rest),
        [version @ (0 | 4..), ..] => return Err(format!("version {version} of the format is not known here")),
        _ => return Err("it is cut in its header".to_owned()),
    };
    let (header, data) = rest.split_at_checked(len).ok_or("it is cut in its header")?;
    let header = std::str::from_utf8(header).map_err(|_| "its header is no text")?;
    Ok((header, data))
}

/// `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }`
pub(super) fn parse(text: &str) -> Result<Header, String> {
    let value = |key: &str| {
        let (_, rest) = text.split_once(&format!("'{key}':")).ok_or(format!("its header has no '{key}'"))?;
        Ok::<_, String>(rest.trim_start())
    };
    let refused = |what: &str| format!("its {what} can't be read: only arrays of numbers are");
    let descr = value("descr")?.strip_prefix('\'').and_then(|rest| rest.split_once('\''));
    let (number, big_endian) = descr.and_then(|(descr, _)| kind(descr)).ok_or_else(|| refused("'descr'"))?;
    let fortran = match value("fortran_order")? {
        order if order.starts_with("False") => false,
        order if order.starts_with("True") => true,
        _ => return Err(refused("'fortran_order'")),
    };
    let shape = value("shape")?.strip_prefix('(').and_then(|rest| rest.split_once(')'));
    let (shape, _) = shape.ok_or_else(|| refused("'shape'"))?;
    let widths = shape.split(',').map(str::trim).filter(|width| !width.is_empty());
    let shape: Option<Vec<usize>> = widths.map(|width| width.parse().ok()).collect();
    Ok(Header { number, big_endian, fortran, shape: shape.ok_or_else(|| refused("'shape'"))? })
}

/// `<f4`: byte order, kind, bytes.
fn kind(descr: &str) -> Option<(Number, bool)> {
    let mut chars = descr.chars();
    let (order, kind, bytes) = (chars.next()?, chars.next()?, chars.as_str().parse().ok()?);
    let number = match (kind, bytes) {
        ('b', 1) => Number::Bool,
        ('i', 1 | 2 | 4 | 8) => Number::Signed(bytes),
        ('u', 1 | 2 | 4 | 8) => Number::Unsigned(bytes),
        ('f', 2 | 4 | 8) => Number::Float(bytes),
        _ => return None,
    };
    match order {
        '<' | '|' | '=' => Some((number, false)),
        '>' => Some((number, true)),
        _ => None,
    }
}

/// The header of an array, so long that the numbers begin at a multiple of 64.
pub(super) fn write(shape: &[usize], descr: &str) -> Vec<u8> {
    let widths: String = shape.iter().map(|width| format!("{width}, ")).collect();
    // A tuple of one has a comma, others may not end in one in NumPy's own spelling.
    let widths = if shape.len() == 1 { widths.trim_end() } else { widths.trim_end_matches(", ") };
    let text = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({widths}), }}");
    // Magic, version and length take 10 bytes, or 12 where the text is too long for two bytes of length.
    let long = text.len() + 65 > usize::from(u16::MAX);
    let before = if long { 12 } else { 10 };
    let padding = (64 - (before + text.len() + 1) % 64) % 64;
    let len = text.len() + padding + 1;
    let mut file = MAGIC.to_vec();
    match u16::try_from(len) {
        Ok(len) if !long => file.extend([1, 0].into_iter().chain(len.to_le_bytes())),
        _ => file.extend([2, 0].into_iter().chain(u32::try_from(len).unwrap_or(u32::MAX).to_le_bytes())),
    }
    file.extend(text.bytes().chain(std::iter::repeat_n(b' ', padding)).chain([b'\n']));
    file
}
