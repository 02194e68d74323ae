//! What is compared, number by number, and the worst that was found.

use super::difference::difference;
use super::{FLOOR, Place, Report, What, blank, copy, fill, place, set};
use crate::array::Plain;
use crate::layer::{Batch, Layer, Tape};
use crate::scalar::{Number, Real, Scalar};

/// What a check has found so far.
pub(super) struct Checker {
    pub(super) report: Report,
    /// What an error is relative to at least.
    floor: f64,
}

impl Checker {
    pub(super) fn new<T: Scalar>(objective: T) -> Checker {
        let nothing =
            Report { error: 0.0, what: What::Gradient, place: Place::Cost, found: 0.0, expected: 0.0, compared: 0 };
        Checker { report: nothing, floor: FLOOR * objective.to_f64().abs().max(1.0) }
    }

    fn note(&mut self, what: What, place: Place, [found, expected]: [f64; 2], error: f64) {
        let compared = self.report.compared + 1;
        self.report.compared = compared;
        if error > 1.01 * self.report.error || compared == 1 {
            self.report = Report { error, what, place, found, expected, compared };
        }
    }

    fn close<T: Number>(&mut self, what: What, place: Place, found: T, expected: T) {
        let (found, expected) = (found.to_f64(), expected.to_f64());
        let error = (found - expected).abs() / found.abs().max(expected.abs()).max(self.floor);
        self.note(what, place, [found, expected], if error.is_nan() { f64::INFINITY } else { error });
    }

    pub(super) fn same<T: Number>(&mut self, what: What, place: Place, found: T, expected: T) {
        let error = if found.to_bytes() == expected.to_bytes() { 0.0 } else { f64::INFINITY };
        self.note(what, place, [found.to_f64(), expected.to_f64()], error);
    }

    /// `dv` with the differences of `objective` by each number of `v`, or with 0 where it is not learned. By a class there
    /// is none.
    pub(super) fn gradient<V: Plain, T: Scalar>(
        &mut self,
        v: &mut V,
        dv: &V,
        place: impl Fn(usize) -> Place,
        learned: impl Fn(usize) -> bool,
        objective: impl Fn(&V) -> T,
    ) {
        if V::Scalar::CLASS {
            return;
        }
        for (i, found) in dv.flat().iter().map(|&d| scalar::<T, _>(d)).enumerate() {
            if !learned(i) {
                self.same(What::Gradient, place(i), found, T::ZERO);
                continue;
            }
            let Some(&at) = v.flat().get(i) else { return };
            let expected = difference(scalar(at), found, self.floor, |number: T| {
                set(v, i, V::Scalar::from_f64(number.to_f64()));
                objective(v)
            });
            set(v, i, at);
            self.close(What::Gradient, place(i), found, expected);
        }
    }

    /// The output of `record` with that of `forward`, into memory that held something else.
    pub(super) fn record<L: Layer>(
        &mut self,
        layer: &L,
        x: &L::Input,
        tape: &mut L::Tape,
        place: impl Fn(usize) -> Place,
    ) {
        let mut y = blank::<L::Output>();
        layer.forward(x, &mut y);
        fill(tape.split().0, L::Scalar::of(f64::NAN));
        layer.record(x, tape);
        self.alike(What::Record, tape.output(), &y, place);
    }

    /// `descend` with the gradient and the dx of `backward`; `errors` records and puts dy on the tape.
    #[expect(clippy::too_many_arguments)]
    pub(super) fn descent<L: Batch>(
        &mut self,
        layer: &L,
        x: &L::Input,
        sample: usize,
        tape: &mut L::Tape,
        errors: impl Fn(&L, &mut L::Tape),
        grad: &L,
        dx: &L::Input,
    ) {
        let rate = L::Scalar::of(0.5);
        let mut lower = L::ZERO;
        let mut found = blank::<L::Input>();
        for with_dx in [false, true] {
            copy(layer, &mut lower);
            errors(layer, tape);
            lower.descend(x, tape, rate, with_dx.then_some(&mut found));
            let change = lower.flat().iter().zip(layer.flat()).map(|(&new, &old)| (old - new) / rate);
            for (i, (found, &expected)) in change.zip(grad.flat()).enumerate() {
                self.close(What::Descent, place::<L>(0, i), found, expected);
            }
        }
        let dxs = found.flat().iter().zip(dx.flat()).filter(|_| !<L::Input as Plain>::Scalar::CLASS);
        for (index, (&found, &expected)) in dxs.enumerate() {
            self.close(What::Descent, Place::Input { layer: 0, sample, index }, found, expected);
        }
    }
}

/// A number as a scalar.
fn scalar<T: Scalar, N: Number>(number: N) -> T {
    T::from_f64(number.to_f64())
}
