#![doc = include_str!("../README.md")]
// Examples don't warn where they are copied to.
#![doc(test(attr(deny(warnings))))]
#![expect(clippy::needless_doctest_main, reason = "the README shows a whole build.rs")]

mod emit;
mod error;
mod read;
mod spec;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::{env, fs, process};

pub use error::Error;
use error::Report;
pub use read::{Spec, SpecLayer, read};

/// Writes the networks of every `*.toml` in `folder` to `file` in cargo's `OUT_DIR`; for `build.rs`.
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
    Specs::new().generate(folder, file);
}

/// Gives the networks of every `*.toml` in `folder`, as Rust text.
///
/// # Errors
///
/// Every error of every spec, by file and line; or that the folder can't be read or has no spec.
///
/// # Example
///
/// ```
/// let errors = nanoprop_build::from_folder("no/such/folder").unwrap_err();
/// assert!(errors[0].to_string().starts_with("no/such/folder: "), "{}", errors[0]);
/// ```
pub fn from_folder(folder: impl AsRef<Path>) -> Result<String, Vec<Error>> {
    Specs::new().from_folder(folder)
}

/// Gives the networks of the specs, each a file's name and its text, as Rust text sorted by network.
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
/// assert!(text.contains("/// `3 => Dense<2>`, SquaredError, f32."));
/// assert!(text.contains("pub type Tiny = 3"));
/// ```
pub fn aliases(specs: &[(&str, &str)]) -> Result<String, Vec<Error>> {
    Specs::new().aliases(specs)
}

/// The same with a setting: what your crate calls nanoprop.
///
/// # Example
///
/// With `np = { package = "nanoprop", … }` in `Cargo.toml`:
///
/// ```no_run
/// nanoprop_build::Specs::new().nanoprop("::np").generate("networks", "nets.rs");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Specs {
    nanoprop: String,
}

impl Default for Specs {
    fn default() -> Self {
        Self::new()
    }
}

impl Specs {
    /// With nanoprop as `::nanoprop`.
    #[must_use]
    pub fn new() -> Self {
        Self { nanoprop: "::nanoprop".to_owned() }
    }

    /// Another path of nanoprop, such as `::np` or `crate::reexported::nanoprop`.
    #[must_use]
    pub fn nanoprop(mut self, path: impl Into<String>) -> Self {
        self.nanoprop = path.into();
        self
    }

    /// [`generate`] with these settings.
    pub fn generate(&self, folder: impl AsRef<Path>, file: impl AsRef<Path>) {
        let folder = folder.as_ref();
        println!("cargo::rerun-if-changed={}", folder.display());
        if let Err(errors) = self.from_folder(folder).and_then(|text| write(file.as_ref(), &text)) {
            for error in errors {
                println!("cargo::error={error}");
            }
            process::exit(1);
        }
    }

    /// [`from_folder`] with these settings.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn from_folder(&self, folder: impl AsRef<Path>) -> Result<String, Vec<Error>> {
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
        match self.aliases(&specs) {
            Ok(text) if unread.is_empty() => Ok(text),
            Ok(_) => Err(unread),
            Err(errors) => Err(unread.into_iter().chain(errors).collect()),
        }
    }

    /// [`aliases`] with these settings.
    ///
    /// # Errors
    ///
    /// As there, or that the path of nanoprop is none.
    pub fn aliases(&self, specs: &[(&str, &str)]) -> Result<String, Vec<Error>> {
        if !spec::is_crate(&self.nanoprop) {
            let message = "the path of nanoprop must be identifiers joined by `::`, such as `::np`".to_owned();
            return Err(vec![Error::of_file("build.rs".to_owned(), message)]);
        }
        let mut specs = specs.to_vec();
        specs.sort_unstable();
        let mut networks: Vec<spec::Network> = Vec::new();
        let mut errors = Vec::new();
        let mut names: Vec<(String, &str)> = Vec::new();
        for (file, text) in specs {
            let report = Report::new(file, text);
            let (name, network) = spec::parse(file, text, &self.nanoprop, &report);
            if let Some((name, at)) = name {
                match names.iter().find(|(taken, _)| *taken == name) {
                    Some((_, other)) => {
                        report.push(at, format!("`{name}` is already the network of {other}: rename one"));
                    }
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
        Ok(emit::file(&networks, &self.nanoprop))
    }
}

/// The folder's `*.toml`, sorted; never none. Hidden files are an editor's or a tool's, and left out; a name that ends in
/// `.TOML` is a mistake that would show on some file systems only.
fn spec_files(folder: &Path) -> Result<Vec<PathBuf>, Vec<Error>> {
    let fail = |message| vec![Error::of_file(folder.display().to_string(), message)];
    let unreadable = |error| fail(format!("can't read the folder of the network specs: {error}"));
    let (mut paths, mut errors) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        match path.extension().and_then(OsStr::to_str) {
            _ if hidden => {}
            Some("toml") => paths.push(path),
            Some(other) if other.eq_ignore_ascii_case("toml") => {
                let message = format!("write `.toml` for `.{other}`: only such files are read");
                errors.push(Error::of_file(path.display().to_string(), message));
            }
            _ => {}
        }
    }
    if !errors.is_empty() {
        errors.sort_unstable();
        return Err(errors);
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
    fs::write(Path::new(&folder).join(file), text).map_err(|error| fail(format!("can't write the networks: {error}")))
}
