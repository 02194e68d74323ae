//! A model beside its file.

use nanoprop::{Pcg32, Random as _};

use super::chain::Chain;
use super::plan::Plan;
use super::report::Report;
use super::spine::Spine;
use super::walk::{self, Ending};
use crate::model::{Kind, Model};
use crate::onnx::array::Array;
use crate::onnx::error::Error;

/// For how many inputs a model is compared with its file, at most.
const INPUTS: usize = 16;
/// How many multiply-adds that takes in the file, unless one input takes more.
const WORK: usize = 1 << 25;
/// The greatest difference in `f64` between a model and its file: more than their rounding, and it is another model.
const DIFFERENCE: f64 = 1e-5;

/// Inputs as the model is used to: normal, about the mean that it subtracts.
fn inputs(plans: &[Plan], len: usize, count: usize) -> Vec<Vec<f64>> {
    let mut random = Pcg32::new(13);
    let mut uniform = || f64::from(random.bits()) / f64::from(u32::MAX);
    if let Some(Plan { kind: Kind::Embedding { classes, .. }, .. }) = plans.first() {
        let mut class = || (uniform() * *classes as f64).floor().min(*classes as f64 - 1.0);
        return (0..count).map(|_| (0..len).map(|_| class()).collect()).collect();
    }
    let mut normal = || (0..12).map(|_| uniform()).sum::<f64>() - 6.0;
    let (mut mean, mut deviation) = (vec![0.0], vec![1.0]);
    if let Some(Plan { kind: Kind::BatchNorm, tensors, .. }) = plans.first()
        && let [_, _, (_, means), (_, variances)] = tensors.as_slice()
    {
        (mean, deviation) = (means.clone(), variances.iter().map(|variance| variance.sqrt()).collect());
    }
    if let Some(Plan { kind: Kind::Standardize, tensors, .. }) = plans.first()
        && let [(_, means), (_, deviations), ..] = tensors.as_slice()
    {
        (mean, deviation) = (means.clone(), deviations.clone());
    }
    let mut one = || {
        let scales = mean.iter().zip(&deviation).cycle().take(len);
        scales.map(|(mean, deviation)| f64::from((mean + deviation * normal()) as f32)).collect()
    };
    (0..count).map(|_| one()).collect()
}

/// Compares the model with the file, and refuses one that is another.
pub(super) fn compare(
    spine: &Spine,
    array: &dyn Fn(Vec<f64>) -> Result<Array, Error>,
    chain: &Chain,
    model: &Model,
    (output, ending): (&str, Ending),
    report: &mut Report,
) -> Result<(), Error> {
    let fault = |error: crate::Error| Error::Graph(error.to_string());
    let (exact, rounded) = (model.evaluator::<f64>().map_err(fault)?, model.evaluator::<f32>().map_err(fault)?);
    let far = |ours: f64, file: f64| (ours - file).abs() / file.abs().max(1.0);
    // NaN is no difference that is small.
    let most = |most: f64, far: f64| if far > most || far.is_nan() { far } else { most };
    report.inputs = WORK.checked_div(spine.work).unwrap_or(INPUTS).clamp(1, INPUTS);
    for x in inputs(&chain.plans, chain.order.len(), report.inputs) {
        let mut file = vec![0.0; x.len()];
        for (&place, &x) in chain.order.iter().zip(&x) {
            if let Some(file) = file.get_mut(place) {
                *file = x;
            }
        }
        let values = spine.evaluate(array(file)?)?;
        let expected = walk::expected(&values, output, &chain.index, ending);
        let expected =
            expected.ok_or_else(|| Error::graph("the output has another number of values than the model"))?;
        let narrow: Vec<f32> = x.iter().map(|&x| x as f32).collect();
        let (wide, narrow) = (exact.predict(&x).map_err(fault)?, rounded.predict(&narrow).map_err(fault)?);
        for ((&file, &wide), &narrow) in expected.iter().zip(&wide).zip(&narrow) {
            report.difference_f64 = most(report.difference_f64, far(wide, file));
            report.difference = most(report.difference, far(f64::from(narrow), file));
        }
    }
    if report.difference_f64 <= DIFFERENCE {
        return Ok(());
    }
    let difference = report.difference_f64;
    Err(Error::Graph(format!(
        "the model's predictions differ from the file's by {difference:.1e}, so it is another one: its weights are too large, or this \
         is a mistake of the importer"
    )))
}
