//! Each layer reads what the one before it writes: the same shape, not only as many values.

use super::layer::Draft;
use super::{Kind, Shape};
use crate::error::Report;

/// Reports every pair of neighbours that do not fit.
pub(super) fn check(drafts: &[Draft], report: &Report<'_>) {
    for (number, pair) in (2..).zip(drafts.windows(2)) {
        if let [before, layer] = pair
            && let (Some(writes), Some(reads)) = (&before.writes, &layer.reads)
            && writes != reads
        {
            let hint = hint(writes, reads, layer.kind.as_ref(), number);
            let message =
                format!("layer {number} reads {reads} values, but layer {} writes {writes}{hint}", number - 1);
            report.push(layer.reads_at, message);
        }
    }
}

fn hint(writes: &Shape, reads: &Shape, kind: Option<&Kind>, number: usize) -> String {
    match (writes.is_vector(), reads.is_vector(), kind) {
        (false, true, _) if writes.values() == reads.values() => ": put a Flatten between them".to_owned(),
        (false, true, _) => {
            format!(": put a Flatten between them and let layer {number} read {}", writes.values())
        }
        (true, false, Some(Kind::Elman { .. })) => {
            ": an Elman reads a matrix, one row for each step, so put it where one comes from".to_owned()
        }
        (true, false, Some(Kind::Flatten)) => ": a vector needs no Flatten".to_owned(),
        _ => String::new(),
    }
}
