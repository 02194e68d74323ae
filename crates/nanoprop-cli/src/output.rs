//! What the command prints.

use std::io::{self, ErrorKind, Write};

use serde::Serialize;

use crate::error::Error;

/// Prints a text. A reader that has seen enough, such as `head`, is no mistake.
pub(crate) fn print(text: &str) -> Result<(), Error> {
    let mut out = io::stdout().lock();
    let done = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    match done {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Error::new(format!("can't print: {error}"))),
        _ => Ok(()),
    }
}

/// Prints facts, as a text or as JSON.
pub(crate) fn facts(facts: &impl Serialize, json: bool, text: impl FnOnce() -> String) -> Result<(), Error> {
    if !json {
        return print(&text());
    }
    match serde_json::to_string_pretty(facts) {
        Ok(json) => print(&(json + "\n")),
        Err(error) => Err(Error::new(format!("no JSON: {error}"))),
    }
}

/// The most lines of a message.
const MOST_LINES: usize = 20;

/// Says why it could not be done.
pub(crate) fn complain(error: &Error) {
    let text = visible_lines(&error.to_string());
    let lines = text.lines().count();
    let mut shown = text.lines().take(MOST_LINES).collect::<Vec<_>>().join("\n");
    if lines > MOST_LINES {
        shown += &format!("\n… {} more", lines - MOST_LINES);
    }
    // Where there is nobody to tell, the exit code still does.
    let _ = writeln!(io::stderr(), "nanoprop: {shown}");
}

/// Columns, the first to the left and those of numbers to the right.
pub(crate) fn table<const N: usize>(rows: &[[String; N]], left: [bool; N]) -> String {
    let mut widths = [0; N];
    for row in rows {
        widths.iter_mut().zip(row).for_each(|(width, cell)| *width = (*width).max(cell.chars().count()));
    }
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for ((cell, width), left) in row.iter().zip(widths).zip(left) {
            line += &if left { format!("{cell:<width$}  ") } else { format!("{cell:>width$}  ") };
        }
        text += line.trim_end();
        text.push('\n');
    }
    text
}

/// `8×12`, of widths.
pub(crate) fn widths(widths: &[usize]) -> String {
    widths.iter().map(usize::to_string).collect::<Vec<_>>().join("×")
}

/// Text in a line: without what would move the cursor.
pub(crate) fn visible(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The same of several lines.
pub(crate) fn visible_lines(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect()
}
