//! Turns `networks/*.toml` into the aliases of `nanoprop::nets`, and says where there are SIMD kernels, or
//! those in single registers, of processors that have no vectors.

use std::env;

fn main() {
    #[cfg(feature = "nets")]
    nanoprop_build::generate("networks", "nets.rs");

    // Without optimisation, kernels over registers are slower than the plain loops and need 100 KiB of stack.
    println!("cargo::rustc-check-cfg=cfg(simd, narrow)");
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|found| found == value);
    if is("CARGO_CFG_TARGET_ARCH", "x86_64") && !is("OPT_LEVEL", "0") {
        println!("cargo::rustc-cfg=simd");
    }
    let architecture = env::var("CARGO_CFG_TARGET_ARCH").unwrap_or_default();
    if ["arm", "riscv32", "riscv64", "wasm32"].contains(&architecture.as_str()) && !is("OPT_LEVEL", "0") {
        println!("cargo::rustc-cfg=narrow");
    }
    println!("cargo::rerun-if-changed=build.rs");
}
