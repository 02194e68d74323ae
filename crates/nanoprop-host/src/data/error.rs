use std::fmt;
use std::path::{Path, PathBuf};

/// What is wrong with a file, and where.
///
/// # Example
///
/// ```
/// use nanoprop_host::data::Csv;
/// use std::path::Path;
///
/// let table = Csv::new().read("a.csv", "x,y\n1.0,one\n".as_bytes()).unwrap();
/// let error = table.targets::<f32, 1, 1>().unwrap_err();
/// assert_eq!((error.file(), error.place(), error.problem()), (Path::new("a.csv"), Some(2), "expected a number, found `one`"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct DataError {
    file: PathBuf,
    place: Option<Place>,
    column: Option<(usize, String)>,
    problem: String,
}

/// Where in a file something is wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// From 1.
    Line(u64),
    /// From 0.
    Sample(usize),
}

impl DataError {
    pub(super) fn new(file: &Path, problem: impl Into<String>) -> DataError {
        DataError { file: file.to_owned(), place: None, column: None, problem: visible(&problem.into()) }
    }

    pub(super) fn line(mut self, line: u64) -> DataError {
        self.place = Some(Place::Line(line));
        self
    }

    /// `index` from 0.
    pub(super) fn sample(mut self, index: usize) -> DataError {
        self.place = Some(Place::Sample(index));
        self
    }

    /// `index` from 0.
    pub(super) fn column(mut self, index: usize, name: &str) -> DataError {
        self.column = Some((index + 1, cut(name)));
        self
    }

    /// The file, as it was asked for.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The line of a text, from 1; of an IDX file, the number of the sample, from 0.
    pub fn place(&self) -> Option<u64> {
        self.place.map(|place| match place {
            Place::Line(line) => line,
            Place::Sample(index) => index as u64,
        })
    }

    /// What was expected, and what was found.
    pub fn problem(&self) -> &str {
        &self.problem
    }
}

/// The most characters of a file's text that a message quotes.
const QUOTED: usize = 40;

/// A file's text for a message: its start, with control characters escaped.
pub(super) fn cut(text: &str) -> String {
    let start: String = text.chars().take(QUOTED).collect();
    visible(&start) + if start.len() < text.len() { "…" } else { "" }
}

/// Text in which control characters, such as a terminal's escapes, are spelled.
fn visible(text: &str) -> String {
    let spelled = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(spelled).collect()
}

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&visible(&self.file.display().to_string()))?;
        match self.place {
            Some(Place::Line(line)) => write!(f, ", line {line}")?,
            Some(Place::Sample(index)) => write!(f, ": sample {index}")?,
            None => {}
        }
        match &self.column {
            Some((index, name)) if name.is_empty() => write!(f, ", column {index}")?,
            Some((index, name)) => write!(f, ", column {index} ({name})")?,
            None => {}
        }
        write!(f, ": {}", self.problem)
    }
}

/// The message: what `main` shows that returns the error.
impl fmt::Debug for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for DataError {}
