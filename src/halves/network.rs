use core::fmt;
use core::marker::PhantomData;

use super::HalfNumber;
use crate::array::{ArrayLike, Plain};
use crate::layer::{EmitOf, InputOf, OutputOf, StepOf, StreamOf};
use crate::loss::Loss;
use crate::metrics;
use crate::network::{Footprint, Inference, Layers, Network, Usage, check_classes};
use crate::stored::Widen;

/// A network of `f32` with parameters of 16 bits, `H`; [`halved!`](crate::halved) spells the type, whose last parameter is
/// their number.
///
/// # Equations
///
/// `h(x)` of the network whose parameters are [`widen`](Half::widen)ed, bit for bit.
///
/// # Memory
///
/// 2 bytes for each parameter, in flash with [`load_half!`](crate::load_half); [`budget!`](crate::budget!) counts them as RAM for who
/// has it there. In RAM the outputs between layers, on the stack, as of a network; the norms' parameters, of the layer at work; no
/// copy of other weights.
///
/// # Example
///
/// ```
/// use nanoprop::prelude::*;
/// use nanoprop::halved;
/// use nanoprop::halves::bf16;
///
/// network! { type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy; }
/// type Small = halved!(Digits, bf16);
/// assert_eq!((size_of::<Digits>(), size_of::<Small>()), (9640, 4820));
///
/// let (mut net, mut small) = (Digits::ZERO, Small::ZERO);
/// net.initialize(&Xavier, &mut Pcg32::new(1));
/// assert_eq!(small.round(&net), 0); // none is beyond the range
/// let x = [0.5; 64];
/// assert!((small.predict(&x)[0] - net.predict(&x)[0]).abs() < 0.01);
///
/// const _: () = nanoprop::budget!(Small, nanoprop::Inference, ram = 5 * 1000);
/// small.widen(&mut net); // the network that it is
/// assert_eq!(small.predict(&x), net.predict(&x));
/// ```
#[repr(transparent)]
pub struct Half<N, H, const P: usize> {
    parameters: [H; P],
    net: PhantomData<fn() -> N>,
}

impl<L: Layers<Chain: Widen>, E: Loss, H: HalfNumber, const P: usize> Half<Network<L, E>, H, P> {
    /// Refuses another number of parameters than the network's.
    pub(super) const FITS: () = {
        let () = Network::<L, E>::FITS;
        assert!(P == L::Chain::COUNT, "the number of parameters is not the network's; `halved!` spells the type");
    };

    /// All parameters 0.
    pub const ZERO: Self = {
        let () = Self::FITS;
        Half { parameters: [H::ZERO; P], net: PhantomData }
    };

    /// The bytes that it takes, in flash or in RAM: its weights.
    pub const FOOTPRINT: Footprint = <Inference as Usage<Self>>::FOOTPRINT;

    /// Takes the parameters of a network, each rounded to nearest, ties to even; how many of them are infinite then, or NaN.
    #[must_use = "how many parameters are beyond the range"]
    pub fn round(&mut self, net: &Network<L, E>) -> usize {
        let all = self.parameters.iter_mut().zip(net.chain().flat());
        all.fold(0, |beyond, (to, &from)| {
            *to = H::nearest(from);
            beyond + usize::from(!to.is_finite())
        })
    }

    /// Writes the parameters to a network, exactly.
    pub fn widen(&self, net: &mut Network<L, E>) {
        net.chain_mut().flat_mut().iter_mut().zip(&self.parameters).for_each(|(to, from)| *to = from.widen());
    }

    /// The parameters, in the order of the network's.
    pub const fn parameters(&self) -> &[H] {
        &self.parameters
    }

    /// The parameters, to write.
    pub const fn parameters_mut(&mut self) -> &mut [H] {
        &mut self.parameters
    }

    /// The output before the loss's link, as [`Network::logits`].
    #[inline]
    pub fn logits<X: ArrayLike<InputOf<L::Chain>>>(&self, x: &X) -> OutputOf<L::Chain> {
        let ((), ()) = (X::FITS, Self::FITS);
        let mut z = OutputOf::<L::Chain>::ZERO;
        L::Chain::forward_by(&self.parameters, x.view(), &mut z);
        z
    }

    /// The output, as [`Network::predict`].
    #[inline]
    pub fn predict<X: ArrayLike<InputOf<L::Chain>>>(&self, x: &X) -> OutputOf<L::Chain> {
        let (z, mut h) = (self.logits(x), OutputOf::<L::Chain>::ZERO);
        E::link(z.flat(), h.flat_mut());
        h
    }

    /// The first layers, where they are: another network, whose layers are the first ones of this. So a
    /// [`Frozen`](crate::Frozen) front and the whole network are the same bytes in flash.
    ///
    /// # Errors
    ///
    /// A network of other layers does not compile.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    /// use nanoprop::halved;
    /// use nanoprop::halves::bf16;
    ///
    /// network! {
    ///     type Digits = 64 => Dense<32, Sigmoid> => Dense<10>, loss = SigmoidCrossEntropy;
    ///     type Front = 64 => Dense<32, Sigmoid>, loss = SquaredError;
    ///     type Learner = 64 => Frozen(Features) => Dense<10>, loss = SigmoidCrossEntropy;
    /// }
    /// type Small = halved!(Digits, bf16);
    /// static SMALL: Small = nanoprop::load_half!(Small, concat!(env!("CARGO_MANIFEST_DIR"), "/firmware/weights/digits_bf16.nprp"));
    /// frozen! { struct Features: halved!(Front, bf16) = SMALL.front(); }
    ///
    /// // In RAM: the last layer, which goes on learning, and a tape.
    /// const _: () = budget!(Learner, nanoprop::Online, ram = 330 * 4 + 4 * 2 * (32 + 10));
    /// let (mut net, mut tape) = (Learner::ZERO, Learner::TAPE);
    /// let head = &SMALL.parameters()[Front::PARAMETERS..];
    /// net.parameters_mut().iter_mut().zip(head).for_each(|(w, from)| *w = from.to_f32());
    /// assert_eq!(net.predict(&[0.5; 64]), SMALL.predict(&[0.5; 64]));
    /// net.descend(&[0.5; 64], &Class::<U10>::new(7)?, 0.5, &mut tape);
    /// assert_eq!(net.classify(&[0.5; 64]), 7);
    /// # Ok::<(), nanoprop::OutOfRange>(())
    /// ```
    #[allow(unsafe_code)]
    pub const fn front<M: Layers<Chain: Widen>, F: Loss, const Q: usize>(&self) -> &Half<Network<M, F>, H, Q> {
        const {
            let () = Half::<Network<M, F>, H, Q>::FITS;
            let all = Network::<L, E>::PLAN;
            assert!(all.starts_with(Network::<M, F>::PLAN), "the layers of a front are not the first of the network");
        }
        // SAFETY: transparent over numbers, of which the front has no more: its layers are the first.
        unsafe { &*core::ptr::from_ref(self).cast() }
    }

    /// A step of a stream, as [`Network::stream`]; `Net::STREAM`, of the network in `f32`, begins it.
    ///
    /// # Example
    ///
    /// ```
    /// use nanoprop::prelude::*;
    /// use nanoprop::halved;
    /// use nanoprop::halves::bf16;
    ///
    /// network! { type Net = [8, 2] => Lstm<4> => Dense<1>, loss = SquaredError; }
    /// let (mut net, mut small) = (Net::ZERO, <halved!(Net, bf16)>::ZERO);
    /// net.initialize(&Xavier, &mut Pcg32::new(1));
    /// assert_eq!(small.round(&net), 0);
    ///
    /// let (window, mut stream) = ([[0.5, -1.0]; 8], Net::STREAM);
    /// let each = window.map(|x| small.stream(&x, &mut stream));
    /// assert_eq!(each[7], Some(small.predict(&window)));
    /// ```
    #[inline]
    pub fn stream<X: ArrayLike<StepOf<L::Chain>>>(
        &self,
        x: &X,
        stream: &mut StreamOf<L::Chain>,
    ) -> Option<EmitOf<L::Chain>> {
        let ((), (), ()) = (const { Network::<L, E>::PLAN.check_stream(1) }, X::FITS, Self::FITS);
        let (mut z, mut h) = (EmitOf::<L::Chain>::ZERO, EmitOf::<L::Chain>::ZERO);
        if !L::Chain::stream_by(&self.parameters, x.view(), stream, &mut z) {
            return None;
        }
        E::link(z.flat(), h.flat_mut());
        Some(h)
    }

    /// The class, as [`Network::classify`].
    #[inline]
    pub fn classify<X: ArrayLike<InputOf<L::Chain>>>(&self, x: &X) -> usize {
        let () = const { check_classes(E::OUTPUTS, OutputOf::<L::Chain>::COUNT) };
        metrics::class(self.logits(x).flat(), 0.0)
    }
}

/// Its weights.
impl<N, H, const P: usize> Usage<Half<N, H, P>> for Inference {
    const FOOTPRINT: Footprint = Footprint::NONE.with_weights(size_of::<Half<N, H, P>>());
}

impl<N, H: HalfNumber, const P: usize> Half<N, H, P> {
    /// The parameters in these bytes, little-endian as the target is.
    #[cfg(feature = "checkpoint")]
    #[allow(unsafe_code)]
    pub(crate) const fn of_bytes(bytes: &[u8]) -> Self {
        const { assert!(cfg!(target_endian = "little") && size_of::<H>() == 2) }
        assert!(bytes.len() == 2 * P);
        // SAFETY: as many bytes as there are; transparent over numbers of 16 bits, of which any is one.
        unsafe { bytes.as_ptr().cast::<Self>().read_unaligned() }
    }
}

impl<N, H: HalfNumber, const P: usize> fmt::Debug for Half<N, H, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{P} parameters of {}", H::NAME)
    }
}

/// The type of a network with parameters of 16 bits: `halved!(Digits, bf16)` is [`Half`](crate::Half)`<Digits, bf16,
/// {Digits::PARAMETERS}>`.
#[macro_export]
macro_rules! halved {
    ($net:ty, $number:ty $(,)?) => { $crate::Half<$net, $number, { <$net>::PARAMETERS }> };
}
