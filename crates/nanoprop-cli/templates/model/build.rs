//! `cfg(trained)` where there are weights.

fn main() {
    println!("cargo::rustc-check-cfg=cfg(trained)");
    println!("cargo::rerun-if-changed=model.nprp");
    if std::path::Path::new("model.nprp").exists() {
        println!("cargo::rustc-cfg=trained");
    }
}
