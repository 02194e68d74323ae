//! Texts with gaps: the files of a project.

/// files! { "c/Cargo.toml.in", … } lists templates and their texts. A manifest ends in `.in`, or cargo would leave the folder that
/// it is in out of this package.
macro_rules! files {
    ($($file:literal),+ $(,)?) => { [$(($file, include_str!(concat!("../templates/", $file)))),+] };
}

/// The files of a project, but for the crate of the C library.
pub(crate) const PROJECT: [(&str, &str); 20] = files!(
    "Cargo.toml.in",
    "README.md",
    ".gitignore",
    "rustfmt.toml",
    ".cargo/config.toml",
    "model/Cargo.toml.in",
    "model/build.rs",
    "model/rows.rs",
    "model/src/lib.rs",
    "model/src/network.rs",
    "model/tests/model.rs",
    "train/Cargo.toml.in",
    "train/src/main.rs",
    "train/src/write.rs",
    "c/predict.c",
    "firmware/Cargo.toml.in",
    "firmware/build.rs",
    "firmware/memory.x",
    "firmware/.cargo/config.toml",
    "firmware/src/main.rs",
);

/// The crate of a C library: in a project, or by itself.
pub(crate) const C: [(&str, &str); 3] = files!("c/Cargo.toml.in", "c/src/lib.rs", "c/src/bin/header.rs");

/// The place of a template's file in the project.
pub(crate) fn place(template: &str) -> &str {
    template.strip_suffix(".in").unwrap_or(template)
}

/// Fills `{{name}}` in, and keeps or drops lines that begin with `%name `, by whether `name` holds.
pub(crate) fn render(text: &str, values: &[(&str, String)], holds: &[&str]) -> String {
    let kept = |line: &str| match line.strip_prefix('%') {
        Some(rest) => {
            let (name, rest) = rest.split_once(' ').unwrap_or((rest, ""));
            holds.contains(&name).then(|| rest.to_owned())
        }
        None => Some(line.to_owned()),
    };
    let text = text.lines().filter_map(kept).fold(String::new(), |text, line| text + &line + "\n");
    // Once, from the start: what a value has of gaps is the value's.
    let (mut filled, mut rest) = (String::new(), text.as_str());
    while let Some((before, behind)) = rest.split_once("{{") {
        let value = behind.split_once("}}").and_then(|(gap, behind)| {
            let (_, value) = values.iter().find(|(name, _)| *name == gap)?;
            Some((value.as_str(), behind))
        });
        let (value, behind) = value.unwrap_or(("{{", behind));
        filled.extend([before, value]);
        rest = behind;
    }
    filled + rest
}

/// A string of TOML.
pub(crate) fn toml(text: &str) -> String {
    toml::Value::from(text).to_string()
}

/// A string of Rust.
pub(crate) fn rust(text: &str) -> String {
    format!("{text:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_filled_and_lines_kept() {
        let text = "a {{x}} b\n%yes kept {{y}}{{x}}\n%no dropped\n%yes\n%%\n{{{x}} {{z}} {{\n";
        let values = [("x", "1".to_owned()), ("y", "{{x}}".to_owned())];
        assert_eq!(render(text, &values, &["yes"]), "a 1 b\nkept {{x}}1\n\n{{{x}} {{z}} {{\n");
    }

    #[test]
    fn strings_are_read_back() {
        let odd = ["plain", "a \"b\" \\ 'c'", "\u{1}\u{7f}\u{85}", "one\ntwo\r\tthree", "'''\"\"\"", "a\u{301}ü", ""];
        for text in odd {
            let table: toml::Table = format!("path = {}\nnext = 1\n", toml(text)).parse().unwrap();
            assert_eq!((table["path"].as_str(), table["next"].as_integer()), (Some(text), Some(1)));
        }
        assert_eq!(rust("a\"\\\n\u{1}"), r#""a\"\\\n\u{1}""#);
    }
}
