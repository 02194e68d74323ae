//! A new project: the table's columns, and a file for each template.

use std::fs;
use std::path::Path;

use nanoprop_host::data::{Kind, TableSpec};

use crate::New;
use crate::error::Error;
use crate::facts::Facts;
use crate::template::render;

/// files! { "Cargo.toml", … } lists templates: their place in the project and their text.
macro_rules! files {
    ($($file:literal),+ $(,)?) => { [$(($file, include_str!(concat!("../templates/", $file)))),+] };
}

const FILES: [(&str, &str); 23] = files!(
    "Cargo.toml",
    "README.md",
    ".gitignore",
    "rustfmt.toml",
    ".cargo/config.toml",
    "model/Cargo.toml",
    "model/build.rs",
    "model/rows.rs",
    "model/src/lib.rs",
    "model/src/network.rs",
    "model/tests/model.rs",
    "train/Cargo.toml",
    "train/src/main.rs",
    "train/src/write.rs",
    "c/Cargo.toml",
    "c/src/lib.rs",
    "c/src/bin/header.rs",
    "c/predict.c",
    "firmware/Cargo.toml",
    "firmware/build.rs",
    "firmware/memory.x",
    "firmware/.cargo/config.toml",
    "firmware/src/main.rs",
);

pub(crate) fn new(asked: &New) -> Result<(), Error> {
    let spec = TableSpec::guess(&asked.data, &asked.target, asked.task.into())?;
    let folder = asked.data.parent().unwrap_or(Path::new(""));
    let rows = spec.table(folder)?.len();
    let facts = Facts::of(asked, &spec, rows)?;
    let root = Path::new(&asked.name);
    if root.exists() {
        return Err(Error::new(format!("{} is there already", root.display())));
    }
    for (name, text) in FILES {
        write(&root.join(name), &render(text, &facts.values, &facts.holds))?;
    }
    let script = root.join("c/install");
    write(&script, nanoprop_c::INSTALL)?;
    executable(&script)?;
    let about = format!("# What the columns of the table are. The inputs stand in model/src/network.rs too.\n\n{spec}");
    write(&root.join("table.toml"), &about)?;
    let copy = root.join(&spec.file);
    fs::copy(&asked.data, &copy).map_err(Error::at(&copy))?;
    report(asked, &spec, rows);
    Ok(())
}

/// What was found in the table, and what comes next.
fn report(asked: &New, spec: &TableSpec, rows: usize) {
    let target = match &spec.target.classes {
        Some(classes) => format!("{} classes: {}", classes.len(), classes.join(", ")),
        None => "a number".to_owned(),
    };
    println!("{}: {rows} rows; the target `{}` is {target}", asked.data.display(), spec.target.column);
    for column in &spec.columns {
        let kind = match column.kind {
            Kind::Number => "number",
            Kind::Category => "category",
            Kind::Ignore => "ignored",
        };
        let note = if column.note.is_empty() { String::new() } else { format!("  ({})", column.note) };
        println!("  {kind:8} {}{note}", column.name);
    }
    println!("wrote {0}; {0}/table.toml says what the columns are. Next: nanoprop train {0}", asked.name);
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(Error::at(folder))?;
    }
    fs::write(path, text).map_err(Error::at(path))
}

#[cfg(unix)]
fn executable(path: &Path) -> Result<(), Error> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).map_err(Error::at(path))
}

#[cfg(not(unix))]
fn executable(_: &Path) -> Result<(), Error> {
    Ok(())
}
