//! Texts with gaps.

/// Fills `{{name}}` in, and keeps or drops lines that begin with `%name `, by whether `name` holds.
pub(crate) fn render(text: &str, values: &[(&str, String)], holds: &[&str]) -> String {
    let kept = |line: &str| match line.strip_prefix('%') {
        Some(rest) => {
            let (name, rest) = rest.split_once(' ').unwrap_or((rest, ""));
            holds.contains(&name).then(|| rest.to_owned())
        }
        None => Some(line.to_owned()),
    };
    let mut text = text.lines().filter_map(kept).fold(String::new(), |text, line| text + &line + "\n");
    for (name, value) in values {
        text = text.replace(&format!("{{{{{name}}}}}"), value);
    }
    text
}

/// A string of Rust or TOML.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted += &format!("\\u{{{:x}}}", c as u32),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_filled_and_lines_kept() {
        let text = "a {{x}} b\n%yes kept {{y}}\n%no dropped\n%yes\n%%\n";
        let values = [("x", "1".to_owned()), ("y", "{{z}}".to_owned())];
        assert_eq!(render(text, &values, &["yes"]), "a 1 b\nkept {{z}}\n\n");
        assert_eq!(quoted("a\"\\\n"), "\"a\\\"\\\\\\u{a}\"");
    }
}
