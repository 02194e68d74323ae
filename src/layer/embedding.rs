use core::slice::from_ref;

use crate::array::{Matrix, Plain, Vector};
use crate::kernel;
use crate::layer::batch::step_by_rows;
use crate::layer::{Batch, Inputs, Layer, Lines, LinesMut, Part, Plan, Role, Slot, Stack};
use crate::parameters;
use crate::penalty::{Penalty, Step};
use crate::plain::rows_mut;
use crate::scalar::{ClassNumber, Number, Scalar};
use crate::shape::Text;
use crate::width::Width;

parameters! {
    #![allow(unsafe_code)]
    /// A row of weights for each class: what a network begins with that reads letters, words or states.
    ///
    /// It must be the first layer. Its input is not scalars but numbers of classes, `u8` or `u16`. In
    /// [`network!`](crate::network!), `16 => Embedding<27, 8>` reads 16 letters of 27; of more than 256 classes,
    /// `Embedding<1000, 8, u16>`.
    ///
    /// # Equations
    ///
    /// <!-- $y_t = W_{x_t}, \qquad \frac{\partial J}{\partial W_k} = \sum_{t : x_t = k} \frac{\partial J}{\partial y_t}$ --><math display="block"><msub><mi>y</mi><mi>t</mi></msub><mo>=</mo><msub><mi>W</mi><mrow><msub><mi>x</mi><mi>t</mi></msub></mrow></msub><mo>,</mo><mspace width="2em"></mspace><mfrac><mrow><mi>∂</mi><mi>J</mi></mrow><mrow><mi>∂</mi><msub><mi>W</mi><mi>k</mi></msub></mrow></mfrac><mo>=</mo><munder><mo>∑</mo><mrow><mi>t</mi><mo>:</mo><msub><mi>x</mi><mi>t</mi></msub><mo>=</mo><mi>k</mi></mrow></munder><mfrac><mrow><mi>∂</mi><mi>J</mi></mrow><mrow><mi>∂</mi><msub><mi>y</mi><mi>t</mi></msub></mrow></mfrac></math>
    ///
    /// - `yₜ = W[xₜ]`, and 0 where `xₜ` is no class, as a padding may be
    /// - `∂J/∂W[k] = Σₜ dyₜ` over the steps t with `xₜ = k`, in their order: [`descend`](crate::Network::descend) changes
    ///   only the rows that were read
    ///
    /// # Shapes
    ///
    /// `x: [Steps]` of `K`, `W: [Classes × Out]`, `y: [Steps × Out]`.
    ///
    /// # Memory
    ///
    /// `Classes · Out` parameters; `2 · Steps · Out` numbers of tape. Stack: 16 rows.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// network! { type Net = 3 => Embedding<4, 2> => Flatten => Dense<1>, loss = SquaredError; }
    ///
    /// let (mut net, mut tape) = (Net::ZERO, Net::TAPE);
    /// net.parameters_mut()[..8].copy_from_slice(&[0.0, 0.0, 1.0, 10.0, 2.0, 20.0, 3.0, 30.0]);
    /// net.parameters_mut()[9..].fill(1.0);
    /// assert_eq!(net.predict(&[1_u8, 3, 1])[0], 11.0 + 33.0 + 11.0);
    /// assert_eq!(net.predict(&[1_u8, 3, 255])[0], 11.0 + 33.0); // 255 is no class
    ///
    /// net.descend(&[1_u8, 3, 1], &[54.0], 0.5, &mut tape); // δ = 1, and class 1 was read twice
    /// assert_eq!(net.parameters()[..8], [0.0, 0.0, 0.0, 9.0, 2.0, 20.0, 2.5, 29.5]);
    /// ```
    ///
    /// # Source
    ///
    /// Y. Bengio, R. Ducharme, P. Vincent, C. Jauvin, "A neural probabilistic language model", JMLR 3, 2003.
    #[doc(alias("embedding", "lookup", "one_hot"))]
    pub struct Embedding<Steps: Width, Classes: Width, Out: Width, K: ClassNumber = u8, T: Scalar = f32> of T,
        Batch, Stack
    {
        /// W: [Classes × Out]
        weight: Matrix<Classes, Out, T> = Role::Weight { fan_in: 1, fan_out: Out::USIZE },
    }
}

impl<Steps: Width, Classes: Width, Out: Width, K: ClassNumber, T: Scalar> Embedding<Steps, Classes, Out, K, T> {
    const REFUSED: &'static Text = &{
        let text = Text::new().words("has ").number(Classes::USIZE).words(" classes, but ").words(<K as Number>::NAME);
        let text = text.words(" tells ").number(K::CLASSES).words(" apart");
        if Classes::USIZE <= <u16 as ClassNumber>::CLASSES {
            text.words(": write Embedding<").number(Classes::USIZE).words(", ").number(Out::USIZE).words(", u16>")
        } else {
            text
        }
    };

    /// y ← the row of a class.
    #[inline]
    fn row(&self, class: K, y: &mut Vector<Out, T>) {
        match self.weight.get(class.into()) {
            Some(row) => y.copy_from_slice(row),
            None => y.fill(T::ZERO),
        }
    }
}

impl<Steps: Width, Classes: Width, Out: Width, K: ClassNumber, T: Scalar> Layer
    for Embedding<Steps, Classes, Out, K, T>
{
    type Input = Vector<Steps, K>;
    type Output = Matrix<Steps, Out, T>;
    type Tape = Slot<Self::Output>;
    const DETAIL: &'static str = <K as Number>::NAME;

    #[inline]
    fn forward(&self, x: &Self::Input, y: &mut Self::Output) {
        x.iter().zip(y).for_each(|(&class, y)| self.row(class, y));
    }

    #[inline]
    fn backward(&self, x: &Self::Input, tape: &mut Self::Tape, grad: &mut Self, dx: Option<&mut Self::Input>) {
        self.sums(from_ref(x).into(), from_ref(&*tape).into(), Part { start: 0, numbers: grad.flat_mut() });
        dx.into_iter().for_each(|dx| dx.fill(K::ZERO));
    }
}

impl<Steps: Width, Classes: Width, Out: Width, K: ClassNumber, T: Scalar> Batch
    for Embedding<Steps, Classes, Out, K, T>
{
    /// There is no derivative by a class.
    #[inline]
    fn errors(&self, _: Inputs<Self::Input>, _: LinesMut<Self::Tape>, dxs: Option<LinesMut<Self::Input>>) {
        dxs.into_iter().for_each(|mut dxs| dxs.iter_mut().for_each(|dx| dx.fill(K::ZERO)));
    }

    #[inline]
    fn sums(&self, xs: Inputs<Self::Input>, tapes: Lines<Self::Tape>, part: Part<T>) {
        let (first, rows) = (part.start / Out::USIZE, rows_mut::<Out, T>(part.numbers));
        for (x, tape) in xs.iter().zip(tapes.iter()) {
            for (&class, dy) in x.iter().zip(&tape.dy) {
                let row = class.into().checked_sub(first).and_then(|row| rows.get_mut(row));
                row.into_iter().for_each(|row| kernel::add(dy, row));
            }
        }
    }

    #[inline]
    fn step<P: Penalty>(&mut self, xs: Inputs<Self::Input>, tapes: Lines<Self::Tape>, step: Step<P>) {
        step_by_rows::<Self, Out, P>(self, xs, tapes, step);
    }

    /// Only the rows that were read, each by the sum of its steps.
    #[inline]
    fn descend(&mut self, x: &Self::Input, tape: &mut Self::Tape, rate: T, dx: Option<&mut Self::Input>) {
        for (t, (&class, dy)) in x.iter().zip(&tape.dy).enumerate() {
            let Some(row) = self.weight.get_mut(class.into()) else { continue };
            if x.iter().take(t).any(|&before| before == class) {
                continue;
            }
            let mut sum = dy.clone();
            let more = x.iter().zip(&tape.dy).skip(t + 1).filter(|(again, _)| **again == class);
            more.for_each(|(_, dy)| kernel::add(dy, &mut sum));
            kernel::axpy(-rate, &sum, row);
        }
        dx.into_iter().for_each(|dx| dx.fill(K::ZERO));
    }
}

impl<Steps: Width, Classes: Width, Out: Width, K: ClassNumber, T: Scalar> Stack
    for Embedding<Steps, Classes, Out, K, T>
{
    const PLAN: &'static Plan = &Plan::leaf::<Self>();
    const FAULT: &'static str = if Classes::USIZE <= K::CLASSES { "" } else { Self::REFUSED.as_str() };
    type Step = K;
    type Emit = Vector<Out, T>;
    type Stream = ();

    #[inline]
    fn stream(&self, &class: &K, _: &mut (), y: &mut Self::Emit) -> bool {
        self.row(class, y);
        true
    }
}
