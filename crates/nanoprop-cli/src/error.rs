use std::fmt;
use std::io;
use std::path::Path;

use nanoprop_host::data::DataError;

/// Why the command could not do what it was asked for.
pub(crate) struct Error(String);

impl Error {
    pub(crate) fn new(problem: impl Into<String>) -> Error {
        Error(problem.into())
    }

    /// A file or folder that could not be written or read, or in which something is wrong.
    pub(crate) fn at<E: fmt::Display>(path: &Path) -> impl FnOnce(E) -> Error {
        move |error| Error(format!("{}: {error}", path.display()))
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Error {
        Error(error.to_string())
    }
}

impl From<DataError> for Error {
    fn from(error: DataError) -> Error {
        Error(error.to_string())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
