//! Blocks of TOML on the pages: dependencies that the crates have, and specs that nanoprop-build reads. Blocks of Rust are
//! doctests; those of C are compiled and run by `examples/c/run`.

use std::path::{Path, PathBuf};
use std::{env, fs};

use toml::{Table, Value};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The blocks of TOML of a page.
fn blocks(page: &str) -> Vec<Table> {
    let text = fs::read_to_string(root().join(page)).expect("a page");
    let inside = text.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default());
    inside.map(|block| block.parse().unwrap_or_else(|fault| panic!("{page}: {fault}"))).collect()
}

/// The manifest of a crate of this repository.
fn manifest(name: &str) -> Table {
    let folder = if name == "nanoprop" { root() } else { root().join("crates").join(name) };
    fs::read_to_string(folder.join("Cargo.toml")).expect("a manifest").parse().expect("TOML")
}

#[test]
fn dependencies_are_crates_and_features_of_this_repository() {
    let mut found = 0;
    for page in ["README.md", "guide/2-train-your-own.md"] {
        for block in blocks(page) {
            let dependencies = block.get("dependencies").and_then(Value::as_table).expect("dependencies");
            for (name, dependency) in dependencies {
                let manifest = manifest(name);
                assert_eq!(manifest["package"]["name"].as_str(), Some(&**name), "{page}");
                let path = dependency["path"].as_str().expect("a path");
                assert!(path.ends_with(name), "{page}: {path}");
                for feature in dependency.get("features").and_then(Value::as_array).into_iter().flatten() {
                    let feature = feature.as_str().expect("a name");
                    assert!(manifest["features"].get(feature).is_some(), "{page}: {name} has no feature {feature}");
                }
                found += 1;
            }
        }
    }
    assert_eq!(found, 3);
}

#[test]
fn the_spec_of_the_page_is_that_of_the_repository() {
    let [spec] = &blocks("crates/nanoprop-build/README.md")[..] else { panic!("one block") };
    let text = fs::read_to_string(root().join("networks/digits.toml")).expect("a spec");
    assert_eq!(spec, &text.parse::<Table>().expect("TOML"));
}
