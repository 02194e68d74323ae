//! Errors across files and folders, and those that the README shows.

use nanoprop_build::{Specs, aliases, from_folder};

use super::of_layers;

#[test]
fn errors_of_all_files_and_a_name_taken_twice() {
    let good = of_layers("layer = [{ kind = 'Silu', reads = 2 }]");
    let errors = aliases(&[("c.toml", &good), ("b.toml", "name ="), ("a.toml", &good), ("d.toml", &good)]).unwrap_err();
    let shown: Vec<_> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        [
            "b.toml:1: not TOML: string values must be quoted, expected literal string",
            "c.toml:1: `Net` is already the network of a.toml: rename one",
            "d.toml:1: `Net` is already the network of a.toml: rename one",
        ]
    );
    assert_eq!((errors[1].file.as_str(), errors[1].line), ("c.toml", Some(1)));
}

#[test]
fn folders() {
    let folder = std::env::temp_dir().join(format!("nanoprop-build-{}", std::process::id()));
    let named = folder.display().to_string();
    let errors =
        |folder: &std::path::Path| from_folder(folder).unwrap_err().iter().map(ToString::to_string).collect::<Vec<_>>();
    assert!(errors(&folder)[0].starts_with(&format!("{named}: can't read the folder of the network specs: ")));

    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("notes.txt"), "not a spec").unwrap();
    assert_eq!(errors(&folder), [format!("{named}: no network specs here: add a file such as digits.toml")]);

    std::fs::write(folder.join("a.toml"), [0xff]).unwrap();
    std::fs::write(folder.join("b.toml"), of_layers("layer = []")).unwrap();
    let (file_a, file_b) = (folder.join("a.toml").display().to_string(), folder.join("b.toml").display().to_string());
    assert_eq!(
        errors(&folder),
        [
            format!("{file_a}: can't read the spec: stream did not contain valid UTF-8"),
            format!("{file_b}:3: a network needs layers: add a `[[layer]]`"),
        ]
    );

    // An editor's file is not a spec, and a name that only some file systems take for `.toml` is a mistake.
    std::fs::write(folder.join("a.toml"), of_layers("layer = [{ kind = 'Silu', reads = 2 }]")).unwrap();
    std::fs::remove_file(folder.join("b.toml")).unwrap();
    std::fs::write(folder.join(".#a.toml"), "not TOML").unwrap();
    assert!(from_folder(&folder).unwrap().contains("pub type Net = 2\n"));
    std::fs::write(folder.join("X.TOML"), "").unwrap();
    let file = folder.join("X.TOML").display().to_string();
    assert_eq!(errors(&folder), [format!("{file}: write `.toml` for `.TOML`: only such files are read")]);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_crate_by_another_name() {
    let spec = of_layers("layer = [{ kind = 'Dense', reads = 2, writes = 3, activation = 'Relu', bias = false }]");
    let specs = [("net.toml", &*format!("scalar = 'Fused'\n{spec}"))];
    let text = Specs::new().nanoprop("::np").aliases(&specs).unwrap();
    assert!(!text.contains("::nanoprop"), "{text}");
    for part in [
        "::np::network! {",
        "Dense<3, ::np::Relu, ::np::Unbiased>",
        "loss = ::np::SquaredError",
        "scalar = ::np::Fused",
    ] {
        assert!(text.contains(part), "no {part} in\n{text}");
    }
    assert_eq!(Specs::new().aliases(&specs), aliases(&specs));
    let error = Specs::new().nanoprop("my crate").aliases(&specs).unwrap_err();
    assert_eq!(
        error[0].to_string(),
        "build.rs: the path of nanoprop must be identifiers joined by `::`, such as `::np`"
    );
}

#[test]
fn the_readme_shows_what_comes_out() {
    let readme = include_str!("../../README.md");
    let digits = include_str!("../../../../networks/digits.toml");
    assert!(readme.contains(digits));
    let text = aliases(&[("networks/digits.toml", digits)]).unwrap();
    assert!(readme.contains(text.split_once("\n\n").unwrap().1));

    let bad = [("loss = \"Sigmoid", "loss = \"sigmoid"), ("activation", "activaton"), ("reads = 32", "reads = 16")];
    let bad = bad.iter().fold(digits.to_owned(), |text, (good, bad)| text.replace(good, bad));
    let sonar = "name = 'Sonar'\nloss = 'Huber'\n\n[[layer]]\nkind = 'crate::Conv'\nreads = [1, 14, 10]\nwrites = [12, 8]\n\n\
                 [[layer]]\nkind = 'Dense'\nreads = 96\nwrites = 3";
    let errors = aliases(&[("networks/digits.toml", &bad), ("networks/sonar.toml", sonar)]).unwrap_err();
    let shown: Vec<_> = errors.iter().map(ToString::to_string).collect();
    assert!(readme.contains(&format!("```text\n{}\n```", shown.join("\n"))), "{shown:#?}");
}
