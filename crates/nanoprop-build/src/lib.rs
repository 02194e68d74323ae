#![doc = include_str!("../README.md")]
// Examples don't warn where they are copied to.
#![doc(test(attr(deny(warnings))))]
#![expect(clippy::needless_doctest_main, reason = "the README shows a whole build.rs")]

mod emit;
mod error;
mod spec;

use std::path::{Path, PathBuf};
use std::{env, fs, process};

pub use error::Error;
use error::Report;

/// Writes the aliases of every `*.toml` in `folder` to `file` in cargo's `OUT_DIR`; for `build.rs`.
///
/// Cargo runs the script again when the folder changes. If anything is wrong, every error of every file is
/// printed as a `cargo::error` and the process ends with status 1, so that the build fails.
///
/// # Example
///
/// ```no_run
/// nanoprop_build::generate("networks", "nets.rs");
/// ```
pub fn generate(folder: impl AsRef<Path>, file: impl AsRef<Path>) {
    let folder = folder.as_ref();
    println!("cargo::rerun-if-changed={}", folder.display());
    if let Err(errors) = from_folder(folder).and_then(|text| write(file.as_ref(), &text)) {
        for error in errors {
            println!("cargo::error={error}");
        }
        process::exit(1);
    }
}

/// Gives the aliases of every `*.toml` in `folder`, as Rust text.
///
/// # Errors
///
/// Every error of every file; also a folder or file that can't be read, and a folder without a spec.
///
/// # Example
///
/// ```
/// let errors = nanoprop_build::from_folder("no/such/folder").unwrap_err();
/// assert!(errors[0].to_string().starts_with("no/such/folder: can't read the folder"));
/// ```
pub fn from_folder(folder: impl AsRef<Path>) -> Result<String, Vec<Error>> {
    let folder = folder.as_ref();
    let mut unread = Vec::new();
    let mut specs = Vec::new();
    for path in spec_files(folder)? {
        let file = path.display().to_string();
        match fs::read_to_string(&path) {
            Ok(text) => specs.push((file, text)),
            Err(error) => unread.push(Error::of_file(file, format!("can't read the spec: {error}"))),
        }
    }
    let specs: Vec<_> = specs.iter().map(|(file, text)| (file.as_str(), text.as_str())).collect();
    match aliases(&specs) {
        Ok(text) if unread.is_empty() => Ok(text),
        Ok(_) => Err(unread),
        Err(errors) => Err(unread.into_iter().chain(errors).collect()),
    }
}

/// Gives the aliases of the specs, each a file's name and its text, as Rust text sorted by network.
///
/// The result depends on nothing but the specs, and not on their order.
///
/// # Errors
///
/// Every error of every spec, by file and line.
///
/// # Example
///
/// ```
/// let spec = r#"
///     name = "Tiny"
///     loss = "SquaredError"
///     [[layer]]
///     kind = "Dense"
///     reads = 3
///     writes = 2
/// "#;
/// let text = nanoprop_build::aliases(&[("tiny.toml", spec)]).unwrap();
/// assert!(text.contains("/// `3 → Dense 2`, SquaredError, f32: 8 parameters, 32 bytes."));
/// assert!(text.contains("pub type Tiny ="));
/// ```
pub fn aliases(specs: &[(&str, &str)]) -> Result<String, Vec<Error>> {
    let mut specs = specs.to_vec();
    specs.sort_unstable();
    let mut networks: Vec<spec::Network> = Vec::new();
    let mut errors = Vec::new();
    let mut names: Vec<(String, &str)> = Vec::new();
    for (file, text) in specs {
        let report = Report::new(file, text);
        let (name, network) = spec::parse(text, &report);
        if let Some((name, at)) = name {
            match names.iter().find(|(taken, _)| *taken == name) {
                Some((_, other)) => report.push(at, format!("`{name}` is already the network of {other}: rename one")),
                None => names.push((name, file)),
            }
        }
        networks.extend(network);
        errors.extend(report.into_errors());
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    networks.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(emit::file(&networks))
}

/// The folder's `*.toml`, sorted; never none.
fn spec_files(folder: &Path) -> Result<Vec<PathBuf>, Vec<Error>> {
    let fail = |message| vec![Error::of_file(folder.display().to_string(), message)];
    let unreadable = |error| fail(format!("can't read the folder of the network specs: {error}"));
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            paths.push(path);
        }
    }
    if paths.is_empty() {
        return Err(fail("no network specs here: add a file such as digits.toml".into()));
    }
    paths.sort_unstable();
    Ok(paths)
}

fn write(file: &Path, text: &str) -> Result<(), Vec<Error>> {
    let fail = |message| vec![Error::of_file(file.display().to_string(), message)];
    let folder =
        env::var_os("OUT_DIR").ok_or_else(|| fail("OUT_DIR is not set: call `generate` from build.rs".into()))?;
    fs::write(Path::new(&folder).join(file), text).map_err(|error| fail(format!("can't write the aliases: {error}")))
}
