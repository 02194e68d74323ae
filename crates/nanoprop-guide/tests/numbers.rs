//! The numbers of chapter 1 are those of running code: `examples/by_hand.rs`, and the chapter's own programs.

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
