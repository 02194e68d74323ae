//! What was probably meant by a word, and what Rust takes for a name.

/// Rust's keywords, strict and reserved, that can't be a segment of a path.
const KEYWORDS: &[&str] = &[
    "Self", "_", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do",
    "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super",
    "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// What to write instead of `word`: the nearest known one, or else all of them, and `more`.
pub(super) fn instead(word: &str, known: &[&str], more: &str) -> String {
    let lower = word.to_lowercase();
    let distance = |known: &str| strsim::osa_distance(&lower, &known.to_lowercase());
    match known.iter().map(|&known| (distance(known), known)).min() {
        Some((distance, nearest)) if distance <= 1.max(nearest.len() / 3) => format!("did you mean `{nearest}`?"),
        _ => format!("write one of {}{more}", known.join(", ")),
    }
}

/// The user's text in backticks: on one line and not too long of it.
pub(super) fn quote(text: &str) -> String {
    let more = if text.chars().nth(60).is_some() { "…" } else { "" };
    let start: String = text.chars().take(60).flat_map(char::escape_debug).collect();
    format!("`{start}{more}`")
}

pub(super) fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word)
}

/// Whether `word` is letters, digits and `_`, a digit not first. Only ASCII: enough for a type, and read by everyone.
pub(super) fn is_identifier(word: &str) -> bool {
    !word.starts_with(|first: char| first.is_ascii_digit())
        && !word.is_empty()
        && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Whether `word` names a type as Rust wants types named: a capital, then letters and digits.
pub(super) fn is_type_name(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_uppercase())
        && word.chars().all(|c| c.is_ascii_alphanumeric())
        && !is_keyword(word)
}

/// Whether `word` is a Rust path of identifiers: `crate::Swish`, `super::super::Swish`, `::my_layers::Swish`.
pub(crate) fn is_path(word: &str) -> bool {
    let names = match word.strip_prefix("::").or_else(|| word.strip_prefix("crate::")) {
        Some(names) => names,
        None => word.strip_prefix("self::").unwrap_or(word).trim_start_matches("super::"),
    };
    word.contains("::") && names.split("::").all(|name| is_identifier(name) && !is_keyword(name))
}

/// Whether `word` can stand before `::network!`: a crate's name or a path.
pub(crate) fn is_crate(word: &str) -> bool {
    word == "crate" || is_path(word) || is_identifier(word) && !is_keyword(word)
}
