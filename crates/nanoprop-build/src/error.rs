//! What can be wrong with a spec, and where.

use std::cell::RefCell;
use std::fmt;

/// One thing that is wrong with the specs.
///
/// Displayed as `networks/digits.toml:4: layer 3 reads 5 values, but layer 2 writes 16`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Error {
    /// The file, as it was named by the caller.
    pub file: String,
    /// The line, counted from 1; none if it is about the file or folder itself.
    pub line: Option<usize>,
    /// What is wrong and what to do: one line, lower case, no full stop.
    pub message: String,
}

impl Error {
    pub(crate) fn of_file(file: String, message: String) -> Self {
        Self { file, line: None, message }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.message),
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}

impl std::error::Error for Error {}

/// Collects the errors of one file, so that one run reports them all.
pub(crate) struct Report<'a> {
    file: &'a str,
    text: &'a str,
    errors: RefCell<Vec<Error>>,
}

impl<'a> Report<'a> {
    pub(crate) fn new(file: &'a str, text: &'a str) -> Self {
        Self { file, text, errors: RefCell::default() }
    }

    /// Adds what is wrong at byte `at` of the text.
    pub(crate) fn push(&self, at: usize, message: String) {
        let error = Error { file: self.file.to_owned(), line: Some(self.line(at)), message };
        self.errors.borrow_mut().push(error);
    }

    /// The line of byte `at`, counted from 1.
    pub(crate) fn line(&self, at: usize) -> usize {
        1 + self.text.bytes().take(at).filter(|&byte| byte == b'\n').count()
    }

    /// The errors by line; those of one line in the order they were found.
    pub(crate) fn into_errors(self) -> Vec<Error> {
        let mut errors = self.errors.into_inner();
        errors.sort_by_key(|error| error.line);
        errors
    }
}
