//! LaTeX to MathML.

use pulldown_latex::config::{DisplayMode, RenderConfig};
use pulldown_latex::{Parser, Storage, push_mathml};

/// One line of MathML that Markdown leaves alone.
pub fn mathml(latex: &str, block: bool) -> Result<String, String> {
    let storage = Storage::new();
    let (mut text, mode) = (String::new(), if block { DisplayMode::Block } else { DisplayMode::Inline });
    let config = RenderConfig { display_mode: mode, ..RenderConfig::default() };
    push_mathml(&mut text, Parser::new(latex, &storage), config).map_err(|fault| format!("{latex}: {fault}"))?;
    // A fault in the formula is a part of the output.
    if text.contains("<merror") {
        return Err(format!("{latex}: {text}"));
    }
    // `\mu` comes as the sign for a millionth.
    let text = text.replace('\u{b5}', "\u{3bc}");
    let mut text = text.replace(" symmetric=\"false\"", "").replace("<mi>−</mi>", "<mo>−</mo>");
    text = text.replace(" />", "></mspace>").replace('\n', " ").replace(" movablelimits=\"false\"", "");
    // What Markdown would read, also between tags.
    for (character, entity) in
        [('[', "&#91;"), (']', "&#93;"), ('*', "&#42;"), ('_', "&#95;"), ('|', "&#124;"), ('`', "&#96;")]
    {
        text = text.replace(character, entity);
    }
    Ok(text)
}

/// An equation on a line of its own, with its number or without.
pub fn display(latex: &str) -> Result<String, String> {
    let (latex, tag) = match latex.split_once("\\tag{") {
        Some((latex, rest)) => (latex, rest.split_once('}').ok_or("a tag without an end")?.0),
        None => (latex, ""),
    };
    let math = mathml(latex.trim(), true)?;
    Ok(format!(
        "<div style=\"display:flex;align-items:center;overflow-x:auto;margin:0.8em 0\"><div style=\"flex:1\">{math}</div>\
         <div>{}</div></div>",
        if tag.is_empty() { String::new() } else { format!("({tag})") }
    ))
}
