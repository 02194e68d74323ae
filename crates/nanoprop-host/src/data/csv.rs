mod lines;

use std::io::Read;
use std::path::Path;

use lines::Lines;

use super::table::Table;
use super::{DataError, source};

/// How a table is read: a line for each sample, in which some columns are the input and others the target.
///
/// By default the first line names the columns, which commas separate, and the target stands behind the input. Spaces
/// around a value, and lines that are empty, are passed over. A file that gzip packed is unpacked.
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
#[doc(alias("read_csv", "loadtxt"))]
pub struct Csv {
    header: bool,
    separator: Separator,
    comment: Option<u8>,
    skip: usize,
    limit: u64,
    pub(super) first: bool,
    pub(super) decimal_comma: bool,
}

/// What stands between two columns.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Separator {
    Byte(u8),
    Spaces,
}

impl Default for Csv {
    fn default() -> Self {
        Csv::new()
    }
}

impl Csv {
    /// With a line of names, commas, and the target behind the input.
    pub const fn new() -> Csv {
        Csv {
            header: true,
            separator: Separator::Byte(b','),
            comment: None,
            skip: 0,
            limit: source::LIMIT,
            first: false,
            decimal_comma: false,
        }
    }

    /// The first line is a sample too.
    pub const fn without_header(self) -> Csv {
        Csv { header: false, ..self }
    }

    /// What stands between two columns, such as `b';'` or `b'\t'`.
    #[doc(alias = "sep")]
    pub const fn delimiter(self, delimiter: u8) -> Csv {
        Csv { separator: Separator::Byte(delimiter), ..self }
    }

    /// Runs of spaces and tabs stand between two columns.
    #[doc(alias = "delim_whitespace")]
    pub const fn spaces(self) -> Csv {
        Csv { separator: Separator::Spaces, ..self }
    }

    /// Lines that begin with this byte, such as `b'#'`, are no samples, nor the line of names.
    pub const fn comments(self, start: u8) -> Csv {
        Csv { comment: Some(start), ..self }
    }

    /// So many lines at the start are neither names nor samples.
    #[doc(alias = "skiprows")]
    pub const fn skip_lines(self, lines: usize) -> Csv {
        Csv { skip: lines, ..self }
    }

    /// The target stands in front of the input.
    pub const fn target_first(self) -> Csv {
        Csv { first: true, ..self }
    }

    /// Numbers have a comma in front of their fraction: `3,14`. The columns are then separated by something else.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop_host::data::{Csv, DataError};
    ///
    /// let text = "measured by Ada\n# degrees; bar\n3,5;20,25;1,0\n";
    /// let settings = Csv::new().skip_lines(1).comments(b'#').without_header().delimiter(b';').decimal_comma().target_first();
    /// let samples = settings.read("log.csv", text.as_bytes())?.targets::<f32, 2, 1>()?;
    /// assert_eq!(samples, [([20.25, 1.0], [3.5])]);
    ///
    /// let table = Csv::new().without_header().spaces().read("log.txt", "1.0  2.0\t3.0\n".as_bytes())?;
    /// assert_eq!(table.targets::<f32, 2, 1>()?, [([1.0, 2.0], [3.0])]);
    /// # Ok::<(), DataError>(())
    /// ```
    #[doc(alias = "decimal")]
    pub const fn decimal_comma(self) -> Csv {
        Csv { decimal_comma: true, ..self }
    }

    /// The most bytes that a gzip file is unpacked to: 1 GiB, unless it is set.
    pub const fn limit(self, bytes: u64) -> Csv {
        Csv { limit: bytes, ..self }
    }

    /// Reads a file.
    ///
    /// # Errors
    ///
    /// As [`read`](Csv::read), and where the file can't be opened.
    pub fn open(&self, path: impl AsRef<Path>) -> Result<Table, DataError> {
        let path = path.as_ref();
        self.read(path, source::open(path)?)
    }

    /// Reads a text; `name` is for messages.
    ///
    /// # Errors
    ///
    /// Where the text is not UTF-8, a line has another number of columns than the first, a quote is not closed,
    /// the line of names looks like a sample (each is a number or a value of its column), or there are no samples.
    pub fn read(&self, name: impl AsRef<Path>, text: impl Read) -> Result<Table, DataError> {
        let name = name.as_ref();
        let text = source::text(name, source::bytes(name, text, self.limit)?)?;
        let mut lines = Lines::new(&text, self);
        let (first, names) = if self.header { lines.next(name)?.unwrap_or_default() } else { Default::default() };
        let (mut rows, mut expected) = (vec![], names.len());
        while let Some((line, row)) = lines.next(name)? {
            if rows.is_empty() && !self.header {
                expected = row.len();
            }
            if row.len() != expected {
                let problem =
                    format!("expected {expected} columns, found {}{}", row.len(), self.hint(&text, rows.len()));
                return Err(DataError::new(name, problem).line(line));
            }
            rows.push((line, row));
        }
        if rows.is_empty() {
            return Err(DataError::new(name, "expected a line for each sample, found none"));
        }
        if is_sample(&names, &rows) {
            let problem = "expected names of columns, found what seems to be a sample: see `without_header`";
            return Err(DataError::new(name, problem).line(first));
        }
        Ok(Table::new(name, names, rows, self))
    }

    /// What may be wrong with the settings, where lines have different numbers of columns.
    fn hint(&self, text: &str, rows: usize) -> &'static str {
        let other = self.other(text);
        if rows == 0 && self.header && other.is_empty() {
            "; if the first line is neither names nor a sample, see `skip_lines`"
        } else {
            other
        }
    }

    /// A mark of comments or a separator that the first line has, where those of the settings are not in it.
    pub(super) fn other(&self, text: &str) -> &'static str {
        let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        match self.separator {
            _ if self.comment.is_none() && first.trim_start().starts_with('#') => {
                "; the first line begins with `#`: see `comments`"
            }
            Separator::Byte(byte) if first.as_bytes().contains(&byte) => "",
            _ if first.contains(',') => "; the first line has commas: see `delimiter`",
            _ if first.contains(';') => "; the first line has semicolons: see `delimiter`",
            _ if first.contains('\t') => "; the first line has tabs: see `delimiter`",
            _ if first.contains('|') => "; the first line has `|`: see `delimiter`",
            Separator::Byte(_) if first.split_whitespace().count() > 1 => "; the first line has spaces: see `spaces`",
            _ => "",
        }
    }
}

/// Whether names look like the rows below them: each is a number or one of its column's values. Whole numbers that count
/// from 0 or 1, which some programs write, are names.
fn is_sample(names: &[String], rows: &[(u64, Vec<String>)]) -> bool {
    let counted = |from: usize| (from..).zip(names).all(|(number, name)| *name == number.to_string());
    let number = |name: &str| name.replace(',', ".").parse::<f64>().is_ok();
    let value = |column: usize, name: &String| rows.iter().any(|(_, row)| row.get(column) == Some(name));
    let like_row = |(column, name): (usize, &String)| number(name) || value(column, name);
    !names.is_empty() && !counted(0) && !counted(1) && names.iter().enumerate().all(like_row)
}
