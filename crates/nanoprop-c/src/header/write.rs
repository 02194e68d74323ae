//! What fills in the pieces of a header.

use core::fmt::{self, Write};

/// A piece whose `@` is the name, `^` the name in capitals, `$` the type of a number, and `%` that of an input.
pub(super) struct Template<'a> {
    pub(super) text: &'a str,
    pub(super) name: &'a str,
    pub(super) number: &'a str,
    pub(super) input: &'a str,
}

impl fmt::Display for Template<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.chars().try_for_each(|character| match character {
            '^' => write!(f, "{}", Upper(self.name)),
            '@' => f.write_str(self.name),
            '$' => f.write_str(self.number),
            '%' => f.write_str(self.input),
            other => f.write_char(other),
        })
    }
}

/// A name in capitals.
pub(super) struct Upper<'a>(pub(super) &'a str);

impl fmt::Display for Upper<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|character| f.write_char(character.to_ascii_uppercase()))
    }
}

/// A name such as `NoSuchClass` as `NO_SUCH_CLASS`.
pub(super) struct Snake(pub(super) &'static str);

impl fmt::Display for Snake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, character) in self.0.chars().enumerate() {
            if position > 0 && character.is_ascii_uppercase() {
                f.write_char('_')?;
            }
            f.write_char(character.to_ascii_uppercase())?;
        }
        Ok(())
    }
}

/// What a value displays, in ASCII: compilers read comments in encodings of their own.
pub(super) struct Ascii<T>(pub(super) T);

impl<T: fmt::Display> fmt::Display for Ascii<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Plainly(f), "{}", self.0)
    }
}

/// Lines of a comment.
pub(super) struct Commented<T>(pub(super) T);

impl<T: fmt::Display> fmt::Display for Commented<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = Lines { to: f, fresh: true };
        write!(lines, "{}", Ascii(&self.0))
    }
}

struct Lines<'a, 'b> {
    to: &'a mut fmt::Formatter<'b>,
    /// Whether the next character begins a line.
    fresh: bool,
}

impl fmt::Write for Lines<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            if self.fresh {
                self.to.write_str(" * ")?;
            }
            self.fresh = character == '\n';
            self.to.write_char(character)?;
        }
        Ok(())
    }
}

struct Plainly<'a, 'b>(&'a mut fmt::Formatter<'b>);

impl fmt::Write for Plainly<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|character| match character {
            '→' => self.0.write_str("->"),
            '×' => self.0.write_char('x'),
            // What would end the comment.
            '*' | '/' => self.0.write_char('.'),
            ascii if ascii.is_ascii() => self.0.write_char(ascii),
            _ => self.0.write_char('?'),
        })
    }
}
