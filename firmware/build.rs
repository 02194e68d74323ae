//! Linker arguments, so that none are needed on the command line or in a configuration of cargo.
//!
//! `cfg(device)` says that there is no operating system, `cfg(small)` that RAM is 16 KiB, `cfg(proved)`
//! that a program with a path to a panic can't be linked.

use std::{env, fs, path::Path};

/// Where flash and RAM of the emulated board of each target are: origin and KiB.
const BOARDS: [(&str, [(u32, u32); 2]); 4] = [
    ("thumbv6m-none-eabi", [(0, 256), (0x2000_0000, 16)]), // microbit
    ("thumbv7em-none-eabihf", [(0, 4096), (0x2000_0000, 4096)]), // mps2-an386
    ("thumbv7em-none-eabi", [(0, 4096), (0x2000_0000, 4096)]), // mps2-an500
    ("thumbv8m.main-none-eabihf", [(0x1000_0000, 4096), (0x3800_0000, 4096)]), // mps2-an505
];

fn main() {
    let read = |name| env::var(name).unwrap_or_default();
    let (target, arch, os) = (read("TARGET"), read("CARGO_CFG_TARGET_ARCH"), read("CARGO_CFG_TARGET_OS"));
    let (out, here) = (read("OUT_DIR"), read("CARGO_MANIFEST_DIR"));
    let arg = |arg: &str| println!("cargo::rustc-link-arg-bins={arg}");
    match (arch.as_str(), os.as_str()) {
        ("arm", "none") => {
            let board = BOARDS.iter().find(|(name, _)| *name == target);
            let (_, [flash, ram]) = board.unwrap_or_else(|| panic!("build.rs knows no board of {target}"));
            let memory = format!(
                "MEMORY\n{{\n  FLASH : ORIGIN = {:#x}, LENGTH = {}K\n  RAM : ORIGIN = {:#x}, LENGTH = {}K\n}}\n",
                flash.0, flash.1, ram.0, ram.1
            );
            fs::write(Path::new(&out).join("memory.x"), memory).expect("OUT_DIR can be written");
            println!("cargo::rustc-link-search={out}");
            arg("-Tlink.x");
            arg("--nmagic");
        }
        ("riscv32", "none") => arg(&format!("-T{here}/link/riscv.x")),
        ("aarch64", "none") => arg(&format!("-T{here}/link/aarch64.x")),
        ("wasm32", _) => arg("--no-entry"),
        _ => {}
    }
    println!("cargo::rustc-check-cfg=cfg(device, small, proved)");
    // Other builds keep a panic's path or two that this one sees to be impossible.
    if read("OPT_LEVEL") == "3" {
        println!("cargo::rustc-cfg=proved");
    }
    if os == "none" || os == "unknown" {
        println!("cargo::rustc-cfg=device");
    }
    if target == "thumbv6m-none-eabi" {
        println!("cargo::rustc-cfg=small");
    }
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=link");
}
