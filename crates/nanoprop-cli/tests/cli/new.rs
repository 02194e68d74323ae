//! Projects.

use std::fs;
use std::path::Path;

use nanoprop_exchange::Model;
use tempfile::TempDir;

use super::{folder, json, nanoprop, refused, said};

/// A folder with a table of numbers, a category with missing values, and classes.
fn table() -> TempDir {
    let folder = folder();
    let rows: String =
        (0..60).map(|row| format!("{}.5,{},{}\n", row % 7, ["a", "b", "NA"][row % 3], row % 4)).collect();
    fs::write(folder.path().join("table.csv"), format!("width,\"kind \"\"k\"\"\",class\n{rows}")).unwrap();
    folder
}

#[test]
fn a_project_is_written() {
    let folder = table();
    let folder = folder.path();
    let said = said(folder, "new my-net --data table.csv --target class --hidden 5,4");
    assert!(said.contains("table.csv: 60 rows; the target `class` is 4 classes: 0, 1, 2, 3"), "{said}");
    assert!(said.contains("category kind \"k\"  (missing in 20 of 60 rows)"), "{said}");
    let read = |file: &str| fs::read_to_string(folder.join("my-net").join(file)).unwrap();
    let network = read("model/src/network.rs");
    let line = "pub type Model = 4 => Standardize => Dense<5, Relu> => Dense<4, Relu> => Dense<4>, loss = SoftmaxCrossEntropy;";
    assert!(network.contains(line), "{network}");
    assert!(network.contains(r#"["width", "kind \"k\" = a", "kind \"k\" = b", "kind \"k\" is missing"]"#), "{network}");
    assert!(read("table.toml").contains("name = \"kind \\\"k\\\"\"\nkind = \"category\" # missing in 20 of 60 rows\n"));
    assert_eq!(read("table.csv"), fs::read_to_string(folder.join("table.csv")).unwrap());
    assert!(
        read("c/src/lib.rs").contains("use ::my_net::{MODEL, Model};\n\nnanoprop_c::c_api!(Model as my_net, weights")
    );
    assert!(read("firmware/Cargo.toml").contains("nanoprop = { version = \"0.1\", default-features = false"));
    // The spec is of the same network.
    let spec = read("model/model.toml");
    let line = nanoprop_build::aliases(&[("model.toml", &spec)]).unwrap();
    let words = "`4 => Standardize => Dense<5, Relu> => Dense<4, Relu> => Dense<4>`, SoftmaxCrossEntropy, f32.";
    assert!(line.contains(words), "{line}");
    assert_eq!(Model::from_toml("model.toml", &spec).unwrap().name, "MyNet");
    // No gap is left, nor a line for the other kind of target.
    for file in [
        "Cargo.toml",
        "README.md",
        "model/src/lib.rs",
        "train/src/main.rs",
        "train/src/write.rs",
        "c/predict.c",
        "c/Cargo.toml",
        "c/src/lib.rs",
    ] {
        let text = read(file);
        let marked = text.lines().any(|line| line.starts_with('%'));
        assert!(
            !text.contains("{{nano") && !text.contains("{{name") && !text.contains("{{ident") && !marked,
            "{file}: {text}"
        );
    }
    assert!(!read("c/Cargo.toml").contains("[profile"));
    refused(folder, "new my-net --data table.csv --target class", 1, "nanoprop: my-net is there already");
    refused(folder, "train .", 1, "./table.toml is not there: expected a folder that `nanoprop new` made");
    refused(folder, "report my-net", 1, "my-net/report/facts.toml: not there: the training writes it");
}

#[test]
fn the_columns_are_said_as_json() {
    let folder = table();
    let facts = json(folder.path(), "new net --data table.csv --target class --json");
    assert_eq!((facts["rows"].as_u64(), facts["classes"][3].as_str()), (Some(60), Some("3")));
    assert_eq!(facts["inputs"][3], "kind \"k\" is missing");
    assert_eq!(facts["columns"][0]["kind"], "number");
}

/// Names that are no names in Rust, TOML or C.
#[test]
fn columns_have_any_names() {
    let folder = folder();
    let rows: String = (0..40)
        .map(|row| format!("{},{},{}\n", row * 3 % 11, row * row % 7, ["x{{name}}", "\ty\"", "z"][row % 3]))
        .collect();
    let text =
        format!("{{{{outputs}}}} \\ */ 'é',\"a\u{1}b\",tar\u{7f}get\n{}", rows.replace("\ty\"", "\"\u{2}y\"\"\""));
    fs::write(folder.path().join("odd.csv"), text).unwrap();
    let words = ["new", "odd", "--data", "odd.csv", "--target", "tar\u{7f}get"];
    let command =
        std::process::Command::new(env!("CARGO_BIN_EXE_nanoprop")).current_dir(folder.path()).args(words).output();
    assert!(command.as_ref().unwrap().status.success(), "{command:?}");
    let read = |file: &str| fs::read_to_string(folder.path().join("odd").join(file)).unwrap();
    let network = read("model/src/network.rs");
    assert!(network.contains(r#"["{{outputs}} \\ */ 'é'", "a\u{1}b"]"#), "{network}");
    assert!(network.contains(r#"["\u{2}y\"", "x{{name}}", "z"]"#), "{network}");
    let spec: nanoprop_host::data::TableSpec = read("table.toml").parse().unwrap();
    assert_eq!(spec.inputs(), ["{{outputs}} \\ */ 'é'", "a\u{1}b"]);
}

#[test]
fn dependencies_are_in_a_folder() {
    let folder = table();
    // A folder whose name needs quotes of TOML.
    let root = folder.path().join("na\"no\\prop");
    for package in ["crates/nanoprop-host", "crates/nanoprop-c", ""] {
        fs::create_dir_all(root.join(package)).unwrap();
        fs::write(root.join(package).join("Cargo.toml"), "").unwrap();
    }
    said(folder.path(), "new net --data table.csv --target class --nanoprop na\"no\\prop");
    let manifest = fs::read_to_string(folder.path().join("net/train/Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    let path = manifest["dependencies"]["nanoprop-host"]["path"].as_str().unwrap();
    assert_eq!(Path::new(path), root.canonicalize().unwrap().join("crates/nanoprop-host"));
}

#[test]
fn what_can_t_be_is_refused() {
    let folder = table();
    let folder = folder.path();
    let new = "new net --data table.csv --target class";
    for name in ["Net", "9net", "a b", "std", "while", "net.x", "ä"] {
        let words = new.replace("net ", &format!("{} ", name.replace(' ', "_ ")));
        assert!(!nanoprop(folder, &words).status.success(), "{name}");
    }
    let name = "`Net` can't be the name: expected such as `flowers`";
    refused(folder, "new Net --data table.csv --target class", 1, name);
    refused(folder, "new net --data none.csv --target class", 1, "none.csv: can't be read");
    refused(folder, "new net --data table.csv --target price", 1, "no column has the name `price`");
    refused(folder, &format!("{new} --hidden 0"), 1, "--hidden: expected 1 to 8 widths from 1 to 4096");
    refused(folder, &format!("{new} --hidden 1,1,1,1,1,1,1,1,1"), 1, "--hidden: expected 1 to 8 widths");
    refused(folder, &format!("{new} --hidden many"), 2, "invalid value 'many'");
    refused(folder, &format!("{new} --nanoprop none"), 1, "none/.");
    fs::write(folder.join("noise.csv"), [0xff, 0xfe, 0, 1]).unwrap();
    refused(folder, "new net --data noise.csv --target x", 1, "expected text, found UTF-16");
    assert!(!folder.join("net").exists());
}
