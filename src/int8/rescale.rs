use crate::array::{Array, Channelled, Plain};
use crate::int8::scale::{Factor, Word};
use crate::int8::{Int8Layer, Int8Stream, Scale, int8};

int8! {
    /// Integers of one scale as those of another: a [`FakeQuantize`](crate::FakeQuantize) that stands alone.
    ///
    /// # Equations
    ///
    /// `y = round(M (x − x₀)) + y₀`, `M = s_x / s_y`, ties up: of one and the same scale, x.
    ///
    /// # Memory
    ///
    /// 20 bytes.
    pub struct RescaleInt8<X: Array> { y: Scale, zero: Word, factor: Factors }
}

/// A factor as bytes.
type Factors = crate::array::Vector<crate::width::U2, Word>;

impl<X: Array> RescaleInt8<X> {
    /// Sets it for inputs of one scale and outputs of another, which it returns.
    pub fn set(&mut self, x: Scale, y: Scale) -> Scale {
        let factor = Factor::new(f64::from(x.step()) / f64::from(y.step())).words();
        (self.y, self.zero, self.factor) = (y, Word::of(x.zero().into()), factor.into());
        y
    }
}

impl<X: Channelled> RescaleInt8<X> {
    #[inline]
    fn all(&self, x: &[i8], y: &mut [i8]) {
        let [multiplier, shift] = self.factor[..] else { return };
        let (factor, zero) = (Factor::of([multiplier, shift]), self.zero.get());
        for (y, &x) in y.iter_mut().zip(x) {
            let moved = factor.times(i32::from(x).wrapping_sub(zero)).saturating_add(self.y.zero().into());
            *y = moved.clamp(-128, 127) as i8;
        }
    }
}

/// At each place of an array; a step is a row of a sequence.
impl<X: Channelled> Int8Layer for RescaleInt8<X> {
    type Input = X::Int8;
    type Output = X::Int8;

    #[inline]
    fn forward(&self, x: &X::Int8, y: &mut X::Int8) {
        self.all(x.flat(), y.flat_mut());
    }

    fn scale(&self, _: Scale) -> Scale {
        self.y
    }
}

impl<X: Channelled> Int8Stream for RescaleInt8<X> {
    type Step = <X::Step as Array>::Int8;
    type Emit = Self::Step;
    type Stream = ();

    fn start(&self) {}

    #[inline]
    fn stream(&self, x: &Self::Step, (): &mut (), y: &mut Self::Step) {
        self.all(x.flat(), y.flat_mut());
    }
}
