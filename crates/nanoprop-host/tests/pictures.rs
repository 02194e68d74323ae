//! Pictures and bars of numbers at the ends of their range.

use std::collections::BTreeSet;

use nanoprop_host::observe::{Bar, Panel, panels};

/// The labels of the vertical axis.
fn labels(losses: &[f64]) -> Vec<String> {
    let epochs: Vec<[f64; 2]> = losses.iter().map(|&loss| [loss, f64::NAN]).collect();
    let svg = panels("x", &[Panel { title: "loss", unit: "J", epochs: &epochs }]).unwrap();
    let texts = svg.split("<text ").skip(1).filter(|text| text.contains("text-anchor=\"end\""));
    texts.filter_map(|text| text.lines().nth(1).map(str::to_owned)).collect()
}

#[test]
fn axes_have_labels_that_differ() {
    for losses in [
        &[1.0, 1.0, 1.0][..],
        &[1e7, 1e7],
        &[0.0],
        &[1.7e308, 1.0, f64::MAX],
        &[-f64::MAX, f64::MAX],
        &[5e-324, 0.0],
        &[0.3, 0.30001],
        &[f64::NAN, f64::INFINITY],
        &[],
    ] {
        let found = labels(losses);
        let different: BTreeSet<_> = found.iter().collect();
        assert!(found.len() >= 4 && different.len() == found.len(), "{losses:?}: {found:?}");
    }
}

#[test]
fn bars_of_any_length() {
    let _ = Bar::new(u64::MAX, usize::MAX, 0);
    let _ = Bar::new(u64::MAX, 1000, 1);
}
