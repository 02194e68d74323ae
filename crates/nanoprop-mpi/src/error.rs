use std::path::{Path, PathBuf};
use std::{fmt, io};

/// What ends a job: a file that can't be read, or is not what it should be.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// What the system says of a file.
    Io(PathBuf, io::Error),
    /// What is wrong with a file.
    File(PathBuf, String),
    /// What is wrong with a plan.
    Plan(String),
    /// The sum of the samples' costs or a weight is no longer finite after this step.
    Diverged(u64),
    /// MPI can't start, or has already.
    Mpi,
}

impl Error {
    pub(crate) fn file(path: &Path, problem: impl Into<String>) -> Error {
        Error::File(path.to_owned(), problem.into())
    }

    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Error {
        |error| Error::Io(path.to_owned(), error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Io(path, error) => write!(f, "{}: {error}", path.display()),
            Error::File(path, problem) => write!(f, "{}: {problem}", path.display()),
            Error::Plan(problem) => f.write_str(problem),
            Error::Diverged(step) => write!(f, "step {step} left the finite numbers: take a smaller rate"),
            Error::Mpi => f.write_str("MPI can't be started, or was started before"),
        }
    }
}

impl std::error::Error for Error {}
