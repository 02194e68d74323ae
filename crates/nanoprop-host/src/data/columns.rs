//! What the input of a network is made of: columns by name, encoded as numbers.

mod text;

use std::cmp::Ordering;

use nanoprop::Scalar;

use super::error::cut;
use super::scaling::mean;
use super::table::distinct;
use super::{DataError, Table};

/// What stands for a value that is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "spec", derive(serde::Deserialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Missing {
    /// A missing value is an error.
    Refuse,
    /// The mean of those that are there; of numbers only.
    Mean,
    /// The most frequent of those that are there; of equally frequent ones, the least.
    MostFrequent,
    /// The mean, and an input more that is 1 where the value is missing and 0 elsewhere; of a category, no value is 1.
    Indicator,
}

/// The columns that are a network's input, by name, in the order of the input: numbers, and categories of which each value
/// is an input that is 1 or 0.
///
/// [`learn`](Columns::learn) takes from the samples that are learned from what is not given: means, most frequent values,
/// and the values of categories. Then [`rows`](Columns::rows) reads these and other tables alike. It prints as a text of a
/// line for each column, which [`parse`](str::parse) reads: keep it beside the network.
///
/// # Example
///
/// ```
/// use nanoprop_host::data::{Columns, Csv, DataError, Missing};
///
/// let text = "price,city,rooms\n100,Oslo,3\n250,Rome,NA\n175,Oslo,5\n";
/// let table = Csv::new().read("homes.csv", text.as_bytes())?;
///
/// let mut columns = Columns::new().missing("NA").number_or("rooms", Missing::Mean).categories("city");
/// columns.learn(&table, &[0, 1, 2])?;
/// assert_eq!(columns.width(), 3); // rooms, city = Oslo, city = Rome
/// assert_eq!(columns.rows::<f32, 3>(&table)?, [[3.0, 1.0, 0.0], [4.0, 0.0, 1.0], [5.0, 1.0, 0.0]]);
/// let prices = table.number_column::<f32>("price")?;
/// assert_eq!(prices[1], 250.0);
///
/// let kept = columns.to_string();
/// assert_eq!(kept, "missing NA\nnumber rooms mean 4.0\ncategories city refuse Oslo Rome\n");
/// assert_eq!(kept.parse::<Columns>()?, columns);
/// # Ok::<(), DataError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[doc(alias("OneHotEncoder", "SimpleImputer", "ColumnTransformer", "get_dummies"))]
pub struct Columns {
    columns: Vec<Column>,
    missing: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
struct Column {
    name: String,
    missing: Missing,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    /// A number, and what stands for one that is missing, where it is known.
    Number(Option<f64>),
    /// The values of a category, whether they are learned, and which stands for one that is missing.
    Category { values: Vec<String>, learned: bool, frequent: Option<String> },
}

impl Columns {
    /// No columns; an empty value is a missing one.
    pub fn new() -> Columns {
        Columns::default()
    }

    /// A value that is a missing one, such as `NA` or `?`; an empty one is too.
    #[doc(alias = "na_values")]
    pub fn missing(mut self, token: &str) -> Columns {
        self.missing.push(token.to_owned());
        self
    }

    /// A column of numbers, none of which is missing.
    pub fn number(self, name: &str) -> Columns {
        self.number_or(name, Missing::Refuse)
    }

    /// A column of numbers, and what stands for one that is missing.
    pub fn number_or(self, name: &str, missing: Missing) -> Columns {
        self.with(name, missing, Kind::Number(None))
    }

    /// A column of one of some values, in the order of the inputs.
    pub fn category(self, name: &str, values: &[&str]) -> Columns {
        self.category_or(name, values, Missing::Refuse)
    }

    /// [`category`](Columns::category), and what stands for a value that is missing.
    pub fn category_or(self, name: &str, values: &[&str], missing: Missing) -> Columns {
        let values = values.iter().map(|&value| value.to_owned()).collect();
        self.with(name, missing, Kind::Category { values, learned: false, frequent: None })
    }

    /// A column of one of some values, which [`learn`](Columns::learn) finds.
    pub fn categories(self, name: &str) -> Columns {
        self.categories_or(name, Missing::Refuse)
    }

    /// [`categories`](Columns::categories), and what stands for a value that is missing.
    pub fn categories_or(self, name: &str, missing: Missing) -> Columns {
        self.with(name, missing, Kind::Category { values: vec![], learned: true, frequent: None })
    }

    fn with(mut self, name: &str, missing: Missing, kind: Kind) -> Columns {
        self.columns.push(Column { name: name.to_owned(), missing, kind });
        self
    }

    /// How many inputs they are.
    pub fn width(&self) -> usize {
        self.columns.iter().map(Column::width).sum()
    }

    /// Takes means, most frequent values and the values of categories from some rows of a table: those that are learned
    /// from.
    ///
    /// # Errors
    ///
    /// Where the table has no such column or row, a value is no number or not in the list of its category, all of a column
    /// are missing, or a category has a mean. The columns are then as they were.
    pub fn learn(&mut self, table: &Table, rows: &[usize]) -> Result<(), DataError> {
        let mut columns = self.columns.clone();
        columns.iter_mut().try_for_each(|column| column.learn(table, rows, &self.missing))?;
        self.columns = columns;
        Ok(())
    }

    /// The inputs of all rows of a table.
    ///
    /// # Errors
    ///
    /// Where they are other than `N` inputs, the table has no such column, or a value is not one of the column.
    pub fn rows<T: Scalar, const N: usize>(&self, table: &Table) -> Result<Vec<[T; N]>, DataError> {
        if self.width() != N {
            let problem = format!("the columns are {} inputs, but {N} were asked for", self.width());
            return Err(DataError::new(&table.file, problem));
        }
        let places = self.columns.iter().map(|column| table.find(&column.name)).collect::<Result<Vec<_>, _>>()?;
        let row = |row| {
            let (mut inputs, mut at) = ([T::from_f64(0.0); N], 0);
            for (column, &place) in self.columns.iter().zip(&places) {
                let (these, end) = (&mut inputs[at..], at + column.width());
                column.write(table, row, place, is_missing(&self.missing, table.text(row, place)), these)?;
                at = end;
            }
            Ok(inputs)
        };
        (0..table.len()).map(row).collect()
    }
}

impl Column {
    fn width(&self) -> usize {
        let values = match &self.kind {
            Kind::Number(_) => 1,
            Kind::Category { values, .. } => values.len(),
        };
        values + usize::from(self.missing == Missing::Indicator)
    }

    fn learn(&mut self, table: &Table, rows: &[usize], tokens: &[String]) -> Result<(), DataError> {
        let place = table.find(&self.name)?;
        let wrong = |problem: String| Err(DataError::new(&table.file, problem));
        if let Some(row) = rows.iter().find(|&&row| row >= table.len()) {
            return wrong(format!("there is no row {row}: the rows are 0 to {}", table.len().saturating_sub(1)));
        }
        let known: Vec<usize> =
            rows.iter().copied().filter(|&row| !is_missing(tokens, table.text(row, place))).collect();
        if known.is_empty() {
            return wrong(format!("all values of `{}` are missing", cut(&self.name)));
        }
        let texts = || known.iter().map(|&row| table.text(row, place));
        match &mut self.kind {
            Kind::Number(stand_in) => {
                let numbers =
                    known.iter().map(|&row| table.number::<f64>(row, place)).collect::<Result<Vec<_>, _>>()?;
                *stand_in = match self.missing {
                    Missing::MostFrequent => most_frequent(numbers),
                    _ => Some(mean(numbers.iter().copied())),
                };
            }
            Kind::Category { .. } if self.missing == Missing::Mean => {
                return wrong(format!("`{}` is a category, which has no mean: see `Missing`", cut(&self.name)));
            }
            Kind::Category { values, learned, frequent } => {
                if *learned {
                    *values = distinct(texts()).into_iter().map(str::to_owned).collect();
                } else if let Some(&row) =
                    known.iter().find(|&&row| !values.iter().any(|v| v == table.text(row, place)))
                {
                    return Err(table.none_of(row, place, values));
                }
                let most = || most_frequent(texts().collect()).map(str::to_owned);
                *frequent = if self.missing == Missing::MostFrequent { most() } else { None };
            }
        }
        Ok(())
    }

    fn write<T: Scalar>(
        &self,
        table: &Table,
        row: usize,
        place: usize,
        missing: bool,
        to: &mut [T],
    ) -> Result<(), DataError> {
        let one = T::from_f64(1.0);
        if missing && self.missing == Missing::Refuse {
            let problem = "the value is missing: see `Missing` for what may stand for it";
            return Err(table.wrong(row, place, problem.to_owned()));
        }
        let unlearned = || DataError::new(&table.file, "the columns have not learned yet: call `learn`");
        let at = self.width().saturating_sub(1);
        match &self.kind {
            Kind::Number(stand_in) => {
                let number = match stand_in {
                    _ if !missing => table.number(row, place)?,
                    Some(number) => table.finite(row, place, T::from_f64(*number), &format!("{number:?}"))?,
                    None => return Err(unlearned()),
                };
                to.iter_mut().take(1).for_each(|to| *to = number);
            }
            Kind::Category { values, frequent, .. } => {
                let text = match self.missing {
                    _ if !missing => Some(table.text(row, place)),
                    Missing::MostFrequent => Some(frequent.as_deref().ok_or_else(unlearned)?),
                    Missing::Mean => return Err(unlearned()),
                    Missing::Refuse | Missing::Indicator => None,
                };
                if let Some(text) = text {
                    let value = values.iter().position(|value| value == text);
                    let value = value.ok_or_else(|| table.none_of(row, place, values))?;
                    to.iter_mut().skip(value).take(1).for_each(|to| *to = one);
                }
            }
        }
        if missing && self.missing == Missing::Indicator {
            to.iter_mut().skip(at).take(1).for_each(|to| *to = one);
        }
        Ok(())
    }
}

/// Whether a text stands for a value that is missing.
fn is_missing(tokens: &[String], text: &str) -> bool {
    text.is_empty() || tokens.iter().any(|token| token == text)
}

/// The most frequent of some values, which all compare; of equally frequent ones, the least.
fn most_frequent<V: PartialOrd + Copy>(mut values: Vec<V>) -> Option<V> {
    values.sort_by(|a, b| a.partial_cmp(b).unwrap_or(Ordering::Equal));
    values.chunk_by(|a, b| a == b).rev().max_by_key(|same| same.len()).and_then(|same| same.first().copied())
}
