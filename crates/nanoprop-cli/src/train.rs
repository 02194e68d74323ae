use std::path::Path;
use std::process::Command;

use crate::error::Error;

pub(crate) const EXAMPLES: &str = "\
Examples:
  nanoprop train flowers
  cd flowers && nanoprop train";

/// Runs the training of the project in a folder.
pub(crate) fn train(folder: &Path) -> Result<(), Error> {
    let (spec, program) = (folder.join("table.toml"), folder.join("train/Cargo.toml"));
    for file in [&spec, &program] {
        if !file.is_file() {
            let problem = format!("{} is not there: expected a folder that `nanoprop new` made", file.display());
            return Err(Error::new(problem));
        }
    }
    let cargo = std::env::var_os("CARGO").unwrap_or("cargo".into());
    let mut command = Command::new(cargo);
    command.args(["run", "--release", "--quiet", "--manifest-path"]).arg(program);
    let status = command.status().map_err(|error| Error::new(format!("cargo can't be run: {error}")))?;
    if status.success() { Ok(()) } else { Err(Error::new("the training ended with an error, which stands above")) }
}
