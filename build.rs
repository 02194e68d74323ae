//! Turns `networks/*.toml` into the aliases of `nanoprop::nets`, and says where there are SIMD kernels, or
//! those in single registers, of processors that have no vectors.

use std::env;

fn main() {
    #[cfg(feature = "nets")]
    nanoprop_build::generate("networks", "nets.rs");

    // Without optimisation, kernels over registers are slower than the plain loops and need 100 KiB of stack.
    println!("cargo::rustc-check-cfg=cfg(simd, narrow, dsp)");
    let get = |name: &str| env::var(name).unwrap_or_default();
    let has = |feature: &str| get("CARGO_CFG_TARGET_FEATURE").split(',').any(|found| found == feature);
    let (architecture, optimised) = (get("CARGO_CFG_TARGET_ARCH"), get("OPT_LEVEL") != "0");
    let (simd, narrow) = match &*architecture {
        "x86_64" => (has("sse2"), false),
        // Without an operating system, loads must be aligned, and one of a vector is sixteen of a byte.
        "aarch64" if get("CARGO_CFG_TARGET_OS") == "none" => (false, true),
        "aarch64" => (has("neon") && get("CARGO_CFG_TARGET_ENDIAN") == "little", false),
        "arm" | "riscv32" | "riscv64" | "wasm32" => (false, true),
        _ => (false, false),
    };
    if simd && optimised {
        println!("cargo::rustc-cfg=simd");
    }
    if narrow && optimised {
        println!("cargo::rustc-cfg=narrow");
    }
    // Instructions for pairs of 16 bits. Of Armv7-M, those with them have a target of their own; of Armv8-M, they are an option,
    // which a stable compiler has, but does not tell: what it is asked for does.
    let asked = get("CARGO_ENCODED_RUSTFLAGS");
    let pairs = get("TARGET").starts_with("thumbv7em") || has("dsp") || asked.split('\x1f').any(asks_for_pairs);
    if architecture == "arm" && pairs && optimised {
        println!("cargo::rustc-cfg=dsp");
    }
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=CARGO_ENCODED_RUSTFLAGS");
}

/// Whether a flag of the compiler, as `-Ctarget-cpu=cortex-m33`, is for processors with instructions for pairs of 16 bits.
fn asks_for_pairs(flag: &str) -> bool {
    const PROCESSORS: [&str; 6] = ["cortex-m33", "cortex-m35p", "cortex-m52", "cortex-m55", "cortex-m85", "star-mc1"];
    let option = flag.trim_start_matches("--codegen").trim_start_matches("-C").trim_start_matches(['=', ' ']);
    match option.split_once('=') {
        Some(("target-cpu", name)) => PROCESSORS.contains(&name),
        Some(("target-feature", features)) => features.split(',').any(|feature| feature == "+dsp"),
        _ => false,
    }
}
