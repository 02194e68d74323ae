//! What the templates of a project are filled with.

use std::path::Path;

use heck::ToUpperCamelCase;
use nanoprop_exchange::{Activation, Loss, Misfit, Model};
use nanoprop_host::data::{Kind, TableSpec};

use crate::error::Error;
use crate::new::New;
use crate::output::visible;
use crate::template::{rust, toml};

/// The widest layer, and the most of them.
const WIDEST: u32 = 4096;
const DEEPEST: usize = 8;
/// Names that packages or modules here have already, or that cargo refuses.
const TAKEN: [&str; 9] = ["core", "std", "alloc", "test", "nanoprop", "network", "model", "train", "firmware"];

pub(crate) struct Facts {
    pub(crate) values: Vec<(&'static str, String)>,
    pub(crate) holds: Vec<&'static str>,
    /// The network's spec.
    pub(crate) spec: String,
}

impl Facts {
    /// Of a table with so many rows.
    pub(crate) fn of(asked: &New, spec: &TableSpec, rows: usize) -> Result<Facts, Error> {
        check_name(&asked.name)?;
        let hidden = &asked.hidden;
        if hidden.is_empty() || hidden.len() > DEEPEST || hidden.iter().any(|width| !(1..=WIDEST).contains(width)) {
            let problem = format!("--hidden: expected 1 to {DEEPEST} widths from 1 to {WIDEST}");
            return Err(Error::new(problem));
        }
        let inputs = spec.inputs();
        let classes = spec.target.classes.as_deref();
        let outputs = classes.map_or(1, <[String]>::len);
        let last = hidden.len() + 1;
        let layers: String = hidden.iter().map(|width| format!(" => Dense<{width}, Relu>")).collect();
        let loss = if classes.is_some() { "SoftmaxCrossEntropy" } else { "SquaredError" };
        let widths = [inputs.len() as u32].into_iter().chain(hidden.iter().copied());
        // The layers before the last, each in flash.
        let fronts: String = widths.clone().zip(hidden).zip(1..).fold(
            format!("    pub struct Front0: Standardize<width!({})> = MODEL.layers().0;\n", inputs.len()),
            |text, ((reads, writes), layer)| {
                let dense = format!("Dense<width!({reads}), width!({writes}), Relu>");
                text + &format!("    pub struct Front{layer}: {dense} = MODEL.layers().{layer};\n")
            },
        );
        let frozen: String = (0..last).map(|layer| format!(" => (Frozen<Front{layer}>)")).collect();
        let list = |texts: &[String]| texts.iter().map(|text| rust(text)).collect::<Vec<_>>().join(", ");
        let root = asked.nanoprop.as_deref();
        let values = vec![
            ("name", asked.name.clone()),
            ("ident", asked.name.replace('-', "_")),
            ("type", "Model".to_owned()),
            ("upper", asked.name.replace('-', "_").to_ascii_uppercase()),
            ("table", spec.file.display().to_string()),
            ("target", visible(&spec.target.column)),
            ("inputs", inputs.len().to_string()),
            ("outputs", outputs.to_string()),
            ("last", last.to_string()),
            ("layers", layers),
            ("loss", loss.to_owned()),
            ("fronts", fronts.trim_end().to_owned()),
            ("frozen", frozen),
            ("input_names", list(&inputs)),
            ("class_names", list(classes.unwrap_or_default())),
            ("batch", (rows / 16).clamp(4, 64).to_string()),
            ("columns", columns(spec)),
            ("nanoprop", dependency(root, "nanoprop", ".")?),
            ("nanoprop-host", dependency(root, "nanoprop-host", "crates/nanoprop-host")?),
            ("nanoprop-c", dependency(root, "nanoprop-c", "crates/nanoprop-c")?),
        ];
        let holds = vec!["project", if classes.is_some() { "classes" } else { "numbers" }];
        let loss = if classes.is_some() { Loss::SoftmaxCrossEntropy } else { Loss::SquaredError };
        let model = model(asked, inputs.len(), outputs, loss).map_err(|misfit| Error::new(misfit.to_string()))?;
        let about = "# The network of src/network.rs, for `nanoprop report`, `inspect` and `export`: they refuse weights of another.\n\n";
        Ok(Facts { values, holds, spec: format!("{about}{}", model.to_toml()) })
    }
}

/// The network of the templates as a value.
fn model(asked: &New, inputs: usize, outputs: usize, loss: Loss) -> Result<Model, Misfit> {
    use nanoprop_exchange::Kind::{Dense, Standardize};
    let mut model = Model::new(asked.name.to_upper_camel_case(), &[inputs])?;
    model.push(Standardize)?;
    for &width in &asked.hidden {
        model.push(Dense { units: width as usize, activation: Activation::Relu, bias: true })?;
    }
    model.push(Dense { units: outputs, activation: Activation::Identity, bias: true })?;
    model.loss = loss;
    Ok(model)
}

pub(crate) fn check_name(name: &str) -> Result<(), Error> {
    let known = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    let good = name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(known) && name.len() <= 64;
    if !good || TAKEN.contains(&name) || KEYWORDS.contains(&name) {
        let problem = format!(
            "`{}` can't be the name: expected such as `flowers`, of small letters, digits, - and _",
            visible(name)
        );
        return Err(Error::new(problem));
    }
    Ok(())
}

/// Of Rust and C.
const KEYWORDS: [&str; 62] = [
    "as", "async", "await", "auto", "become", "box", "break", "case", "char", "const", "continue", "crate", "default",
    "do", "double", "dyn", "else", "enum", "extern", "final", "float", "fn", "for", "gen", "goto", "if", "impl", "in",
    "inline", "int", "let", "long", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "register", "return", "self", "short", "signed", "sizeof", "static", "struct", "super", "switch", "trait", "try",
    "type", "typeof", "union", "unsafe", "use", "void", "where", "while",
];

/// A table of the columns for the README.
fn columns(spec: &TableSpec) -> String {
    let row = |(name, kind, note): (&str, &str, &str)| {
        format!("| {} | {kind} | {note} |\n", visible(name).replace('|', "\\|"))
    };
    let rows = spec.columns.iter().map(|column| {
        let values = format!("one of {}: an input for each", column.values.len());
        let kind = match column.kind {
            Kind::Number => "a number",
            Kind::Category => &values,
            Kind::Ignore => "ignored",
        };
        row((&column.name, kind, &column.note))
    });
    rows.collect::<String>().trim_end().to_owned()
}

/// A package of nanoprop, in a folder of it or by its version.
pub(crate) fn dependency(root: Option<&Path>, package: &str, folder: &str) -> Result<String, Error> {
    let Some(root) = root else { return Ok("version = \"0.1\"".to_owned()) };
    let path = root.join(folder);
    let absolute = path.canonicalize().map_err(Error::at(&path))?;
    if !absolute.join("Cargo.toml").is_file() {
        return Err(Error::new(format!("{}: no package {package} is there", path.display())));
    }
    let text = absolute.to_str().ok_or_else(|| Error::new(format!("{}: no UTF-8", path.display())))?;
    Ok(format!("path = {}", toml(text)))
}
