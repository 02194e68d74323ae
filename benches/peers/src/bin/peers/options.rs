use std::env;

use nanoprop_peers::{NETWORKS, Network, Quantity};

/// What the command line and the environment ask for.
pub(crate) struct Options {
    /// How often every peer measures every cell.
    pub(crate) rounds: usize,
    /// Milliseconds of a measurement.
    pub(crate) ms: f64,
    /// Of the rounds' medians, the least instead of the median: for a machine that others use too.
    pub(crate) least: bool,
    /// Only compares outputs.
    pub(crate) check_only: bool,
    /// The list of peers: lines `name⇥command`, the command's words apart by U+001F, or `name⇥missing: why`.
    pub(crate) list: String,
    /// The program that measures the ceilings.
    pub(crate) ceilings: String,
    /// Where the JSON lines go.
    pub(crate) json: String,
    only: Vec<String>,
    peers: Vec<String>,
}

impl Options {
    /// `--rounds 5 --ms 50 --only digits,ng/online --peers nanoprop,tract --least --check`, or the same as
    /// `PEERS_ROUNDS=5` and so on.
    pub(crate) fn parse(args: impl Iterator<Item = String>) -> Result<Options, String> {
        let variable = |name: &str| env::var(format!("PEERS_{name}")).ok();
        let words = |list: Option<String>| -> Vec<String> {
            list.iter().flat_map(|l| l.split([',', ' '])).filter(|w| !w.is_empty()).map(str::to_owned).collect()
        };
        let number = |name: &str, value: Option<String>, default: f64| {
            value.map_or(Ok(default), |v| v.parse().map_err(|_| format!("{name} takes a number, not `{v}`")))
        };
        let mut options = Options {
            rounds: number("PEERS_ROUNDS", variable("ROUNDS"), 5.0)? as usize,
            ms: number("PEERS_MS", variable("MS"), 50.0)?,
            least: variable("LEAST").is_some(),
            check_only: variable("CHECK").is_some(),
            list: variable("LIST").unwrap_or_else(|| "target/peers.tsv".into()),
            ceilings: variable("CEILINGS").unwrap_or_else(|| "target/release/ceilings".into()),
            json: variable("JSON").unwrap_or_else(|| "target/peers.jsonl".into()),
            only: words(variable("ONLY")),
            peers: words(variable("PEERS")),
        };
        let mut args = args;
        while let Some(arg) = args.next() {
            let (name, inline) = arg.split_once('=').map_or((arg.as_str(), None), |(n, v)| (n, Some(v.to_owned())));
            let mut value = || inline.clone().or_else(|| args.next()).ok_or(format!("{name} takes a value"));
            match name {
                "--rounds" => options.rounds = number(name, Some(value()?), 0.0)? as usize,
                "--ms" => options.ms = number(name, Some(value()?), 0.0)?,
                "--only" => options.only = words(Some(value()?)),
                "--peers" => options.peers = words(Some(value()?)),
                "--json" => options.json = value()?,
                "--least" => options.least = true,
                "--check" => options.check_only = true,
                // What is built, and so listed, is the script's affair.
                "--levels" => {}
                _ => return Err(format!("unknown option `{arg}`; see benches/peers/README.md")),
            }
        }
        Ok(options)
    }

    /// Whether a peer is to run: `burn` also asks for `burn-flex`.
    pub(crate) fn wants_peer(&self, name: &str) -> bool {
        let family = name.split('-').next().unwrap_or(name);
        self.peers.is_empty() || self.peers.iter().any(|p| p == name || p == family)
    }

    /// The cells to measure.
    pub(crate) fn cells(&self) -> Vec<(Network, Quantity)> {
        let all = NETWORKS.into_iter().flat_map(|n| n.quantities().iter().map(move |&q| (n, q)));
        let wants = |net: Network, quantity: &str| {
            let cell = format!("{}/{quantity}", net.name);
            let kind = if net.windows.is_empty() { "dense" } else { "windows" };
            self.only.is_empty() || self.only.iter().any(|o| [net.name, quantity, kind, &cell].contains(&o.as_str()))
        };
        all.filter(|&(n, q)| wants(n, q.name())).collect()
    }
}
