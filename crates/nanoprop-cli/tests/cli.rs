//! The command, as it is called: what it writes and says, and what it refuses. `tests/run` builds and runs what it writes.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "cli/damaged.rs"]
mod damaged;
#[path = "cli/inspect.rs"]
mod inspect;
#[path = "cli/models.rs"]
mod models;
#[path = "cli/new.rs"]
mod new;
#[path = "cli/report.rs"]
mod report;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn nanoprop(folder: &Path, words: &str) -> Output {
    let command = env!("CARGO_BIN_EXE_nanoprop");
    Command::new(command).current_dir(folder).args(words.split(' ')).output().unwrap()
}

/// What it says when all is well.
#[track_caller]
fn said(folder: &Path, words: &str) -> String {
    let output = nanoprop(folder, words);
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), complaint.as_str()), (Some(0), ""), "{words}");
    String::from_utf8(output.stdout).unwrap()
}

/// The same as JSON.
#[track_caller]
fn json(folder: &Path, words: &str) -> serde_json::Value {
    serde_json::from_str(&said(folder, words)).unwrap()
}

#[track_caller]
fn refused(folder: &Path, words: &str, code: i32, message: &str) {
    let output = nanoprop(folder, words);
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), text.contains(message)), (Some(code), true), "{words}: {text}");
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../nanoprop-exchange/tests/fixtures")
}

/// Copies a file of nanoprop-exchange's tests to a folder.
fn copy(folder: &Path, file: &str) {
    let name = Path::new(file).file_name().and_then(OsStr::to_str).unwrap();
    fs::copy(fixtures().join(file), folder.join(name)).unwrap();
}

/// Each command has examples, and there are completions for each shell.
#[test]
fn help_has_examples() {
    let folder = folder();
    for command in ["new", "train", "report", "import", "export", "inspect", "completions"] {
        let help = said(folder.path(), &format!("{command} --help"));
        assert!(help.contains("Examples:\n  ") && help.contains(&format!("  nanoprop {command} ")), "{help}");
    }
    assert!(said(folder.path(), "--help").contains("Exit codes: 0, done; 1, "));
    for (shell, start) in [("bash", "_nanoprop() {"), ("zsh", "#compdef nanoprop"), ("fish", "# Print an optspec")] {
        let text = said(folder.path(), &format!("completions {shell}"));
        assert!(text.starts_with(start) && text.contains("safetensors"), "{text}");
    }
    refused(folder.path(), "completions cmd", 2, "invalid value 'cmd'");
    refused(folder.path(), "forecast", 2, "unrecognized subcommand 'forecast'");
}
