use std::borrow::{Borrow, Cow};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use nanoprop::{Class, Scalar, Width};

use super::error::cut;
use super::{Csv, DataError};

/// Samples of a classifier: `N` numbers and one of `K` classes.
pub type Labelled<T, const N: usize, K> = Vec<([T; N], Class<K>)>;

/// Samples of a regression: `N` numbers and `M` to predict.
pub type Paired<T, const N: usize, const M: usize> = Vec<([T; N], [T; M])>;

/// The lines of a table, not yet numbers.
///
/// Where the input is all columns but the target's, [`classes`](Table::classes) and [`targets`](Table::targets) read both.
/// Else a [`Columns`](super::Columns) says what the input is made of, and the target is a column of its own:
/// [`class_column`](Table::class_column) or [`number_column`](Table::number_column).
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop_host::data::{Csv, DataError};
///
/// let text = "width,city,class\n1.5,Oslo,0\n2.5,Rome,2\n";
/// let table = Csv::new().read("homes.csv", text.as_bytes())?;
/// assert_eq!((table.len(), table.is_empty(), table.names()), (2, false, &["width", "city", "class"].map(String::from)[..]));
/// assert_eq!(table.values("city")?, ["Oslo", "Rome"]);
/// assert_eq!(table.labels(), ["0", "2"]); // of the target's column
/// assert_eq!(table.class_column::<U2>("city", &["Oslo", "Rome"])?[1].index(), 1);
/// assert_eq!(table.numbered_class_column::<U3>("class", 0)?[1].index(), 2);
/// # Ok::<(), DataError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Table {
    pub(super) file: PathBuf,
    names: Vec<String>,
    /// Each line's number in the file, and its values.
    rows: Vec<(u64, Vec<String>)>,
    first: bool,
    decimal_comma: bool,
    hint: &'static str,
}

impl Table {
    pub(super) fn new(file: &Path, names: Vec<String>, rows: Vec<(u64, Vec<String>)>, settings: &Csv) -> Table {
        let text = if names.is_empty() { rows.first().map_or(&[][..], |(_, row)| row) } else { &names };
        let hint = match text {
            [first] => settings.other(first),
            [first, ..] if first.starts_with('#') => settings.other(first),
            _ => "",
        };
        Table { file: file.to_owned(), names, rows, first: settings.first, decimal_comma: settings.decimal_comma, hint }
    }

    /// How many samples.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none; there is one at least.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The names of the columns; none where the file has no line of them.
    pub fn names(&self) -> &[String] {
        &self.names
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
        let (input, target) = self.starts(N, 1);
        let classes = self.class_at(target, labels)?;
        let rows = (0..self.len()).zip(classes);
        rows.map(|(row, class)| Ok((self.numbers(row, input)?, class))).collect()
    }

    /// The samples of a classifier whose labels are the numbers of the classes, from 0; `1.0` is 1.
    ///
    /// # Errors
    ///
    /// As [`classes`](Table::classes).
    pub fn numbered_classes<T: Scalar, const N: usize, K: Width>(&self) -> Result<Labelled<T, N, K>, DataError> {
        self.width(N, 1)?;
        let (input, target) = self.starts(N, 1);
        (0..self.len()).map(|row| Ok((self.numbers(row, input)?, self.numbered(row, target, 0)?))).collect()
    }

    /// The samples of a regression: `N` numbers of input and `M` of target.
    ///
    /// # Errors
    ///
    /// Where there are other than `N + M` columns, or one is not a finite number.
    pub fn targets<T: Scalar, const N: usize, const M: usize>(&self) -> Result<Paired<T, N, M>, DataError> {
        self.width(N, M)?;
        let (input, target) = self.starts(N, M);
        (0..self.len()).map(|row| Ok((self.numbers(row, input)?, self.numbers(row, target)?))).collect()
    }

    /// The labels of the target's column, each once, sorted: what the classes are, where that is not known.
    pub fn labels(&self) -> Vec<&str> {
        let target = if self.first { 0 } else { self.rows.first().map_or(0, |(_, row)| row.len().saturating_sub(1)) };
        self.different(target)
    }

    /// The values of a column by name, each once, sorted.
    ///
    /// # Errors
    ///
    /// Where no column has the name.
    pub fn values(&self, column: &str) -> Result<Vec<&str>, DataError> {
        Ok(self.different(self.find(column)?))
    }

    /// A column by name as classes: one of `K` labels, which stand for the classes in their order.
    ///
    /// # Errors
    ///
    /// Where no column has the name, there are other than `K` labels, or a label is another.
    pub fn class_column<K: Width>(&self, column: &str, labels: &[&str]) -> Result<Vec<Class<K>>, DataError> {
        self.class_at(self.find(column)?, labels)
    }

    /// A column by name as classes that are numbered from `first`, which is 0 or 1 mostly; `1.0` is 1.
    ///
    /// # Errors
    ///
    /// Where no column has the name, or a value is no number of a class.
    pub fn numbered_class_column<K: Width>(&self, column: &str, first: usize) -> Result<Vec<Class<K>>, DataError> {
        let column = self.find(column)?;
        (0..self.len()).map(|row| self.numbered(row, column, first)).collect()
    }

    /// A column by name as numbers.
    ///
    /// # Errors
    ///
    /// Where no column has the name, or a value is not a finite number.
    pub fn number_column<T: Scalar>(&self, column: &str) -> Result<Vec<T>, DataError> {
        let column = self.find(column)?;
        (0..self.len()).map(|row| self.number(row, column)).collect()
    }

    /// Where the column of this name is.
    pub(super) fn find(&self, name: &str) -> Result<usize, DataError> {
        let mut found = self.names.iter().enumerate().filter(|(_, known)| *known == name);
        let problem = match (found.next(), found.next()) {
            (Some((column, _)), None) => return Ok(column),
            (Some(_), Some(_)) => format!("two columns have the name `{}`", cut(name)),
            _ if self.names.is_empty() => "the columns have no names: the file was read `without_header`".to_owned(),
            _ => format!(
                "no column has the name `{}`: there are {}{}",
                cut(name),
                cut(&self.names.join(", ")),
                self.hint
            ),
        };
        Err(DataError::new(&self.file, problem))
    }

    /// The text of a value; empty where there is none.
    pub(super) fn text(&self, row: usize, column: usize) -> &str {
        self.rows.get(row).and_then(|(_, row)| row.get(column)).map_or("", |text| text)
    }

    /// A value as a number of `T`, rounded once.
    pub(super) fn number<T: Scalar>(&self, row: usize, column: usize) -> Result<T, DataError> {
        let found = self.text(row, column);
        let text = self.dotted(found);
        // Through f64, a number of f32 would be rounded twice.
        let number = if T::DIGITS == f32::MANTISSA_DIGITS {
            text.parse::<f32>().ok().map(|number| T::from_f64(f64::from(number)))
        } else {
            text.parse::<f64>().ok().map(T::from_f64)
        };
        match number {
            Some(number) => self.finite(row, column, number, found),
            None => Err(self.wrong(row, column, format!("expected a number, found `{}`", cut(found)))),
        }
    }

    /// A number that stands at a place, if `T` has it.
    pub(super) fn finite<T: Scalar>(&self, row: usize, column: usize, number: T, found: &str) -> Result<T, DataError> {
        if number.is_finite() {
            return Ok(number);
        }
        Err(self.wrong(row, column, format!("expected a finite number of {}, found `{}`", T::NAME, cut(found))))
    }

    /// A number with a point in front of its fraction.
    fn dotted<'a>(&self, number: &'a str) -> Cow<'a, str> {
        if self.decimal_comma { number.replace(',', ".").into() } else { number.into() }
    }

    pub(super) fn wrong(&self, row: usize, column: usize, problem: String) -> DataError {
        let name = self.names.get(column).map_or("", |name| name);
        let line = self.rows.get(row).map_or(1, |(line, _)| *line);
        // In the first row, the whole table may have been read wrongly.
        let hint = if row == 0 { self.hint } else { "" };
        DataError::new(&self.file, problem + hint).line(line).column(column, name)
    }

    /// A value is none of those that it may be.
    pub(super) fn none_of(&self, row: usize, column: usize, values: &[impl Borrow<str>]) -> DataError {
        let (expected, found) = (cut(&values.join(", ")), cut(self.text(row, column)));
        self.wrong(row, column, format!("expected one of {expected}, found `{found}`"))
    }

    fn different(&self, column: usize) -> Vec<&str> {
        distinct((0..self.len()).map(|row| self.text(row, column)))
    }

    fn starts(&self, inputs: usize, targets: usize) -> (usize, usize) {
        if self.first { (targets, 0) } else { (0, inputs) }
    }

    fn width(&self, inputs: usize, targets: usize) -> Result<(), DataError> {
        let found = self.rows.first().map_or(0, |(_, row)| row.len());
        if found == inputs + targets {
            return Ok(());
        }
        let columns = if found == 1 { "column" } else { "columns" };
        let problem =
            format!("expected {inputs} columns of input and {targets} of target, found {found} {columns}{}", self.hint);
        Err(DataError::new(&self.file, problem))
    }

    fn numbers<T: Scalar, const N: usize>(&self, row: usize, start: usize) -> Result<[T; N], DataError> {
        let mut numbers = [T::from_f64(0.0); N];
        for (k, number) in numbers.iter_mut().enumerate() {
            *number = self.number(row, start + k)?;
        }
        Ok(numbers)
    }

    fn numbered<K: Width>(&self, row: usize, column: usize, first: usize) -> Result<Class<K>, DataError> {
        let found = self.text(row, column);
        let number = self.dotted(found).parse::<f64>().ok().filter(|number| *number >= 0.0 && number.fract() == 0.0);
        let class = number.and_then(|number| Class::new((number as usize).checked_sub(first)?).ok());
        let problem = || {
            let last = first.saturating_add(K::USIZE).saturating_sub(1);
            format!("expected a class, a whole number from {first} to {last}, found `{}`", cut(found))
        };
        class.ok_or_else(|| self.wrong(row, column, problem()))
    }

    fn class_at<K: Width>(&self, column: usize, labels: &[&str]) -> Result<Vec<Class<K>>, DataError> {
        if labels.len() != K::USIZE {
            let problem = format!("expected a label for each of {} classes, but {} were given", K::USIZE, labels.len());
            return Err(DataError::new(&self.file, problem));
        }
        let class = |row| {
            let class = labels.iter().position(|&label| label == self.text(row, column));
            class.and_then(|index| Class::new(index).ok()).ok_or_else(|| self.none_of(row, column, labels))
        };
        (0..self.len()).map(class).collect()
    }
}

/// Each of some values once, sorted.
pub(super) fn distinct<'a>(values: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    values.collect::<BTreeSet<_>>().into_iter().collect()
}
