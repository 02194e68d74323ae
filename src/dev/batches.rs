//! The methods for several samples with those for one, bit for bit.

use super::checker::Checker;
use super::{Place, What, blank, blanks, copy, fill, place};
use crate::array::Plain;
use crate::init::{Pcg32, Random};
use crate::layer::{Batch, Cue, Inputs, Layer, Lines, LinesMut, Parameters, Part, Stack, Tape, stepped};
use crate::penalty::{L2, Step};
use crate::scalar::{Number, Real, Scalar};

/// The largest batch.
pub const MOST: usize = 17;

/// How many samples a batch has.
const BATCHES: [usize; 3] = [1, 3, MOST];

/// Into how many rows at a time the sums are cut: all, or so many.
const CUTS: [usize; 3] = [usize::MAX, 1, 3];

/// Sees each layer of a network, with what several samples give it to read.
pub trait Visit {
    /// A layer, the number of its first layer in the network, and inputs.
    fn layer<L: Stack>(&mut self, layer: &L, first: usize, xs: Lines<L::Input>);
}

impl Visit for Checker {
    fn layer<L: Stack>(&mut self, layer: &L, first: usize, xs: Lines<L::Input>) {
        self.batches(layer, [first, first + L::PLAN.layers().saturating_sub(1)], xs, &random_dy::<L>);
    }
}

/// ∂J/∂y of sample `k`: random numbers in ±1.
pub(super) fn random_dy<L: Layer>(k: usize, tape: &mut L::Tape) {
    noise(tape.split().1, k);
}

/// Inputs like those of `x(k)`, of which there are `m`: these, then the same with each number times a random one in ±1.
pub(super) fn like<'a, X: Plain + 'a>(m: usize, x: impl Fn(usize) -> Option<&'a X>, xs: &mut [X; MOST]) {
    for (k, like) in xs.iter_mut().enumerate() {
        let Some(x) = k.checked_rem(m).and_then(&x) else { return };
        let mut rng = Pcg32::new(k as u64);
        for (like, x) in like.flat_mut().iter_mut().zip(x.flat()) {
            let factor = if k >= m { plus_or_minus(&mut rng) } else { 1.0 };
            // A class stays one of those up to it.
            *like = X::Scalar::from_f64(x.to_f64() * if X::Scalar::CLASS { factor.abs() } else { factor });
        }
    }
}

/// Random numbers in ±1.
fn noise<V: Plain<Scalar: Scalar>>(v: &mut V, seed: usize) {
    let mut rng = Pcg32::new(seed as u64);
    for v in v.flat_mut() {
        *v = V::Scalar::of(plus_or_minus(&mut rng));
    }
}

/// A random number in ±1.
fn plus_or_minus(rng: &mut Pcg32) -> f64 {
    rng.bits() as f64 / (1u32 << 31) as f64 - 1.0
}

/// Blank tapes, each at another sample of a training, with outputs in which it shows when a number is not written.
fn tapes<T: Tape>() -> [T; MOST] {
    let mut tapes = [T::BLANK; MOST];
    for (tape, sample) in tapes.iter_mut().zip(0..) {
        tape.seek(1, sample);
        tape.cue(Cue::Learn, 0);
        fill(tape.split().0, <T::Output as Plain>::Scalar::from_f64(f64::NAN));
    }
    tapes
}

/// The end of as many rows of tensors, or fewer at the end, of which the first begins at `start` in the flat slice.
fn rows_end<L: Parameters>(start: usize, rows: usize) -> usize {
    let (mut end, mut left) = (start, rows);
    L::tensors(|t| {
        let width = t.shape.widths().last().map_or(1, |&width| width).max(1);
        while left > 0 && (t.start..t.start + t.shape.count()).contains(&end) {
            (end, left) = (end + width, left - 1);
        }
    });
    if end > start { end } else { L::COUNT }
}

impl Checker {
    /// All methods of [`Batch`] for the first 1, 3 and 17 of `xs`, with the inputs side by side and behind references, with
    /// dx and without. `layers` are the numbers of the first and last one; `dy` writes ∂J/∂y of a sample to its tape.
    pub(super) fn batches<L: Batch>(
        &mut self,
        layer: &L,
        layers: [usize; 2],
        xs: Lines<L::Input>,
        dy: &dyn Fn(usize, &mut L::Tape),
    ) {
        let Some(x) = xs.get(0) else { return };
        let mut behind = [x; MOST];
        behind.iter_mut().zip(xs.iter()).for_each(|(behind, x)| *behind = x);
        for n in BATCHES {
            self.batch(layer, layers, xs.take(n).into(), dy, true);
            self.batch(layer, layers, Inputs::from(&behind[..]).take(n), dy, false);
        }
    }

    fn batch<L: Batch>(
        &mut self,
        layer: &L,
        [first, last]: [usize; 2],
        xs: Inputs<L::Input>,
        dy: &dyn Fn(usize, &mut L::Tape),
        with_dx: bool,
    ) {
        let samples = xs.len();
        let (mut one, mut all) = (tapes::<L::Tape>(), tapes::<L::Tape>());
        xs.iter().zip(&mut one).for_each(|(x, tape)| layer.record(x, tape));
        layer.record_batch(xs, LinesMut::from(&mut all[..]));
        for (sample, (all, one)) in all.iter().zip(&one).enumerate().take(samples) {
            let place = |index| Place::Output { layer: last, sample, index };
            self.alike(What::RecordBatch { samples }, all.output(), one.output(), place);
        }
        for (k, (all, one)) in all.iter_mut().zip(&mut one).enumerate().take(samples) {
            dy(k, all);
            dy(k, one);
        }

        let mut dxs = blanks::<L::Input>();
        let lines = with_dx.then(|| LinesMut::from(&mut dxs[..]).take(samples));
        layer.errors(xs, LinesMut::from(&mut all[..]).take(samples), lines);
        let (mut sum, mut added, mut dx) = (L::ZERO, L::ZERO, blank::<L::Input>());
        noise(&mut added, samples);
        for (sample, ((x, tape), found)) in xs.iter().zip(&mut one).zip(&dxs).enumerate() {
            layer.backward(x, &mut tape.clone(), &mut added, None);
            layer.backward(x, tape, &mut sum, Some(&mut dx));
            if with_dx {
                let place = |index| Place::Input { layer: first, sample, index };
                self.alike(What::Errors { samples }, found, &dx, place);
            }
        }
        if L::LEARNS {
            let tapes = Lines::from(&all[..]).take(samples);
            self.sums(layer, first, xs, tapes, &added);
            self.step(layer, first, xs, tapes, &sum);
        }
    }

    /// `sums`, added to noise, in parts; `added` is what `backward` adds to the same noise.
    fn sums<L: Batch>(&mut self, layer: &L, first: usize, xs: Inputs<L::Input>, tapes: Lines<L::Tape>, added: &L) {
        let samples = xs.len();
        for rows in CUTS {
            let mut found = L::ZERO;
            noise(&mut found, samples);
            let mut start = 0;
            while start < L::COUNT {
                let end = rows_end::<L>(start, rows);
                if let Some(numbers) = found.flat_mut().get_mut(start..end) {
                    layer.sums(xs, tapes, Part { start, numbers });
                }
                start = end;
            }
            self.alike(What::Sums { samples }, &found, added, |index| place::<L>(first, index));
        }
    }

    /// `step`, with the step by `sum`.
    fn step<L: Batch>(&mut self, layer: &L, first: usize, xs: Inputs<L::Input>, tapes: Lines<L::Tape>, sum: &L) {
        let samples = xs.len();
        let share = L::Scalar::ONE / L::Scalar::of(samples as f64);
        let step = Step { rate: 0.25, share: share.to_f64(), penalty: L2(0.5) };
        let (mut found, mut expected) = (L::ZERO, L::ZERO);
        copy(layer, &mut found);
        copy(layer, &mut expected);
        found.step(xs, tapes, step);
        stepped(&mut expected, sum, step);
        self.alike(What::Step { samples }, &found, &expected, |index| place::<L>(first, index));
    }

    /// Each number of two values, bit for bit.
    pub(super) fn alike<V: Plain>(&mut self, what: What, found: &V, expected: &V, place: impl Fn(usize) -> Place) {
        for (index, (&found, &expected)) in found.flat().iter().zip(expected.flat()).enumerate() {
            self.same(what, place(index), found, expected);
        }
    }
}
