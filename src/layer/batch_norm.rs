use super::normal::{self, EPSILON, Normalises};
use crate::array::{Channelled, Plain, Vector};
use crate::kernel;
use crate::layer::batch::same_shape;
use crate::layer::stack::row_by_row;
use crate::layer::{Batch, Inputs, Layer, Lines, LinesMut, Moments, Part, Plan, Role, Stack};
use crate::parameters;
use crate::plain::{rows, rows_mut};
use crate::scalar::{Real, Scalar};
use crate::width::Width;

parameters! {
    #![allow(unsafe_code)]
    /// Batch normalisation: channels get the mean and deviation that the layer learns, by statistics that were measured of
    /// many samples.
    ///
    /// The statistics are saved with the network and not learned, as those of a [`Standardize`](crate::Standardize). They
    /// are measured when you say so: [`Network::measure`](crate::Network::measure) sets them to those of a set of samples,
    /// before a training and between its epochs; [`Network::track`](crate::Network::track) moves them a little towards those
    /// of one sample, a running average. [`fit`](BatchNorm::fit) takes [`Moments`] that you measured otherwise.
    /// A trained layer costs nothing: it can be [folded](crate::Network::fold) into a layer next to it.
    ///
    /// # Equations
    ///
    /// <!-- $\hat{x} = \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}}, \quad y = g \odot \hat{x} + b$ --><math display="block"><mover><mrow><mi>x</mi></mrow><mi>^</mi></mover><mo>=</mo><mfrac><mrow><mi>x</mi><mo>−</mo><mi>μ</mi></mrow><mrow><msqrt><mrow><msup><mi>σ</mi><mn>2</mn></msup><mo>+</mo><mi>ε</mi></mrow></msqrt></mrow></mfrac><mo>,</mo><mspace width="1em"></mspace><mi>y</mi><mo>=</mo><mi>g</mi><mo>⊙</mo><mover><mrow><mi>x</mi></mrow><mi>^</mi></mover><mo>+</mo><mi>b</mi></math>
    ///
    /// At each place, with `s = 1 / √(σ² + ε)` and `ε = 10⁻⁵`, and `s = 1` where σ² is 0, as before anything was measured:
    ///
    /// - `x̂ = (x − μ) s`, `y = g ⊙ x̂ + b`
    /// - `∂J/∂g = Σ dy ⊙ x̂`, `∂J/∂b = Σ dy`, over the places in their order
    /// - `dx = g ⊙ dy ⊙ s`, `∂J/∂μ = ∂J/∂σ² = 0` by definition
    ///
    /// # PyTorch
    ///
    /// This is `BatchNorm1d` and `BatchNorm2d` as they evaluate, `eval()`. While they train, they use the statistics of the
    /// batch instead, and pass gradients through them: what becomes of a sample then depends on its neighbours, and on how
    /// many there are. Here, a batch has the bits of its samples, whatever their number and that of the threads, a network
    /// learns from single samples, and does the same while it learns and predicts. The price is that you measure.
    /// PyTorch's `weight` is g, its `bias` b, `running_mean` μ and `running_var` σ²; its `momentum` is the weight of
    /// [`observe`](BatchNorm::observe), where it takes the variance of a batch with n − 1 in place of n.
    ///
    /// # Shapes
    ///
    /// `x, y: X`, which is `[N]` by default, or `[Steps × N]` or `[Height × Width × N]`, with the same statistics at all
    /// places.
    ///
    /// # Memory
    ///
    /// `4 · N` parameters, two `X` of tape. Stack: `N` numbers; `4 · N` for a step.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// network! { type Net = 1 => Dense<2, Identity, Unbiased> => BatchNorm => Dense<1>, loss = SquaredError; }
    /// let mut net = Net::ZERO;
    /// net.initialize(&Xavier, &mut Pcg32::new(1));
    /// net.layers_mut().0.flat_mut().copy_from_slice(&[1.0, 100.0]);
    /// let samples = [([1.0], [0.0]), ([3.0], [1.0]), ([5.0], [0.0]), ([7.0], [1.0])];
    /// net.measure(&samples, &mut { Net::TAPE });
    /// let norm = net.layers().1;
    /// assert_eq!(norm.mean().as_slice(), [4.0, 400.0]);
    /// assert_eq!(norm.variance().as_slice(), [5.0, 50_000.0]);
    /// ```
    ///
    /// # Source
    ///
    /// S. Ioffe, C. Szegedy, "Batch normalization", arXiv:1502.03167.
    #[doc(alias = "momentum")]
    #[doc(alias = "eps")]
    pub struct BatchNorm<N: Width, T: Scalar = f32, X: Channelled<Channels = N, Scalar = T> = Vector<N, T>> of T,
        Batch, Stack
    {
        /// g: [N]
        pub(super) gain: Vector<N, T> = Role::Gain,
        /// b: [N]
        pub(super) bias: Vector<N, T> = Role::Bias { fan_in: N::USIZE, fan_out: N::USIZE },
        /// μ: [N]
        mean: Vector<N, T> = Role::Statistic,
        /// σ²: [N]
        variance: Vector<N, T> = Role::Statistic,
    }
}

impl<N: Width, T: Scalar, X: Channelled<Channels = N, Scalar = T>> BatchNorm<N, T, X> {
    /// Takes the mean and variance of observed data, rounded to `T`. A value that is constant but for rounding is not
    /// scaled; see [`Moments::scale`].
    pub fn fit(&mut self, moments: &Moments<N>) {
        let means = self.mean.iter_mut().zip(moments.mean());
        means.for_each(|(to, &mean)| *to = T::from_f64(mean));
        let variances = self.variance.iter_mut().enumerate();
        variances.for_each(|(k, to)| *to = T::from_f64(moments.scale(k) * moments.scale(k)));
    }

    /// Takes what the layer read, one sample, into its statistics: with the weight m, they become those of a mixture of what
    /// was there and, to the share m, the places of `x`.
    ///
    /// - `d = mean(x) − μ`, `σ² ← (1 − m) (σ² + m d²) + m var(x)`, `μ ← μ + m d`
    ///
    /// With the weight 1/k for the k-th sample they are the statistics of all samples, with a constant one a running average.
    pub fn observe(&mut self, x: &X, weight: f64) {
        let (x, places) = (rows::<N, T>(x.flat()), (X::COUNT / N::USIZE) as f64);
        for (k, (mean, variance)) in self.mean.iter_mut().zip(&mut self.variance).enumerate() {
            let channel = || x.iter().map(|x| x.get(k).map_or(0.0, |x| x.to_f64()));
            let middle = channel().sum::<f64>() / places;
            let spread = channel().map(|x| (x - middle) * (x - middle)).sum::<f64>() / places;
            // With the weight 1, what was there is nothing, whatever it was.
            let (m, v) = if weight < 1.0 { (mean.to_f64(), variance.to_f64()) } else { (middle, 0.0) };
            let d = middle - m;
            *mean = T::from_f64(m + weight * d);
            *variance = T::from_f64((1.0 - weight) * (v + weight * d * d) + weight * spread);
        }
    }

    /// μ.
    #[doc(alias = "running_mean")]
    pub fn mean(&self) -> &Vector<N, T> {
        &self.mean
    }

    /// σ².
    #[doc(alias = "running_var")]
    pub fn variance(&self) -> &Vector<N, T> {
        &self.variance
    }

    /// s of each channel.
    #[inline(always)]
    fn scales(&self) -> Vector<N, T> {
        let mut scales = Vector::ZERO;
        scales.iter_mut().zip(&self.variance).for_each(|(s, &variance)| *s = T::ONE / deviation(variance));
        scales
    }

    #[inline(always)]
    fn all(&self, x: &[T], y: &mut [T]) {
        let scales = self.scales();
        for (x, y) in rows::<N, T>(x).iter().zip(rows_mut::<N, T>(y)) {
            let parts = y.iter_mut().zip(x).zip(&self.mean).zip(&scales).zip(&self.gain).zip(&self.bias);
            parts.for_each(|(((((y, &x), &mean), &s), &g), &b)| *y = g * ((x - mean) * s) + b);
        }
    }
}

/// √(σ² + ε), or 1 where σ² is 0.
#[inline(always)]
pub(super) fn deviation<T: Scalar>(variance: T) -> T {
    if variance <= T::ZERO { T::ONE } else { Real::sqrt(variance + T::of(EPSILON)) }
}

impl<N: Width, T: Scalar, X: Channelled<Channels = N, Scalar = T>> Normalises<T> for BatchNorm<N, T, X> {
    #[inline(always)]
    fn back(&self, x: &[T], dy: &[T], mut sums: Option<[&mut [T]; 2]>, dx: Option<&mut [T]>) {
        let scales = self.scales();
        let mut dx = dx.map(|dx| rows_mut::<N, T>(dx).iter_mut());
        for (x, dy) in rows::<N, T>(x).iter().zip(rows::<N, T>(dy)) {
            if let Some([gain, bias]) = &mut sums {
                kernel::add(dy, bias);
                let parts = gain.iter_mut().zip(dy).zip(x).zip(&self.mean).zip(&scales);
                parts.for_each(|((((dg, &dy), &x), &mean), &s)| *dg = *dg + dy * ((x - mean) * s));
            }
            let dx = dx.as_mut().and_then(Iterator::next).into_iter().flatten();
            let parts = dx.zip(dy).zip(&self.gain).zip(&scales);
            parts.for_each(|(((dx, &dy), &g), &s)| *dx = (g * dy) * s);
        }
    }
}

impl<N: Width, T: Scalar, X: Channelled<Channels = N, Scalar = T>> Layer for BatchNorm<N, T, X> {
    same_shape! { X }

    normal::backward! {}
}

impl<N: Width, T: Scalar, X: Channelled<Channels = N, Scalar = T>> Batch for BatchNorm<N, T, X> {
    normal::halves! { N }
}

impl<N: Width, T: Scalar, X: Channelled<Channels = N, Scalar = T>> Stack for BatchNorm<N, T, X> {
    const PLAN: &'static Plan = &Plan::leaf::<Self>();
    const MEASURED: usize = 1;
    row_by_row! { X }

    fn observe(&mut self, which: Option<usize>, x: &X, _: &Self::Tape, weight: f64) {
        if let None | Some(0) = which {
            self.observe(x, weight);
        }
    }
}
