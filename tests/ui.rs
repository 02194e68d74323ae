//! What the compiler says of a network that can't be: `ui/*.rs` with the messages in `ui/*.stderr`, and specs that
//! nanoprop-build or the compiler refuses; and what it must take, `ui/pass`.
//!
//! The first line of a message is the library's, and must be the same on every toolchain. The lines below are
//! the compiler's and drift from version to version: they are compared where the compiler is the one that
//! wrote them. `BLESS=1 cargo test --test ui` writes them anew.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};
use std::{env, fs};

use nanoprop::nets::{Digits, Mnist};
use nanoprop::prelude::*;

/// The compiler whose messages are recorded.
const RECORDED: &str = "rustc 1.95.";

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A manifest's dependency on this crate.
const NANOPROP: &str = concat!("[dependencies]\nnanoprop.path = '", env!("CARGO_MANIFEST_DIR"), "'\n");

/// What `cargo check` does not say, only a build: the compiler evaluates a constant of generic code where the code is made
/// for its types. ARCHITECTURE.md lists the kinds.
const BUILD_ONLY: [&str; 15] = [
    "carry_through_bidirectional",
    "class_of_a_number",
    "confusion_of_other_classes",
    "fold_into_padding",
    "half_front_of_other_layers",
    "half_frozen_carry",
    "input_of_other_length",
    "kept_float_input",
    "misfit_by_hand",
    "quantized_stream_of_a_window",
    "stream_of_a_window",
    "stream_of_groups",
    "stream_of_later_steps",
    "stream_of_more_steps",
    "target_of_other_length",
];

#[test]
fn misfits_in_rust() {
    let scratch = Scratch::new("misfits", &format!("{NANOPROP}nanoprop.features = ['half']\n"));
    let recorded = is_recorded();
    checkpoints(&scratch);
    let (mut wrong, mut build_only) = (Vec::new(), Vec::new());
    for case in cases() {
        scratch.write("src/main.rs", &fs::read_to_string(&case).unwrap());
        let (found, built) = scratch.errors();
        build_only.extend(built.then(|| case.file_stem().unwrap().to_str().unwrap().to_owned()));
        let (count, found) = (found.matches("\nerror").count(), normal(&found));
        let file = case.with_extension("stderr");
        if env::var_os("BLESS").is_some() {
            fs::write(&file, &found).unwrap();
        }
        let expected = fs::read_to_string(&file).unwrap_or_default();
        let first = |text: &str| text.lines().next().unwrap_or_default().to_owned();
        assert!(!first(&found).contains("UInt<UInt<"), "{}: types in {}", file.display(), first(&found));
        // One mistake is one error. By hand, a use of the type may be another; `load_wrong_file` has several mistakes.
        let by_macro = fs::read_to_string(&case).unwrap().contains("network!");
        let several = case.ends_with("load_wrong_file.rs");
        assert!(count == 1 || !by_macro || several, "{}: {count} errors", file.display());
        if first(&found) != first(&expected) || recorded && found != expected {
            wrong.push(format!("{}: expected\n{expected}\nfound\n{found}", file.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(build_only, BUILD_ONLY);
}

#[test]
fn what_fits() {
    let scratch = Scratch::new("fits", NANOPROP);
    scratch.passes("fits", "build");
}

/// Twelve residual blocks, nine recurrent layers, eight residuals in one another: with the type of each layer spelled in
/// that of the next, the compiler would need hours, and the machine's memory.
#[test]
fn large_networks_take_seconds() {
    let scratch = Scratch::new("large", NANOPROP);
    scratch.passes("fits", "check");
    let start = Instant::now();
    scratch.passes("large", "check");
    assert!(start.elapsed() < Duration::from_secs(300), "{:?}", start.elapsed());
}

/// Beside a user's own types of all names, without the prelude, with nanoprop by another name, and with no lint that warns.
#[test]
fn macros_are_hygienic() {
    let scratch =
        Scratch::new("hygiene", &format!("[dependencies]\nnp = {{ package = 'nanoprop', path = '{ROOT}' }}\n"));
    checkpoints(&scratch);
    scratch.passes("hygiene", "build");
}

/// A network from a file is the one that was saved, in a constant too.
#[test]
fn what_is_loaded() {
    let scratch = Scratch::new("loads", NANOPROP);
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

/// What nanoprop-build finds, and what it leaves to the compiler: both say the line of the spec.
#[test]
fn misfits_in_specs() {
    let build = format!("{NANOPROP}[build-dependencies]\nnanoprop-build.path = '{ROOT}/crates/nanoprop-build'\n");
    let scratch = Scratch::new("spec", &build);
    scratch.write("src/main.rs", "include!(concat!(env!(\"OUT_DIR\"), \"/nets.rs\"));\nfn main() {}\n");
    scratch.write("build.rs", "fn main() {\n    nanoprop_build::generate(\"networks\", \"nets.rs\");\n}\n");
    let first = |layers: &str| {
        scratch.write("networks/net.toml", &format!("name = 'Net'\nloss = 'SquaredError'\n\n{layers}"));
        scratch.errors().0
    };
    let dense = "[[layer]]\nkind = 'Dense'\nreads = 64\nwrites = 32\n\n";
    let elman = "[[layer]]\nkind = 'Elman'\nreads = [8, 3]\nwrites = 12\nemit = 'All'\n";
    let table = [
        (
            format!("{dense}[[layer]]\nkind = 'Dense'\nreads = 16\nwrites = 10\n"),
            "error: scratch@0.0.0: networks/net.toml:11: layer 2 reads 16 values, but layer 1 writes 32",
        ),
        (elman.into(), "networks/net.toml:7: layer 1 writes 8×12 values, not 12"),
        (
            format!(
                "{dense}[[layer]]\nkind = 'Residual'\n[[layer.layer]]\nkind = 'Softmax'\nreads = 32\nwrites = 31\n\
                 [[layer.layer]]\nkind = 'Dense'\nreads = 31\nwrites = 32\n"
            ),
            "networks/net.toml:14: layer 2 writes 32 values, not 31",
        ),
        (
            format!("{}[[layer]]\nkind = 'Dense'\nreads = 96\nwrites = 2\n", elman.replace("= 12", "= [8, 12]")),
            "error: scratch@0.0.0: networks/net.toml:11: layer 2 reads 96 values, but layer 1 writes 8×12; put a Flatten between them",
        ),
        (
            "[[layer]]\nkind = 'Dense'\nreads = [8, 12]\nwrites = 2\n".into(),
            "networks/net.toml:6: layer 1 reads 96 values, but the input has 8×12; put a Flatten between them",
        ),
    ];
    for (layers, expected) in table {
        let (found, expected) = (first(&layers), format!("{expected}\n"));
        let line = format!("{}\n", found.lines().next().unwrap());
        assert!(line.ends_with(&expected), "expected {expected}found {found}");
        assert_eq!(found.matches("\nerror").count(), 1, "{found}");
    }
    // A name that there is not: the line of the generated file ends in the line of the spec.
    let found = first(&dense.replace("writes", "activation = 'Sigmod'\nwrites"));
    assert!(found.starts_with("error[E0425]: cannot find type `Sigmod` in crate "), "{found}");
    assert!(found.contains("=> Dense<32, ::nanoprop::Sigmod> // networks/net.toml:4\n"), "{found}");
}

/// Every kind of layer, in a crate that calls nanoprop by another name, has no prelude and denies warnings.
#[test]
fn specs_of_all_kinds() {
    let dependencies = format!("[dependencies]\nnp = {{ package = 'nanoprop', path = '{ROOT}' }}\n");
    let build = format!("{dependencies}[build-dependencies]\nnanoprop-build.path = '{ROOT}/crates/nanoprop-build'\n");
    let scratch = Scratch::new("specs", &build);
    let script = "nanoprop_build::Specs::new().nanoprop(\"::np\").generate(\"networks\", \"nets.rs\")";
    scratch.write("build.rs", &format!("fn main() {{\n    {script};\n}}\n"));
    scratch.write("networks/all.toml", &fs::read_to_string(Path::new(ROOT).join("tests/ui/pass/all.toml")).unwrap());
    scratch.passes("specs", "run");
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
    let (found, _) = scratch.errors();
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

    /// Runs cargo's `command` on a program of `ui/pass`, which must succeed.
    fn passes(&self, program: &str, command: &str) {
        let program = Path::new(ROOT).join(format!("tests/ui/pass/{program}.rs"));
        self.write("src/main.rs", &fs::read_to_string(program).unwrap());
        let Output { status, stderr, .. } = self.cargo(command);
        assert!(status.success(), "{}", text(stderr));
    }

    /// From the first error on, what is printed for a program that must fail; and whether only a build finds it.
    fn errors(&self) -> (String, bool) {
        let checked = self.cargo("check");
        let built = checked.status.success();
        let Output { status, stderr, .. } = if built { self.build() } else { checked };
        let stderr = text(stderr);
        assert!(!status.success(), "this was built:\n{}", fs::read_to_string(self.0.join("src/main.rs")).unwrap());
        let start = stderr.find("error").unwrap_or_else(|| panic!("no error: {stderr}"));
        (stderr[start..].to_owned(), built)
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
