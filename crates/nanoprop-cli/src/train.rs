use std::path::Path;
use std::process::{Command, ExitCode};

use crate::error::Error;

/// Runs the training of the project in a folder.
pub(crate) fn train(folder: &Path) -> Result<ExitCode, Error> {
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
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
