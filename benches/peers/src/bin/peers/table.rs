use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::fs;

use nanoprop_peers::{Layer, Network, Quantity, TOLERANCE};

use crate::options::Options;
use crate::player::Player;

type Cell = (&'static str, &'static str);

/// All that was measured.
pub(crate) struct Table {
    peers: Vec<String>,
    times: HashMap<(Cell, String), Vec<Vec<f64>>>,
    differences: HashMap<(Cell, String), f64>,
    ceilings: HashMap<String, Vec<f64>>,
    notes: BTreeMap<String, Vec<String>>,
}

fn cell(net: Network, quantity: Quantity) -> Cell {
    (net.name, quantity.name())
}

fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

/// Three digits, as far as they mean something.
fn number(x: f64) -> String {
    match x {
        x if x < 9.995 => format!("{x:.2}"),
        x if x < 99.95 => format!("{x:.1}"),
        x => format!("{x:.0}"),
    }
}

/// A ratio, to two digits where it is small.
fn ratio(x: f64) -> String {
    match x {
        x if x < 0.00995 => format!("{x:.4}"),
        x if x < 0.0995 => format!("{x:.3}"),
        x => format!("{x:.2}"),
    }
}

impl Table {
    pub(crate) fn new(peers: Vec<String>) -> Table {
        Table {
            peers,
            times: HashMap::new(),
            differences: HashMap::new(),
            ceilings: HashMap::new(),
            notes: BTreeMap::new(),
        }
    }

    /// A measurement: median, tenth percentile, least.
    pub(crate) fn took(&mut self, net: Network, quantity: Quantity, peer: &str, times: &[f64]) {
        self.times.entry((cell(net, quantity), peer.into())).or_default().push(times.to_vec());
    }

    /// How far a peer's outputs are from the first's.
    pub(crate) fn differs(&mut self, net: Network, quantity: Quantity, peer: &str, far: f64) {
        self.differences.insert((cell(net, quantity), peer.into()), far);
    }

    /// A measurement of a ceiling.
    pub(crate) fn reached(&mut self, name: &str, value: f64) {
        self.ceilings.entry(name.into()).or_default().push(value);
    }

    /// Something to tell below the table.
    pub(crate) fn note(&mut self, peer: &str, text: String) {
        let notes = self.notes.entry(peer.into()).or_default();
        if !notes.contains(&text) {
            notes.push(text);
        }
    }

    /// The best that a ceiling was in any round: what it is the ceiling of.
    pub(crate) fn ceiling(&self, name: &str) -> Option<f64> {
        self.ceilings.get(name)?.iter().copied().reduce(f64::max)
    }

    fn time(&self, cell: Cell, peer: &str, least: bool) -> Option<f64> {
        let medians = self.times.get(&(cell, peer.into()))?.iter().filter_map(|t| t.first().copied());
        if least { medians.reduce(f64::min) } else { median(medians) }
    }

    /// The fastest of the peers that are libraries: neither nanoprop nor a yardstick.
    fn best(&self, cell: Cell, least: bool) -> Option<(&str, f64)> {
        self.fastest(cell, least, |p| !p.starts_with("nanoprop") && !p.starts_with("yardstick"))
    }

    fn fastest(&self, cell: Cell, least: bool, wanted: impl Fn(&str) -> bool) -> Option<(&str, f64)> {
        let times =
            self.peers.iter().filter(|p| wanted(p)).filter_map(|p| Some((p.as_str(), self.time(cell, p, least)?)));
        times.min_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// The table and what there is to say about it.
    pub(crate) fn markdown(
        &self,
        cells: &[(Network, Quantity)],
        ceilings: &[(String, f64)],
        options: &Options,
        players: &[Player],
    ) -> String {
        let mut text = String::new();
        let least = options.least;
        let mut line = |words: &[String]| text.push_str(&format!("| {} |\n", words.join(" | ")));

        let measured = |p: &&String| cells.iter().any(|&(n, q)| self.times.contains_key(&(cell(n, q), (*p).clone())));
        let columns: Vec<&String> = self.peers.iter().filter(measured).collect();
        if !columns.is_empty() {
            let mut head = vec!["ns per sample".to_owned(), "limit".into()];
            head.extend(columns.iter().map(|p| (*p).clone()));
            head.extend(["nanoprop : best peer".into(), "nanoprop : yardstick".into()]);
            line(&head);
            line(
                &head
                    .iter()
                    .enumerate()
                    .map(|(i, _)| if i == 0 { "---".into() } else { "---:".into() })
                    .collect::<Vec<_>>(),
            );
        }
        for &(net, quantity) in cells.iter().filter(|_| !columns.is_empty()) {
            let cell = cell(net, quantity);
            let mut row = vec![format!("{} {}", net.name, quantity.name())];
            row.push(limit(net, quantity, ceilings).map_or("–".into(), number));
            for peer in &columns {
                row.push(self.time(cell, peer, least).map_or("–".into(), number));
            }
            let ours = self.time(cell, "nanoprop", least);
            row.push(match (ours, self.best(cell, least)) {
                (Some(ours), Some((name, best))) => format!("{} {name}", ratio(ours / best)),
                _ => "–".into(),
            });
            row.push(match (ours, self.fastest(cell, least, |p| p.starts_with("yardstick"))) {
                (Some(ours), Some((_, best))) => ratio(ours / best),
                _ => "–".into(),
            });
            line(&row);
        }
        text.push('\n');
        self.remarks(&mut text, ceilings, options, players);
        text
    }

    fn remarks(&self, text: &mut String, ceilings: &[(String, f64)], options: &Options, players: &[Player]) {
        let mut say = |line: String| text.push_str(&format!("- {line}\n"));
        let statistic = if options.least { "least" } else { "median" };
        say(format!(
            "{}; {} rounds in turns, {} ms a cell, {statistic} of the rounds' medians.",
            processor(),
            options.rounds,
            options.ms
        ));
        for (name, value) in ceilings {
            let unit = if name.contains('-') { "GB/s" } else { "G multiply-adds/s" };
            say(format!("ceiling {name}: {} {unit}", number(*value)));
        }
        for player in players {
            let name = &player.name;
            if let Some(why) = player.why_missing() {
                say(format!("{name}: missing, {why}"));
                continue;
            }
            let mut about = vec![player.words().join(" ")];
            let checked = self.differences.iter().filter(|((_, p), _)| p == name);
            let (fine, off): (Vec<_>, Vec<_>) = checked.partition(|(_, far)| **far <= TOLERANCE);
            if !fine.is_empty() {
                let far = fine.iter().fold(0.0_f64, |m, (_, far)| m.max(**far));
                about.push(format!("{} cells agree within {far:.0e}", fine.len()));
            }
            let mut off: Vec<String> = off.iter().map(|(((n, q), _), far)| format!("{n} {q} by {far:.0e}")).collect();
            off.sort();
            if !off.is_empty() {
                about.push(format!("DIFFERS in {}", off.join(", ")));
            }
            about.extend(self.notes.get(name).into_iter().flatten().cloned());
            about.retain(|words| !words.is_empty());
            say(format!("{name}: {}", about.join("; ")));
        }
    }

    /// A line for each measurement, each ceiling and each missing peer.
    pub(crate) fn json(&self, cells: &[(Network, Quantity)], ceilings: &[(String, f64)], players: &[Player]) -> String {
        let mut text = String::new();
        let list = |values: &mut dyn Iterator<Item = f64>| values.map(|v| format!("{v}")).collect::<Vec<_>>().join(",");
        for (name, value) in ceilings {
            let all = list(&mut self.ceilings.get(name).into_iter().flatten().copied());
            let _ = writeln!(text, r#"{{"ceiling":"{name}","best":{value},"rounds":[{all}]}}"#);
        }
        for player in players {
            let version = player.words().join(" ");
            let why = player.why_missing().map_or(String::new(), |why| format!(r#","missing":{why:?}"#));
            let _ = writeln!(text, r#"{{"peer":"{}","version":{version:?}{why}}}"#, player.name);
        }
        for &(net, quantity) in cells {
            for peer in &self.peers {
                let key = (cell(net, quantity), peer.clone());
                let Some(times) = self.times.get(&key) else { continue };
                let column = |k: usize| list(&mut times.iter().filter_map(|t| t.get(k).copied()));
                let median = median(times.iter().filter_map(|t| t.first().copied())).unwrap_or(f64::NAN);
                let far = self.differences.get(&key).map_or("null".into(), |far| format!("{far:e}"));
                let _ = writeln!(
                    text,
                    r#"{{"network":"{}","quantity":"{}","peer":"{peer}","ns":{median},"medians":[{}],"tenths":[{}],"least":[{}],"differs":{far}}}"#,
                    net.name,
                    quantity.name(),
                    column(0),
                    column(1),
                    column(2)
                );
            }
        }
        text
    }
}

/// The least ns that multiply and add kept apart, and the cache that holds the weights, allow.
fn limit(net: Network, quantity: Quantity, ceilings: &[(String, f64)]) -> Option<f64> {
    let ceiling = |name: &str| ceilings.iter().find(|(n, _)| n == name).map(|c| c.1);
    let bytes = 4.0 * net.parameters() as f64;
    let level = if bytes <= first_level_cache() { "l1" } else { "l2" };
    let read = bytes / ceiling(&format!("{level}-read"))?;
    let update = bytes / ceiling(&format!("{level}-update"))?;
    let forward = net.products() as f64;
    let sizes = net.sizes();
    // The first layer passes no error on: none to x, that is; gates pass it on to the step before.
    let first = match net.windows {
        [Layer::Lstm { hidden, .. }, ..] => 4 * hidden * sizes[0].3,
        [Layer::Gru { hidden, .. }, ..] => 3 * hidden * sizes[0].3,
        _ => sizes[0].1 * sizes[0].3,
    };
    let backward = 2.0 * forward - first as f64;
    let weights: usize = sizes.iter().map(|(_, weights, ..)| weights).sum();
    let apart = ceiling("apart")?;
    Some(match quantity {
        Quantity::Forward => read.max(forward / apart),
        Quantity::Online => (read + update).max((forward + backward) / apart),
        Quantity::BatchStep => (forward + backward) / apart,
        Quantity::BatchForward => forward / apart,
        Quantity::Stream => read.max(weights as f64 / apart),
    })
}

/// Bytes of the first-level data cache.
fn first_level_cache() -> f64 {
    let text = fs::read_to_string("/sys/devices/system/cpu/cpu0/cache/index0/size").unwrap_or_default();
    text.trim().trim_end_matches('K').parse().map_or(32.0 * 1024.0, |kib: f64| kib * 1024.0)
}

fn processor() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text.lines().find_map(|l| l.strip_prefix("model name")?.split_once(": "));
    model.map_or("unknown processor".into(), |m| m.1.to_owned())
}
