use typenum::Unsigned;

use crate::array::{Doubled, Grid, Plain, Slot};
use crate::kernel;
use crate::layer::{
    Batch, InputOf, Inputs, Layer, Lines, LinesMut, OutputOf, Parameters, Part, Plan, Stack, Tape, TapeOf, Tensor,
};
use crate::penalty::{Penalty, Step};
use crate::shape::Text;

/// A layer over a sequence, and a second one that reads the steps from the last to the first.
///
/// `L` is a recurrent layer, or another that reads a matrix. In [`network!`](crate::network!) it is
/// `Bidirectional(Elman<8>)`.
///
/// # Equations
///
/// <!-- $y = (L(x), \operatorname{rev} R(\operatorname{rev} x))$ --><math display="block"><mi>y</mi><mo>=</mo><mo stretchy="false">(</mo><mi>L</mi><mo stretchy="false">(</mo><mi>x</mi><mo stretchy="false">)</mo><mo>,</mo><mi>rev</mi><mo>⁡</mo><mspace width="0.1667em"></mspace><mi>R</mi><mo stretchy="false">(</mo><mi>rev</mi><mo>⁡</mo><mspace width="0.1667em"></mspace><mi>x</mi><mo stretchy="false">)</mo><mo stretchy="false">)</mo></math>
///
/// With `L` and `R` of the same type, each with its own parameters, and `rev` the steps in the opposite order:
///
/// - `y = (L(x), rev R(rev x))`, side by side at each step; where `L` writes one vector, `y = (L(x), R(rev x))`
/// - `dx = ∂L/∂x · dy_L + rev(∂R/∂x · rev dy_R)`
///
/// # Shapes
///
/// `x: [Steps × In]`; `y: [2·Out]` where `L` writes `[Out]`, and `[Steps × 2·Out]` where it writes `[Steps × Out]`.
///
/// # Memory
///
/// Twice the parameters and tape of `L`, two `x` and two `y` of tape. Stack: an `x` and two outputs of `L` for a prediction.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
///
/// network! { type Net = [3, 1] => Bidirectional(Elman<1, Relu, All>), loss = SquaredError; }
/// let mut net = Net::ZERO;
/// net.parameters_mut().copy_from_slice(&[0.0, 1.0, 1.0, 0.0, 1.0, 1.0]); // sums so far, and from there on
/// assert_eq!(net.predict(&[[1.0], [2.0], [4.0]]).flat(), [1.0, 7.0, 3.0, 6.0, 7.0, 4.0]);
///
/// type Layer = Bidirectional<Elman<U3, U1, U1, Relu, All>>;
/// let _: Network<(Layer,), SquaredError> = net; // one type
/// ```
///
/// # Source
///
/// M. Schuster, K. Paliwal, "Bidirectional recurrent neural networks", IEEE Transactions on Signal Processing 45, 1997.
#[repr(C)]
pub struct Bidirectional<L: Stack> {
    ahead: L,
    back: L,
}

// SAFETY: `repr(C)`, two plain values of one type.
#[allow(unsafe_code)]
unsafe impl<L: Stack> Plain for Bidirectional<L> {
    type Scalar = L::Scalar;
    const COUNT: usize = 2 * L::COUNT;
}

impl<L: Stack> Parameters for Bidirectional<L> {
    const NAME: &'static str = "Bidirectional";
    const LEARNS: bool = L::LEARNS;

    #[inline(always)]
    fn tensors(mut visit: impl FnMut(Tensor)) {
        L::tensors(&mut visit);
        L::tensors(|t| visit(Tensor { name: reverse(t.name), start: t.start + L::COUNT, ..t }));
    }
}

/// The name of a tensor of the layer that reads from the last step on.
const fn reverse(name: &'static str) -> &'static str {
    macro_rules! each {
        ($($name:literal)+) => {$(
            if crate::shape::same(name, $name) {
                return concat!("reverse_", $name);
            }
        )+};
    }
    each!("bias" "weight" "recurrent" "recurrent_bias" "recurrent_new");
    "reverse"
}

/// to ← the rows of `from`, from the last to the first.
#[inline(always)]
fn turn<X: Grid>(from: &X, to: &mut X) {
    turn_rows(const { <X::Columns as Unsigned>::USIZE }, from.flat(), to.flat_mut());
}

/// to ← the rows of `from`, of this width, from the last to the first.
#[inline(always)]
pub(crate) fn turn_rows<T: Copy>(width: usize, from: &[T], to: &mut [T]) {
    from.rchunks(width).zip(to.chunks_mut(width)).for_each(|(x, to)| to.copy_from_slice(x));
}

/// to ← to + the rows of `from`, from the last to the first.
#[inline(always)]
fn add_turned<X: Grid>(from: &X, to: &mut X) {
    let rows = from.flat().rchunks(const { <X::Columns as Unsigned>::USIZE });
    rows.zip(to.flat_mut().chunks_mut(const { <X::Columns as Unsigned>::USIZE }))
        .for_each(|(x, to)| kernel::add(x, to));
}

/// y ← rows of both side by side, those of `back` from the last on.
#[inline(always)]
fn join<Y: Doubled>(ahead: &Y, back: &Y, y: &mut Y::Doubled) {
    join_rows(const { <Y::Channels as Unsigned>::USIZE }, ahead.flat(), back.flat(), y.flat_mut());
}

/// y ← rows of both, of this width, side by side, those of `back` from the last on.
#[inline(always)]
pub(crate) fn join_rows<T: Copy>(width: usize, ahead: &[T], back: &[T], y: &mut [T]) {
    let rows = ahead.chunks(width).zip(back.rchunks(width));
    for ((ahead, back), y) in rows.zip(y.chunks_mut(2 * width)) {
        y.iter_mut().zip(ahead.iter().chain(back)).for_each(|(y, &h)| *y = h);
    }
}

/// The opposite of [`join`].
#[inline(always)]
fn part<Y: Doubled>(dy: &Y::Doubled, ahead: &mut Y, back: &mut Y) {
    let width = const { <Y::Channels as Unsigned>::USIZE };
    let rows = ahead.flat_mut().chunks_mut(width).zip(back.flat_mut().rchunks_mut(width));
    for ((ahead, back), dy) in rows.zip(dy.flat().chunks(2 * width)) {
        ahead.iter_mut().chain(back).zip(dy).for_each(|(to, &dy)| *to = dy);
    }
}

impl<L: Stack> Bidirectional<L> {
    const TEXT: &'static Text =
        &Text::new().words(L::NAME).words(if L::DETAIL.is_empty() { "" } else { " " }).words(L::DETAIL);

    /// The layer that reads from the first step on.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// network! { type Net = [3, 1] => Bidirectional(Elman<1>) => Dense<1>, loss = SquaredError; }
    /// let mut net = Net::ZERO;
    /// net.parameters_mut()[..6].copy_from_slice(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    /// let (both, _) = net.layers();
    /// assert_eq!((both.ahead().flat(), both.back().flat()), (&[1.0, 2.0, 3.0][..], &[4.0, 5.0, 6.0][..]));
    /// ```
    pub fn ahead(&self) -> &L {
        &self.ahead
    }

    /// The layer that reads from the last step on.
    pub fn back(&self) -> &L {
        &self.back
    }
}

impl<L: Stack> Bidirectional<L>
where
    InputOf<L>: Grid,
    OutputOf<L>: Doubled,
{
    /// y from both ways of x.
    #[inline]
    pub(crate) fn both(
        x: &L::Input,
        y: &mut <L::Output as Doubled>::Doubled,
        ahead: impl FnOnce(&L::Input, &mut L::Output),
        back: impl FnOnce(&L::Input, &mut L::Output),
    ) {
        let (mut turned, mut forth, mut from_last) = (L::Input::ZERO, L::Output::ZERO, L::Output::ZERO);
        turn(x, &mut turned);
        ahead(x, &mut forth);
        back(&turned, &mut from_last);
        join(&forth, &from_last, y);
    }
}

impl<L: Stack> Layer for Bidirectional<L>
where
    InputOf<L>: Grid,
    OutputOf<L>: Doubled,
{
    type Input = L::Input;
    type Output = <L::Output as Doubled>::Doubled;
    /// Of both layers; x from the last step on, and y.
    type Tape = ((L::Tape, L::Tape), (Slot<L::Input>, Slot<Self::Output>));
    const DETAIL: &'static str = Self::TEXT.as_str();

    #[inline]
    fn forward(&self, x: &Self::Input, y: &mut Self::Output) {
        Self::both(x, y, |x, y| self.ahead.forward(x, y), |x, y| self.back.forward(x, y));
    }

    #[inline]
    fn record(&self, x: &Self::Input, tape: &mut Self::Tape) {
        let ((ahead, back), (turned, out)) = tape;
        turn(x, &mut turned.y);
        self.ahead.record(x, ahead);
        self.back.record(&turned.y, back);
        join(ahead.output(), back.output(), &mut out.y);
    }

    #[inline]
    fn backward(&self, x: &Self::Input, tape: &mut Self::Tape, grad: &mut Self, mut dx: Option<&mut Self::Input>) {
        let ((ahead, back), (turned, out)) = tape;
        part(&out.dy, ahead.split().1, back.split().1);
        self.ahead.backward(x, ahead, &mut grad.ahead, dx.as_deref_mut());
        self.back.backward(&turned.y, back, &mut grad.back, dx.is_some().then_some(&mut turned.dy));
        dx.into_iter().for_each(|dx| add_turned(&turned.dy, dx));
    }
}

/// All samples through one layer, then through the other.
impl<L: Stack> Batch for Bidirectional<L>
where
    InputOf<L>: Grid,
    OutputOf<L>: Doubled,
{
    fn record_batch(&self, xs: Inputs<Self::Input>, tapes: LinesMut<Self::Tape>) {
        let (within, ends) = tapes.take(xs.len()).halves();
        let ((mut ahead, mut back), (turned, out)) = (within.halves(), ends.halves());
        let mut turned = turned.slots().0;
        xs.iter().zip(turned.iter_mut()).for_each(|(x, to)| turn(x, to));
        self.ahead.record_batch(xs, ahead.reborrow());
        self.back.record_batch(turned.lines().into(), back.reborrow());
        let both = TapeOf::<L>::recorded(ahead.lines()).iter().zip(TapeOf::<L>::recorded(back.lines()).iter());
        both.zip(out.slots().0.iter_mut()).for_each(|((ahead, back), y)| join(ahead, back, y));
    }

    fn errors(&self, xs: Inputs<Self::Input>, tapes: LinesMut<Self::Tape>, mut dxs: Option<LinesMut<Self::Input>>) {
        let (within, ends) = tapes.halves();
        let ((mut ahead, mut back), (turned, out)) = (within.halves(), ends.halves());
        {
            let (mut ahead, mut back) =
                (TapeOf::<L>::outputs(ahead.reborrow()).1, TapeOf::<L>::outputs(back.reborrow()).1);
            let both = ahead.iter_mut().zip(back.iter_mut());
            both.zip(out.lines().slots().1.iter()).for_each(|((ahead, back), dy)| part(dy, ahead, back));
        }
        let (turned, mut dturned) = turned.slots();
        self.ahead.errors(xs, ahead, dxs.as_mut().map(LinesMut::reborrow));
        self.back.errors(turned.lines().into(), back, dxs.is_some().then_some(dturned.reborrow()));
        let Some(mut dxs) = dxs else { return };
        dxs.iter_mut().zip(dturned.lines().iter()).for_each(|(dx, turned)| add_turned(turned, dx));
    }

    fn sums(&self, xs: Inputs<Self::Input>, tapes: Lines<Self::Tape>, mut part: Part<L::Scalar>) {
        let (within, ends) = tapes.halves();
        let ((ahead, back), (a, b)) = (within.halves(), part.split(L::COUNT));
        if !a.numbers.is_empty() {
            self.ahead.sums(xs, ahead, a);
        }
        if !b.numbers.is_empty() {
            self.back.sums(ends.halves().0.slots().0.into(), back, b);
        }
    }

    fn step<P: Penalty>(&mut self, xs: Inputs<Self::Input>, tapes: Lines<Self::Tape>, step: Step<P>) {
        let (within, ends) = tapes.halves();
        let (ahead, back) = within.halves();
        self.ahead.step(xs, ahead, step);
        self.back.step(ends.halves().0.slots().0.into(), back, step);
    }

    #[inline]
    fn descend(&mut self, x: &Self::Input, tape: &mut Self::Tape, rate: L::Scalar, mut dx: Option<&mut Self::Input>) {
        let ((ahead, back), (turned, out)) = tape;
        part(&out.dy, ahead.split().1, back.split().1);
        self.ahead.descend(x, ahead, rate, dx.as_deref_mut());
        self.back.descend(&turned.y, back, rate, dx.is_some().then_some(&mut turned.dy));
        dx.into_iter().for_each(|dx| add_turned(&turned.dy, dx));
    }
}

impl<L: Stack> Stack for Bidirectional<L>
where
    InputOf<L>: Grid,
    OutputOf<L>: Doubled,
{
    const PLAN: &'static Plan = &Plan::leaf::<Self>();
    const FAULT: &'static str = if L::PLAN.layers() == 1 && L::PLAN.inside().is_none() {
        ""
    } else {
        "is a Bidirectional of several layers: put one into each of several"
    };
    const WAITS: &'static str = "reads its steps from the last on, too";
    const ANEW: &'static str = Self::WAITS;
    crate::__at_once! {}
}

crate::__layers! { [L: Stack] Bidirectional<L> }
