//! A chapter for rustdoc.

use crate::math;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The name of a chapter's module: `1-backpropagation.md` is `backpropagation`, `README.md` is `contents`.
pub fn module(path: &Path) -> String {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    match &*name {
        "README" => "contents".into(),
        name => name.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-').replace('-', "_"),
    }
}

/// The chapter with MathML for `$…$` and `$$…$$`, its figures inside, links to modules for those to chapters, links to what
/// the comment `<!-- link: … -->` names, and code that goes on (`rust,continued`) after all that it goes on from.
pub fn render(path: &Path) -> Result<String, String> {
    let text = fs::read_to_string(path).map_err(|fault| fault.to_string())?;
    let names = names(&text);
    let (mut out, mut before): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let continued = language.ends_with(",continued");
            out.push(format!("```{}", language.trim_end_matches(",continued")));
            if !continued {
                before.clear();
            }
            out.extend(before.iter().map(|line| format!("# {line}")));
            for line in lines.by_ref().take_while(|line| *line != "```") {
                out.push(line.into());
                before.push(line.strip_prefix("# ").unwrap_or(line).into());
            }
            out.push("```".into());
        } else if let Some(first) = line.strip_prefix("$$") {
            let mut latex = first.to_string();
            while !latex.ends_with("$$") {
                latex += " ";
                latex += lines.next().ok_or("an equation without an end")?;
            }
            out.push(math::display(latex.trim_end_matches("$$"))?);
        } else if let Some(rest) = line.strip_prefix("![") {
            let (caption, rest) = rest.split_once("](").ok_or("a figure without a file")?;
            out.push(figure(&path.with_file_name(rest.trim_end_matches(')')), caption)?);
        } else if !line.starts_with("<!-- link:") {
            out.push(prose(line, &names)?);
        }
    }
    while out.last().is_some_and(String::is_empty) {
        out.pop();
    }
    // At the end: a module's summary is how its documentation begins.
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    Ok(format!("{}\n\n<!-- Made from guide/{file} by tests/render.rs. -->\n", out.join("\n")))
}

/// Names in code that are links, and what they lead to.
fn names(text: &str) -> BTreeMap<&str, &str> {
    let comments = text.lines().filter_map(|line| line.strip_prefix("<!-- link:")?.strip_suffix("-->"));
    comments
        .flat_map(|names| names.split(','))
        .map(|name| name.trim().split_once('=').unwrap_or((name.trim(), "")))
        .collect()
}

fn figure(path: &Path, caption: &str) -> Result<String, String> {
    let svg = fs::read_to_string(path).map_err(|fault| format!("{}: {fault}", path.display()))?;
    // Its colours when it stands alone; within a page they are the page's.
    let (start, rest) = svg.split_once("<style>").ok_or("a figure without a style")?;
    let (_, end) = rest.split_once("</style>").ok_or("a style without an end")?;
    let svg: String = [start, end].concat().lines().map(str::trim).collect();
    Ok(format!("<figure role=\"img\" aria-label=\"{caption}\" style=\"margin:1em 0;overflow-x:auto\">{svg}</figure>"))
}

/// A line of text.
fn prose(line: &str, names: &BTreeMap<&str, &str>) -> Result<String, String> {
    let mut out = String::new();
    // Every second part is code.
    for (i, part) in line.split('`').enumerate() {
        if i % 2 == 1 {
            let linked = out.ends_with('[');
            match names.get(part) {
                Some(&"") if !linked => out += &format!("[`{part}`]"),
                Some(target) if !linked => out += &format!("[`{part}`]({target})"),
                _ => out += &format!("`{part}`"),
            }
            continue;
        }
        if part.matches('$').count() % 2 == 1 {
            return Err(format!("a formula that does not end on its line: {line}"));
        }
        for (i, part) in part.split('$').enumerate() {
            if i % 2 == 1 {
                out += &math::mathml(part, false)?;
            } else {
                out += part;
            }
        }
    }
    Ok(local(&out))
}

/// Links to chapters as links to modules; those to other files of the repository as text.
fn local(line: &str) -> String {
    let mut parts = line.split("](");
    let mut out = parts.next().unwrap_or_default().to_string();
    for part in parts {
        let (link, rest) = part.split_once(')').unwrap_or((part, ""));
        let (file, fragment) = link.split_once('#').unwrap_or((link, ""));
        if file.ends_with(".md") && !file.contains('/') {
            let fragment = if fragment.is_empty() { String::new() } else { format!("#{fragment}") };
            out += &format!("](crate::{}{fragment}){rest}", module(Path::new(file)));
        } else if file.starts_with("../") {
            let text = out.rfind('[').map_or(String::new(), |at| out.split_off(at));
            out += text.trim_start_matches('[');
            out += rest;
        } else {
            out += &format!("]({link}){rest}");
        }
    }
    out
}

/// The targets of a page's links, but for those in code.
pub fn links(text: &str) -> Vec<&str> {
    let mut code = false;
    let lines = text.lines().filter(move |line| {
        code ^= line.trim_start().starts_with("```");
        !code
    });
    let parts = lines.flat_map(|line| line.split("](").skip(1));
    parts.filter_map(|part| part.split_once(')')).map(|(link, _)| link).filter(|link| !link.contains(' ')).collect()
}

/// The fragments that a page's headings have.
pub fn anchors(text: &str) -> Vec<String> {
    let headings = text.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    let letter = |c: char| match c {
        ' ' | '-' => Some('-'),
        c if c.is_alphanumeric() || c == '_' => Some(c.to_ascii_lowercase()),
        _ => None,
    };
    headings.map(|heading| heading.chars().filter_map(letter).collect()).collect()
}
