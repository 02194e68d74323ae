//! Zip archives in memory, stored or deflated.

use std::collections::BTreeMap;
use std::io::{self, Read};

use crate::error::Error;

/// The most bytes that an archive is unpacked to: one that goes on without end is cut.
pub const MOST_UNPACKED: u64 = 1 << 28;

fn error(message: impl ToString) -> Error {
    Error::file("zip archive", message)
}

/// The files of an archive, unpacked.
pub(crate) fn read(bytes: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, Error> {
    let archive = rawzip::ZipArchive::from_slice(bytes).map_err(error)?;
    let (mut entries, mut files, mut room) = (archive.entries(), BTreeMap::new(), MOST_UNPACKED);
    while let Some(entry) = entries.next_entry().map_err(error)? {
        let name = String::from_utf8_lossy(entry.file_path().as_ref()).into_owned();
        let method = entry.compression_method();
        let found = archive.get_entry(entry.wayfinder()).map_err(error)?;
        let mut file = Vec::new();
        let data: Box<dyn Read + '_> = match method {
            rawzip::CompressionMethod::STORE => Box::new(found.data()),
            rawzip::CompressionMethod::DEFLATE => Box::new(flate2::bufread::DeflateDecoder::new(found.data())),
            _ => return Err(error(format!("`{name}` is neither stored nor deflated"))),
        };
        let read = found.verifying_reader(data).take(room + 1).read_to_end(&mut file);
        if file.len() as u64 > room {
            return Err(error(format!("unpacked it has more than {MOST_UNPACKED} bytes")));
        }
        read.map_err(|problem| error(format!("`{name}`: {problem}")))?;
        room -= file.len() as u64;
        if files.insert(name.clone(), file).is_some() {
            return Err(error(format!("`{name}` is there twice")));
        }
    }
    Ok(files)
}

/// An archive of these files, stored.
pub(crate) fn write<'a>(files: impl IntoIterator<Item = (&'a str, Vec<u8>)>) -> Result<Vec<u8>, Error> {
    let mut archive = rawzip::ZipArchiveWriter::new(Vec::new());
    for (name, file) in files {
        // Such as `a//b` and `c:/d`, which would be written as another.
        if rawzip::path::ZipFilePath::from_str(name).as_str() != name {
            return Err(error(format!("`{name}` can't be the name of a file in it")));
        }
        let (mut entry, config) = archive.new_file(name).start().map_err(error)?;
        let mut writer = config.wrap(&mut entry);
        io::copy(&mut file.as_slice(), &mut writer).map_err(error)?;
        let (_, descriptor) = writer.finish().map_err(error)?;
        entry.finish(descriptor).map_err(error)?;
    }
    archive.finish().map_err(error)
}
