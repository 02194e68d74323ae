//! The numbers of chapter 1 are those of running code: `examples/by_hand.rs`, and the chapter's own programs; those of the others,
//! and of the README, are in what `firmware/run` and `benches/peers/run` recorded.

#[path = "../../../examples/by_hand.rs"]
mod by_hand;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::{env, fs};

fn read(file: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(file)).expect("a file")
}

/// What `by_hand` prints: this program runs itself with the one test that is ignored.
fn printed() -> String {
    let itself = env::current_exe().expect("a path");
    let output = Command::new(itself).args(["--ignored", "--exact", "by_hand_prints", "--nocapture"]).output();
    let text = String::from_utf8(output.expect("an output").stdout).expect("text");
    assert!(text.contains("the library agrees"), "{text}");
    text
}

#[test]
#[ignore = "run by the others, which read what it prints"]
fn by_hand_prints() {
    println!();
    by_hand::main();
}

/// All numbers of a text that have four decimals, with their signs.
fn decimals(text: &str) -> Vec<String> {
    let text = text.replace('−', "-");
    let words = text.split(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-'));
    let four = |word: &&str| word.split_once('.').is_some_and(|(_, decimals)| decimals.len() == 4);
    words.map(|word| word.trim_end_matches('.')).filter(four).map(String::from).collect()
}

/// The code of a chapter, and the text between.
fn parts(chapter: &str) -> (String, String) {
    let (mut code, mut text, mut inside) = (String::new(), String::new(), false);
    for line in chapter.lines() {
        inside ^= line.starts_with("```");
        let part = if inside { &mut code } else { &mut text };
        *part += line;
        *part += "\n";
    }
    (code, text)
}

/// The numbers in the code are checked by the code; here, that they are the same as those of the example.
#[test]
fn the_derivation_has_the_numbers_of_the_example() {
    let (code, text) = parts(&read("guide/1-backpropagation.md"));
    let printed: BTreeSet<String> = decimals(&printed()).into_iter().collect();
    let found = decimals(&code);
    assert!(found.len() >= 80, "{} numbers in the code", found.len());
    for number in found.iter().chain(&decimals(&text)) {
        assert!(printed.contains(number), "{number} is in the chapter, but by_hand does not print it");
    }
}

/// What the text says is what the code beside it asserts.
#[test]
fn the_text_has_the_numbers_of_the_code() {
    for chapter in ["guide/1-backpropagation.md", "guide/1-extensions.md"] {
        let (code, text) = parts(&read(chapter));
        let code: BTreeSet<String> = decimals(&code).into_iter().collect();
        assert!(!code.is_empty());
        for number in decimals(&text) {
            assert!(code.contains(&number), "{chapter}: {number} is in the text, but in none of its programs");
        }
    }
}

#[test]
fn the_head_of_the_example_is_what_it_prints() {
    let (printed, source) = (printed(), read("examples/by_hand.rs"));
    let printed: BTreeSet<&str> = printed.lines().map(str::trim_end).collect();
    let head = source.lines().take_while(|line| line.starts_with("//!")).map(|line| line[3..].trim_end());
    let listing = head.skip_while(|line| *line != " ```text").skip(1).take_while(|line| *line != " ```");
    let mut lines = 0;
    for line in listing.map(|line| line.strip_prefix(' ').unwrap_or(line)) {
        assert!(line.starts_with('…') || printed.contains(line), "not printed: {line}");
        lines += 1;
    }
    assert!(lines > 50, "{lines} lines");
}

/// Instructions and stack on devices, wherever they stand.
#[test]
fn figures_of_devices_are_those_that_were_recorded() {
    let recorded = read("firmware/figures.txt");
    let figure = |key: &str| -> String {
        let line = recorded.lines().find_map(|line| line.strip_prefix(key));
        let digits = line.unwrap_or_else(|| panic!("no `{key}`")).trim().to_owned();
        let thousands = digits.len().checked_sub(3).filter(|&at| at > 0).map(|at| digits.split_at(at));
        thousands.map_or(digits.clone(), |(first, last)| format!("{first},{last}"))
    };
    for (key, sentences) in [
        (
            "thumbv7em-none-eabihf digits/forward instructions",
            &[
                ("README.md", "a forward pass takes # instructions"),
                ("guide/4-device.md", "a forward pass is #\ninstructions"),
                ("guide/9-reference.md", "instructions forward · online step | # · "),
            ][..],
        ),
        (
            "thumbv7em-none-eabihf digits/online instructions",
            &[
                ("README.md", "an online step #,"),
                ("guide/4-device.md", "an online step #."),
                ("guide/9-reference.md", " · # | `firmware/run thumbv7em` |"),
            ],
        ),
        (
            "thumbv7em-none-eabihf digits/forward stack",
            &[("guide/4-device.md", "# bytes for a forward pass of this network")],
        ),
        (
            "thumbv7em-none-eabihf digits/online stack",
            &[("README.md", "with # bytes of stack"), ("guide/4-device.md", "# for an online step")],
        ),
        ("thumbv7em-none-eabihf int8/forward instructions", &[("guide/9-reference.md", "takes 665,565 | # · ")]),
        (
            "thumbv6m-none-eabi int8/forward instructions",
            &[("guide/9-reference.md", " · # | `firmware/run thumbv7em thumbv6m` |")],
        ),
        ("thumbv6m-none-eabi digits/forward instructions", &[("guide/9-reference.md", "where `f32` takes # |")]),
        (
            "thumbv6m-none-eabi fixed/online instructions",
            &[("guide/8-cookbook.md", "an online step of 64-32-10 takes\n# instructions")],
        ),
    ] {
        for (file, sentence) in sentences {
            let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            let sentence = flat(&sentence.replace('#', &figure(key)));
            assert!(flat(&read(file)).contains(&sentence), "{file} has not `{sentence}`");
        }
    }
}

/// The tables of how fast it is.
#[test]
fn figures_of_speed_are_those_that_were_recorded() {
    let recorded = read("benches/peers/README.md");
    let recorded: BTreeSet<&str> = recorded.split(|c: char| !c.is_ascii_digit() && c != '.').collect();
    for (file, networks) in [("README.md", 6), ("guide/6-speed.md", 5)] {
        let text = read(file);
        let rows = text.lines().filter(|line| line.starts_with("| ") && line.matches(" · ").count() == 8);
        // The first cell is the network.
        let cells: Vec<&str> = rows.flat_map(|row| row.split('|').skip(2)).collect();
        let words = cells.iter().flat_map(|cell| cell.split_whitespace());
        let numbers: Vec<&str> = words.filter(|word| word.starts_with(|c: char| c.is_ascii_digit())).collect();
        assert_eq!(numbers.len(), networks * 4 * 3, "{file}");
        for number in numbers {
            assert!(recorded.contains(number), "{file}: {number} is not in benches/peers/README.md");
        }
    }
}

/// The limits that chapter 6 speaks of, and how near to them a network is.
#[test]
fn limits_are_those_that_were_recorded() {
    let flat = |file: &str| read(file).split_whitespace().collect::<Vec<_>>().join(" ");
    let (recorded, chapter) = (flat("benches/peers/README.md"), flat("guide/6-speed.md"));
    for (in_record, in_chapter) in [
        ("(124 against 62.2 G/s", "124 G/s of fused ones on this machine, and 62.2 G/s where"),
        ("The forward batch of mnist runs at 93 %", "The forward batch of 784-128-64-10 runs at 93 %"),
        ("its step at 88 %", "its step at 88 %"),
        ("its single forward pass at 97 % of the L2", "a forward pass runs at 97 % of what that"),
        ("its online step at 89 % of what that cache reads and updates", "at 89 % of what it updates"),
    ] {
        assert!(recorded.contains(in_record), "benches/peers/README.md has not `{in_record}`");
        assert!(chapter.contains(in_chapter), "guide/6-speed.md has not `{in_chapter}`");
    }
}
