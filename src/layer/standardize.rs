use crate::activation::Activation;
use crate::array::{Like, Plain, Vector};
use crate::kernel;
use crate::layer::{Biased, Dense, Layer, Role, Slot};
use crate::loss::Loss;
use crate::network::{Layers, Link, Network};
use crate::parameters;
use crate::scalar::{Real, Scalar};
use crate::width::Width;

parameters! {
    #![allow(unsafe_code)]
    /// Inputs with mean 0 and deviation 1, by statistics of the data: the first layer of a network.
    ///
    /// [`Moments`] measure the data, [`fit`](Standardize::fit) takes them over. They are saved with the network, but
    /// not learned: initialisers leave them, their gradient is 0, and no penalty counts them. Trained, the layer can be
    /// [folded](Network::fold) into the dense layer behind it.
    ///
    /// # Equations
    ///
    /// - `y = (x − μ) / σ`, where a σ of 0 counts as 1: a value that never changes is only shifted, and a layer that was
    ///   never fitted is the identity
    /// - `dx = dy / σ`, `∂J/∂μ = ∂J/∂σ = 0` by definition
    ///
    /// # Shapes
    ///
    /// `x, y: [N]`.
    ///
    /// # Memory
    ///
    /// `2 · N` parameters, `2 · N` numbers of tape. In front of a network it costs no ∂J/∂x of the layer behind it.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// network! { type Net = 2 => Standardize => Dense<1>, loss = SquaredError; }
    /// let data = [[1.0, 100.0], [3.0, 300.0], [5.0, 500.0]];
    /// let mut moments = Moments::<U2>::NEW;
    /// data.iter().for_each(|x| moments.observe(x));
    ///
    /// let mut net = Net::ZERO;
    /// net.layers_mut().0.fit(&moments);
    /// net.parameters_mut().iter_mut().rev().take(2).for_each(|w| *w = 1.0);
    /// assert_eq!(net.predict(&[3.0, 300.0])[0], 0.0); // the mean
    /// assert_eq!(net.layers().0.deviation()[1], 163.29932); // √(80000/3)
    /// ```
    pub struct Standardize<N: Width, T: Scalar = f32> of T {
        /// μ: [N]
        mean: Vector<N, T> = Role::Statistic,
        /// σ: [N]
        deviation: Vector<N, T> = Role::Statistic,
    }
}

impl<N: Width, T: Scalar> Standardize<N, T> {
    /// Takes over the mean and deviation of what was observed, rounded to `T`.
    pub fn fit(&mut self, moments: &Moments<N>) {
        let rounded = |to: &mut Vector<N, T>, number: &dyn Fn(usize) -> f64| {
            to.iter_mut().enumerate().for_each(|(k, to)| *to = T::from_f64(number(k)));
        };
        rounded(&mut self.mean, &|k| moments.mean.get(k).copied().unwrap_or(0.0));
        rounded(&mut self.deviation, &|k| moments.deviation(k));
    }

    /// μ.
    pub fn mean(&self) -> &Vector<N, T> {
        &self.mean
    }

    /// σ.
    pub fn deviation(&self) -> &Vector<N, T> {
        &self.deviation
    }
}

/// σ, or 1 where it is 0.
#[inline(always)]
fn divisor<T: Scalar>(deviation: T) -> T {
    if deviation == T::ZERO { T::ONE } else { deviation }
}

impl<N: Width, T: Scalar> Layer for Standardize<N, T> {
    type Input = Vector<N, T>;
    type Output = Vector<N, T>;
    type Tape = Slot<Vector<N, T>>;

    #[inline]
    fn forward(&self, x: &Vector<N, T>, y: &mut Vector<N, T>) {
        let parts = y.iter_mut().zip(x).zip(&self.mean).zip(&self.deviation);
        parts.for_each(|(((y, &x), &mean), &deviation)| *y = (x - mean) / divisor(deviation));
    }

    #[inline]
    fn backward(&self, _: &Vector<N, T>, tape: &mut Self::Tape, _: &mut Self, dx: Option<&mut Vector<N, T>>) {
        let parts = dx.into_iter().flatten().zip(&tape.dy).zip(&self.deviation);
        parts.for_each(|((dx, &dy), &deviation)| *dx = dy / divisor(deviation));
    }
}

/// Mean and variance of each of `N` values, in one pass over the data and without keeping it.
///
/// # Equations
///
/// For the n-th observation, from `μ = 0`, `S = 0`:
///
/// - `d = x − μ`, `μ ← μ + d/n`, `S ← S + d (x − μ)`; the variance is `S/n`, as of a whole population
///
/// # Memory
///
/// `2 · N` numbers and one, in f64 whatever the network's scalar is: the sums of a million samples in f32 would be off
/// by more than the data.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
///
/// static EMPTY: Moments<U1> = Moments::NEW; // a constant
/// let mut moments = EMPTY.clone();
/// [[2.0_f32], [4.0], [4.0], [4.0], [5.0], [5.0], [7.0], [9.0]].iter().for_each(|x| moments.observe(x));
/// assert_eq!((moments.count(), moments.mean()[0], moments.deviation(0)), (8, 5.0, 2.0));
/// ```
///
/// # Source
///
/// B. Welford, "Note on a method for calculating corrected sums of squares and products", Technometrics 4, 1962.
#[derive(Clone, Debug, PartialEq)]
pub struct Moments<N: Width> {
    count: u64,
    mean: Vector<N, f64>,
    squares: Vector<N, f64>,
}

impl<N: Width> Moments<N> {
    /// Of no observations.
    pub const NEW: Self = Moments { count: 0, mean: Plain::ZERO, squares: Plain::ZERO };

    /// Takes one more sample into account. A NaN makes the statistics of its value NaN.
    pub fn observe<X: Plain + Like<Vector<N, X::Scalar>>>(&mut self, x: &X) {
        let () = X::FITS;
        self.count += 1;
        let n = self.count as f64;
        let parts = self.mean.iter_mut().zip(&mut self.squares).zip(x.view());
        for ((mean, squares), &x) in parts {
            let d = x.to_f64() - *mean;
            *mean += d / n;
            *squares += d * (x.to_f64() - *mean);
        }
    }

    /// How many samples were observed.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// μ of each value; 0 before the first sample.
    pub fn mean(&self) -> &Vector<N, f64> {
        &self.mean
    }

    /// σ of value `k`, from 0: `√(S/n)`; 0 before the first sample.
    pub fn deviation(&self, k: usize) -> f64 {
        let squares = self.squares.get(k).copied().unwrap_or(0.0);
        Real::sqrt(squares / self.count.max(1) as f64)
    }
}

/// A chain of a [`Standardize`] and, behind it, a dense layer with a bias; without the former, it is `To`. Sealed.
#[diagnostic::on_unimplemented(
    message = "there is no Standardize to fold here",
    label = "expected the same network without its first layer, a Standardize before a dense layer with a bias"
)]
pub trait Fold<To>: sealed::Sealed {
    /// The same function of the inputs as they were before.
    #[doc(hidden)]
    fn fold(&self, to: &mut To);
}

impl<N: Width, T: Scalar, Out: Width, A: Activation> Fold<Dense<N, Out, A, T>>
    for Link<Standardize<N, T>, Dense<N, Out, A, T>>
{
    fn fold(&self, to: &mut Dense<N, Out, A, T>) {
        to.flat_mut().copy_from_slice(self.1.flat());
        absorb(&self.0, to);
    }
}

impl<N: Width, T: Scalar, Out: Width, A: Activation, R: Plain<Scalar = T>> Fold<Link<Dense<N, Out, A, T>, R>>
    for Link<Standardize<N, T>, Link<Dense<N, Out, A, T>, R>>
{
    fn fold(&self, to: &mut Link<Dense<N, Out, A, T>, R>) {
        to.flat_mut().copy_from_slice(self.1.flat());
        absorb(&self.0, &mut to.0);
    }
}

/// `Σᵢ xᵢ wᵢⱼ` of standardised x is `Σᵢ xᵢ (wᵢⱼ/σᵢ) − Σᵢ μᵢ (wᵢⱼ/σᵢ)`.
fn absorb<N: Width, T: Scalar, Out: Width, A: Activation>(
    first: &Standardize<N, T>,
    dense: &mut Dense<N, Out, A, T, Biased>,
) {
    for (row, &deviation) in dense.weight.iter_mut().zip(&first.deviation) {
        row.iter_mut().for_each(|w| *w = *w / divisor(deviation));
    }
    for (j, b) in dense.bias.iter_mut().enumerate() {
        let column = dense.weight.iter().map(|row| row.get(j).copied().unwrap_or(T::ZERO));
        *b = *b - kernel::sum(first.mean.iter().zip(column).map(|(&mean, w)| mean * w));
    }
}

impl<L: Layers, E: Loss> Network<L, E> {
    /// Writes the network without its [`Standardize`] to `folded`, a network of the type without it: the weights and
    /// biases of the dense layer behind it take it in, so that it costs nothing. The predictions are the same but for
    /// rounding.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// network! {
    ///     type Trained = 2 => Standardize => Dense<3, Tanh> => Dense<1>, loss = SquaredError;
    ///     type Shipped = 2 => Dense<3, Tanh> => Dense<1>, loss = SquaredError;
    /// }
    /// let (mut trained, mut moments) = (Trained::ZERO, Moments::<U2>::NEW);
    /// [[1.0_f32, 10.0], [2.0, 30.0], [3.0, 50.0]].iter().for_each(|x| moments.observe(x));
    /// trained.layers_mut().0.fit(&moments);
    /// trained.initialize(&Xavier, &mut Pcg32::new(1));
    ///
    /// let mut shipped = Shipped::ZERO;
    /// trained.fold(&mut shipped);
    /// let (a, b) = (trained.predict(&[1.5, 40.0])[0], shipped.predict(&[1.5, 40.0])[0]);
    /// assert!((a - b).abs() < 1e-6);
    /// ```
    pub fn fold<M: Layers>(&self, folded: &mut Network<M, E>)
    where
        L::Chain: Fold<M::Chain>,
    {
        self.chain().fold(folded.chain_mut());
    }
}

mod sealed {
    use super::{Link, Standardize};

    pub trait Sealed {}
    impl<N: super::Width, T: super::Scalar, R> Sealed for Link<Standardize<N, T>, R> {}
}
