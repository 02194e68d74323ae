//! Turns `networks/*.toml` into the aliases of `nanoprop::nets`, and says where there are SIMD kernels.

use std::env;

fn main() {
    #[cfg(feature = "nets")]
    nanoprop_build::generate("networks", "nets.rs");

    // Without optimisation, kernels over registers are slower than the plain loops and need 100 KiB of stack.
    println!("cargo::rustc-check-cfg=cfg(simd)");
    let get = |name: &str| env::var(name).unwrap_or_default();
    let has = |feature: &str| get("CARGO_CFG_TARGET_FEATURE").split(',').any(|found| found == feature);
    let registers = match &*get("CARGO_CFG_TARGET_ARCH") {
        "x86_64" => has("sse2"),
        "aarch64" => has("neon") && get("CARGO_CFG_TARGET_ENDIAN") == "little",
        _ => false,
    };
    if registers && get("OPT_LEVEL") != "0" {
        println!("cargo::rustc-cfg=simd");
    }
    println!("cargo::rerun-if-changed=build.rs");
}
