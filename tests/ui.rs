//! What the compiler says of a network that can't be: `ui/*.rs` with the messages in `ui/*.stderr`, and a
//! spec that nanoprop-build refuses.
//!
//! The first line of a message is the library's, and must be the same on every toolchain. The lines below are
//! the compiler's and drift from version to version: they are compared where the compiler is the one that
//! wrote them. `BLESS=1 cargo test --test ui` writes them anew.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

use nanoprop::nets::{Digits, Mnist};
use nanoprop::prelude::*;

/// The compiler whose messages are recorded.
const RECORDED: &str = "rustc 1.95.";

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

#[test]
fn misfits_in_rust() {
    let scratch = Scratch::new("misfits", &format!("[dependencies]\nnanoprop.path = '{ROOT}'\n"));
    let recorded = is_recorded();
    checkpoints(&scratch);
    let mut wrong = Vec::new();
    for case in cases() {
        scratch.write("src/main.rs", &fs::read_to_string(&case).unwrap());
        let found = normal(&scratch.errors());
        let file = case.with_extension("stderr");
        if env::var_os("BLESS").is_some() {
            fs::write(&file, &found).unwrap();
        }
        let expected = fs::read_to_string(&file).unwrap_or_default();
        let first = |text: &str| text.lines().next().unwrap_or_default().to_owned();
        assert!(!first(&found).contains("UInt<UInt<"), "{}: types in {}", file.display(), first(&found));
        if first(&found) != first(&expected) || recorded && found != expected {
            wrong.push(format!("{}: expected\n{expected}\nfound\n{found}", file.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_fits() {
    let scratch = Scratch::new("fits", &format!("[dependencies]\nnanoprop.path = '{ROOT}'\n"));
    scratch.write("src/main.rs", &fs::read_to_string(Path::new(ROOT).join("tests/ui/pass/fits.rs")).unwrap());
    let output = scratch.build();
    assert!(output.status.success(), "{}", text(output.stderr));
}

/// A network from a file is the one that was saved, in a constant too.
#[test]
fn what_is_loaded() {
    let scratch = Scratch::new("loads", &format!("[dependencies]\nnanoprop.path = '{ROOT}'\n"));
    let digests = checkpoints(&scratch);
    scratch.write("src/main.rs", &fs::read_to_string(Path::new(ROOT).join("tests/ui/pass/load.rs")).unwrap());
    let Output { status, stdout, stderr } = scratch.cargo("run");
    assert!(status.success(), "{}", text(stderr));
    assert_eq!(text(stdout), format!("{} {}\n", digests[0], digests[1]));
}

/// Checkpoints beside the program, right ones and wrong ones; the digests of the right ones.
fn checkpoints(scratch: &Scratch) -> [u64; 2] {
    let (mut digits, mut mnist) = (Digits::boxed(), Mnist::boxed());
    digits.initialize(&Xavier, &mut Pcg32::new(1));
    mnist.initialize(&Xavier, &mut Pcg32::new(2));
    let mut bytes = vec![0; Digits::CHECKPOINT];
    digits.save(&mut bytes).unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(scratch.0.join("src").join(name), bytes).unwrap();
    fs::create_dir_all(scratch.0.join("src")).unwrap();
    mnist.save_to(scratch.0.join("src/mnist.nprp")).unwrap();
    write("digits.nprp", &bytes);
    write("truncated.nprp", &bytes[..5000]);
    write("longer.nprp", &[&bytes[..], &[0; 3]].concat());
    bytes[5000] ^= 1;
    write("corrupted.nprp", &bytes);
    [digits.digest(), mnist.digest()]
}

#[test]
fn a_misfit_in_a_spec() {
    let build = format!("[build-dependencies]\nnanoprop-build.path = '{ROOT}/crates/nanoprop-build'\n");
    let scratch = Scratch::new("spec", &build);
    scratch.write("src/main.rs", "fn main() {}\n");
    scratch.write("build.rs", "fn main() {\n    nanoprop_build::generate(\"networks\", \"nets.rs\");\n}\n");
    scratch.write(
        "networks/digits.toml",
        "name = 'Digits'\nloss = 'SigmoidCrossEntropy'\n\n\
         [[layer]]\nkind = 'Dense'\nreads = 64\nwrites = 32\n\n\
         [[layer]]\nkind = 'Dense'\nreads = 16\nwrites = 10\n",
    );
    let expected = "networks/digits.toml:11: layer 2 reads 16 values, but layer 1 writes 32";
    assert_eq!(scratch.errors().lines().next(), Some(&*format!("error: scratch@0.0.0: {expected}")));
}

/// What the types of a spec are checked for when they are used: a link that is doubled, through the third door.
#[test]
fn a_doubled_link_in_a_spec() {
    let manifest = format!(
        "[dependencies]\nnanoprop.path = '{ROOT}'\n[build-dependencies]\nnanoprop-build.path = '{ROOT}/crates/nanoprop-build'\n"
    );
    let scratch = Scratch::new("doubled", &manifest);
    scratch.write("src/main.rs", "include!(concat!(env!(\"OUT_DIR\"), \"/nets.rs\"));\nfn main() {}\n");
    scratch.write("build.rs", "fn main() {\n    nanoprop_build::generate(\"networks\", \"nets.rs\");\n}\n");
    scratch.write(
        "networks/yes.toml",
        "name = 'Yes'\nloss = 'SigmoidCrossEntropy'\n\n\
         [[layer]]\nkind = 'Dense'\nreads = 4\nwrites = 3\nactivation = 'Sigmoid'\n",
    );
    let expected = "layer 1 ends in Sigmoid, and SigmoidCrossEntropy applies it again: write Dense<3>";
    let found = scratch.errors();
    assert!(found.lines().next().is_some_and(|line| line.contains(expected)), "{found}");
}

/// The programs that must not compile, sorted.
fn cases() -> Vec<PathBuf> {
    let folder = fs::read_dir(Path::new(ROOT).join("tests/ui")).unwrap();
    let mut cases: Vec<_> = folder.map(|entry| entry.unwrap().path()).collect();
    cases.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    cases.sort();
    assert!(!cases.is_empty());
    cases
}

/// Whether the messages were recorded with this compiler.
fn is_recorded() -> bool {
    let rustc = env::var_os("RUSTC").unwrap_or("rustc".into());
    let version = text(Command::new(rustc).arg("--version").output().unwrap().stdout);
    if !version.starts_with(RECORDED) {
        eprintln!("only first lines are compared: the messages are those of {RECORDED}x, this is {version}");
    }
    version.starts_with(RECORDED)
}

/// A package of its own among the build's temporary files, with the workspace's versions of all dependencies.
struct Scratch(PathBuf);

impl Scratch {
    fn new(folder: &str, manifest: &str) -> Scratch {
        let scratch = Scratch(Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder));
        let head = "[package]\nname = 'scratch'\nversion = '0.0.0'\nedition = '2024'\n[workspace]\n";
        scratch.write("Cargo.toml", &format!("{head}{manifest}"));
        scratch.write("Cargo.lock", &fs::read_to_string(Path::new(ROOT).join("Cargo.lock")).unwrap());
        scratch
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.0.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Builds, and does not only check: a wrong input is found where a generic function is instantiated.
    fn build(&self) -> Output {
        self.cargo("build")
    }

    fn cargo(&self, command: &str) -> Output {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args([command, "--quiet", "--offline", "--color=never", "--target-dir=target"]);
        cargo.current_dir(&self.0).env("CARGO_INCREMENTAL", "0").output().unwrap()
    }

    /// From the first error on, what a build that must fail prints.
    fn errors(&self) -> String {
        let Output { status, stderr, .. } = self.build();
        let stderr = text(stderr);
        assert!(!status.success(), "this was built:\n{}", fs::read_to_string(self.0.join("src/main.rs")).unwrap());
        let start = stderr.find("error").unwrap_or_else(|| panic!("no error: {stderr}"));
        stderr[start..].to_owned()
    }
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

/// The message without what another machine, or an edit elsewhere in the library, changes: folders, and the
/// numbers of lines that are not the program's.
fn normal(message: &str) -> String {
    let mut lines = Vec::new();
    for line in message.lines() {
        let line = line.trim_start_matches(|c: char| c == ' ' || c.is_ascii_digit() && line.contains(" |"));
        if line.contains("has been written to '") || line.contains("consider using `--verbose`") {
            continue;
        }
        if let Some(start) = ["--> ", "::: "].into_iter().find(|start| line.starts_with(start)) {
            let (path, rest) = line[start.len()..].split_once(".rs:").unwrap();
            let position = if path == "src/main" { format!(":{rest}") } else { String::new() };
            lines.push(format!("{start}{}.rs{position}", place(path)));
        } else {
            lines.push(line.trim_end().to_owned());
        }
    }
    let summary = ["error: could not compile", "Some errors have", "For more information"];
    lines.retain(|line| !summary.iter().any(|start| line.starts_with(start)));
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines.join("\n") + "\n"
}

/// A file's path from the root of its package.
fn place(path: &str) -> String {
    match (path.strip_prefix(ROOT), path.rsplit_once("/library/"), path.rsplit_once("/registry/src/")) {
        (Some(path), ..) => format!("nanoprop{path}"),
        (_, Some((_, path)), _) => path.to_owned(),
        (.., Some((_, path))) => path.split_once('/').map_or(path, |(_, path)| path).to_owned(),
        _ => path.to_owned(),
    }
}
