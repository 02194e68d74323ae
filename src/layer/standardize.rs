use crate::array::{Array, ArrayLike, Channelled, Plain, Vector};
use crate::layer::batch::same_shape;
use crate::layer::stack::row_by_row;
use crate::layer::{Batch, Layer, Plan, Role, Stack};
use crate::math::Squares;
use crate::parameters;
use crate::plain::{rows, rows_mut};
use crate::scalar::{Number, Scalar};
use crate::shape::Text;
use crate::width::Width;

parameters! {
    #![allow(unsafe_code)]
    /// Inputs with mean 0 and deviation 1, by statistics of the data: the first layer of a network.
    ///
    /// [`Moments`] measure the data, [`fit`](Standardize::fit) takes them over. They are saved with the network, but
    /// not learned: initialisers leave them, their gradient is 0, and no penalty counts them. Trained, the layer can be
    /// [folded](crate::Network::fold) into the dense layer or the convolution behind it.
    ///
    /// A matrix or volume has statistics for each channel, its innermost width, the same at all places:
    /// `[64, 3] => Standardize` has three means. A sequence can come step by step.
    ///
    /// # Equations
    ///
    /// <!-- $y = \frac{x - \mu}{\sigma}$ --><math display="block"><mi>y</mi><mo>=</mo><mfrac><mrow><mi>x</mi><mo>−</mo><mi>μ</mi></mrow><mrow><mi>σ</mi></mrow></mfrac></math>
    ///
    /// - `y = (x − μ) / σ`, at each place, where a σ of 0 counts as 1: a value that never changes is only shifted, and a layer that was
    ///   never fitted is the identity
    /// - `dx = dy / σ`, `∂J/∂μ = ∂J/∂σ = 0` by definition
    ///
    /// # Shapes
    ///
    /// `x, y: X`, which is `[N]` by default, or `[Steps × N]` or `[Height × Width × N]`.
    ///
    /// # Memory
    ///
    /// `2 · N` parameters, two `X` of tape. In front of a network it costs no ∂J/∂x of the layer behind it.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    /// use nanoprop::Moments;
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
    pub struct Standardize<N: Width, T: Scalar = f32, X: Channelled<Channels = N, Scalar = T> = Vector<N, T>> of T,
        Batch, Stack
    {
        /// μ: [N]
        mean: Vector<N, T> = Role::Statistic,
        /// σ: [N]
        deviation: Vector<N, T> = Role::Statistic,
    }
}

impl<N: Width, T: Scalar, X: Channelled<Channels = N, Scalar = T>> Standardize<N, T, X> {
    /// Takes the mean and deviation of the observed data, rounded to `T`. A value that is constant but for rounding is not
    /// scaled; see [`Moments::scale`].
    pub fn fit(&mut self, moments: &Moments<N>) {
        let rounded = |to: &mut Vector<N, T>, number: &dyn Fn(usize) -> f64| {
            to.iter_mut().enumerate().for_each(|(k, to)| *to = T::from_f64(number(k)));
        };
        rounded(&mut self.mean, &|k| moments.mean.get(k).copied().unwrap_or(0.0));
        rounded(&mut self.deviation, &|k| moments.scale(k));
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
pub(super) fn divisor<T: Scalar>(deviation: T) -> T {
    if deviation == T::ZERO { T::ONE } else { deviation }
}

impl<N: Width, T: Scalar, X: Channelled<Channels = N, Scalar = T>> Standardize<N, T, X> {
    #[inline(always)]
    fn all(&self, x: &[T], y: &mut [T]) {
        for (x, y) in rows::<N, T>(x).iter().zip(rows_mut::<N, T>(y)) {
            let parts = y.iter_mut().zip(x).zip(&self.mean).zip(&self.deviation);
            parts.for_each(|(((y, &x), &mean), &deviation)| *y = (x - mean) / divisor(deviation));
        }
    }
}

impl<N: Width, T: Scalar, X: Channelled<Channels = N, Scalar = T>> Layer for Standardize<N, T, X> {
    same_shape! { X }

    #[inline]
    fn backward(&self, _: &X, tape: &mut Self::Tape, _: &mut Self, dx: Option<&mut X>) {
        let Some(dx) = dx else { return };
        for (dy, dx) in rows::<N, T>(tape.dy.flat()).iter().zip(rows_mut::<N, T>(dx.flat_mut())) {
            let parts = dx.iter_mut().zip(dy).zip(&self.deviation);
            parts.for_each(|((dx, &dy), &deviation)| *dx = dy / divisor(deviation));
        }
    }
}

impl<N: Width, T: Scalar, X: Channelled<Channels = N, Scalar = T>> Batch for Standardize<N, T, X> {}

impl<N: Width, T: Scalar, X: Channelled<Channels = N, Scalar = T>> Stack for Standardize<N, T, X> {
    const PLAN: &'static Plan = &Plan::leaf::<Self>();
    row_by_row! { X }
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
/// `3 · N` numbers and one, in f64 whatever the network's scalar is: the sums of a million samples in f32 would be off
/// by more than the data.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::Moments;
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
    levels: Vector<N, f64>,
}

impl<N: Width> Moments<N> {
    /// No observations yet.
    pub const NEW: Self = Moments { count: 0, mean: Plain::ZERO, squares: Plain::ZERO, levels: Plain::ZERO };

    /// Adds one sample. A NaN makes the statistics of its value NaN.
    pub fn observe<X: Plain + ArrayLike<Vector<N, X::Scalar>>>(&mut self, x: &X) {
        let () = X::FITS;
        self.add(x.view());
    }

    /// Adds each row of a matrix or volume, as a sample of its channels: each place of a [`Standardize`] that reads such.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    /// use nanoprop::Moments;
    ///
    /// network! { type Net = [4, 2] => Standardize => Elman<3> => Dense<1>, loss = SquaredError; }
    /// let mut moments = Moments::<U2>::NEW;
    /// moments.observe_rows(&[[1.0, 10.0], [3.0, 20.0], [1.0, 30.0], [3.0, 40.0_f32]]);
    /// assert_eq!((moments.count(), moments.mean()[1]), (4, 25.0));
    ///
    /// let mut net = Net::ZERO;
    /// net.layers_mut().0.fit(&moments);
    /// assert_eq!(net.layers().0.deviation()[0], 1.0);
    /// ```
    pub fn observe_rows<X: Array>(&mut self, x: &X) {
        const { channels::<X, N>() }
        rows(x.flat()).iter().for_each(|row| self.add(row));
    }

    fn add<T: Number>(&mut self, x: &Vector<N, T>) {
        self.count += 1;
        let n = self.count as f64;
        let parts = self.mean.iter_mut().zip(&mut self.squares).zip(&mut self.levels).zip(x);
        for (((mean, squares), level), &x) in parts {
            let d = x.to_f64() - *mean;
            *mean += d / n;
            let mut sum = Squares::new(*squares, *level);
            sum.add(d, x.to_f64() - *mean);
            (*squares, *level) = sum.parts();
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
        let part = |of: &Vector<N, f64>| of.get(k).copied().unwrap_or(0.0);
        Squares::new(part(&self.squares), part(&self.levels)).root_mean(self.count.max(1) as f64)
    }

    /// The deviation that [`Standardize::fit`] uses for value `k`: σ, or 0 (which counts as 1) if σ is within the rounding
    /// error of its sums, `σ ≤ n ε |μ|`, with `ε = 2⁻⁵²` and `n ε` at most 2⁻²⁴.
    ///
    /// # Source
    ///
    /// scikit-learn's `StandardScaler`, which treats such values as constant; the bound on `n ε` is ours.
    pub fn scale(&self, k: usize) -> f64 {
        let deviation = self.deviation(k);
        let rounding = f64::min(self.count as f64 * f64::EPSILON, 1.0 / (1 << 24) as f64);
        let noise = rounding * self.mean.get(k).copied().unwrap_or(0.0).abs();
        if deviation <= noise { 0.0 } else { deviation }
    }
}

/// Refuses an array whose innermost width is another.
const fn channels<X: Array, N: Width>() {
    if let [.., channels] = *X::SHAPE.widths()
        && channels == N::USIZE
    {
        return;
    }
    let text = Text::new().words("expected rows of ").number(N::USIZE).words(" values, but this array has ");
    panic!("{}", text.shape(X::SHAPE).as_str());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::width::U1;

    /// However many the samples are, rounding is not taken for more than a 2⁻²⁴ of the mean.
    #[test]
    fn deviations_beyond_rounding_stay() {
        for (deviation, scale) in [(1e-6, 1e-6), (1e-8, 0.0)] {
            let (count, n) = (1 << 40, (1_u64 << 40) as f64);
            let [mean, squares, levels] = [-1.0, deviation * deviation * n, 1.0].map(|x| Vector::<U1, f64>::from([x]));
            let moments = Moments { count, mean, squares, levels };
            assert!((moments.scale(0) - scale).abs() < 1e-20, "{deviation}: {}", moments.scale(0));
        }
    }
}
