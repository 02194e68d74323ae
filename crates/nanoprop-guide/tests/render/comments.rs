//! Equations in doc comments: a line `/// <!-- LaTeX -->` with the formula in it, and its MathML behind the comment.

use crate::math;

/// The file with each equation rendered, and their number.
pub fn render(text: &str) -> Result<(String, usize), String> {
    let (mut out, mut count) = (String::with_capacity(text.len()), 0);
    for line in text.split_inclusive('\n') {
        let comment = line.trim_start().strip_prefix("///").and_then(|rest| rest.trim_start().strip_prefix("<!-- $"));
        let Some(rest) = comment else {
            out.push_str(line);
            continue;
        };
        let (latex, _) = rest.split_once("$ -->").ok_or_else(|| format!("no end: {line}"))?;
        let head = line.split("$ -->").next().unwrap_or_default();
        out.push_str(&format!("{head}$ -->{}\n", math::mathml(latex, true)?));
        count += 1;
    }
    Ok((out, count))
}
