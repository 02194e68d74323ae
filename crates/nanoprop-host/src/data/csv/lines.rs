//! The lines of a table, and their values: spaces, comments, quotes.

use std::path::Path;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::{Csv, Separator};
use crate::data::DataError;

/// The lines of a text that are names or samples, each with its number.
pub(super) struct Lines<'a> {
    text: &'a str,
    settings: &'a Csv,
    /// The byte at which the next begins.
    at: usize,
    /// The number of the line there, from 1.
    number: u64,
    reader: Box<Reader>,
    /// The values of a line without what separates them, and where each ends.
    values: Vec<u8>,
    ends: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str, settings: &'a Csv) -> Self {
        let mut reader = ReaderBuilder::new();
        if let Separator::Byte(delimiter) = settings.separator {
            reader.delimiter(delimiter);
        }
        let reader = Box::new(reader.build());
        let mut lines = Lines { text, settings, at: 0, number: 1, reader, values: vec![], ends: vec![] };
        (0..settings.skip).for_each(|_| _ = lines.take_line());
        lines
    }

    /// One line of the file, without its end, which is a line feed, a carriage return or both.
    fn take_line(&mut self) -> Option<&'a str> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let end = rest.find(['\n', '\r']).map_or(rest.len(), |end| end + 1);
        let end = if rest[..end].ends_with('\r') && rest[end..].starts_with('\n') { end + 1 } else { end };
        (self.at, self.number) = (self.at + end, self.number + 1);
        Some(rest[..end].trim_end_matches(['\n', '\r']))
    }

    /// The values of the next line that has any, and its number. A value in quotes may have ends of lines in it.
    pub(super) fn next(&mut self, name: &Path) -> Result<Option<(u64, Vec<String>)>, DataError> {
        loop {
            let (start, number) = (self.at, self.number);
            let Some(line) = self.take_line() else { return Ok(None) };
            let comment =
                self.settings.comment.is_some_and(|start| line.trim_start().as_bytes().first() == Some(&start));
            if comment || line.trim().is_empty() {
                continue;
            }
            if self.settings.separator == Separator::Spaces {
                return Ok(Some((number, line.split_whitespace().map(str::to_owned).collect())));
            }
            // A quote that is open at the end of the line goes on in the next.
            let (mut quotes, mut read) = (Quotes::NONE, start);
            while quotes.after(self.text[read..self.at].bytes(), self.settings.separator) {
                read = self.at;
                if self.take_line().is_none() {
                    return Err(DataError::new(name, "a quote is opened here and never closed").line(number));
                }
            }
            return Ok(Some((number, self.values(start, name, number)?)));
        }
    }

    /// The values between the separators, of the lines that begin at a byte and end where the next begins.
    fn values(&mut self, start: usize, name: &Path, number: u64) -> Result<Vec<String>, DataError> {
        const MARK: &[u8] = "\u{feff}".as_bytes();
        let mut line = &self.text.as_bytes()[start..self.at];
        // The reader takes a mark of UTF-8 away, which is one at the start of a file only.
        let marked = if line.starts_with(MARK) { [MARK, line].concat() } else { vec![] };
        line = if marked.is_empty() { line } else { &marked };
        self.values.resize(line.len() + 1, 0);
        self.ends.resize(line.len() + 1, 0);
        self.reader.reset();
        let (result, _, written, mut count) = self.reader.read_record(line, &mut self.values, &mut self.ends);
        if result == ReadRecordResult::InputEmpty {
            // The last line of a file may have no end.
            count += self.reader.read_record(&[], &mut self.values[written..], &mut self.ends[count..]).3;
        }
        let mut from = 0;
        let value = |&end: &usize| {
            let value = str::from_utf8(&self.values[from..end]);
            from = end;
            let problem = "the delimiter is a part of another character here";
            Ok(value.map_err(|_| DataError::new(name, problem).line(number))?.trim().to_owned())
        };
        self.ends[..count].iter().map(value).collect()
    }
}

/// Whether a text is within quotes, as far as it was read.
struct Quotes {
    within: bool,
    /// Whether a quote would open here.
    begins: bool,
}

impl Quotes {
    const NONE: Quotes = Quotes { within: false, begins: true };

    /// Whether a value in quotes, which begins with one, has not ended after these bytes too.
    fn after(&mut self, bytes: impl Iterator<Item = u8>, separator: Separator) -> bool {
        for byte in bytes {
            // Two quotes within quotes are one: left, and entered again.
            let quote = byte == b'"' && (self.within || self.begins);
            self.begins = separator == Separator::Byte(byte) || (quote && self.within);
            self.within ^= quote;
        }
        self.within
    }
}
