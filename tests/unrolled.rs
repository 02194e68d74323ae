//! What the compiler makes of the kernels, from the disassembly of a plain release build: a small network is
//! straight-line code, and of a larger one the loops are tiles of vectors without calls, checks or panics.
#![cfg(target_arch = "x86_64")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;
use std::{env, fs};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// `C-unwind`, because `C` guards what it calls with a panic of its own.
const PROGRAM: &str = r#"
use nanoprop::nets::{Digits, Mnist, ReluNet, Tiny};
use nanoprop::prelude::*;

macro_rules! functions {
    ($($Net:ident: $In:literal $Out:literal $forward:ident $online:ident;)*) => {$(
        #[unsafe(no_mangle)]
        #[inline(never)]
        pub extern "C-unwind" fn $forward(net: &$Net, x: &[f32; $In], y: &mut [f32; $Out]) {
            y.copy_from_slice(&net.predict(x));
        }

        #[unsafe(no_mangle)]
        #[inline(never)]
        pub extern "C-unwind" fn $online(net: &mut $Net, x: &[f32; $In], y: &[f32; $Out], tape: &mut TapeOf<$Net>) {
            net.descend(x, y, 0.01, tape);
        }
    )*};
}

functions! {
    Tiny: 3 3 tiny_forward tiny_online;
    Digits: 64 10 digits_forward digits_online;
    Mnist: 784 10 mnist_forward mnist_online;
    ReluNet: 128 10 relu_forward relu_online;
}
"#;

const FUNCTIONS: [&str; 8] = [
    "tiny_forward",
    "tiny_online",
    "digits_forward",
    "digits_online",
    "mnist_forward",
    "mnist_online",
    "relu_forward",
    "relu_online",
];

struct Instruction {
    address: u64,
    /// The mnemonic and its operands.
    text: String,
}

impl Instruction {
    fn is_call(&self) -> bool {
        self.text.starts_with("call")
    }

    fn is_jump(&self) -> bool {
        self.text.starts_with('j')
    }

    /// Where a direct call or jump goes: an address and the function there.
    fn target(&self) -> Option<(u64, &str)> {
        let (place, name) = self.text.split_once(" <")?;
        let address = place.rsplit(' ').next()?;
        Some((u64::from_str_radix(address, 16).ok()?, name.trim_end_matches('>')))
    }
}

type Functions = BTreeMap<String, Vec<Instruction>>;

/// All functions of the program.
fn program() -> &'static Functions {
    static PROGRAM: OnceLock<Functions> = OnceLock::new();
    PROGRAM.get_or_init(disassemble)
}

fn disassemble() -> Functions {
    let objdump = Command::new("objdump").arg("--version").output();
    assert!(objdump.is_ok(), "objdump is missing: install binutils");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("unrolled");
    fs::create_dir_all(folder.join("src")).unwrap();
    let manifest = format!(
        "[package]\nname = 'unrolled'\nversion = '0.0.0'\nedition = '2024'\n[workspace]\n[lib]\ncrate-type = ['cdylib']\n\
         [dependencies]\nnanoprop = {{ path = '{ROOT}', features = ['nets'] }}\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    fs::write(folder.join("Cargo.lock"), fs::read_to_string(Path::new(ROOT).join("Cargo.lock")).unwrap()).unwrap();
    fs::write(folder.join("src/lib.rs"), PROGRAM).unwrap();
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--release", "--quiet", "--offline", "--color=never", "--target-dir=target"]);
    for flags in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_RUSTFLAGS", "CARGO_BUILD_TARGET"] {
        cargo.env_remove(flags);
    }
    let built = cargo.current_dir(&folder).output().unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let objdump = |flags: &[&str]| {
        let mut objdump = Command::new("objdump");
        let output = objdump.args(flags).arg(folder.join("target/release/libunrolled.so")).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let text = objdump(&["--disassemble", "--demangle", "--no-show-raw-insn", "--section=.text"]);
    let functions = parse(&text, &slots(&objdump(&["--dynamic-reloc"])));
    for name in FUNCTIONS {
        assert!(functions.contains_key(name), "no {name} in the disassembly");
    }
    functions
}

/// What the loader writes in the slots that calls go by: `5678 R_X86_64_RELATIVE *ABS*+0x1234` is a function of
/// the program, `5678 R_X86_64_GLOB_DAT memset@GLIBC` one of another.
fn slots(relocations: &str) -> BTreeMap<u64, String> {
    let slot = |line: &str| {
        let mut words = line.split_whitespace();
        let slot = u64::from_str_radix(words.next()?, 16).ok()?;
        let target = words.nth(1)?;
        Some((slot, target.strip_prefix("*ABS*+0x").map_or(format!("*{target}"), |to| format!("{to} <by a slot>"))))
    };
    relocations.lines().filter_map(slot).collect()
}

/// `0000000000001234 <name>:` starts a function, `    1234:  mnemonic operands` is an instruction. Instances of
/// one generic function have one name; the address tells them apart.
fn parse(text: &str, slots: &BTreeMap<u64, String>) -> Functions {
    let mut functions = Functions::new();
    let mut name = String::new();
    for line in text.lines() {
        if let Some((address, rest)) = line.split_once(" <")
            && let Some(found) = rest.strip_suffix(">:")
        {
            name = if functions.contains_key(found) { format!("{found} at {address}") } else { found.to_owned() };
            functions.insert(name.clone(), Vec::new());
        } else if let Some((address, text)) = line.split_once(":\t")
            && let Ok(address) = u64::from_str_radix(address.trim(), 16)
            && let Some(function) = functions.get_mut(&name)
        {
            // What padding is made of is not run.
            let (text, comment) = text.split_once('#').unwrap_or((text, ""));
            let mut text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let slot = comment.split_whitespace().next().and_then(|slot| u64::from_str_radix(slot, 16).ok());
            if let (Some(to), Some((verb, _))) = (slot.and_then(|slot| slots.get(&slot)), text.split_once(" *")) {
                text = format!("{verb} {to}");
            }
            if !text.split(' ').any(|word| word.starts_with("nop") || word == "int3") {
                function.push(Instruction { address, text });
            }
        }
    }
    functions
}

/// Every jump whose target is not further on in the function itself.
fn back_or_out(function: &[Instruction]) -> Vec<&str> {
    let end = function.last().unwrap().address;
    let ahead = |i: &Instruction| i.target().is_some_and(|(to, _)| to > i.address && to <= end);
    function.iter().filter(|i| i.is_jump() && !ahead(i)).map(|i| &*i.text).collect()
}

/// The loops: from where a jump back goes to the jump.
fn loops(function: &[Instruction]) -> Vec<(usize, usize)> {
    let at = |address| function.binary_search_by_key(&address, |i| i.address).ok();
    let mut loops = Vec::new();
    for (end, jump) in function.iter().enumerate().filter(|(_, i)| i.is_jump()) {
        if let Some((to, _)) = jump.target()
            && to <= jump.address
            && let Some(start) = at(to)
        {
            loops.push((start, end));
        }
    }
    loops
}

/// The loops that have no loop in them.
fn innermost(function: &[Instruction]) -> Vec<&[Instruction]> {
    let loops = loops(function);
    let holds_another =
        |&(start, end): &(usize, usize)| loops.iter().any(|&(s, e)| (s, e) != (start, end) && s >= start && e <= end);
    loops.iter().filter(|l| !holds_another(l)).map(|&(start, end)| &function[start..=end]).collect()
}

/// The functions of a level: `gemv::avx512` and the like.
fn of_level<'a>(functions: &'a Functions, kernel: &str, level: &str) -> Vec<(&'a str, &'a [Instruction])> {
    let path = format!("kernel::dispatch::{kernel}::{level}");
    functions.iter().filter(|(name, _)| name.contains(&path)).map(|(name, code)| (&**name, &**code)).collect()
}

#[test]
fn tiny_is_straight_line() {
    let functions = program();
    for name in ["tiny_forward", "tiny_online"] {
        let code = &functions[name];
        let calls: Vec<_> = code.iter().filter(|i| i.is_call()).map(|i| &i.text).collect();
        assert!(calls.is_empty(), "{name} calls: {calls:?}");
        assert!(back_or_out(code).is_empty(), "{name} jumps: {:?}", back_or_out(code));
        println!("{name}: {} instructions", code.len());
    }
}

/// But for a `memset`, once before the loops, of an array that is too long for the sixteen short registers of SSE2.
#[test]
fn kernels_call_nothing() {
    let functions = program();
    for kernel in ["gemv", "backward", "map"] {
        for level in ["sse2", "avx2", "avx512"] {
            let found = of_level(functions, kernel, level);
            assert!(!found.is_empty(), "no {kernel} for {level}");
            for (name, code) in found {
                let loops = loops(code);
                for (at, call) in code.iter().enumerate().filter(|(_, i)| i.is_call()) {
                    let once = !loops.iter().any(|&(start, end)| (start..=end).contains(&at));
                    let clears = kernel == "backward" && level == "sse2" && call.text.contains("*memset");
                    assert!(once && clears, "{name}, {:x}: {}", call.address, call.text);
                }
                let end = code.last().unwrap().address;
                for jump in code.iter().filter(|i| i.is_jump()) {
                    // A jump by a table is the choice of how many numbers a block of dx has.
                    let inside = jump.text.contains('*')
                        || jump.target().is_some_and(|(to, _)| (code[0].address..=end).contains(&to));
                    assert!(inside, "{name} leaves: {}", jump.text);
                }
            }
        }
    }
}

/// Of mnist's 784 × 128 weights: eight vectors of sums at once in AVX-512, four in AVX2.
#[test]
fn tiles_are_unrolled() {
    let functions = program();
    for (level, register, vectors) in [("avx512", "%zmm", 8), ("avx2", "%ymm", 8)] {
        let products = |code: &[Instruction]| {
            code.iter().filter(|i| i.text.starts_with("vmulps") && i.text.contains(register)).count()
        };
        let loops: Vec<_> =
            of_level(functions, "gemv", level).into_iter().flat_map(|(_, code)| innermost(code)).collect();
        let most = loops.iter().map(|code| products(code)).max();
        println!(
            "{level}: products in each innermost loop: {:?}",
            loops.iter().map(|l| products(l)).collect::<Vec<_>>()
        );
        assert!(most >= Some(vectors), "{level}: {most:?} products in the largest tile");
        // No scalar loop is left anywhere.
        for code in loops {
            let text: Vec<_> = code.iter().map(|i| &*i.text).collect();
            assert!(products(code) > 0, "{level}: an innermost loop without vectors: {text:#?}");
        }
    }
}

#[test]
fn nothing_panics() {
    let functions = program();
    let by_address: BTreeMap<u64, &str> =
        functions.iter().filter_map(|(name, code)| Some((code.first()?.address, &**name))).collect();
    let mut reached = BTreeSet::new();
    let mut next: Vec<&str> = FUNCTIONS.to_vec();
    while let Some(name) = next.pop() {
        if !reached.insert(name) {
            continue;
        }
        assert!(!name.contains("panic"), "{name} is reached from {FUNCTIONS:?}");
        for i in functions[name].iter().filter(|i| i.is_call() || i.is_jump()) {
            assert!(!i.text.contains("panic"), "{name}: {}", i.text);
            let to = i.target().map(|(to, _)| to);
            next.extend(to.and_then(|to| by_address.get(&to)).copied());
            // It is known where each call goes.
            assert!(!i.is_call() || i.text.contains('<') || i.text.contains('@'), "{name}: {}", i.text);
        }
    }
    println!("{} functions", reached.len());
}
