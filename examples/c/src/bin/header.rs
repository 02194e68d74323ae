//! Prints the header of a network: `cargo run --bin header digits`.

use std::process::ExitCode;

fn main() -> ExitCode {
    let headers = [digits::digits::HEADER, digits::trained::HEADER];
    let name = std::env::args().nth(1).unwrap_or_default();
    match headers.iter().find(|header| header.name() == name) {
        Some(header) => print!("{header}"),
        None => {
            eprintln!("header: expected one of {:?}, not `{name}`", headers.map(|header| header.name()));
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
