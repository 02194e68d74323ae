//! Files: what kind they are, found in their bytes, and new ones that replace none unless told to.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;

use serde::Serialize;

use crate::error::Error;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    Checkpoint,
    Spec,
    Onnx,
    Keras,
    Safetensors,
    Npy,
    Npz,
}

impl Kind {
    /// For messages.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Checkpoint => "checkpoint",
            Kind::Spec => "spec",
            Kind::Onnx => "ONNX file",
            Kind::Keras => ".keras file",
            Kind::Safetensors => "safetensors file",
            Kind::Npy => ".npy file",
            Kind::Npz => ".npz file",
        }
    }

    /// By the bytes; where they could be several kinds, by the name's extension.
    pub(crate) fn of(path: &Path, bytes: &[u8]) -> Result<Kind, Error> {
        let extension = path.extension().and_then(OsStr::to_str).unwrap_or_default().to_ascii_lowercase();
        let named = match extension.as_str() {
            "nprp" => Some(Kind::Checkpoint),
            "toml" => Some(Kind::Spec),
            "onnx" => Some(Kind::Onnx),
            "keras" => Some(Kind::Keras),
            "safetensors" => Some(Kind::Safetensors),
            "npy" => Some(Kind::Npy),
            "npz" => Some(Kind::Npz),
            _ => None,
        };
        let contains = |name: &[u8]| bytes.windows(name.len()).any(|window| window == name);
        let found = match bytes {
            [b'n', b'p', b'r', b'p', ..] => Some(Kind::Checkpoint),
            [0x93, b'N', b'U', b'M', b'P', b'Y', ..] => Some(Kind::Npy),
            // The names of an archive's files are not packed.
            [b'P', b'K', 3 | 5, 4 | 6, ..] if contains(b"config.json") => Some(Kind::Keras),
            [b'P', b'K', 3 | 5, 4 | 6, ..] => Some(if named == Some(Kind::Keras) { Kind::Keras } else { Kind::Npz }),
            // The length of a header in JSON, which begins behind it.
            [_, _, _, _, _, 0, 0, 0, b'{', ..] => Some(Kind::Safetensors),
            // The field `ir_version`, as a number of one byte.
            [0x08, 0..=0x7f, ..] => Some(Kind::Onnx),
            _ => None,
        };
        let spec = || contains(b"[[layer").then_some(Kind::Spec);
        let unknown = "not a checkpoint, a spec, an ONNX, .keras, safetensors, .npy or .npz file";
        found.or(named).or_else(spec).ok_or_else(|| Error::at(path)(unknown))
    }
}

/// All of a file. Memory is its size.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let about = fs::metadata(path).map_err(Error::at(path))?;
    // A device or a pipe might never end.
    if !about.is_file() {
        return Err(Error::at(path)("not a file"));
    }
    let (mut bytes, size) = (vec![], about.len());
    let file = File::open(path).map_err(Error::at(path))?;
    file.take(size).read_to_end(&mut bytes).map_err(Error::at(path))?;
    Ok(bytes)
}

/// All of a file that is text.
pub(crate) fn read_text(path: &Path) -> Result<String, Error> {
    String::from_utf8(read(path)?).map_err(|_| Error::at(path)("not text: expected UTF-8"))
}

/// Whether these files may be written: none is there, or they may be replaced.
pub(crate) fn check_free<P: AsRef<Path>>(paths: &[P], force: bool) -> Result<(), Error> {
    match paths.iter().find(|path| !force && path.as_ref().exists()) {
        Some(path) => Err(Error::at(path.as_ref())("it is there already: --force replaces it")),
        None => Ok(()),
    }
}

/// Writes a file, and the folders that it is in; replaces none unless told to.
pub(crate) fn write(path: &Path, bytes: &[u8], force: bool) -> Result<(), Error> {
    check_free(&[path], force)?;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(Error::at(folder))?;
    }
    let mut options = File::options();
    let options = if force { options.create(true).truncate(true) } else { options.create_new(true) };
    let mut file = options.write(true).open(path).map_err(Error::at(path))?;
    file.write_all(bytes).map_err(Error::at(path))
}

/// Makes a script one that can be run.
#[cfg(unix)]
pub(crate) fn executable(path: &Path) -> Result<(), Error> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).map_err(Error::at(path))
}

#[cfg(not(unix))]
pub(crate) fn executable(_: &Path) -> Result<(), Error> {
    Ok(())
}
