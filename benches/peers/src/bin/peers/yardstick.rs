use std::process::Command;

use nanoprop_peers::{Network, Quantity};

use crate::player::Answer;

/// Runs the yardstick for one cell: lines `R VARIANT NETWORK QUANTITY median p10 min`. The best variant counts.
pub(crate) fn measure(program: &str, net: Network, quantity: Quantity, ms: f64) -> Answer {
    let cell = format!("{}/{}", net.short, quantity.short());
    let output = Command::new(program).env("BENCH_ONLY", cell).env("BENCH_MS", ms.to_string()).output();
    let output = match output {
        Ok(output) => String::from_utf8_lossy(&output.stdout).into_owned(),
        Err(e) => return Answer::Failed(e.to_string()),
    };
    let times = output.lines().filter_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let ["R", _, n, q, times @ ..] = &words[..] else { return None };
        let times: Vec<f64> = times.iter().filter_map(|t| t.parse().ok()).collect();
        (*n == net.short && *q == quantity.short() && times.len() == 3).then_some(times)
    });
    times.min_by(|a, b| a[0].total_cmp(&b[0])).map_or(Answer::Unable, Answer::Numbers)
}
