//! What a table is for: which column is the target, and what the others are, in a file of TOML that people change.

mod guess;
mod write;

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

pub use guess::Guess;

use super::{Columns, Csv, DataError, Missing, Split, Table, split, split_stratified};

/// A table of samples: its file, its target, and what each column is, read from TOML.
///
/// [`TableSpec::guess`] makes one of a file; [`Display`](std::fmt::Display) writes it, with a comment for each key.
///
/// # Example
///
/// ```
/// use nanoprop_host::data::{DataError, Kind, TableSpec, TargetSpec};
///
/// let spec = TableSpec::parse("homes.toml", r#"
///     file = "homes.csv"
///     target = { column = "price" }
///     split = { validation = 0.2, test = 0.2, seed = 1 }
///     [[column]]
///     name = "rooms"
///     kind = "number"
///     missing = "mean"
///     [[column]]
///     name = "city"
///     kind = "category"
///     values = ["Oslo", "Rome"]
/// "#)?;
/// assert_eq!(spec.target, TargetSpec { column: "price".into(), classes: None });
/// assert_eq!(spec.columns[1].kind, Kind::Category);
/// assert_eq!(spec.inputs(), ["rooms", "city = Oslo", "city = Rome"]);
///
/// let text = "price,city,rooms\n100,Oslo,3\n250,Rome,\n175,Oslo,5\n";
/// let table = spec.csv().read("homes.csv", text.as_bytes())?;
/// let mut columns = spec.encoding();
/// columns.learn(&table, &[0, 1, 2])?;
/// assert_eq!(columns.rows::<f32, 3>(&table)?[1], [4.0, 0.0, 1.0]);
/// assert_eq!(spec.to_string().parse::<TableSpec>()?, spec);
/// # Ok::<(), DataError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct TableSpec {
    /// The file, from the folder of the spec.
    pub file: PathBuf,
    /// What stands between two columns: one character of ASCII.
    #[serde(default = "comma")]
    pub separator: char,
    /// Whether numbers have a comma in front of their fraction.
    #[serde(default)]
    pub decimal_comma: bool,
    /// What lines begin with that are no samples.
    pub comments: Option<char>,
    /// Values that are missing ones; an empty one is too.
    #[serde(default)]
    pub missing: Vec<String>,
    /// What is predicted.
    pub target: TargetSpec,
    /// Which rows are learned from.
    pub split: Shares,
    /// The other columns, in the order of the inputs.
    #[serde(rename = "column")]
    pub columns: Vec<ColumnSpec>,
}

/// What is predicted: a column of numbers, or one of classes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetSpec {
    /// The column's name.
    pub column: String,
    /// The classes in their order; of numbers none.
    pub classes: Option<Vec<String>>,
}

/// Shares of the rows; the rest is learned from.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shares {
    /// To choose by.
    pub validation: f64,
    /// To judge by.
    pub test: f64,
    /// Which rows: the same for one seed.
    pub seed: u64,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ColumnSpec {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// What stands for a missing value.
    #[serde(default = "refuse")]
    pub missing: Missing,
    /// The values of a category.
    #[serde(default)]
    pub values: Vec<String>,
    /// Why it was guessed so: a comment.
    #[serde(skip)]
    pub note: String,
}

/// What a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A number.
    Number,
    /// One of some values, each of which is an input that is 1 or 0.
    Category,
    /// No input.
    Ignore,
}

fn comma() -> char {
    ','
}

fn refuse() -> Missing {
    Missing::Refuse
}

impl TableSpec {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// As [`parse`](TableSpec::parse), and where the file can't be read.
    pub fn open(path: impl AsRef<Path>) -> Result<TableSpec, DataError> {
        let path = path.as_ref();
        let text = fs::read_to_string(path).map_err(|error| DataError::new(path, format!("can't be read: {error}")))?;
        TableSpec::parse(path, &text)
    }

    /// Reads a text; `name` is for messages.
    ///
    /// # Errors
    ///
    /// Where it is no TOML, a key is unknown or missing, or the columns can't be those of a table.
    pub fn parse(name: impl AsRef<Path>, text: &str) -> Result<TableSpec, DataError> {
        let name = name.as_ref();
        let spec: TableSpec = toml::from_str(text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            let line = 1 + text.bytes().take(start).filter(|&byte| byte == b'\n').count();
            DataError::new(name, error.message()).line(line as u64)
        })?;
        match spec.wrong() {
            Some(problem) => Err(DataError::new(name, problem)),
            None => Ok(spec),
        }
    }

    fn wrong(&self) -> Option<String> {
        if !self.separator.is_ascii() || self.comments.is_some_and(|start| !start.is_ascii()) {
            return Some("`separator` and `comments` are one character of ASCII each".to_owned());
        }
        if self.target.classes.as_ref().is_some_and(|classes| classes.len() < 2) {
            return Some("a target has at least two classes".to_owned());
        }
        let mut names: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
        names.sort_unstable();
        if let Some(name) = names.iter().zip(names.iter().skip(1)).find_map(|(a, b)| (a == b).then_some(a)) {
            return Some(format!("the column `{name}` is there twice"));
        }
        self.columns.iter().find_map(|ColumnSpec { name, kind, missing, values, .. }| match kind {
            _ if *kind != Kind::Ignore && *name == self.target.column => {
                Some(format!("the column `{name}` is the target, and can't be an input too"))
            }
            Kind::Category if values.is_empty() => Some(format!("the category `{name}` has no `values`")),
            Kind::Category if *missing == Missing::Mean => Some(format!("the category `{name}` has no mean")),
            Kind::Number if !values.is_empty() => Some(format!("the column `{name}` is a number, but has `values`")),
            _ => None,
        })
    }

    /// How the file is read.
    pub fn csv(&self) -> Csv {
        let csv = match self.separator {
            ' ' => Csv::new().spaces(),
            separator => Csv::new().delimiter(separator as u8),
        };
        let csv = if self.decimal_comma { csv.decimal_comma() } else { csv };
        match self.comments {
            Some(start) => csv.comments(start as u8),
            None => csv,
        }
    }

    /// The table, from a spec that stands in this folder.
    ///
    /// # Errors
    ///
    /// As [`Csv::open`].
    pub fn table(&self, folder: impl AsRef<Path>) -> Result<Table, DataError> {
        self.csv().open(folder.as_ref().join(&self.file))
    }

    /// The columns that are the input, which have not learned yet.
    pub fn encoding(&self) -> Columns {
        let start = self.missing.iter().fold(Columns::new(), |columns, token| columns.missing(token));
        self.columns.iter().fold(start, |columns, ColumnSpec { name, kind, missing, values, .. }| match kind {
            Kind::Number => columns.number_or(name, *missing),
            Kind::Category => {
                let values: Vec<&str> = values.iter().map(String::as_str).collect();
                columns.category_or(name, &values, *missing)
            }
            Kind::Ignore => columns,
        })
    }

    /// What each input of the network is.
    pub fn inputs(&self) -> Vec<String> {
        let mut inputs = vec![];
        for ColumnSpec { name, kind, missing, values, .. } in &self.columns {
            match kind {
                Kind::Number => inputs.push(name.clone()),
                Kind::Category => inputs.extend(values.iter().map(|value| format!("{name} = {value}"))),
                Kind::Ignore => continue,
            }
            if *missing == Missing::Indicator {
                inputs.push(format!("{name} is missing"));
            }
        }
        inputs
    }

    /// Which rows of the table are for what: classes are spread evenly.
    ///
    /// # Errors
    ///
    /// Where the shares are none, or a row's class is none of the target's.
    pub fn parts(&self, table: &Table) -> Result<Split, Box<dyn std::error::Error>> {
        let Shares { validation, test, seed } = self.split;
        let Some(classes) = &self.target.classes else { return Ok(split(table.len(), validation, test, seed)?) };
        let place = table.find(&self.target.column)?;
        let class = |row| classes.iter().position(|class| class == table.text(row, place));
        let found: Option<Vec<usize>> = (0..table.len()).map(class).collect();
        match found {
            Some(found) => Ok(split_stratified(&found, validation, test, seed)?),
            None => {
                let row = (0..table.len()).find(|&row| class(row).is_none()).unwrap_or(0);
                Err(table.none_of(row, place, classes).into())
            }
        }
    }
}

impl std::str::FromStr for TableSpec {
    type Err = DataError;

    fn from_str(text: &str) -> Result<TableSpec, DataError> {
        TableSpec::parse("table.toml", text)
    }
}
