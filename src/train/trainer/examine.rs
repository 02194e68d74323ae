use core::ops::Range;

use super::Trainer;
use crate::array::{Array, Plain};
use crate::layer::{InputOf, OutputOf, Parameters, Tensor};
use crate::loss::{Loss, Target};
use crate::network::{Layers, Network, Samples};
use crate::penalty::Penalty;
use crate::plain::Few;
use crate::scalar::{Number, Scalar};
use crate::train::{Clip, Now, Optimizer, Part, Recipe, Schedule, TrainingError};

/// What is refused before the first step.
impl<L: Layers, E: Loss, O: Optimizer, S: Schedule, P: Penalty, V, const B: usize>
    Trainer<'_, Network<L, E>, Recipe<O, S, P>, V, B>
where
    V: Samples<InputOf<Network<L, E>>, OutputOf<Network<L, E>>> + ?Sized,
{
    /// Refuses what no training can work with. Once for each trainer, whose parts do not change.
    #[inline]
    pub(super) fn examine(&mut self) -> Result<(), TrainingError> {
        if !self.examined {
            self.examine_parts()?;
            self.examined = true;
        }
        Ok(())
    }

    fn examine_parts(&self) -> Result<(), TrainingError> {
        settings(&self.recipe)?;
        if let Some((guard, _)) = &self.guard {
            setting("the guard's absolute bound", guard.absolute, !guard.absolute.is_nan())?;
            setting("the guard's relative bound", guard.relative, !guard.relative.is_nan())?;
        }
        if self.held_out.is_some_and(|held_out| held_out.is_empty()) {
            return Err(TrainingError::NothingHeldOut);
        }
        let changes = first_change::<Network<L, E>, O>(&self.recipe.optimizer);
        if !(changes.is_finite() && changes < 0.0) {
            return Err(TrainingError::Optimizer { change: changes });
        }
        if self.training.progress.steps == 0 && self.training.position.batch == 0 {
            self.net.not_finite().map_or(Ok(()), |tensor| Err(TrainingError::Weights(tensor)))?;
        }
        Ok(())
    }

    /// Refuses samples that are not finite. Those to learn from are the guard's matter where there is one.
    pub(super) fn look_through<T>(&self, samples: &T) -> Result<(), TrainingError>
    where
        T: Samples<InputOf<Network<L, E>>, OutputOf<Network<L, E>>> + ?Sized,
    {
        if self.guard.is_none()
            && let Some((index, part)) = first_fault(samples, 0..samples.len())
        {
            return Err(TrainingError::Sample { index, part });
        }
        self.held_out.map_or(Ok(()), held_out_fault)
    }
}

/// Refuses held-out samples that are not finite.
pub(super) fn held_out_fault<X: Array, Y: Array<Scalar: Scalar>, S: Samples<X, Y> + ?Sized>(
    samples: &S,
) -> Result<(), TrainingError> {
    let found = first_fault(samples, 0..samples.len());
    found.map_or(Ok(()), |(index, part)| Err(TrainingError::HeldOut { index, part }))
}

/// The first sample of some that has a number that is not finite.
pub(super) fn first_fault<X: Array, Y: Array<Scalar: Scalar>, S: Samples<X, Y> + ?Sized>(
    samples: &S,
    mut range: Range<usize>,
) -> Option<(u64, Part)> {
    range.find_map(|index| Some((index as u64, fault(samples, index)?)))
}

/// The part of a sample that is not finite. A target of weight 0 is not read.
pub(super) fn fault<X: Array, Y: Array<Scalar: Scalar>, S: Samples<X, Y> + ?Sized>(
    samples: &S,
    index: usize,
) -> Option<Part> {
    let (x, y) = samples.get(index)?;
    let weight = y.weight();
    match () {
        () if !Number::all_finite(x.flat()) => Some(Part::Input),
        () if !weight.is_finite() => Some(Part::Weight),
        () if weight != Y::Scalar::ZERO && !y.with(Number::all_finite) => Some(Part::Target),
        () => None,
    }
}

fn settings<O: Optimizer, S: Schedule, P: Penalty>(recipe: &Recipe<O, S, P>) -> Result<(), TrainingError> {
    let Recipe { penalty, clip, max_norm, batch, epochs, .. } = *recipe;
    setting("the recipe's batch", batch as f64, batch > 0)?;
    setting("the recipe's number of epochs", epochs as f64, epochs > 0)?;
    setting("the recipe's max_norm", max_norm, max_norm > 0.0)?;
    if let Clip::Value(limit) | Clip::Norm(limit) = clip {
        setting("the limit of the recipe's clip", limit, limit > 0.0)?;
    }
    let (price, slope) = (penalty.price(1.0_f64), penalty.slope(1.0_f64));
    setting("the recipe's penalty", price, price.is_finite())?;
    setting("the slope of the recipe's penalty", slope, slope.is_finite())
}

fn setting(name: &'static str, value: f64, sound: bool) -> Result<(), TrainingError> {
    if sound { Ok(()) } else { Err(TrainingError::Setting { name, value }) }
}

/// By how much the first three steps of an optimiser change a weight of 0 whose slope is 1, in the network's scalar: of all
/// the rates that it has for tensors, the one that is no step down, or else the last; 0 where all are left as they are.
///
/// This asks an optimiser for its rate by what it does, so that it holds for any.
fn first_change<N: Parameters, O: Optimizer>(optimizer: &O) -> f64 {
    let (mut change, mut tried) = (0.0, 0.0);
    N::tensors(|t: Tensor| {
        let factor = optimizer.factor(&t);
        if factor == 0.0 || factor == tried || !(change.is_finite() && change <= 0.0) {
            return;
        }
        tried = factor;
        let mut kept = O::Kept::<N::Scalar>::all(N::Scalar::ZERO);
        let step = |weight, step| {
            let factors = optimizer.factors(&Now { step, factor, decays: false });
            O::change(factors, weight, N::Scalar::ONE, &mut kept)
        };
        change = (1..=3).fold(N::Scalar::ZERO, step).to_f64();
    });
    change
}

/// Whether all weights of several layers are 0 and each unit before the last layer has the same share in its gradient: such
/// units stay equal, whatever is learned.
pub(super) fn is_symmetric<N: Parameters>(net: &N, grad: &N) -> bool {
    let (mut layers, mut zero, mut last) = (0, true, None::<Tensor>);
    N::tensors(|t| {
        if t.penalised() {
            zero = zero && t.of(net.flat()).iter().all(|&w| w == N::Scalar::ZERO);
            if last.is_none_or(|last| last.layer != t.layer) {
                (layers, last) = (layers + 1, Some(t));
            }
        }
    });
    let Some(last) = last.filter(|_| zero && layers > 1) else { return false };
    let [rows, columns] = *last.shape.widths() else { return false };
    let mut sums = last.of(grad.flat()).chunks(columns.max(1));
    let first = sums.next().unwrap_or_default();
    rows > 1 && sums.all(|row| row == first)
}

#[cfg(test)]
mod tests {
    use super::fault;
    use crate::array::Vector;
    use crate::loss::Weighted;
    use crate::train::Part;
    use crate::width::{U1, U2};

    #[test]
    fn a_target_of_weight_0_is_not_read() {
        let sample = |target, weight| [([1.0_f32; 2], Weighted { target: [target], weight })];
        let part = |target, weight| fault::<Vector<U2>, Vector<U1>, _>(&sample(target, weight), 0);
        assert_eq!(part(f32::NAN, 0.0), None);
        assert_eq!(part(f32::NAN, 0.5), Some(Part::Target));
        assert_eq!(part(1.0, f32::NAN), Some(Part::Weight));
        assert_eq!(part(1.0, 0.5), None);
    }
}
