//! Measures all peers in turns and prints one table.
//!
//! `benches/peers/run` builds the peers, lists them in a file and starts this program. See the README.

mod onnx;
mod options;
mod player;
mod table;
mod yardstick;

use std::error::Error;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use nanoprop_peers::{Network, Quantity, directory, write_all};
use options::Options;
use player::{Answer, Player};
use table::Table;

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse(std::env::args().skip(1))?;
    write_all(&directory())?;
    onnx::write_all(&directory())?;

    let mut players = players(&options)?;
    let mut ceilings = Player::start("ceilings", options.ceilings.split_whitespace());
    let mut table = Table::new(players.iter().map(|p| p.name.clone()).collect());

    let cells = options.cells();
    check(&mut players, &cells, &mut table);
    if !options.check_only {
        rounds(&mut players, &mut ceilings, &cells, &options, &mut table);
    }

    let ceilings: Vec<(String, f64)> =
        ceilings.words().iter().filter_map(|name| Some((name.clone(), table.ceiling(name)?))).collect();
    print!("{}", table.markdown(&cells, &ceilings, &options, &players));
    if let Some(directory) = Path::new(&options.json).parent() {
        fs::create_dir_all(directory)?;
    }
    File::create(&options.json)?.write_all(table.json(&cells, &ceilings, &players).as_bytes())?;
    eprintln!("{}", options.json);
    Ok(())
}

/// The peers of the list that were asked for, each started.
fn players(options: &Options) -> Result<Vec<Player>, Box<dyn Error>> {
    let list = fs::read_to_string(&options.list)?;
    let mut players = Vec::new();
    for line in list.lines() {
        let Some((name, command)) = line.split_once('\t') else { continue };
        if !options.wants_peer(name) {
            continue;
        }
        eprintln!("starting {name}");
        players.push(match command.strip_prefix("missing:") {
            Some(why) => Player::missing(name, why.trim()),
            None if name.starts_with("yardstick") => Player::yardstick(name, command),
            None => Player::start(name, command.split('\u{1f}')),
        });
    }
    Ok(players)
}

/// Compares each peer's outputs with the first's.
fn check(players: &mut [Player], cells: &[(Network, Quantity)], table: &mut Table) {
    for &(net, quantity) in cells {
        let mut expected: Option<Vec<f64>> = None;
        for player in players.iter_mut() {
            eprintln!("checking {} {} {}", net.name, quantity.name(), player.name);
            match player.check(net, quantity) {
                Answer::Numbers(numbers) => {
                    let expected = expected.get_or_insert_with(|| numbers.clone());
                    let same = expected.len() == numbers.len();
                    let far = expected.iter().zip(&numbers).map(|(a, b)| (a - b).abs());
                    let far =
                        if same { far.fold(0.0, |m, d| if d > m || d.is_nan() { d } else { m }) } else { f64::NAN };
                    table.differs(net, quantity, &player.name, far);
                }
                Answer::Unable => {}
                Answer::Failed(why) => table.note(&player.name, format!("{} {}: {why}", net.name, quantity.name())),
            }
        }
    }
}

/// Measures every peer in every cell once a round, each cell's peers one after the other.
fn rounds(
    players: &mut [Player],
    ceilings: &mut Player,
    cells: &[(Network, Quantity)],
    options: &Options,
    table: &mut Table,
) {
    for round in 0..options.rounds {
        for name in ceilings.words().to_vec() {
            if let Answer::Numbers(value) = ceilings.ask(&format!("{name} {}", options.ms)) {
                value.first().into_iter().for_each(|&v| table.reached(&name, v));
            }
        }
        for &(net, quantity) in cells {
            eprintln!("round {} of {}: {} {}", round + 1, options.rounds, net.name, quantity.name());
            // Another one goes first in each round.
            let count = players.len();
            for player in (0..count).map(|i| (i + round) % count) {
                let player = &mut players[player];
                match player.measure(net, quantity, options.ms) {
                    Answer::Numbers(numbers) => table.took(net, quantity, &player.name, &numbers),
                    Answer::Unable => {}
                    Answer::Failed(why) => {
                        table.note(&player.name, format!("{} {}: {why}", net.name, quantity.name()));
                    }
                }
            }
        }
    }
}
