//! The command `nanoprop`: from a table to a trained network, a C library of it, and firmware.

mod error;
mod facts;
mod new;
mod template;
mod train;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use nanoprop_host::data::Guess;

/// From a table to a trained network, a C library of it, and firmware.
#[derive(Parser)]
#[command(name = "nanoprop", version, max_term_width = 100)]
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
    #[command(after_help = NEW)]
    New(New),
    /// Trains the network of a project
    ///
    /// The same as `cargo train` in its folder.
    #[command(after_help = TRAIN)]
    Train {
        /// The project's folder
        #[arg(default_value = ".")]
        folder: PathBuf,
    },
}

#[derive(clap::Args)]
struct New {
    /// Of the folder and of the packages in it: small letters, digits, `-` and `_`
    name: String,
    /// The table: CSV with a line of names, which gzip may have packed
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    /// The column to predict
    #[arg(long, value_name = "COLUMN")]
    target: String,
    /// Widths of the hidden layers
    #[arg(long, value_name = "WIDTHS", value_delimiter = ',', default_value = "32,16")]
    hidden: Vec<u32>,
    /// What the target is
    #[arg(long, value_enum, default_value_t = Task::Auto)]
    task: Task,
    /// Where nanoprop's repository is; without it, packages of crates.io are named
    #[arg(long, value_name = "FOLDER")]
    nanoprop: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Task {
    /// Classes where it is text or a few whole numbers, else numbers
    Auto,
    /// Numbers
    Regression,
    /// Classes
    Classes,
}

impl From<Task> for Guess {
    fn from(task: Task) -> Guess {
        match task {
            Task::Auto => Guess::Auto,
            Task::Regression => Guess::Numbers,
            Task::Classes => Guess::Classes,
        }
    }
}

const NEW: &str = "\
Examples:
  nanoprop new flowers --data iris.csv --target species
  nanoprop new prices --data homes.csv --target price --hidden 64,32 --task regression";

const TRAIN: &str = "\
Examples:
  nanoprop train flowers
  cd flowers && nanoprop train";

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::New(asked) => new::new(&asked).map(|()| ExitCode::SUCCESS),
        Command::Train { folder } => train::train(&folder),
    };
    done.unwrap_or_else(|error| {
        eprintln!("nanoprop: {error}");
        ExitCode::FAILURE
    })
}
