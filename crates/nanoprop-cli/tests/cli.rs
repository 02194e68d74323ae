//! The command, as it is called: what it writes, and what it refuses. `tests/run` builds and runs what it writes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// An empty folder of its own for each test.
fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("nanoprop-cli-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let rows: String =
        (0..60).map(|row| format!("{}.5,{},{}\n", row % 7, ["a", "b", "NA"][row % 3], row % 4)).collect();
    fs::write(folder.join("table.csv"), format!("width,\"kind \"\"k\"\"\",class\n{rows}")).unwrap();
    folder
}

fn nanoprop(folder: &Path, words: &str) -> Output {
    let command = env!("CARGO_BIN_EXE_nanoprop");
    Command::new(command).current_dir(folder).args(words.split(' ')).output().unwrap()
}

#[track_caller]
fn refused(folder: &Path, words: &str, code: i32, message: &str) {
    let output = nanoprop(folder, words);
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), text.contains(message)), (Some(code), true), "{words}: {text}");
}

#[test]
fn a_project_is_written() {
    let folder = folder("project");
    let output = nanoprop(&folder, "new my-net --data table.csv --target class --hidden 5,4");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).unwrap();
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
    // No gap is left, nor a line for the other kind of target.
    for file in
        ["Cargo.toml", "README.md", "model/src/lib.rs", "train/src/main.rs", "train/src/write.rs", "c/predict.c"]
    {
        let text = read(file);
        let marked = text.lines().any(|line| line.starts_with("%classes") || line.starts_with("%numbers"));
        assert!(
            !text.contains("{{nano") && !text.contains("{{name") && !text.contains("{{ident") && !marked,
            "{file}: {text}"
        );
    }
    refused(&folder, "new my-net --data table.csv --target class", 1, "nanoprop: my-net is there already");
    refused(&folder, "train .", 1, "./table.toml is not there: expected a folder that `nanoprop new` made");
}

#[test]
fn what_can_t_be_is_refused() {
    let folder = folder("refused");
    let new = "new net --data table.csv --target class";
    for name in ["Net", "9net", "a b", "std", "while", "net.x", "ä"] {
        let words = new.replace("net ", &format!("{} ", name.replace(' ', "_ ")));
        assert!(!nanoprop(&folder, &words).status.success(), "{name}");
    }
    refused(
        &folder,
        "new Net --data table.csv --target class",
        1,
        "`Net` can't be the name: expected such as `flowers`",
    );
    refused(&folder, "new net --data none.csv --target class", 1, "none.csv: can't be read");
    refused(&folder, "new net --data table.csv --target price", 1, "no column has the name `price`");
    refused(&folder, &format!("{new} --hidden 0"), 1, "--hidden: expected 1 to 8 widths from 1 to 4096");
    refused(&folder, &format!("{new} --hidden 1,1,1,1,1,1,1,1,1"), 1, "--hidden: expected 1 to 8 widths");
    refused(&folder, &format!("{new} --hidden many"), 2, "invalid value 'many'");
    refused(&folder, &format!("{new} --nanoprop none"), 1, "none/.");
    refused(&folder, "report", 2, "unrecognized subcommand 'report'");
    fs::write(folder.join("noise.csv"), [0xff, 0xfe, 0, 1]).unwrap();
    refused(&folder, "new net --data noise.csv --target x", 1, "expected text, found UTF-16");
    assert!(!folder.join("net").exists());
}
