use std::io::Read;
use std::path::{Path, PathBuf};

use csv::{ReaderBuilder, StringRecord, Trim};
use nanoprop::{Class, Scalar, Width};

use super::DataError;

/// How a table of numbers is read: a line for each sample, in which some columns are the input and others the target.
///
/// By default the first line names the columns, which commas separate, and the target stands behind the input.
/// Spaces around a value, and lines that are empty or begin with `#`, are passed over.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop_host::data::{Csv, DataError};
///
/// let text = "length,width,kind\n5.1,3.5,setosa\n7.0,3.2,versicolor\n";
/// let table = Csv::new().read("iris.csv", text.as_bytes())?;
/// let samples = table.classes::<f32, 2, U2>(&["setosa", "versicolor"])?;
/// assert_eq!(samples[1].0, [7.0, 3.2]);
/// assert_eq!(samples[1].1.index(), 1);
///
/// let bad = Csv::new().read("iris.csv", "length,width,kind\n5.1,wide,setosa\n".as_bytes())?;
/// assert_eq!(
///     bad.classes::<f32, 2, U1>(&["setosa"]).unwrap_err().to_string(),
///     "iris.csv, line 2, column 2 (width): expected a number, found `wide`",
/// );
/// # Ok::<(), DataError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Csv {
    header: bool,
    delimiter: u8,
    first: bool,
}

impl Default for Csv {
    fn default() -> Self {
        Csv::new()
    }
}

impl Csv {
    /// With a line of names, commas, and the target behind the input.
    pub const fn new() -> Csv {
        Csv { header: true, delimiter: b',', first: false }
    }

    /// The first line is a sample too.
    pub const fn without_header(self) -> Csv {
        Csv { header: false, ..self }
    }

    /// What stands between two columns, such as `b';'` or `b'\t'`.
    pub const fn delimiter(self, delimiter: u8) -> Csv {
        Csv { delimiter, ..self }
    }

    /// The target stands in front of the input.
    pub const fn target_first(self) -> Csv {
        Csv { first: true, ..self }
    }

    /// Reads a file.
    ///
    /// # Errors
    ///
    /// As [`read`](Csv::read), and where the file can't be opened.
    pub fn open(&self, path: impl AsRef<Path>) -> Result<Table, DataError> {
        let path = path.as_ref();
        let file =
            std::fs::File::open(path).map_err(|error| DataError::new(path, format!("can't be read: {error}")))?;
        self.read(path, file)
    }

    /// Reads a text; `name` is for messages.
    ///
    /// # Errors
    ///
    /// Where the text is not UTF-8, a line has another number of columns than the first, or there are no samples.
    pub fn read(&self, name: impl AsRef<Path>, text: impl Read) -> Result<Table, DataError> {
        let name = name.as_ref();
        let mut reader = ReaderBuilder::new();
        reader.has_headers(self.header).delimiter(self.delimiter).trim(Trim::All).comment(Some(b'#')).flexible(true);
        let mut reader = reader.from_reader(text);
        let place = |error: &csv::Error| error.position().map_or(1, csv::Position::line);
        let wrong = |error: csv::Error| match error.kind() {
            csv::ErrorKind::Io(error) => DataError::new(name, format!("can't be read: {error}")),
            csv::ErrorKind::Utf8 { .. } => {
                DataError::new(name, "expected UTF-8, found other bytes").line(place(&error))
            }
            _ => DataError::new(name, error.to_string()).line(place(&error)),
        };
        let names = if self.header { reader.headers().map_err(wrong)?.clone() } else { StringRecord::new() };
        let mut rows: Vec<StringRecord> = vec![];
        for row in reader.records() {
            let row = row.map_err(wrong)?;
            let expected = if self.header { names.len() } else { rows.first().map_or(row.len(), StringRecord::len) };
            if row.len() != expected {
                let problem = format!("expected {expected} columns, found {}", row.len());
                return Err(DataError::new(name, problem).line(line(&row)));
            }
            rows.push(row);
        }
        if rows.is_empty() {
            return Err(DataError::new(name, "expected a line for each sample, found none"));
        }
        Ok(Table { file: name.to_owned(), names, rows, first: self.first })
    }
}

fn line(row: &StringRecord) -> u64 {
    row.position().map_or(1, csv::Position::line)
}

/// Samples of a classifier: `N` numbers and one of `K` classes.
pub type Labelled<T, const N: usize, K> = Vec<([T; N], Class<K>)>;

/// Samples of a regression: `N` numbers and `M` to predict.
pub type Paired<T, const N: usize, const M: usize> = Vec<([T; N], [T; M])>;

/// The lines of a table, not yet numbers.
#[derive(Clone, Debug)]
pub struct Table {
    file: PathBuf,
    names: StringRecord,
    rows: Vec<StringRecord>,
    first: bool,
}

impl Table {
    /// How many samples.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none; there is one at least.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The samples of a classifier: `N` numbers and one of `K` labels, which stand for the classes in their order.
    ///
    /// # Errors
    ///
    /// Where there are other than `N + 1` columns or `K` labels, an input is not a finite number, or a label is another.
    pub fn classes<T: Scalar, const N: usize, K: Width>(
        &self,
        labels: &[&str],
    ) -> Result<Labelled<T, N, K>, DataError> {
        self.width(N, 1)?;
        if labels.len() != K::USIZE {
            let problem = format!("expected a label for each of {} classes, but {} were given", K::USIZE, labels.len());
            return Err(DataError::new(&self.file, problem));
        }
        let (input, target) = self.starts(N, 1);
        self.rows.iter().map(|row| Ok((self.numbers(row, input)?, self.class(row, target, labels)?))).collect()
    }

    /// The samples of a classifier whose labels are the numbers of the classes, from 0.
    ///
    /// # Errors
    ///
    /// As [`classes`](Table::classes).
    pub fn numbered_classes<T: Scalar, const N: usize, K: Width>(&self) -> Result<Labelled<T, N, K>, DataError> {
        self.width(N, 1)?;
        let (input, target) = self.starts(N, 1);
        let class = |row: &StringRecord| {
            let found = row.get(target).unwrap_or_default();
            let class = found.parse().ok().and_then(|index| Class::new(index).ok());
            let problem = || format!("expected a class, a whole number from 0 to {}, found `{found}`", K::USIZE - 1);
            class.ok_or_else(|| self.wrong(row, target, problem()))
        };
        self.rows.iter().map(|row| Ok((self.numbers(row, input)?, class(row)?))).collect()
    }

    /// The samples of a regression: `N` numbers of input and `M` of target.
    ///
    /// # Errors
    ///
    /// Where there are other than `N + M` columns, or one is not a finite number.
    pub fn targets<T: Scalar, const N: usize, const M: usize>(&self) -> Result<Paired<T, N, M>, DataError> {
        self.width(N, M)?;
        let (input, target) = self.starts(N, M);
        self.rows.iter().map(|row| Ok((self.numbers(row, input)?, self.numbers(row, target)?))).collect()
    }

    /// The labels of the target's column, each once, sorted: what the classes are, where that is not known.
    pub fn labels(&self) -> Vec<&str> {
        let target = if self.first { 0 } else { self.rows.first().map_or(0, |row| row.len().saturating_sub(1)) };
        let mut labels: Vec<&str> = self.rows.iter().filter_map(|row| row.get(target)).collect();
        labels.sort_unstable();
        labels.dedup();
        labels
    }

    fn starts(&self, inputs: usize, targets: usize) -> (usize, usize) {
        if self.first { (targets, 0) } else { (0, inputs) }
    }

    fn width(&self, inputs: usize, targets: usize) -> Result<(), DataError> {
        let found = self.rows.first().map_or(0, StringRecord::len);
        if found == inputs + targets {
            return Ok(());
        }
        let problem = format!("expected {inputs} columns of input and {targets} of target, found {found} columns");
        Err(DataError::new(&self.file, problem))
    }

    fn numbers<T: Scalar, const N: usize>(&self, row: &StringRecord, start: usize) -> Result<[T; N], DataError> {
        let mut numbers = [T::from_f64(0.0); N];
        for (k, number) in numbers.iter_mut().enumerate() {
            let (column, found) = (start + k, row.get(start + k).unwrap_or_default());
            let value = found.parse::<f64>().ok().filter(|value| T::from_f64(*value).is_finite());
            let problem = || match found.parse::<f64>() {
                Ok(_) => format!("expected a finite number of {}, found `{found}`", T::NAME),
                Err(_) => format!("expected a number, found `{found}`"),
            };
            *number = T::from_f64(value.ok_or_else(|| self.wrong(row, column, problem()))?);
        }
        Ok(numbers)
    }

    fn class<K: Width>(&self, row: &StringRecord, column: usize, labels: &[&str]) -> Result<Class<K>, DataError> {
        let found = row.get(column).unwrap_or_default();
        let class = labels.iter().position(|&label| label == found).and_then(|index| Class::new(index).ok());
        let problem = || format!("expected one of {}, found `{found}`", labels.join(", "));
        class.ok_or_else(|| self.wrong(row, column, problem()))
    }

    fn wrong(&self, row: &StringRecord, column: usize, problem: String) -> DataError {
        let name = self.names.get(column).unwrap_or_default();
        DataError::new(&self.file, problem).line(line(row)).column(column, name)
    }
}
