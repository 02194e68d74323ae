use crate::array::{Flat, Plain, Slot, Vector};
use crate::layer::stack::row_by_row;
use crate::layer::{Batch, Cue, Inputs, Kept, Layer, LinesMut, Plan, Stack};
use crate::parameters;
use crate::scalar::Scalar;
use crate::shape::Text;
use crate::width::Width;

parameters! {
    #![allow(unsafe_code)]
    /// Leaves each value out with the probability p while the network learns, so that no unit relies on another.
    ///
    /// It does nothing in [`predict`](crate::Network::predict), [`cost`](crate::Network::cost) and all else that does not
    /// learn. In [`network!`](crate::network!) it is `Dropout(20%)`.
    ///
    /// # Equations
    ///
    /// <!-- $y = m \odot x, \qquad m_k = \frac{1}{1 - p} \text{ or } 0$ --><math display="block"><mi>y</mi><mo>=</mo><mi>m</mi><mo>⊙</mo><mi>x</mi><mo>,</mo><mspace width="2em"></mspace><msub><mi>m</mi><mi>k</mi></msub><mo>=</mo><mfrac><mrow><mn>1</mn></mrow><mrow><mn>1</mn><mo>−</mo><mi>p</mi></mrow></mfrac><mtext>&nbsp;or&nbsp;</mtext><mn>0</mn></math>
    ///
    /// - learning: `y = m ⊙ x`, `dx = m ⊙ dy`, with `mₖ = 0` with probability p and `1/(1 − p)` else, so that the mean of
    ///   y is x
    /// - else: `y = x`, `dx = dy`
    ///
    /// # Shapes
    ///
    /// `x, y: X` of `N` numbers, which is `[N]` by default, or a matrix or volume, each of whose numbers is left out by itself.
    ///
    /// # Memory
    ///
    /// No parameters. The tape: `2 · N` numbers, and 40 bytes that say which mask is next.
    ///
    /// # Masks
    ///
    /// A layer's value is its parameters, so the source of random numbers is on the tape. It is no generator but four
    /// numbers: the mask is a hash of the training's seed, the number of the sample in it, the layer's place in the
    /// network, and the unit. A tape counts the samples that were learned from with it. So
    ///
    /// - a training has the same masks on every target, and in batches those of sample after sample;
    /// - [`Tape::seek`](crate::layer::Tape::seek) moves to any sample: to resume, seek the number of samples learned from so
    ///   far;
    /// - the backward pass computes the mask again, and none is stored.
    ///
    /// From `BLANK`, the seed is 0 and the first sample 0.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    ///
    /// network! { type Net = 8 => Dropout(25%) => Dense<1>, loss = SquaredError; }
    /// let (mut net, mut tape) = (Net::ZERO, Net::TAPE);
    /// net.parameters_mut().fill(1.0);
    /// assert_eq!(net.predict(&[3.0; 8])[0], 1.0 + 24.0);
    ///
    /// let mut grad = Net::ZERO;
    /// tape.seek(11, 0); // seed 11, from its first sample
    /// net.accumulate(&[3.0; 8], &[0.0], &mut grad, &mut tape);
    /// assert_eq!(tape.output()[0], 1.0 + 28.0); // seven of eight are 3 / (1 − ¼) = 4, one is left out
    /// net.accumulate(&[3.0; 8], &[0.0], &mut grad, &mut tape);
    /// assert_eq!(tape.output()[0], 1.0 + 20.0); // the next sample has another mask
    /// ```
    ///
    /// # Source
    ///
    /// N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever, R. Salakhutdinov, "Dropout: a simple way to prevent neural
    /// networks from overfitting", JMLR 15, 2014.
    pub struct Dropout<
        N: Width,
        P: Rate = Percent<50>,
        T: Scalar = f32,
        X: Flat<Width = N, Scalar = T> = Vector<N, T>,
    > of T, Batch, Stack {}
}

/// The probability with which a [`Dropout`] leaves a value out: [`Percent`], or one's own.
///
/// # Example
///
/// ```
/// use nanoprop::layer::Rate;
/// use nanoprop::prelude::*;
///
/// /// One of eight.
/// struct Eighth;
///
/// impl Rate for Eighth {
///     const NAME: &'static str = "1/8";
///     const SHARE: f64 = 0.125;
/// }
///
/// type Net = Network<(Dense<U2, U8>, Dropout<U8, Eighth>, Dense<U8, U1>), SquaredError>;
/// assert!(Net::PLAN.to_string().contains("Dropout 1/8"));
/// ```
pub trait Rate: 'static {
    /// How it reads in checkpoints and messages.
    const NAME: &'static str;

    /// The probability, at least 0 and less than 1; rounded to a multiple of 2⁻³².
    const SHARE: f64;
}

/// A probability of so many percent, from 0 to 99.
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::Percent;
///
/// network! { type Net = 4 => Dense<8, Relu> => Dropout(20%) => Dense<1>, loss = SquaredError; }
/// type Same = Network<(Dense<U4, U8, Relu>, Dropout<U8, Percent<20>>, Dense<U8, U1>), SquaredError>;
/// assert_eq!(Net::FINGERPRINT, Same::FINGERPRINT);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Percent<const P: u32>;

impl<const P: u32> Percent<P> {
    const TEXT: &'static Text = &Text::new().number(P as usize).words(" %");
}

impl<const P: u32> Rate for Percent<P> {
    const NAME: &'static str = Self::TEXT.as_str();
    const SHARE: f64 = share(P, Self::NAME);
}

#[track_caller]
const fn share(percent: u32, name: &str) -> f64 {
    if percent > 99 {
        panic!("{}", Text::new().words("a Dropout leaves out 0 to 99 %, not ").words(name).as_str());
    }
    percent as f64 / 100.0
}

impl<N: Width, P: Rate, T: Scalar, X: Flat<Width = N, Scalar = T>> Dropout<N, P, T, X> {
    /// Values whose hash is below are left out.
    const BELOW: u32 = {
        assert!(P::SHARE >= 0.0 && P::SHARE < 1.0, "the share that a Dropout leaves out is at least 0 and less than 1");
        (P::SHARE * 4_294_967_296.0) as u32
    };

    /// Where nothing is learned.
    #[inline(always)]
    fn all(&self, x: &[T], y: &mut [T]) {
        y.copy_from_slice(x);
    }

    /// to ← m ⊙ from, or from.
    #[inline]
    fn mask(noise: &Noise, from: &X, to: &mut X) {
        if !noise.learns {
            return to.flat_mut().copy_from_slice(from.flat());
        }
        let (key, kept) = (noise.key(), T::from_f64(1.0 / (1.0 - P::SHARE)));
        for (unit, (to, &from)) in (0..).zip(to.flat_mut().iter_mut().zip(from.flat())) {
            let m = if hash(key, unit) < Self::BELOW { T::ZERO } else { kept };
            *to = m * from;
        }
    }
}

impl<N: Width, P: Rate, T: Scalar, X: Flat<Width = N, Scalar = T>> Layer for Dropout<N, P, T, X> {
    const DETAIL: &'static str = {
        let _ = Self::BELOW;
        P::NAME
    };
    type Input = X;
    type Output = X;
    type Tape = Slot<X, Noise>;

    #[inline]
    fn forward(&self, x: &X, y: &mut X) {
        self.all(x.flat(), y.flat_mut());
    }

    #[inline]
    fn record(&self, x: &X, tape: &mut Self::Tape) {
        tape.kept.advance();
        Self::mask(&tape.kept, x, &mut tape.y);
    }

    #[inline]
    fn backward(&self, _: &X, tape: &mut Self::Tape, _: &mut Self, dx: Option<&mut X>) {
        dx.into_iter().for_each(|dx| Self::mask(&tape.kept, &tape.dy, dx));
    }
}

impl<N: Width, P: Rate, T: Scalar, X: Flat<Width = N, Scalar = T>> Batch for Dropout<N, P, T, X> {
    /// The first tape counts for all.
    #[inline]
    fn record_batch(&self, xs: Inputs<X>, mut tapes: LinesMut<Self::Tape>) {
        let mut noise = tapes.get_mut(0).map_or(Noise::BLANK, |tape| tape.kept);
        for (x, tape) in xs.iter().zip(tapes.iter_mut()) {
            noise.advance();
            tape.kept = noise;
            Self::mask(&tape.kept, x, &mut tape.y);
        }
        if let Some(tape) = tapes.get_mut(0) {
            tape.kept.next = noise.next;
        }
    }
}

impl<N: Width, P: Rate, T: Scalar, X: Flat<Width = N, Scalar = T>> Stack for Dropout<N, P, T, X> {
    const PLAN: &'static Plan = &Plan::leaf::<Self>();
    row_by_row! { X }
}

/// Where in a training a [`Dropout`] is: which mask its tape had last, and which is next.
#[derive(Clone, Copy, Debug)]
pub struct Noise {
    seed: u64,
    /// The number of the sample that was recorded last, while learning.
    sample: u64,
    /// The number of the sample that is recorded next.
    next: u64,
    /// The layer's place in the network.
    layer: u64,
    /// Whether the network learns.
    learns: bool,
}

impl Noise {
    const BLANK: Noise = Noise { seed: 0, sample: 0, next: 0, layer: 0, learns: false };

    #[inline(always)]
    fn advance(&mut self) {
        if self.learns {
            self.sample = self.next;
            self.next = self.next.wrapping_add(1);
        }
    }

    /// What the hashes of a sample start from.
    #[inline]
    fn key(&self) -> u64 {
        mix(mix(mix(self.seed).wrapping_add(self.layer)).wrapping_add(self.sample))
    }
}

/// SplitMix64's output function, after a step of its state: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom
/// number generators", OOPSLA 2014.
#[inline(always)]
const fn mix(z: u64) -> u64 {
    let z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// 32 random bits for a unit: MurmurHash3's finaliser with the key's halves added before and between, in arithmetic of 32
/// bits, which small processors and vectors have.
#[inline(always)]
const fn hash(key: u64, unit: u32) -> u32 {
    let h = unit.wrapping_mul(0x9e37_79b9).wrapping_add(key as u32);
    let h = (h ^ (h >> 16)).wrapping_mul(0x85eb_ca6b).wrapping_add((key >> 32) as u32);
    let h = (h ^ (h >> 13)).wrapping_mul(0xc2b2_ae35);
    h ^ (h >> 16)
}

impl Kept for Noise {
    const BLANK: Noise = Noise::BLANK;

    #[inline]
    fn cue(&mut self, cue: Cue, slot: usize) {
        self.layer = slot as u64;
        match cue {
            Cue::Predict => self.learns = false,
            Cue::Learn => self.learns = true,
            Cue::Seek { seed, sample } => (self.seed, self.next) = (seed, sample),
            Cue::Ahead(samples) => self.next = self.next.wrapping_add_signed(samples),
        }
    }
}
