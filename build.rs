//! Turns `networks/*.toml` into the aliases of `nanoprop::nets`.

fn main() {
    #[cfg(feature = "nets")]
    nanoprop_build::generate("networks", "nets.rs");
    println!("cargo::rerun-if-changed=build.rs");
}
