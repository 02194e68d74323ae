//! Columns as text: a line for each, of words that spaces separate.

use std::fmt;
use std::str::FromStr;

use super::{Column, Columns, Kind, Missing};
use crate::data::DataError;
use crate::data::error::cut;

const WORDS: [(Missing, &str); 4] = [
    (Missing::Refuse, "refuse"),
    (Missing::Mean, "mean"),
    (Missing::MostFrequent, "most_frequent"),
    (Missing::Indicator, "indicator"),
];

/// A line for each column; a word with spaces or quotes in it is in quotes.
impl fmt::Display for Columns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.missing.iter().try_for_each(|token| writeln!(f, "missing {}", quoted(token)))?;
        for Column { name, missing, kind } in &self.columns {
            let word = WORDS.iter().find(|(known, _)| known == missing).map_or("refuse", |(_, word)| word);
            match kind {
                Kind::Number(None) => writeln!(f, "number {} {word}", quoted(name))?,
                Kind::Number(Some(stand_in)) => writeln!(f, "number {} {word} {stand_in:?}", quoted(name))?,
                Kind::Category { values, learned, frequent } => {
                    write!(f, "{} {} {word}", if *learned { "categories" } else { "category" }, quoted(name))?;
                    values.iter().try_for_each(|value| write!(f, " {}", quoted(value)))?;
                    // What stands for a missing value comes again, last.
                    frequent.iter().try_for_each(|value| write!(f, " = {}", quoted(value)))?;
                    writeln!(f)?;
                }
            }
        }
        Ok(())
    }
}

fn quoted(word: &str) -> String {
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '"' | '=' | '\\');
    if !word.is_empty() && word.chars().all(plain) { word.to_owned() } else { format!("{word:?}") }
}

impl FromStr for Columns {
    type Err = DataError;

    fn from_str(text: &str) -> Result<Columns, DataError> {
        let mut columns = Columns::new();
        for (number, line) in (1..).zip(text.lines()) {
            let wrong = || {
                let problem = "expected `missing`, `number` or `category`, a name and what stands for missing values";
                DataError::new("columns".as_ref(), format!("{problem}, found `{}`", cut(line))).line(number)
            };
            let words = words(line).ok_or_else(wrong)?;
            let mut words = words.iter().map(|(word, quoted)| (word.as_str(), *quoted));
            let Some((first, _)) = words.next() else { continue };
            let (name, _) = words.next().ok_or_else(wrong)?;
            if first == "missing" {
                columns.missing.push(name.to_owned());
                if words.next().is_some() {
                    return Err(wrong());
                }
                continue;
            }
            let (word, _) = words.next().ok_or_else(wrong)?;
            let missing = WORDS.iter().find(|(_, known)| *known == word).map(|(missing, _)| *missing);
            let kind = match first {
                "number" => Kind::Number(match words.next() {
                    None => None,
                    Some((number, _)) => Some(number.parse().ok().filter(|n: &f64| n.is_finite()).ok_or_else(wrong)?),
                }),
                "category" | "categories" => {
                    // In quotes, the sign is a value.
                    let values = words.by_ref().take_while(|word| *word != ("=", false));
                    let values = values.map(|(value, _)| value.to_owned()).collect();
                    let frequent = words.next().map(|(value, _)| value.to_owned());
                    Kind::Category { learned: first == "categories", values, frequent }
                }
                _ => return Err(wrong()),
            };
            if words.next().is_some() {
                return Err(wrong());
            }
            columns.columns.push(Column { name: name.to_owned(), missing: missing.ok_or_else(wrong)?, kind });
        }
        Ok(columns)
    }
}

/// The words of a line, and whether each is in quotes; `None` where a quote is not closed.
fn words(line: &str) -> Option<Vec<(String, bool)>> {
    let (mut words, mut rest) = (vec![], line.trim());
    while !rest.is_empty() {
        let end = if rest.starts_with('"') {
            let mut escaped = false;
            let close = rest.char_indices().skip(1).find(|&(_, c)| {
                let closes = c == '"' && !escaped;
                escaped = c == '\\' && !escaped;
                closes
            });
            close?.0 + 1
        } else {
            rest.find(char::is_whitespace).unwrap_or(rest.len())
        };
        let (word, more) = rest.split_at(end);
        let inner = word.strip_prefix('"').and_then(|word| word.strip_suffix('"'));
        words.push((inner.map_or(Some(word.to_owned()), unescaped)?, inner.is_some()));
        rest = more.trim_start();
    }
    Some(words)
}

/// What `{:?}` has escaped.
fn unescaped(text: &str) -> Option<String> {
    let (mut plain, mut chars) = (String::new(), text.chars());
    while let Some(c) = chars.next() {
        plain.push(if c != '\\' {
            c
        } else {
            match chars.next()? {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                '0' => '\0',
                'u' => {
                    let code: String = chars.by_ref().skip(1).take_while(|&c| c != '}').collect();
                    char::from_u32(u32::from_str_radix(&code, 16).ok()?)?
                }
                other => other,
            }
        });
    }
    Some(plain)
}
