//! ONNX files, with what they leave open.

use std::path::Path;

use nanoprop_exchange::onnx::{Import, Options, from_bytes};

use crate::error::Error;

/// What an ONNX file may leave open.
#[derive(clap::Args)]
pub(crate) struct Open {
    /// The input's shape with a batch of 1, where an ONNX file leaves it open: 1,28,28
    #[arg(long, value_name = "WIDTHS", value_delimiter = ',')]
    input: Option<Vec<usize>>,
    /// The output's name, where an ONNX file has several
    #[arg(long, value_name = "NAME")]
    output: Option<String>,
}

/// The model of a file's bytes; tensors in other files are looked for beside it.
pub(crate) fn read(path: &Path, bytes: &[u8], name: Option<String>, open: &Open) -> Result<Import, Error> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let options = Options { name, input: open.input.clone(), output: open.output.clone() };
    from_bytes(bytes, Some(folder), &options).map_err(|error| {
        // The library speaks of its own options.
        let text = error.to_string().replace("`Options::input`", "--input").replace("`Options::output`", "--output");
        Error::at(path)(text)
    })
}
