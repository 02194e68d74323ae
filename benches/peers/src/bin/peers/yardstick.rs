use std::process::Command;

use nanoprop_peers::{Network, Quantity};

use crate::player::Answer;

/// A program that is no part of the project, and that measures its own code.
pub(crate) struct Yardstick {
    pub(crate) program: String,
    /// The one for any widths, which takes the cell as words, and names networks and quantities in its own way.
    pub(crate) any: bool,
}

impl Yardstick {
    /// Runs it for one cell: lines `R VARIANT NETWORK QUANTITY median p10 min`. The best variant counts.
    pub(crate) fn measure(&self, net: Network, quantity: Quantity, ms: f64) -> Answer {
        let mut command = Command::new(&self.program);
        let (name, cell) = if self.any { (net.name, words(quantity)) } else { (net.short, quantity.short()) };
        if self.any {
            command.args([name, cell, &ms.to_string()]);
        } else {
            command.env("BENCH_ONLY", format!("{name}/{cell}")).env("BENCH_MS", ms.to_string());
        }
        let output = match command.output() {
            Ok(output) => String::from_utf8_lossy(&output.stdout).into_owned(),
            Err(e) => return Answer::Failed(e.to_string()),
        };
        let times = output.lines().filter_map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let ["R", _, n, q, times @ ..] = &words[..] else { return None };
            let times: Vec<f64> = times.iter().filter_map(|t| t.parse().ok()).collect();
            (*n == name && *q == cell && times.len() == 3).then_some(times)
        });
        times.min_by(|a, b| a[0].total_cmp(&b[0])).map_or(Answer::Unable, Answer::Numbers)
    }
}

/// The name of a quantity in the program for any widths.
fn words(quantity: Quantity) -> &'static str {
    match quantity {
        Quantity::BatchStep => "step32",
        Quantity::BatchForward => "fwd256",
        other => other.name(),
    }
}
