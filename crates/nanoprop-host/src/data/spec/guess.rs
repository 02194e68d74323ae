//! What the columns of a file seem to be.

use std::collections::BTreeMap;
use std::path::Path;

use super::{ColumnSpec, Kind, Shares, TableSpec, TargetSpec};
use crate::data::error::cut;
use crate::data::{DataError, Missing, Table, source};

/// What people and programs write for a missing value, besides nothing.
const TOKENS: [&str; 12] = ["NA", "N/A", "n/a", "na", "NaN", "nan", "NULL", "null", "None", "none", "?", "-"];
/// The most values of a category, and the most classes of a target.
const MOST: usize = 32;
/// The most different whole numbers that are classes.
const WHOLE: usize = 10;
/// From this share of missing values on, that one is missing is an input.
const MANY: f64 = 0.05;

/// How the target is meant, where a guess may be wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Guess {
    /// Classes where it is text or a few whole numbers, else numbers.
    #[default]
    Auto,
    /// Numbers.
    Numbers,
    /// Classes.
    Classes,
}

impl TableSpec {
    /// Finds out what the columns of a file are. `file` is how the spec will name it.
    ///
    /// A column of numbers is a number; one of a few other values a category; what is a different text in nearly each row,
    /// counts the rows, or is the same in all, is ignored. Notes say why.
    ///
    /// # Errors
    ///
    /// Where the file is no table, has no such column, or its target can't be one.
    pub fn guess(path: impl AsRef<Path>, target: &str, task: Guess) -> Result<TableSpec, DataError> {
        let path = path.as_ref();
        let text = source::text(path, source::bytes(path, source::open(path)?, source::LIMIT)?)?;
        let comments = text.trim_start().starts_with('#').then_some('#');
        let first = text.lines().find(|line| !line.trim().is_empty() && !line.starts_with('#')).unwrap_or_default();
        let separator = [',', ';', '\t', '|'].into_iter().max_by_key(|&c| (first.matches(c).count(), c == ','));
        let mut spec = TableSpec {
            file: path.file_name().unwrap_or(path.as_os_str()).into(),
            separator: separator.unwrap_or(','),
            decimal_comma: false,
            comments,
            missing: vec![],
            target: TargetSpec { column: target.to_owned(), classes: None },
            split: Shares { validation: 0.15, test: 0.2, seed: 1 },
            columns: vec![],
        };
        let csv = spec.csv();
        let mut table = csv.read(path, text.as_bytes())?;
        if spec.separator != ',' && commas(&table) {
            spec.decimal_comma = true;
            table = spec.csv().read(path, text.as_bytes())?;
        }
        let place = table.find(target)?;
        let known = |text: &&str| TOKENS.contains(text);
        for column in 0..table.names().len() {
            spec.missing.extend((0..table.len()).map(|row| table.text(row, column)).filter(known).map(str::to_owned));
        }
        spec.missing.sort_unstable();
        spec.missing.dedup();

        spec.target.classes = classes(&table, &spec, place, task)?;
        let others = (0..table.names().len()).filter(|&column| column != place);
        spec.columns = others.map(|column| guess(&table, &spec, column)).collect();
        if spec.inputs().is_empty() {
            return Err(DataError::new(path, "no column can be an input: all are ignored"));
        }
        Ok(spec)
    }
}

/// Whether some values are numbers with commas, and none with points.
fn commas(table: &Table) -> bool {
    let texts = || (0..table.len()).flat_map(|row| (0..table.names().len()).map(move |column| table.text(row, column)));
    let number = |text: &str| text.parse::<f64>().is_ok() && text.contains('.');
    let comma = |text: &str| text.matches(',').count() == 1 && text.replace(',', ".").parse::<f64>().is_ok();
    texts().any(comma) && !texts().any(number)
}

/// What the values of a column are.
struct Values<'a> {
    /// How often each is there, but for missing ones.
    counts: BTreeMap<&'a str, usize>,
    missing: usize,
    numbers: bool,
    whole: bool,
}

impl<'a> Values<'a> {
    fn of(table: &'a Table, spec: &TableSpec, column: usize) -> Values<'a> {
        let mut values = Values { counts: BTreeMap::new(), missing: 0, numbers: true, whole: true };
        for row in 0..table.len() {
            let text = table.text(row, column);
            if text.is_empty() || spec.missing.iter().any(|token| token == text) {
                values.missing += 1;
                continue;
            }
            let number = table.number::<f64>(row, column).ok();
            values.numbers &= number.is_some();
            values.whole &= number.is_some_and(|number| number.fract() == 0.0);
            *values.counts.entry(text).or_default() += 1;
        }
        values
    }

    /// The different values; numbers in their order.
    fn sorted(&self) -> Vec<String> {
        let mut values: Vec<&str> = self.counts.keys().copied().collect();
        if self.numbers {
            let number = |text: &str| text.replace(',', ".").parse::<f64>().unwrap_or(f64::INFINITY);
            values.sort_by(|a, b| number(a).total_cmp(&number(b)));
        }
        values.into_iter().map(str::to_owned).collect()
    }
}

fn classes(table: &Table, spec: &TableSpec, place: usize, task: Guess) -> Result<Option<Vec<String>>, DataError> {
    let values = Values::of(table, spec, place);
    let wrong = |problem: String| {
        Err(DataError::new(&table.file, format!("the target `{}` {problem}", cut(&spec.target.column))))
    };
    if values.missing > 0 {
        let missing = |&row: &usize| {
            let text = table.text(row, place);
            text.is_empty() || spec.missing.iter().any(|token| token == text)
        };
        let row = (0..table.len()).find(missing).unwrap_or(0);
        let problem = format!("the target is missing, here and in {} other rows: leave them out", values.missing - 1);
        return Err(table.wrong(row, place, problem));
    }
    let count = values.counts.len();
    if count < 2 {
        return wrong("is the same in all rows".to_owned());
    }
    let few = count <= MOST && values.counts.values().all(|&times| times >= 3);
    let classes = match task {
        Guess::Numbers if !values.numbers => return wrong("has values that are no numbers".to_owned()),
        Guess::Numbers => false,
        Guess::Classes => true,
        Guess::Auto => !values.numbers || (values.whole && count <= WHOLE && few),
    };
    if classes && !few {
        let problem = format!("has {count} different values; classes are at most {MOST}, each in 3 rows at least");
        return wrong(if values.numbers { problem } else { problem + ", and numbers are none of them" });
    }
    Ok(classes.then(|| values.sorted()))
}

fn guess(table: &Table, spec: &TableSpec, column: usize) -> ColumnSpec {
    let values = Values::of(table, spec, column);
    let (rows, count) = (table.len(), values.counts.len());
    let name = table.names().get(column).cloned().unwrap_or_default();
    let many = values.missing as f64 > MANY * rows as f64;
    let row_number = |row: usize| table.number::<f64>(row, column).ok().map(|number| number - row as f64);
    let counts =
        values.whole && rows > 2 && (0..rows).all(|row| row_number(row).is_some() && row_number(row) == row_number(0));
    let (kind, missing, note) = match () {
        () if count == 0 => (Kind::Ignore, Missing::Refuse, "all values are missing".to_owned()),
        () if count == 1 && values.missing == 0 => (Kind::Ignore, Missing::Refuse, "the same in all rows".to_owned()),
        () if counts => (Kind::Ignore, Missing::Refuse, "counts the rows".to_owned()),
        () if values.numbers => (Kind::Number, if many { Missing::Indicator } else { Missing::Mean }, String::new()),
        () if count <= MOST && 2 * count <= rows => {
            (Kind::Category, if many { Missing::Indicator } else { Missing::MostFrequent }, String::new())
        }
        () => (Kind::Ignore, Missing::Refuse, format!("text: {count} different values in {rows} rows")),
    };
    let missing = if values.missing == 0 { Missing::Refuse } else { missing };
    let note = match values.missing {
        0 => note,
        some if note.is_empty() => format!("missing in {some} of {rows} rows"),
        some => format!("{note}; missing in {some} of {rows} rows"),
    };
    let values = if kind == Kind::Category { values.sorted() } else { vec![] };
    ColumnSpec { name, kind, missing, values, note }
}
