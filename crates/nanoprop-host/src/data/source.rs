//! Bytes of files, unpacked within a limit, and text of them.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use flate2::read::MultiGzDecoder;

use super::DataError;

/// The most bytes that a gzip file is unpacked to, unless a reader says otherwise: 1 GiB.
pub(super) const LIMIT: u64 = 1 << 30;

/// A file, to be read.
pub(super) fn open(path: &Path) -> Result<File, DataError> {
    File::open(path).map_err(|error| DataError::new(path, format!("can't be read: {error}")))
}

/// All bytes, which gzip may have packed.
pub(super) fn bytes(name: &Path, mut source: impl Read, limit: u64) -> Result<Vec<u8>, DataError> {
    let mut bytes = vec![];
    source.read_to_end(&mut bytes).map_err(|error| DataError::new(name, format!("can't be read: {error}")))?;
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes);
    }
    let mut unpacked = vec![];
    let result = MultiGzDecoder::new(&bytes[..]).take(limit.saturating_add(1)).read_to_end(&mut unpacked);
    result.map_err(|error| DataError::new(name, format!("gzip can't unpack it: {error}")))?;
    if unpacked.len() as u64 > limit {
        return Err(DataError::new(name, format!("gzip unpacks it to more than {limit} bytes: see `limit`")));
    }
    Ok(unpacked)
}

/// The text of bytes in UTF-8, with or without a mark in front; other kinds of files are named.
pub(super) fn text(name: &Path, bytes: Vec<u8>) -> Result<String, DataError> {
    let known = [
        (&[0xff, 0xfe][..], "UTF-16: save it as UTF-8"),
        (&[0xfe, 0xff], "UTF-16: save it as UTF-8"),
        (b"PK\x03\x04", "a zip archive, such as .xlsx: export the table as CSV"),
        (b"\xd0\xcf\x11\xe0", "an old Office file, such as .xls: export the table as CSV"),
        (b"%PDF", "a PDF: export the table as CSV"),
        (b"PAR1", "a Parquet file: export the table as CSV"),
        (b"\x93NUMPY", "a NumPy array: write it with `numpy.savetxt`"),
        (b"BZh", "what bzip2 packed: unpack it, or use gzip"),
        (b"\xfd7zXZ", "what xz packed: unpack it, or use gzip"),
        (b"\x28\xb5\x2f\xfd", "what zstd packed: unpack it, or use gzip"),
    ];
    let tar = bytes.get(257..).is_some_and(|bytes| bytes.starts_with(b"ustar"));
    let known = known.iter().find(|(start, _)| bytes.starts_with(start)).map(|(_, problem)| *problem);
    if let Some(problem) = known.or(tar.then_some("a tar archive: unpack it, and read the table in it")) {
        return Err(DataError::new(name, format!("expected text, found {problem}")));
    }
    // Half of the bytes of UTF-16 are 0, where the text is Latin.
    if bytes.len() > 1 && bytes.iter().take(64).filter(|&&byte| byte == 0).count() * 3 > bytes.len().min(64) {
        return Err(DataError::new(name, "expected text, found bytes of 0: if it is UTF-16, save it as UTF-8"));
    }
    let start = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    match std::str::from_utf8(&bytes[start..]) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => {
            let before = &bytes[..start + error.valid_up_to()];
            // As the lines of a table end: a carriage return and the line feed behind it are one end.
            let next = before.iter().skip(1).chain(&[0]);
            let ends =
                before.iter().zip(next).filter(|&(&byte, &next)| byte == b'\n' || byte == b'\r' && next != b'\n');
            let line = ends.count() as u64 + 1;
            Err(DataError::new(name, "expected UTF-8, found other bytes").line(line))
        }
    }
}
