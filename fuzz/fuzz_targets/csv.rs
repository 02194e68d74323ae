//! `Csv::read` with any settings, also of gzip, and what becomes of the table: samples, columns by name, `Columns` from a
//! text.
//!
//! An input is six bytes, the text of a `Columns`, a zero byte and the table. The bytes are flags, the delimiter, the byte
//! that begins a comment, the lines to skip, the limit of gzip in 64 bytes, and the number of the first class.
#![no_main]

use std::collections::BTreeSet;
use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use libfuzzer_sys::fuzz_target;
use nanoprop::prelude::*;
use nanoprop_host::data::{Columns, Csv, DataError, Table};

/// A message of a bounded length that a terminal shows as it is.
fn message(error: &DataError) -> String {
    let text = error.to_string();
    assert!(text.starts_with("fuzz.csv") || text.starts_with("columns"), "{text}");
    assert!(text.chars().count() <= 1000, "a message of {} characters", text.chars().count());
    assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
    text
}

/// The result, whose message is checked where it is an error.
fn checked<T>(result: Result<T, DataError>) -> Option<T> {
    result.map_err(|error| message(&error)).ok()
}

struct Settings<'a> {
    header: bool,
    first: bool,
    decimal_comma: bool,
    spaces: bool,
    comment: Option<u8>,
    packed: bool,
    delimiter: u8,
    skip: usize,
    limit: u64,
    number: usize,
    columns: &'a [u8],
    text: &'a [u8],
}

impl<'a> Settings<'a> {
    fn of(data: &'a [u8]) -> Option<Self> {
        let (&[flags, delimiter, comment, skip, limit, number], rest) = data.split_first_chunk()?;
        let end = rest.iter().position(|&byte| byte == 0)?;
        let has = |bit: u8| flags >> bit & 1 != 0;
        Some(Settings {
            header: !has(0),
            first: has(1),
            decimal_comma: has(2),
            spaces: has(3),
            comment: has(4).then_some(comment),
            packed: has(5),
            delimiter,
            skip: skip.into(),
            limit: u64::from(limit) * 64,
            number: if number == 255 { usize::MAX } else { number.into() },
            columns: &rest[..end],
            text: &rest[end + 1..],
        })
    }

    fn csv(&self) -> Csv {
        let mut csv = Csv::new().delimiter(self.delimiter).skip_lines(self.skip).limit(self.limit);
        csv = if self.header { csv } else { csv.without_header() };
        csv = if self.first { csv.target_first() } else { csv };
        csv = if self.decimal_comma { csv.decimal_comma() } else { csv };
        csv = if self.spaces { csv.spaces() } else { csv };
        if let Some(start) = self.comment { csv.comments(start) } else { csv }
    }

    /// The rows by plain splitting, where there are no quotes and all lines end alike.
    fn rows(&self) -> Option<Vec<Vec<&'a str>>> {
        let text = str::from_utf8(self.text).ok()?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if text.contains(['"', '\r']) || !self.delimiter.is_ascii() || b"\"\r\n".contains(&self.delimiter) {
            return None;
        }
        let comment = |line: &str| self.comment.is_some_and(|start| line.trim_start().as_bytes()[0] == start);
        let lines = text.split('\n').skip(self.skip).filter(|line| !line.trim().is_empty() && !comment(line));
        let values = |line: &'a str| match self.spaces {
            true => line.split_whitespace().collect(),
            false => line.split(char::from(self.delimiter)).map(str::trim).collect(),
        };
        Some(lines.skip(self.header.into()).map(values).collect())
    }
}

/// The table has the rows that plain splitting finds.
fn rows(settings: &Settings, table: &Table) {
    assert!(!table.is_empty() && table.len() <= settings.text.len());
    let labels = table.labels();
    assert!(labels.len() <= table.len() && labels.is_sorted());
    let Some(rows) = settings.rows() else { return };
    assert_eq!(table.len(), rows.len());
    assert!(rows.iter().all(|row| row.len() == rows[0].len()));
    let target = rows.iter().filter_map(|row| if settings.first { row.first() } else { row.last() });
    assert_eq!(labels, Vec::from_iter(target.copied().collect::<BTreeSet<_>>()));
}

/// No sample is lost, and all values are finite.
fn samples(settings: &Settings, table: &Table) {
    if let Some(samples) = checked(table.targets::<f32, 2, 1>()) {
        assert_eq!(samples.len(), table.len());
        assert!(samples.iter().all(|(x, y)| x.iter().chain(y).all(|value| value.is_finite())));
    }
    let counts = [
        checked(table.numbered_classes::<f64, 2, U3>()).map(|samples| samples.len()),
        checked(table.classes::<f32, 2, U3>(&["a", "b", "c"])).map(|samples| samples.len()),
    ];
    assert!(counts.iter().flatten().all(|&count| count == table.len()));
    for name in table.names() {
        let values = checked(table.values(name));
        if let Some(numbers) = checked(table.number_column::<f64>(name)) {
            assert!(numbers.len() == table.len() && numbers.iter().all(|number| number.is_finite()));
        }
        checked(table.numbered_class_column::<U3>(name, settings.number));
        if let Some([a, b]) = values.as_deref() {
            let classes = table.class_column::<U2>(name, &[a, b]).unwrap();
            assert!(classes.len() == table.len() && [0, 1].iter().all(|k| classes.iter().any(|c| c.index() == *k)));
        }
    }
}

/// The inputs as bits, and what is wrong.
fn inputs<const N: usize>(columns: &Columns, table: &Table) -> Result<Vec<u64>, String> {
    checked(columns.rows::<f32, N>(table)).iter().flatten().flatten().for_each(|x| assert!(x.is_finite()));
    let rows = columns.rows::<f64, N>(table).map_err(|error| message(&error))?;
    assert!(rows.len() == table.len() && rows.iter().flatten().all(|value| value.is_finite()));
    Ok(rows.as_flattened().iter().map(|value| value.to_bits()).collect())
}

type Inputs = fn(&Columns, &Table) -> Result<Vec<u64>, String>;

const INPUTS: [Inputs; 9] = [
    inputs::<0>,
    inputs::<1>,
    inputs::<2>,
    inputs::<3>,
    inputs::<4>,
    inputs::<5>,
    inputs::<6>,
    inputs::<7>,
    inputs::<8>,
];

fn columns(mut columns: Columns, table: &Table) {
    let before = columns.clone();
    let all = Vec::from_iter(0..table.len());
    let inputs = |columns: &Columns| INPUTS.get(columns.width()).map(|inputs| inputs(columns, table));
    inputs(&columns);
    for rows in [&all[..all.len().div_ceil(2)], &all] {
        if checked(columns.learn(table, rows)).is_none() {
            return assert!(columns == before || rows == all, "refused, and the columns have changed");
        }
        let kept: Columns = columns.to_string().parse().unwrap();
        assert_eq!(kept, columns);
        assert_eq!(inputs(&kept), inputs(&columns));
    }
    // What was learned from all rows fits all rows.
    if let Some(Err(error)) = inputs(&columns) {
        assert!(error.contains("the value is missing"), "{error}");
    }
    let none = columns.to_string().lines().all(|line| line.starts_with("missing "));
    assert_eq!(columns.learn(table, &[table.len()]).is_ok(), none);
}

fuzz_target!(|data: &[u8]| {
    let Some(settings) = Settings::of(data) else { return };
    let read = str::from_utf8(settings.columns).ok().and_then(|text| checked(text.parse::<Columns>()));
    if let Some(read) = &read {
        assert_eq!(&read.to_string().parse::<Columns>().unwrap(), read, "{read}");
    }
    let csv = settings.csv();
    let table = csv.read("fuzz.csv", settings.text).map_err(|error| message(&error));
    if settings.packed && !settings.text.starts_with(&[0x1f, 0x8b]) {
        let mut packed = GzEncoder::new(vec![], Compression::fast());
        packed.write_all(settings.text).unwrap();
        let unpacked = csv.read("fuzz.csv", &packed.finish().unwrap()[..]).map_err(|error| message(&error));
        if settings.text.len() as u64 > settings.limit {
            assert!(unpacked.is_err_and(|error| error.contains("see `limit`")));
        } else {
            assert_eq!(
                unpacked.map(|table| format!("{table:?}")),
                table.as_ref().map(|t| format!("{t:?}")).map_err(String::clone)
            );
        }
    }
    let Ok(table) = table else { return };
    rows(&settings, &table);
    samples(&settings, &table);
    if let Some(read) = read {
        columns(read, &table);
    }
});
