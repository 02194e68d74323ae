//! The command `nanoprop`: from a table or a foreign model to a trained network, a C library of it, and firmware.

mod error;
mod export;
mod facts;
mod file;
mod import;
mod inspect;
mod new;
mod onnx;
mod output;
mod report;
mod template;
mod train;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use clap_complete::Shell;

/// From a table or a foreign model to a trained network, a C library of it, and firmware.
#[derive(Parser)]
#[command(name = "nanoprop", version, max_term_width = 100, after_help = EXIT)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Writes a project that learns a column of a table from the others
    ///
    /// The folder NAME gets a network without heap or operating system, a program that trains it, a C library and a firmware
    /// of it, and `table.toml`, which says what each column is: found in the file, to be corrected by hand.
    #[command(after_help = new::EXAMPLES)]
    New(new::New),
    /// Trains the network of a project
    ///
    /// The same as `cargo train` in its folder.
    #[command(after_help = train::EXAMPLES)]
    Train {
        /// The project's folder
        #[arg(default_value = ".")]
        folder: PathBuf,
    },
    /// Makes one HTML file of what a training left in a project
    ///
    /// Learning curve, confusion matrix or predictions beside targets, footprint of each way to use the network, its
    /// layers, fingerprint and digest. Nothing in it is loaded from elsewhere.
    #[command(after_help = report::EXAMPLES)]
    Report(report::Report),
    /// Reads a model of PyTorch, Keras or scikit-learn: its spec and a checkpoint
    ///
    /// The architecture of an ONNX or a Keras file comes with its weights. safetensors and NumPy files have weights only, so
    /// they need the spec of the same network. The report says layer by layer what was read.
    #[command(after_help = import::EXAMPLES)]
    Import(import::Import),
    /// Writes a network for other programs: ONNX, safetensors, NumPy, a C library
    #[command(after_help = export::EXAMPLES)]
    Export(export::Export),
    /// Shows what is in a file: layers, sizes, footprint, fingerprint, statistics of each tensor
    ///
    /// Checkpoints of networks and trainings, specs, ONNX, Keras, safetensors, .npy and .npz files. The kind is found in the
    /// file, not in its name.
    #[command(after_help = inspect::EXAMPLES)]
    Inspect(inspect::Inspect),
    /// Prints the completions of this command for a shell
    #[command(after_help = COMPLETIONS)]
    Completions {
        /// The shell
        shell: Shell,
    },
}

const COMPLETIONS: &str = "\
Examples:
  nanoprop completions bash > ~/.local/share/bash-completion/completions/nanoprop
  nanoprop completions zsh > ~/.zfunc/_nanoprop";

const EXIT: &str = "\
Exit codes: 0, done; 1, a file or a network was refused, with the reason; 2, the command was not understood.
`train` ends with 0 or 1 too.";

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::New(asked) => new::new(&asked),
        Command::Train { folder } => train::train(&folder),
        Command::Report(asked) => report::report(&asked),
        Command::Import(asked) => import::import(&asked),
        Command::Export(asked) => export::export(&asked),
        Command::Inspect(asked) => inspect::inspect(&asked),
        Command::Completions { shell } => completions(shell),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::complain(&error);
            ExitCode::FAILURE
        }
    }
}

fn completions(shell: Shell) -> Result<(), error::Error> {
    let mut text = vec![];
    clap_complete::generate(shell, &mut Cli::command(), "nanoprop", &mut text);
    output::print(&String::from_utf8_lossy(&text))
}
