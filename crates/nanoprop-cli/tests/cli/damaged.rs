//! Files that were cut or changed are refused or read, without a panic; so are files of other kinds under any name.

use std::fs;
use std::path::Path;

use nanoprop_exchange::{Array, numpy};

use super::inspect::checkpoints;
use super::{copy, folder, nanoprop};

/// One of each kind, with a number to start from.
const FILES: [&str; 8] =
    ["net.nprp", "training.nprp", "gru.toml", "gru_script.onnx", "gru.keras", "gru.safetensors", "gru.npz", "x.npy"];

fn files(folder: &Path) {
    checkpoints(folder);
    for file in ["torch/gru.toml", "onnx/gru_script.onnx", "keras/gru.keras", "torch/gru.safetensors", "torch/gru.npz"]
    {
        copy(folder, file);
    }
    let array = Array::new(vec![2, 3], vec![0.5; 6]).unwrap();
    fs::write(folder.join("x.npy"), numpy::write_npy(&array, numpy::Width::Single)).unwrap();
}

/// Whether it ended with a message or without, and not by a panic, which is 101, or a signal.
#[track_caller]
fn ends(folder: &Path, words: &str, what: &str) {
    let output = nanoprop(folder, words);
    let text = String::from_utf8_lossy(&output.stderr);
    let good = match output.status.code() {
        Some(0) => text.is_empty(),
        Some(1) => text.starts_with("nanoprop: ") && !text.contains("panicked"),
        _ => false,
    };
    assert!(good, "{words}, {what}: {:?}: {text}", output.status);
}

#[test]
fn no_file_makes_it_panic() {
    let folder = folder();
    let folder = folder.path();
    files(folder);
    let mut state = 7_u32;
    let mut random = |below: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize % below
    };
    for name in FILES {
        let whole = fs::read(folder.join(name)).unwrap();
        let changed = format!("changed-{name}");
        for k in 0..48 {
            let mut file = whole.clone();
            let what = match k % 4 {
                0 => {
                    file.truncate(random(whole.len()));
                    format!("cut to {}", file.len())
                }
                1 => {
                    // Where headers are.
                    let at = random(whole.len().min(64));
                    file[at] ^= 1 << (k % 8);
                    format!("bit {} of byte {at}", k % 8)
                }
                _ => {
                    let at = random(whole.len());
                    file[at] ^= 1 << random(8);
                    format!("byte {at} is {}", file[at])
                }
            };
            fs::write(folder.join(&changed), &file).unwrap();
            ends(folder, &format!("inspect {changed}"), &what);
            if k % 3 == 0 {
                ends(folder, &format!("import {changed} --spec gru.toml --out out --force"), &what);
                ends(folder, &format!("inspect net.nprp --spec {changed}"), &what);
                ends(folder, &format!("export gru.toml {changed} --npz out.npz --force"), &what);
            }
        }
    }
}

#[test]
fn no_name_makes_it_panic() {
    let folder = folder();
    let folder = folder.path();
    files(folder);
    fs::write(folder.join("empty"), "").unwrap();
    // Headers that claim more than there is.
    fs::write(folder.join("claims.nprp"), [b"nprp\x01\0\x04\0".as_slice(), &[0xff; 24]].concat()).unwrap();
    fs::write(folder.join("learns.nprp"), [b"nprp\x02\0\x08\0".as_slice(), &[0xff; 300]].concat()).unwrap();
    fs::write(folder.join("claims.safetensors"), [&[0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0], b"{".as_slice()].concat())
        .unwrap();
    fs::write(folder.join("claims.npy"), b"\x93NUMPY\x01\0\x10\0{'descr': '<f8',").unwrap();
    for name in FILES.into_iter().chain(["empty", "claims.nprp", "learns.nprp", "claims.safetensors", "claims.npy"]) {
        let bytes = fs::read(folder.join(name)).unwrap();
        for end in ["nprp", "toml", "onnx", "keras", "safetensors", "npy", "npz", "csv"] {
            let other = format!("other.{end}");
            fs::write(folder.join(&other), &bytes).unwrap();
            ends(folder, &format!("inspect {other}"), name);
            ends(folder, &format!("inspect {other} --json"), name);
            ends(
                folder,
                &format!("new net{} --data {other} --target 1", name.replace(|c: char| !c.is_ascii_alphabetic(), "")),
                end,
            );
        }
    }
}
